//! What the control server needs from the load balancer. The caller implements it, with real API calls.

use std::future::Future;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// The load balancer in front of the targets.
pub trait Balancer: Send + Sync + 'static {
    /// What the load balancer does and thinks now. Asked about once a second for each open page.
    fn view(&self) -> impl Future<Output = Result<BalancerView, BalancerError>> + Send;

    /// Switches the stickiness of the demo's target group; ends when it is in force.
    fn set_stickiness(&self, mode: Stickiness) -> impl Future<Output = Result<(), BalancerError>> + Send;
}

/// The load balancer as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalancerView {
    /// The load balancer's name.
    pub name: String,
    /// URL of the page over HTTP.
    pub plain_page: String,
    /// URL of the page over HTTPS.
    pub secure_page: String,
    /// Stickiness of the demo's target group, whoever set it.
    pub stickiness: Stickiness,
    /// What it thinks of its targets; one that it does not know is absent.
    pub health: Vec<TargetHealth>,
}

/// Stickiness of the target group: `stickiness.enabled` and `stickiness.type` in one (S15, S16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stickiness {
    /// Not enabled.
    Off,
    /// By the load balancer's own cookie, `AWSALB`.
    LbCookie,
    /// By the application's cookie, [`crate::SESSION_COOKIE`], with `AWSALBAPP-n` beside it.
    AppCookie,
}

/// One target's health.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetHealth {
    /// The target's address, by which it is found among the fleet's.
    pub address: SocketAddr,
    /// AWS's word for it.
    pub state: HealthState,
    /// AWS's reason code, for example `Target.FailedHealthChecks`.
    pub reason: Option<String>,
}

/// The states of `DescribeTargetHealth`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HealthState {
    /// Not checked often enough yet.
    Initial,
    /// Gets requests.
    Healthy,
    /// Gets none.
    Unhealthy,
    /// Its target group gets none.
    Unused,
    /// Is being deregistered.
    Draining,
    /// Health checks are off.
    Unavailable,
}

/// The load balancer did not do what it was asked for; the text is shown on the page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the load balancer says: {0}")]
pub struct BalancerError(pub String);
