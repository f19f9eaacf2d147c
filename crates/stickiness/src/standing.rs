//! What stickiness asks of a target group's targets.

use elbow_model::key::TargetKey;

/// Where a target stands at this moment, seen from one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may take the request. In a target group that fails open, because no target is healthy, every registered
    /// target that is not draining is eligible.
    // AWS: unknown whether a cookie for an unhealthy target is honoured in fail-open. We honour it: every other target
    // is as unhealthy, and only this one has the session.
    Eligible,
    /// Registered, but its health checks fail.
    Unhealthy,
    /// Deregistered with its delay still running; it serves only what it already has (S36).
    Draining,
    /// Not registered in this target group, or no longer.
    Gone,
    /// It just refused this request's connection, so a retry leaves it out.
    Unreachable,
}

/// The targets of one target group.
pub trait Targets {
    /// Where the target with this key stands. One hash look-up: it must cost the same for 3 and for 3,000 targets.
    fn standing(&self, key: TargetKey) -> Standing;
}

impl<T: Targets + ?Sized> Targets for &T {
    fn standing(&self, key: TargetKey) -> Standing {
        (**self).standing(key)
    }
}
