//! Certificates with their private keys, and the local authority that issues some of them.
//!
//! What is in a certificate is read and checked by the crate `certificates`; here are only the nouns. Start with
//! [`Certificate`].

mod arn;
mod facts;

use std::fmt;
use std::sync::Arc;

pub use arn::{AcmArn, CertificateArn, CertificateKey, ServerCertificateArn, ServerCertificateName};
pub use facts::{CertificateFacts, ExtendedKeyUsage, KeyAlgorithm, KeyUsage};

use crate::{AccountId, Tags, Timestamp};

/// A certificate that a listener can show, with its private key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Its identity, which stays the same when it is imported again.
    pub key: CertificateKey,
    /// Its name in the API that it came by.
    pub arn: CertificateArn,
    /// Where it comes from.
    pub source: CertificateSource,
    /// When it was first imported, uploaded or requested.
    pub created: Timestamp,
    /// When what it holds was last imported, uploaded or issued.
    pub changed: Timestamp,
    /// What it holds.
    pub material: Arc<CertificateMaterial>,
    /// Its tags.
    pub tags: Tags,
}

impl Certificate {
    /// Account and name of a server certificate of IAM: no two have the same but for the case of letters.
    pub fn server_name(&self) -> Option<(AccountId, String)> {
        match &self.arn {
            CertificateArn::Server(arn) => Some((arn.account.clone(), arn.name.name().to_ascii_lowercase())),
            CertificateArn::Acm(_) => None,
        }
    }
}

/// Where a certificate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateSource {
    /// Somebody brought it with its private key.
    Imported,
    /// The local authority issued it.
    Issued,
}

impl CertificateSource {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Imported, Self::Issued];

    /// Its word in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Issued => "issued",
        }
    }
}

/// A certificate, what certifies it, and its private key. Made by the crate `certificates`, which has checked that they
/// belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateMaterial {
    /// The certificate in DER.
    pub certificate: Der,
    /// The certificates that certify it, each the one before, in DER. Empty if it certifies itself.
    pub chain: Vec<Der>,
    /// The private key.
    pub private_key: PrivateKey,
    /// What the certificate says.
    pub facts: CertificateFacts,
}

/// Bytes in the Distinguished Encoding Rules of ASN.1 (X.690). Cheap to copy.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Der(Arc<[u8]>);

impl Der {
    /// Takes the bytes as they are.
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Der {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Der({} bytes)", self.0.len())
    }
}

/// A private key in PKCS #8 (RFC 5208). It is never printed by accident: only [`PrivateKey::reveal`] gives it away.
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateKey(Arc<[u8]>);

impl PrivateKey {
    /// Takes the bytes as they are.
    pub fn new(pkcs8: &[u8]) -> Self {
        Self(pkcs8.into())
    }

    /// The key itself, for signing and for keeping it sealed.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

/// The local certificate authority. There is at most one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Its own certificate in DER, which it has signed itself.
    pub certificate: Der,
    /// What it signs with.
    pub private_key: PrivateKey,
    /// When it was made.
    pub created: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_key_is_not_printed() {
        let shown = format!("{:?}", PrivateKey::new(b"hunter22"));
        assert_eq!(shown, "PrivateKey(…)");
    }
}
