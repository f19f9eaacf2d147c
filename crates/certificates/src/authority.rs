//! The local certificate authority: for laptops and test networks, where nobody else would issue a certificate.
//!
//! Whoever trusts it trusts every certificate that it issues, so its key is kept as carefully as those of the
//! certificates. It revokes nothing.

use std::net::IpAddr;
use std::time::Duration;

use elbow_model::limits::NAMES_PER_CERTIFICATE;
use elbow_model::{Authority, CertificateMaterial, Der, Invalid, KeyAlgorithm, PrivateKey, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, RsaKeySize, SanType,
};
use time::OffsetDateTime;

use crate::restore;

const DAY: Duration = Duration::from_secs(86_400);
/// How long the authority's own certificate is valid: ten years.
const AUTHORITY_VALIDITY: Duration = Duration::from_secs(3_650 * DAY.as_secs());
/// How long a certificate is valid that it issues: as long as those of Certificate Manager were, 13 months.
const VALIDITY: Duration = Duration::from_secs(395 * DAY.as_secs());
/// Certificates are valid from a little earlier on, for clients whose clocks are behind.
const CLOCK_SKEW: Duration = Duration::from_secs(3_600);
/// Longest common name (RFC 5280, appendix A.1), in bytes.
const COMMON_NAME_BYTES: usize = 64;
/// Longest domain name, in bytes.
const NAME_BYTES: usize = 253;
/// Longest part of one, in bytes.
const LABEL_BYTES: usize = 63;
const COMMON_NAME: &str = "Elbow local certificate authority";

/// Nothing was issued: there is no randomness, or the authority's record is damaged.
#[derive(Debug, thiserror::Error)]
#[error("the local certificate authority cannot issue a certificate: {0}")]
pub struct Failed(String);

impl From<rcgen::Error> for Failed {
    fn from(error: rcgen::Error) -> Self {
        Self(error.to_string())
    }
}

/// Names that a certificate can be issued for: one at least, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names(Vec<String>);

impl Names {
    /// Checks names: domain names, whose first part may be `*`, and addresses. Letters become lower-case.
    ///
    /// # Errors
    /// Says which name is wrong.
    pub fn parse<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, Invalid> {
        let mut checked: Vec<String> = Vec::new();
        for name in names {
            if name.parse::<IpAddr>().is_err() && !is_domain_name(name) {
                return Err(Invalid::new(format!("'{name}' is not a domain name such as shop.example.com")));
            }
            let name = name.to_ascii_lowercase();
            if !checked.contains(&name) {
                checked.push(name);
            }
            if checked.len() > NAMES_PER_CERTIFICATE {
                let message = format!("A certificate can have at most {NAMES_PER_CERTIFICATE} names");
                return Err(Invalid::new(message));
            }
        }
        if checked.is_empty() {
            return Err(Invalid::new("A certificate needs a name"));
        }
        Ok(Self(checked))
    }

    /// The names, in their order.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

/// Whether the text is a domain name, with `*` for its first part at most.
pub fn is_domain_name(text: &str) -> bool {
    let label = |label: &str| {
        let allowed = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        (1..=LABEL_BYTES).contains(&label.len())
            && allowed
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= NAME_BYTES && text.strip_prefix("*.").unwrap_or(text).split('.').all(label)
}

/// Makes an authority.
///
/// # Errors
/// The operating system gives no randomness.
pub fn create(now: Timestamp) -> Result<Authority, Failed> {
    let key = KeyPair::generate()?;
    let certificate = own_params(now).self_signed(&key)?;
    Ok(Authority {
        certificate: Der::new(certificate.der()),
        private_key: PrivateKey::new(key.serialized_der()),
        created: now,
    })
}

/// What an authority's own certificate says; what it issues names it in the same words.
fn own_params(created: Timestamp) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, COMMON_NAME);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    (params.not_before, params.not_after) = validity(created, AUTHORITY_VALIDITY);
    params
}

