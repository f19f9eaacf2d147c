//! The stickiness keys between the store, which keeps them, and the key ring, which knows what they are for.

use std::sync::Arc;

use elbow_model::{Change, Configuration, Entity, EntityKey, KeyGeneration, Timestamp};
use elbow_stickiness::{Generation, Keyring, KeyringError, PROPAGATION};
use rand_core::CryptoRng;

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
