//! How a generation of the stickiness key is recorded.

use base64_simd::STANDARD;
use elbow_model::{KeyGeneration, Timestamp};
use serde::{Deserialize, Serialize};

use super::field::Wrong;
use super::secret::{Sealing, Written};

/// Version 1. Exactly one of the two secrets is there: sealed in a database, in base64 in an export.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyGenerationRecord {
    id: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed_secret: Option<String>,
    created_ms: u64,
    promoted_ms: u64,
}

impl KeyGenerationRecord {
    pub(crate) fn new(generation: &KeyGeneration, sealing: &Sealing<'_>) -> Result<Self, Wrong> {
        let text = STANDARD.encode_to_string(generation.secret);
        let Written { secret, sealed_secret } = sealing.write(&owner(generation.id), &text)?;
        Ok(Self {
            id: generation.id,
            secret,
            sealed_secret,
            created_ms: generation.created.as_millis(),
            promoted_ms: generation.promoted.as_millis(),
        })
    }

    pub(crate) fn read(self, sealing: &Sealing<'_>) -> Result<KeyGeneration, Wrong> {
        let written = Written { secret: self.secret, sealed_secret: self.sealed_secret };
        let text = sealing.read(&owner(self.id), written)?;
        let bytes = STANDARD.decode_to_vec(text).unwrap_or_default();
        let secret = <[u8; 16]>::try_from(bytes)
            .map_err(|_| Wrong::new("secret", "a stickiness key is 16 bytes in base64"))?;
        Ok(KeyGeneration {
            id: self.id,
            secret,
            created: Timestamp::from_millis(self.created_ms),
            promoted: Timestamp::from_millis(self.promoted_ms),
        })
    }
}

/// What the seal is bound to, so that a secret cannot be moved to another generation.
fn owner(id: u32) -> String {
    format!("key_generation/{id}")
}
