//! The states of all checked targets at one moment.

use std::sync::Arc;

use elbow_model::TargetHealth;
use elbow_model::key::{TargetGroupKey, TargetKey};

use crate::KeyMap;

/// What health checks say of each target. Copies share the groups that do not change.
///
/// It knows checks only. [`Table::target_health`](crate::Table::target_health) adds what a target group's settings and
/// the instance directory say (`unavailable`, `unused`); the API what follows from the registration (`unused`, `draining`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HealthView {
    groups: KeyMap<TargetGroupKey, Arc<KeyMap<TargetKey, TargetHealth>>>,
}

impl HealthView {
    /// The state of one target; `None` until its checks begin.
    pub fn of(&self, group: TargetGroupKey, target: TargetKey) -> Option<TargetHealth> {
        self.groups.get(&group)?.get(&target).copied()
    }

    /// Notes the state of one target.
    pub fn set(&mut self, group: TargetGroupKey, target: TargetKey, health: TargetHealth) {
        Arc::make_mut(self.groups.entry(group).or_default()).insert(target, health);
    }

    /// Forgets a target that is checked no longer.
    pub fn remove(&mut self, group: TargetGroupKey, target: TargetKey) {
        let Some(targets) = self.groups.get_mut(&group) else { return };
        Arc::make_mut(targets).remove(&target);
        if targets.is_empty() {
            self.groups.remove(&group);
        }
    }
}

#[cfg(test)]
mod tests {
    use elbow_model::HealthState;

    use super::*;

    const HEALTHY: TargetHealth = TargetHealth { state: HealthState::Healthy, reason: None };

    #[test]
    fn a_copy_keeps_what_it_saw() {
        let (group, target) = (TargetGroupKey::new(1), TargetKey::new(2));
        let mut view = HealthView::default();
        view.set(group, target, HEALTHY);
        let copy = view.clone();
        view.remove(group, target);
        view.remove(group, target);
        assert_eq!(view, HealthView::default());
        assert_eq!(copy.of(group, target), Some(HEALTHY));
    }
}
