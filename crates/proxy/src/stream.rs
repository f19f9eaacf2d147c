//! What a connection is to those who move requests over it: bytes both ways, whatever carries them.
//!
//! It is not a trait: which kind it is, is one comparison, and a plain connection costs no memory beside its socket.
//! Reading and writing are those of [`AsyncRead`] and [`AsyncWrite`], with one promise more to keep for the caller: who
//! was told to wait while writing comes again with the same bytes, or gives the connection up.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::pin::Pin;
use std::task::{Context, Poll};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What is read at once by [`Stream::poll_discard`].
const DISCARDED_BYTES: usize = 4096;

/// A client's or a target's connection.
#[derive(Debug)]
pub(crate) enum Stream {
    /// In clear.
    Tcp(TcpStream),
}

impl Stream {
    /// Ready when there may be something to read, or the end. Takes no memory.
    pub(crate) fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(socket) => socket.poll_read_ready(cx),
        }
    }

    /// Ready when there is something to read, or the end, and leaves it there; an error if the connection is gone.
    pub(crate) fn poll_peek(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(socket) => socket.poll_peek(cx, &mut ReadBuf::new(&mut [0])).map_ok(drop),
        }
    }

    /// Whether the other side has neither closed nor said anything. Costs no system call unless something came. What it
    /// has said is lost.
    pub(crate) fn is_quiet(&mut self) -> bool {
        match self {
            Self::Tcp(socket) => would_block(socket.try_read(&mut [0]).map(drop)),
        }
    }

    /// As [`Stream::is_quiet`], but also hears what the event loop has not been told yet.
    pub(crate) fn is_silent(&self) -> bool {
        match self {
            Self::Tcp(socket) => {
                would_block(SockRef::from(socket).peek(&mut [MaybeUninit::uninit()]).map(drop))
            }
        }
    }

    /// Says that nothing more comes, without waiting.
    ///
    /// # Errors
    ///
    /// The connection is gone.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        match self {
            Self::Tcp(socket) => SockRef::from(&*socket).shutdown(Shutdown::Write),
        }
    }

    /// Reads for the sake of reading, after [`Stream::finish`]: what it was is of no interest. Zero is the end.
    pub(crate) fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut bytes = [MaybeUninit::uninit(); DISCARDED_BYTES];
        let mut read = ReadBuf::uninit(&mut bytes);
        let Self::Tcp(socket) = self;
        Pin::new(socket).poll_read(cx, &mut read).map_ok(|()| read.filled().len())
    }
}

fn would_block(result: io::Result<()>) -> bool {
    matches!(result, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(socket) => Pin::new(socket).poll_read(cx, space),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(socket) => Pin::new(socket).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(socket) => Pin::new(socket).poll_write_vectored(cx, parts),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(socket) => Pin::new(socket).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(socket) => Pin::new(socket).poll_shutdown(cx),
        }
    }
}
