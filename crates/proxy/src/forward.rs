//! From a request to a target's answer: which target, over which connection, and what happens if it does not work out.
//!
//! | what happened | then |
//! |---|---|
//! | the target refused the connection | another target; the session moves (`rebound:refused`) |
//! | it took no connection in time, or did not agree on TLS in time | 504 (R24, E2) |
//! | it does not agree on TLS, or on HTTP/2 | 502 (E2) |
//! | it closed before it answered, and the request may be sent again | again, over a new connection, twice at most |
//! | it says that it did not look at the request (RFC 9113 section 8.7), which is here as a whole | again, as above |
//! | it closed before it answered, otherwise | 502 (E1), and the target is checked |
//! | its answer is malformed | 502 (E1) |
//! | it did not answer in time | 504 (E1), and the target is checked |
//! | it turned unhealthy before it answered, and the request may be sent again | another target; the session moves |
//! | it has just failed this client, and is being checked | the request waits for the result |
//!
//! The last two keep a frozen target from failing a client's connection more than once.

use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use elbow_http1::request::Progress;
use elbow_http1::response::{self, Answering, MAX_INTERIM};
use elbow_http1::{Limits, Version};
use elbow_model::ProtocolVersion;
use elbow_model::key::TargetKey;
use elbow_routing::{Ask, Group, ListenerRoutes, Target};
use elbow_stickiness::{Choice, Cookies, Decision, GroupDecision, LEFT_MAX, decide};
use elbow_stickiness::{Context as Moment, Policy};
use elbow_telemetry::NonSticky;

use crate::connection::Client;
use crate::exchange::Exchange;
use crate::failure::{CLIENT_CLOSED, Failure};
use crate::http2::{Fault, Wanted};
use crate::in_progress::InProgress;
use crate::publisher::Snapshot;
use crate::pump::{Broken, Ends, Side};
use crate::request_head;
use crate::timer::Alarm;
use crate::tls::TargetTls;
use crate::turn;
use crate::upstream::{CONNECT_TIMEOUT, ConnectError, Upstream};
use crate::worker::Current;

/// Targets that may refuse one request before it is given up: one that lives is found among many that do not, which is
/// what a group that fails open may be. Together they have as long as one target has to take a connection, because not
/// every refusal is quick.
pub(crate) const MAX_REFUSALS: usize = 128;

/// Times that a request is sent again to a target that closed its connection. A connection that waited may have been
/// closed meanwhile; a new one is closed without an answer when the target is just ending, and then the next attempt is
/// refused, so that another target gets the request.
const MAX_REPEATS: u32 = 2;

/// Times that a request leaves a target that turned unhealthy.
const MAX_MOVES: u32 = 8;

/// Where a request goes, found out once and used for every attempt.
pub(crate) struct Route<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) listener: &'a ListenerRoutes,
    pub(crate) group: &'a Arc<Group>,
    /// What group stickiness has decided; `None` if the action has none.
    pub(crate) of_group: Option<GroupDecision>,
    /// The action names several groups.
    pub(crate) weighted: bool,
    /// Both connections close after this exchange (R11).
    pub(crate) close_both: bool,
}

/// A target has answered; its head is in the exchange.
pub(crate) struct Answered {
    pub(crate) upstream: Upstream,
    pub(crate) target: TargetKey,
    /// The group as it was when the target was chosen, if it has changed since the route was found.
    pub(crate) newer_group: Option<Arc<Group>>,
    pub(crate) decision: Decision,
    /// Until it is dropped, the request is in progress.
    pub(crate) _in_progress: Option<InProgress>,
}

/// Why an attempt failed.
enum Miss {
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

impl Route<'_> {
    /// What decisions and cookies need to know.
    pub(crate) fn moment(&self, client: &Client) -> Moment<'_> {
        moment(client, self.snapshot, self.listener)
    }

    /// What is agreed to with targets; `None` if they speak HTTP in clear (R31).
    fn target_tls(&self) -> Option<TargetTls> {
        let targets = &self.snapshot.secure_targets;
        self.group
            .protocol()
            .is_secure()
            .then(|| TargetTls::of(self.listener.policy, targets, self.group.key()))
    }

    /// What is asked of a target that speaks HTTP/2; `None` if it does not (R18).
    fn wanted(&self, client: &Client, target: &Target) -> Option<Wanted<'_>> {
        (self.group.protocol_version() != ProtocolVersion::Http1).then(|| Wanted {
            group: self.group.key(),
            target: target.key,
            address: target.address,
            secure_targets: &self.snapshot.secure_targets,
            expires: client.worker.seconds.get().saturating_add(client.idle_timeout.seconds()),
        })
    }

    /// How clients stay with their target in this group, which may be newer than the route's own. Application cookies
    /// are not followed among several groups (S28).
    pub(crate) fn policy<'g>(&self, group: &'g Group) -> &'g Policy {
        match group.stickiness() {
            Policy::AppCookie { .. } if self.weighted => &Policy::None,
            policy => policy,
        }
    }
}

/// See [`Route::moment`].
pub(crate) fn moment<'a>(client: &Client, snapshot: &'a Snapshot, listener: &ListenerRoutes) -> Moment<'a> {
    Moment {
        load_balancer: listener.load_balancer,
        keys: &snapshot.keyring,
        now: client.worker.clock.now(),
        secure: client.stream.is_secure(),
    }
}

