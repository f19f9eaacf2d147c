//! What a certificate says (RFC 5280).

mod extensions;
mod name;
mod validity;

use elbow_model::{CertificateFacts, KeyAlgorithm, KeyUsage, Timestamp};

use crate::der::{BIT_STRING, INTEGER, OBJECT_IDENTIFIER, Reader, SEQUENCE};
use crate::{Flaw, signature};
use extensions::Extensions;

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const ELLIPTIC_CURVE: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const P521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];

/// The explicit tags of a certificate's optional parts.
const VERSION: u8 = 0xa0;
const ISSUER_ID: u8 = 0x81;
const SUBJECT_ID: u8 = 0x82;
const EXTENSIONS: u8 = 0xa3;
/// The number that version 3 is written as.
const VERSION_3: &[u8] = &[2];

/// A certificate, taken apart.
pub(crate) struct X509<'a> {
    /// What is signed.
    pub(crate) signed: &'a [u8],
    /// How.
    pub(crate) signing: &'a [u8],
    /// By whom: a name.
    pub(crate) issuer: &'a [u8],
    /// Whose certificate it is: a name.
    pub(crate) subject: &'a [u8],
    /// The signature.
    pub(crate) signature: &'a [u8],
    /// The key that it certifies.
    pub(crate) key: SubjectKey<'a>,
    serial: &'a [u8],
    validity: (Timestamp, Timestamp),
    extensions: Extensions,
}

/// The key that a certificate certifies.
pub(crate) struct SubjectKey<'a> {
    algorithm: &'a [u8],
    /// The curve, if it is of one.
    curve: Option<&'a [u8]>,
    /// A point, or modulus and exponent.
    pub(crate) bits: &'a [u8],
}

/// Decodes one certificate of version 3; bytes left over are an error.
pub(crate) fn decode(der: &[u8]) -> Result<X509<'_>, &'static str> {
    certificate(der).ok_or("it is not an X.509 certificate of version 3")
}

fn certificate(der: &[u8]) -> Option<X509<'_>> {
    let mut outer = Reader::new(der);
    let mut parts = outer.inside(SEQUENCE)?;
    outer.end()?;
    let signed = parts.value().filter(|value| value.tag == SEQUENCE)?;
    let signing = parts.content(SEQUENCE)?;
    let signature = parts.bits()?;
    parts.end()?;

    let mut body = Reader::new(signed.content);
    let mut version = body.inside(VERSION)?;
    version.content(INTEGER).filter(|version| *version == VERSION_3)?;
    version.end()?;
    let serial = body.content(INTEGER).filter(|serial| !serial.is_empty())?;
    // Section 4.1.1.2: it is written twice and must be the same.
    body.content(SEQUENCE).filter(|again| *again == signing)?;
    let issuer = body.content(SEQUENCE)?;
    let validity = validity::read(body.inside(SEQUENCE)?)?;
    let subject = body.content(SEQUENCE)?;
    let key = subject_key(body.inside(SEQUENCE)?)?;
    body.optional(ISSUER_ID)?;
    body.optional(SUBJECT_ID)?;
    let extensions = match body.optional(EXTENSIONS)? {
        Some(explicit) => Extensions::read(Reader::new(explicit))?,
        None => Extensions::default(),
    };
    body.end()?;
    let signed = signed.whole;
    Some(X509 { signed, signing, issuer, subject, signature, key, serial, validity, extensions })
}

fn subject_key(mut parts: Reader<'_>) -> Option<SubjectKey<'_>> {
    let mut algorithm = parts.inside(SEQUENCE)?;
    let bits = parts.bits()?;
    parts.end()?;
    let oid = algorithm.content(OBJECT_IDENTIFIER)?;
    let curve = algorithm.optional(OBJECT_IDENTIFIER)?;
    Some(SubjectKey { algorithm: oid, curve, bits })
}

impl SubjectKey<'_> {
    /// What it is, if load balancers take it.
    fn kind(&self) -> Option<KeyAlgorithm> {
        match (self.algorithm, self.curve) {
            (RSA, _) => match self.modulus_bits()? {
                2048 => Some(KeyAlgorithm::Rsa2048),
                3072 => Some(KeyAlgorithm::Rsa3072),
                4096 => Some(KeyAlgorithm::Rsa4096),
                _ => None,
            },
            (ELLIPTIC_CURVE, Some(P256)) => Some(KeyAlgorithm::P256),
            (ELLIPTIC_CURVE, Some(P384)) => Some(KeyAlgorithm::P384),
            (ELLIPTIC_CURVE, Some(P521)) => Some(KeyAlgorithm::P521),
            _ => None,
        }
    }

    /// Whether certificates of clients may be signed with it (R32).
    pub(crate) fn signs_for_clients(&self) -> bool {
        match (self.algorithm, self.curve) {
            (RSA, _) => self.modulus_bits().is_some_and(|bits| (2048..=8192).contains(&bits)),
            (ELLIPTIC_CURVE, Some(curve)) => [P256, P384, P521].contains(&curve),
            _ => false,
        }
    }

    fn modulus_bits(&self) -> Option<usize> {
        let modulus = Reader::new(self.bits).inside(SEQUENCE)?.content(INTEGER)?;
        let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
        let first = modulus.first()?;
        (modulus.len() * 8).checked_sub(usize::try_from(first.leading_zeros()).ok()?)
    }
}

impl X509<'_> {
    /// Whether it is the certificate of an authority that may sign others (RFC 5280, sections 4.2.1.3 and 4.2.1.9).
    pub(crate) fn is_authority(&self) -> bool {
        let usages = &self.extensions.key_usages;
        self.extensions.is_authority && (usages.is_empty() || usages.contains(&KeyUsage::CertificateSigning))
    }

    /// What it says about itself.
    pub(crate) fn facts(&self) -> Result<CertificateFacts, Flaw> {
        const NAMES: Flaw = Flaw::Certificate("its names cannot be read");
        let (not_before, not_after) = self.validity;
        Ok(CertificateFacts {
            subject: name::text(self.subject).ok_or(NAMES)?,
            issuer: name::text(self.issuer).ok_or(NAMES)?,
            common_name: name::common_name(self.subject),
            names: self.extensions.names.clone(),
            serial: self.serial.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":"),
            not_before,
            not_after,
            key_algorithm: self.key.kind().ok_or(Flaw::Unsupported)?,
            signature_algorithm: signature::word(self.signing)
                .ok_or(Flaw::Certificate("it is signed in a way that clients do not take"))?,
            key_usages: self.extensions.key_usages.clone(),
            extended_key_usages: self.extensions.extended_key_usages.clone(),
        })
    }
}

/// A bit string may have bits that are not used; what is left of the first byte says how many.
pub(super) fn flags(content: &[u8]) -> Option<&[u8]> {
    let mut value = Reader::new(content);
    let (unused, bytes) = value.content(BIT_STRING)?.split_first()?;
    value.end()?;
    (*unused < 8).then_some(bytes)
}
