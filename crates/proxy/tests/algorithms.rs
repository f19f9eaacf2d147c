//! Which target gets a request, seen from outside: every attribute of a target group that has a say in it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what helps a test may fail loudly, too"
)]

mod support;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use elbow_model::attribute::target_group as key;
use elbow_model::key::TargetKey;
use elbow_proxy::anomalies::AnomalyWatch;
use elbow_proxy::publisher::HealthReport;
use elbow_routing::{Condition, MINIMUM_SHARE};
use socket2::SockRef;
use support::client::Client;
use support::configuration::GROUP;
use support::target::Target;
use support::{HEALTHY, UNHEALTHY, World};

/// Holds requests back until it is opened.
#[derive(Default)]
struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default)]
struct GateState {
    waiting: usize,
    open: bool,
}

impl Gate {
    fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        state.waiting += 1;
        self.changed.notify_all();
        drop(self.changed.wait_while(state, |state| !state.open).unwrap());
    }

    fn until_waiting(&self, count: usize) {
        let state = self.state.lock().unwrap();
        drop(self.changed.wait_while(state, |state| state.waiting < count).unwrap());
    }

    fn open(&self) {
        self.state.lock().unwrap().open = true;
        self.changed.notify_all();
    }
}

/// Answers with its name, and to `/slow` not before the gate is open.
fn gated(name: &'static str, gate: &Arc<Gate>) -> Target {
    let gate = Arc::clone(gate);
    Target::start(move |mut connection| {
        while let Some(request) = connection.request() {
            if request.starts_with("GET /slow") {
                gate.pass();
            }
            connection.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{name}", name.len()));
        }
    })
}

fn names(client: &mut Client, requests: usize) -> BTreeMap<String, usize> {
    let mut names = BTreeMap::new();
    for _ in 0..requests {
        *names.entry(client.get("/", "").text().to_owned()).or_default() += 1;
    }
    names
}

/// B1, `least_outstanding_requests`.
#[test]
fn a_busy_target_gets_nothing_while_another_one_is_idle() {
    let gate = Arc::new(Gate::default());
    let (one, two) = (gated("one", &gate), gated("two", &gate));
    let world = World::with(&[one.address, two.address], |setup| {
        setup.with(key::ALGORITHM, "least_outstanding_requests")
    });
    let (mut busy, mut client) = (world.client(), world.client());
    busy.send("GET /slow HTTP/1.1\r\nHost: shop.example\r\n\r\n");
    gate.until_waiting(1);
    let idle = names(&mut client, 20);
    assert_eq!(idle.len(), 1, "{idle:?}");
    // A second slow one goes to the idle target; then both have one, and any may be next.
    let mut busy_too = world.client();
    busy_too.send("GET /slow HTTP/1.1\r\nHost: shop.example\r\n\r\n");
    gate.until_waiting(2);
    assert_eq!(names(&mut client, 60).len(), 2);
    gate.open();
    let answers = [busy.response().text().to_owned(), busy_too.response().text().to_owned()];
    assert_ne!(answers[0], answers[1]);
    // Both are idle again.
    assert_eq!(names(&mut client, 60).len(), 2);
}

/// B1: a client that gives up ends its request, too.
#[test]
fn a_request_that_was_given_up_is_not_in_progress() {
    let gate = Arc::new(Gate::default());
    let (one, two) = (gated("one", &gate), gated("two", &gate));
    let world = World::with(&[one.address, two.address], |setup| {
        setup.with(key::ALGORITHM, "least_outstanding_requests")
    });
    let mut busy = world.client();
    busy.send("GET /slow HTTP/1.1\r\nHost: shop.example\r\n\r\n");
    gate.until_waiting(1);
    // A reset: with less, it could still be waiting for its answer.
    SockRef::from(&busy.stream).set_linger(Some(Duration::ZERO)).unwrap();
    drop(busy);
    world.events.wait(1);
    assert_eq!(names(&mut world.client(), 60).len(), 2);
    gate.open();
}

/// B1, `weighted_random`.
#[test]
fn weighted_random_uses_every_target() {
    let targets = ["one", "two", "three"].map(Target::named);
    let addresses = targets.each_ref().map(|target| target.address);
    let world = World::with(&addresses, |setup| setup.with(key::ALGORITHM, "weighted_random"));
    assert_eq!(names(&mut world.client(), 90).len(), 3);
}

/// B4, B21, E1: with cross-zone load balancing off a request stays in the zone it came in. A zone without targets takes
/// no connections, unless that is switched off; then it has 503.
#[test]
fn with_cross_zone_off_each_zone_uses_its_own_targets() {
    let targets = ["one", "two"].map(Target::named);
    let addresses = targets.each_ref().map(|target| target.address);
    let zones = ["us-east-1a", "us-east-1b", "us-east-1c"];
    let mut world =
        World::with(&addresses, |setup| setup.in_zones(&zones, &zones[..2]).with(key::CROSS_ZONE, "false"));
    let answers = |world: &World| {
        let mut answers = BTreeMap::new();
        for _ in 0..18 {
            let mut client = world.client();
            let response = client.get("/", "");
            let answer = if response.status() == 200 { response.text() } else { "none" }.to_owned();
            assert_eq!(client.get("/", "").status(), response.status(), "a connection stays in its zone");
            *answers.entry(answer).or_insert(0) += 1;
        }
        answers
    };
    let expected = [("one", 9), ("two", 9)].map(|(name, count)| (name.to_owned(), count));
    assert_eq!(answers(&world), BTreeMap::from(expected));

    world.change(|setup| *setup = setup.clone().with(key::DNS_FAILOVER_COUNT, "off"));
    let expected = ["none", "one", "two"].map(|name| (name.to_owned(), 6));
    assert_eq!(answers(&world), BTreeMap::from(expected));

    world.change(|setup| *setup = setup.clone().with(key::CROSS_ZONE, "use_load_balancer_configuration"));
    for _ in 0..3 {
        assert_eq!(names(&mut world.client(), 10).len(), 2, "every zone uses all");
    }
}

