//! What a connection is to those who move requests over it: bytes both ways, whatever carries them.
//!
//! It is not a trait: which kind it is, is one comparison, and a plain connection costs no memory beside its socket.
//! Reading and writing are those of [`AsyncRead`] and [`AsyncWrite`], with one promise more to keep for the caller: who
//! was told to wait while writing comes again with the same bytes, or gives the connection up.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::net::{Shutdown, SocketAddr};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use elbow_http1::response;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::http2::{Http2Stream, Http2Target};
use crate::tls::{Identity, Secured, Tls};

/// What is read at once by [`Stream::poll_discard`].
const DISCARDED_BYTES: usize = 4096;

/// A client's or a target's connection.
#[derive(Debug)]
pub(crate) enum Stream {
    /// In clear.
    Tcp(TcpStream),
    /// Over TLS. Boxed: it is large.
    Tls(Box<Tls>),
    /// One of many requests on a client's connection.
    Http2(Box<Http2Stream>),
    /// One of many requests on a target's connection.
    Http2Target(Box<Http2Target>),
    /// None any more, and what is done with it fails: it was handed over to somebody else.
    Gone,
}

impl Stream {
    /// The address that the other side connected to; `None` if it is gone, or this is one of many requests on a connection.
    pub(crate) fn local_address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(socket) => socket.local_addr().ok(),
            Self::Tls(tls) => tls.local_address(),
            _ => None,
        }
    }

    /// How it is encrypted; `None` if it is not.
    pub(crate) fn secured(&self) -> Option<Secured> {
        match self {
            Self::Tls(tls) => Some(tls.secured()),
            Self::Http2(stream) => stream.secured().cloned(),
            Self::Tcp(_) | Self::Http2Target(_) | Self::Gone => None,
        }
    }

    /// Who the client is, if it was asked (R32).
    pub(crate) fn client(&self) -> Option<&Identity> {
        match self {
            Self::Tls(tls) => tls.client(),
            Self::Http2(stream) => stream.secured()?.client.as_deref(),
            Self::Tcp(_) | Self::Http2Target(_) | Self::Gone => None,
        }
    }

    /// Whether it is encrypted.
    pub(crate) const fn is_secure(&self) -> bool {
        match self {
            Self::Tls(_) => true,
            Self::Http2(stream) => stream.is_secure(),
            Self::Tcp(_) | Self::Http2Target(_) | Self::Gone => false,
        }
    }

    /// How a URL begins that leads here.
    pub(crate) const fn scheme(&self) -> &'static str {
        if self.is_secure() { "https" } else { "http" }
    }

    /// Whether both sides have agreed to speak HTTP/2 on it.
    pub(crate) fn speaks_http2(&self) -> bool {
        matches!(self, Self::Tls(tls) if tls.speaks_http2())
    }

    /// Goes over to TLS, on which both sides have agreed over this socket.
    pub(crate) fn encrypt(&mut self, over: impl FnOnce(TcpStream) -> Tls) {
        *self = match std::mem::replace(self, Self::Gone) {
            Self::Tcp(socket) => Self::Tls(Box::new(over(socket))),
            other => other,
        };
    }

    /// Whether it is a connection of its own, and not one of many requests on one.
    pub(crate) const fn is_connection(&self) -> bool {
        !matches!(self, Self::Http2(_) | Self::Http2Target(_))
    }

    /// The version of HTTP that its requests came with, if it is not the one that their heads name.
    pub(crate) const fn http_version(&self) -> Option<&'static str> {
        match self {
            Self::Http2(_) => Some("HTTP/2.0"),
            Self::Tcp(_) | Self::Tls(_) | Self::Http2Target(_) | Self::Gone => None,
        }
    }

    /// Whether a target may have said this to who asked on it, as far as only we can tell.
    pub(crate) fn believes(&self, head: &response::Head, bytes: &[u8]) -> bool {
        match self {
            Self::Http2(stream) => stream.believes(head, bytes),
            Self::Tcp(_) | Self::Tls(_) | Self::Http2Target(_) | Self::Gone => true,
        }
    }

    /// Ready when there may be something to read, or the end. Takes no memory.
    pub(crate) fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(socket) => socket.poll_read_ready(cx),
            Self::Tls(tls) => tls.poll_read_ready(cx),
            // Its bytes have been read by the connection; a read takes no more memory than there is.
            Self::Http2(_) | Self::Http2Target(_) => Poll::Ready(Ok(())),
            Self::Gone => gone(),
        }
    }

    /// Ready when there is something to read, or the end, and leaves it there; an error if the connection is gone.
    pub(crate) fn poll_peek(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(socket) => socket.poll_peek(cx, &mut ReadBuf::new(&mut [0])).map_ok(drop),
            Self::Tls(tls) => tls.poll_peek(cx),
            Self::Http2(stream) => stream.poll_peek(cx),
            // Nobody waits for a target without reading what it says.
            Self::Http2Target(_) => Poll::Pending,
            Self::Gone => gone(),
        }
    }

    /// Ready when the other side has said that it does not want what is written. Only a stream can say so before somebody
    /// writes.
    pub(crate) fn poll_unwanted(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match self {
            Self::Http2(stream) => stream.poll_peek(cx).map(drop),
            Self::Http2Target(stream) => stream.poll_unwanted(cx),
            Self::Tcp(_) | Self::Tls(_) | Self::Gone => Poll::Pending,
        }
    }

    /// The head of a stream's request, with what is here of a small body, in memory of its own size. Once: it is not read
    /// again.
    pub(crate) fn take_head(&mut self, cx: &mut Context<'_>) -> Option<Vec<u8>> {
        match self {
            Self::Http2(stream) => stream.take_head(cx),
            Self::Tcp(_) | Self::Tls(_) | Self::Http2Target(_) | Self::Gone => None,
        }
    }

    /// While what is read cannot be passed on: takes what has come out of the hands of a library that would keep it in a
    /// dear way.
    pub(crate) fn gather(&mut self, cx: &mut Context<'_>) {
        match self {
            Self::Http2(stream) => stream.gather(cx),
            Self::Http2Target(stream) => stream.gather(cx),
            Self::Tcp(_) | Self::Tls(_) | Self::Gone => {}
        }
    }

    /// Waits for `future`, which does not need this, and gathers meanwhile.
    pub(crate) async fn gathering<F: Future>(&mut self, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|cx| {
            let polled = future.as_mut().poll(cx);
            if polled.is_pending() {
                self.gather(cx);
            }
            polled
        })
        .await
    }

    /// Whether the other side has neither closed nor said anything. Costs no system call unless something came. What it
    /// has said is lost.
    pub(crate) fn is_quiet(&mut self) -> bool {
        match self {
            Self::Tcp(socket) => would_block(socket.try_read(&mut [0]).map(drop)),
            Self::Tls(tls) => tls.is_quiet(),
            Self::Http2(_) | Self::Http2Target(_) => true,
            Self::Gone => false,
        }
    }

    /// As [`Stream::is_quiet`], but also hears what the event loop has not been told yet.
    pub(crate) fn is_silent(&self) -> bool {
        match self {
            Self::Tcp(socket) => {
                would_block(SockRef::from(socket).peek(&mut [MaybeUninit::uninit()]).map(drop))
            }
            Self::Tls(tls) => tls.is_silent(),
            Self::Http2(_) | Self::Http2Target(_) => true,
            Self::Gone => false,
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
            Self::Tls(tls) => tls.finish(),
            // What is written says where it ends.
            Self::Http2(_) | Self::Http2Target(_) => Ok(()),
            Self::Gone => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// What was written is not all that there should have been: its end must not look like one in order. Over TLS that is
    /// one without a word (RFC 8446 section 6.1); elsewhere what is written says where it ends.
    pub(crate) fn abandon(&mut self) {
        if let Self::Tls(tls) = self {
            tls.abandon();
        }
    }

    /// Lets the connection end with a reset when it is dropped: the other side must not take what it has got for all there
    /// is. A stream ends like that by itself if it is dropped before its end.
    pub(crate) fn reset(&mut self) {
        self.abandon();
        let socket = match self {
            Self::Tcp(socket) => socket,
            Self::Tls(tls) => tls.socket(),
            Self::Http2(_) | Self::Http2Target(_) | Self::Gone => return,
        };
        // Without that it ends as others do, which is all that can be done.
        let _ = SockRef::from(&*socket).set_linger(Some(Duration::ZERO));
    }

    /// Reads for the sake of reading, after [`Stream::finish`]: what it was is of no interest. Zero is the end.
    pub(crate) fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut bytes = [MaybeUninit::uninit(); DISCARDED_BYTES];
        let mut read = ReadBuf::uninit(&mut bytes);
        let socket = match self {
            Self::Tcp(socket) => socket,
            Self::Tls(tls) => tls.socket(),
            Self::Http2(_) | Self::Http2Target(_) => return Poll::Ready(Ok(0)),
            Self::Gone => return gone(),
        };
        Pin::new(socket).poll_read(cx, &mut read).map_ok(|()| read.filled().len())
    }
}

