//! The targets of one group under observation: the state of each, and who starts slowly (B3).

use std::time::{Duration, Instant};

use elbow_model::key::TargetKey;
use elbow_model::{HealthCheck, HealthState, TargetHealth};

use super::{Machine, Observation};
use crate::KeyMap;

/// What is said of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What its checks say.
    pub health: TargetHealth,
    /// When its slow start began, if it has one.
    pub ramps_since: Option<Instant>,
}

impl From<TargetHealth> for Condition {
    /// Without a slow start.
    fn from(health: TargetHealth) -> Self {
        Self { health, ramps_since: None }
    }
}

/// The checked targets of one group.
///
/// A target that becomes healthy starts slowly, if the group wants it and there is a healthy one that does not: somebody
/// has to take the load. One that is new starts slowly only if there was such a target when it came. So those that come
/// together into an empty group do not, and neither does anybody when a node starts.
#[derive(Debug, Default)]
pub struct Ward {
    targets: KeyMap<TargetKey, Patient>,
}

#[derive(Debug)]
struct Patient {
    machine: Machine,
    /// It starts slowly when it becomes healthy.
    is_late: bool,
    ramps_since: Option<Instant>,
}

impl Ward {
    /// Takes in a target whose first check is about to be made, in place of what was known under its key. Returns what
    /// is said of it.
    pub fn admit(&mut self, target: TargetKey, slow_start: Option<Duration>, now: Instant) -> Condition {
        self.targets.remove(&target);
        let is_late = slow_start.is_some_and(|duration| self.has_other_steady(target, duration, now));
        let patient = Patient { machine: Machine::new(), is_late, ramps_since: None };
        let condition = patient.condition();
        self.targets.insert(target, patient);
        condition
    }

    /// Takes in a target of a new group with what another group's checks, which are the same, have found out about it.
    /// Returns what is said of it; `None` if it is not there.
    pub fn adopt(&mut self, target: TargetKey, from: &Self) -> Option<Condition> {
        let machine = from.targets.get(&target)?.machine.clone();
        let patient = Patient { machine, is_late: false, ramps_since: None };
        let condition = patient.condition();
        self.targets.insert(target, patient);
        Some(condition)
    }

    /// Forgets a target.
    pub fn discharge(&mut self, target: TargetKey) {
        self.targets.remove(&target);
    }

    /// What is said of a target; `None` if it is not here.
    pub fn condition(&self, target: TargetKey) -> Option<Condition> {
        self.targets.get(&target).map(Patient::condition)
    }

    /// Takes in what was seen of a target, at the moment that [`Machine::observe`] asks for. Returns what is said of the
    /// target from now on, if that is news.
    pub fn observe(
        &mut self,
        target: TargetKey,
        observation: Observation,
        at: Instant,
        check: &HealthCheck,
        slow_start: Option<Duration>,
    ) -> Option<Condition> {
        let transition = self.targets.get_mut(&target)?.machine.observe(observation, at, check)?;
        let recovers = transition.to.state == HealthState::Healthy;
        let has_steady =
            recovers && slow_start.is_some_and(|duration| self.has_other_steady(target, duration, at));
        let patient = self.targets.get_mut(&target)?;
        patient.ramps_since = (has_steady && patient.is_late).then_some(at);
        patient.is_late |= recovers;
        Some(patient.condition())
    }

    /// Ends the slow starts that are over, or of which there are none any more; returns who had one.
    pub fn settle(
        &mut self,
        slow_start: Option<Duration>,
        now: Instant,
    ) -> impl Iterator<Item = (TargetKey, Condition)> {
        self.targets.iter_mut().filter_map(move |(key, patient)| {
            let since = patient.ramps_since?;
            if slow_start.is_some_and(|duration| now.saturating_duration_since(since) < duration) {
                return None;
            }
            patient.ramps_since = None;
            Some((*key, patient.condition()))
        })
    }

