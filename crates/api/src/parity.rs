//! What AWS has beside actions, and how far Elbow has it: the tables behind `docs/parity.md`.
//!
//! Types of actions, fields of conditions and transforms are declared where they are read; attributes are declared in
//! [`elbow_model::attribute`]. Here is only what no other place knows: attributes without effect and absent ones, AWS's
//! error [`codes`], and what was [decided](decisions) where AWS's behaviour cannot be known.

pub mod codes;
pub mod decisions;

pub use crate::v2::{ACTION_TYPES, ActionType, CONDITION_FIELDS, ConditionField, TRANSFORM_TYPES};

/// Attributes that are checked, kept and shown, but change nothing: the beginning of their keys, and why.
pub static WITHOUT_EFFECT: &[(&str, &str)] = &[
    ("access_logs.", NOT_YET),
    ("connection_logs.", NOT_YET),
    ("health_check_logs.", NOT_YET),
    ("waf.fail_open.enabled", "there is no web application firewall"),
    ("ipv6.deny_all_igw_traffic", "there are no internet gateways; `true` where the scheme is `internal`"),
    ("zonal_shift.config.enabled", "there is no zonal shift"),
    ("target_group_health.dns_failover.", "there is no DNS: the log tells"),
];

const NOT_YET: &str = "not yet";

/// An attribute of AWS that is refused.
#[derive(Debug)]
pub struct AbsentAttribute {
    /// What has it: `load balancer` or `target group`.
    pub of: &'static str,
    /// Its key.
    pub key: &'static str,
    /// Where AWS has it.
    pub why: &'static str,
}

/// All of them.
pub static ABSENT_ATTRIBUTES: &[AbsentAttribute] = &[
    absent("load balancer", "dns_record.client_routing_policy", NETWORK),
    absent("load balancer", "secondary_ips.auto_assigned.per_subnet", NETWORK),
    absent("load balancer", "ipv6.source_nat.enabled", NETWORK),
    absent("target group", "lambda.multi_value_headers.enabled", "comes with Lambda targets"),
    absent("target group", "deregistration_delay.connection_termination.enabled", NETWORK),
    absent("target group", "preserve_client_ip.enabled", NETWORK),
    absent("target group", "proxy_protocol_v2.enabled", NETWORK),
    absent("target group", "target_health_state.unhealthy.connection_termination.enabled", NETWORK),
    absent("target group", "target_health_state.unhealthy.draining_interval_seconds", NETWORK),
    absent("target group", "target_failover.on_deregistration", GATEWAY),
    absent("target group", "target_failover.on_unhealthy", GATEWAY),
    absent("listener", "tcp.idle_timeout.seconds", "Network and Gateway Load Balancers only"),
    absent("listener", "send_tcp_reset.on_deregistration.enabled", NETWORK),
    absent("listener", "send_tcp_reset.on_idle_timeout.enabled", NETWORK),
    absent("listener", "send_tcp_reset.on_unhealthy.enabled", NETWORK),
];

const NETWORK: &str = "Network Load Balancers only";
const GATEWAY: &str = "Gateway Load Balancers only";

const fn absent(of: &'static str, key: &'static str, why: &'static str) -> AbsentAttribute {
    AbsentAttribute { of, key, why }
}
