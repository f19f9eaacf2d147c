//! The states of all checked targets at one moment.

use std::sync::Arc;
use std::time::Instant;

use elbow_model::TargetHealth;
use elbow_model::key::{TargetGroupKey, TargetKey};

use crate::{Anomaly, Condition, KeyMap};

/// What health checks say of each target. Copies share the groups that do not change.
///
/// It knows checks only. [`Table::target_health`](crate::Table::target_health) adds what a target group's settings and
/// the instance directory say (`unavailable`, `unused`); the API what follows from the registration (`unused`, `draining`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HealthView {
    groups: KeyMap<TargetGroupKey, Arc<KeyMap<TargetKey, Seen>>>,
}

/// What is known of one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What its checks say.
    pub health: TargetHealth,
    /// When its slow start began, if it has one (B3).
    pub ramps_since: Option<Instant>,
    /// How its errors compare with those of its peers (B2).
    pub anomaly: Anomaly,
}

impl HealthView {
    /// What is known of one target; `None` until its checks begin.
    pub fn seen(&self, group: TargetGroupKey, target: TargetKey) -> Option<Seen> {
        self.groups.get(&group)?.get(&target).copied()
    }

    /// Notes the health of one target.
    pub fn set(&mut self, group: TargetGroupKey, target: TargetKey, condition: impl Into<Condition>) {
        let Condition { health, ramps_since } = condition.into();
        let targets = Arc::make_mut(self.groups.entry(group).or_default());
        let anomaly = targets.get(&target).map(|seen| seen.anomaly).unwrap_or_default();
        targets.insert(target, Seen { health, ramps_since, anomaly });
    }

    /// Notes how the errors of a target compare, if it is checked; returns whether that is news.
    pub fn set_anomaly(&mut self, group: TargetGroupKey, target: TargetKey, anomaly: Anomaly) -> bool {
        let Some(seen) = self.seen(group, target).filter(|seen| seen.anomaly != anomaly) else {
            return false;
        };
        let targets = Arc::make_mut(self.groups.entry(group).or_default());
        targets.insert(target, Seen { anomaly, ..seen });
        true
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
        assert_eq!(copy.seen(group, target).map(|seen| seen.health), Some(HEALTHY));
    }

    #[test]
    fn an_anomaly_outlives_a_check_but_not_its_target() {
        let (group, target) = (TargetGroupKey::new(1), TargetKey::new(2));
        let odd = Anomaly { anomalous: true, ..Anomaly::default() };
        let mut view = HealthView::default();
        assert!(!view.set_anomaly(group, target, odd), "nobody knows that one");
        view.set(group, target, HEALTHY);
        assert!(view.set_anomaly(group, target, odd) && !view.set_anomaly(group, target, odd));
        view.set(group, target, HEALTHY);
        assert_eq!(view.seen(group, target).map(|seen| seen.anomaly), Some(odd));
        view.remove(group, target);
        view.set(group, target, HEALTHY);
        assert_eq!(view.seen(group, target).map(|seen| seen.anomaly), Some(Anomaly::default()));
    }
}