    /// Whether a target other than this one is healthy and not in slow start.
    fn has_other_steady(&self, target: TargetKey, slow_start: Duration, now: Instant) -> bool {
        self.targets.iter().filter(|(key, _)| **key != target).any(|(_, patient)| {
            let ramps = |since| now.saturating_duration_since(since) < slow_start;
            patient.machine.health().state == HealthState::Healthy && !patient.ramps_since.is_some_and(ramps)
        })
    }
}

impl Patient {
    fn condition(&self) -> Condition {
        Condition { health: self.machine.health(), ramps_since: self.ramps_since }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DURATION: Duration = Duration::from_secs(60);

    struct World {
        ward: Ward,
        now: Instant,
        slow_start: Option<Duration>,
    }

    impl World {
        fn new() -> Self {
            Self { ward: Ward::default(), now: Instant::now(), slow_start: Some(DURATION) }
        }

        fn admit(&mut self, target: u64) {
            self.ward.admit(TargetKey::new(target), self.slow_start, self.now);
        }

        /// Whether the target starts slowly after this was seen of it so many times.
        fn see(&mut self, target: u64, observation: Observation, times: u32) -> bool {
            let check = HealthCheck::default();
            let mut ramps = None;
            for _ in 0..times {
                let key = TargetKey::new(target);
                let news = self.ward.observe(key, observation, self.now, &check, self.slow_start);
                ramps = news.map_or(ramps, |news| Some(news.ramps_since.is_some()));
            }
            ramps.unwrap()
        }

        fn pass(&mut self, target: u64) -> bool {
            self.see(target, Observation::Passed, 5)
        }

        fn fail(&mut self, target: u64) -> bool {
            self.see(target, Observation::Failed(super::super::Failure::Timeout), 2)
        }
    }

    #[test]
    fn those_that_come_together_into_an_empty_group_do_not_start_slowly() {
        let mut world = World::new();
        (1..=3).for_each(|target| world.admit(target));
        assert_eq!([1, 2, 3].map(|target| world.pass(target)), [false; 3]);
    }

    #[test]
    fn who_comes_later_starts_slowly_and_so_does_who_recovers() {
        let mut world = World::new();
        (1..=2).for_each(|target| world.admit(target));
        assert_eq!([1, 2].map(|target| world.pass(target)), [false, false]);
        world.admit(3);
        assert!(world.pass(3));
        assert!(!world.fail(3), "it ends when the target is unhealthy");
        assert!(world.pass(3), "and begins anew when it is healthy");
        world.fail(1);
        assert!(world.pass(1));
    }

    #[test]
    fn somebody_has_to_take_the_load() {
        let mut world = World::new();
        world.admit(1);
        world.pass(1);
        world.admit(2);
        assert!(world.pass(2));
        world.fail(1);
        assert!(!world.pass(1), "the other one starts slowly itself");

        let mut world = World::new();
        world.admit(1);
        world.pass(1);
        world.admit(2);
        world.pass(2);
        world.now += DURATION;
        world.fail(1);
        assert!(world.pass(1), "the other one is through with it");
    }

    #[test]
    fn a_slow_start_is_over_after_its_time_or_when_it_is_switched_off() {
        let mut world = World::new();
        world.admit(1);
        world.pass(1);
        world.admit(2);
        world.pass(2);
        let over = |world: &mut World| {
            world.ward.settle(world.slow_start, world.now).map(|(key, _)| key.get()).collect::<Vec<_>>()
        };
        world.now += DURATION - Duration::from_millis(1);
        assert_eq!(over(&mut world), []);
        world.now += Duration::from_millis(1);
        assert_eq!((over(&mut world), over(&mut world)), (vec![2], vec![]));

        world.fail(2);
        world.pass(2);
        world.slow_start = None;
        assert_eq!(over(&mut world), [2]);
        world.fail(2);
        assert!(!world.pass(2));
        world.slow_start = Some(DURATION);
        assert_eq!(over(&mut world), [], "who is healthy when it is switched on does not start slowly");
    }
}
