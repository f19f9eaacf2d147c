//! Whom each algorithm picks: only who may be picked, and each as often as its share says.

use std::collections::BTreeMap;
use std::time::Duration;

use elbow_model::attribute::target_group as key;
use elbow_model::key::TargetKey;
use elbow_model::{Configuration, Timestamp};

use super::*;
use crate::testing::{
    Chance, HEALTHY, OPTIONS, Put, UNHEALTHY, group as settings, group_key, one_group, target, target_key,
};
use crate::{Anomaly, Condition, HealthView, Table};

const ROUND_ROBIN: &str = "round_robin";
const LEAST: &str = "least_outstanding_requests";
const RANDOM: &str = "weighted_random";
const ALL: [&str; 3] = [ROUND_ROBIN, LEAST, RANDOM];

fn compiled(configuration: &Configuration, health: &HealthView) -> Arc<Group> {
    Table::compile(configuration, health, &OPTIONS).group(group_key(1)).unwrap().clone()
}

fn with(configuration: &mut Configuration, attributes: &[(&str, &str)]) {
    let mut settings = settings(1);
    attributes.iter().for_each(|(key, value)| settings.attributes.set(key, value).unwrap());
    configuration.put(settings);
}

fn healthy(targets: u64) -> HealthView {
    let mut health = HealthView::default();
    (1..=targets).for_each(|number| health.set(group_key(1), target_key(number), HEALTHY));
    health
}

fn all_healthy(targets: u64, algorithm: &str) -> Arc<Group> {
    let mut configuration = one_group(targets);
    with(&mut configuration, &[(key::ALGORITHM, algorithm)]);
    compiled(&configuration, &healthy(targets))
}

/// A worker that picks targets of one group, at one moment.
struct Worker {
    picker: Picker,
    now: Instant,
}

impl Worker {
    fn new(seed: u64) -> Self {
        Self { picker: Picker::new(seed), now: Instant::now() }
    }

    fn pick(&mut self, group: &Arc<Group>, excluded: &[TargetKey]) -> Option<TargetKey> {
        let ask = Ask { zone: None, now: self.now, excluded };
        self.picker.pick(group, &ask).map(|target| target.key)
    }

    /// How often each target is picked, in the order of their keys.
    fn counts(&mut self, group: &Arc<Group>, excluded: &[TargetKey], picks: u64) -> Vec<u64> {
        let mut counts: BTreeMap<_, _> = group.targets().iter().map(|target| (target.key, 0)).collect();
        for _ in 0..picks {
            *counts.get_mut(&self.pick(group, excluded).unwrap()).unwrap() += 1;
        }
        counts.into_values().collect()
    }
}

/// Whether `count` is what a fair coin could have given: within six standard deviations of the expected number.
fn is_fair(count: u64, expected: f64) -> bool {
    (count as f64 - expected).abs() <= 6.0 * expected.sqrt().max(1.0)
}

#[test]
fn targets_take_turns_wherever_the_cursor_begins() {
    for targets in [1, 2, 3, 7, 3000] {
        for seed in [0, 1, 5, u64::MAX - 1] {
            let counts = Worker::new(seed).counts(&all_healthy(targets, ROUND_ROBIN), &[], targets);
            assert!(counts.iter().all(|&count| count == 1), "{targets} targets from {seed}");
        }
    }
}

#[test]
fn those_that_remain_share_the_load_of_an_excluded_target() {
    let excluded = [target_key(2), target_key(3)];
    let counts = Worker::new(3).counts(&all_healthy(5, ROUND_ROBIN), &excluded, 300);
    assert_eq!(counts, [100, 0, 0, 100, 100]);
    for algorithm in [LEAST, RANDOM] {
        let counts = Worker::new(3).counts(&all_healthy(5, algorithm), &excluded, 3000);
        assert_eq!(counts[1..3], [0, 0], "{algorithm}");
        assert!([0, 3, 4].iter().all(|at| is_fair(counts[*at], 1000.0)), "{algorithm}: {counts:?}");
    }
}

#[test]
fn a_retry_does_not_favour_the_target_behind_the_broken_one() {
    let (group, broken) = (all_healthy(4, ROUND_ROBIN), target_key(2));
    let (mut worker, mut served) = (Worker::new(0), BTreeMap::<TargetKey, u64>::new());
    for _ in 0..300 {
        let mut target = worker.pick(&group, &[]).unwrap();
        if target == broken {
            target = worker.pick(&group, &[broken]).unwrap();
        }
        *served.entry(target).or_default() += 1;
    }
    assert!(served.values().all(|count| *count == 100), "{served:?}");
}

