//! A connection over TLS, once both sides have agreed.
//!
//! While it is idle it holds no bytes but the one small buffer that the library keeps for reading. What is written is
//! encrypted straight from the caller's buffers, at most [`rustls`]'s limit at once, and counts as written when all of
//! it is with the system: so that there is nothing left to flush when the caller is done.

use std::io::{self, BufRead, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::net::{Shutdown, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use elbow_model::TlsVersion;
use rustls::Connection;
use rustls::server::ServerConnection;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::Identity;
use super::listeners::HTTP2;
use super::policy;

/// What is told of a connection (R27).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Secured {
    pub(crate) version: TlsVersion,
    /// OpenSSL's name of its cipher.
    pub(crate) cipher: &'static str,
    /// Who the client is, if it was asked (R32).
    pub(crate) client: Option<Arc<Identity>>,
}

/// A connection over TLS.
#[derive(Debug)]
pub(crate) struct Tls {
    socket: TcpStream,
    session: Connection,
    /// How much of what the caller wants to write is encrypted, while that is not yet all with the system.
    encrypted: usize,
    /// Its end is none of the other side's to trust.
    cut: bool,
    /// Who the client is, if it was asked.
    client: Option<Arc<Identity>>,
}

impl Tls {
    /// A connection on which both sides have agreed, or are about to.
    pub(super) fn new(socket: TcpStream, session: Connection) -> Self {
        Self { socket, session, encrypted: 0, cut: false, client: None }
    }

    /// A client's connection on which both sides have agreed.
    pub(super) fn of_client(
        socket: TcpStream,
        session: ServerConnection,
        client: Option<Arc<Identity>>,
    ) -> Self {
        let mut tls = Self::new(socket, session.into());
        tls.client = client;
        tls
    }

    /// Ready when both sides have agreed.
    pub(super) fn poll_handshake(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            ready!(self.poll_flush(cx))?;
            if !self.session.is_handshaking() {
                return Poll::Ready(Ok(()));
            }
            if ready!(self.poll_take(cx))? == 0 {
                return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
            }
        }
    }

    /// What both sides have agreed on.
    pub(crate) fn secured(&self) -> Secured {
        let suite = self.session.negotiated_cipher_suite();
        let version = policy::version(self.session.protocol_version());
        let cipher = suite.map_or("", |suite| policy::openssl_name(suite.suite()));
        Secured { version, cipher, client: self.client.clone() }
    }

    /// Who the client is, if it was asked.
    pub(crate) fn client(&self) -> Option<&Identity> {
        self.client.as_deref()
    }

    /// Whether both sides have agreed to speak HTTP/2.
    pub(crate) fn speaks_http2(&self) -> bool {
        self.session.alpn_protocol() == Some(HTTP2)
    }

    /// See [`crate::stream::Stream::poll_read_ready`].
    pub(crate) fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.session.wants_read() {
            true => self.socket.poll_read_ready(cx),
            false => Poll::Ready(Ok(())),
        }
    }

    /// See [`crate::stream::Stream::poll_peek`].
    pub(crate) fn poll_peek(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.session.wants_read() {
            if ready!(self.poll_take(cx))? == 0 {
                break;
            }
        }
        Poll::Ready(Ok(()))
    }

    /// See [`crate::stream::Stream::is_quiet`]. Messages of TLS itself, such as new session tickets, say nothing.
    pub(crate) fn is_quiet(&mut self) -> bool {
        loop {
            if !self.session.wants_read() {
                return false;
            }
            match self.session.read_tls(&mut Now(&self.socket)) {
                Ok(1..) if self.session.process_new_packets().is_ok() => {}
                Ok(_) => return false,
                Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
            }
        }
    }

    /// See [`crate::stream::Stream::is_silent`].
    pub(crate) fn is_silent(&self) -> bool {
        let peeked = SockRef::from(&self.socket).peek(&mut [MaybeUninit::uninit()]);
        matches!(peeked, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }

    /// See [`crate::stream::Stream::local_address`].
    pub(crate) fn local_address(&self) -> Option<SocketAddr> {
        self.socket.local_addr().ok()
    }

    /// See [`crate::stream::Stream::finish`].
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.say_goodbye();
        SockRef::from(&self.socket).shutdown(Shutdown::Write)
    }

    /// See [`crate::stream::Stream::abandon`].
    pub(crate) fn abandon(&mut self) {
        self.cut = true;
    }

    /// The socket, for those to whom what is read does not matter any more.
    pub(crate) fn socket(&mut self) -> &mut TcpStream {
        &mut self.socket
    }

    /// Says that nothing more comes, once (RFC 8446, 6.1), if there is room for that.
    fn say_goodbye(&mut self) {
        self.session.send_close_notify();
        // If it does not get out, the other side takes the end for a broken connection, which it then is.
        while self.session.wants_write() && self.session.write_tls(&mut Now(&self.socket)).is_ok() {}
    }

    /// Takes what has come, and decrypts it. Zero is the end of the connection.
    fn poll_take(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut turn = Turn { socket: &mut self.socket, cx };
        let count = match self.session.read_tls(&mut turn) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Poll::Pending,
            result => result?,
        };
        if let Err(error) = self.session.process_new_packets() {
            // The alert that says what is wrong.
            let _ = self.session.write_tls(&mut Now(&self.socket));
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, error)));
        }
        if self.session.wants_write() {
            // What TLS itself answers, such as that it does not negotiate anew: nobody else may have a word to say for
            // long. What does not get out now goes before what is written next.
            let _ = self.session.write_tls(&mut Now(&self.socket));
        }
        Poll::Ready(Ok(count))
    }

    /// Encrypts with `encrypt`, unless that is done, and gives the system all of it.
    fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        encrypt: impl FnOnce(&mut dyn Write) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        if self.encrypted == 0 {
            self.encrypted = encrypt(&mut self.session.writer())?;
        }
        ready!(self.poll_flush(cx))?;
        Poll::Ready(Ok(std::mem::take(&mut self.encrypted)))
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.session.wants_write() {
            match self.session.write_tls(&mut Turn { socket: &mut self.socket, cx }) {
                Ok(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Poll::Pending,
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Tls {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = space.filled().len();
        loop {
            // Copied from where it was decrypted, because space that a read could fill would have to be cleared first.
            match this.session.reader().fill_buf() {
                Ok(chunk @ [_, ..]) => {
                    let count = chunk.len().min(space.remaining());
                    space.put_slice(chunk.get(..count).unwrap_or_default());
                    this.session.reader().consume(count);
                    if space.remaining() > 0 {
                        continue;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && space.filled().len() == before => {
                    ready!(this.poll_take(cx))?;
                    continue;
                }
                // Who closes without saying so may have been cut off. It is said after what came before it.
                Err(error) if space.filled().len() == before => return Poll::Ready(Err(error)),
                Ok(_) | Err(_) => {}
            }
            return Poll::Ready(Ok(()));
        }
    }
}

impl AsyncWrite for Tls {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.get_mut().poll_send(cx, |writer| writer.write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_send(cx, |writer| writer.write_vectored(parts))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.session.send_close_notify();
        ready!(this.poll_flush(cx))?;
        Pin::new(&mut this.socket).poll_shutdown(cx)
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        if !self.cut {
            self.say_goodbye();
        }
    }
}

/// A socket within a task's turn: what cannot be done at once wakes the task when it can.
struct Turn<'a, 'c> {
    socket: &'a mut TcpStream,
    cx: &'a mut Context<'c>,
}

fn at_once<T>(poll: Poll<io::Result<T>>) -> io::Result<T> {
    match poll {
        Poll::Ready(result) => result,
        Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
    }
}

impl Read for Turn<'_, '_> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let mut space = ReadBuf::new(space);
        at_once(Pin::new(&mut *self.socket).poll_read(self.cx, &mut space)).map(|()| space.filled().len())
    }
}

impl Write for Turn<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        at_once(Pin::new(&mut *self.socket).poll_write(self.cx, bytes))
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        at_once(Pin::new(&mut *self.socket).poll_write_vectored(self.cx, parts))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A socket outside of any turn: what cannot be done at once is not done.
pub(super) struct Now<'a>(pub(super) &'a TcpStream);

impl Read for Now<'_> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        self.0.try_read(space)
    }
}

impl Write for Now<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.try_write_vectored(parts)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
