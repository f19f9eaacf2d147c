//! One generation of the key ring as plain data: what is stored and spread to the nodes.

use std::fmt;

use elbow_model::{KeyGeneration, Timestamp};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Identity of a generation, in clear in every token that it sealed. Random, so that it says nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(u32);

impl KeyId {
    /// The id with this number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number of this id.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({:08x})", self.0)
    }
}

/// The sixteen secret bytes of an AES-128 key. Wiped when dropped, never printed; equality is for tests of stores and
/// is not meant for secrets that an attacker can probe.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<[u8; Secret::LEN]>);

impl Secret {
    /// Length in bytes.
    pub const LEN: usize = 16;

    /// The secret with these bytes.
    pub fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for storing them where secrets are stored.
    pub fn expose(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// One generation of the key ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generation {
    /// Its identity.
    pub id: KeyId,
    /// When it was made; rotation by age counts from here.
    pub created: Timestamp,
    /// From when on it issues, until a later generation does. Before that it only opens.
    pub promote_at: Timestamp,
    /// Its key.
    pub secret: Secret,
}

impl From<&KeyGeneration> for Generation {
    fn from(kept: &KeyGeneration) -> Self {
        let KeyGeneration { id, secret, created, promoted } = kept;
        let secret = Secret::from_bytes(*secret);
        Self { id: KeyId::new(*id), created: *created, promote_at: *promoted, secret }
    }
}

impl From<&Generation> for KeyGeneration {
    fn from(generation: &Generation) -> Self {
        let Generation { id, created, promote_at, secret } = generation;
        Self { id: id.get(), secret: *secret.expose(), created: *created, promoted: *promote_at }
    }
}

impl Generation {
    /// A generation with a random id and key.
    pub fn fresh<R: CryptoRng + ?Sized>(created: Timestamp, promote_at: Timestamp, rng: &mut R) -> Self {
        let mut bytes = Zeroizing::new([0; Secret::LEN]);
        rng.fill_bytes(bytes.as_mut_slice());
        let secret = Secret(bytes);
        Self { id: KeyId::new(rng.next_u32()), created, promote_at, secret }
    }
}
