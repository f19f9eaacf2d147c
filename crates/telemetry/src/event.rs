//! The one event that every request ends with.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use elbow_model::key::{ListenerKey, LoadBalancerKey, TargetGroupKey, TargetKey};
use elbow_model::{Timestamp, TlsVersion};

use crate::{Logged, SessionSeen};

/// Receives the end of every request, on the worker that served it, and of every health check. It must not block.
pub trait Sink {
    /// One request is over, however it ended.
    fn request_finished(&self, event: &RequestFinished<'_>);

    /// A health check is over. Told on the control side; a sink that has no use for them need not listen.
    fn health_checked(&self, _: &HealthChecked<'_>) {}
}

/// How the attempt to agree on TLS with a client ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handshake {
    /// Both sides agreed.
    Agreed {
        /// On this version.
        version: TlsVersion,
        /// The client had a ticket of an earlier session.
        resumed: bool,
    },
    /// They did not, or the client does not speak TLS properly.
    Failed(HandshakeFailure),
}

/// Why a handshake failed, in the words of AWS's connection log (O5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HandshakeFailure {
    /// The client sent more certificates than a chain may have.
    MaxChainDepthExceeded,
    /// Its certificates are too large.
    MaxSizeExceeded,
    /// Its authority has revoked its certificate, or one on the way to it.
    CrlHit,
    /// Whether it is revoked cannot be said: the list is out of date, or not signed by the authority.
    CrlProcessingError,
    /// No authority of the trust store vouches for it.
    Untrusted,
    /// It is not valid yet.
    NotYetValid,
    /// It is not valid any more.
    Expired,
    /// Its version, key or signature is none of those that are supported (R32).
    TypeUnsupported,
    /// It cannot be read.
    Invalid,
    /// It is not for clients of TLS.
    PurposeInvalid,
    /// The client proved that it has the key in a way that was not offered.
    Incompatible,
    /// Anything else, such as no certificate, or no version in common.
    Unmapped,
}

impl HandshakeFailure {
    /// All of them. AWS's `ClientCertRejected` is for checks of its own making, which there are none of here.
    pub const ALL: [Self; 12] = [
        Self::MaxChainDepthExceeded,
        Self::MaxSizeExceeded,
        Self::CrlHit,
        Self::CrlProcessingError,
        Self::Untrusted,
        Self::NotYetValid,
        Self::Expired,
        Self::TypeUnsupported,
        Self::Invalid,
        Self::PurposeInvalid,
        Self::Incompatible,
        Self::Unmapped,
    ];

    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MaxChainDepthExceeded => "ClientCertMaxChainDepthExceeded",
            Self::MaxSizeExceeded => "ClientCertMaxSizeExceeded",
            Self::CrlHit => "ClientCertCrlHit",
            Self::CrlProcessingError => "ClientCertCrlProcessingError",
            Self::Untrusted => "ClientCertUntrusted",
            Self::NotYetValid => "ClientCertNotYetValid",
            Self::Expired => "ClientCertExpired",
            Self::TypeUnsupported => "ClientCertTypeUnsupported",
            Self::Invalid => "ClientCertInvalid",
            Self::PurposeInvalid => "ClientCertPurposeInvalid",
            Self::Incompatible => "ClientCertIncompatible",
            Self::Unmapped => "UnmappedConnectionError",
        }
    }
}

/// Everything that is known of a request when it is over. Borrowed: a sink copies what it keeps.
///
/// Fields follow the access log of AWS (facts, O3); numbers in brackets are its columns.
#[derive(Clone, Debug)]
pub struct RequestFinished<'a> {
    /// [3] The load balancer; `None` if the request was refused before one was found.
    pub load_balancer: Option<LoadBalancerKey>,
    /// The listener that took it.
    pub listener: Option<ListenerKey>,
    /// [4] The client.
    pub client: SocketAddr,
    /// [5] The target that the request went to last, and its address.
    pub target: Option<(TargetKey, SocketAddr)>,
    /// [17] The target group.
    pub target_group: Option<TargetGroupKey>,
    /// [22] When the first byte of the request was read.
    pub created: Timestamp,
    /// [2] When the answer was over.
    pub finished: Timestamp,
    /// [6-8] The three times of a request that was sent to a target; `None`: it was not.
    pub times: Option<TargetTimes>,
    /// [9] The status that the client was answered, or would have been (460, R21's 101 included).
    pub status: u16,
    /// Who made that answer.
    pub answered_by: AnsweredBy,
    /// [10] The status that the target answered.
    pub target_status: Option<u16>,
    /// [11] Bytes read from the client, head included.
    pub received_bytes: u64,
    /// [12] Bytes written to the client, head included.
    pub sent_bytes: u64,
    /// [13] The method; empty if it could not be read.
    pub method: &'a [u8],
    /// [13] The request target as it came.
    pub uri: &'a [u8],
    /// [13] The protocol version, such as `HTTP/1.1`.
    pub version: &'static str,
    /// [13, 19] The Host header.
    pub host: &'a [u8],
    /// [14] The User-Agent header.
    pub user_agent: &'a [u8],
    /// [18] The X-Amzn-Trace-Id header that the target received.
    pub trace_id: &'a [u8],
    /// [21] The rule that matched.
    pub rule: Option<MatchedRule>,
    /// How many rules stand before that decision, the default one left aside.
    pub rule_evaluations: u32,
    /// [23] What was done with the request; `None`: it was refused before that.
    pub action: Option<ExecutedAction>,
    /// [24] Where the client was sent; empty if it was not.
    pub redirect_url: &'a [u8],
    /// [31] The Host that a transform made; empty if there was none.
    pub transformed_host: &'a [u8],
    /// [32] Path and query that a transform made; empty if there was none.
    pub transformed_uri: &'a [u8],
    /// [33] What came of the transforms; `None`: nothing was transformed.
    pub request_transform_status: Option<&'static str>,
    /// [25] AWS's error code, where it has one.
    pub error_reason: Option<&'static str>,
    /// [28] The desync class, such as `Acceptable`; empty for a request that no head could be read of.
    pub classification: &'static str,
    /// [29] Why it has that class; empty for a compliant one.
    pub classification_reason: &'static str,
    /// What became of header names that are not letters, digits and hyphens; `None`: there were none, or the request was
    /// sent to no target.
    pub invalid_names: Option<InvalidNames>,
    /// The stickiness outcome in the words of the design, such as `hit` or `rebound:unhealthy`.
    pub outcome: &'static str,
    /// Whether a sticky group had to choose a new target (S57, S58), and by which kind of cookie it is sticky.
    pub non_sticky: Option<NonSticky>,
    /// The session that the client has with the target after this answer; `None` without stickiness.
    pub session: Option<SessionSeen>,
    /// A stickiness cookie that was issued over HTTPS came over HTTP.
    pub insecure_replay: bool,
    /// Too few targets were healthy, so that unhealthy ones were used as well (B21).
    pub unhealthy_routing: bool,
    /// How many targets refused the connection before this one took it.
    pub refused_connections: u8,
    /// Whether the connection became a pipe (R21).
    pub upgraded: bool,
    /// Whether it is a call of gRPC.
    pub grpc: bool,
    /// What only its access log needs; `None`: its load balancer has none.
    pub logged: Option<Logged<'a>>,
}

