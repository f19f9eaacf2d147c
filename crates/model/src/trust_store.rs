//! Trust stores: the certificate authorities whose certificates a peer may show, and what they have revoked (R32).
//!
//! What is in a bundle or a list is read and checked by the crate `certificates`; here are only the nouns.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::limits::{
    REVOCATION_BYTES, REVOCATION_NUMBER, REVOCATIONS_PER_TRUST_STORE, REVOKED_ENTRIES_PER_TRUST_STORE,
};
use crate::{Invalid, Tags, Timestamp, TrustStoreArn};

/// The authorities that clients' or targets' certificates are checked with.
#[derive(Clone, PartialEq, Eq)]
pub struct TrustStore {
    /// Its ARN.
    pub arn: TrustStoreArn,
    /// When it was created.
    pub created: Timestamp,
    /// Certificates of authorities in PEM, exactly as they were given.
    pub bundle: Arc<[u8]>,
    /// What the authorities have revoked, by the number that `AddTrustStoreRevocations` gave it.
    pub revocations: BTreeMap<u64, Revocation>,
    /// The number of the next one. No number is given twice, so that it never means another file.
    pub next_revocation: u64,
    /// Tags.
    pub tags: Tags,
}

impl TrustStore {
    /// Revoked certificates in all of its lists.
    pub fn revoked_entries(&self) -> u64 {
        self.revocations.values().map(|it| it.entries).sum()
    }

    /// Whether its files of revocations are as many and as large as they may be.
    pub fn check_limits(&self) -> Result<(), Invalid> {
        let bytes: usize = self.revocations.values().map(|it| it.content.len()).sum();
        let too_many =
            |most| Err(Invalid::new(format!("Trust store '{}' cannot have more than {most}", self.arn)));
        match () {
            () if self.revocations.len() > REVOCATIONS_PER_TRUST_STORE => {
                too_many(format!("{REVOCATIONS_PER_TRUST_STORE} revocation files"))
            }
            () if self.revoked_entries() > REVOKED_ENTRIES_PER_TRUST_STORE => {
                too_many(format!("{REVOKED_ENTRIES_PER_TRUST_STORE} revoked certificates"))
            }
            () if self.next_revocation > REVOCATION_NUMBER => {
                too_many(format!("{REVOCATION_NUMBER} revocation files in all its time"))
            }
            () if bytes > REVOCATION_BYTES => {
                too_many(format!("{REVOCATION_BYTES} bytes of revocation files"))
            }
            () => Ok(()),
        }
    }
}

impl fmt::Debug for TrustStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bytes, lists) = (self.bundle.len(), self.revocations.len());
        write!(f, "TrustStore({}, {bytes} bytes, {lists} revocation lists)", self.arn)
    }
}

/// A file of certificates that are not valid any more.
#[derive(Clone, PartialEq, Eq)]
pub struct Revocation {
    /// What kind of file it is.
    pub kind: RevocationKind,
    /// The file in PEM, exactly as it was given.
    pub content: Arc<[u8]>,
    /// Revoked certificates in it.
    pub entries: u64,
}

impl fmt::Debug for Revocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Revocation({} entries in {} bytes)", self.entries, self.content.len())
    }
}

/// What a file of revocations is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationKind {
    /// Certificate revocation lists (RFC 5280, section 5).
    Crl,
}

impl RevocationKind {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Crl];

    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Crl => "CRL",
        }
    }
}

/// What a listener of HTTPS does with the certificates of its clients (R32).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ClientCertificates {
    /// It does not ask for any: `off`.
    #[default]
    Ignored,
    /// It asks, and hands to the target what it gets, unchecked: `passthrough`.
    Passed,
    /// It takes connections only of clients whose certificate an authority of the trust store vouches for: `verify`.
    Verified {
        /// The authorities.
        trust_store: TrustStoreArn,
        /// Whether a certificate that has expired is good enough.
        ignore_expiry: bool,
        /// Whether clients are told which authorities there are.
        advertise_names: bool,
    },
}

impl ClientCertificates {
    /// AWS's word for the mode.
    pub const fn mode(&self) -> &'static str {
        match self {
            Self::Ignored => "off",
            Self::Passed => "passthrough",
            Self::Verified { .. } => "verify",
        }
    }

    /// The trust store that certificates are checked with.
    pub const fn trust_store(&self) -> Option<&TrustStoreArn> {
        match self {
            Self::Ignored | Self::Passed => None,
            Self::Verified { trust_store, .. } => Some(trust_store),
        }
    }
}
