//! A session as a token carries it: who it is, where it is, since when, and where it must not go back to.

use std::fmt;
use std::time::Duration;

use elbow_model::Timestamp;
use elbow_model::key::{TargetGroupKey, TargetKey};
use rand_core::CryptoRng;

use super::bytes::{Writer, take, take_u48};
use crate::{Context, Invalid, Rebound};

/// How far ahead of this node's clock a token may have been used last. Nodes' clocks differ, and the client may reach
/// the node whose clock is late right after the one whose clock is early; such a token is as good as one used just now.
/// The bound keeps a node with a badly wrong clock from issuing tokens that never grow old. Five minutes is what AWS
/// allows a signed API request, and far more than synchronised clocks need.
pub const CLOCK_SKEW_MAX: Duration = Duration::from_secs(300);

/// How many of the targets that a session left its token remembers; the earliest is forgotten first.
pub const LEFT_MAX: usize = 4;

/// Identity of a session, drawn at random when it begins and kept for as long as its token is refreshed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId([u8; 16]);

impl SessionId {
    /// The id with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes of this id.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Half of it, which is as random as all of it.
    pub const fn short(&self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    fn random<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({self})")
    }
}

/// The targets a session left while they were registered, as sixteen-bit fingerprints, latest first. A fingerprint can
/// fit a target by accident (once in 16,000 for a full memory); that target is then avoided without need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left([u16; LEFT_MAX]);

impl Left {
    /// Whether the session left this target.
    pub fn contains(&self, target: TargetKey) -> bool {
        self.0.contains(&fingerprint(target))
    }

    /// Remembers that the session left `target`.
    fn push(&mut self, target: TargetKey) {
        let [first, second, third, _] = self.0;
        self.0 = [fingerprint(target), first, second, third];
    }
}

/// Never zero, which stands for an empty place. Keys are random, so any part of one is as good as a hash.
fn fingerprint(target: TargetKey) -> u16 {
    let [.., a, b] = target.get().to_be_bytes();
    u16::from_be_bytes([a, b]).max(1)
}

/// One client's session with one target group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// The target group it belongs to.
    pub group: TargetGroupKey,
    /// The target it follows. Zero in a group token, which names no target.
    pub target: TargetKey,
    /// Its identity. A move keeps it.
    pub id: SessionId,
    /// How often it has moved to another target; stays at the largest number. Zero in a Classic token.
    pub epoch: u16,
    /// When it began. In a Classic token whole seconds.
    pub first_seen: Timestamp,
    /// When a response last refreshed it; idle time counts from here. In a Classic token whole seconds, and the time at
    /// which the cookie was issued.
    pub last_seen: Timestamp,
    /// The targets it must not go back to. Empty in a Classic token.
    pub left: Left,
    /// Whether a response over HTTPS has carried it: then whoever has it over HTTP may have stolen it. It stays that way, so
    /// that following it once over HTTP does not make an honest session of it. Sealed once for all sessions of a token.
    pub secure: bool,
}

impl Session {
    /// Length of a session's fields in a token, in bytes.
    pub(super) const LEN: usize = 54;

    /// A session that begins with this response.
    pub(crate) fn begin<R: CryptoRng + ?Sized>(
        context: &Context<'_>,
        group: TargetGroupKey,
        target: TargetKey,
        rng: &mut R,
    ) -> Self {
        let id = SessionId::random(rng);
        let (first_seen, left) = (context.now, Left::default());
        Self { group, target, id, epoch: 0, first_seen, last_seen: first_seen, left, secure: context.secure }
    }

    /// The session after a response from `target`: refreshed if that is where it was, moved otherwise. A session that
    /// moves leaves a target for good; `remember` is false for a target that is gone and cannot come back.
    pub(crate) fn answered_by(mut self, context: &Context<'_>, target: TargetKey, remember: bool) -> Self {
        // A node whose clock is late must not make the session older than another node already knows it to be.
        self.last_seen = self.last_seen.max(context.now);
        self.secure |= context.secure;
        if self.target != target {
            if remember {
                self.left.push(self.target);
            }
            self.target = target;
            self.epoch = self.epoch.saturating_add(1);
        }
        self
    }

    /// Whether the session is alive under a policy of this duration at this moment. The duration is the one configured
    /// now, not the one at the time of issue, so that a change acts on sessions that exist (S33, S48).
    // AWS: unknown where the deadline is kept. S48 only works if it is judged against the current configuration.
    pub(crate) fn check_age(&self, duration: Duration, now: Timestamp) -> Result<(), Stale> {
        if self.last_seen > now + CLOCK_SKEW_MAX {
            Err(Stale::Future)
        } else if now.saturating_since(self.last_seen) > duration {
            Err(Stale::Expired)
        } else {
            Ok(())
        }
    }

    /// Whether `other` is a later state of this same session.
    pub(crate) fn is_outdated_by(&self, other: &Self) -> bool {
        self.id == other.id && (self.epoch, self.last_seen) < (other.epoch, other.last_seen)
    }

    pub(super) fn write(&self, out: &mut Writer<'_>) {
        out.put(self.group.get().to_be_bytes());
        out.put(self.target.get().to_be_bytes());
        out.put(*self.id.as_bytes());
        out.put(self.epoch.to_be_bytes());
        out.put_u48(self.first_seen.as_millis());
        out.put_u48(self.last_seen.as_millis());
        for fingerprint in self.left.0 {
            out.put(fingerprint.to_be_bytes());
        }
    }

    pub(super) fn read(secure: bool, rest: &mut &[u8]) -> Option<Self> {
        let group = TargetGroupKey::new(u64::from_be_bytes(take(rest)?));
        let target = TargetKey::new(u64::from_be_bytes(take(rest)?));
        let id = SessionId::from_bytes(take(rest)?);
        let epoch = u16::from_be_bytes(take(rest)?);
        let first_seen = Timestamp::from_millis(take_u48(rest)?);
        let last_seen = Timestamp::from_millis(take_u48(rest)?);
        let mut left = Left::default();
        for place in &mut left.0 {
            *place = u16::from_be_bytes(take(rest)?);
        }
        Some(Self { group, target, id, epoch, first_seen, last_seen, left, secure })
    }
}

/// Why a session's age does not let it go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stale {
    Expired,
    Future,
}

impl From<Stale> for crate::Outcome {
    fn from(stale: Stale) -> Self {
        match stale {
            Stale::Expired => Self::Rebound(Rebound::Expired),
            Stale::Future => Self::Invalid(Invalid::Future),
        }
    }
}
