//! What was counted, over the last day: for charts, until somebody keeps it elsewhere.
//!
//! Counts are read every ten seconds, and what was added to them is a step. Steps are put together to minutes, and minutes to
//! five minutes, so that a day needs not much more memory than an hour. Nothing of this is on the request path.

mod response_times;
mod sample;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use elbow_model::Timestamp;
use elbow_model::key::{LoadBalancerKey, TargetGroupKey};

pub use self::response_times::ResponseTimes;
use self::sample::Sample;
pub use self::sample::{GroupNow, LoadBalancerSample, TargetGroupSample, TargetSample};
use crate::metrics::lock;
use crate::{Metrics, Snapshot};

/// Most entries of all steps together: load balancers, target groups and targets. One takes about 200 bytes. When there are
/// more, the oldest steps go first.
const CELLS: usize = 200_000;

/// How long a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Kept for a quarter of an hour.
    TenSeconds,
    /// Kept for three hours.
    Minute,
    /// Kept for a day.
    FiveMinutes,
}

impl Step {
    /// All, the shortest first.
    pub const ALL: [Self; 3] = [Self::TenSeconds, Self::Minute, Self::FiveMinutes];

    /// From the end of one to the end of the next.
    pub const fn duration(self) -> Duration {
        match self {
            Self::TenSeconds => Duration::from_secs(10),
            Self::Minute => Duration::from_secs(60),
            Self::FiveMinutes => Duration::from_secs(300),
        }
    }

    /// How many are kept.
    const fn kept(self) -> usize {
        match self {
            Self::TenSeconds => 90,
            Self::Minute => 180,
            Self::FiveMinutes => 288,
        }
    }
}

/// The steps of the last day.
#[derive(Debug, Default)]
pub struct History {
    rings: Mutex<Rings>,
}

#[derive(Debug, Default)]
struct Rings {
    /// What was counted when the last step ended.
    before: Option<Arc<Snapshot>>,
    /// In the order of [`Step::ALL`].
    rings: [Ring; Step::ALL.len()],
}

#[derive(Debug, Default)]
struct Ring {
    /// The step that has not ended yet.
    begun: Option<Sample>,
    ended: VecDeque<Sample>,
}

impl History {
    /// Ends a step of ten seconds. The first call only tells where to count from.
    pub fn sample(&self, metrics: &Metrics, groups: &[GroupNow], now: Timestamp) {
        let after = Arc::new(metrics.snapshot());
        let before = lock(&self.rings).before.replace(Arc::clone(&after));
        let Some(before) = before else { return };
        let mut sample = Sample::between(&before, &after, groups, now);
        for group in sample.groups.values_mut() {
            let live = metrics.live_sessions(group.targets.iter().map(|target| target.target), now);
            group.sessions = live.total;
            for target in &mut group.targets {
                target.sessions = live.targets.get(&target.target).copied().unwrap_or_default();
            }
        }
        lock(&self.rings).push(sample);
    }

    /// The steps of a target group that ended after `from` and not after `to`, the oldest first. Steps in which it was in
    /// use by no load balancer are missing.
    pub fn target_group(
        &self,
        key: TargetGroupKey,
        step: Step,
        (from, to): (Timestamp, Timestamp),
    ) -> Vec<(Timestamp, TargetGroupSample)> {
        self.steps(step, (from, to), |sample| sample.groups.get(&key).cloned())
    }

    /// The same of a load balancer; steps without a request are missing.
    pub fn load_balancer(
        &self,
        key: LoadBalancerKey,
        step: Step,
        (from, to): (Timestamp, Timestamp),
    ) -> Vec<(Timestamp, LoadBalancerSample)> {
        self.steps(step, (from, to), |sample| sample.balancers.get(&key).cloned())
    }

    fn steps<T>(
        &self,
        step: Step,
        (from, to): (Timestamp, Timestamp),
        of: impl Fn(&Sample) -> Option<T>,
    ) -> Vec<(Timestamp, T)> {
        let rings = lock(&self.rings);
        let ring = Step::ALL.iter().zip(&rings.rings).find(|(it, _)| **it == step);
        let ended = ring.into_iter().flat_map(|(_, ring)| &ring.ended);
        let within = ended.filter(|sample| from < sample.ended && sample.ended <= to);
        within.filter_map(|sample| Some((sample.ended, of(sample)?))).collect()
    }
}

impl Rings {
    fn push(&mut self, sample: Sample) {
        let mut ended = Some(sample);
        for (step, ring) in Step::ALL.into_iter().zip(&mut self.rings) {
            let Some(sample) = ended.take() else { break };
            ended = ring.add(sample, step);
        }
        while self.rings.iter().map(Ring::cells).sum::<usize>() > CELLS {
            let longest = self.rings.iter_mut().max_by_key(|ring| ring.cells());
            if longest.and_then(|ring| ring.ended.pop_front()).is_none() {
                break;
            }
        }
    }
}

impl Ring {
    /// Puts a sample to the step that has begun, and returns the step if it ends with it.
    fn add(&mut self, sample: Sample, step: Step) -> Option<Sample> {
        let length = u64::try_from(step.duration().as_millis()).unwrap_or(u64::MAX);
        // One that ends with a step belongs to it.
        let number = |sample: &Sample| sample.ended.as_millis().saturating_sub(1) / length;
        if step == Step::TenSeconds {
            self.keep(sample.clone(), step);
            return Some(sample);
        }
        let Some(begun) = self.begun.as_mut() else {
            self.begun = Some(sample);
            return None;
        };
        if number(begun) == number(&sample) {
            begun.merge(&sample);
            return None;
        }
        let ended = self.begun.replace(sample)?;
        self.keep(ended.clone(), step);
        Some(ended)
    }

    fn keep(&mut self, sample: Sample, step: Step) {
        while self.ended.len() >= step.kept() {
            self.ended.pop_front();
        }
        self.ended.push_back(sample);
    }

    fn cells(&self) -> usize {
        self.ended.iter().map(Sample::cells).sum()
    }
}

#[cfg(test)]
mod tests;
