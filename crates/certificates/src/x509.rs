//! What a certificate says (RFC 5280). The library `x509-cert` reads it, strictly; here is what we make of that.

mod extensions;
mod name;

use elbow_model::{CertificateFacts, KeyAlgorithm, KeyUsage, Timestamp};
use x509_cert::der::asn1::{ObjectIdentifier, UintRef};
use x509_cert::der::{Decode, Encode, Reader, SliceReader};
use x509_cert::name::Name;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::Time;
use x509_cert::{Certificate, Version};

use crate::{Flaw, signature};
use extensions::Extensions;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ELLIPTIC_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

pub(crate) use name::{folded, rfc2253};

/// A certificate that can be read.
pub(crate) struct X509 {
    read: Certificate,
    pub(crate) extensions: Extensions,
}

/// What a key is, if it is one that certificates usually certify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// With a modulus of so many bits.
    Rsa(usize),
    P256,
    P384,
    P521,
}

/// Decodes one certificate of version 3; bytes left over are an error.
pub(crate) fn decode(der: &[u8]) -> Result<X509, &'static str> {
    let certificate = X509::read(der).filter(X509::is_version_3);
    certificate.ok_or("it is not an X.509 certificate of version 3")
}

impl X509 {
    /// Decodes one certificate of any version.
    pub(crate) fn read(der: &[u8]) -> Option<Self> {
        let read = Certificate::from_der(der).ok()?;
        let body = read.tbs_certificate();
        // Section 4.1.1.2: it is written twice and must be the same.
        if body.signature() != read.signature_algorithm() {
            return None;
        }
        let extensions = Extensions::read(body)?;
        Some(Self { read, extensions })
    }

    pub(crate) fn is_version_3(&self) -> bool {
        self.read.tbs_certificate().version() == Version::V3
    }

    /// What is signed.
    pub(crate) fn signed(&self) -> Option<Vec<u8>> {
        self.read.tbs_certificate().to_der().ok()
    }

    /// How it is signed.
    pub(crate) fn signing(&self) -> &AlgorithmIdentifierOwned {
        self.read.signature_algorithm()
    }

    /// The signature.
    pub(crate) fn signature(&self) -> Option<&[u8]> {
        self.read.signature().as_bytes()
    }

    /// Who has signed it.
    pub(crate) fn issuer(&self) -> &Name {
        self.read.tbs_certificate().issuer()
    }

    /// Whose certificate it is.
    pub(crate) fn subject(&self) -> &Name {
        self.read.tbs_certificate().subject()
    }

    /// The serial number: a number of DER in two's complement.
    pub(crate) fn serial(&self) -> &[u8] {
        self.read.tbs_certificate().serial_number().as_bytes()
    }

    /// From when until when it is valid.
    pub(crate) fn validity(&self) -> [Time; 2] {
        let validity = self.read.tbs_certificate().validity();
        [validity.not_before, validity.not_after]
    }

    /// The key that it certifies: a point, or modulus and exponent.
    pub(crate) fn key_bits(&self) -> Option<&[u8]> {
        self.key().subject_public_key.as_bytes()
    }

    /// What that key is.
    pub(crate) fn key_kind(&self) -> Option<KeyKind> {
        let algorithm = &self.key().algorithm;
        let parameters = algorithm.parameters.as_ref();
        let curve = parameters.and_then(|parameters| parameters.decode_as::<ObjectIdentifier>().ok());
        match (algorithm.oid, curve) {
            (RSA, _) => modulus_bits(self.key_bits()?).map(KeyKind::Rsa),
            (ELLIPTIC_CURVE, Some(P256)) => Some(KeyKind::P256),
            (ELLIPTIC_CURVE, Some(P384)) => Some(KeyKind::P384),
            (ELLIPTIC_CURVE, Some(P521)) => Some(KeyKind::P521),
            _ => None,
        }
    }

    /// That key with what it is: a SubjectPublicKeyInfo in DER.
    pub(crate) fn key_der(&self) -> Option<Vec<u8>> {
        self.key().to_der().ok()
    }

    fn key(&self) -> &SubjectPublicKeyInfoOwned {
        self.read.tbs_certificate().subject_public_key_info()
    }

    /// Whether certificates of clients may have this key, or be signed with it (R32).
    pub(crate) fn is_for_clients(&self) -> bool {
        match self.key_kind() {
            Some(KeyKind::Rsa(bits)) => (2048..=8192).contains(&bits),
            Some(KeyKind::P256 | KeyKind::P384 | KeyKind::P521) => true,
            None => false,
        }
    }

    /// Whether it is the certificate of an authority that may sign others (sections 4.2.1.3 and 4.2.1.9).
    pub(crate) fn is_authority(&self) -> bool {
        let usages = &self.extensions.key_usages;
        self.extensions.is_authority && (usages.is_empty() || usages.contains(&KeyUsage::CertificateSigning))
    }

    /// What it says about itself.
    pub(crate) fn facts(&self) -> Result<CertificateFacts, Flaw> {
        let [not_before, not_after] = self.validity().map(moment);
        Ok(CertificateFacts {
            subject: name::text(self.subject()),
            issuer: name::text(self.issuer()),
            common_name: name::common_name(self.subject()),
            names: self.extensions.names.clone(),
            serial: self.serial().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":"),
            not_before,
            not_after,
            key_algorithm: self.key_kind().and_then(of_load_balancers).ok_or(Flaw::Unsupported)?,
            signature_algorithm: signature::word(self.signing())
                .ok_or(Flaw::Certificate("it is signed in a way that clients do not take"))?,
            key_usages: self.extensions.key_usages.clone(),
            extended_key_usages: self.extensions.extended_key_usages.clone(),
        })
    }
}

/// The keys that load balancers take for themselves (R28).
const fn of_load_balancers(kind: KeyKind) -> Option<KeyAlgorithm> {
    match kind {
        KeyKind::Rsa(2048) => Some(KeyAlgorithm::Rsa2048),
        KeyKind::Rsa(3072) => Some(KeyAlgorithm::Rsa3072),
        KeyKind::Rsa(4096) => Some(KeyAlgorithm::Rsa4096),
        KeyKind::Rsa(_) => None,
        KeyKind::P256 => Some(KeyAlgorithm::P256),
        KeyKind::P384 => Some(KeyAlgorithm::P384),
        KeyKind::P521 => Some(KeyAlgorithm::P521),
    }
}

/// A moment that a certificate or a revocation list names; none is before 1970.
pub(crate) fn moment(time: Time) -> Timestamp {
    Timestamp::from_secs(time.to_unix_duration().as_secs())
}

fn modulus_bits(key: &[u8]) -> Option<usize> {
    let mut reader = SliceReader::new(key).ok()?;
    let modulus = reader.sequence(|parts| {
        let modulus = UintRef::decode(parts)?;
        UintRef::decode(parts).map(|_exponent| modulus)
    });
    let modulus: Result<UintRef<'_>, x509_cert::der::Error> = modulus;
    let bytes = modulus.ok()?.as_bytes();
    let unused = usize::try_from(bytes.first()?.leading_zeros()).ok()?;
    (bytes.len() * 8).checked_sub(unused)
}
