//! Which rule a request meets, and which of a forward action's target groups it goes to.

use std::sync::Arc;

use elbow_http1::request::Head;
use elbow_routing::{Action, Decided, Fields, Forward, Group, ListenerRoutes, Request};
use elbow_stickiness::{Cookies, GroupChoice, GroupDecision, Membership, decide_group};
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

/// Finds the rule, and notes it for the log.
pub(crate) fn decide<'l>(client: &Client, x: &mut Exchange, listener: &'l ListenerRoutes) -> Decided<'l> {
    let bytes = x.request.filled();
    let lines = Lines { head: &x.head, bytes };
    let decided = listener.decide(|| Request {
        // As the target will see it (R9).
        host: x.head.host(bytes).unwrap_or(listener.dns_name.as_bytes()),
        method: x.head.method(bytes),
        path: x.head.path(bytes),
        query: x.head.query(bytes).unwrap_or_default(),
        source: client.address.ip(),
        fields: &lines,
    });
    x.notes.rule = Some(decided.priority.map_or(MatchedRule::Default, |it| MatchedRule::Priority(it.get())));
    x.notes.rule_evaluations = decided.evaluations;
    x.notes.action = Some(match decided.action {
        Action::Forward(_) => ExecutedAction::Forward,
        Action::Redirect(_) => ExecutedAction::Redirect,
        Action::FixedResponse(_) => ExecutedAction::FixedResponse,
    });
    decided
}

/// Finds the target group: the one that the client's cookie names, or one by weight (S50). If that one is empty, there
/// is no other (S52).
pub(crate) fn choose_group<'s>(
    client: &Client,
    x: &mut Exchange,
    (snapshot, listener): (&'s Snapshot, &ListenerRoutes),
    forward: &Forward,
) -> Result<(&'s Arc<Group>, Option<GroupDecision>), Failure> {
    let decision = forward.stickiness().map(|policy| {
        let cookies = Cookies::read(x.head.cookies(x.request.filled()));
        let moment = moment(client, snapshot, listener);
        decide_group(&moment, Some(policy), &cookies, |group| match snapshot.table.group(group) {
            Some(member) if forward.names(group) => Membership::Member { https_only: member.https_only() },
            _ => Membership::None,
        })
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
