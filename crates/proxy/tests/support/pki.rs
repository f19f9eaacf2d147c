//! Authorities of a test's own, what they issue to clients, and what they take back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use elbow_model::key::TrustStoreKey;
use elbow_model::{Revocation, RevocationKind, Tags, Timestamp, TrustStore, TrustStoreArn, TrustStoreName};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams,
    SerialNumber, SignatureAlgorithm,
};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use time::{Duration, OffsetDateTime};

use super::configuration::scope;

/// The serial number of every client's certificate.
pub(crate) const SERIAL: u8 = 0xa3;

/// An authority.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its certificate, and those above it.
    chain: Vec<CertificateDer<'static>>,
}

/// What a client shows, and the key that goes with it.
pub(crate) struct Shown {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: Vec<u8>,
}

pub(crate) fn now() -> OffsetDateTime {
    SystemTime::now().into()
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Carts");
    params.distinguished_name.push(DnType::CommonName, name);
    (params.not_before, params.not_after) = (now() - Duration::days(2), now() + Duration::days(2));
    params
}

fn of_authority(name: &str) -> CertificateParams {
    let mut params = params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

impl Authority {
    pub(crate) fn root(name: &str) -> Self {
        Self::with_key(name, &rcgen::PKCS_ECDSA_P256_SHA256)
    }

    pub(crate) fn with_key(name: &str, algorithm: &'static SignatureAlgorithm) -> Self {
        Self::root_with(name, algorithm, |_| {})
    }

    pub(crate) fn root_with(
        name: &str,
        algorithm: &'static SignatureAlgorithm,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let mut params = of_authority(name);
        change(&mut params);
        let certificate = params.self_signed(&key).unwrap();
        let chain = vec![certificate.der().clone()];
        Self { issuer: Issuer::new(of_authority(name), key), chain }
    }

    /// One that this one vouches for.
    pub(crate) fn below(&self, name: &str) -> Self {
        self.below_with(name, |_| {})
    }

    pub(crate) fn below_with(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = of_authority(name);
        change(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let chain = [&[certificate.der().clone()], self.chain.as_slice()].concat();
        Self { issuer: Issuer::new(of_authority(name), key), chain }
    }

    /// What it issues to a client, with all that is below the root.
    pub(crate) fn client(&self, change: impl FnOnce(&mut CertificateParams)) -> Shown {
        let key = KeyPair::generate().unwrap();
        let mut params = params("alice");
        params.serial_number = Some(SerialNumber::from(vec![SERIAL]));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        change(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let (_, below_root) = self.chain.split_last().unwrap();
        Shown { chain: [&[certificate.der().clone()], below_root].concat(), key: key.serialize_der() }
    }

    /// A list of what it takes back, in PEM.
    pub(crate) fn list(&self, serials: &[u8], next_update: OffsetDateTime) -> String {
        let revoked_certs = serials.iter().map(|serial| RevokedCertParams {
            serial_number: SerialNumber::from(vec![*serial]),
            revocation_time: now() - Duration::hours(1),
            reason_code: None,
            invalidity_date: None,
        });
        let params = CertificateRevocationListParams {
            this_update: now() - Duration::days(1),
            next_update,
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked_certs.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        pem("X509 CRL", params.signed_by(&self.issuer).unwrap().der())
    }

    /// Its own certificate, in PEM.
    pub(crate) fn pem(&self) -> String {
        pem("CERTIFICATE", &self.chain[0])
    }
}

impl Shown {
    pub(crate) fn certified(&self) -> Arc<CertifiedKey> {
        let key = PrivatePkcs8KeyDer::from(self.key.clone()).into();
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key).unwrap();
        Arc::new(CertifiedKey::new(self.chain.clone(), key))
    }
}

/// A trust store of these authorities, with these revocations.
pub(crate) fn trust_store(bundle: &str, lists: &[String]) -> TrustStore {
    let revocation =
        |list: &String| Revocation { kind: RevocationKind::Crl, content: list.as_bytes().into(), entries: 1 };
    let name = TrustStoreName::parse("staff").unwrap();
    TrustStore {
        arn: TrustStoreArn { scope: scope(), name, key: TrustStoreKey::new(1) },
        created: Timestamp::default(),
        bundle: bundle.as_bytes().into(),
        revocations: (1..).zip(lists.iter().map(revocation)).collect::<BTreeMap<_, _>>(),
        next_revocation: 100,
        tags: Tags::default(),
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = base64_simd::STANDARD.encode_to_string(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
