//! How a trust store is recorded. What its files say is read from them again.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64_simd::STANDARD;
use elbow_model::limits::REVOCATION_NUMBER;
use elbow_model::{Revocation, RevocationKind, Timestamp, TrustStore};
use serde::{Deserialize, Serialize};

use super::field::{Texts, Wrong, tags, texts, trust_store_arn, word};

/// Version 2: which number comes next. In version 1 it was the one behind the last. Files are in base64, byte for byte as
/// they were given.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrustStoreRecord {
    arn: String,
    created_ms: u64,
    bundle: String,
    /// By their numbers.
    revocations: BTreeMap<u64, RevocationRecord>,
    #[serde(default)]
    next_revocation: Option<u64>,
    tags: Texts,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RevocationRecord {
    kind: String,
    content: String,
}

impl From<&TrustStore> for TrustStoreRecord {
    fn from(store: &TrustStore) -> Self {
        let revocation = |(id, it): (&u64, &Revocation)| {
            let content = STANDARD.encode_to_string(&it.content);
            (*id, RevocationRecord { kind: it.kind.as_str().to_owned(), content })
        };
        Self {
            arn: store.arn.to_string(),
            created_ms: store.created.as_millis(),
            bundle: STANDARD.encode_to_string(&store.bundle),
            revocations: store.revocations.iter().map(revocation).collect(),
            next_revocation: Some(store.next_revocation),
            tags: texts(store.tags.iter()),
        }
    }
}

impl TryFrom<TrustStoreRecord> for TrustStore {
    type Error = Wrong;

    fn try_from(record: TrustStoreRecord) -> Result<Self, Wrong> {
        let bundle = file("bundle", &record.bundle)?;
        elbow_certificates::trust::bundle(&bundle).map_err(|flaw| Wrong::new("bundle", flaw))?;
        let revocation = |(id, it): (u64, RevocationRecord)| {
            let read = revocation(&it).map_err(|wrong| wrong.within(format_args!("revocations.{id}")))?;
            Ok((id, read))
        };
        let last = record.revocations.last_key_value().map_or(0, |(last, _)| *last);
        Ok(Self {
            next_revocation: next(record.next_revocation, last)?,
            arn: trust_store_arn("arn", &record.arn)?,
            created: Timestamp::from_millis(record.created_ms),
            bundle,
            revocations: record.revocations.into_iter().map(revocation).collect::<Result<_, Wrong>>()?,
            tags: tags(&record.tags)?,
        })
    }
}

/// The number of the next file, behind the `last` that is there.
fn next(recorded: Option<u64>, last: u64) -> Result<u64, Wrong> {
    let next = recorded.unwrap_or_else(|| last.saturating_add(1));
    match next > last && next <= REVOCATION_NUMBER {
        true => Ok(next),
        false => Err(Wrong::new(
            "next_revocation",
            format!("it must be behind {last}, and at most {REVOCATION_NUMBER}"),
        )),
    }
}

fn revocation(record: &RevocationRecord) -> Result<Revocation, Wrong> {
    let content = file("content", &record.content)?;
    let lists =
        elbow_certificates::trust::revocations(&content).map_err(|flaw| Wrong::new("content", flaw))?;
    let kind = word("kind", &record.kind, RevocationKind::ALL, RevocationKind::as_str)?;
    Ok(Revocation { kind, content, entries: lists.entries })
}

fn file(name: &str, text: &str) -> Result<Arc<[u8]>, Wrong> {
    let bytes = STANDARD.decode_to_vec(text).map_err(|_| Wrong::new(name, "it must be in base64"))?;
    Ok(bytes.into())
}