/// B20, B21: below `unhealthy_state_routing` requests go to all targets, and are counted.
#[test]
fn with_too_few_healthy_targets_all_are_used() {
    let targets = ["one", "two", "three"].map(Target::named);
    let addresses = targets.each_ref().map(|target| target.address);
    let world = World::with(&addresses, |setup| setup.checked().with(key::UNHEALTHY_ROUTING_COUNT, "2"));
    let mut client = world.client();
    let counted = || world.metrics.snapshot().target_groups[&GROUP].unhealthy_routing;

    world.report(&[(1, HEALTHY), (2, HEALTHY), (3, UNHEALTHY)]);
    assert_eq!(names(&mut client, 30).into_keys().collect::<Vec<_>>(), ["one", "two"]);
    world.events.wait(30);
    assert_eq!(counted(), 0);
    world.report(&[(2, UNHEALTHY)]);
    assert_eq!(names(&mut client, 30).len(), 3);
    world.events.wait(60);
    assert_eq!(counted(), 30);
    world.report(&[(2, HEALTHY)]);
    assert_eq!(names(&mut client, 30).into_keys().collect::<Vec<_>>(), ["one", "two"]);
}

/// B19, E3: none is healthy.
#[test]
fn without_a_healthy_target_all_are_used() {
    let targets = ["one", "two"].map(Target::named);
    let addresses = targets.each_ref().map(|target| target.address);
    let world = World::with(&addresses, |setup| setup.checked());
    world.report(&[(1, UNHEALTHY), (2, UNHEALTHY)]);
    assert_eq!(names(&mut world.client(), 10).len(), 2);
}

/// B3: a target in slow start gets less than its share, and all of it is served.
#[test]
fn a_target_in_slow_start_gets_little_at_first() {
    let targets = ["one", "two", "new"].map(Target::named);
    let addresses = targets.each_ref().map(|target| target.address);
    let mut world = World::with(&addresses, |setup| setup.checked().with(key::SLOW_START, "900"));
    world.report(&[(1, HEALTHY), (2, HEALTHY)]);
    let ramping = Condition { health: HEALTHY, ramps_since: Some(Instant::now()) };
    let new = HealthReport { group: GROUP, target: TargetKey::new(3), health: Some(ramping) };
    world.publisher.report(&[new]);
    // Even after half a minute it would have a thirtieth of its share.
    let counts = names(&mut world.client(), 300);
    let little = counts.get("new").copied().unwrap_or_default();
    assert!(little < 20, "{counts:?}");
    assert!(counts["one"] > 100 && counts["two"] > 100, "{counts:?}");

    world.change(|setup| *setup = setup.clone().with(key::SLOW_START, "0"));
    let expected = ["new", "one", "two"].map(|name| (name.to_owned(), 100));
    assert_eq!(names(&mut world.client(), 300), BTreeMap::from(expected));
}

/// B2: a target that fails more than others is found, gets less of the load, and gets it back when it is well.
#[test]
fn an_anomalous_target_gets_less_until_it_is_well() {
    let broken = Arc::new(AtomicBool::new(true));
    let answers = |name: &'static str, broken: Option<&Arc<AtomicBool>>| {
        let broken = broken.map(Arc::clone);
        Target::start(move |mut connection| {
            while connection.request().is_some() {
                let is_broken = broken.as_ref().is_some_and(|it| it.load(Ordering::SeqCst));
                let status = if is_broken { "500 Broken" } else { "200 OK" };
                connection.send(format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{name}", name.len()));
            }
        })
    };
    let targets = [answers("one", None), answers("two", None), answers("bad", Some(&broken))];
    let addresses = targets.each_ref().map(|target| target.address);
    let world = World::with(&addresses, |setup| {
        setup.checked().with(key::ALGORITHM, "weighted_random").with(key::ANOMALY_MITIGATION, "on")
    });
    world.report(&[(1, HEALTHY), (2, HEALTHY), (3, HEALTHY)]);
    let mut watch = AnomalyWatch::new(Arc::clone(&world.publisher), Arc::clone(&world.metrics));
    let mut requests = 0;
    let mut step = || {
        let counts = names(&mut world.client(), 600);
        requests += 600;
        world.events.wait(requests);
        watch.step();
        let table = Arc::clone(&world.publisher.snapshots().load().table);
        (counts["bad"], table.group(GROUP).unwrap().target(TargetKey::new(3)).unwrap().anomaly)
    };
    let (at_first, found) = step();
    assert!(at_first > 120 && found.anomalous && found.is_mitigated(), "{at_first} {found:?}");
    let mitigated = (0..4).map(|_| step()).last().unwrap();
    assert_eq!(mitigated.1.share, MINIMUM_SHARE);
    assert!(mitigated.0 < at_first / 2, "{mitigated:?} after {at_first}");
    broken.store(false, Ordering::SeqCst);
    let back = (0..10).map(|_| step()).last().unwrap();
    assert!(!back.1.anomalous && !back.1.is_mitigated(), "{back:?}");
}
