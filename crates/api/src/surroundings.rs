//! What the API needs from outside: time, randomness, live health, whether a port can be bound, where instances are,
//! what is in files and what keys are for. All of it is handed in, so that a test decides what it is.

use std::net::IpAddr;
use std::sync::Arc;

use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_model::{AnomalyDetection, Change, Configuration, Port, TargetHealth, Timestamp};

use elbow_telemetry::{History, Metrics};

use crate::explanation::Explainer;
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

/// Knows what each generation of the stickiness key is for, and makes new ones. It tells of keys and never shows them.
pub trait KeyRing: Send + Sync {
    /// The generations of a configuration at a moment, the one that issues last first.
    ///
    /// # Errors
    /// They are no key ring.
    fn generations(
        &self,
        configuration: &Configuration,
        now: Timestamp,
    ) -> Result<Vec<KeyUse>, KeyRingRefusal>;

    /// The changes that make a new generation.
    ///
    /// # Errors
    /// There is no room for one, or no key can be made.
    fn rotation(&self, configuration: &Configuration, now: Timestamp) -> Result<Vec<Change>, KeyRingRefusal>;

    /// When a generation is made without being asked for, unless one is made before.
    fn next_rotation(&self, configuration: &Configuration) -> Timestamp;
}

/// One generation and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// Its id, as tokens carry it: eight hexadecimal digits.
    pub id: String,
    /// When it was made.
    pub created: Timestamp,
    /// From when on it issues.
    pub issues_from: Timestamp,
    /// The last moment at which its cookies are accepted; `None` while nothing ends its issuing.
    pub accepted_until: Option<Timestamp>,
    /// What it is for now.
    pub purpose: KeyPurpose,
}

/// What a generation of the stickiness key is for at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPurpose {
    /// It will issue, and is accepted until then.
    Waiting,
    /// It seals new cookies.
    Issuing,
    /// Its cookies are good, and it seals no more.
    Accepted,
    /// Its cookies are not good any more; it goes with the next rotation.
    Expired,
}

impl KeyPurpose {
    /// All of them, in the order of a generation's life.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Issuing, Self::Accepted, Self::Expired];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Issuing => "issuing",
            Self::Accepted => "accepted",
            Self::Expired => "expired",
        }
    }
}

/// Why the keys do not do what was asked for.
#[derive(Debug)]
pub enum KeyRingRefusal {
    /// There are as many generations as there may be. The text is for the caller.
    Full(String),
    /// The keys cannot be read or made. The text is for the log.
    Unusable(String),
}

/// What was counted of the requests that were served.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// Since the start.
    pub metrics: Arc<Metrics>,
    /// Over the last day.
    pub history: Arc<History>,
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
    /// The stickiness keys.
    pub keys: Arc<dyn KeyRing>,
    /// What was counted.
    pub counted: Counted,
    /// What would be done with requests.
    pub explainer: Arc<dyn Explainer>,
}
