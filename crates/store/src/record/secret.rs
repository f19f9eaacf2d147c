//! How secrets are recorded: sealed in a database, in clear in an export that was asked for with secrets.

use super::field::Wrong;
use crate::master_key::MasterKey;

/// What happens to secrets on their way into and out of records.
pub(crate) enum Sealing<'a> {
    /// They are sealed with this key.
    With(&'a MasterKey),
    /// They are in clear.
    Clear,
}

/// A secret as the two fields of a record.
pub(crate) struct Written {
    pub(crate) secret: Option<String>,
    pub(crate) sealed_secret: Option<String>,
}

impl Sealing<'_> {
    /// Writes the secret of `owner`, the identity of its record.
    pub(crate) fn write(&self, owner: &str, secret: &str) -> Result<Written, Wrong> {
        match self {
            Self::Clear => Ok(Written { secret: Some(secret.to_owned()), sealed_secret: None }),
            Self::With(key) => {
                let sealed = key.seal(owner, secret.as_bytes());
                let sealed = sealed.ok_or_else(|| Wrong::new("secret", "it cannot be sealed"))?;
                Ok(Written { secret: None, sealed_secret: Some(sealed) })
            }
        }
    }

    /// Reads the secret of `owner`.
    pub(crate) fn read(&self, owner: &str, written: Written) -> Result<String, Wrong> {
        match (self, written) {
            (Self::Clear, Written { secret: Some(secret), sealed_secret: None }) => Ok(secret),
            (Self::Clear, _) => Err(Wrong::new("secret", "it must be here, and in clear")),
            (Self::With(key), Written { secret: None, sealed_secret: Some(sealed) }) => {
                let secret = key.open(owner, &sealed).and_then(|secret| String::from_utf8(secret).ok());
                secret.ok_or_else(|| Wrong::new("sealed_secret", "it does not open with the master key"))
            }
            (Self::With(_), _) => Err(Wrong::new("sealed_secret", "it must be here, and no secret in clear")),
        }
    }
}
