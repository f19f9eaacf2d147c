//! Which rule a request meets, and which of a forward action's target groups it goes to.

use std::net::IpAddr;
use std::sync::Arc;

use elbow_http1::request::Head;
use elbow_model::Priority;
use elbow_routing::{Action, Decided, Fields, Forward, Group, ListenerRoutes, Request, Table};
use elbow_stickiness::{Context, Cookies, GroupChoice, GroupDecision, Membership, decide_group};
use elbow_telemetry::{ExecutedAction, MatchedRule};
use rand_core::Rng;

use crate::connection::Client;
use crate::exchange::Exchange;
use crate::failure::Failure;
use crate::forward::moment;
use crate::publisher::Snapshot;

/// The header lines of a head, as rules want them.
struct Lines<'a> {
    head: &'a Head,
    bytes: &'a [u8],
}

impl Fields for Lines<'_> {
    fn lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.head.fields(self.bytes)
    }
}

/// Finds the rule that a request from `source` meets.
pub(crate) fn rule<'l>(
    listener: &'l ListenerRoutes,
    (head, bytes): (&Head, &[u8]),
    source: IpAddr,
) -> Decided<'l> {
    let lines = Lines { head, bytes };
    listener.decide(|| asked(listener, &lines, source))
}

/// The rules before that, each with the place of the first of its conditions that does not hold.
pub(crate) fn passed_over(
    listener: &ListenerRoutes,
    (head, bytes): (&Head, &[u8]),
    source: IpAddr,
) -> Vec<(Priority, usize)> {
    let lines = Lines { head, bytes };
    listener.rules.passed_over(&asked(listener, &lines, source))
}

/// A request as rules see it.
fn asked<'a>(listener: &'a ListenerRoutes, lines: &'a Lines<'a>, source: IpAddr) -> Request<'a, Lines<'a>> {
    let Lines { head, bytes } = lines;
    Request {
        // As the target will see it (R9).
        host: head.host(bytes).unwrap_or(listener.dns_name.as_bytes()),
        method: head.method(bytes),
        path: head.path(bytes),
        query: head.query(bytes).unwrap_or_default(),
        source,
        fields: lines,
    }
}

/// Finds the rule, and notes it for the log.
pub(crate) fn decide<'l>(client: &Client, x: &mut Exchange, listener: &'l ListenerRoutes) -> Decided<'l> {
    let decided = rule(listener, (&x.head, x.request.filled()), client.address.ip());
    x.notes.rule = Some(decided.priority.map_or(MatchedRule::Default, |it| MatchedRule::Priority(it.get())));
    x.notes.rule_evaluations = decided.evaluations;
    x.notes.action = Some(match decided.action {
        Action::Forward(_) => ExecutedAction::Forward,
        Action::Redirect(_) => ExecutedAction::Redirect,
        Action::FixedResponse(_) => ExecutedAction::FixedResponse,
    });
    decided
}

/// What group stickiness says of a request with these cookies; `None` if the action has none.
pub(crate) fn of_group<'c>(
    moment: &Context<'_>,
    table: &Table,
    forward: &Forward,
    cookies: &Cookies<'c, impl Iterator<Item = &'c [u8]> + Clone>,
) -> Option<GroupDecision> {
    let policy = forward.stickiness()?;
    Some(decide_group(moment, Some(policy), cookies, |group| match table.group(group) {
        Some(member) if forward.names(group) => Membership::Member { https_only: member.https_only() },
        _ => Membership::None,
    }))
}

/// Finds the target group: the one that the client's cookie names, or one by weight (S50). If that one is empty, there
/// is no other (S52).
pub(crate) fn choose_group<'s>(
    client: &Client,
    x: &mut Exchange,
    (snapshot, listener): (&'s Snapshot, &ListenerRoutes),
    forward: &Forward,
) -> Result<(&'s Arc<Group>, Option<GroupDecision>), Failure> {
    let decision = forward.stickiness().and_then(|_| {
        let cookies = Cookies::read(x.head.cookies(x.request.filled()));
        of_group(&moment(client, snapshot, listener), &snapshot.table, forward, &cookies)
    });
    x.notes.error_reason = decision.and_then(|decision| decision.error_reason());
    x.notes.insecure_replay |= decision.is_some_and(|decision| decision.insecure_replay);
    let chosen = match decision.map(|decision| decision.choice) {
        Some(GroupChoice::Follow(group)) => Some(group),
        _ if forward.is_weighted() => forward.choose(client.worker.rng.borrow_mut().next_u32()),
        _ => forward.choose(0),
    };
    let group = chosen.and_then(|group| snapshot.table.group(group)).ok_or(Failure::Answer(503))?;
    x.notes.group = Some(group.key());
    Ok((group, decision))
}
