//! One attempt to have a target answer: a connection to it, the request sent, and the head of the answer read.
//!
//! What becomes of a request whose attempt failed is decided in [`crate::forward`].

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll};

use elbow_http1::request::Progress;
use elbow_http1::response::{self, Answering, MAX_INTERIM};
use elbow_http1::{Limits, Version};
use elbow_model::ProtocolVersion;
use elbow_routing::Target;

use crate::connection::Client;
use crate::exchange::Exchange;
use crate::failure::{CLIENT_CLOSED, Failure};
use crate::forward::{Route, may_repeat};
use crate::http2::{Fault, Wanted};
use crate::pump::{Broken, Ends, Side};
use crate::timer::Alarm;
use crate::tls::TargetTls;
use crate::turn;
use crate::upstream::{ConnectError, Upstream};

/// Why an attempt failed.
pub(crate) enum Miss {
    /// No connection, nothing was sent.
    Refused,
    /// The connection ended without an answer.
    Lost,
    /// The target has not looked at the request.
    Unprocessed,
    /// No answer came in time, or no connection.
    Silent,
    /// The target turned unhealthy before it answered, and the request can be sent again.
    Unhealthy,
    /// It is of no use to go on.
    Failed(Failure),
}

/// What came from the target.
enum Event {
    /// An interim response, which is in the exchange.
    Interim,
    /// The head of the final response.
    Final,
}

/// Sends the request to one target and waits for the head of its answer.
pub(crate) async fn attempt(
    client: &mut Client,
    x: &mut Exchange,
    route: &Route<'_>,
    target: &Target,
    on_new_connection: bool,
) -> Result<Upstream, Miss> {
    let idempotent = x.head.is_idempotent(x.request.filled());
    let wanted = route.wanted(client, target);
    if wanted.is_none() {
        // Before a connection is looked at, so that it is used at once.
        turn::after_the_others().await;
    }
    let pool = &client.worker.pool;
    let waiting = match &wanted {
        Some(wanted) => pool.http2.take(wanted).map(|stream| Upstream::of_stream(stream, target.address)),
        None if on_new_connection => None,
        None => {
            let trusted = |tls: &TargetTls| tls.is_current(&route.snapshot.secure_targets, route.group.key());
            pool.take(target.key, target.address, trusted, !idempotent)
        }
    };
    let mut upstream = match waiting {
        Some(upstream) => upstream,
        // Boxed, because most requests need none, and all would have room for it.
        None => Box::pin(connect(client, route, target, wanted)).await?,
    };
    client.timer.restart(client.idle_timeout);
    let mut interims = 0;
    loop {
        match wait(client, x, &mut upstream).await? {
            Event::Final => return Ok(upstream),
            Event::Interim if interims == MAX_INTERIM => return Err(Miss::Failed(Failure::Answer(502))),
            Event::Interim => {
                interims += 1;
                Box::pin(pass_interim(client, x)).await.map_err(Miss::Failed)?;
            }
        }
    }
}

/// Opens a connection to a target, or waits for a place on one.
async fn connect(
    client: &mut Client,
    route: &Route<'_>,
    target: &Target,
    wanted: Option<Wanted<'_>>,
) -> Result<Upstream, Miss> {
    let Client { worker, timer, stream, .. } = client;
    let connected = async {
        match wanted {
            Some(wanted) => {
                let place = worker.pool.http2.wait(worker, &wanted, route.target_tls(), timer).await;
                place.map(|place| Upstream::of_stream(place, target.address))
            }
            None => {
                Upstream::connect(target.address, route.target_tls(), ProtocolVersion::Http1, timer).await
            }
        }
    };
    stream.gathering(connected).await.map_err(|error| match error {
        ConnectError::Refused => Miss::Refused,
        ConnectError::Exhausted(error) => {
            tracing::error!(%error, "cannot open connections to targets");
            Miss::Failed(Failure::Answer(502))
        }
        ConnectError::Disagreed(error) => {
            if worker.disagreements.is_due(target.key, worker.seconds.get()) {
                tracing::warn!(target_address = %target.address, %error, "no agreement with a target");
            }
            worker.recorder.target_handshake_failed(route.group.key());
            Miss::Failed(Failure::Answer(502))
        }
        ConnectError::Alarm(alarm) => missed(alarm, false),
    })
}

/// Sends what is left of the request, and waits for a head.
async fn wait(client: &mut Client, x: &mut Exchange, upstream: &mut Upstream) -> Result<Event, Miss> {
    let mut watch_client = true;
    let mut write_failed = false;
    let mut is_half = false;
    let event = poll_fn(|cx| {
        // First, because a flood from the client must not hide it. Even a target that reads no more may have said why;
        // if not, its end is read here.
        if let Poll::Ready(event) = poll_head(cx, client, x, upstream) {
            return Poll::Ready(event);
        }
        if !write_failed && !x.is_sent() {
            match poll_send(cx, client, x, upstream) {
                Poll::Ready(Err(Broken::Write)) => write_failed = true,
                Poll::Ready(Err(Broken::Read)) => return Poll::Ready(Err(Miss::Failed(Failure::Gone(400)))),
                Poll::Ready(Err(Broken::Body(error))) => {
                    return Poll::Ready(Err(Miss::Failed(Failure::client_body(error))));
                }
                Poll::Ready(Ok(())) => x.notes.sent = Some(client.worker.moment()),
                Poll::Pending => {}
            }
        }
        if watch_client && x.is_sent() {
            match poll_client(cx, client) {
                Poll::Ready(Ok(())) => watch_client = false,
                Poll::Ready(Err(_)) => return Poll::Ready(Err(Miss::Failed(Failure::Gone(CLIENT_CLOSED)))),
                Poll::Pending => {}
            }
        }
        let waits_for_client = !x.is_sent() && x.upload_pump.waits_for == Side::Reader;
        if std::mem::replace(&mut is_half, waits_for_client) != waits_for_client {
            client.timer.half(waits_for_client);
        }
        if waits_for_client {
            x.slim(&client.worker.buffers);
        } else if x.is_sent() {
            // Another request can have the buffer meanwhile, and the one that was used last is the quickest.
            x.request.settle(&client.worker.buffers);
        }
        let may_move = x.notes.response_bytes == 0 && may_repeat(x);
        let alarm = if may_move { client.timer.poll_any_alarm(cx) } else { client.timer.poll_alarm(cx) };
        alarm.map(|alarm| Err(missed(alarm, waits_for_client)))
    })
    .await;
    if is_half {
        client.timer.half(false);
    }
    event
}

