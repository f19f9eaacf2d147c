//! The balancing algorithms (B1): which target of a group takes the next request.
//!
//! A [`Picker`] is what one worker remembers of one group. Its cost does not depend on how many targets there are; a
//! change of the group is taken up with the next request, once.

mod chance;
mod outstanding;
mod random;
mod round_robin;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use elbow_model::Zone;
use elbow_model::key::TargetKey;

use self::chance::Chance;
use self::outstanding::Outstanding;
use self::round_robin::Cursor;
use crate::{Algorithm, Group, Target};

/// What one worker remembers of one group to choose its targets. Workers share nothing, so each goes round on its own
/// and counts only its own requests.
#[derive(Debug)]
pub struct Picker {
    chance: Chance,
    /// By rotation.
    cursors: Vec<Cursor>,
    outstanding: Outstanding,
}

/// What a choice depends on beside the group.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The zone that the request came in; it matters while [`Group::is_zonal`].
    pub zone: Option<&'a Zone>,
    /// The time, for slow start.
    pub now: Instant,
    /// Targets that this request has failed on or should avoid: a few.
    pub excluded: &'a [TargetKey],
}

impl Picker {
    /// A picker that begins anywhere. Give each worker another random `seed`: if all began alike, all their first
    /// requests would go to the same target.
    pub fn new(seed: u64) -> Self {
        Self { chance: Chance::new(seed), cursors: Vec::new(), outstanding: Outstanding::default() }
    }

    /// The target that the group's algorithm chooses; `None` if none is left.
    ///
    /// The cost depends on the number of excluded keys, not on the number of targets.
    pub fn pick<'group>(&mut self, group: &'group Arc<Group>, ask: &Ask<'_>) -> Option<&'group Target> {
        let rotation = group.rotation(ask.zone);
        match group.algorithm() {
            Algorithm::RoundRobin { slow_start } => {
                let number = rotation.number();
                while self.cursors.len() <= number {
                    self.cursors.push(Cursor::new(self.chance.number()));
                }
                let cursor = self.cursors.get_mut(number)?;
                round_robin::pick(cursor, &mut self.chance, group, rotation, slow_start, ask)
            }
            Algorithm::LeastOutstandingRequests => {
                self.outstanding.least(group, rotation, &mut self.chance, ask.excluded)
            }
            Algorithm::WeightedRandom { mitigates } => {
                random::pick(&mut self.chance, group, rotation, mitigates, ask.excluded)
            }
        }
    }

    /// A request is sent to a target of a group that counts its requests in progress.
    // AWS: unknown whether a WebSocket counts for as long as it is open. We count it: the target works for it.
    pub fn begin(&mut self, group: &Arc<Group>, target: TargetKey) {
        self.outstanding.begin(group, target);
    }

    /// A request that was begun is over, wherever the target is by now.
    pub fn end(&mut self, target: TargetKey) {
        self.outstanding.end(target);
    }
}
