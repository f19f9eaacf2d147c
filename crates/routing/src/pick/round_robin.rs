//! Round robin (B1), with slow start (B3).

use std::time::{Duration, Instant};

use super::Ask;
use super::chance::Chance;
use crate::{Group, Rotation, Target};

/// Where one worker stands in one rotation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor(u64);

impl Cursor {
    pub(super) const fn new(offset: u64) -> Self {
        Self(offset)
    }

    /// The position in a rotation of this length, and a step onwards; `None` if the rotation is empty.
    fn next(&mut self, length: usize) -> Option<usize> {
        let position = self.0.checked_rem(u64::try_from(length).ok()?)?;
        self.0 = position.saturating_add(1);
        usize::try_from(position).ok()
    }
}

/// The next target in the rotation that is not excluded. When it is one in slow start, the other targets take a part
/// of its turns.
///
/// The cursor moves behind the target that was taken, so those that remain share the load of an excluded one evenly.
pub(super) fn pick<'group>(
    cursor: &mut Cursor,
    chance: &mut Chance,
    group: &'group Group,
    rotation: &Rotation,
    slow_start: Option<Duration>,
    ask: &Ask<'_>,
) -> Option<&'group Target> {
    let members = rotation.members();
    // Among one more position than keys are excluded, one is free; fewer are looked at if there are fewer.
    let tries = members.len().min(ask.excluded.len().saturating_add(1));
    for _ in 0..tries {
        let target = group.at(*members.get(cursor.next(members.len())?)?)?;
        if ask.excluded.contains(&target.key) {
            continue;
        }
        if slow_start.is_none_or(|duration| takes_turn(target, duration, ask.now, chance)) {
            return Some(target);
        }
        return steady(chance, group, rotation, ask).or(Some(target));
    }
    None
}

/// Whether a target takes the turn that it has. The share of turns that it takes grows from none to all over the time
/// of its slow start, in proportion to the time that has passed.
// AWS: unknown at which share a slow start begins. We begin at none: the ramp is linear (B3).
fn takes_turn(target: &Target, duration: Duration, now: Instant, chance: &mut Chance) -> bool {
    let Some(since) = target.ramps_since else { return true };
    let (passed, whole) = (now.saturating_duration_since(since).as_millis(), duration.as_millis());
    passed >= whole || (chance.below(usize::try_from(whole).unwrap_or(usize::MAX)) as u128) < passed
}

/// Any target that is not in slow start.
fn steady<'group>(
    chance: &mut Chance,
    group: &'group Group,
    rotation: &Rotation,
    ask: &Ask<'_>,
) -> Option<&'group Target> {
    let free = |position| group.at(position).filter(|target| !ask.excluded.contains(&target.key));
    chance.any_of(rotation.steady(), ask.excluded.len(), free)
}