/// Sends the request until a target answers.
pub(crate) async fn send(
    client: &mut Client,
    x: &mut Exchange,
    route: &Route<'_>,
) -> Result<Answered, Failure> {
    let mut refused: Vec<TargetKey> = Vec::new();
    let mut first_refusal: Option<Instant> = None;
    let (mut repeats, mut moves) = (0, 0);
    // What is known now, once it matters that the route was found earlier.
    let mut latest: Option<Rc<Current>> = None;
    loop {
        let known = latest.as_ref().and_then(|snapshot| snapshot.table.group(route.group.key()));
        let group = known.unwrap_or(route.group);
        let (decision, target) = choose(client, x, route, group, &refused)?;
        if client.settle_doubt(target.key).await.map_err(Failure::waiting_for_target)? {
            latest = Some(client.worker.snapshot());
            continue;
        }
        client.timer.serve(Some((route.group.key(), target.key)));
        request_head::write(client, x, route, group, &decision);
        let in_progress = InProgress::begin(&client.worker, group, target.key);
        match attempt(client, x, route, target, repeats > 0).await {
            Ok(upstream) => {
                let (target, newer_group) = (target.key, known.cloned());
                return Ok(Answered { upstream, target, newer_group, decision, _in_progress: in_progress });
            }
            Err(Miss::Refused) => {
                client.worker.reports.refused(route.group.key(), target.key);
                client.worker.recorder.connection_refused(target.key);
                client.worker.pool.forget(target.key);
                x.notes.refused = x.notes.refused.saturating_add(1);
                refused.push(target.key);
                let now = client.worker.clock.instant();
                let waited = now.saturating_duration_since(*first_refusal.get_or_insert(now));
                if refused.len() >= MAX_REFUSALS || waited >= CONNECT_TIMEOUT {
                    return Err(Failure::Answer(502));
                }
            }
            Err(Miss::Lost) if repeats < MAX_REPEATS && may_repeat(x) => {
                client.worker.pool.forget(target.key);
                repeats += 1;
            }
            Err(Miss::Unprocessed) if repeats < MAX_REPEATS && !x.upload_pump.has_read() => repeats += 1,
            Err(Miss::Unprocessed) => return Err(Failure::Answer(502)),
            // AWS: unknown, we do not let a request wait for a target that no request is sent to any more.
            Err(Miss::Unhealthy) if moves < MAX_MOVES => {
                moves += 1;
                latest = Some(client.worker.snapshot());
            }
            Err(Miss::Lost) => {
                client.doubt(route.group.key(), target.key);
                return Err(Failure::Answer(502));
            }
            Err(Miss::Silent | Miss::Unhealthy) => {
                client.doubt(route.group.key(), target.key);
                return Err(Failure::Answer(504));
            }
            Err(Miss::Failed(failure)) => return Err(failure),
        }
        x.rewind(&client.worker.buffers);
    }
}

/// Lets stickiness decide, and picks a target if it has no say.
fn choose<'g>(
    client: &Client,
    x: &mut Exchange,
    route: &Route<'_>,
    group: &'g Arc<Group>,
    refused: &[TargetKey],
) -> Result<(Decision, &'g Target), Failure> {
    let cookies = Cookies::read(x.head.cookies(x.request.filled()));
    let policy = route.policy(group);
    let decision = decide(&route.moment(client), policy, group.key(), &cookies, &group.without(refused));
    let zone = route.listener.zone(group, client.arrival);
    x.notes.unhealthy_routing = group.rotation(zone).health().routes_to_all;
    let target = match decision.choice {
        Choice::Follow(key) => group.target(key),
        Choice::Choose => client.worker.with_picker(group.key(), |picker| {
            let ask = Ask { zone, now: client.worker.clock.instant(), excluded: refused };
            let mut avoided = refused.to_vec();
            for _ in 0..=LEFT_MAX {
                match picker.pick(group, &Ask { excluded: &avoided, ..ask }) {
                    Some(target) if decision.avoids(target.key) => avoided.push(target.key),
                    Some(target) => return Some(target),
                    None => break,
                }
            }
            picker.pick(group, &ask)
        }),
    };
    x.notes.outcome = decision.outcome;
    x.notes.insecure_replay |= decision.insecure_replay;
    x.notes.non_sticky = match policy {
        _ if !decision.outcome.counts_as_non_sticky() => None,
        Policy::AppCookie { .. } | Policy::ClassicApplication { .. } => Some(NonSticky::AppCookie),
        _ => Some(NonSticky::LbCookie),
    };
    // Nobody is there (E1: 503), or nobody that did not refuse (502).
    let target = target.ok_or(Failure::Answer(if refused.is_empty() { 503 } else { 502 }))?;
    x.notes.target = Some((target.key, target.address));
    Ok((decision, target))
}

/// Whether a request that may have reached a target can be sent once more: all of it is still here, and the target
/// either did not get it or does not mind (RFC 9110 section 9.2.2).
fn may_repeat(x: &Exchange) -> bool {
    let nothing_sent = x.upload_pump.total == 0;
    !x.upload_pump.has_read() && (nothing_sent || x.head.is_idempotent(x.request.filled()))
}

/// Sends the request to one target and waits for the head of its answer.
async fn attempt(
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
        client.write(&mut x.down, &mut x.notes).await?;
    }
    x.response.consume(length);
    Ok(())
}
