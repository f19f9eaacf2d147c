//! How a pair that may sign API requests is recorded.

use elbow_model::{AccessKeyId, Credential, Secret, Timestamp};
use serde::{Deserialize, Serialize};

use super::field::{Wrong, field};
use super::secret::{Sealing, Written};

/// Version 1. Exactly one of the two secrets is there: sealed in a database, in clear in an export.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CredentialRecord {
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed_secret: Option<String>,
    created_ms: u64,
}

impl CredentialRecord {
    pub(crate) fn new(credential: &Credential, sealing: &Sealing<'_>) -> Result<Self, Wrong> {
        let id = credential.id.as_str();
        let Written { secret, sealed_secret } = sealing.write(&owner(id), credential.secret.reveal())?;
        let created_ms = credential.created.as_millis();
        Ok(Self { id: id.to_owned(), secret, sealed_secret, created_ms })
    }

    pub(crate) fn read(self, sealing: &Sealing<'_>) -> Result<Credential, Wrong> {
        let written = Written { secret: self.secret, sealed_secret: self.sealed_secret };
        let secret = sealing.read(&owner(&self.id), written)?;
        Ok(Credential {
            id: field("id", AccessKeyId::parse(&self.id))?,
            secret: field("secret", Secret::parse(&secret))?,
            created: Timestamp::from_millis(self.created_ms),
        })
    }
}

/// What the seal is bound to, so that a secret cannot be moved to another credential.
fn owner(id: &str) -> String {
    format!("credential/{id}")
}