fn gone<T>() -> Poll<io::Result<T>> {
    Poll::Ready(Err(io::ErrorKind::NotConnected.into()))
}

/// What can be written at once to a stream, which takes a part at a time.
fn first<'a>(parts: &'a [IoSlice<'_>]) -> &'a [u8] {
    parts.iter().find(|part| !part.is_empty()).map_or(&[], |part| part)
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
            Self::Tls(tls) => Pin::new(&mut **tls).poll_read(cx, space),
            Self::Http2(stream) => stream.poll_read(cx, space),
            Self::Http2Target(stream) => stream.poll_read(cx, space),
            Self::Gone => gone(),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(socket) => Pin::new(socket).poll_write(cx, bytes),
            Self::Tls(tls) => Pin::new(&mut **tls).poll_write(cx, bytes),
            Self::Http2(stream) => stream.poll_write(cx, bytes),
            Self::Http2Target(stream) => stream.poll_write(cx, bytes),
            Self::Gone => gone(),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(socket) => Pin::new(socket).poll_write_vectored(cx, parts),
            Self::Tls(tls) => Pin::new(&mut **tls).poll_write_vectored(cx, parts),
            Self::Http2(stream) => stream.poll_write(cx, first(parts)),
            Self::Http2Target(stream) => stream.poll_write(cx, first(parts)),
            Self::Gone => gone(),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(socket) => Pin::new(socket).poll_flush(cx),
            Self::Tls(tls) => Pin::new(&mut **tls).poll_flush(cx),
            Self::Http2(_) | Self::Http2Target(_) => Poll::Ready(Ok(())),
            Self::Gone => gone(),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(socket) => Pin::new(socket).poll_shutdown(cx),
            Self::Tls(tls) => Pin::new(&mut **tls).poll_shutdown(cx),
            Self::Http2(stream) => Poll::Ready(stream.finish()),
            Self::Http2Target(_) => Poll::Ready(Ok(())),
            Self::Gone => gone(),
        }
    }
}
