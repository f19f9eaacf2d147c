//! Weighted random (B1): any target, each as often as its share says (B2).

use elbow_model::key::TargetKey;

use super::chance::Chance;
use crate::health::FULL_SHARE;
use crate::{Group, Rotation, Target};

/// Draws before shares are left aside. Fewer than half of the targets can have less than a full share, so this
/// many misses are a matter of one request in tens of thousands.
const DRAWS: usize = 16;

/// Draws until a target takes it: one that is not excluded, with the probability of its share.
pub(super) fn pick<'group>(
    chance: &mut Chance,
    group: &'group Group,
    rotation: &Rotation,
    mitigates: bool,
    excluded: &[TargetKey],
) -> Option<&'group Target> {
    let members = rotation.members();
    let free = |position| group.at(position).filter(|target| !excluded.contains(&target.key));
    for _ in 0..if mitigates { DRAWS } else { 0 } {
        let drawn = free(*members.get(chance.below(members.len()))?);
        let level = chance.below(usize::from(FULL_SHARE));
        if let Some(target) = drawn.filter(|target| level < usize::from(target.anomaly.share)) {
            return Some(target);
        }
    }
    chance.any_of(members, excluded.len(), free)
}
