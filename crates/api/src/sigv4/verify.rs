//! The side that checks.

use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use elbow_model::{AccessKeyId, Region, Secret, Timestamp};
use http::request::Parts;

use super::claim::{self, Claim};
use super::key::{Moment, hash, signature};
use super::{Service, TERMINATOR, basic, canonical};
use crate::error::{Code, Error};

/// How far the clock of a caller may be from ours.
const SKEW: Duration = Duration::from_secs(5 * 60);
const BODY_HASH_HEADER: &str = "x-amz-content-sha256";

/// A caller whose signature was verified. Only [`verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticated {
    access_key: AccessKeyId,
    region: Region,
    service: Service,
}

impl Authenticated {
    /// Who called.
    pub const fn access_key(&self) -> &AccessKeyId {
        &self.access_key
    }

    /// The region that the call is for.
    pub const fn region(&self) -> &Region {
        &self.region
    }

    /// The service that the call is for.
    pub const fn service(&self) -> Service {
        self.service
    }
}

/// What a signature is checked against.
pub struct Rules<'a> {
    /// The time.
    pub now: Timestamp,
    /// Whether a region is served.
    pub serves: &'a dyn Fn(&Region) -> bool,
    /// The secret of an access key.
    pub secret: &'a dyn Fn(&AccessKeyId) -> Option<Secret>,
}

/// Checks the signature of a request, in its header or presigned.
///
/// # Errors
/// AWS's codes and messages: `MissingAuthenticationToken`, `IncompleteSignature`, `InvalidClientTokenId`,
/// `SignatureDoesNotMatch`, `RequestExpired`.
pub fn verify(parts: &Parts, body: &[u8], rules: &Rules<'_>) -> Result<Authenticated, Error> {
    let claim = claim::read(parts)?;
    let service = check_scope(&claim, rules)?;
    let secret = (rules.secret)(&claim.access_key).ok_or_else(claim::unknown_key)?;
    check_time(&claim, rules.now)?;
    let body_hash = hash(body);
    check_body_hash(parts, &body_hash)?;
    let canonical = canonical::request(parts, &claim.signed_headers, &body_hash);
    let moment = Moment {
        time: &claim.time_text,
        date: &claim.date,
        region: claim.region.as_str(),
        service: service.as_str(),
    };
    let expected = signature(secret.reveal(), &moment, &canonical);
    verify_slices_are_equal(expected.as_ref(), &claim.signature).map_err(|_| {
        mismatch(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
             Access Key and signing method. Consult the service documentation for details.",
        )
    })?;
    Ok(Authenticated { access_key: claim.access_key, region: claim.region, service })
}

fn check_scope(claim: &Claim, rules: &Rules<'_>) -> Result<Service, Error> {
    if !(rules.serves)(&claim.region) {
        let region = claim.region.as_str();
        return Err(mismatch(format!("Credential should be scoped to a valid region, not '{region}'.")));
    }
    let service = Service::parse(&claim.service).ok_or_else(|| wrong_service(Service::LoadBalancing))?;
    if claim.terminator != TERMINATOR {
        return Err(mismatch(format!(
            "Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{}'.",
            claim.terminator
        )));
    }
    if !claim.time_text.starts_with(&claim.date) || claim.date.len() != 8 {
        return Err(mismatch(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' is not \
             the date of '{}'.",
            claim.date, claim.time_text
        )));
    }
    if !claim.signed_headers.iter().any(|name| name == "host") {
        return Err(mismatch("'Host' must be a 'SignedHeader' in the AWS Authorization."));
    }
    Ok(service)
}

/// The refusal of a signature for another service than `service`.
pub(crate) fn wrong_service(service: Service) -> Error {
    mismatch(format!("Credential should be scoped to correct service: '{}'.", service.as_str()))
}

fn check_time(claim: &Claim, now: Timestamp) -> Result<(), Error> {
    let signed = claim.time;
    if signed > now + SKEW {
        let limit = minutes(SKEW);
        return Err(expired(format!(
            "Signature not yet current: {} is still later than {} ({} + {limit} min.)",
            basic(signed),
            basic(now + SKEW),
            basic(now)
        )));
    }
    let validity = claim.validity.unwrap_or(SKEW);
    if signed + validity < now {
        return Err(expired(format!(
            "Signature expired: {} is now earlier than {} ({} - {} min.)",
            basic(signed),
            basic(now - validity),
            basic(now),
            minutes(validity)
        )));
    }
    Ok(())
}

/// The body is always part of what is signed. A header that says otherwise (`UNSIGNED-PAYLOAD`, a streamed payload)
/// is for services with large bodies.
fn check_body_hash(parts: &Parts, body_hash: &str) -> Result<(), Error> {
    match parts.headers.get(BODY_HASH_HEADER) {
        Some(claimed) if !claimed.as_bytes().eq_ignore_ascii_case(body_hash.as_bytes()) => Err(mismatch(
            format!("The value of the header '{BODY_HASH_HEADER}' must be the SHA-256 hash of the body."),
        )),
        _ => Ok(()),
    }
}

fn minutes(duration: Duration) -> u64 {
    duration.as_secs() / 60
}

fn mismatch(message: impl Into<String>) -> Error {
    Error::new(Code::SignatureDoesNotMatch, message)
}

fn expired(message: String) -> Error {
    Error::new(Code::RequestExpired, message)
}
