//! How certificates and the local authority are recorded. What a certificate says is read from the certificate again.

use std::sync::Arc;

use base64_simd::STANDARD;
use elbow_model::{
    Authority, Certificate, CertificateArn, CertificateKey, CertificateSource, Der, PrivateKey, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::field::{Texts, Wrong, tags, texts, word};
use super::secret::{Sealing, Written};

/// Version 1. Certificates are in base64 of DER. Exactly one of the two secrets is there, the private key in base64 of
/// PKCS #8: sealed in a database, as it is in an export.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CertificateRecord {
    key: String,
    arn: String,
    source: String,
    created_ms: u64,
    changed_ms: u64,
    certificate: String,
    chain: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed_secret: Option<String>,
    tags: Texts,
}

impl CertificateRecord {
    pub(crate) fn new(it: &Certificate, sealing: &Sealing<'_>) -> Result<Self, Wrong> {
        let key = it.key.to_string();
        let private = STANDARD.encode_to_string(it.material.private_key.reveal());
        let Written { secret, sealed_secret } = sealing.write(&owner(&key), &private)?;
        Ok(Self {
            key,
            arn: it.arn.to_string(),
            source: it.source.as_str().to_owned(),
            created_ms: it.created.as_millis(),
            changed_ms: it.changed.as_millis(),
            certificate: text(&it.material.certificate),
            chain: it.material.chain.iter().map(text).collect(),
            secret,
            sealed_secret,
            tags: texts(it.tags.iter()),
        })
    }

    pub(crate) fn read(self, sealing: &Sealing<'_>) -> Result<Certificate, Wrong> {
        let written = Written { secret: self.secret, sealed_secret: self.sealed_secret };
        let secret = sealing.read(&owner(&self.key), written)?;
        let unknown = |name, text: &str| Wrong::new(name, format!("'{text}' is not that of a certificate"));
        let key = CertificateKey::parse(&self.key).ok_or_else(|| unknown("key", &self.key))?;
        let arn = CertificateArn::parse(&self.arn).ok_or_else(|| unknown("arn", &self.arn))?;
        if matches!(&arn, CertificateArn::Acm(named) if named.key != key) {
            return Err(Wrong::new("arn", "it must end in the key"));
        }
        let chain = self.chain.iter().map(|text| der("chain", text)).collect::<Result<_, _>>()?;
        let certificate = der("certificate", &self.certificate)?;
        let material = elbow_certificates::restore(certificate, chain, &private_key(&secret)?)
            .map_err(|flaw| Wrong::new("certificate", flaw))?;
        Ok(Certificate {
            key,
            arn,
            source: word("source", &self.source, CertificateSource::ALL, CertificateSource::as_str)?,
            created: Timestamp::from_millis(self.created_ms),
            changed: Timestamp::from_millis(self.changed_ms),
            material: Arc::new(material),
            tags: tags(&self.tags)?,
        })
    }
}

/// Version 1 of the local authority, in the same way.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuthorityRecord {
    certificate: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed_secret: Option<String>,
    created_ms: u64,
}

/// What the seal of the authority's private key is bound to.
const AUTHORITY: &str = "authority/local";

impl AuthorityRecord {
    pub(crate) fn new(it: &Authority, sealing: &Sealing<'_>) -> Result<Self, Wrong> {
        let private = STANDARD.encode_to_string(it.private_key.reveal());
        let Written { secret, sealed_secret } = sealing.write(AUTHORITY, &private)?;
        let created_ms = it.created.as_millis();
        Ok(Self { certificate: text(&it.certificate), secret, sealed_secret, created_ms })
    }

    pub(crate) fn read(self, sealing: &Sealing<'_>) -> Result<Authority, Wrong> {
        let written = Written { secret: self.secret, sealed_secret: self.sealed_secret };
        let secret = sealing.read(AUTHORITY, written)?;
        let certificate = der("certificate", &self.certificate)?;
        let material = elbow_certificates::restore(certificate, vec![], &private_key(&secret)?)
            .map_err(|flaw| Wrong::new("certificate", flaw))?;
        Ok(Authority {
            certificate: material.certificate,
            private_key: material.private_key,
            created: Timestamp::from_millis(self.created_ms),
        })
    }
}

/// What the seal is bound to, so that a private key cannot be moved to another certificate.
fn owner(key: &str) -> String {
    format!("certificate/{key}")
}

fn text(der: &Der) -> String {
    STANDARD.encode_to_string(der.as_bytes())
}

fn der(name: &str, text: &str) -> Result<Der, Wrong> {
    let bytes = STANDARD.decode_to_vec(text).map_err(|_| Wrong::new(name, "it must be in base64"))?;
    Ok(Der::new(&bytes))
}

fn private_key(text: &str) -> Result<PrivateKey, Wrong> {
    let bytes = STANDARD.decode_to_vec(text).map_err(|_| Wrong::new("secret", "it must be in base64"))?;
    Ok(PrivateKey::new(&bytes))
}
