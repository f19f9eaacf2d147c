//! What the data plane tells the health prober without being asked.

use elbow_model::key::{TargetGroupKey, TargetKey};

/// Hears of targets that refused a connection, so that they leave rotation before their next health check.
///
/// Called on a worker while a request waits: it must not block, and may forget reports when there are too many.
pub trait PassiveReports: Send + Sync + std::fmt::Debug {
    /// A target refused a connection, or reset it before anything was sent.
    fn refused(&self, group: TargetGroupKey, target: TargetKey);
}

/// Nobody listens.
impl PassiveReports for () {
    fn refused(&self, _: TargetGroupKey, _: TargetKey) {}
}
