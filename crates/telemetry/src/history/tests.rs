//! Stories of some minutes, told in snapshots.

use elbow_model::key::TargetKey;
use elbow_model::{AnomalyDetection, HealthState};

use super::*;
use crate::{LoadBalancerCount, TargetCount, TargetGroupCount, TargetGroupHealth};

const BALANCER: LoadBalancerKey = LoadBalancerKey::new(1);
const GROUP: TargetGroupKey = TargetGroupKey::new(2);
const ONE: TargetKey = TargetKey::new(3);
const OTHER: TargetKey = TargetKey::new(4);
const ALWAYS: (Timestamp, Timestamp) = (Timestamp::from_millis(0), Timestamp::from_millis(u64::MAX));

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_secs(1_700_000_100 + seconds)
}

/// After so many requests, half of them to each target, and a tenth of them failures of the second.
fn counted(requests: u64) -> Snapshot {
    let mut snapshot = Snapshot::default();
    let balancer = LoadBalancerCount { requests, processed_bytes: requests * 100, ..Default::default() };
    snapshot.load_balancers.insert(BALANCER, balancer);
    let mut group = TargetGroupCount { requests, statuses: [0, requests, 0, 0, 0], ..Default::default() };
    group.outcomes.insert("hit", requests);
    group.response_time_buckets[10] = requests;
    group.response_time_sum_micros = requests * 700;
    snapshot.target_groups.insert(GROUP, group);
    let half = TargetCount { requests: requests / 2, ..Default::default() };
    snapshot.targets.insert(ONE, half.clone());
    snapshot.targets.insert(OTHER, TargetCount { failures: requests / 10, ..half });
    snapshot
}

fn group(key: TargetGroupKey, (healthy, unhealthy): (u64, u64), targets: Vec<TargetKey>) -> GroupNow {
    let states = [(HealthState::Healthy, healthy), (HealthState::Unhealthy, unhealthy)];
    let states = states.into_iter().flat_map(|(state, many)| (0..many).map(move |_| state));
    let health =
        TargetGroupHealth::new(BALANCER, key, states.map(|state| (state, AnomalyDetection::default())));
    GroupNow { health, targets }
}

fn now(healthy: u64) -> [GroupNow; 1] {
    let unhealthy = 2 - healthy;
    [group(GROUP, (healthy, unhealthy), vec![OTHER, ONE])]
}

/// Twenty requests in each step of ten seconds.
fn told(steps: u64) -> History {
    let history = History::default();
    for step in 1..=steps {
        let (before, after) = (counted(20 * (step - 1)), counted(20 * step));
        let healthy = if step == 3 { 1 } else { 2 };
        lock(&history.rings).push(Sample::between(&before, &after, &now(healthy), at(10 * step)));
    }
    history
}

#[test]
fn a_step_has_what_was_added_to_the_counts() {
    let history = told(3);
    let steps = history.target_group(GROUP, Step::TenSeconds, ALWAYS);
    assert_eq!(steps.iter().map(|(ended, _)| *ended).collect::<Vec<_>>(), [at(10), at(20), at(30)]);
    let (_, last) = &steps[2];
    assert_eq!((last.requests, last.statuses[1], last.outcomes["hit"]), (20, 20, 20));
    assert_eq!((last.healthy, last.unhealthy, last.response_times.count()), (1, 1, 20));
    let one = TargetSample { target: ONE, requests: 10, failures: 0, sessions: 0 };
    assert_eq!(last.targets, [one, TargetSample { target: OTHER, failures: 2, ..one }]);
    let [.., (_, balancer)] = &history.load_balancer(BALANCER, Step::TenSeconds, ALWAYS)[..] else {
        panic!()
    };
    assert_eq!((balancer.requests, balancer.processed_bytes), (20, 2000));
    assert_eq!(
        history.target_group(GROUP, Step::TenSeconds, (at(10), at(20))).len(),
        1,
        "after one, up to other"
    );
}

#[test]
fn steps_are_put_together_to_longer_ones() {
    // at(0) is the beginning of a minute, and of five minutes.
    let history = told(61);
    let minutes = history.target_group(GROUP, Step::Minute, ALWAYS);
    assert_eq!(minutes.len(), 10);
    let (ended, first) = &minutes[0];
    assert_eq!((*ended, first.requests, first.response_times.count()), (at(60), 120, 120));
    assert_eq!((first.healthy, first.unhealthy), (1, 1), "its worst moment");
    assert_eq!(first.targets[1], TargetSample { target: OTHER, requests: 60, failures: 12, sessions: 0 });
    let fives = history.target_group(GROUP, Step::FiveMinutes, ALWAYS);
    assert_eq!(fives.iter().map(|(ended, it)| (*ended, it.requests)).collect::<Vec<_>>(), [(at(300), 600)]);
}

#[test]
fn old_steps_go() {
    let history = told(1000);
    let count = |step| history.target_group(GROUP, step, ALWAYS).len();
    assert_eq!((count(Step::TenSeconds), count(Step::Minute)), (90, 166));
}

#[test]
fn there_is_an_end_to_memory() {
    let history = History::default();
    let groups: Vec<_> = (0..50)
        .map(|number| {
            let targets = (0..100).map(|target| TargetKey::new(number * 100 + target));
            group(TargetGroupKey::new(number), (100, 0), targets.collect())
        })
        .collect();
    for step in 1..=200 {
        let none = Snapshot::default();
        lock(&history.rings).push(Sample::between(&none, &none, &groups, at(10 * step)));
    }
    let rings = lock(&history.rings);
    let cells: Vec<_> = rings.rings.iter().map(Ring::cells).collect();
    assert!(cells.iter().sum::<usize>() <= CELLS, "{cells:?}");
    assert!(cells.iter().all(|cells| *cells > 0), "each length has some: {cells:?}");
}

#[test]
fn what_was_forgotten_meanwhile_is_counted_from_zero() {
    let sample = Sample::between(&counted(100), &counted(10), &now(2), at(10));
    assert_eq!(sample.groups[&GROUP].requests, 10);
}

#[test]
fn the_first_sample_only_tells_where_to_count_from() {
    let (history, metrics) = (History::default(), Metrics::new());
    history.sample(&metrics, &now(2), at(0));
    assert!(history.target_group(GROUP, Step::TenSeconds, ALWAYS).is_empty());
    history.sample(&metrics, &now(2), at(10));
    assert_eq!(history.target_group(GROUP, Step::TenSeconds, ALWAYS).len(), 1);
}
