//! Targets: registering, deregistering, forgetting.

use elbow_model::{Change, Configuration, EntityKey, Timestamp};

/// The removal of every target whose deregistration delay is over.
pub(crate) fn drained(configuration: &Configuration, now: Timestamp) -> Vec<Change> {
    let over = configuration.targets.iter().filter(|((group, _), target)| {
        let delay = configuration.target_groups.get(group).map(|group| group.deregistration_delay());
        target.deregistered.is_some_and(|since| since + delay.unwrap_or_default() <= now)
    });
    over.map(|((group, key), _)| Change::Remove(EntityKey::Target(*group, *key))).collect()
}
