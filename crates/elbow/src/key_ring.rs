//! The stickiness keys between the store, which keeps them, and the key ring, which knows what they are for.

use std::sync::Arc;
use std::time::Duration;

use elbow_api::{KeyPurpose, KeyRing, KeyRingRefusal, KeyUse};
use elbow_model::{Change, Configuration, Entity, EntityKey, KeyGeneration, Timestamp};
use elbow_stickiness::{GENERATIONS_MAX, Generation, Keyring, KeyringError, PROPAGATION};
use rand_core::CryptoRng;

use crate::random;

/// The key ring of a configuration; `None` before the first start.
pub(crate) fn of(configuration: &Configuration) -> Result<Option<Keyring>, KeyringError> {
    if configuration.key_generations.is_empty() {
        return Ok(None);
    }
    Keyring::new(configuration.key_generations.values().map(|kept| Generation::from(&**kept)).collect())
        .map(Some)
}

/// The changes that make the first key, or a new one if the latest is due; none otherwise.
pub(crate) fn rotation(
    configuration: &Configuration,
    now: Timestamp,
    is_due: impl FnOnce(&Keyring) -> bool,
    rng: &mut impl CryptoRng,
) -> Result<Vec<Change>, KeyringError> {
    let next = match of(configuration)? {
        None => Keyring::first(now, rng)?,
        Some(ring) if is_due(&ring) => ring.rotate(now, PROPAGATION, rng)?,
        Some(_) => return Ok(Vec::new()),
    };
    let kept: Vec<u32> = next.generations().map(|generation| generation.id.get()).collect();
    let added = next
        .generations()
        .filter(|generation| !configuration.key_generations.contains_key(&generation.id.get()))
        .map(|generation| Change::Put(Entity::KeyGeneration(Arc::new(KeyGeneration::from(generation)))));
    let gone = configuration.key_generations.keys().filter(|id| !kept.contains(id));
    Ok(added.chain(gone.map(|id| Change::Remove(EntityKey::KeyGeneration(*id)))).collect())
}

/// What each generation of a ring is for at a moment, the one that issues last first.
pub(crate) fn uses(ring: &Keyring, now: Timestamp) -> Vec<KeyUse> {
    let issuing = ring.issuing(now).id;
    let purpose = |generation: &Generation| match generation.id {
        id if id == issuing => KeyPurpose::Issuing,
        _ if generation.promote_at > now => KeyPurpose::Waiting,
        id if ring.accepting(now).any(|accepted| accepted.id == id) => KeyPurpose::Accepted,
        _ => KeyPurpose::Expired,
    };
    let told = |generation: &Generation| KeyUse {
        id: generation.id.to_string(),
        created: generation.created,
        issues_from: generation.promote_at,
        accepted_until: ring.accepted_until(generation.id),
        purpose: purpose(generation),
    };
    ring.generations().map(told).collect()
}

/// The keys as the API sees them.
pub(crate) struct Keys {
    /// How old the latest generation becomes before another one is made.
    pub(crate) max_age: Duration,
}

impl KeyRing for Keys {
    fn generations(
        &self,
        configuration: &Configuration,
        now: Timestamp,
    ) -> Result<Vec<KeyUse>, KeyRingRefusal> {
        let ring = of(configuration).map_err(refusal)?;
        Ok(ring.map(|ring| uses(&ring, now)).unwrap_or_default())
    }

    fn rotation(&self, configuration: &Configuration, now: Timestamp) -> Result<Vec<Change>, KeyRingRefusal> {
        let mut rng = random::generator().map_err(|failure| KeyRingRefusal::Unusable(failure.to_string()))?;
        rotation(configuration, now, |_| true, &mut rng).map_err(refusal)
    }

    fn next_rotation(&self, configuration: &Configuration) -> Timestamp {
        let made = configuration.key_generations.values().map(|generation| generation.created).max();
        made.unwrap_or_default() + self.max_age
    }
}

fn refusal(error: KeyringError) -> KeyRingRefusal {
    match error {
        KeyringError::TooMany => KeyRingRefusal::Full(format!(
            "There are {GENERATIONS_MAX} generations, as many as there may be; each goes when its cookies are not good any more"
        )),
        other => KeyRingRefusal::Unusable(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use elbow_stickiness::{ACCEPT_AFTER_ISSUING, CLOCK_SKEW_MAX};

    use super::*;

    const START: Timestamp = Timestamp::from_secs(1_795_000_000);

    fn rotate(configuration: &mut Configuration, now: Timestamp) -> Result<(), KeyRingRefusal> {
        let changes = Keys { max_age: Duration::from_secs(60) }.rotation(configuration, now)?;
        changes.into_iter().for_each(|change| configuration.apply(change));
        Ok(())
    }

    fn purposes(configuration: &Configuration, now: Timestamp) -> Vec<KeyPurpose> {
        let keys = Keys { max_age: Duration::ZERO };
        keys.generations(configuration, now).unwrap().iter().map(|it| it.purpose).collect()
    }

    #[test]
    fn a_generation_waits_issues_is_accepted_and_expires() {
        let mut configuration = Configuration::default();
        rotate(&mut configuration, START).unwrap();
        let later = START + Duration::from_secs(3600);
        rotate(&mut configuration, later).unwrap();
        assert_eq!(purposes(&configuration, later), [KeyPurpose::Waiting, KeyPurpose::Issuing]);
        let issues = later + PROPAGATION;
        assert_eq!(purposes(&configuration, issues), [KeyPurpose::Issuing, KeyPurpose::Accepted]);
        let keys = Keys { max_age: Duration::from_secs(60) };
        let uses = keys.generations(&configuration, later).unwrap();
        let until = issues + ACCEPT_AFTER_ISSUING + CLOCK_SKEW_MAX;
        assert_eq!(uses.iter().map(|it| it.accepted_until).collect::<Vec<_>>(), [None, Some(until)]);
        let expired = until + Duration::from_millis(1);
        assert_eq!(purposes(&configuration, expired), [KeyPurpose::Issuing, KeyPurpose::Expired]);
        assert_eq!(keys.next_rotation(&configuration), later + keys.max_age);
    }

    #[test]
    fn a_full_ring_says_so() {
        let mut configuration = Configuration::default();
        for _ in 0..GENERATIONS_MAX {
            rotate(&mut configuration, START).unwrap();
        }
        assert!(matches!(rotate(&mut configuration, START), Err(KeyRingRefusal::Full(_))));
    }
}
