//! What happens in a target group: which target is followed, how many could be chosen, and which cookies the answer has.

use std::collections::BTreeSet;

use elbow_model::Zone;
use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_routing::{Forward, Group};
use elbow_stickiness::{
    Choice, Cookies, Decision, GroupDecision, Outcome, Policy, Reply, ResponseDate, bind, bind_group, decide,
};
use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng;

use super::Asked;
use crate::{forward, grpc};

/// What stands in place of the values of cookies.
const VALUE: &str = "…";
/// The value of a cookie that ends what was there (S45).
const REMOVE: &str = "_remove_";

/// What happens in one of the target groups.
#[derive(Clone, Debug)]
pub struct InGroup {
    /// The group.
    pub group: TargetGroupKey,
    /// The share of requests like this one that go there, above 0 and up to 1.
    pub share: f64,
    /// Its targets do not understand the client's version of HTTP: the client gets 464 (R18).
    pub incompatible: bool,
    /// How its clients are kept with their targets.
    pub policy: Policy,
    /// What happens to stickiness.
    pub outcome: Outcome,
    /// The target that is followed; `None`: one is chosen.
    pub follows: Option<TargetKey>,
    /// The target that the session leaves, if it moves.
    pub leaves: Option<TargetKey>,
    /// How many targets may be chosen, in all zones together.
    pub eligible: usize,
    /// Of each zone that connections are given to, if requests stay in theirs (B4).
    pub zones: Vec<InZone>,
    /// The cookies that the load balancer adds to the target's answer, as values of `Set-Cookie` without what is sealed in
    /// them. Where they go with the application's cookie, it is taken that the target sets that.
    pub sets: Vec<String>,
    /// The cookie was issued over HTTPS and came over HTTP.
    pub insecure_replay: bool,
}

/// How many targets may be chosen in a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InZone {
    /// The zone.
    pub zone: Zone,
    /// Without any, requests of the connections that are given to it are answered with 503 (E3).
    pub eligible: usize,
}

pub(super) fn explain<'c>(
    asked: &Asked<'_>,
    forward: &Forward,
    (group, of_group): (&Group, Option<&GroupDecision>),
    share: f64,
    cookies: &Cookies<'c, impl Iterator<Item = &'c [u8]> + Clone>,
) -> InGroup {
    let policy = forward::policy(group, forward.is_weighted());
    let decision = decide(&asked.moment(), policy, group.key(), cookies, &group.without(&[]));
    let follows = match decision.choice {
        Choice::Follow(target) => Some(target),
        Choice::Choose => None,
    };
    let zones: Vec<&Zone> = if group.is_zonal() { asked.listener.zones(group).collect() } else { Vec::new() };
    let in_zone =
        |zone: &&Zone| InZone { zone: Zone::clone(zone), eligible: group.rotation(Some(*zone)).length() };
    // Any other would be bound to in the same words.
    let bound = follows.or_else(|| group.targets().first().map(|target| target.key));
    let sets = bound.map(|target| sets(asked, (group, policy), (&decision, of_group), target));
    InGroup {
        group: group.key(),
        share,
        incompatible: !fits(asked, group),
        policy: policy.clone(),
        outcome: decision.outcome,
        follows,
        leaves: decision.moved_from(),
        eligible: eligible(group, &zones),
        zones: zones.iter().map(in_zone).collect(),
        sets: sets.unwrap_or_default(),
        insecure_replay: decision.insecure_replay,
    }
}

/// How many targets may be chosen in some of the zones, or in all if none is named.
fn eligible(group: &Group, zones: &[&Zone]) -> usize {
    if zones.is_empty() {
        return group.rotation(None).length();
    }
    let places: BTreeSet<u32> =
        zones.iter().flat_map(|zone| group.rotation(Some(*zone)).members().iter().copied()).collect();
    places.len()
}

fn fits(asked: &Asked<'_>, group: &Group) -> bool {
    let Some(http2) = asked.question.http2 else { return true };
    let bytes = asked.question.head;
    let call = grpc::is_call(http2, asked.head, bytes);
    grpc::Sender::of(http2, call, asked.head, bytes).fits(group.protocol_version())
}

/// The cookies of the answer, if `target` gives it.
fn sets(
    asked: &Asked<'_>,
    (group, policy): (&Group, &Policy),
    (decision, of_group): (&Decision, Option<&GroupDecision>),
    target: TargetKey,
) -> Vec<String> {
    let of_application = match policy {
        Policy::AppCookie { cookie_name, .. } | Policy::ClassicApplication { cookie_name } => {
            Some(format!("{cookie_name}={VALUE}"))
        }
        _ => None,
    };
    let (moment, date) = (asked.moment(), ResponseDate::new(asked.question.now));
    let reply = Reply {
        date: &date,
        user_agent: asked.head.user_agent(asked.question.head),
        set_cookies: of_application.iter().map(String::as_bytes),
        form: group.cookie_form(),
    };
    // What is sealed here is thrown away, so nobody needs to be unable to guess it.
    let mut rng = ChaCha12Rng::seed_from_u64(0);
    let mut lines = Vec::new();
    if let Some(of_group) = of_group {
        bind_group(&moment, of_group, group.key(), &date, reply.form, &mut rng, &mut lines);
    }
    bind(&moment, policy, decision, target, reply, &mut rng, &mut lines);
    String::from_utf8_lossy(&lines).lines().filter_map(without_value).collect()
}

/// A line with `Set-Cookie`, its name and its value left out.
fn without_value(line: &str) -> Option<String> {
    let (name, rest) = line.strip_prefix("Set-Cookie: ")?.split_once('=')?;
    let (value, attributes) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
    let value = if value == REMOVE { REMOVE } else { VALUE };
    Some(format!("{name}={value}{attributes}"))
}
