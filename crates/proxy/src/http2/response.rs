//! The answer to a stream: what is written as HTTP/1.1 goes out as HTTP/2.

use std::io;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use elbow_http1::Framing;
use h2::Reason;
use h2::server::SendResponse;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response, StatusCode};

use super::head::Head;
use super::outgoing::{Outgoing, broken};
use super::websocket;
use crate::grpc;

/// A target's head within its limits (R23), and all that is added to it, in bytes.
const MAX_HEAD_BYTES: usize = 128 * 1024;

/// Of the interim heads of one answer, in bytes. No window holds them back from a client that reads nothing, so those
/// beyond are left out: they only say early what the answer says again.
const MAX_INTERIM_BYTES: usize = 8 * 1024;

/// The answer of one stream.
pub(super) struct Answer {
    state: State,
    /// Of interim heads so far.
    interim_bytes: usize,
    answers: Answers,
}

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answers {
    /// A HEAD, with no body.
    Head,
    /// What may become a pipe.
    Upgrade,
    /// Any other request.
    Other,
}

enum State {
    /// The head is being written; what there is of it.
    Head { respond: SendResponse<Bytes>, bytes: Vec<u8> },
    Body {
        body: Outgoing,
        /// It is that of a call of gRPC.
        grpc: bool,
    },
    /// All was sent, or nothing more can be.
    Ended,
}

impl Answer {
    pub(super) fn new(respond: SendResponse<Bytes>, answers: Answers) -> Self {
        Self { state: State::Head { respond, bytes: Vec::new() }, interim_bytes: 0, answers }
    }

    /// Ready with an error when the client has given the stream up.
    pub(super) fn poll_reset(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let reset = match &mut self.state {
            State::Head { respond, .. } => respond.poll_reset(cx),
            State::Body { body, .. } => body.poll_reset(cx),
            State::Ended => return Poll::Pending,
        };
        reset.map(|reason| match reason {
            Ok(_) => broken("the client has reset the stream"),
            Err(error) => io::Error::new(io::ErrorKind::ConnectionReset, error),
        })
    }

    /// Takes some of `bytes`, and returns how many.
    pub(super) fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.state {
            State::Head { .. } => Poll::Ready(self.write_head(bytes)),
            State::Body { body, .. } => {
                let (used, ended) = ready!(body.poll_write(cx, bytes))?;
                if ended {
                    self.state = State::Ended;
                }
                Poll::Ready(Ok(used))
            }
            State::Ended => Poll::Ready(Err(broken("bytes behind the answer"))),
        }
    }

    /// Ends what has no end of its own: a pipe.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        if let State::Body { body, .. } = &mut self.state {
            body.finish()?;
            self.state = State::Ended;
        }
        Ok(())
    }

    fn write_head(&mut self, written: &[u8]) -> io::Result<usize> {
        let State::Head { respond, bytes } = &mut self.state else { return Ok(0) };
        let before = bytes.len();
        // Nearly always all of it comes at once.
        let whole = if before == 0 {
            written
        } else {
            bytes.extend_from_slice(written);
            bytes.as_slice()
        };
        let Some(head) = Head::read(whole)? else {
            if before == 0 {
                bytes.extend_from_slice(written);
            }
            return match bytes.len() > MAX_HEAD_BYTES {
                true => Err(broken("a head that is too long")),
                false => Ok(written.len()),
            };
        };
        let used = head.length.saturating_sub(before);
        let status = StatusCode::from_bytes(head.word(1)).map_err(io::Error::other)?;
        let switches = status == StatusCode::SWITCHING_PROTOCOLS;
        if switches && self.answers != Answers::Upgrade {
            return Err(broken("a switch that was not asked for"));
        }
        let (length, framing) = (head.length, self.answers.framing(status, head.framing));
        let response = response(head.headers, status, self.answers);
        if status.is_informational() && !switches {
            self.interim_bytes += length;
            if self.interim_bytes <= MAX_INTERIM_BYTES {
                respond.send_informational(response).map_err(io::Error::other)?;
            }
            bytes.clear();
            return Ok(used);
        }
        let ends = framing.is_empty() && !switches;
        let kind = response.headers().get(CONTENT_TYPE);
        let grpc = kind.is_some_and(|kind| grpc::is_content_type(kind.as_bytes()));
        let send = respond.send_response(response, ends).map_err(io::Error::other)?;
        self.state = match framing {
            _ if ends => State::Ended,
            _ if switches => State::Body { body: Outgoing::new(send, Framing::UntilClose), grpc },
            // Nobody writes such a body for a client of HTTP/1.1, which could not tell a whole one from a broken one.
            Framing::UntilClose => return Err(broken("a body without an end")),
            framing => State::Body { body: Outgoing::new(send, framing), grpc },
        };
        Ok(used)
    }
}

impl Answers {
    /// How the body is framed that follows a head (RFC 9112 section 6.3).
    fn framing(self, status: StatusCode, said: Option<Framing>) -> Framing {
        let bodiless = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        match said {
            _ if bodiless || status.is_informational() || self == Self::Head => Framing::None,
            said => said.unwrap_or(Framing::UntilClose),
        }
    }
}

impl Drop for Answer {
    /// An answer that was not written to its end must not look like a whole one.
    // AWS: unknown how it ends a call whose target breaks off. A reset would tell the caller that there is a bug
    // (`INTERNAL`); we say what is the case, as for a target that breaks off before it answers.
    fn drop(&mut self) {
        match &mut self.state {
            State::Head { respond, .. } => respond.send_reset(Reason::INTERNAL_ERROR),
            // A broken connection is told like this (RFC 8441 section 5).
            State::Body { body, .. } if self.answers == Answers::Upgrade => body.reset(Reason::CANCEL),
            State::Body { body, grpc: true } => body.end_with(grpc::Status::of(502).trailers()),
            State::Body { body, grpc: false } => body.reset(Reason::INTERNAL_ERROR),
            State::Ended => {}
        }
    }
}

fn response(mut headers: HeaderMap, status: StatusCode, answers: Answers) -> Response<()> {
    let status = match status {
        // A stream does not switch, it was opened for this (RFC 8441 section 5).
        StatusCode::SWITCHING_PROTOCOLS => {
            headers.remove(websocket::ACCEPT);
            StatusCode::OK
        }
        // A fixed response, which the client would take for its WebSocket.
        status if answers == Answers::Upgrade && status.is_success() => StatusCode::BAD_GATEWAY,
        status => status,
    };
    let mut response = Response::new(());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// Whether a status is that of a success (RFC 9110 section 15.3).
pub(super) const fn is_success(status: u16) -> bool {
    status / 100 == 2
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").finish_non_exhaustive()
    }
}
