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

use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use elbow_model::ProtocolVersion;
use elbow_model::key::TargetKey;
use elbow_routing::{Ask, Group, ListenerRoutes, Target};
use elbow_stickiness::{Choice, Cookies, Decision, GroupDecision, LEFT_MAX, decide};
use elbow_stickiness::{Context as Moment, Policy};
use elbow_telemetry::NonSticky;

use crate::attempt::{Miss, attempt};
use crate::connection::Client;
use crate::exchange::Exchange;
use crate::failure::Failure;
use crate::http2::Wanted;
use crate::in_progress::InProgress;
use crate::publisher::Snapshot;
use crate::request_head;
use crate::tls::TargetTls;
use crate::upstream::{CONNECT_TIMEOUT, Upstream};
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

impl Route<'_> {
    /// What decisions and cookies need to know.
    pub(crate) fn moment(&self, client: &Client) -> Moment<'_> {
        moment(client, self.snapshot, self.listener)
    }

    /// What is agreed to with targets; `None` if they speak HTTP in clear (R31).
    pub(crate) fn target_tls(&self) -> Option<TargetTls> {
        let targets = &self.snapshot.secure_targets;
        self.group
            .protocol()
            .is_secure()
            .then(|| TargetTls::of(self.listener.policy, targets, self.group.key()))
    }

    /// What is asked of a target that speaks HTTP/2; `None` if it does not (R18).
    pub(crate) fn wanted(&self, client: &Client, target: &Target) -> Option<Wanted<'_>> {
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
        policy(group, self.weighted)
    }
}

/// See [`Route::policy`].
pub(crate) fn policy(group: &Group, weighted: bool) -> &Policy {
    match group.stickiness() {
        Policy::AppCookie { .. } if weighted => &Policy::None,
        policy => policy,
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
pub(crate) fn may_repeat(x: &Exchange) -> bool {
    let nothing_sent = x.upload_pump.total == 0;
    !x.upload_pump.has_read() && (nothing_sent || x.head.is_idempotent(x.request.filled()))
}
