//! A stream as the connection of an HTTP/1.1 exchange: one request can be read from it, and one answer written to it.

use std::io;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use elbow_http1::response::Head;
use h2::RecvStream;
use h2::server::SendResponse;
use http::{Method, Request};
use tokio::io::ReadBuf;

use super::incoming::{Incoming, Read};
use super::request;
use super::response::{Answer, Answers, is_success};
use super::websocket::{self, Opening};
use crate::tls::Secured;

/// What a request's head takes, two cookies of ours and a small message included, unless it is a long one.
const USUAL_HEAD_BYTES: usize = 1024;

/// See the [module](self).
#[derive(Debug)]
pub(crate) struct Http2Stream {
    request: Incoming,
    answer: Answer,
    /// The WebSocket that it asks for.
    opening: Option<Opening>,
    /// How its connection is encrypted.
    secured: Option<Secured>,
}

impl Http2Stream {
    pub(super) fn new(
        request: Request<RecvStream>,
        respond: SendResponse<Bytes>,
        secured: Option<Secured>,
        read: &Read,
        random: impl FnOnce() -> [u8; 16],
    ) -> Self {
        let (parts, body) = request.into_parts();
        let opening = websocket::is_wanted(&parts).then(|| Opening::new(random()));
        let mut head = Vec::with_capacity(USUAL_HEAD_BYTES);
        let ends = body.is_end_stream();
        let framed = request::write_head(&parts, ends, opening.as_ref(), &mut head);
        let read = (!ends).then(|| Rc::clone(read));
        let answers = match parts.method {
            Method::HEAD => Answers::Head,
            _ if opening.is_some() => Answers::Upgrade,
            _ => Answers::Other,
        };
        let answer = Answer::new(respond, answers);
        Self { request: Incoming::new(head, framed, body, read), answer, opening, secured }
    }

    /// Whether a target may have said this. A client cannot see whether a target that switches has understood to what, and
    /// takes any other success for a switch, too (RFC 8441 section 5).
    pub(crate) fn believes(&self, head: &Head, bytes: &[u8]) -> bool {
        match &self.opening {
            Some(opening) if head.is_switch() => opening.is_accepted(head, bytes),
            Some(_) => !is_success(head.status()),
            None => !head.is_switch(),
        }
    }

    /// How its connection is encrypted; `None` if it is not.
    pub(crate) const fn secured(&self) -> Option<&Secured> {
        self.secured.as_ref()
    }

    /// Whether it is.
    pub(crate) const fn is_secure(&self) -> bool {
        self.secured.is_some()
    }

    /// Reads the request. After its end nothing comes any more, until the client gives up; the end of a pipe is read
    /// like any.
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match ready!(self.request.poll_read(cx, space))? {
            true => Poll::Ready(Ok(())),
            false if self.opening.is_some() => Poll::Ready(Ok(())),
            false => self.answer.poll_reset(cx).map(Err),
        }
    }

    /// See [`crate::stream::Stream::take_head`].
    pub(crate) fn take_head(&mut self, cx: &mut Context<'_>) -> Option<Vec<u8>> {
        self.request.take_head(cx)
    }

    /// See [`crate::stream::Stream::gather`].
    pub(crate) fn gather(&mut self, cx: &mut Context<'_>) {
        self.request.gather(cx);
    }

    /// Ready with an error when the client has given up; nothing else of it is of interest once its request is read.
    pub(crate) fn poll_peek(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.answer.poll_reset(cx).map(Err)
    }

    /// Writes the answer.
    pub(crate) fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.answer.poll_write(cx, bytes)
    }

    /// Nothing more is written. What is no pipe has said so before.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.answer.finish()
    }
}
