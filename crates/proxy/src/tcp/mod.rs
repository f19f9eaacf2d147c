//! Connections that are passed on as they are: those of listeners that speak TCP or SSL.
//!
//! A connection gets a target when it comes and keeps it until it ends. Nobody looks into the bytes. The first target
//! that takes the connection has it; one that refuses, or does not say anything for a while, is left out. If a listener or
//! its targets speak SSL, that ends or begins here, and what lies within is passed on.

mod proxy_protocol;
mod record;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use elbow_model::ProtocolVersion;
use elbow_model::key::TargetKey;
use elbow_routing::{Action, Ask, Group, ListenerRoutes, Target};

use self::record::Record;
use crate::buffer::Buffer;
use crate::connection::Client;
use crate::forward::MAX_REFUSALS;
use crate::publisher::Snapshot;
use crate::timer::Alarm;
use crate::tls::TargetTls;
use crate::tunnel;
use crate::upstream::{CONNECT_TIMEOUT, ConnectError, Opening, Upstream};

/// A target has to take a connection within this time, or another one is tried: long enough for the kernel to ask a second
/// and a third time, if a packet was lost.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(4);

/// Serves one connection of a listener that speaks TCP or SSL.
pub(crate) async fn serve(mut client: Client) {
    let Some(listener) = listener(&client) else { return };
    if listener.protocol.is_secure() && !is_secured(&mut client).await {
        return;
    }
    client.timer.rest(false);
    let mut record = Record::begin(&client, &listener);
    if let Some(upstream) = connect(&mut client, &listener, &mut record).await {
        pass(&mut client, upstream, &mut record).await;
    }
    client.timer.serve(None);
    record.finish(&client);
}

/// The addresses of a client's connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addresses {
    /// The client's.
    pub(crate) client: SocketAddr,
    /// Where it connected to.
    pub(crate) local: SocketAddr,
}

impl Addresses {
    fn of(client: &Client) -> Option<Self> {
        Some(Self { client: client.address, local: client.stream.local_address()? })
    }
}

fn listener(client: &Client) -> Option<Arc<ListenerRoutes>> {
    let snapshot = client.worker.snapshot();
    snapshot.table.bindings().get(*client.socket)?.passes_on().cloned()
}

/// Agrees with the client on how to encrypt. There is no answer for who speaks something else.
async fn is_secured(client: &mut Client) -> bool {
    Box::pin(client.secure()).await && client.stream.is_secure()
}

/// Finds a target that takes the connection.
async fn connect(client: &mut Client, listener: &ListenerRoutes, record: &mut Record) -> Option<Upstream> {
    let mut left_out: Vec<TargetKey> = Vec::new();
    let began = client.worker.clock.instant();
    loop {
        let snapshot = client.worker.snapshot();
        let group = group(&snapshot, listener)?;
        let target = choose(client, listener, group, &left_out)?;
        record.tries(client, group, target);
        client.timer.pass(group.key(), target.key);
        let mut head = Vec::new();
        if let Some(version) = group.proxy_protocol() {
            proxy_protocol::write(&mut head, version, Addresses::of(client)?);
        }
        match attempt(client, &snapshot, listener, (group, target), &head).await {
            Ok(upstream) => {
                record.connected(client);
                return Some(upstream);
            }
            Err(ConnectError::Refused) => {
                client.worker.reports.refused(group.key(), target.key);
                client.worker.recorder.connection_refused(target.key);
                record.refused();
            }
            // Nothing was said to the client yet, and nothing that it says has gone anywhere.
            Err(ConnectError::Alarm(Alarm::Elapsed)) => client.doubt(group.key(), target.key),
            Err(ConnectError::Alarm(Alarm::Unhealthy | Alarm::Deregistered)) => {}
            Err(ConnectError::Alarm(_)) => return None,
            Err(ConnectError::Exhausted(error)) => {
                tracing::error!(%error, "cannot open connections to targets");
                return None;
            }
            Err(ConnectError::Disagreed(error)) => {
                tracing::debug!(target_address = %target.address, %error, "no agreement with a target");
                client.worker.recorder.target_handshake_failed(group.key());
                return None;
            }
        }
        left_out.push(target.key);
        let waited = client.worker.clock.instant().saturating_duration_since(began);
        if left_out.len() >= MAX_REFUSALS || waited >= CONNECT_TIMEOUT {
            return None;
        }
    }
}

/// The target group that connections of a listener go to.
fn group<'s>(snapshot: &'s Snapshot, listener: &ListenerRoutes) -> Option<&'s Arc<Group>> {
    let Action::Forward(forward) = &listener.default_action else { return None };
    snapshot.table.group(forward.choose(0)?)
}

fn choose<'g>(
    client: &Client,
    listener: &ListenerRoutes,
    group: &'g Arc<Group>,
    left_out: &[TargetKey],
) -> Option<&'g Target> {
    let now = client.worker.clock.instant();
    let ask = Ask { zone: listener.zone(group, client.arrival), now, excluded: left_out };
    client.worker.with_picker(group.key(), |picker| picker.pick(group, &ask))
}

/// Opens a connection to a target, with `head` before everything else.
async fn attempt(
    client: &Client,
    snapshot: &Snapshot,
    listener: &ListenerRoutes,
    (group, target): (&Group, &Target),
    head: &[u8],
) -> Result<Upstream, ConnectError> {
    let tls = group
        .protocol()
        .is_secure()
        .then(|| TargetTls::of(listener.policy, &snapshot.secure_targets, group.key()));
    let (address, version) = (target.address, ProtocolVersion::Http1);
    Opening { address, within: ATTEMPT_TIMEOUT, first: head, tls, version }.run(&client.timer).await
}

async fn pass(client: &mut Client, mut upstream: Upstream, record: &mut Record) {
    let (mut up, mut down) = (Buffer::default(), Buffer::default());
    let moved = tunnel::run(client, (&mut up, &mut down), &mut upstream).await;
    up.discard(&client.worker.buffers);
    down.discard(&client.worker.buffers);
    record.moved(moved);
}
