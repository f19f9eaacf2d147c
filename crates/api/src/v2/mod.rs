//! The actions of ELBv2, one file per resource. Every handler is a pure function of the configuration, the parameters
//! and the [`crate::call::Call`] around them.
//!
//! Beside the resources: [`find`] reads ARNs and looks things up, [`paging`] cuts lists into pages.

pub(crate) mod account_limits;
mod actions;
pub(crate) mod attributes;
mod find;
mod health_checks;
pub(crate) mod layers;
pub(crate) mod listeners;
pub(crate) mod load_balancers;
mod paging;
pub(crate) mod placement;
pub(crate) mod ssl_policies;
pub(crate) mod tags;
pub(crate) mod target_groups;
pub(crate) mod target_health;
pub(crate) mod targets;

use elbow_model::Timestamp;

/// A moment as AWS writes it: ISO 8601, UTC.
fn iso8601(time: Timestamp) -> String {
    let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX).to_string()
}
