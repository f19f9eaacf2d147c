//! A stream as the connection of an HTTP/1.1 exchange: one request can be read from it, and one answer written to it.

use std::io;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::RecvStream;
use h2::server::SendResponse;
use http::{Method, Request};
use tokio::io::ReadBuf;

use super::incoming::Incoming;
use super::request;
use super::response::Answer;
use crate::tls::Secured;

/// See the [module](self).
#[derive(Debug)]
pub(crate) struct Http2Stream {
    request: Incoming,
    answer: Answer,
    /// How its connection is encrypted.
    secured: Option<Secured>,
}

impl Http2Stream {
    pub(super) fn new(
        request: Request<RecvStream>,
        respond: SendResponse<Bytes>,
        secured: Option<Secured>,
    ) -> Self {
        let (parts, body) = request.into_parts();
        let mut head = Vec::new();
        let framed = request::write_head(&parts, body.is_end_stream(), &mut head);
        let answer = Answer::new(respond, parts.method == Method::HEAD);
        Self { request: Incoming::new(head, framed, body), answer, secured }
    }

    /// How its connection is encrypted; `None` if it is not.
    pub(crate) const fn secured(&self) -> Option<Secured> {
        self.secured
    }

    /// Reads the request. After its end nothing comes any more, until the client gives up.
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match ready!(self.request.poll_read(cx, space))? {
            true => Poll::Ready(Ok(())),
            false => self.answer.poll_reset(cx).map(Err),
        }
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
}
