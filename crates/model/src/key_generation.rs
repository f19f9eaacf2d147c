//! One key that seals stickiness tokens, as it is kept and shared between nodes.

use std::fmt;

use crate::Timestamp;

/// A generation of the stickiness key. Which one issues and which ones are accepted is decided by the key ring of
/// `stickiness`; this is only what must be remembered.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyGeneration {
    /// Number that tokens carry in clear.
    pub id: u32,
    /// The AES-128 key.
    pub secret: [u8; 16],
    /// When it was made.
    pub created: Timestamp,
    /// From when on it issues: later than `created`, so that every node accepts it before any node issues with it.
    pub promoted: Timestamp,
}

impl fmt::Debug for KeyGeneration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, created, promoted, secret: _ } = self;
        write!(f, "KeyGeneration {{ id: {id}, created: {created:?}, promoted: {promoted:?}, secret: … }}")
    }
}
