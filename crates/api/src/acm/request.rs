//! `RequestCertificate`: the local authority issues at once, and asks for no proof.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use elbow_certificates::authority::{self, Failed, Names, is_domain_name};
use elbow_model::{Authority, Certificate, CertificateKey, CertificateSource, Change, Entity, KeyAlgorithm};
use serde_json::json;

use super::{arn, check_quota, new_key, tags, uuid};
use crate::call::{Call, JsonDecision};
use crate::error::{Code, Error};
use crate::wire::Input;

/// How long the same idempotency token stands for the same request.
const IDEMPOTENCY: Duration = Duration::from_secs(3_600);
const TOKEN_CHARS: usize = 32;
const ALTERNATIVE_NAMES: usize = 100;
/// Longest first name, which becomes the common name, in bytes.
const FIRST_NAME_BYTES: usize = 64;
/// Keys that can be requested; the others are for authorities of one's own.
const KEY_ALGORITHMS: &[&str] = &["RSA_2048", "EC_prime256v1", "EC_secp384r1"];
/// What is requested that a local authority has no use for, or that is not here.
const ABSENT: &[&str] = &["CertificateAuthorityArn", "DomainValidationOptions", "ManagedBy"];

/// Issues a certificate, by an authority that is made when it is first needed.
pub(crate) fn request(call: &Call<'_>, input: &Input) -> Result<JsonDecision, Error> {
    let names = names(input)?;
    let algorithm = algorithm(input)?;
    check_options(input)?;
    let tags = tags::given(input)?;
    let key = match input.text("IdempotencyToken")? {
        Some(token) => {
            let key = token_key(call, check_token(input, token)?, &names, algorithm);
            match call.configuration.certificates.get(&key) {
                Some(earlier) if call.now.saturating_since(earlier.created) < IDEMPOTENCY => {
                    return Ok((vec![], json!({ "CertificateArn": earlier.arn.to_string() })));
                }
                Some(_) => new_key(call),
                None => key,
            }
        }
        None => new_key(call),
    };
    check_quota(call)?;
    let mut changes = Vec::new();
    let authority = match &call.configuration.authority {
        Some(authority) => Arc::clone(authority),
        None => {
            let authority: Arc<Authority> = Arc::new(authority::create(call.now).map_err(failed)?);
            changes.push(Change::Put(Entity::Authority(Arc::clone(&authority))));
            authority
        }
    };
    let material = authority::issue(&authority, &names, algorithm, call.now).map_err(failed)?;
    let issued = Certificate {
        key,
        arn: arn(call, key),
        source: CertificateSource::Issued,
        created: call.now,
        changed: call.now,
        material: Arc::new(material),
        tags,
    };
    let answer = json!({ "CertificateArn": issued.arn.to_string() });
    changes.push(Change::Put(Entity::Certificate(Arc::new(issued))));
    Ok((changes, answer))
}

fn failed(cause: Failed) -> Error {
    Error::new(Code::ServiceUnavailable, "The local certificate authority cannot issue now").because(cause)
}

fn names(input: &Input) -> Result<Names, Error> {
    let first = input.required("DomainName")?;
    let others = input.texts("SubjectAlternativeNames")?.unwrap_or_default();
    let fits = |name: &str| name.contains('.') && is_domain_name(name);
    if !fits(first) {
        return Err(input.unfit("DomainName", "Member must be a domain name such as shop.example.com"));
    }
    if first.len() > FIRST_NAME_BYTES {
        return Err(input.unfit("DomainName", "The first domain name can have at most 64 characters"));
    }
    if others.len() > ALTERNATIVE_NAMES || !others.iter().all(|name| fits(name)) {
        return Err(
            input.unfit("SubjectAlternativeNames", "Member must be a list of at most 100 domain names")
        );
    }
    Ok(Names::parse(std::iter::once(first).chain(others))?)
}

fn algorithm(input: &Input) -> Result<KeyAlgorithm, Error> {
    match input.word("KeyAlgorithm", KEY_ALGORITHMS)? {
        Some("EC_prime256v1") => Ok(KeyAlgorithm::P256),
        Some("EC_secp384r1") => Ok(KeyAlgorithm::P384),
        _ => Ok(KeyAlgorithm::Rsa2048),
    }
}

fn check_options(input: &Input) -> Result<(), Error> {
    // Nothing has to be proved by mail or by HTTP either, and clients wait for what they have asked for.
    if input.word("ValidationMethod", &["EMAIL", "DNS", "HTTP"])?.is_some_and(|method| method != "DNS") {
        let what = "A ValidationMethod other than DNS";
        return Err(Error::not_here_yet(Code::InvalidParameterException, what));
    }
    if let Some(absent) = ABSENT.iter().find(|name| input.has(name)) {
        return Err(Error::not_here_yet(Code::InvalidParameterException, absent));
    }
    let Some(options) = input.structure("Options")? else { return Ok(()) };
    options.word("CertificateTransparencyLoggingPreference", &["ENABLED", "DISABLED"])?;
    if options.word("Export", &["ENABLED", "DISABLED"])? == Some("ENABLED") {
        return Err(Error::not_here_yet(Code::InvalidParameterException, "The export of private keys"));
    }
    Ok(())
}

fn check_token<'a>(input: &Input, token: &'a str) -> Result<&'a str, Error> {
    let allowed = token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !(1..=TOKEN_CHARS).contains(&token.len()) || !allowed {
        return Err(
            input.unfit("IdempotencyToken", "Member must have 1 to 32 letters, digits and underscores")
        );
    }
    Ok(token)
}

/// The identity that the same request with the same token has again.
fn token_key(call: &Call<'_>, token: &str, names: &Names, algorithm: KeyAlgorithm) -> CertificateKey {
    let scope = [call.scope.region.as_str(), call.scope.account.as_str(), token, algorithm.as_str()];
    let parts: Vec<&str> = scope.into_iter().chain(names.as_slice().iter().map(String::as_str)).collect();
    let digest = digest(&SHA256, parts.join("\n").as_bytes());
    let bits = digest.as_ref().iter().take(16).fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    uuid(bits)
}
