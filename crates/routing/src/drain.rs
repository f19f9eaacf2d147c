//! The end of deregistration (B22).

use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_model::{Configuration, Target, TargetGroup, Timestamp};

/// Which deregistered targets are over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Those whose delay has elapsed, to be removed from the configuration.
    pub over: Vec<(TargetGroupKey, TargetKey)>,
    /// When the next one will be; `None` if no other target is draining.
    pub next: Option<Timestamp>,
}

/// Looks through all targets for those that have finished draining at `now`.
pub fn drained(configuration: &Configuration, now: Timestamp) -> Drained {
    let mut drained = Drained::default();
    for (&(group, key), target) in &configuration.targets {
        let Some(settings) = configuration.target_groups.get(&group) else { continue };
        match deadline(settings, target) {
            Some(deadline) if deadline <= now => drained.over.push((group, key)),
            Some(deadline) => drained.next = Some(drained.next.map_or(deadline, |next| next.min(deadline))),
            None => {}
        }
    }
    drained
}

/// When a deregistered target's delay is over, by the delay that its group has now.
pub(crate) fn deadline(group: &TargetGroup, target: &Target) -> Option<Timestamp> {
    target.deregistered.map(|since| since + group.deregistration_delay())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing::{Put, group, group_with_delay, target};

    fn deregistered(group: u64, number: u64, at_secs: u64) -> Target {
        Target { deregistered: Some(Timestamp::from_secs(at_secs)), ..target(group, number) }
    }

    #[test]
    fn a_target_is_over_when_the_delay_of_its_group_has_elapsed() {
        let mut configuration = Configuration::default();
        configuration.put(group(1)); // 300 s
        configuration.put(group_with_delay(2, Duration::ZERO));
        configuration.put(target(1, 1));
        configuration.put(deregistered(1, 2, 100));
        configuration.put(deregistered(1, 3, 50));
        configuration.put(deregistered(2, 4, 100));
        configuration.put(deregistered(9, 5, 0)); // no such group

        let at = |now| {
            let Drained { over, next } = drained(&configuration, Timestamp::from_secs(now));
            let over: Vec<_> = over.iter().map(|(group, key)| (group.get(), key.get())).collect();
            (over, next.map(Timestamp::as_secs))
        };
        assert_eq!(at(99), (vec![], Some(100)));
        assert_eq!(at(100), (vec![(2, 4)], Some(350)));
        assert_eq!(at(349), (vec![(2, 4)], Some(350)));
        assert_eq!(at(350), (vec![(1, 3), (2, 4)], Some(400)));
        assert_eq!(at(400), (vec![(1, 2), (1, 3), (2, 4)], None));
    }
}
