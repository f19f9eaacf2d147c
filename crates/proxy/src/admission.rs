//! Which requests a listener takes, before its rules look at them.

use elbow_http1::desync::{Classification, DesyncMode, Verdict};
use elbow_http1::request::Head;
use elbow_routing::{self as routing, ListenerRoutes};

/// A request that may go on to the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Admitted {
    /// How suspicious it is.
    pub(crate) classification: Classification,
    /// Both connections close after this exchange (R11).
    pub(crate) close_both: bool,
}

/// Why a request goes no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Its method is longer than the listener's kind of load balancer takes.
    Method,
    /// Two servers may see different requests in it (R11).
    Desync(Classification),
}

impl Refusal {
    /// The status that its client gets.
    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::Method => 405,
            Self::Desync(_) => 400,
        }
    }
}

/// Whether a listener takes the request.
pub(crate) fn admit(listener: &ListenerRoutes, head: &Head, bytes: &[u8]) -> Result<Admitted, Refusal> {
    if head.method(bytes).len() > listener.manners.method_bytes {
        return Err(Refusal::Method);
    }
    let classification = head.classification();
    match classification.verdict(desync_mode(listener.desync_mode)) {
        Verdict::Forward => Ok(Admitted { classification, close_both: false }),
        Verdict::ForwardAndCloseBoth => Ok(Admitted { classification, close_both: true }),
        Verdict::Refuse400 => Err(Refusal::Desync(classification)),
    }
}

const fn desync_mode(mode: routing::DesyncMode) -> DesyncMode {
    match mode {
        routing::DesyncMode::Monitor => DesyncMode::Monitor,
        routing::DesyncMode::Defensive => DesyncMode::Defensive,
        routing::DesyncMode::Strictest => DesyncMode::Strictest,
    }
}
