//! What must be decided, from what truly happened to a client and never from its tokens.

use elbow_model::key::TargetKey;
use elbow_stickiness::{Choice, Decision, LEFT_MAX, Outcome, Policy, Rebound, SessionId, Standing, Targets};

use crate::world::{Group, SKEW_MS};

/// Where a session is.
#[derive(Clone)]
pub(crate) struct Bound {
    /// Place of its target group.
    pub(crate) group: usize,
    pub(crate) target: TargetKey,
    /// When a response last refreshed it.
    pub(crate) time_ms: u64,
    /// The registered targets it left, latest last.
    left: Vec<TargetKey>,
    moves: u16,
    id: Option<SessionId>,
}

/// What a decision must say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    New,
    OtherGroup,
    NoApplicationCookie,
    Alive,
    Over,
    /// So near the end of its duration that the nodes' clocks may differ about it.
    Either,
}

/// Whether a session that was idle since `since_ms` is alive.
pub(crate) fn age(since_ms: u64, duration_ms: u64, time_ms: u64) -> Expected {
    let idle = time_ms.saturating_sub(since_ms);
    if idle + 2 * SKEW_MS <= duration_ms {
        Expected::Alive
    } else if idle > duration_ms + 2 * SKEW_MS {
        Expected::Over
    } else {
        Expected::Either
    }
}

/// What must be decided for a client in this state at `time_ms`.
pub(crate) fn expected(
    bound: Option<&Bound>,
    place: usize,
    policy: &Policy,
    carries: bool,
    time_ms: u64,
) -> Expected {
    let Some(bound) = bound else { return Expected::New };
    if bound.group != place {
        return Expected::OtherGroup;
    }
    let age = match policy {
        Policy::LbCookie { duration, .. } | Policy::AppCookie { duration, .. } => {
            age(bound.time_ms, duration.as_millis() as u64, time_ms)
        }
        _ => Expected::Alive,
    };
    if age == Expected::Alive && !carries { Expected::NoApplicationCookie } else { age }
}

/// Asserts that the decision is the expected one, and not a wrong one where two are possible.
pub(crate) fn check(
    decision: &Decision,
    expected: Expected,
    bound: Option<&Bound>,
    group: &Group,
    refused: bool,
) {
    let seen = (decision.choice, decision.outcome);
    let choose = |reason| (Choice::Choose, Outcome::Rebound(reason));
    let going_on = bound.map(|bound| match group.standing(bound.target) {
        _ if refused => choose(Rebound::Refused),
        Standing::Eligible => (Choice::Follow(bound.target), Outcome::Hit),
        Standing::Unhealthy => choose(Rebound::Unhealthy),
        Standing::Draining => choose(Rebound::Draining),
        Standing::Gone => choose(Rebound::Deregistered),
        Standing::Unreachable => choose(Rebound::Refused),
    });
    let forgotten = (Choice::Choose, Outcome::New);
    match expected {
        Expected::New => assert_eq!(seen, (Choice::Choose, Outcome::New)),
        Expected::OtherGroup => assert_eq!(seen, choose(Rebound::OtherGroup)),
        Expected::NoApplicationCookie => assert_eq!(seen, choose(Rebound::NoApplicationCookie)),
        Expected::Alive => assert_eq!(Some(seen), going_on),
        // A token that carries other sessions too forgets one that no policy could still keep.
        Expected::Over => assert!(seen == choose(Rebound::Expired) || seen == forgotten, "{seen:?}"),
        Expected::Either => {
            let no_cookie = choose(Rebound::NoApplicationCookie);
            let ended = seen == choose(Rebound::Expired) || seen == no_cookie;
            assert!(ended || Some(seen) == going_on, "{seen:?}");
        }
    }
    let (Some(session), Some(bound)) = (decision.session(), bound) else { return };
    assert_eq!(session.target, bound.target);
    assert!(bound.id.is_none_or(|id| id == session.id), "a session keeps its identity");
    if !matches!(group.policy, Policy::ClassicDuration { .. } | Policy::ClassicApplication { .. }) {
        assert_eq!(session.epoch, bound.moves);
    }
}

impl Bound {
    /// The session after `target` answered.
    pub(crate) fn after(
        bound: Option<&Self>,
        decision: &Decision,
        group: usize,
        target: TargetKey,
        time_ms: u64,
    ) -> Self {
        let Some((session, bound)) = decision.session().zip(bound) else {
            return Self { group, target, time_ms, left: Vec::new(), moves: 0, id: None };
        };
        let mut after = Self { id: Some(session.id), time_ms, ..bound.clone() };
        if target != bound.target {
            if decision.outcome != Outcome::Rebound(Rebound::Deregistered) {
                after.left.push(bound.target);
            }
            after.target = target;
            after.moves = bound.moves.saturating_add(1);
        }
        after
    }

    /// Whether it left this target among the last that a token remembers.
    pub(crate) fn left(&self, target: TargetKey) -> bool {
        self.left.iter().rev().take(LEFT_MAX).any(|left| *left == target)
    }
}
