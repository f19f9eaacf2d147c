//! The decision: what a request's cookies say, and whether it can be done.
//!
//! [`decide_group`] comes first when a forward action has group stickiness, then [`decide`] with the target group that
//! came out of it (S54). Neither chooses: whoever balances does that when told to, and [`crate::bind`] writes the
//! result. A request that is answered by the load balancer itself needs neither call.

mod application;
mod twin;

use std::time::Duration;

use elbow_model::Timestamp;
use elbow_model::key::{TargetGroupKey, TargetKey};

pub(crate) use self::application::{FRAGMENT_CHARS_MAX, open as open_application};
use crate::Context;
use crate::cookie::{Cookies, Name};
use crate::outcome::{Invalid, Outcome, Rebound};
use crate::policy::{GroupPolicy, Policy};
use crate::standing::{Standing, Targets};
use crate::token::{self, Session};

/// Which target takes the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// This one, whatever the balancing algorithm would say (S26).
    Follow(TargetKey),
    /// One that the algorithm chooses, best without those that [`Decision::avoids`] names.
    Choose,
}

/// What [`decide`] found.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Which target takes the request.
    pub choice: Choice,
    /// What happened to stickiness, for counters, logs and people.
    pub outcome: Outcome,
    /// The cookie was issued over HTTPS and came over HTTP, where whoever listens can take it. It was followed all the
    /// same, unless the policy is for HTTPS only.
    pub insecure_replay: bool,
    /// The target group it was decided for.
    pub(crate) group: TargetGroupKey,
    /// The session that goes on, here or elsewhere. None when one has to begin.
    pub(crate) session: Option<Session>,
    /// What only the policy's own kind of cookie needs.
    pub(crate) carried: Carried,
}

/// What a request carried beside its session, kept for [`crate::bind`].
#[derive(Clone, Debug)]
pub(crate) enum Carried {
    /// Nothing more.
    Nothing,
    /// The sessions of the application token that are kept as they are, most of them of other target groups.
    Application { others: Vec<Session> },
    /// Whether the Classic cookie was sealed by a generation that no longer issues.
    Classic { old_key: bool },
}

impl Decision {
    fn choose(group: TargetGroupKey, outcome: Outcome) -> Self {
        let insecure_replay = outcome == Outcome::Invalid(Invalid::InsecureReplay);
        let (session, carried) = (None, Carried::Nothing);
        Self { choice: Choice::Choose, outcome, insecure_replay, group, session, carried }
    }

    /// Follows the session if its target can take the request, and moves it otherwise. The same work for any number of
    /// targets: one question about one key.
    fn follow<T: Targets + ?Sized>(context: &Context<'_>, session: Session, targets: &T) -> Self {
        let moved = |reason| (Choice::Choose, Outcome::Rebound(reason));
        let (choice, outcome) = match targets.standing(session.target) {
            Standing::Eligible => (Choice::Follow(session.target), Outcome::Hit),
            Standing::Unhealthy => moved(Rebound::Unhealthy),
            Standing::Draining => moved(Rebound::Draining),
            Standing::Gone => moved(Rebound::Deregistered),
            Standing::Unreachable => moved(Rebound::Refused),
        };
        let insecure_replay = is_replay(context, &session);
        let (group, session, carried) = (session.group, Some(session), Carried::Nothing);
        Self { choice, outcome, insecure_replay, group, session, carried }
    }

    /// Whether the session has left this target, so that it holds an older state of it. Choose another one while
    /// another one is eligible; if there is none, this one is better than no answer.
    pub fn avoids(&self, target: TargetKey) -> bool {
        self.session.is_some_and(|session| session.target == target || session.left.contains(target))
    }

    /// The target that a moved session comes from. None if it does not move.
    pub fn moved_from(&self) -> Option<TargetKey> {
        match self.choice {
            Choice::Follow(_) => None,
            Choice::Choose => self.session.map(|session| session.target),
        }
    }

    /// The session that goes on, for logs and tools. None when one has to begin.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }
}

/// Decides which target of `group` takes a request with these cookies.
///
/// A retry after a refused connection calls it again with that target [`Standing::Unreachable`].
pub fn decide<'c, L, T>(
    context: &Context<'_>,
    policy: &Policy,
    group: TargetGroupKey,
    cookies: &Cookies<'c, L>,
    targets: &T,
) -> Decision
where
    L: Iterator<Item = &'c [u8]> + Clone,
    T: Targets + ?Sized,
{
    match policy {
        Policy::None => Decision::choose(group, Outcome::Skipped),
        Policy::LbCookie { duration, https_only } => {
            let session = twin::read(cookies, Name::TARGET, |value| {
                let session = token::open_target(context, value)?.content;
                check_channel(context, &session, *https_only)?;
                check(&session, group, *duration, context.now).map(|()| session)
            });
            match session {
                Ok(session) => Decision::follow(context, session, targets),
                Err(outcome) => Decision::choose(group, outcome),
            }
        }
        Policy::AppCookie { duration, cookie_name, https_only } => {
            let policy = application::Policy { duration: *duration, cookie_name, https_only: *https_only };
            application::decide(context, policy, group, cookies, targets)
        }
        Policy::ClassicDuration { .. } => classic(context, group, cookies, targets),
        Policy::ClassicApplication { cookie_name } => {
            let decision = classic(context, group, cookies, targets);
            // An application that deletes its cookie ends the session, whatever AWSELB says.
            if decision.session.is_some() && !cookies.carries(cookie_name) {
                return Decision::choose(group, Outcome::Rebound(Rebound::NoApplicationCookie));
            }
            decision
        }
    }
}