#[test]
fn nothing_is_picked_when_nothing_is_left() {
    for algorithm in ALL {
        let (nobody, two) = (all_healthy(0, algorithm), all_healthy(2, algorithm));
        let mut worker = Worker::new(0);
        assert_eq!(worker.pick(&nobody, &[]), None, "{algorithm}");
        assert_eq!(worker.pick(&two, &[target_key(1), target_key(2)]), None, "{algorithm}");
        assert_eq!(worker.pick(&two, &[target_key(1), target_key(9)]), Some(target_key(2)), "{algorithm}");
    }
}

/// For any mix of states and exclusions: only eligible targets are picked, each as often as any other, and one is
/// found whenever there is one.
#[test]
fn picks_are_eligible_and_fair_whatever_the_states() {
    let mut chance = Chance::seeded(0x000e_1b0e);
    for round in 0..300 {
        let targets = chance.below(12);
        let (mut configuration, mut health) = (one_group(targets), HealthView::default());
        let algorithm = ALL[round % ALL.len()];
        with(&mut configuration, &[(key::ALGORITHM, algorithm)]);
        for number in 1..=targets {
            match chance.below(5) {
                0 => configuration.put(elbow_model::Target {
                    deregistered: Some(Timestamp::from_secs(1)),
                    ..target(1, number)
                }),
                1 | 2 => health.set(group_key(1), target_key(number), UNHEALTHY),
                3 => health.set(group_key(1), target_key(number), HEALTHY),
                _ => {}
            }
        }
        let excluded: Vec<_> = (0..chance.below(4)).map(|_| target_key(1 + chance.below(12))).collect();
        let group = compiled(&configuration, &health);

        let registered = group.targets().iter().filter(|target| target.drains_until.is_none());
        let (healthy, rest): (Vec<_>, Vec<_>) = registered.partition(|target| target.health == HEALTHY);
        let mut expected = if healthy.is_empty() { rest } else { healthy };
        expected.retain(|target| !excluded.contains(&target.key));

        let mut worker = Worker::new(chance.number());
        if expected.is_empty() {
            assert_eq!(worker.pick(&group, &excluded), None);
            continue;
        }
        let counts = worker.counts(&group, &excluded, expected.len() as u64 * 200);
        for (target, count) in group.targets().iter().zip(counts) {
            let wanted = if expected.contains(&target) { 200 } else { 0 };
            let is_right = count == wanted || algorithm != ROUND_ROBIN && wanted > 0 && is_fair(count, 200.0);
            assert!(is_right, "{algorithm}: {count} of {}", target.id);
        }
    }
}

/// B1, checked against counting by hand: requests begin and end at random while targets come and go, get sick and well.
#[test]
fn the_target_with_the_fewest_requests_is_picked_whatever_happens() {
    for seed in 0..20 {
        let mut chance = Chance::seeded(seed);
        let mut configuration = one_group(1 + chance.below(20));
        with(&mut configuration, &[(key::ALGORITHM, LEAST)]);
        let mut health = healthy(20);
        let mut group = compiled(&configuration, &health);
        let (mut worker, mut running) = (Worker::new(seed), Vec::<TargetKey>::new());
        for _ in 0..2000 {
            match chance.below(20) {
                0 => {
                    let number = 1 + chance.below(20);
                    match chance.below(4) {
                        0 => configuration.put(target(1, number)),
                        1 => drop(configuration.targets.remove(&(group_key(1), target_key(number)))),
                        2 => health.set(group_key(1), target_key(number), UNHEALTHY),
                        _ => health.set(group_key(1), target_key(number), HEALTHY),
                    }
                    group = compiled(&configuration, &health);
                }
                1..=10 => {
                    // One in four follows a session to where it is, and that may be a target that is not in rotation.
                    let excluded: Vec<_> =
                        (0..chance.below(3)).map(|_| target_key(1 + chance.below(20))).collect();
                    let picked = worker.pick(&group, &excluded);
                    let load = |key| running.iter().filter(|running| **running == key).count();
                    let keys = |at: &u32| group.at(*at).map(|target| target.key);
                    let free = group.rotation(None).members().iter().filter_map(keys);
                    let least = free.filter(|key| !excluded.contains(key)).map(load).min();
                    assert_eq!(picked.map(load), least, "seed {seed}");
                    let follows = chance.below(4) == 0;
                    let stuck = Some(target_key(1 + chance.below(20))).filter(|_| follows);
                    if let Some(key) = stuck.or(picked) {
                        worker.picker.begin(&group, key);
                        running.push(key);
                    }
                }
                _ if running.is_empty() => {}
                _ => {
                    let over = chance.below(running.len() as u64) as usize;
                    worker.picker.end(running.swap_remove(over));
                }
            }
        }
    }
}

