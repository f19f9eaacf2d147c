//! Clients and workers: each request is decided, chosen for, answered, and looked at by an oracle.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::{fmt, iter};

use elbow_model::HealthState;
use elbow_model::Timestamp;
use elbow_model::key::{LoadBalancerKey, TargetKey};
use elbow_routing::{Algorithm, Ask, Picker};
use elbow_stickiness::{
    Choice, Context, CookieForm, Cookies, Decision, Keyring, Policy, Reply, ResponseDate, Standing, Targets,
    bind, decide,
};
use rand_chacha::rand_core::Rng;

use crate::support::GROUP;
use crate::world::World;

const CLIENTS: usize = 60;
const WORKERS: usize = 3;
/// Requests between two things that happen.
const CHURN: u64 = 200;
/// Requests in a second, in quiet times.
const RATE: u64 = 200;

/// A client, and where its session truly is.
#[derive(Default)]
struct Client {
    cookie: String,
    at: Option<TargetKey>,
}

/// One worker, with what it has in progress.
struct Worker {
    picker: Picker,
    running: Vec<TargetKey>,
}

pub(crate) struct Play {
    pub(crate) world: World,
    keys: Rc<Keyring>,
    clients: Vec<Client>,
    workers: Vec<Worker>,
    pub(crate) hits: u64,
    pub(crate) moves: u64,
    pub(crate) chosen: u64,
    pub(crate) routed_to_all: u64,
}

impl Play {
    pub(crate) fn new(seed: u64, attributes: &[(&str, &str)]) -> Self {
        let mut world = World::new(seed, attributes);
        let keys = Rc::new(Keyring::first(Timestamp::from_millis(world.time_ms), &mut world.rng).unwrap());
        let worker = |_| Worker { picker: Picker::new(world.rng.next_u64()), running: Vec::new() };
        let workers = (0..WORKERS).map(worker).collect();
        let clients = (0..CLIENTS).map(|_| Client::default()).collect();
        Self { world, keys, clients, workers, hits: 0, moves: 0, chosen: 0, routed_to_all: 0 }
    }

    /// So many requests, while things happen.
    pub(crate) fn run(&mut self, requests: u64) {
        for number in 0..requests {
            let pause = 1 + self.world.below(50) as u64;
            self.world.advance(pause);
            if number.is_multiple_of(CHURN) {
                self.world.churn();
            }
            self.request();
        }
    }

    /// Requests for so many seconds, in which nothing happens.
    pub(crate) fn quiet(&mut self, seconds: u64) {
        self.served(seconds);
    }

    /// As [`Self::quiet`]; returns how many requests each target got.
    pub(crate) fn served(&mut self, seconds: u64) -> Vec<u64> {
        let mut served = BTreeMap::<TargetKey, u64>::new();
        for _ in 0..seconds * RATE {
            self.world.advance(1000 / RATE);
            *served.entry(self.request().unwrap()).or_default() += 1;
        }
        let keys = self.world.group.targets().iter().map(|target| target.key);
        keys.map(|key| served.get(&key).copied().unwrap_or_default()).collect()
    }

    /// As [`Self::quiet`]; each target has to get as many requests as any other, as far as chance allows.
    pub(crate) fn assert_even_for(&mut self, seconds: u64) {
        let counts = self.served(seconds);
        let mean = counts.iter().sum::<u64>() as f64 / counts.len() as f64;
        assert!(counts.iter().all(|count| (*count as f64 - mean).abs() < 6.0 * mean.sqrt()), "{counts:?}");
    }

