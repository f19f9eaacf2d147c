//! The fleet's keys: generations of which one seals new tokens and many open old ones.
//!
//! Rotation is "add everywhere, then promote". A new [`Generation`] is stored with the moment at which it starts to
//! seal; until then every node only opens with it, so no node meets a token whose key it has not seen. What each
//! generation does at a moment follows from the list and that moment alone, so nodes need not agree on anything else.
//!
//! Keeping the list durable and spreading it is done elsewhere; this module is handed generations and hands them out.

mod generation;

use std::fmt;
use std::iter;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::aead::{AES_128_GCM, LessSafeKey, UnboundKey};
use elbow_model::Timestamp;
use rand_core::CryptoRng;

pub use self::generation::{Generation, KeyId, Secret};
use crate::policy::DURATION_MAX;
use crate::token::CLOCK_SKEW_MAX;

/// Most generations in a ring. Daily rotation needs nine; the rest is room for rotations by hand.
pub const GENERATIONS_MAX: usize = 64;

/// How long a generation is still accepted after it stopped issuing: the longest stickiness duration there is, so that
/// rotation ends no session of an ALB policy. A node whose clock is late issues a little longer, so the clocks'
/// allowance ([`CLOCK_SKEW_MAX`]) comes on top.
pub const ACCEPT_AFTER_ISSUING: Duration = DURATION_MAX;

/// How long a new generation is only accepted before it issues: time for it to reach every node.
pub const PROPAGATION: Duration = Duration::from_secs(60);

/// When the tokens of the latest generation stop being opened.
const WITHOUT_END: Timestamp = Timestamp::from_millis(u64::MAX);

/// Why a list of generations is not a key ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyringError {
    /// A ring has at least one generation.
    Empty,
    /// Two generations have the same id.
    Duplicate(KeyId),
    /// More than [`GENERATIONS_MAX`]. Generations leave by themselves once they are no longer accepted.
    TooMany,
    /// The cryptographic library refused the key.
    Unusable(KeyId),
}

impl fmt::Display for KeyringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a key ring needs at least one generation"),
            Self::Duplicate(id) => write!(f, "two generations of the key ring have the id {id}"),
            Self::TooMany => write!(f, "a key ring has at most {GENERATIONS_MAX} generations"),
            Self::Unusable(id) => write!(f, "the key of generation {id} cannot be used"),
        }
    }
}

impl std::error::Error for KeyringError {}

/// Every generation that may still open a token, with its key schedule computed. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Keyring {
    /// The others, latest promotion first.
    newer: Vec<Slot>,
    /// The generation promoted first; it also issues while no promotion has come yet on a node whose clock is late.
    oldest: Slot,
}

/// A generation ready for use.
#[derive(Clone)]
struct Slot {
    generation: Generation,
    cipher: Arc<LessSafeKey>,
    /// The last moment at which tokens of this generation are opened.
    accept_until: Timestamp,
}

impl Keyring {
    /// A ring of these generations, in any order.
    pub fn new(mut generations: Vec<Generation>) -> Result<Self, KeyringError> {
        if generations.len() > GENERATIONS_MAX {
            return Err(KeyringError::TooMany);
        }
        generations.sort_by_key(|g| (g.promote_at, g.created, g.id));
        let mut slots: Vec<Slot> = Vec::with_capacity(generations.len());
        let mut accept_until = WITHOUT_END;
        for generation in generations.into_iter().rev() {
            if slots.iter().any(|slot| slot.generation.id == generation.id) {
                return Err(KeyringError::Duplicate(generation.id));
            }
            let stops_issuing_next = generation.promote_at;
            slots.push(Slot::new(generation, accept_until)?);
            accept_until = stops_issuing_next + ACCEPT_AFTER_ISSUING + CLOCK_SKEW_MAX;
        }
        let oldest = slots.pop().ok_or(KeyringError::Empty)?;
        Ok(Self { newer: slots, oldest })
    }

