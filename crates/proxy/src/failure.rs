//! Why a request has no answer of a target, and what its client gets instead (facts, section 4).

use elbow_http1::body::BodyError;
use elbow_http1::request::HeadError;

use crate::timer::Alarm;

/// The end of a request that did not go well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The load balancer answers with this status. The connection stays open if the request was read to its end.
    Answer(u16),
    /// As [`Failure::Answer`], but what follows on the connection cannot be trusted: it closes.
    AnswerAndClose(u16),
    /// The client is gone: logged with this status, answered by nobody.
    Gone(u16),
    /// The answer had begun and cannot be finished. Only closing the connection tells the client.
    Cut,
}

/// The client closed while its answer was awaited (E1).
pub(crate) const CLIENT_CLOSED: u16 = 460;
/// The targets do not understand the client's version of HTTP (R18).
pub(crate) const INCOMPATIBLE: u16 = 464;

impl Failure {
    /// The head was refused.
    pub(crate) const fn head(error: HeadError) -> Self {
        Self::AnswerAndClose(error.status())
    }

    /// The client's body is no body, or stopped (E1).
    pub(crate) const fn client_body(error: BodyError) -> Self {
        match error {
            BodyError::Truncated => Self::Gone(400),
            _ => Self::AnswerAndClose(400),
        }
    }

    /// The status that is logged; zero if the answer's own stands.
    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::Answer(status) | Self::AnswerAndClose(status) | Self::Gone(status) => status,
            Self::Cut => 0,
        }
    }

    /// Nothing came from the client for too long (E1), or the worker ends.
    pub(crate) const fn waiting_for_client(alarm: Alarm) -> Self {
        match alarm {
            Alarm::Deregistered => Self::AnswerAndClose(502),
            Alarm::Stopped => Self::AnswerAndClose(503),
            Alarm::Evicted => Self::Gone(408),
            _ => Self::AnswerAndClose(408),
        }
    }

    /// Nothing came from the target for too long, its deregistration delay is over (E1), or the worker ends.
    pub(crate) const fn waiting_for_target(alarm: Alarm) -> Self {
        match alarm {
            Alarm::Deregistered => Self::Answer(502),
            Alarm::Stopped => Self::AnswerAndClose(503),
            _ => Self::Answer(504),
        }
    }
}
