//! Connections to targets: opening them, and keeping them for the next request (R15). Those of HTTP/2 carry many requests at
//! a time and are kept by [`Connections`].

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use elbow_model::ProtocolVersion;
use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_routing::KeyMap;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

use crate::http2::{Connections, Http2Target};
use crate::stream::Stream;
use crate::timer::{Alarm, Timer};
use crate::tls::TargetTls;

/// A target has to take a connection within this time (R24).
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// And agree on TLS, and then on HTTP/2, within this time after that (R24).
pub(crate) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections that wait, per target and worker.
const MAX_WAITING: usize = 512;

/// A connection to a target.
#[derive(Debug)]
pub(crate) struct Upstream {
    pub(crate) stream: Stream,
    pub(crate) address: SocketAddr,
    /// What was agreed to on TLS; `None` if it is in clear, or one of many requests on a connection.
    tls: Option<TargetTls>,
    /// It has carried a request before: the target may have closed it meanwhile.
    pub(crate) reused: bool,
}

/// Why there is no connection.
#[derive(Clone, Debug)]
pub(crate) enum ConnectError {
    /// The target, or something before it, refused.
    Refused,
    /// This side has no descriptor, port or memory left; another target would not help.
    Exhausted(Rc<io::Error>),
    /// It took the connection, and there is no agreement on TLS or HTTP/2.
    Disagreed(Rc<io::Error>),
    /// The wait was cut short.
    Alarm(Alarm),
}

/// Connections that wait for a request, by target.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    pub(crate) http2: Connections,
    waiting: RefCell<KeyMap<TargetKey, (TargetGroupKey, Vec<Waiting>)>>,
}

#[derive(Debug)]
struct Waiting {
    upstream: Upstream,
    /// The sweep it will be closed at.
    expires: u32,
}

impl Upstream {
    /// Opens a connection, over TLS if that is asked for. Nothing of the request is sent yet, so it can go elsewhere if the
    /// target turns unhealthy.
    pub(crate) async fn connect(
        address: SocketAddr,
        tls: Option<TargetTls>,
        version: ProtocolVersion,
        timer: &Timer,
    ) -> Result<Self, ConnectError> {
        Opening { address, within: CONNECT_TIMEOUT, first: &[], tls, version }.run(timer).await
    }

    /// One of many requests on a connection.
    pub(crate) fn of_stream(stream: Http2Target, address: SocketAddr) -> Self {
        Self { stream: Stream::Http2Target(Box::new(stream)), address, tls: None, reused: true }
    }
}

/// How a connection is opened.
pub(crate) struct Opening<'a> {
    pub(crate) address: SocketAddr,
    /// The target has to take it within this time.
    pub(crate) within: Duration,
    /// In clear before everything else.
    pub(crate) first: &'a [u8],
    /// What is agreed to on TLS, if it is spoken.
    pub(crate) tls: Option<TargetTls>,
    /// What will be spoken.
    pub(crate) version: ProtocolVersion,
}

impl Opening<'_> {
    /// Opens it.
    pub(crate) async fn run(self, timer: &Timer) -> Result<Upstream, ConnectError> {
        let Self { address, first, tls, version, .. } = self;
        timer.restart(self.within);
        let mut socket = open(address, timer).await?;
        if !first.is_empty() {
            let written = timer.guard_any(socket.write_all(first)).await;
            written.map_err(ConnectError::Alarm)?.map_err(|_| ConnectError::Refused)?;
        }
        let stream = match &tls {
            None => Stream::Tcp(socket),
            Some(tls) => {
                timer.restart(HANDSHAKE_TIMEOUT);
                match Box::pin(timer.guard_any(tls.agree(socket, address, version))).await {
                    Ok(Ok(tls)) => Stream::Tls(Box::new(tls)),
                    Ok(Err(error)) => return Err(ConnectError::Disagreed(Rc::new(error))),
                    Err(alarm) => return Err(ConnectError::Alarm(alarm)),
                }
            }
        };
        Ok(Upstream { stream, address, tls, reused: false })
    }
}

async fn open(address: SocketAddr, timer: &Timer) -> Result<TcpStream, ConnectError> {
    let open = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.set_nodelay(true)?;
        Ok(socket)
    };
    let socket = open().map_err(|error| ConnectError::Exhausted(Rc::new(error)))?;
    match timer.guard_any(socket.connect(address)).await {
        Ok(Ok(socket)) => Ok(socket),
        Ok(Err(error)) if error.kind() == io::ErrorKind::AddrNotAvailable => {
            Err(ConnectError::Exhausted(Rc::new(error)))
        }
        Ok(Err(_)) => Err(ConnectError::Refused),
        Err(alarm) => Err(ConnectError::Alarm(alarm)),
    }
}

impl Pool {
    /// The connection to this target that was used last and is still good: by `trusted`, too, if it is over TLS. `thorough`
    /// asks the system, for requests that could not be sent again.
    pub(crate) fn take(
        &self,
        target: TargetKey,
        address: SocketAddr,
        trusted: impl Fn(&TargetTls) -> bool,
        thorough: bool,
    ) -> Option<Upstream> {
        let mut waiting = self.waiting.borrow_mut();
        let (_, connections) = waiting.get_mut(&target)?;
        while let Some(Waiting { mut upstream, .. }) = connections.pop() {
            let good = upstream.stream.is_quiet() && (!thorough || upstream.stream.is_silent());
            if good && upstream.address == address && upstream.tls.as_ref().is_none_or(&trusted) {
                return Some(upstream);
            }
        }
        None
    }

    /// Keeps a connection whose last exchange is complete. It is closed if it still waits at the sweep
    /// `expires`, one idle timeout later (R24).
    pub(crate) fn put(&self, group: TargetGroupKey, target: TargetKey, mut upstream: Upstream, expires: u32) {
        if let Stream::Http2Target(stream) = upstream.stream {
            return stream.keep_until(expires);
        }
        let mut waiting = self.waiting.borrow_mut();
        let (_, connections) = waiting.entry(target).or_insert_with(|| (group, Vec::new()));
        if connections.len() < MAX_WAITING {
            upstream.reused = true;
            connections.push(Waiting { upstream, expires });
        }
    }

    /// Closes all connections to a target: one of them turned out to be dead.
    pub(crate) fn forget(&self, target: TargetKey) {
        self.waiting.borrow_mut().remove(&target);
    }

    /// Closes those that waited too long, were closed by the target, or whose target takes no more requests.
    pub(crate) fn sweep(&self, now: u32, keep: impl Fn(TargetGroupKey, TargetKey) -> bool) {
        self.http2.sweep(now, &keep);
        self.waiting.borrow_mut().retain(|target, (group, connections)| {
            if keep(*group, *target) {
                connections.retain_mut(|waiting| waiting.expires > now && waiting.upstream.stream.is_quiet());
            } else {
                connections.clear();
            }
            !connections.is_empty()
        });
    }
}
