//! From a new connection to one over TLS: which listener it is for, and what both sides agree on.
//!
//! Until that is done the connection counts as idle, with the bytes that it has sent, so that those who dawdle here make
//! room for others as those do who send half a head; and it has to be done within [`TIMEOUT`]. A client that speaks HTTP
//! in clear is let through: its request is refused in words that it understands.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use elbow_model::Listener;
use elbow_model::key::LoadBalancerKey;
use elbow_telemetry::{Handshake, HandshakeFailure};
use rustls::server::{Acceptor, ServerConnection};
use rustls::{HandshakeKind, ServerConfig};
use tokio::io::ReadBuf;
use tokio::net::TcpStream;

use super::clients::RefusedClient;
use super::policy::version;
use super::session::Now;
use super::{Identity, Tls};
use crate::connection::Client;
use crate::stream::Stream;
use crate::timer::Alarm;

/// A client has to begin and finish the handshake within this time.
const TIMEOUT: Duration = Duration::from_secs(10);
/// What a handshake holds beside the bytes that have come, counted as those of half a head.
const OWN_BYTES: usize = 4096;
/// What every connection over TLS begins with: a record with a part of the handshake (RFC 8446, 5.1).
const HANDSHAKE_RECORD: u8 = 22;

/// A connection over TLS, and who the client is, if it was asked.
type Agreed = (ServerConnection, Option<Arc<Identity>>);

/// Why there is no connection over TLS.
#[derive(Debug)]
enum Refused {
    /// The client is gone, or nobody listens here any more.
    Gone,
    /// Both sides cannot agree, or the client does not speak TLS properly.
    Disagreed(RefusedClient, rustls::Error),
}

impl From<rustls::Error> for Refused {
    /// To be called as soon as the error is there.
    fn from(error: rustls::Error) -> Self {
        Self::Disagreed(RefusedClient::of(&error), error)
    }
}

impl From<io::Error> for Refused {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

impl Client {
    /// Agrees with the client on how to encrypt, if it begins with that. False if the connection is to be closed.
    pub(crate) async fn secure(&mut self) -> bool {
        self.timer.restart(TIMEOUT);
        self.timer.rest(true);
        let Stream::Tcp(socket) = &self.stream else { return true };
        match self.bounded(first_byte(socket)).await {
            Some(Ok(Some(HANDSHAKE_RECORD))) => {}
            Some(Ok(Some(_))) => return true,
            _ => return false,
        }
        let mut held = Held { client: self, bytes: 0 };
        held.add(OWN_BYTES);
        let mut load_balancer = None;
        // Boxed, because those who say nothing at all would have room for it.
        let result = self.bounded(Box::pin(agree(self, socket, &mut held, &mut load_balancer))).await;
        drop(held);
        self.timer.rest(false);
        // Whoever named no listener is counted where a request without a host would be.
        let load_balancer = load_balancer.or_else(|| self.listener(|listener| listener.load_balancer));
        // Who was not done in time, or had to make room, has failed.
        let out_of_time = Some(Handshake::Failed(HandshakeFailure::Unmapped));
        let outcome = result.as_ref().map_or(out_of_time, outcome);
        if let (Some(load_balancer), Some(outcome)) = (load_balancer, outcome) {
            self.worker.recorder.handshake(load_balancer, outcome);
        }
        match result {
            Some(Ok((session, client))) => {
                self.stream.encrypt(|socket| Tls::of_client(socket, session, client));
                true
            }
            Some(Err(Refused::Disagreed(client, error))) => {
                self.log(load_balancer, &client, &error);
                // It has sent its first request behind the handshake, which would be answered with a reset: then it would
                // never read the alert. It makes room for others meanwhile.
                self.timer.rest(true);
                self.linger().await;
                false
            }
            Some(Err(Refused::Gone)) | None => false,
        }
    }

    /// Tells why there is no connection, in the words of AWS's connection log (O5). Whose certificate was refused can be
    /// looked for by its subject and serial number, which are printable ASCII. All of it is the client's, who may come
    /// again and again: of each load balancer and code a few a second are told of, and then how many more there were.
    fn log(&self, load_balancer: Option<LoadBalancerKey>, refused: &RefusedClient, error: &rustls::Error) {
        let (client, code) = (self.address, refused.failure.as_str());
        if refused.failure == HandshakeFailure::Unmapped && refused.leaf.is_none() {
            tracing::debug!(%client, code, %error, "TLS handshake failed");
            return;
        }
        if !self.worker.refused_clients.admit((load_balancer, code), self.worker.seconds.get()) {
            return;
        }
        match &refused.leaf {
            Some((subject, serial_number)) => {
                tracing::info!(%client, code, subject, serial_number, "a client's certificate was refused");
            }
            None => tracing::info!(%client, code, "a client's certificate was refused"),
        }
    }

