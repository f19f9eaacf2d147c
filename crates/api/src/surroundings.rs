//! What the API needs from outside: time, randomness, live health, whether a port can be bound, where instances are
//! and what is in files. All of it is handed in, so that a test decides what it is.

use std::net::IpAddr;
use std::sync::Arc;

use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_model::{AnomalyDetection, Port, TargetHealth, Timestamp};

use crate::instances::InstanceReader;
use crate::objects::ObjectStore;

/// Tells what time it is.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Draws a number that nobody can guess; keys and request ids are made of them.
pub type Random = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Knows how targets do right now.
pub trait TargetHealthReader: Send + Sync {
    /// The health of a target that is registered, not draining, and whose group is in use.
    fn health(&self, group: TargetGroupKey, target: TargetKey) -> TargetHealth;

    /// How its errors compare with those of its peers.
    fn anomaly(&self, group: TargetGroupKey, target: TargetKey) -> AnomalyDetection;
}

/// Knows which ports can be bound.
pub trait ListenerAdmission: Send + Sync {
    /// Whether a load balancer can listen on `port` of its own address, or of the node's if it has none. The refusal is shown to
    /// the caller: it names the port and what to do.
    ///
    /// # Errors
    /// The text of the refusal.
    fn check(&self, address: Option<IpAddr>, port: Port) -> Result<(), String>;
}

/// All of it.
#[derive(Clone)]
pub struct Surroundings {
    /// The wall clock.
    pub clock: Clock,
    /// The source of randomness.
    pub random: Random,
    /// Live health.
    pub health: Arc<dyn TargetHealthReader>,
    /// Ports that can be bound.
    pub admission: Arc<dyn ListenerAdmission>,
    /// Instances that the directory does not know. `None`: nobody else knows any.
    pub instances: Option<Arc<dyn InstanceReader>>,
    /// Files that calls name by bucket and key.
    pub objects: Arc<dyn ObjectStore>,
}
