//! Attributes of a target group (facts, section 7.2), and Elbow's own, which start with `elbow.`.

use super::{Attribute, Kind};

/// Whether clients stay with their target (S15).
pub const STICKINESS_ENABLED: &str = "stickiness.enabled";
/// Which cookie decides (S16).
pub const STICKINESS_TYPE: &str = "stickiness.type";
/// Seconds that a silent client keeps its target, for `lb_cookie` (S17).
pub const LB_COOKIE_DURATION: &str = "stickiness.lb_cookie.duration_seconds";
/// The application's cookie, for `app_cookie` (S18).
pub const APP_COOKIE_NAME: &str = "stickiness.app_cookie.cookie_name";
/// Seconds that a silent client keeps its target, for `app_cookie` (S19).
pub const APP_COOKIE_DURATION: &str = "stickiness.app_cookie.duration_seconds";
/// Seconds that a deregistered target may finish its requests (B22).
pub const DEREGISTRATION_DELAY: &str = "deregistration_delay.timeout_seconds";
/// How a target is chosen (B1).
pub const ALGORITHM: &str = "load_balancing.algorithm.type";
/// Whether targets that fail more than others get less (B2).
pub const ANOMALY_MITIGATION: &str = "load_balancing.algorithm.anomaly_mitigation";
/// Whether targets of other zones are used (B4).
pub const CROSS_ZONE: &str = "load_balancing.cross_zone.enabled";
/// Seconds over which a new target's share grows (B3).
pub const SLOW_START: &str = "slow_start.duration_seconds";
/// How many targets must be healthy for the zone to stay in DNS (B20).
pub const DNS_FAILOVER_COUNT: &str = "target_group_health.dns_failover.minimum_healthy_targets.count";
/// What percentage of the targets must be healthy for the zone to stay in DNS (B20).
pub const DNS_FAILOVER_PERCENTAGE: &str =
    "target_group_health.dns_failover.minimum_healthy_targets.percentage";
/// How many targets must be healthy for only those to be used (B20).
pub const UNHEALTHY_ROUTING_COUNT: &str =
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count";
/// What percentage of the targets must be healthy for only those to be used (B20).
pub const UNHEALTHY_ROUTING_PERCENTAGE: &str =
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage";
/// Whether targets are told each request's stickiness outcome, in `X-Elbow-Stickiness`.
pub const OUTCOME_HEADER: &str = "elbow.stickiness.outcome_header.enabled";
/// Whether the load balancer's own cookies are `HttpOnly`, which ALB's never are (S8).
pub const COOKIE_HTTP_ONLY: &str = "elbow.stickiness.cookie.http_only";
/// Whether they are all `Secure`, over HTTP too; ALB's are where `SameSite=None` needs it (S2).
pub const COOKIE_SECURE: &str = "elbow.stickiness.cookie.secure";
/// `SameSite` of those that ALB gives none; `alb` for as ALB has it.
pub const COOKIE_SAME_SITE: &str = "elbow.stickiness.cookie.same_site";
/// Whether those of them that are `Secure` are `Partitioned`.
pub const COOKIE_PARTITIONED: &str = "elbow.stickiness.cookie.partitioned";
/// Whether a cookie that was issued over HTTPS counts as none over HTTP.
pub const STICKINESS_HTTPS_ONLY: &str = "elbow.stickiness.https_only";
/// Whether the targets' own cookies get `Secure`, `HttpOnly` and `SameSite=Lax` over HTTPS where they lack them.
pub const HARDEN: &str = "elbow.set_cookie.harden";
/// Names of cookies that are left as they are, with a space between two.
pub const HARDEN_EXCEPT: &str = "elbow.set_cookie.harden.except";

/// Whether the certificates of targets that speak HTTPS are checked, which ALB never does (R31).
pub const TARGET_TLS_VERIFY: &str = "elbow.target_tls.verify";
/// The ARN of the trust store that they are checked with.
pub const TARGET_TLS_TRUST_STORE: &str = "elbow.target_tls.trust_store";
/// The name that they must be for; empty for the target's address.
pub const TARGET_TLS_SERVER_NAME: &str = "elbow.target_tls.server_name";

/// Longest stickiness of a silent client, in seconds: seven days (S17).
pub const MAX_STICKINESS_SECONDS: u64 = 604_800;

const DURATION: Kind = Kind::Number(1, MAX_STICKINESS_SECONDS);
const PERCENTAGE: Kind = Kind::OffOrNumber(1, 100);
const MAX_HEALTHY: u64 = 1_000_000;

/// All of them, in the order in which they are listed.
pub static TABLE: &[Attribute] = table! {
    STICKINESS_ENABLED, Kind::Flag, "false";
    DEREGISTRATION_DELAY, Kind::Number(0, 3600), "300";
    STICKINESS_TYPE, Kind::OneOf(&["lb_cookie", "app_cookie"]), "lb_cookie";
    LB_COOKIE_DURATION, DURATION, "86400";
    SLOW_START, Kind::ZeroOrNumber(30, 900), "0";
    ALGORITHM, Kind::OneOf(&["round_robin", "least_outstanding_requests", "weighted_random"]), "round_robin";
    APP_COOKIE_DURATION, DURATION, "86400";
    APP_COOKIE_NAME, Kind::CookieName, "";
    ANOMALY_MITIGATION, Kind::OneOf(&["on", "off"]), "off";
    CROSS_ZONE, Kind::OneOf(&["true", "false", "use_load_balancer_configuration"]), "use_load_balancer_configuration";
    DNS_FAILOVER_COUNT, Kind::OffOrNumber(1, MAX_HEALTHY), "1";
    DNS_FAILOVER_PERCENTAGE, PERCENTAGE, "off";
    UNHEALTHY_ROUTING_COUNT, Kind::Number(1, MAX_HEALTHY), "1";
    UNHEALTHY_ROUTING_PERCENTAGE, PERCENTAGE, "off";
    OUTCOME_HEADER, Kind::Flag, "false";
    COOKIE_HTTP_ONLY, Kind::Flag, "false";
    COOKIE_SECURE, Kind::Flag, "false";
    COOKIE_SAME_SITE, Kind::OneOf(&["alb", "strict", "lax", "none"]), "alb";
    COOKIE_PARTITIONED, Kind::Flag, "false";
    STICKINESS_HTTPS_ONLY, Kind::Flag, "false";
    HARDEN, Kind::Flag, "false";
    HARDEN_EXCEPT, Kind::CookieNames, "";
    TARGET_TLS_VERIFY, Kind::Flag, "false";
    TARGET_TLS_TRUST_STORE, Kind::TrustStore, "";
    TARGET_TLS_SERVER_NAME, Kind::ServerName, "";
};
