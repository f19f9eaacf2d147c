//! Who may call the API.

use std::fmt;
use std::sync::Arc;

use crate::{Invalid, Timestamp};

/// The public half of a pair: 3-128 letters, digits and underscores, as AWS's `AccessKeyId`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccessKeyId(Arc<str>);

impl AccessKeyId {
    /// Checks an id.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        if !(3..=128).contains(&text.len()) || !text.bytes().all(allowed) {
            return Err(Invalid::new("an access key id has 3 to 128 letters, digits and underscores"));
        }
        Ok(Self(text.into()))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A secret text. It is never printed by accident: only [`Secret::reveal`] gives it away.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Takes a secret of 8-256 visible ASCII characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if !(8..=256).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Invalid::new("a secret access key has 8 to 256 visible ASCII characters"));
        }
        Ok(Self(text.into()))
    }

    /// The secret itself, for signing and for showing it to its owner.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A pair that signs API requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The public half.
    pub id: AccessKeyId,
    /// The secret half.
    pub secret: Secret,
    /// When it was made.
    pub created: Timestamp,
}
