//! Maps by key without a slow hash: keys are drawn at random by us, so nobody outside can choose colliding ones.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map from a key of `elbow_model::key`.
pub(crate) type KeyMap<K, V> = HashMap<K, V, BuildHasherDefault<KeyHasher>>;

/// 2^64 divided by the golden ratio: spreads neighbouring numbers over all bits.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hashes the one number of a key.
#[derive(Debug, Default)]
pub(crate) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(SPREAD);
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64((*byte).into()));
    }

    fn finish(&self) -> u64 {
        self.0.rotate_left(32)
    }
}
