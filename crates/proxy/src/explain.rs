//! Why a request went where it went, or would: the decisions that requests get, told instead of carried out.
//!
//! It is the same code on the same snapshot. Nothing is counted, nothing is chosen by chance, and nothing is kept of the
//! request, whose cookies let whoever has them into a session.

use std::net::IpAddr;

use elbow_http1::Limits;
use elbow_http1::request::{Head, HeadError, Progress, ScanState};
use elbow_model::key::{ListenerKey, TargetGroupKey, TargetKey};
use elbow_model::{Priority, Timestamp};
use elbow_routing::{Action, Forward, Group, ListenerRoutes};
use elbow_stickiness::{
    Choice, Context, Cookies, GroupChoice, Outcome, Policy, Standing, Targets, Token, decide, tokens,
};

use crate::publisher::Snapshot;
use crate::{decision, forward};

/// A request that somebody asks about.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The listener that it came to.
    pub listener: ListenerKey,
    /// Its head, as it would come over HTTP/1.1.
    pub head: &'a [u8],
    /// Whom it came from.
    pub source: IpAddr,
    /// When.
    pub now: Timestamp,
}

/// Why there is no explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// The listener serves no requests: it is not there, or passes connections on as they are.
    NoListener,
    /// The head cannot be read.
    Head(HeadError),
    /// The head does not end.
    Incomplete,
}

/// What is done with the request.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The rule that it meets; `None` for the default one.
    pub rule: Option<Priority>,
    /// The rules before that, each with the place of the first of its conditions that does not hold.
    pub passed_over: Vec<(Priority, usize)>,
    /// What that does.
    pub action: Explained,
}

/// What a rule does with a request.
#[derive(Clone, Debug)]
pub enum Explained {
    /// Its client is sent elsewhere; cookies do not matter.
    Redirect,
    /// It is answered at once; cookies do not matter.
    FixedResponse,
    /// It goes to a target.
    Forward(Forwarded),
}

/// Where a request goes.
#[derive(Clone, Debug)]
pub struct Forwarded {
    /// What group stickiness says; `None` if the action has none.
    pub of_group: Option<Outcome>,
    /// The target groups that it may go to: the one that its cookie names, or all that the weights may choose.
    pub groups: Vec<InGroup>,
    /// What each of the load balancer's cookies says.
    pub tokens: Vec<Token>,
}

/// What happens in one of the target groups.
#[derive(Clone, Debug)]
pub struct InGroup {
    /// The group.
    pub group: TargetGroupKey,
    /// The share of requests like this one that go there, above 0 and up to 1.
    pub share: f64,
    /// How its clients are kept with their targets.
    pub policy: Policy,
    /// What happens to stickiness.
    pub outcome: Outcome,
    /// The target that is followed; `None`: one is chosen.
    pub follows: Option<TargetKey>,
    /// The target that the session leaves, if it moves.
    pub leaves: Option<TargetKey>,
    /// How many targets may be chosen.
    pub eligible: usize,
    /// The cookie was issued over HTTPS and came over HTTP.
    pub insecure_replay: bool,
}

/// Explains what would be done with a request at this moment.
///
/// # Errors
/// The request cannot be read, or nobody would serve it.
pub fn explain(snapshot: &Snapshot, question: &Question<'_>) -> Result<Explanation, Unanswered> {
    let listener = snapshot.table.listener(question.listener).ok_or(Unanswered::NoListener)?;
    if !listener.protocol.is_http() {
        return Err(Unanswered::NoListener);
    }
    let mut head = Head::default();
    match head.parse(question.head, &mut ScanState::default(), &Limits::REQUEST) {
        Ok(Progress::Complete) => {}
        Ok(Progress::Partial) => return Err(Unanswered::Incomplete),
        Err(error) => return Err(Unanswered::Head(error)),
    }
    let decided = decision::rule(listener, (&head, question.head), question.source);
    let passed_over = decision::passed_over(listener, (&head, question.head), question.source);
    let action = match decided.action {
        Action::Redirect(_) => Explained::Redirect,
        Action::FixedResponse(_) => Explained::FixedResponse,
        Action::Forward(forward) => {
            Explained::Forward(forwarded(snapshot, listener, forward, &head, question))
        }
    };
    Ok(Explanation { rule: decided.priority, passed_over, action })
}

fn forwarded(
    snapshot: &Snapshot,
    listener: &ListenerRoutes,
    forward: &Forward,
    head: &Head,
    question: &Question<'_>,
) -> Forwarded {
    let moment = Context {
        load_balancer: listener.load_balancer,
        keys: &snapshot.keyring,
        now: question.now,
        secure: listener.protocol.is_secure(),
    };
    let cookies = Cookies::read(head.cookies(question.head));
    let of_group = decision::of_group(&moment, &snapshot.table, forward, &cookies);
    let shares: Vec<_> = match of_group.map(|decision| decision.choice) {
        Some(GroupChoice::Follow(group)) => vec![(group, 1.0)],
        _ => forward.shares().collect(),
    };
    let groups = shares.into_iter().filter_map(|(key, share)| {
        let group = snapshot.table.group(key)?;
        Some(in_group(&moment, group, forward.is_weighted(), share, &cookies))
    });
    let groups: Vec<_> = groups.collect();
    let classic = groups.first().map_or(TargetGroupKey::new(0), |it| it.group);
    Forwarded { of_group: of_group.map(|it| it.outcome), tokens: tokens(&moment, classic, &cookies), groups }
}

fn in_group<'c>(
    moment: &Context<'_>,
    group: &Group,
    weighted: bool,
    share: f64,
    cookies: &Cookies<'c, impl Iterator<Item = &'c [u8]> + Clone>,
) -> InGroup {
    let policy = forward::policy(group, weighted);
    let targets = group.without(&[]);
    let decision = decide(moment, policy, group.key(), cookies, &targets);
    InGroup {
        group: group.key(),
        share,
        policy: policy.clone(),
        outcome: decision.outcome,
        follows: match decision.choice {
            Choice::Follow(target) => Some(target),
            Choice::Choose => None,
        },
        leaves: decision.moved_from(),
        eligible: group.targets().iter().filter(|it| targets.standing(it.key) == Standing::Eligible).count(),
        insecure_replay: decision.insecure_replay,
    }
}
