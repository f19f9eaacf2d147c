//! The balancing algorithm: round robin (B1).

use elbow_model::key::TargetKey;

use crate::{Group, Target};

/// Where one worker stands in the rotation of one group. Workers share nothing, so each goes round on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(u64);

impl Cursor {
    /// A cursor that begins anywhere. Give each worker another random `offset`: if all began at zero, all their first
    /// requests would go to the same target.
    pub const fn new(offset: u64) -> Self {
        Self(offset)
    }
}

/// The next target in the rotation of `group` that is not in `excluded`; `None` if there is none.
///
/// The cursor moves behind the target that was taken, so those that remain share the load of an excluded one evenly.
/// The cost depends on the number of excluded keys (a few: targets that this request has failed on or should avoid),
/// not on the number of targets.
pub fn pick<'group>(
    group: &'group Group,
    cursor: &mut Cursor,
    excluded: &[TargetKey],
) -> Option<&'group Target> {
    let length = group.rotation_length();
    // Among one more position than keys are excluded, one is free; fewer are looked at if there are fewer.
    let tries = length.min(excluded.len().saturating_add(1));
    for _ in 0..tries {
        let target = group.in_rotation(cursor.next(length)?)?;
        if !excluded.contains(&target.key) {
            return Some(target);
        }
    }
    None
}

impl Cursor {
    /// The position in a rotation of this length, and a step onwards; `None` if the rotation is empty.
    fn next(&mut self, length: usize) -> Option<usize> {
        let position = self.0.checked_rem(u64::try_from(length).ok()?)?;
        self.0 = position.saturating_add(1);
        usize::try_from(position).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use elbow_model::{Configuration, Timestamp};

    use super::*;
    use crate::testing::{
        Chance, HEALTHY, OPTIONS, Put, UNHEALTHY, group_key, one_group, target, target_key,
    };
    use crate::{HealthView, Table};

    fn compiled(configuration: &Configuration, health: &HealthView) -> Group {
        Group::clone(Table::compile(configuration, health, &OPTIONS).group(group_key(1)).unwrap())
    }

    fn all_healthy(targets: u64) -> Group {
        let mut health = HealthView::default();
        (1..=targets).for_each(|number| health.set(group_key(1), target_key(number), HEALTHY));
        compiled(&one_group(targets), &health)
    }

    fn counts(group: &Group, cursor: &mut Cursor, excluded: &[TargetKey], picks: u64) -> Vec<u64> {
        let mut counts = BTreeMap::new();
        for _ in 0..picks {
            *counts.entry(pick(group, cursor, excluded).unwrap().key).or_default() += 1;
        }
        counts.into_values().collect()
    }

    #[test]
    fn targets_take_turns_wherever_the_cursor_begins() {
        for targets in [1, 2, 3, 7, 3000] {
            for offset in [0, 1, 5, u64::MAX - 1] {
                let counts = counts(&all_healthy(targets), &mut Cursor::new(offset), &[], targets);
                assert!(counts.iter().all(|&count| count == 1), "{targets} targets from {offset}");
            }
        }
    }

    #[test]
    fn those_that_remain_share_the_load_of_an_excluded_target() {
        let counts = counts(&all_healthy(5), &mut Cursor::new(3), &[target_key(2), target_key(3)], 300);
        assert_eq!(counts, [100, 100, 100]);
    }

    #[test]
    fn a_retry_does_not_favour_the_target_behind_the_broken_one() {
        let (group, broken) = (all_healthy(4), target_key(2));
        let (mut cursor, mut served) = (Cursor::new(0), BTreeMap::<TargetKey, u64>::new());
        for _ in 0..300 {
            let mut target = pick(&group, &mut cursor, &[]).unwrap().key;
            if target == broken {
                target = pick(&group, &mut cursor, &[broken]).unwrap().key;
            }
            *served.entry(target).or_default() += 1;
        }
        assert!(served.values().all(|count| *count == 100), "{served:?}");
    }

    #[test]
    fn nothing_is_picked_when_nothing_is_left() {
        let (nobody, two) = (all_healthy(0), all_healthy(2));
        let mut cursor = Cursor::new(0);
        assert_eq!(pick(&nobody, &mut cursor, &[]), None);
        assert_eq!(pick(&two, &mut cursor, &[target_key(1), target_key(2)]), None);
        assert_eq!(pick(&two, &mut cursor, &[target_key(1), target_key(9)]).unwrap().key, target_key(2));
    }

    /// For any mix of states and exclusions: only eligible targets are picked, each as often as any other, and one is
    /// found whenever there is one.
    #[test]
    fn picks_are_eligible_and_fair_whatever_the_states() {
        let mut chance = Chance::seeded(0x000e_1b0e);
        for _ in 0..300 {
            let targets = chance.below(12);
            let (mut configuration, mut health) = (one_group(targets), HealthView::default());
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

            let mut cursor = Cursor::new(chance.number());
            if expected.is_empty() {
                assert_eq!(pick(&group, &mut cursor, &excluded), None);
            } else {
                let rounds = u64::try_from(expected.len()).unwrap() * 10;
                let counts = counts(&group, &mut cursor, &excluded, rounds);
                assert_eq!(counts, vec![10; expected.len()]);
            }
        }
    }
}