    /// Waits for `future` as long as the timer allows; `None` if it does not.
    async fn bounded<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        poll_fn(|cx| {
            loop {
                if let Poll::Ready(output) = future.as_mut().poll(cx) {
                    return Poll::Ready(Some(output));
                }
                match self.timer.poll_alarm(cx) {
                    // A stop has begun: what has begun may still be finished.
                    Poll::Ready(Alarm::Draining) => self.timer.restart(TIMEOUT),
                    alarm => return alarm.map(|_| None),
                }
            }
        })
        .await
    }
}

/// The memory that a handshake holds, as it is counted with that of half heads.
struct Held<'a> {
    client: &'a Client,
    bytes: usize,
}

impl Held<'_> {
    fn add(&mut self, bytes: usize) {
        self.bytes += bytes;
        self.client.timer.rest_holding(true, self.bytes);
        self.client.worker.hold_head(bytes);
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.client.worker.let_go_of_head(self.bytes);
    }
}

/// How the handshake is counted; not at all if the client went away.
fn outcome(result: &Result<Agreed, Refused>) -> Option<Handshake> {
    match result {
        Ok((session, _)) => Some(Handshake::Agreed {
            version: version(session.protocol_version()),
            resumed: session.handshake_kind() == Some(HandshakeKind::Resumed),
        }),
        Err(Refused::Disagreed(client, _)) => Some(Handshake::Failed(client.failure)),
        Err(Refused::Gone) => None,
    }
}

/// The first byte that the client sends, which stays where it is; `None` at the end.
async fn first_byte(socket: &TcpStream) -> io::Result<Option<u8>> {
    let mut byte = [0];
    let count = poll_fn(|cx| socket.poll_peek(cx, &mut ReadBuf::new(&mut byte))).await?;
    Ok(byte.first().copied().filter(|_| count > 0))
}

/// The handshake, from the client's first message on.
async fn agree(
    client: &Client,
    socket: &TcpStream,
    held: &mut Held<'_>,
    load_balancer: &mut Option<LoadBalancerKey>,
) -> Result<Agreed, Refused> {
    let mut acceptor = Acceptor::default();
    let accepted = loop {
        receive(socket, held, |source| acceptor.read_tls(source)).await?;
        match acceptor.accept() {
            Ok(Some(accepted)) => break accepted,
            Ok(None) => {}
            Err((error, mut alert)) => {
                // If the alert does not get out, the end says it.
                let _ = alert.write_all(&mut Now(socket));
                return Err(error.into());
            }
        }
    };
    let name = accepted.client_hello().server_name().map(str::to_owned);
    let (listener, config) = listener(client, name.as_deref()).ok_or(Refused::Gone)?;
    *load_balancer = Some(listener.arn.load_balancer.key);
    let mut session = accepted.into_connection(config).map_err(|(error, mut alert)| {
        let _ = alert.write_all(&mut Now(socket));
        Refused::from(error)
    })?;
    loop {
        while session.wants_write() {
            match session.write_tls(&mut Now(socket)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => socket.writable().await?,
                result => drop(result?),
            }
        }
        if !session.is_handshaking() {
            let identity = identity(&listener, &session);
            return Ok((session, identity));
        }
        receive(socket, held, |source| session.read_tls(source)).await?;
        if let Err(error) = session.process_new_packets() {
            let refused = Refused::from(error);
            let _ = session.write_tls(&mut Now(socket));
            return Err(refused);
        }
    }
}

/// Reads once, with `read`.
async fn receive(
    socket: &TcpStream,
    held: &mut Held<'_>,
    mut read: impl FnMut(&mut Now<'_>) -> io::Result<usize>,
) -> Result<(), Refused> {
    loop {
        socket.readable().await?;
        match read(&mut Now(socket)) {
            Ok(0) => return Err(Refused::Gone),
            Ok(count) => {
                held.add(count);
                return Ok(());
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Who the client is, if the listener asks for that.
fn identity(listener: &Listener, session: &ServerConnection) -> Option<Arc<Identity>> {
    let mode = &listener.secure.as_ref()?.client_certificates;
    Identity::new(listener.arn.key, mode, session.peer_certificates().unwrap_or_default())
}

/// The listener on this connection's socket that a client is for who asks for `name`.
fn listener(client: &Client, name: Option<&str>) -> Option<(Arc<Listener>, Arc<ServerConfig>)> {
    let snapshot = client.worker.snapshot();
    let binding = snapshot.table.bindings().get(*client.socket)?;
    let listener = binding.secure_listener(name.map(str::as_bytes))?;
    let (config, listener) = snapshot.secure.get(listener.key)?;
    Some((Arc::clone(listener), Arc::clone(config)))
}

#[cfg(test)]
mod tests;
