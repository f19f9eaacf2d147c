//! What HTTP/2 reads from a client and writes to it: the bytes of a connection, looked at as they pass.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::connection::Shared;
use crate::connection::Client;

/// What is read in one go; then those have their turn who it is for.
const TURN_BYTES: usize = 32 * 1024;

/// A connection that HTTP/2 has begun on, and the bytes that were read to know that.
pub(super) struct Begun {
    client: Client,
    read: Vec<u8>,
    at: usize,
    /// Bytes read in this turn.
    turn: usize,
    shared: Rc<Shared>,
}

impl Begun {
    pub(super) const fn new(client: Client, read: Vec<u8>, shared: Rc<Shared>) -> Self {
        Self { client, read, at: 0, turn: 0, shared }
    }

    /// Notes that the client takes what it gets.
    fn note(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if matches!(written, Poll::Ready(Ok(1..))) {
            self.shared.moved.set(true);
        }
        written
    }
}

impl AsyncRead for Begun {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.turn >= TURN_BYTES {
            this.turn = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let read = this.read.get(this.at..).unwrap_or_default();
        let before = space.filled().len();
        if read.is_empty() {
            let result = Pin::new(&mut this.client.stream).poll_read(cx, space);
            if result.is_pending() {
                this.turn = 0;
            }
            ready!(result)?;
        } else {
            let count = read.len().min(space.remaining());
            space.put_slice(read.get(..count).unwrap_or_default());
            this.at += count;
            if this.at == this.read.len() {
                (this.read, this.at) = (Vec::new(), 0);
            }
        }
        let come = space.filled_mut().get_mut(before..).unwrap_or_default();
        this.turn += come.len();
        this.shared.frames.borrow_mut().follow(come);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Begun {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.client.stream).poll_write(cx, bytes);
        this.note(written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.client.stream).poll_write_vectored(cx, parts);
        this.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.client.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().client.stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().client.stream).poll_shutdown(cx)
    }
}