/// A Classic cookie has no idle time: only the client ages it.
fn classic<'c, L, T>(
    context: &Context<'_>,
    group: TargetGroupKey,
    cookies: &Cookies<'c, L>,
    targets: &T,
) -> Decision
where
    L: Iterator<Item = &'c [u8]> + Clone,
    T: Targets + ?Sized,
{
    let token = twin::read(cookies, Name::CLASSIC, |value| {
        let opened = token::open_classic(context, group, value)?;
        let session = opened.content.ok_or(Outcome::Rebound(Rebound::OtherGroup))?;
        let old_key = opened.key != context.keys.issuing(context.now).id;
        Ok(ClassicToken { session, old_key })
    });
    match token {
        Err(outcome) => Decision::choose(group, outcome),
        Ok(ClassicToken { session, old_key }) => {
            let followed = Decision::follow(context, session, targets);
            Decision { carried: Carried::Classic { old_key }, ..followed }
        }
    }
}

/// A Classic token with what [`classic`] needs to know of it.
struct ClassicToken {
    session: Session,
    old_key: bool,
}

impl twin::Outdated for ClassicToken {
    fn is_outdated_by(&self, other: &Self) -> bool {
        self.session.is_outdated_by(&other.session)
    }
}

/// Whether a session of HTTPS came over HTTP.
const fn is_replay(context: &Context<'_>, session: &Session) -> bool {
    session.secure && !context.secure
}

fn check_channel(context: &Context<'_>, session: &Session, https_only: bool) -> Result<(), Invalid> {
    if https_only && is_replay(context, session) { Err(Invalid::InsecureReplay) } else { Ok(()) }
}

/// Whether the session may go on in this target group at this moment; otherwise why not. What ends here begins anew.
fn check(
    session: &Session,
    group: TargetGroupKey,
    duration: Duration,
    now: Timestamp,
) -> Result<(), Outcome> {
    if session.group != group {
        return Err(Outcome::Rebound(Rebound::OtherGroup));
    }
    session.check_age(duration, now).map_err(Outcome::from)
}

/// Which target group of a forward action takes the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupChoice {
    /// This one, whatever the weights say (S50).
    Follow(TargetGroupKey),
    /// One that the weights choose.
    Choose,
}

/// What a target group is to the forward action that a cookie of it came for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// It is none of the action's.
    None,
    /// It belongs to it.
    Member {
        /// A cookie that was issued over HTTPS counts as none over HTTP.
        https_only: bool,
    },
}

/// What [`decide_group`] found.
#[derive(Clone, Copy, Debug)]
pub struct GroupDecision {
    /// Which target group takes the request.
    pub choice: GroupChoice,
    /// What happened to group stickiness. It is not the request's outcome, which is [`Decision::outcome`].
    pub outcome: Outcome,
    /// As [`Decision::insecure_replay`].
    pub insecure_replay: bool,
    pub(crate) session: Option<Session>,
}

impl GroupDecision {
    fn choose(outcome: Outcome) -> Self {
        let insecure_replay = outcome == Outcome::Invalid(Invalid::InsecureReplay);
        Self { choice: GroupChoice::Choose, outcome, insecure_replay, session: None }
    }

    /// The access log's `error_reason` for a cookie that cannot be read (S53).
    // AWS: unknown whether the client gets an error with it. We balance anew: a cookie never causes an error.
    pub fn error_reason(&self) -> Option<&'static str> {
        let unreadable = matches!(self.outcome, Outcome::Invalid(_)) && !self.insecure_replay;
        unreadable.then_some("AWSALBTGCookieInvalid")
    }
}

/// Decides which target group takes a request with these cookies. `policy` is none if the forward action has no group
/// stickiness; `membership` tells what a target group is to it.
// AWS: unknown what a cookie does whose target group has weight 0 now, or is empty or unhealthy. We follow it as long
// as the action has that target group: the cookie wins over the weights (S50), and there is no failover between target
// groups (S52). A target group that was taken out of the action is chosen anew.
pub fn decide_group<'c, L>(
    context: &Context<'_>,
    policy: Option<GroupPolicy>,
    cookies: &Cookies<'c, L>,
    membership: impl Fn(TargetGroupKey) -> Membership,
) -> GroupDecision
where
    L: Iterator<Item = &'c [u8]> + Clone,
{
    let Some(GroupPolicy { duration }) = policy else {
        return GroupDecision::choose(Outcome::Skipped);
    };
    // AWS: unknown which of the two wins. We read them as S39 says of the target's pair.
    let session = twin::read(cookies, Name::GROUP, |value| {
        let session = token::open_group(context, value)?.content;
        let Membership::Member { https_only } = membership(session.group) else {
            return Err(Outcome::Rebound(Rebound::Deregistered));
        };
        check_channel(context, &session, https_only)?;
        session.check_age(duration, context.now).map(|()| session).map_err(Outcome::from)
    });
    match session {
        Err(outcome) => GroupDecision::choose(outcome),
        Ok(session) => GroupDecision {
            choice: GroupChoice::Follow(session.group),
            outcome: Outcome::Hit,
            insecure_replay: is_replay(context, &session),
            session: Some(session),
        },
    }
}

#[cfg(test)]
mod tests;