#[test]
fn an_end_without_a_beginning_is_nothing() {
    let mut worker = Worker::new(1);
    worker.picker.end(target_key(1));
    assert_eq!(worker.pick(&all_healthy(1, LEAST), &[]), Some(target_key(1)));
}

/// B3: the share of a target in slow start grows with time, and what it does not take is spread over the others.
#[test]
fn a_target_in_slow_start_gets_a_growing_share() {
    let mut configuration = one_group(4);
    with(&mut configuration, &[(key::SLOW_START, "100")]);
    let mut worker = Worker::new(7);
    let start = worker.now;
    let mut health = healthy(4);
    health.set(group_key(1), target_key(4), Condition { health: HEALTHY, ramps_since: Some(start) });
    let group = compiled(&configuration, &health);
    for (second, share) in [(0, 0.0), (10, 0.1), (25, 0.25), (50, 0.5), (99, 0.99), (100, 1.0), (500, 1.0)] {
        worker.now = start + Duration::from_secs(second);
        let counts = worker.counts(&group, &[], 8000);
        let slow = 2000.0 * share;
        assert!(is_fair(counts[3], slow), "second {second}: {counts:?}");
        assert!(
            counts[..3].iter().all(|count| is_fair(*count, (8000.0 - slow) / 3.0)),
            "{second}: {counts:?}"
        );
    }
}

#[test]
fn slow_start_never_leaves_a_request_without_a_target() {
    let mut configuration = one_group(2);
    with(&mut configuration, &[(key::SLOW_START, "100")]);
    let mut worker = Worker::new(7);
    let mut health = healthy(1);
    health.set(group_key(1), target_key(2), Condition { health: HEALTHY, ramps_since: Some(worker.now) });
    let group = compiled(&configuration, &health);
    assert_eq!(worker.pick(&group, &[target_key(1)]), Some(target_key(2)), "the other one refused");
}

/// B2: shares that mitigation has set are kept to, and are nothing to a group that does not mitigate.
#[test]
fn a_mitigated_target_gets_its_share() {
    let mut health = healthy(4);
    health.set_anomaly(group_key(1), target_key(2), Anomaly { anomalous: true, share: 250 });
    let mut configuration = one_group(4);
    for (mitigation, share) in [("on", 0.25), ("off", 1.0)] {
        with(&mut configuration, &[(key::ALGORITHM, RANDOM), (key::ANOMALY_MITIGATION, mitigation)]);
        let group = compiled(&configuration, &health);
        let counts = Worker::new(11).counts(&group, &[], 20_000);
        let each = 20_000.0 / (3.0 + share);
        assert!(is_fair(counts[1], each * share), "{mitigation}: {counts:?}");
        assert!([0, 2, 3].iter().all(|at| is_fair(counts[*at], each)), "{mitigation}: {counts:?}");
    }
}

/// B4: requests of one zone do not disturb the turns of another.
#[test]
fn zones_take_turns_on_their_own() {
    use elbow_model::{TargetZone, Zone};
    let zones = ["us-east-1a", "us-east-1b"].map(|zone| Zone::parse(zone).unwrap());
    for algorithm in ALL {
        let mut configuration = one_group(0);
        with(&mut configuration, &[(key::ALGORITHM, algorithm), (key::CROSS_ZONE, "false")]);
        for number in 1..=4 {
            let zone = Some(TargetZone::In(zones[usize::from(number == 4)].clone()));
            configuration.put(elbow_model::Target { zone, ..target(1, number) });
        }
        let group = compiled(&configuration, &healthy(4));
        let (mut worker, mut counts) = (Worker::new(5), BTreeMap::<TargetKey, u64>::new());
        for n in 0..6000 {
            let ask = Ask { zone: Some(&zones[n % 2]), now: worker.now, excluded: &[] };
            let picked = worker.picker.pick(&group, &ask).unwrap();
            assert_eq!(picked.zone.as_ref(), ask.zone, "{algorithm}");
            *counts.entry(picked.key).or_default() += 1;
        }
        assert!(
            (1..=3).all(|number| is_fair(counts[&target_key(number)], 1000.0)),
            "{algorithm}: {counts:?}"
        );
        let elsewhere = Zone::parse("us-east-1c").unwrap();
        let ask = Ask { zone: Some(&elsewhere), now: worker.now, excluded: &[] };
        assert_eq!(worker.picker.pick(&group, &ask), None, "{algorithm}");
    }
}
