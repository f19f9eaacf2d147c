//! What happened within one step of time.

use std::collections::BTreeMap;

use elbow_model::key::{LoadBalancerKey, TargetGroupKey, TargetKey};
use elbow_model::{HealthState, Timestamp};

use super::response_times::ResponseTimes;
use crate::keys::KeyMap;
use crate::snapshot::add;
use crate::{LoadBalancerCount, Snapshot, StatusClasses, TargetCount, TargetGroupCount, TargetGroupHealth};

/// What a target group that is in use is at the end of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupNow {
    /// How its targets do.
    pub health: TargetGroupHealth,
    /// All that are registered or drain.
    pub targets: Vec<TargetKey>,
}

/// Counts of a load balancer within a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadBalancerSample {
    /// `RequestCount`.
    pub requests: u64,
    /// `ProcessedBytes`.
    pub processed_bytes: u64,
    /// `HTTPCode_ELB_nXX_Count`.
    pub own_statuses: StatusClasses,
    /// `NonStickyRequestCount` and `AppCookieNonStickinessCount` (S57, S58).
    pub non_sticky: u64,
}

/// Counts of a target group within a step, and how it did at its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetGroupSample {
    /// `RequestCount`.
    pub requests: u64,
    /// `HTTPCode_Target_nXX_Count`.
    pub statuses: StatusClasses,
    /// `TargetConnectionErrorCount`.
    pub connection_errors: u64,
    /// `TargetResponseTime`.
    pub response_times: ResponseTimes,
    /// Requests by stickiness outcome; only those that there were.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// `HealthyHostCount`; the least within a longer step.
    pub healthy: u64,
    /// `UnHealthyHostCount`; the most within a longer step.
    pub unhealthy: u64,
    /// Sessions that live, on all targets together.
    pub sessions: u64,
    /// Its targets, in the order of their keys.
    pub targets: Vec<TargetSample>,
}

/// Counts of one target within a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetSample {
    /// The target.
    pub target: TargetKey,
    /// Requests that were sent to it.
    pub requests: u64,
    /// Those of them that it answered with 5xx, or not at all.
    pub failures: u64,
    /// Sessions that live on it at the end of the step.
    pub sessions: u64,
}

/// Everything within one step.
#[derive(Clone, Debug, Default)]
pub(super) struct Sample {
    /// When the step ended.
    pub(super) ended: Timestamp,
    pub(super) balancers: KeyMap<LoadBalancerKey, LoadBalancerSample>,
    pub(super) groups: KeyMap<TargetGroupKey, TargetGroupSample>,
}

impl Sample {
    /// What was counted between two snapshots.
    pub(super) fn between(
        before: &Snapshot,
        after: &Snapshot,
        groups: &[GroupNow],
        ended: Timestamp,
    ) -> Self {
        let balancers = after.load_balancers.iter().filter_map(|(key, count)| {
            let sample = LoadBalancerSample::between(before.load_balancers.get(key), count);
            (sample != LoadBalancerSample::default()).then_some((*key, sample))
        });
        let balancers = balancers.collect();
        let groups =
            groups.iter().map(|group| (group.health.target_group, group_between(before, after, group)));
        Self { ended, balancers, groups: groups.collect() }
    }

    /// How many entries it has, which is what it takes of memory.
    pub(super) fn cells(&self) -> usize {
        let of_groups = self.groups.values().map(|group| 1 + group.targets.len());
        self.balancers.len() + of_groups.sum::<usize>()
    }

    /// Makes a longer step of this one and the one after it.
    pub(super) fn merge(&mut self, next: &Self) {
        self.ended = next.ended;
        for (key, sample) in &next.balancers {
            self.balancers.entry(*key).or_default().merge(sample);
        }
        for (key, sample) in &next.groups {
            match self.groups.get_mut(key) {
                Some(group) => group.merge(sample),
                None => drop(self.groups.insert(*key, sample.clone())),
            }
        }
    }
}

