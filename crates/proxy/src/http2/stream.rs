//! A stream as the connection of an HTTP/1.1 exchange: one request can be read from it, and one answer written to it.

use std::io;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use elbow_http1::body::{CHUNK_END, write_chunk_head, write_last_chunk};
use h2::RecvStream;
use h2::server::SendResponse;
use http::{HeaderMap, Method, Request};
use tokio::io::ReadBuf;

use super::request::{self, Body};
use super::response::Answer;
use crate::tls::Secured;

/// See the [module](self).
pub(crate) struct Http2Stream {
    /// Bytes of HTTP/1 that are read before the data: the head, or what frames a chunk.
    framing: Vec<u8>,
    /// How much of it was read.
    read: usize,
    /// A piece of the body.
    data: Bytes,
    body: RecvStream,
    next: Next,
    answer: Answer,
    /// How its connection is encrypted.
    secured: Option<Secured>,
}

/// What is read after the bytes at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Data(Body),
    /// The end of a chunk, and then more data.
    ChunkEnd,
    Trailers,
    Nothing,
}

impl Http2Stream {
    pub(super) fn new(
        request: Request<RecvStream>,
        respond: SendResponse<Bytes>,
        secured: Option<Secured>,
    ) -> Self {
        let (parts, body) = request.into_parts();
        let mut framing = Vec::new();
        let framed = request::write_head(&parts, body.is_end_stream(), &mut framing);
        let answer = Answer::new(respond, parts.method == Method::HEAD);
        Self { framing, read: 0, data: Bytes::new(), body, next: Next::Data(framed), answer, secured }
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
        loop {
            let framing = self.framing.get(self.read..).unwrap_or_default();
            if !framing.is_empty() {
                let count = framing.len().min(space.remaining());
                space.put_slice(framing.get(..count).unwrap_or_default());
                self.read += count;
                return Poll::Ready(Ok(()));
            }
            if !self.data.is_empty() {
                let count = self.data.len().min(space.remaining());
                space.put_slice(&self.data.split_to(count));
                // Only now may the client send more: a slow target slows it down.
                let _ = self.body.flow_control().release_capacity(count);
                return Poll::Ready(Ok(()));
            }
            self.framing.clear();
            self.read = 0;
            ready!(self.poll_next(cx))?;
        }
    }

    /// Gets more bytes to read.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.next {
            Next::Data(framed) => match ready!(self.body.poll_data(cx)) {
                Some(Ok(data)) => {
                    if framed == Body::Chunked && data.has_remaining() {
                        write_chunk_head(&mut self.framing, data.len());
                        self.next = Next::ChunkEnd;
                    }
                    self.data = data;
                }
                Some(Err(error)) => return Poll::Ready(Err(reset(error))),
                None if framed == Body::Chunked => self.next = Next::Trailers,
                None => self.next = Next::Nothing,
            },
            Next::ChunkEnd => {
                self.framing.extend_from_slice(CHUNK_END);
                self.next = Next::Data(Body::Chunked);
            }
            Next::Trailers => {
                let trailers = ready!(self.body.poll_trailers(cx)).map_err(reset)?;
                write_last_chunk(&mut self.framing, &lines(trailers.as_ref()));
                self.next = Next::Nothing;
            }
            Next::Nothing => return self.answer.poll_reset(cx).map(Err),
        }
        Poll::Ready(Ok(()))
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

impl std::fmt::Debug for Http2Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http2Stream").field("next", &self.next).finish_non_exhaustive()
    }
}

fn lines(trailers: Option<&HeaderMap>) -> Vec<u8> {
    let mut lines = Vec::new();
    for (name, value) in trailers.into_iter().flatten() {
        elbow_http1::write_line(&mut lines, name.as_str().as_bytes(), value.as_bytes());
    }
    lines
}

fn reset(error: h2::Error) -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, error)
}
