//! What is shown of a certificate.

use elbow_model::{Certificate, CertificateSource, ExtendedKeyUsage, Timestamp};
use serde_json::{Value, json};

use super::find;
use crate::call::Call;
use crate::error::Error;
use crate::v2::certificate_use;
use crate::wire::Input;

/// Alternative names that a summary shows; `DescribeCertificate` shows all.
const SUMMARY_NAMES: usize = 100;

/// `DescribeCertificate`.
pub(crate) fn describe(call: &Call<'_>, input: &Input) -> Result<Value, Error> {
    let certificate = find(call, input)?;
    let mut detail = detail(certificate, call.now);
    let users = certificate_use::load_balancers(call.configuration, &certificate.arn);
    let users: Vec<String> = users.iter().map(ToString::to_string).collect();
    set(&mut detail, "InUseBy", users);
    Ok(json!({ "Certificate": detail }))
}

fn detail(it: &Certificate, now: Timestamp) -> Value {
    let facts = &it.material.facts;
    let usages: Vec<Value> = facts.key_usages.iter().map(|usage| json!({ "Name": usage.as_str() })).collect();
    let extended: Vec<Value> = facts.extended_key_usages.iter().map(|&usage| extended(usage)).collect();
    let mut detail = common(it, now);
    set(&mut detail, "SubjectAlternativeNames", facts.names.clone());
    set(&mut detail, "Serial", facts.serial.as_str());
    set(&mut detail, "Subject", facts.subject.as_str());
    set(&mut detail, "Issuer", facts.issuer.as_str());
    set(&mut detail, "SignatureAlgorithm", facts.signature_algorithm);
    set(&mut detail, "KeyUsages", usages);
    set(&mut detail, "ExtendedKeyUsages", extended);
    set(&mut detail, "Options", json!({ "CertificateTransparencyLoggingPreference": "DISABLED" }));
    if it.source == CertificateSource::Issued {
        let validations: Vec<Value> = facts.names.iter().map(|name| validation(it, name)).collect();
        set(&mut detail, "DomainValidationOptions", validations);
    }
    detail
}

/// What a list shows of a certificate.
pub(super) fn summary(call: &Call<'_>, it: &Certificate) -> Value {
    let facts = &it.material.facts;
    let names: Vec<&String> = facts.names.iter().take(SUMMARY_NAMES).collect();
    let usages: Vec<&str> = facts.key_usages.iter().map(|usage| usage.as_str()).collect();
    let extended: Vec<&str> = facts.extended_key_usages.iter().map(|usage| usage.as_str()).collect();
    let mut summary = common(it, call.now);
    set(&mut summary, "HasAdditionalSubjectAlternativeNames", names.len() < facts.names.len());
    set(&mut summary, "SubjectAlternativeNameSummaries", json!(names));
    set(&mut summary, "KeyUsages", usages);
    set(&mut summary, "ExtendedKeyUsages", extended);
    let used = !certificate_use::load_balancers(call.configuration, &it.arn).is_empty();
    set(&mut summary, "InUse", used);
    summary
}

/// What both show.
fn common(it: &Certificate, now: Timestamp) -> Value {
    let facts = &it.material.facts;
    let (kind, origin, changed) = match it.source {
        CertificateSource::Imported => ("IMPORTED", "CUSTOMER_PROVIDED", "ImportedAt"),
        CertificateSource::Issued => ("AMAZON_ISSUED", "AWS_MANAGED", "IssuedAt"),
    };
    let mut shown = json!({
        "CertificateArn": it.arn.to_string(),
        "Status": status(it, now),
        "Type": kind,
        "CertificateKeyPairOrigin": origin,
        "KeyAlgorithm": facts.key_algorithm.as_str(),
        "RenewalEligibility": "INELIGIBLE",
        "CreatedAt": it.created.as_secs(),
        "NotBefore": facts.not_before.as_secs(),
        "NotAfter": facts.not_after.as_secs(),
    });
    set(&mut shown, changed, it.changed.as_secs());
    if let Some(name) = facts.domain_name() {
        set(&mut shown, "DomainName", name);
    }
    shown
}

/// Issued, until it has expired.
pub(super) fn status(it: &Certificate, now: Timestamp) -> &'static str {
    if it.material.facts.not_after < now { "EXPIRED" } else { "ISSUED" }
}

/// The authority asks for no proof; what clients wait for is shown as done.
fn validation(it: &Certificate, name: &str) -> Value {
    let domain = name.strip_prefix("*.").unwrap_or(name);
    let (token, value) = (it.key.get() >> 64, it.key.get() & u128::from(u64::MAX));
    json!({
        "DomainName": name,
        "ValidationDomain": name,
        "ValidationStatus": "SUCCESS",
        "ValidationMethod": "DNS",
        "ResourceRecord": {
            "Name": format!("_{token:016x}.{domain}."),
            "Type": "CNAME",
            "Value": format!("_{value:016x}.acm-validations.aws."),
        },
    })
}

fn extended(usage: ExtendedKeyUsage) -> Value {
    let oid = match usage {
        ExtendedKeyUsage::Server => "1.3.6.1.5.5.7.3.1",
        ExtendedKeyUsage::Client => "1.3.6.1.5.5.7.3.2",
        ExtendedKeyUsage::Code => "1.3.6.1.5.5.7.3.3",
        ExtendedKeyUsage::Email => "1.3.6.1.5.5.7.3.4",
        ExtendedKeyUsage::TimeStamp => "1.3.6.1.5.5.7.3.8",
        ExtendedKeyUsage::Ocsp => "1.3.6.1.5.5.7.3.9",
        ExtendedKeyUsage::Any => "2.5.29.37.0",
        ExtendedKeyUsage::Custom => return json!({ "Name": usage.as_str() }),
    };
    json!({ "Name": usage.as_str(), "OID": oid })
}

/// Adds a member to a structure.
pub(super) fn set(structure: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(members) = structure.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}
