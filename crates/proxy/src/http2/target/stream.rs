//! A stream as the connection of an HTTP/1.1 exchange: one request can be written to it, and its answer read from it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::client::{ResponseFuture, SendRequest};
use h2::{Reason, RecvStream};
use http::{Method, Response};
use tokio::io::ReadBuf;

use super::super::incoming::{Framing, Incoming};
use super::super::outgoing::{Outgoing, broken};
use super::connection::Place;
use super::{request, response};

/// What an answer's head takes, unless it is a long one.
const USUAL_HEAD_BYTES: usize = 512;

/// See the [module](self). Dropping it gives the stream up, if it has not ended; the connection stays.
#[derive(Debug)]
pub(crate) struct Http2Target {
    request: Request,
    answer: Answer,
    place: Place,
}

/// What is written.
enum Request {
    /// The head; what there is of it.
    Head {
        send: SendRequest<Bytes>,
        bytes: Vec<u8>,
    },
    Body(Outgoing),
    /// All was sent, or nothing more can be.
    Ended,
}

/// What is read.
enum Answer {
    /// Nothing was asked.
    None,
    /// The head is awaited. Interim ones come before it.
    Head {
        response: ResponseFuture,
        interim: Framing,
        head_request: bool,
    },
    Message(Incoming),
    /// There is none, and never will be.
    Failed(Fault),
}

/// What a stream that failed means for its request, beyond that it has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// The target says that it did not look at it, so that it may always be sent again (RFC 9113 section 8.7).
    #[error("the target has not processed the request")]
    Unprocessed,
    /// What came is no answer, or the request cannot be said in HTTP/2.
    #[error("the stream is malformed")]
    Malformed,
}

impl Fault {
    /// What an error of reading means; `None` if nothing is known.
    pub(crate) fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }

    fn of_stream(error: &h2::Error) -> Option<Self> {
        let refused = error.is_reset() && error.reason() == Some(Reason::REFUSED_STREAM);
        // The library tells a stream of its target's GOAWAY only if the target will not look at it.
        let left_out = error.is_go_away();
        match error {
            _ if error.is_remote() && (refused || left_out) => Some(Self::Unprocessed),
            _ if error.is_library() && error.is_reset() => Some(Self::Malformed),
            _ => None,
        }
    }
}

impl Http2Target {
    /// A stream that is opened when the head of a request has been written.
    pub(super) const fn new(send: SendRequest<Bytes>, place: Place) -> Self {
        Self { request: Request::Head { send, bytes: Vec::new() }, answer: Answer::None, place }
    }

    /// The answer was read to its end: its connection may wait for another request until the sweep `expires`.
    pub(crate) fn keep_until(&self, expires: u32) {
        self.place.keep_until(expires);
    }

    /// Reads the answer; nothing at its end.
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            match &mut self.answer {
                Answer::None => return Poll::Pending,
                Answer::Head { response, interim, head_request } => {
                    if interim.read(space) {
                        return Poll::Ready(Ok(()));
                    }
                    match ready!(poll_head(cx, response)) {
                        Ok(Next::Interim(head)) => {
                            response::write_interim(head.status(), head.headers(), interim.more());
                        }
                        Ok(Next::Final(answer)) => {
                            let (parts, body) = answer.into_parts();
                            let mut head = Vec::with_capacity(USUAL_HEAD_BYTES);
                            let framed =
                                response::write_head(&parts, body.is_end_stream(), *head_request, &mut head);
                            self.answer = Answer::Message(Incoming::new(head, framed, body, None));
                        }
                        Err(error) => return Poll::Ready(Err(self.failed(error))),
                    }
                }
                Answer::Message(message) => return message.poll_read(cx, space).map_ok(drop),
                Answer::Failed(fault) => return Poll::Ready(Err(io::Error::other(*fault))),
            }
        }
    }

    /// See [`crate::stream::Stream::gather`].
    pub(crate) fn gather(&mut self, cx: &mut Context<'_>) {
        if let Answer::Message(message) = &mut self.answer {
            message.gather(cx);
        }
    }

    /// Ready when the target takes no more of a request that is not written to its end.
    pub(crate) fn poll_unwanted(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.request {
            Request::Body(body) => body.poll_reset(cx).map(drop),
            Request::Head { .. } | Request::Ended => Poll::Pending,
        }
    }

    /// Writes the request: takes some of `bytes`, and returns how many.
    pub(crate) fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.request {
            Request::Head { .. } => {
                let written = self.write_head(cx, bytes);
                if written.is_err() {
                    // Who reads was told to wait, and has to hear of this.
                    self.request = Request::Ended;
                    cx.waker().wake_by_ref();
                }
                Poll::Ready(written)
            }
            Request::Body(body) => {
                let (used, ended) = ready!(body.poll_write(cx, bytes))?;
                if ended {
                    self.request = Request::Ended;
                }
                Poll::Ready(Ok(used))
            }
            Request::Ended => Poll::Ready(Err(broken("bytes behind the request"))),
        }
    }

    fn write_head(&mut self, cx: &mut Context<'_>, written: &[u8]) -> io::Result<usize> {
        let Request::Head { send, bytes } = &mut self.request else { return Ok(0) };
        let before = bytes.len();
        // Nearly always all of it comes at once.
        let read = match before {
            0 => request::read(written, self.place.scheme()),
            _ => {
                bytes.extend_from_slice(written);
                request::read(bytes, self.place.scheme())
            }
        };
        let head = match read {
            Ok(Some(head)) => head,
            Ok(None) if before == 0 => {
                bytes.extend_from_slice(written);
                return Ok(written.len());
            }
            Ok(None) => return Ok(written.len()),
            Err(error) => {
                tracing::debug!(%error, "a request cannot be said in HTTP/2");
                self.answer = Answer::Failed(Fault::Malformed);
                return Err(error);
            }
        };
        let ends = head.framing.is_empty();
        let head_request = head.request.method() == Method::HEAD;
        // The connection may have come to its end since room on it was found.
        let (mut response, body) = send.send_request(head.request, ends).map_err(|error| {
            self.answer = Answer::Failed(Fault::Unprocessed);
            io::Error::other(error)
        })?;
        // Who reads was told to wait before there was something to wait for.
        if response.poll_informational(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
        self.answer = Answer::Head { response, interim: Framing::default(), head_request };
        self.request = if ends { Request::Ended } else { Request::Body(Outgoing::new(body, head.framing)) };
        Ok(head.length.saturating_sub(before))
    }

    /// There is no answer, and that means something for the request or for the connection.
    fn failed(&mut self, error: h2::Error) -> io::Error {
        match Fault::of_stream(&error) {
            Some(fault) => {
                if error.is_reset() && fault == Fault::Unprocessed {
                    self.place.refused();
                }
                self.answer = Answer::Failed(fault);
                io::Error::other(fault)
            }
            None => io::Error::new(io::ErrorKind::ConnectionReset, error),
        }
    }
}

/// A head of an answer.
enum Next {
    Interim(Response<()>),
    Final(Response<RecvStream>),
}

fn poll_head(cx: &mut Context<'_>, response: &mut ResponseFuture) -> Poll<Result<Next, h2::Error>> {
    match ready!(response.poll_informational(cx)) {
        Some(interim) => Poll::Ready(interim.map(Next::Interim)),
        None => Pin::new(response).poll(cx).map_ok(Next::Final),
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Head { .. } => "Head",
            Self::Body(_) => "Body",
            Self::Ended => "Ended",
        })
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Head { .. } => "Head",
            Self::Message(_) => "Message",
            Self::Failed(_) => "Failed",
        })
    }
}
