//! The actions of Classic Load Balancers, one file per resource. Every handler is a pure function of the configuration, the
//! parameters and the [`crate::call::Call`] around them.
//!
//! A Classic Load Balancer is remembered as one value, listeners, policies and instances included, so that nearly every
//! action is: find it, copy it, change the copy, put it. [`find`] does the first and the last. How requests are served by
//! it is decided when it is lowered ([`elbow_model::ClassicLoadBalancer::lower`]), not here.

pub(crate) mod account_limits;
pub(crate) mod attributes;
pub(crate) mod certificate;
pub(crate) mod find;
pub(crate) mod health_check;
pub(crate) mod instance_health;
pub(crate) mod instances;
pub(crate) mod listeners;
pub(crate) mod load_balancers;
pub(crate) mod policies;
pub(crate) mod policies_in_force;
pub(crate) mod policy_types;
mod samples;
pub(crate) mod security_groups;
pub(crate) mod tags;
pub(crate) mod zones;
