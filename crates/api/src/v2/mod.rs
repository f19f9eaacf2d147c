//! The actions of ELBv2, one file per resource. Every handler is a pure function of the configuration, the parameters
//! and the [`crate::call::Call`] around them.
//!
//! Beside the resources: [`find`] reads ARNs and looks things up, [`paging`] cuts lists into pages; [`any_rule`] makes
//! default rules look like others, and [`usage`] knows which rules send requests to a target group. What rules are made
//! of has files of its own: [`conditions`], [`actions`], [`transforms`].

pub(crate) mod account_limits;
mod actions;
mod any_rule;
pub(crate) mod attributes;
pub(crate) mod capacity;
pub(crate) mod certificate_use;
mod conditions;
mod find;
mod health_checks;
pub(crate) mod instance_targets;
pub(crate) mod layers;
pub(crate) mod listener_certificates;
pub(crate) mod listeners;
pub(crate) mod load_balancers;
mod mutual_authentication;
pub(crate) mod paging;
pub(crate) mod placement;
pub(crate) mod revocations;
pub(crate) mod rule_priorities;
pub(crate) mod rules;
pub(crate) mod secure;
pub(crate) mod ssl_policies;
pub(crate) mod tags;
pub(crate) mod target_groups;
pub(crate) mod target_health;
pub(crate) mod targets;
mod transforms;
pub(crate) mod trust_stores;
mod usage;

pub use actions::{ACTION_TYPES, ActionType};
pub use conditions::{CONDITION_FIELDS, ConditionField};
use elbow_model::Timestamp;
pub use transforms::TRANSFORM_TYPES;

/// A moment as AWS writes it: ISO 8601, UTC.
pub(crate) fn iso8601(time: Timestamp) -> String {
    let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX).to_string()
}
