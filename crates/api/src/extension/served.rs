//! A target group whose numbers are asked for: one that AWS's API knows, or that of a Classic listener.

use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_model::{ClassicListener, ClassicLoadBalancer, Port, TargetGroup, TargetHealth};
use serde_json::{Value, json};

use super::add;
use super::given::Given;
use crate::call::Call;
use crate::classic::{find::listener_on, instance_health};
use crate::error::Error;
use crate::v2::target_health;
use crate::v2::targets::Roll;

/// What is asked about.
pub(super) struct Served {
    pub(super) group: TargetGroupKey,
    /// Those that are registered or drain, in the order of their keys.
    pub(super) targets: Vec<ServedTarget>,
}

/// One of its targets.
pub(super) struct ServedTarget {
    pub(super) key: TargetKey,
    id: String,
    port: Port,
    health: TargetHealth,
}

impl Served {
    /// The target group that the path names.
    pub(super) fn target_group(call: &Call<'_>, given: &Given) -> Result<Self, Error> {
        Ok(Self::of_target_group(call, call.target_group(given.part("targetGroupArn"))?))
    }

    /// A target group.
    pub(super) fn of_target_group(call: &Call<'_>, group: &TargetGroup) -> Self {
        // A target that drains and is registered again has two keys, and sessions of both.
        let roll = Roll::of(call, group);
        let targets = target_health::of_each(call, group, roll.all()).map(|(target, health)| ServedTarget {
            key: target.key,
            id: target.id.to_string(),
            port: target.port,
            health,
        });
        Self::new(group.arn.key, targets.collect())
    }

    /// The listener of a Classic Load Balancer that the path names.
    pub(super) fn classic_listener(call: &Call<'_>, given: &Given) -> Result<Self, Error> {
        let balancer = call.classic(given.part("loadBalancerName"))?;
        Ok(Self::of_classic_listener(call, balancer, listener_on(balancer, given.part("loadBalancerPort"))?))
    }

    /// A listener of a Classic Load Balancer.
    pub(super) fn of_classic_listener(
        call: &Call<'_>,
        balancer: &ClassicLoadBalancer,
        listener: &ClassicListener,
    ) -> Self {
        let targets = balancer.instances.iter().map(|(id, registration)| ServedTarget {
            key: registration.key,
            id: id.to_string(),
            port: listener.instance_port,
            health: instance_health::of_listener(call, listener, registration),
        });
        Self::new(listener.group, targets.collect())
    }

    fn new(group: TargetGroupKey, mut targets: Vec<ServedTarget>) -> Self {
        targets.sort_unstable_by_key(|target| target.key);
        Self { group, targets }
    }

    /// The target with this key, unless it has left.
    pub(super) fn target(&self, key: TargetKey) -> Option<&ServedTarget> {
        let place = self.targets.binary_search_by_key(&key, |target| target.key).ok()?;
        self.targets.get(place)
    }
}

impl ServedTarget {
    /// What callers call it.
    pub(super) fn named(&self) -> Value {
        json!({ "targetId": self.id, "port": self.port.get() })
    }

    /// The same, and how it does.
    pub(super) fn shown(&self) -> Value {
        let mut shown = self.named();
        add(&mut shown, "state", json!(self.health.state.as_str()));
        if let Some(reason) = self.health.reason {
            add(&mut shown, "reason", json!(reason.code()));
        }
        shown
    }

    /// Whether it gets new sessions.
    pub(super) fn takes_sessions(&self) -> bool {
        self.health.state == elbow_model::HealthState::Healthy
    }

    /// Whether it only serves what it has.
    pub(super) fn drains(&self) -> bool {
        self.health.state == elbow_model::HealthState::Draining
    }
}

/// Adds how unevenly sessions and requests are spread, each count being that of one target.
pub(super) fn add_imbalances(shown: &mut Value, sessions: &[u64], requests: &[u64]) {
    for (name, counts) in [("sessionImbalance", sessions), ("requestImbalance", requests)] {
        if let Some(told) = imbalance(counts) {
            add(shown, name, told);
        }
    }
}

/// How unevenly something is spread over targets; `None` if there is nothing, or nobody to compare with.
fn imbalance(of_targets: &[u64]) -> Option<Value> {
    let many = of_targets.len() as f64;
    let sum: u64 = of_targets.iter().sum();
    if of_targets.len() < 2 || sum == 0 {
        return None;
    }
    let mean = sum as f64 / many;
    let most = of_targets.iter().copied().max().unwrap_or_default() as f64;
    let variance = of_targets.iter().map(|count| (*count as f64 - mean).powi(2)).sum::<f64>() / many;
    let rounded = |number: f64| (number * 1000.0).round() / 1000.0;
    Some(
        json!({ "maxToMean": rounded(most / mean), "coefficientOfVariation": rounded(variance.sqrt() / mean) }),
    )
}

/// The schemas that others use as well.
pub(super) fn schemas() -> Value {
    json!({
        "Imbalance": {
            "type": "object",
            "description": "How unevenly something is spread over the targets that take sessions.",
            "properties": {
                "maxToMean": { "type": "number", "description": "The most of any target by the mean; 1 is even." },
                "coefficientOfVariation": { "type": "number", "description": "Standard deviation by mean; 0 is even." },
            },
            "required": ["maxToMean", "coefficientOfVariation"],
            "additionalProperties": false,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_even_and_what_is_not() {
        let told = |counts: &[u64]| imbalance(counts).map(|it| it.to_string());
        let table = [
            (&[5, 5, 5][..], Some(r#"{"coefficientOfVariation":0.0,"maxToMean":1.0}"#)),
            (&[9, 0, 0], Some(r#"{"coefficientOfVariation":1.414,"maxToMean":3.0}"#)),
            (&[0, 0], None),
            (&[7], None),
            (&[], None),
        ];
        for (counts, expected) in table {
            assert_eq!(told(counts).as_deref(), expected, "{counts:?}");
        }
    }
}
