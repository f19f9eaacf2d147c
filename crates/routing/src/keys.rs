//! Maps by key. The hasher is one multiplication a number: what is in a map comes from the configuration, so nobody
//! outside can fill one with keys that collide.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A map from a key of `elbow_model::key`, or another small number that is configured, to `V`.
pub type KeyMap<K, V> = HashMap<K, V, BuildHasherDefault<KeyHasher>>;

/// A set of keys of `elbow_model::key`.
pub type KeySet<K> = HashSet<K, BuildHasherDefault<KeyHasher>>;

/// Hashes the number of a key; see [`KeyMap`]. Not for maps that a client or a target can add to.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyHasher(u64);

/// 2^64 divided by the golden ratio: spreads neighbouring numbers over all bits.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for KeyHasher {
    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(SPREAD);
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64((*byte).into());
        }
    }

    fn finish(&self) -> u64 {
        self.0.rotate_left(32)
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, BuildHasherDefault};

    use elbow_model::key::TargetKey;

    use super::*;

    #[test]
    fn neighbouring_keys_spread_over_low_and_high_bits() {
        let build = BuildHasherDefault::<KeyHasher>::default();
        let hashes: Vec<u64> = (0..4096).map(|number| build.hash_one(TargetKey::new(number))).collect();
        for shift in [0, 57] {
            let buckets: HashSet<u64> = hashes.iter().map(|hash| (hash >> shift) & 0x7f).collect();
            assert_eq!(buckets.len(), 128, "bits from {shift}");
        }
    }
}
