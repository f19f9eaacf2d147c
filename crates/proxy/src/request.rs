//! One request, from its first byte to its record.
//!
//! [`handle`] is the outside: it reads the head, answers what fails, and tells telemetry, once, however the request
//! ends. [`handle_inner`] is the inside: straight through, every problem is a [`Failure`].

use std::sync::Arc;

use elbow_http1::desync::{Classification, Tier};
use elbow_http1::request::{HeadError, Progress};
use elbow_http1::{CONTINUE, Framing, Limits, Version};
use elbow_routing::{Action, ClientCertificateHeaders, ListenerRoutes};

use crate::admission::{Admitted, Refusal};
use crate::connection::{Client, Next};
use crate::exchange::Exchange;
use crate::failure::{Failure, INCOMPATIBLE};
use crate::forward::{self, Route};
use crate::pump::Pump;
use crate::stream::Stream;
use crate::timer::Alarm;
use crate::{admission, decision, grpc, http2, own_answer, record, relay, respond, transform, tunnel, turn};

/// Serves the next request of a connection that has become readable.
pub(crate) async fn handle(client: &mut Client, x: &mut Exchange) -> Next {
    x.begin(client.worker.moment());
    client.timer.restart(client.idle_timeout);
    let result = match read_head(client, x).await {
        Ok(Begun::Request) => {
            client.timer.keep();
            x.notes.grpc = grpc::is_call(is_http2(client), &x.head, x.request.filled());
            handle_inner(client, x).await
        }
        // The client has nothing more to ask.
        Ok(Begun::Nothing) => return Next::Close,
        Ok(Begun::Http2) => return Next::Http2,
        Err(failure) => {
            // Nobody knows whom it was for: it counts for whom it would have been without a host.
            client.listener(|listener| x.notes.listener(&client.worker, listener));
            Err(failure)
        }
    };
    let next = match result {
        Ok(next) => next,
        Err(failure) => Box::pin(own_answer::failure(client, x, failure)).await,
    };
    client.timer.serve(None);
    record::finish(client, x);
    if next == Next::KeepAlive {
        x.end(&client.worker.buffers);
    }
    next
}

/// What a client has begun with.
enum Begun {
    /// A request, whose head is there.
    Request,
    /// HTTP/2.
    Http2,
    /// It closed before it said anything.
    Nothing,
}

/// Reads until the head is complete.
///
/// Bytes do not move the deadline here: a head has to arrive within one idle timeout as a whole, so that a client
/// cannot hold a buffer for ever with a byte a minute.
async fn read_head(client: &mut Client, x: &mut Exchange) -> Result<Begun, Failure> {
    loop {
        if !x.request.is_empty() {
            match x.head.parse(x.request.filled(), &mut x.scan, &Limits::REQUEST) {
                Ok(Progress::Complete) => return Ok(Begun::Request),
                Ok(Progress::Partial) => x.request.settle(&client.worker.buffers),
                // Nothing was read of this one that the log could show.
                Err(error @ HeadError::LeadingBytes) => return Err(x.without_head(Failure::head(error))),
                Err(_) if may_be_http2(client, x) => return Ok(Begun::Http2),
                Err(error) => {
                    let severe = |reason| Classification { tier: Tier::Severe, reason };
                    x.notes.classification = error.desync_reason().map(severe);
                    return Err(Failure::head(error));
                }
            }
        }
        match client.fill(&mut x.request).await {
            Ok(Ok(1..)) => {}
            Ok(_) if x.request.is_empty() => return Ok(Begun::Nothing),
            Ok(_) => return Err(x.without_head(Failure::Gone(400))),
            Err(_) if x.request.is_empty() => return Ok(Begun::Nothing),
            // A stop has begun: what has begun may still arrive.
            Err(Alarm::Draining) => client.timer.restart(client.worker.linger().unwrap_or_default()),
            Err(alarm) => return Err(x.without_head(Failure::waiting_for_client(alarm))),
        }
    }
}

/// Whether a client that no HTTP/1 head can be read of may speak HTTP/2, and does.
fn may_be_http2(client: &Client, x: &Exchange) -> bool {
    client.stream.is_connection()
        && http2::is_preface(x.request.filled())
        && client.listener(|listener| listener.http2_cleartext).unwrap_or_default()
}

