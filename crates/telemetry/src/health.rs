//! How the targets of a group do at one moment. Nothing is counted over time here.

use elbow_model::key::{LoadBalancerKey, TargetGroupKey};
use elbow_model::{AnomalyDetection, HealthState};

/// How many targets of a group that is in use are in which state (facts, 6.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetGroupHealth {
    /// The load balancer that uses the group.
    pub load_balancer: LoadBalancerKey,
    /// The group.
    pub target_group: TargetGroupKey,
    /// Registrations by state, all states in their order: `HealthyHostCount` is the number of healthy ones,
    /// `UnHealthyHostCount` that of unhealthy ones. Those that drain are neither.
    pub states: [(HealthState, u64); HealthState::ALL.len()],
    /// `AnomalousHostCount` (B2).
    pub anomalous: u64,
    /// `MitigatedHostCount` (B2).
    pub mitigated: u64,
}

impl TargetGroupHealth {
    /// Adds up what is known of each target of the group.
    pub fn new(
        load_balancer: LoadBalancerKey,
        target_group: TargetGroupKey,
        targets: impl IntoIterator<Item = (HealthState, AnomalyDetection)>,
    ) -> Self {
        let states = HealthState::ALL.map(|state| (state, 0));
        let mut sum = Self { load_balancer, target_group, states, anomalous: 0, mitigated: 0 };
        for (state, anomaly) in targets {
            sum.states.iter_mut().filter(|(of, _)| *of == state).for_each(|(_, count)| *count += 1);
            sum.anomalous += u64::from(anomaly.anomalous);
            sum.mitigated += u64::from(anomaly.mitigated);
        }
        sum
    }

    /// How many are in this state.
    pub fn count(&self, state: HealthState) -> u64 {
        self.states.iter().filter(|(of, _)| *of == state).map(|(_, count)| count).sum()
    }
}
