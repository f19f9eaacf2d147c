//! The health of targets: how results of checks become states, who starts slowly, whose errors stand out, and the
//! states of all targets at one moment.
//!
//! Checks themselves are made elsewhere; nothing here reads a clock or opens a socket. Start with [`Ward`], which has
//! the [`Machine`] of each target of a group.

mod anomaly;
mod machine;
mod view;
mod ward;

pub use anomaly::{Anomaly, AnomalyDetector, FULL_SHARE, MINIMUM_SHARE, Tally};
pub use machine::{Failure, Machine, Observation, Transition};
pub use view::{HealthView, Seen};
pub use ward::{Condition, Ward};
