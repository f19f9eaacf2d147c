//! `ListCertificates`: filters, order, pages.

use std::sync::Arc;

use elbow_model::{Certificate, CertificateKey, CertificateSource, ExtendedKeyUsage, KeyUsage, Timestamp};
use serde_json::{Value, json};

use super::describe::{set, status, summary};
use super::visible;
use crate::call::Call;
use crate::error::{Code, Error};
use crate::wire::Input;

const MAX_ITEMS: usize = 1_000;
const STATUSES: &[&str] =
    &["PENDING_VALIDATION", "ISSUED", "INACTIVE", "EXPIRED", "VALIDATION_TIMED_OUT", "REVOKED", "FAILED"];
const KEY_TYPES: &[&str] =
    &["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"];
/// What AWS lists when no key types are asked for.
const DEFAULT_KEY_TYPES: &[&str] = &["RSA_1024", "RSA_2048"];
const ORIGINS: &[&str] = &["AWS_MANAGED", "ACME", "CUSTOMER_PROVIDED"];

/// Lists the caller's certificates, oldest first.
pub(crate) fn list(call: &Call<'_>, input: &Input) -> Result<Value, Error> {
    let filter = Filter::read(input)?;
    let descending = order(input)?;
    let mut found: Vec<(Place, &Arc<Certificate>)> = visible(call)
        .filter(|certificate| filter.takes(certificate, call.now))
        .map(|certificate| ((certificate.created, certificate.key), certificate))
        .collect();
    found.sort_by_key(|(place, _)| *place);
    if descending {
        found.reverse();
    }
    let after = input.text("NextToken")?.map(place).transpose()?;
    let is_later = |at: &Place| match after {
        Some(after) if descending => *at < after,
        Some(after) => *at > after,
        None => true,
    };
    let size = input.number("MaxItems", 1, MAX_ITEMS)?.unwrap_or(MAX_ITEMS);
    let mut later = found.iter().filter(|(at, _)| is_later(at)).peekable();
    let page: Vec<_> = later.by_ref().take(size).collect();
    let summaries: Vec<Value> = page.iter().map(|(_, it)| summary(call, it)).collect();
    let mut answer = json!({ "CertificateSummaryList": summaries });
    if let (Some((at, _)), true) = (page.last(), later.peek().is_some()) {
        set(&mut answer, "NextToken", format!("{}.{}", at.0.as_millis(), at.1));
    }
    Ok(answer)
}

/// Where a certificate is in the list. It never changes, and no two have the same.
type Place = (Timestamp, CertificateKey);

fn place(token: &str) -> Result<Place, Error> {
    let parts = token.split_once('.').and_then(|(created, key)| {
        Some((Timestamp::from_millis(created.parse().ok()?), CertificateKey::parse(key)?))
    });
    parts.ok_or_else(|| Error::validation("The NextToken is not one that ListCertificates gave"))
}

/// Whether the newest come first.
fn order(input: &Input) -> Result<bool, Error> {
    let by = input.word("SortBy", &["CREATED_AT"])?;
    let order = input.word("SortOrder", &["ASCENDING", "DESCENDING"])?;
    if by.is_some() != order.is_some() {
        return Err(Error::validation("SortBy and SortOrder must be given together"));
    }
    Ok(order == Some("DESCENDING"))
}

/// What is asked for; `None` asks for anything.
struct Filter<'a> {
    statuses: Option<Vec<&'a str>>,
    origins: Option<Vec<&'a str>>,
    key_types: Vec<String>,
    key_usages: Vec<String>,
    extended_key_usages: Vec<String>,
}

impl<'a> Filter<'a> {
    fn read(input: &'a Input) -> Result<Self, Error> {
        let statuses = input.words("CertificateStatuses", STATUSES)?;
        let origins = input.words("CertificateKeyPairOrigins", ORIGINS)?;
        let owned =
            |words: Option<Vec<&str>>| words.unwrap_or_default().into_iter().map(str::to_owned).collect();
        let Some(includes) = input.structure("Includes")? else {
            let key_types = owned(Some(DEFAULT_KEY_TYPES.to_vec()));
            return Ok(Self {
                statuses,
                origins,
                key_types,
                key_usages: vec![],
                extended_key_usages: vec![],
            });
        };
        for absent in ["exportOption", "managedBy"] {
            if includes.has(absent) {
                let what = format_args!("The filter {absent}");
                return Err(Error::not_here_yet(Code::InvalidArgsException, what));
            }
        }
        let key_types = includes.words("keyTypes", KEY_TYPES)?.filter(|types| !types.is_empty());
        Ok(Self {
            statuses,
            origins,
            key_types: owned(key_types.or_else(|| Some(DEFAULT_KEY_TYPES.to_vec()))),
            key_usages: owned(includes.texts("keyUsage")?),
            extended_key_usages: owned(includes.texts("extendedKeyUsage")?),
        })
    }

    fn takes(&self, it: &Certificate, now: Timestamp) -> bool {
        let facts = &it.material.facts;
        let origin = match it.source {
            CertificateSource::Imported => "CUSTOMER_PROVIDED",
            CertificateSource::Issued => "AWS_MANAGED",
        };
        let asked =
            |words: &Option<Vec<&str>>, word| words.as_ref().is_none_or(|words| words.contains(&word));
        let has_usage =
            |word: &String| facts.key_usages.iter().copied().map(KeyUsage::as_str).any(|it| it == word);
        let has_extended = |word: &String| {
            facts.extended_key_usages.iter().copied().map(ExtendedKeyUsage::as_str).any(|it| it == word)
        };
        asked(&self.statuses, status(it, now))
            && asked(&self.origins, origin)
            && self.key_types.iter().any(|word| word == facts.key_algorithm.as_str())
            && self.key_usages.iter().all(has_usage)
            && self.extended_key_usages.iter().all(has_extended)
    }
}