    /// One request; returns who answered it.
    fn request(&mut self) -> Option<TargetKey> {
        let (client, worker) = (self.world.below(CLIENTS), self.world.below(WORKERS));
        self.end_some(worker);
        let (group, keys) = (self.world.group.clone(), Rc::clone(&self.keys));
        let context = Context {
            load_balancer: LoadBalancerKey::new(1),
            keys: &keys,
            now: Timestamp::from_millis(self.world.time_ms),
            secure: false,
        };
        let cookie = self.clients[client].cookie.clone();
        let line = (!cookie.is_empty()).then_some(cookie.as_bytes());
        let cookies = Cookies::read(line.into_iter());
        let decision = decide(&context, group.stickiness(), GROUP, &cookies, &*group);
        self.check_decision(client, &decision);
        let target = match decision.choice {
            Choice::Follow(target) => target,
            Choice::Choose => self.choose(worker)?,
        };
        let mut lines = Vec::new();
        let date = ResponseDate::new(context.now);
        let reply =
            Reply { date: &date, user_agent: None, set_cookies: iter::empty(), form: CookieForm::default() };
        bind(&context, group.stickiness(), &decision, target, reply, &mut self.world.rng, &mut lines);
        let text = String::from_utf8(lines).unwrap();
        if let Some(cookie) = text.strip_prefix("Set-Cookie: ").and_then(|rest| rest.split(';').next()) {
            self.clients[client] = Client { cookie: cookie.to_owned(), at: Some(target) };
        }
        if group.algorithm() == Algorithm::LeastOutstandingRequests {
            self.workers[worker].picker.begin(&group, target);
            self.workers[worker].running.push(target);
        }
        self.world.answer(target);
        Some(target)
    }

    /// Requests of this worker end, sometimes many.
    fn end_some(&mut self, worker: usize) {
        let ending = self.world.below(3) + if self.world.below(50) == 0 { 30 } else { 0 };
        for _ in 0..ending {
            let running = self.workers[worker].running.len();
            if running > 0 {
                let over = self.world.below(running);
                let worker = &mut self.workers[worker];
                worker.picker.end(worker.running.swap_remove(over));
            }
        }
    }

    /// The oracle of sessions: it knows where each is, and never looks into a cookie.
    fn check_decision(&mut self, client: usize, decision: &Decision) {
        let group = &self.world.group;
        let Some(at) = self.clients[client].at.filter(|_| *group.stickiness() != Policy::None) else {
            assert_eq!(decision.choice, Choice::Choose);
            return;
        };
        if group.standing(at) == Standing::Eligible {
            assert_eq!(decision.choice, Choice::Follow(at), "a live session moves");
            self.hits += 1;
        } else {
            assert_eq!(decision.choice, Choice::Choose);
            self.moves += 1;
        }
    }

    fn choose(&mut self, worker: usize) -> Option<TargetKey> {
        let group = self.world.group.clone();
        let ask = Ask { zone: None, now: self.world.now, excluded: &[] };
        let Worker { picker, running } = &mut self.workers[worker];
        let picked = picker.pick(&group, &ask);
        let rotation = group.rotation(None);
        let (routes_to_all, length) = (rotation.health().routes_to_all, rotation.length());
        self.routed_to_all += u64::from(routes_to_all);
        let Some(target) = picked else {
            assert_eq!(length, 0, "somebody is left");
            return None;
        };
        self.chosen += 1;
        assert!(target.drains_until.is_none(), "it drains");
        assert!(routes_to_all || target.health.state == HealthState::Healthy, "it is not healthy");
        if group.algorithm() == Algorithm::LeastOutstandingRequests {
            let load = |key| running.iter().filter(|running| **running == key).count();
            let may = |it: &&elbow_routing::Target| {
                it.drains_until.is_none() && (routes_to_all || it.health.state == HealthState::Healthy)
            };
            let least = group.targets().iter().filter(may).map(|it| load(it.key)).min();
            assert_eq!(Some(load(target.key)), least, "another one has fewer");
        }
        Some(target.key)
    }
}

impl fmt::Display for Play {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let World { transitions, ramps, drained, mitigated, .. } = &self.world;
        writeln!(f, "{} followed, {} moved, {} chosen", self.hits, self.moves, self.chosen)?;
        writeln!(f, "{} times all targets were used", self.routed_to_all)?;
        write!(
            f,
            "{transitions} transitions, {ramps} slow starts, {drained} drained, {mitigated} steps mitigated"
        )
    }
}
