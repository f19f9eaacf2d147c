//! Private keys: PKCS #8 (RFC 5208), PKCS #1 (RFC 8017) and SEC 1 (RFC 5915), all turned into the first.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaKeyPair, KeyPair as _,
};
use elbow_model::{KeyAlgorithm, PrivateKey};
use rustls_pki_types::pem::SectionKind;

use crate::pem;

/// A private key that was read, and the public one that belongs to it.
pub(crate) struct Pair {
    pub(crate) private: PrivateKey,
    /// As certificates show it: a point, or modulus and exponent.
    pub(crate) public: Vec<u8>,
}

/// Reads the one private key of a text. OpenSSL writes the parameters of a curve before its key; they are passed over.
pub(crate) fn read(text: &[u8], algorithm: KeyAlgorithm) -> Result<Pair, &'static str> {
    let sections = pem::read(text)?;
    let is_key = |kind: &SectionKind| {
        matches!(kind, SectionKind::PrivateKey | SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey)
    };
    let mut keys = sections.iter().filter(|(kind, _)| is_key(kind));
    let (Some((_, der)), None) = (keys.next(), keys.next()) else {
        return Err("it must be one private key in PEM format that is not encrypted");
    };
    from_der(der, algorithm)
}

/// Reads a private key that fits a certificate with such a key.
pub(crate) fn from_der(der: &[u8], algorithm: KeyAlgorithm) -> Result<Pair, &'static str> {
    const UNFIT: &str = "it is damaged, or of another kind than the key of the certificate";
    let curve = match algorithm {
        KeyAlgorithm::P256 => &ECDSA_P256_SHA256_ASN1_SIGNING,
        KeyAlgorithm::P384 => &ECDSA_P384_SHA384_ASN1_SIGNING,
        KeyAlgorithm::P521 => &ECDSA_P521_SHA512_ASN1_SIGNING,
        KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096 => {
            let key = rsa::KeyPair::from_pkcs8(der).or_else(|_| rsa::KeyPair::from_der(der));
            let key = key.map_err(|_| UNFIT)?;
            let pkcs8: Pkcs8V1Der<'_> = key.as_der().map_err(|_| UNFIT)?;
            let public = key.public_key().as_ref().to_vec();
            return Ok(Pair { private: PrivateKey::new(pkcs8.as_ref()), public });
        }
    };
    let key = EcdsaKeyPair::from_private_key_der(curve, der).map_err(|_| UNFIT)?;
    let pkcs8 = key.to_pkcs8v1().map_err(|_| UNFIT)?;
    Ok(Pair { private: PrivateKey::new(pkcs8.as_ref()), public: key.public_key().as_ref().to_vec() })
}