/// Does with the request what its rule says.
async fn handle_inner(client: &mut Client, x: &mut Exchange) -> Result<Next, Failure> {
    let snapshot = client.worker.snapshot();
    let binding = snapshot.table.bindings().get(*client.socket);
    // The listener was deleted; its socket is closed already.
    let binding = binding.ok_or(Failure::AnswerAndClose(503))?;
    let listener = binding.listener(x.head.host(x.request.filled()));
    client.idle_timeout = listener.idle_timeout.into();
    x.notes.listener(&client.worker, listener);
    // AWS: unknown which page it shows; 400 says that the client is at fault. Where load balancers share a socket, this
    // also keeps a request off a listener of the other protocol.
    if client.stream.is_secure() != listener.protocol.is_secure() {
        return Err(Failure::AnswerAndClose(400));
    }
    if listener.client_certificates != ClientCertificateHeaders::None && !is_identified(client, listener) {
        return Err(Failure::AnswerAndClose(421));
    }
    let close_both = admit(client, x, listener)?;
    if x.head.expects_continue(x.request.filled()) {
        x.down.extend_from_slice(CONTINUE);
        x.notes.head_written(CONTINUE);
        client.write(&mut x.down, &mut x.notes).await?;
    }
    let decided = decision::decide(client, x, listener);
    let forward = match decided.action {
        Action::Forward(forward) => forward,
        // Boxed, because all other requests would have room for it, too.
        Action::Redirect(redirect) => {
            return Box::pin(own_answer::redirect(client, x, listener, redirect)).await;
        }
        Action::FixedResponse(response) => {
            return Ok(Box::pin(own_answer::fixed(client, x, listener, response)).await);
        }
    };
    if let Some(transforms) = decided.transforms {
        transform::apply(x, listener, transforms)?;
    }
    let (group, of_group) = decision::choose_group(client, x, (&snapshot, listener), forward)?;
    if !sender(client, x).fits(group.protocol_version()) {
        return Err(Failure::Answer(INCOMPATIBLE));
    }
    let weighted = forward.is_weighted();
    let route = Route { snapshot: &snapshot, listener, group, of_group, weighted, close_both };
    let mut answered = forward::send(client, x, &route).await?;
    let keep_client = x.keeps_client && client.worker.linger().is_none();
    x.notes.target_answered(x.answer.status());
    let download = respond::write_head(client, x, &route, &answered, keep_client);
    x.notes.head_written(&x.down);
    begin(client, x);
    let group = group.key();
    // A long transfer must not hold on to an old snapshot.
    drop(snapshot);

    let upstream = &mut answered.upstream;
    if x.answer.is_switch() {
        client.write(&mut x.down, &mut x.notes).await?;
        x.become_tunnel(&client.worker.buffers);
        let moved = tunnel::run(client, (&mut x.upload, &mut x.response), upstream).await;
        x.notes.received += moved.up;
        x.notes.written += moved.down;
        return Ok(Next::Close);
    }
    let keep_target = x.answer.keep_alive() && !close_both;
    let ends_with_connection = x.answer.framing() == Framing::UntilClose
        && x.head.version() < Version::Http11
        || x.head.version() < Version::Http11 && x.answer.framing() == Framing::Chunked;
    let keep_client = keep_client && !ends_with_connection;
    if client.stream.is_connection() {
        turn::after_the_others().await;
    }
    begin(client, x);
    relay::run(client, x, upstream, download, keep_client && keep_target).await?;
    if keep_target && x.is_sent() && x.response.is_empty() {
        let expires = client.worker.seconds.get().saturating_add(client.idle_timeout.seconds());
        client.worker.pool.put(group, answered.target, answered.upstream, expires);
    }
    Ok(if keep_client { x.after_answer() } else { x.after_last_answer() })
}

/// The client's answer begins now.
fn begin(client: &Client, x: &mut Exchange) {
    if x.notes.logs.is_some() {
        x.notes.began = Some(client.worker.moment());
    }
}

/// Who sends the request, for the question which targets understand it (R18).
fn sender(client: &Client, x: &Exchange) -> grpc::Sender {
    grpc::Sender::of(is_http2(client), x.notes.grpc, &x.head, x.request.filled())
}

fn is_http2(client: &Client) -> bool {
    matches!(client.stream, Stream::Http2(_))
}

/// Whether the client's certificate was asked for by this listener. Where several share a socket, a client can name one of
/// them in the handshake and another in its request; and the listener may have begun to ask while the connection was open.
// AWS: unknown for the second. We refuse with the status that has clients try again over a new connection (RFC 9110 section
// 15.5.20).
fn is_identified(client: &Client, listener: &ListenerRoutes) -> bool {
    client.stream.client().is_some_and(|identity| identity.is_for(listener))
}

/// Refuses what the listener does not want, decides whether the client's connection may stay, and takes what is here of
/// the body. True if both connections close after this exchange (R11).
fn admit(client: &Client, x: &mut Exchange, listener: &ListenerRoutes) -> Result<bool, Failure> {
    let admitted = admission::admit(listener, &x.head, x.request.filled());
    x.notes.classification = match &admitted {
        Ok(Admitted { classification, .. }) | Err(Refusal::Desync(classification)) => Some(*classification),
        Err(Refusal::Method) => None,
    };
    let close_both = match admitted {
        Ok(admitted) => admitted.close_both,
        Err(refusal) => return Err(Failure::AnswerAndClose(refusal.status())),
    };
    let in_time = client.worker.clock.now() <= client.kept_until;
    x.keeps_client = x.head.keep_alive() && !close_both && in_time;
    take_body(x, listener)?;
    Ok(close_both)
}

/// Takes the part of the body that came with the head, framed anew.
fn take_body(x: &mut Exchange, listener: &ListenerRoutes) -> Result<(), Failure> {
    let head = x.head.len();
    let framing = x.head.framing();
    let pump = Pump::new(framing, framing);
    x.upload_pump = match &listener.reserved_trailers {
        Some(names) if framing == Framing::Chunked => pump.without_trailers(Arc::clone(names)),
        _ => pump,
    };
    let rest = x.request.filled().get(head..).unwrap_or_default();
    let used = x.upload_pump.take(rest, &mut x.body).map_err(Failure::client_body)?;
    x.taken = head + used;
    Ok(())
}
