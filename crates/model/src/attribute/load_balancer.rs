//! Attributes of a load balancer (facts, section 7.1).

use super::{Attribute, Kind};

/// Whether the load balancer refuses to be deleted.
pub const DELETION_PROTECTION: &str = "deletion_protection.enabled";
/// Seconds without data after which a connection is closed (R24).
pub const IDLE_TIMEOUT: &str = "idle_timeout.timeout_seconds";
/// Seconds after which a client's connection is closed at the next response (R24).
pub const CLIENT_KEEP_ALIVE: &str = "client_keep_alive.seconds";
/// Whether clients may speak HTTP/2 over TLS (R17).
pub const HTTP2: &str = "routing.http2.enabled";
/// What happens to requests that could be read in two ways (R11).
pub const DESYNC_MODE: &str = "routing.http.desync_mitigation_mode";
/// Whether headers with unusual names are taken out (R10).
pub const DROP_INVALID_HEADERS: &str = "routing.http.drop_invalid_header_fields.enabled";
/// Whether the Host header is passed on as it came (R8).
pub const PRESERVE_HOST: &str = "routing.http.preserve_host_header.enabled";
/// Whether X-Forwarded-For carries the client's port (R3).
pub const XFF_CLIENT_PORT: &str = "routing.http.xff_client_port.enabled";
/// Whether targets are told how the client's connection is encrypted (R27).
pub const TLS_HEADERS: &str = "routing.http.x_amzn_tls_version_and_cipher_suite.enabled";
/// What happens to X-Forwarded-For (R2).
pub const XFF_MODE: &str = "routing.http.xff_header_processing.mode";
/// Whether nobody gets in through an internet gateway; an internal load balancer is made with `true`.
pub const DENY_GATEWAYS: &str = "ipv6.deny_all_igw_traffic";

/// Whether requests are logged.
pub const ACCESS_LOGS: &str = "access_logs.s3.enabled";

/// The logs: whether each is written, and the bucket it is written to.
pub const LOGS: [(&str, &str); 3] = [
    (ACCESS_LOGS, "access_logs.s3.bucket"),
    ("connection_logs.s3.enabled", "connection_logs.s3.bucket"),
    ("health_check_logs.s3.enabled", "health_check_logs.s3.bucket"),
];

const NAME: Kind = Kind::Text(255);

/// All of them, in the order in which they are listed.
pub static TABLE: &[Attribute] = table! {
    ACCESS_LOGS, Kind::Flag, "false";
    "access_logs.s3.bucket", NAME, "";
    "access_logs.s3.prefix", NAME, "";
    IDLE_TIMEOUT, Kind::Number(1, 4000), "60";
    DELETION_PROTECTION, Kind::Flag, "false";
    HTTP2, Kind::Flag, "true";
    DROP_INVALID_HEADERS, Kind::Flag, "false";
    XFF_CLIENT_PORT, Kind::Flag, "false";
    PRESERVE_HOST, Kind::Flag, "false";
    XFF_MODE, Kind::OneOf(&["append", "preserve", "remove"]), "append";
    "load_balancing.cross_zone.enabled", Kind::AlwaysTrue, "true";
    DESYNC_MODE, Kind::OneOf(&["monitor", "defensive", "strictest"]), "defensive";
    CLIENT_KEEP_ALIVE, Kind::Number(60, 604_800), "3600";
    "waf.fail_open.enabled", Kind::Flag, "false";
    TLS_HEADERS, Kind::Flag, "false";
    DENY_GATEWAYS, Kind::Flag, "false";
    "connection_logs.s3.enabled", Kind::Flag, "false";
    "connection_logs.s3.bucket", NAME, "";
    "connection_logs.s3.prefix", NAME, "";
    "health_check_logs.s3.enabled", Kind::Flag, "false";
    "health_check_logs.s3.bucket", NAME, "";
    "health_check_logs.s3.prefix", NAME, "";
    "zonal_shift.config.enabled", Kind::Flag, "false";
};