impl LoadBalancerSample {
    fn between(before: Option<&LoadBalancerCount>, after: &LoadBalancerCount) -> Self {
        let none = LoadBalancerCount::default();
        let before = before.unwrap_or(&none);
        let non_sticky = |it: &LoadBalancerCount| it.non_sticky.saturating_add(it.app_cookie_non_sticky);
        Self {
            requests: since(before.requests, after.requests),
            processed_bytes: since(before.processed_bytes, after.processed_bytes),
            own_statuses: each_since(&before.own_statuses, &after.own_statuses),
            non_sticky: since(non_sticky(before), non_sticky(after)),
        }
    }

    fn merge(&mut self, next: &Self) {
        self.requests += next.requests;
        self.processed_bytes += next.processed_bytes;
        add(&mut self.own_statuses, next.own_statuses);
        self.non_sticky += next.non_sticky;
    }
}

impl TargetGroupSample {
    /// The longer step that this one and the next one make together.
    #[must_use]
    pub fn and(mut self, next: &Self) -> Self {
        self.merge(next);
        self
    }

    /// The counts of a target.
    pub fn target(&self, key: TargetKey) -> Option<&TargetSample> {
        let place = self.targets.binary_search_by_key(&key, |it| it.target).ok()?;
        self.targets.get(place)
    }

    fn merge(&mut self, next: &Self) {
        self.requests += next.requests;
        add(&mut self.statuses, next.statuses);
        self.connection_errors += next.connection_errors;
        self.response_times.merge(&next.response_times);
        for (word, count) in &next.outcomes {
            *self.outcomes.entry(word).or_default() += count;
        }
        self.healthy = self.healthy.min(next.healthy);
        self.unhealthy = self.unhealthy.max(next.unhealthy);
        self.sessions = next.sessions;
        for target in &next.targets {
            match self.targets.binary_search_by_key(&target.target, |it| it.target) {
                Ok(place) => {
                    let Some(known) = self.targets.get_mut(place) else { continue };
                    known.requests += target.requests;
                    known.failures += target.failures;
                    known.sessions = target.sessions;
                }
                Err(place) => self.targets.insert(place, *target),
            }
        }
    }
}

fn group_between(before: &Snapshot, after: &Snapshot, group: &GroupNow) -> TargetGroupSample {
    let none = TargetGroupCount::default();
    let count = |snapshot: &Snapshot| snapshot.target_groups.get(&group.health.target_group).cloned();
    let (before_it, after_it) = (count(before).unwrap_or_default(), count(after).unwrap_or(none));
    let outcomes = after_it.outcomes.iter().filter_map(|(word, count)| {
        let more = since(before_it.outcomes.get(word).copied().unwrap_or_default(), *count);
        (more > 0).then_some((*word, more))
    });
    let mut targets: Vec<_> = group.targets.iter().map(|key| target_between(before, after, *key)).collect();
    targets.sort_unstable_by_key(|target| target.target);
    targets.dedup_by_key(|target| target.target);
    TargetGroupSample {
        requests: since(before_it.requests, after_it.requests),
        statuses: each_since(&before_it.statuses, &after_it.statuses),
        connection_errors: since(before_it.connection_errors, after_it.connection_errors),
        response_times: ResponseTimes::new(
            &each_since(&before_it.response_time_buckets, &after_it.response_time_buckets),
            since(before_it.response_time_sum_micros, after_it.response_time_sum_micros),
        ),
        outcomes: outcomes.collect(),
        healthy: group.health.count(HealthState::Healthy),
        unhealthy: group.health.count(HealthState::Unhealthy),
        sessions: 0,
        targets,
    }
}

fn target_between(before: &Snapshot, after: &Snapshot, target: TargetKey) -> TargetSample {
    let count =
        |snapshot: &Snapshot| -> TargetCount { snapshot.targets.get(&target).cloned().unwrap_or_default() };
    let (before, after) = (count(before), count(after));
    let requests = since(before.requests, after.requests);
    TargetSample { target, requests, failures: since(before.failures, after.failures), sessions: 0 }
}

/// What was added to a number; one that was forgotten meanwhile began at zero again.
const fn since(before: u64, after: u64) -> u64 {
    if after >= before { after - before } else { after }
}

fn each_since<const N: usize>(before: &[u64; N], after: &[u64; N]) -> [u64; N] {
    let mut more = *after;
    more.iter_mut().zip(before).for_each(|(after, before)| *after = since(*before, *after));
    more
}
