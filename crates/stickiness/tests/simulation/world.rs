//! The world outside the load balancer: time, nodes, target groups, and what happens to them.

use std::time::Duration;

use elbow_model::Timestamp;
use elbow_model::key::{LoadBalancerKey, TargetGroupKey, TargetKey};
use elbow_stickiness::{Context, Keyring, PROPAGATION, Policy, Standing, Targets};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Clocks differ from true time by at most this, in milliseconds.
pub(crate) const SKEW_MS: u64 = 10_000;

/// A key ring reaches a node after at most this, in milliseconds; with the clocks' skew that is below `PROPAGATION`.
const SPREAD_MS: u64 = 20_000;

const DAY: Duration = Duration::from_secs(86_400);

// Places in `World::groups`.
pub(crate) const SHORT: usize = 0;
pub(crate) const LONG: usize = 1;
pub(crate) const APPLICATION: usize = 2;
pub(crate) const OTHER_APPLICATION: usize = 3;
pub(crate) const BLUE: usize = 4;
pub(crate) const GREEN: usize = 5;
pub(crate) const CLASSIC: usize = 6;
pub(crate) const CLASSIC_APPLICATION: usize = 7;

pub(crate) struct Node {
    skew_ms: i64,
    pub(crate) keys: Keyring,
    /// A newer ring that is on its way, and when it arrives.
    arriving: Option<(u64, Keyring)>,
    pub(crate) rng: ChaCha8Rng,
}

pub(crate) struct Target {
    pub(crate) key: TargetKey,
    address: u64,
    pub(crate) standing: Standing,
}

pub(crate) struct Group {
    pub(crate) key: TargetGroupKey,
    pub(crate) policy: Policy,
    pub(crate) targets: Vec<Target>,
}

impl Targets for Group {
    fn standing(&self, key: TargetKey) -> Standing {
        self.targets.iter().find(|target| target.key == key).map_or(Standing::Gone, |target| target.standing)
    }
}

impl Group {
    pub(crate) fn eligible(&self) -> impl Iterator<Item = TargetKey> {
        self.targets.iter().filter(|target| target.standing == Standing::Eligible).map(|target| target.key)
    }
}

pub(crate) struct World {
    /// True time in milliseconds.
    pub(crate) time_ms: u64,
    pub(crate) load_balancer: LoadBalancerKey,
    pub(crate) nodes: Vec<Node>,
    pub(crate) groups: Vec<Group>,
    pub(crate) rng: ChaCha8Rng,
    /// How often a new target got the address of an earlier one.
    pub(crate) reused_addresses: u64,
    used_addresses: u64,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let time_ms = 1_700_000_000_000;
        let keys = Keyring::first(Timestamp::from_millis(time_ms), &mut rng).unwrap();
        let node = |rng: &mut ChaCha8Rng| Node {
            skew_ms: (rng.next_u64() % (2 * SKEW_MS)) as i64 - SKEW_MS as i64,
            keys: keys.clone(),
            arriving: None,
            rng: ChaCha8Rng::seed_from_u64(rng.next_u64()),
        };
        let nodes = (0..4).map(|_| node(&mut rng)).collect();
        let lb_cookie = |secs| Policy::LbCookie { duration: Duration::from_secs(secs), https_only: false };
        let app_cookie = |secs, name: &str| Policy::AppCookie {
            duration: Duration::from_secs(secs),
            cookie_name: name.to_owned(),
            https_only: false,
        };
        let policies = [
            lb_cookie(120),
            lb_cookie(86_400),
            app_cookie(900, "cart"),
            app_cookie(86_400, "chat"),
            lb_cookie(3_600),
            lb_cookie(604_800),
            // Longer than any key lives.
            // Over by itself for some after two quiet hours, and carried over a rotation of the keys by others.
            Policy::ClassicDuration { period: Some(Duration::from_secs(5_400)) },
            Policy::ClassicApplication { cookie_name: "cart".to_owned() },
        ];
        let groups = policies
            .into_iter()
            .map(|policy| Group { key: TargetGroupKey::new(rng.next_u64()), policy, targets: Vec::new() })
            .collect();
        let load_balancer = LoadBalancerKey::new(rng.next_u64());
        let mut world =
            Self { time_ms, load_balancer, nodes, groups, rng, reused_addresses: 0, used_addresses: 0 };
        for group in 0..world.groups.len() {
            for _ in 0..4 {
                world.register(group);
            }
        }
        world
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.rng.next_u64() % bound as u64) as usize
    }

    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// What a node needs to decide at this moment.
    pub(crate) fn context(&self, node: usize, secure: bool) -> Context<'_> {
        let node = &self.nodes[node];
        let now = Timestamp::from_millis(self.time_ms.saturating_add_signed(node.skew_ms));
        Context { load_balancer: self.load_balancer, keys: &node.keys, now, secure }
    }

    /// Lets time pass before request `number`, and things happen in it.
    pub(crate) fn advance(&mut self, number: u64) {
        self.time_ms += 1 + self.below(200) as u64;
        if number.is_multiple_of(2_000) {
            // A quiet hour, so that a run spans weeks and keys retire.
            self.time_ms += 3_600_000;
        }
        if number.is_multiple_of(20_000) {
            // S48: a change of the duration acts on sessions that exist.
            let secs = [120, 1_200][self.below(2)];
            self.groups[SHORT].policy =
                Policy::LbCookie { duration: Duration::from_secs(secs), https_only: false };
        }
        if number.is_multiple_of(40) {
            self.churn();
        }
        self.rotate_keys();
    }

    fn rotate_keys(&mut self) {
        let time_ms = self.time_ms;
        for node in &mut self.nodes {
            if let Some((_, keys)) = node.arriving.take_if(|(at, _)| *at <= time_ms) {
                node.keys = keys;
            }
        }
        let now = self.context(0, true).now;
        if self.nodes[0].arriving.is_none() && self.nodes[0].keys.due(now, DAY) {
            let keys = self.nodes[0].keys.rotate(now, PROPAGATION, &mut self.rng).unwrap();
            for node in 0..self.nodes.len() {
                let at = time_ms + self.below(SPREAD_MS as usize) as u64;
                self.nodes[node].arriving = Some((at, keys.clone()));
            }
            self.nodes[0].arriving = None;
            self.nodes[0].keys = keys;
        }
    }

    /// One thing happens to one target group.
    fn churn(&mut self) {
        let place = self.below(self.groups.len());
        let count = self.groups[place].targets.len();
        if count < 3 {
            return self.register(place);
        }
        let target = self.below(count);
        match self.below(10) {
            0 if count < 8 => self.register(place),
            1 => self.groups[place].targets[target].standing = Standing::Draining,
            2 => drop(self.groups[place].targets.swap_remove(target)),
            3..=5 => self.groups[place].targets[target].standing = Standing::Unhealthy,
            _ => {
                // What drains goes away in the end; what is unhealthy recovers.
                let targets = &mut self.groups[place].targets;
                targets.retain(|target| target.standing != Standing::Draining);
                for target in targets {
                    target.standing = Standing::Eligible;
                }
            }
        }
    }

    /// Registers a target at one of few addresses, under a key of its own.
    fn register(&mut self, place: usize) {
        let address = self.below(16) as u64;
        if self.groups[place].targets.iter().any(|target| target.address == address) {
            return;
        }
        let bit = 1 << (address + 16 * (place as u64 % 4));
        self.reused_addresses += u64::from(self.used_addresses & bit != 0);
        self.used_addresses |= bit;
        let key = TargetKey::new(self.rng.next_u64());
        self.groups[place].targets.push(Target { key, address, standing: Standing::Eligible });
    }
}