/// Issues a certificate with a new key. An RSA key takes a tenth of a second, the others none to speak of.
///
/// # Errors
/// The operating system gives no randomness, or the authority is damaged.
pub fn issue(
    authority: &Authority,
    names: &Names,
    algorithm: KeyAlgorithm,
    now: Timestamp,
) -> Result<CertificateMaterial, Failed> {
    let authority_key = KeyPair::try_from(authority.private_key.reveal())?;
    let issuer = Issuer::new(own_params(authority.created), authority_key);
    let key = new_key(algorithm)?;
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    if let Some(name) = names.as_slice().iter().find(|name| name.len() <= COMMON_NAME_BYTES) {
        params.distinguished_name.push(DnType::CommonName, name.as_str());
    }
    params.subject_alt_names =
        names.as_slice().iter().map(|name| alternative(name)).collect::<Result<_, _>>()?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    (params.not_before, params.not_after) = validity(now, VALIDITY);
    let issued = params.signed_by(&key, &issuer)?;
    restore(
        Der::new(issued.der()),
        vec![authority.certificate.clone()],
        &PrivateKey::new(key.serialized_der()),
    )
    .map_err(|flaw| Failed(flaw.to_string()))
}

fn new_key(algorithm: KeyAlgorithm) -> Result<KeyPair, rcgen::Error> {
    let rsa = |size| KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, size);
    match algorithm {
        KeyAlgorithm::Rsa2048 => rsa(RsaKeySize::_2048),
        KeyAlgorithm::Rsa3072 => rsa(RsaKeySize::_3072),
        KeyAlgorithm::Rsa4096 => rsa(RsaKeySize::_4096),
        KeyAlgorithm::P256 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256),
        KeyAlgorithm::P384 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384),
        KeyAlgorithm::P521 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512),
    }
}

fn alternative(name: &str) -> Result<SanType, rcgen::Error> {
    match name.parse() {
        Ok(address) => Ok(SanType::IpAddress(address)),
        Err(_) => Ok(SanType::DnsName(name.try_into()?)),
    }
}

fn validity(now: Timestamp, validity: Duration) -> (OffsetDateTime, OffsetDateTime) {
    let at = |time: Timestamp| {
        let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    };
    (at(now - CLOCK_SKEW), at(now + validity))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    #[test]
    fn it_issues_for_names_and_addresses() {
        let authority = create(NOW).unwrap();
        let names =
            Names::parse(["Shop.example.com", "*.example.com", "127.0.0.1", "::1", "*.example.com"]).unwrap();
        for algorithm in [KeyAlgorithm::P256, KeyAlgorithm::P384, KeyAlgorithm::P521, KeyAlgorithm::Rsa2048] {
            let issued = issue(&authority, &names, algorithm, NOW).unwrap();
            assert_eq!(issued.facts.names, ["shop.example.com", "*.example.com", "127.0.0.1", "::1"]);
            assert_eq!(issued.facts.domain_name(), Some("shop.example.com"));
            assert_eq!(issued.facts.key_algorithm, algorithm);
            assert_eq!(issued.chain, std::slice::from_ref(&authority.certificate));
            assert!(issued.facts.is_valid_at(NOW) && !issued.facts.is_valid_at(NOW + VALIDITY + DAY));
        }
    }

    #[test]
    fn two_certificates_have_two_keys_and_serial_numbers() {
        let authority = create(NOW).unwrap();
        let names = Names::parse(["localhost"]).unwrap();
        let issued = || issue(&authority, &names, KeyAlgorithm::P256, NOW).unwrap();
        let (one, other) = (issued(), issued());
        assert_ne!(one.private_key, other.private_key);
        assert_ne!(one.facts.serial, other.facts.serial);
    }

    #[test]
    fn a_name_must_be_one() {
        let long = format!("{}.example.com", "a".repeat(LABEL_BYTES + 1));
        for name in
            ["", ".", "a..b", "a b", "-a.b", "a-.b", "a.*", "*", "*a.b", "ä.example.com", "a_b.c", &long]
        {
            assert!(Names::parse([name]).is_err(), "{name}");
        }
        assert!(Names::parse([]).is_err());
        let many: Vec<String> = (0..=NAMES_PER_CERTIFICATE).map(|i| format!("n{i}.example.com")).collect();
        assert!(Names::parse(many.iter().map(String::as_str)).is_err());
    }

    #[test]
    fn a_damaged_authority_issues_nothing() {
        let good = create(NOW).unwrap();
        let names = Names::parse(["localhost"]).unwrap();
        let broken = Authority { certificate: Der::new(b"x"), ..good.clone() };
        assert!(issue(&broken, &names, KeyAlgorithm::P256, NOW).is_err());
        let other = Authority { private_key: create(NOW).unwrap().private_key, ..good };
        assert!(issue(&other, &names, KeyAlgorithm::P256, NOW).is_err(), "what it signs is not its own");
    }
}