/// What an alarm means for an attempt.
const fn missed(alarm: Alarm, waits_for_client: bool) -> Miss {
    match alarm {
        Alarm::Unhealthy => Miss::Unhealthy,
        _ if waits_for_client => Miss::Failed(Failure::waiting_for_client(alarm)),
        Alarm::Elapsed => Miss::Silent,
        _ => Miss::Failed(Failure::waiting_for_target(alarm)),
    }
}

/// Moves the request towards the target.
pub(crate) fn poll_send(
    cx: &mut Context<'_>,
    client: &mut Client,
    x: &mut Exchange,
    upstream: &mut Upstream,
) -> Poll<Result<(), Broken>> {
    let (timer, idle_timeout) = (&client.timer, client.idle_timeout);
    let ends = Ends {
        reader: &mut client.stream,
        writer: &mut upstream.stream,
        buffer: &mut x.upload,
        out: &mut x.up,
        pool: &client.worker.buffers,
    };
    x.upload_pump.poll(cx, ends, || timer.restart(idle_timeout))
}

/// Reads the next head of the answer.
fn poll_head(
    cx: &mut Context<'_>,
    client: &Client,
    x: &mut Exchange,
    upstream: &mut Upstream,
) -> Poll<Result<Event, Miss>> {
    let answering = Answering {
        head_request: x.head.is_head(x.head_bytes()),
        upgrade: x.head.upgrade(x.head_bytes()).is_some(),
    };
    loop {
        if x.response.filled().len() > x.response_seen {
            let read = x.response.filled();
            match x.answer.parse(read, x.response_seen, answering, &Limits::RESPONSE) {
                Ok(Progress::Complete) if !client.stream.believes(&x.answer, read) => {
                    return Poll::Ready(Err(Miss::Failed(Failure::Answer(502))));
                }
                Ok(Progress::Complete) => {
                    x.response_seen = 0;
                    x.notes.answered = Some(client.worker.moment());
                    let event = if x.answer.is_interim() { Event::Interim } else { Event::Final };
                    return Poll::Ready(Ok(event));
                }
                Ok(Progress::Partial) => x.response_seen = read.len(),
                Err(error) => {
                    tracing::debug!(target_address = %upstream.address, %error, "malformed answer");
                    return Poll::Ready(Err(Miss::Failed(Failure::Answer(502))));
                }
            }
        }
        match x.response.poll_fill(cx, &mut upstream.stream, &client.worker.buffers) {
            Poll::Ready(Ok(count @ 1..)) => {
                x.notes.response_bytes += count as u64;
                client.timer.restart(client.idle_timeout);
            }
            // An answer that has begun was not lost, it is broken.
            Poll::Ready(_) if x.notes.response_bytes > 0 => {
                return Poll::Ready(Err(Miss::Failed(Failure::Answer(502))));
            }
            Poll::Ready(Err(error)) => {
                return Poll::Ready(Err(match Fault::of(&error) {
                    Some(Fault::Unprocessed) => Miss::Unprocessed,
                    Some(Fault::Malformed) => Miss::Failed(Failure::Answer(502)),
                    None => Miss::Lost,
                }));
            }
            Poll::Ready(Ok(_)) => return Poll::Ready(Err(Miss::Lost)),
            Poll::Pending => return Poll::Pending,
        }
    }
}

/// Ready if there is something to know about the client: an error if its connection is gone. A client that has only
/// finished sending still waits for its answer, and one that has sent its next request has to wait with it (R15).
fn poll_client(cx: &mut Context<'_>, client: &mut Client) -> Poll<io::Result<()>> {
    client.stream.poll_peek(cx)
}

/// Gives the client an interim response, except for 100, which it got from us (R16), and clients that know none.
async fn pass_interim(client: &mut Client, x: &mut Exchange) -> Result<(), Failure> {
    let length = x.answer.len();
    if x.answer.status() != 100 && x.head.version() == Version::Http11 {
        let edits = response::Edits {
            client_version: x.head.version(),
            keep_alive: true,
            date: &client.worker.clock.date(),
            remove: &[],
            rewrites_cookies: false,
            lines: &[],
        };
        response::write_head(&mut x.down, x.response.filled(), &x.answer, &edits);
        x.notes.head_written(&x.down);
        client.write(&mut x.down, &mut x.notes).await?;
    }
    x.response.consume(length);
    Ok(())
}
