//! Names that may be given to the headers with which a load balancer tells targets about clients (R27, R32).

/// Longest name, in bytes.
pub const MAX_BYTES: usize = 40;

/// Headers that frame or route a request: with one more of them, it would be another one.
pub const FRAMING: [&str; 11] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Other headers by which clients and load balancers tell targets things: who sends a request, what it wants.
// AWS: unknown which it refuses. We refuse those with which a target would take one thing for another.
pub const TAKEN: [&str; 20] = [
    "accept",
    "authorization",
    "baggage",
    "cache-control",
    "cookie",
    "date",
    "early-data",
    "forwarded",
    "from",
    "last-event-id",
    "max-forwards",
    "origin",
    "pragma",
    "priority",
    "range",
    "referer",
    "traceparent",
    "tracestate",
    "user-agent",
    "via",
];
/// What others of them begin with.
pub const TAKEN_BEGINNINGS: [&str; 9] =
    ["accept-", "access-control-", "content-", "grpc-", "if-", "proxy-", "sec-", "x-elbow-", "x-forwarded-"];
/// What the names of a load balancer's own headers begin with, and those of them that this may be the name of.
pub const OWN_BEGINNING: &str = "x-amzn-";
/// See [`OWN_BEGINNING`].
pub const OWN_OF_TLS: [&str; 2] = ["mtls-", "tls-"];

/// Whether a name may have it.
pub(super) fn is_char(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'-' || b == b'_'
}

/// Whether a name is one of those, in any case and with `_` for `-`.
pub(super) fn is_taken(name: &str) -> bool {
    let name = folded(name);
    if let Some(own) = name.strip_prefix(OWN_BEGINNING) {
        return !OWN_OF_TLS.iter().any(|beginning| own.starts_with(beginning));
    }
    TAKEN.contains(&name.as_str())
        || FRAMING.contains(&name.as_str())
        || TAKEN_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

/// Whether a name is one that frames or routes a request.
pub(super) fn is_framing(name: &str) -> bool {
    FRAMING.contains(&folded(name).as_str())
}

fn folded(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}