/// Where the time of a request went (O3, columns 6-8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetTimes {
    /// From the first byte of the request until it was sent to the target.
    pub request: Duration,
    /// From then until the target's response head; `None`: it did not come.
    pub target: Option<Duration>,
    /// From the response head until the answer began to be sent to the client.
    pub response: Option<Duration>,
}

/// Who made an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnsweredBy {
    /// A target.
    Target,
    /// The load balancer itself: an error or an action that needs no target (E1).
    LoadBalancer,
}

/// The rule that decided a request (O3, column 21).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchedRule {
    /// The default rule, logged as 0.
    Default,
    /// The rule of this priority.
    Priority(u16),
}

/// What was done with a request (O3, column 23).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecutedAction {
    /// It was sent to a target group, whether or not a target answered.
    Forward,
    /// Its client was sent elsewhere, or would have been if the address were not too long (L17).
    Redirect,
    /// It was answered at once.
    FixedResponse,
}

impl ExecutedAction {
    /// The word of the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Redirect => "redirect",
            Self::FixedResponse => "fixed-response",
        }
    }
}

/// What became of a request's header names that are not letters, digits and hyphens (R10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidNames {
    /// Their lines were taken out.
    Dropped,
    /// Their lines were passed on.
    Forwarded,
}

/// A request on a sticky group for which a target had to be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NonSticky {
    /// The group uses the load balancer's cookie: `NonStickyRequestCount` (S57).
    LbCookie,
    /// The group uses the application's cookie: `AppCookieNonStickinessCount` (S58).
    AppCookie,
}

/// One health check of one target. Fields follow the health-check log of AWS (facts, O6).
#[derive(Clone, Debug)]
pub struct HealthChecked<'a> {
    /// What was spoken: `http`, `https`, `h2` or `grpc`.
    pub protocol: &'static str,
    /// When the check began.
    pub time: Timestamp,
    /// How long it took.
    pub latency: Duration,
    /// The target, and the address that was checked.
    pub target: (TargetKey, SocketAddr),
    /// The target group, and its name.
    pub target_group: (TargetGroupKey, &'a str),
    /// The load balancer that uses the group.
    pub load_balancer: Option<LoadBalancerKey>,
    /// The address that the check was made from; `None` if it did not get so far.
    pub node: Option<IpAddr>,
    /// The status that the target answered, which is that of gRPC if that was spoken.
    pub status: Option<u16>,
    /// Why it failed; `None`: it passed.
    pub failure: Option<CheckFailure>,
}

/// Why a health check failed, in the words of AWS's log (O6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckFailure {
    /// No answer in time.
    TimedOut,
    /// The connection was refused or broke, or what came was not HTTP.
    ConnectionReset,
    /// A status below 500 that does not match.
    ResponseCodeMismatch,
    /// A status of 500 or above.
    TargetError,
    /// The node could not make the check.
    InternalError,
    /// An answer without a status of gRPC.
    GrpcStatusHeaderEmpty,
    /// A status of gRPC that does not match.
    GrpcUnexpectedStatus,
}

impl HealthChecked<'_> {
    /// `PASS` or `FAIL`.
    pub const fn result(&self) -> &'static str {
        if self.failure.is_none() { "PASS" } else { "FAIL" }
    }
}

impl CheckFailure {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::TimedOut,
        Self::ConnectionReset,
        Self::ResponseCodeMismatch,
        Self::TargetError,
        Self::InternalError,
        Self::GrpcStatusHeaderEmpty,
        Self::GrpcUnexpectedStatus,
    ];

    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TimedOut => "TimedOut",
            Self::ConnectionReset => "ConnectionReset",
            Self::ResponseCodeMismatch => "ResponseCodeMismatch",
            Self::TargetError => "TargetError",
            Self::InternalError => "InternalError",
            Self::GrpcStatusHeaderEmpty => "GRPCStatusHeaderEmpty",
            Self::GrpcUnexpectedStatus => "GRPCUnexpectedStatus",
        }
    }
}
