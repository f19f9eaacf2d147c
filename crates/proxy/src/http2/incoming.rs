//! A message that is read of a stream, as the HTTP/1.1 message that it stands for.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use elbow_http1::body::{CHUNK_END, write_chunk_head, write_last_chunk};
use h2::RecvStream;
use http::HeaderMap;
use tokio::io::ReadBuf;

/// How a body is framed where it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// As it is: there is none, or its length is in the head.
    Plain,
    /// In chunks.
    Chunked,
}

/// A head that is there, and the body behind it.
pub(super) struct Incoming {
    framing: Framing,
    /// A piece of the body.
    data: Bytes,
    /// What has come behind it while nobody could read.
    gathered: Vec<u8>,
    body: RecvStream,
    next: Next,
    read: Option<Read>,
}

/// Bytes that were read of all bodies of a connection, those included that nobody will read.
pub(super) type Read = Rc<Cell<u64>>;

/// Bytes of HTTP/1 that are read before the data: a head, or what frames a chunk.
#[derive(Default)]
pub(super) struct Framing {
    bytes: Vec<u8>,
    /// How much of it was read.
    read: usize,
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

impl Framing {
    /// For more of them, once all are read.
    pub(super) fn more(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Gives out what is left. False, and empty, if that is nothing.
    pub(super) fn read(&mut self, space: &mut ReadBuf<'_>) -> bool {
        let left = self.bytes.get(self.read..).unwrap_or_default();
        if left.is_empty() {
            self.bytes.clear();
            self.read = 0;
            return false;
        }
        let count = left.len().min(space.remaining());
        space.put_slice(left.get(..count).unwrap_or_default());
        self.read += count;
        true
    }
}

impl Incoming {
    /// A message with this head, written as HTTP/1.1, which says that the body is framed like `framed`. What is read of the
    /// body is added to `read`.
    pub(super) const fn new(head: Vec<u8>, framed: Body, body: RecvStream, read: Option<Read>) -> Self {
        let framing = Framing { bytes: head, read: 0 };
        Self { framing, data: Bytes::new(), gathered: Vec::new(), body, next: Next::Data(framed), read }
    }

    /// Reads what has come of the message, as far as there is space; false at its end. A body of many small pieces is
    /// passed on in few large ones.
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<bool>> {
        let before = space.filled().len();
        while space.remaining() > 0 {
            if self.framing.read(space) {
                continue;
            }
            if !self.data.is_empty() {
                let count = self.data.len().min(space.remaining());
                space.put_slice(&self.data.split_to(count));
                // Only now may the other side send more: a slow reader slows it down.
                let _ = self.body.flow_control().release_capacity(count);
                self.count(count);
                continue;
            }
            let has_read = space.filled().len() > before;
            if self.next == Next::Nothing {
                return Poll::Ready(Ok(has_read));
            }
            match self.poll_next(cx) {
                Poll::Ready(Ok(())) => {}
                // It is there again for the next who reads.
                Poll::Ready(Err(_)) | Poll::Pending if has_read => break,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(reset(error))),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(Ok(true))
    }

    /// Gives out the head without a copy, with as much behind it as has come and there is space for.
    pub(super) fn take_head(&mut self, cx: &mut Context<'_>) -> Option<Vec<u8>> {
        if self.framing.read > 0 || self.framing.bytes.is_empty() {
            return None;
        }
        let mut bytes = std::mem::take(self.framing.more());
        let length = bytes.len();
        bytes.resize(bytes.capacity(), 0);
        let mut space = ReadBuf::new(bytes.get_mut(length..).unwrap_or_default());
        // Its end, and an error, are there again for the next who reads.
        let _ = self.poll_read(cx, &mut space);
        let read = space.filled().len();
        bytes.truncate(length + read);
        Some(bytes)
    }

    /// Puts together what has come, while nobody can read it: the library keeps each frame on its own, and one of few
    /// bytes costs many times its size. The window says how much that can be.
    pub(super) fn gather(&mut self, cx: &mut Context<'_>) {
        // Its end, and an error, are there again for the next who reads.
        while let Poll::Ready(Some(Ok(data))) = self.body.poll_data(cx) {
            self.gathered.extend_from_slice(&data);
        }
    }

    fn count(&self, bytes: usize) {
        if let Some(read) = &self.read {
            read.set(read.get().wrapping_add(bytes as u64));
        }
    }

    /// Gets more bytes to read.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), h2::Error>> {
        match self.next {
            Next::Data(framed) => match ready!(self.poll_data(cx)) {
                Some(data) => {
                    self.data = data?;
                    if framed == Body::Chunked && !self.data.is_empty() {
                        write_chunk_head(self.framing.more(), self.data.len());
                        self.next = Next::ChunkEnd;
                    }
                }
                None if framed == Body::Chunked => self.next = Next::Trailers,
                None => self.next = Next::Nothing,
            },
            Next::ChunkEnd => {
                self.framing.more().extend_from_slice(CHUNK_END);
                self.next = Next::Data(Body::Chunked);
            }
            Next::Trailers => {
                let trailers = ready!(self.body.poll_trailers(cx))?;
                write_trailers(trailers.as_ref(), self.framing.more());
                self.next = Next::Nothing;
            }
            Next::Nothing => {}
        }
        Poll::Ready(Ok(()))
    }

    fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, h2::Error>>> {
        match self.gathered.is_empty() {
            true => self.body.poll_data(cx),
            false => Poll::Ready(Some(Ok(std::mem::take(&mut self.gathered).into()))),
        }
    }
}

impl Drop for Incoming {
    /// What was not read goes with the stream.
    fn drop(&mut self) {
        if self.read.is_some() {
            let left = self.body.flow_control().used_capacity();
            self.count(left);
        }
    }
}

impl std::fmt::Debug for Incoming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Incoming").field("next", &self.next).finish_non_exhaustive()
    }
}

/// Writes the end of a body in chunks, with the trailers behind it.
pub(super) fn write_trailers(trailers: Option<&HeaderMap>, out: &mut Vec<u8>) {
    let mut lines = Vec::new();
    for (name, value) in trailers.into_iter().flatten() {
        elbow_http1::write_line(&mut lines, name.as_str().as_bytes(), value.as_bytes());
    }
    write_last_chunk(out, &lines);
}

fn reset(error: h2::Error) -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, error)
}