    /// A ring of one fresh generation that issues at once: the first start of a fleet.
    pub fn first<R: CryptoRng + ?Sized>(now: Timestamp, rng: &mut R) -> Result<Self, KeyringError> {
        Self::new(vec![Generation::fresh(now, now, rng)])
    }

    /// Every generation, for storing and listing; the latest promotion first.
    pub fn generations(&self) -> impl Iterator<Item = &Generation> {
        self.slots().map(|slot| &slot.generation)
    }

    /// The one generation that seals tokens now: the latest that has been promoted.
    pub fn issuing(&self, now: Timestamp) -> &Generation {
        &self.issuing_slot(now).generation
    }

    /// The generations that open tokens now. Those not promoted yet are among them.
    pub fn accepting(&self, now: Timestamp) -> impl Iterator<Item = &Generation> {
        self.slots().filter(move |slot| slot.accepts(now)).map(|slot| &slot.generation)
    }

    /// The last moment at which the tokens of a generation are opened; `None` while no later generation ends its issuing.
    pub fn accepted_until(&self, id: KeyId) -> Option<Timestamp> {
        let slot = self.slots().find(|slot| slot.generation.id == id)?;
        (slot.accept_until != WITHOUT_END).then_some(slot.accept_until)
    }

    /// Whether it is time to rotate: the latest generation is older than `max_age`. Only a generation that issues, or
    /// is about to, counts, so a fleet that has just rotated does not rotate again.
    pub fn due(&self, now: Timestamp, max_age: Duration) -> bool {
        let latest = self.generations().map(|g| g.created).max();
        latest.is_some_and(|created| now.saturating_since(created) >= max_age)
    }

    /// The ring after a rotation: a fresh generation that issues from `now + propagation` on (usually [`PROPAGATION`]),
    /// and without those that are no longer accepted.
    pub fn rotate<R: CryptoRng + ?Sized>(
        &self,
        now: Timestamp,
        propagation: Duration,
        rng: &mut R,
    ) -> Result<Self, KeyringError> {
        let mut fresh = Generation::fresh(now, now + propagation, rng);
        while self.generations().any(|g| g.id == fresh.id) {
            fresh = Generation::fresh(now, now + propagation, rng);
        }
        let kept = self.accepting(now).cloned();
        Self::new(kept.chain(iter::once(fresh)).collect())
    }

    /// The ring without the generations that are no longer accepted. The issuing one is always kept.
    pub fn prune(&self, now: Timestamp) -> Result<Self, KeyringError> {
        Self::new(self.accepting(now).cloned().collect())
    }

    /// The issuing generation's id and cipher.
    pub(crate) fn sealing(&self, now: Timestamp) -> (KeyId, &LessSafeKey) {
        let slot = self.issuing_slot(now);
        (slot.generation.id, &slot.cipher)
    }

    /// The cipher of the generation with this id, if it is accepted now.
    pub(crate) fn opening(&self, id: KeyId, now: Timestamp) -> Option<&LessSafeKey> {
        let slot = self.slots().find(|slot| slot.generation.id == id)?;
        slot.accepts(now).then_some(&*slot.cipher)
    }

    fn issuing_slot(&self, now: Timestamp) -> &Slot {
        self.newer.iter().find(|slot| slot.generation.promote_at <= now).unwrap_or(&self.oldest)
    }

    fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.newer.iter().chain(iter::once(&self.oldest))
    }
}

impl Slot {
    fn new(generation: Generation, accept_until: Timestamp) -> Result<Self, KeyringError> {
        let key = UnboundKey::new(&AES_128_GCM, generation.secret.expose())
            .map_err(|_| KeyringError::Unusable(generation.id))?;
        Ok(Self { generation, cipher: Arc::new(LessSafeKey::new(key)), accept_until })
    }

    fn accepts(&self, now: Timestamp) -> bool {
        now <= self.accept_until
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.generation.fmt(f)
    }
}

#[cfg(test)]
mod tests;
