//! What the authorities of trust stores have revoked: adding, describing and removing files of revocations.

use std::collections::BTreeSet;
use std::sync::Arc;

use elbow_certificates::trust;
use elbow_model::limits::{REVOCATION_BYTES, REVOCATION_NUMBER, REVOCATIONS_PER_TRUST_STORE};
use elbow_model::{Change, Entity, Revocation, RevocationKind, Timestamp, TrustStore};

use super::paging::Page;
use crate::call::{Call, Decision};
use crate::downloads::Download;
use crate::error::{Code, Error};
use crate::objects::{Against, ObjectName, Wanted};
use crate::wire::{Params, Xml};

/// The files that `AddTrustStoreRevocations` names.
pub(crate) fn contents(call: &Call<'_>, params: &Params<'_>) -> Result<Wanted, Error> {
    let store = Arc::clone(call.trust_store_of(params)?);
    let now = call.now;
    let members = params.list("RevocationContents")?.unwrap_or_default();
    let words: Vec<&str> = RevocationKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let mut names = Vec::new();
    for member in &members {
        member.word("RevocationType", &words, |word| words.iter().find(|known| **known == word))?;
        let (bucket, key) = (member.required("S3Bucket")?, member.required("S3Key")?);
        let name = ObjectName::parse(bucket, key, member.text("S3ObjectVersion"));
        names.push(name.map_err(|why| Error::new(Code::RevocationContentNotFound, why))?);
    }
    if names.is_empty() {
        return Err(Error::validation("You must specify at least one revocation file"));
    }
    params.check_count("RevocationContents", names.len(), REVOCATIONS_PER_TRUST_STORE)?;
    Ok(Wanted {
        names,
        most: REVOCATION_BYTES,
        absent: Code::RevocationContentNotFound,
        unfit: Code::InvalidRevocationContent,
        against: Against::Bundle(Arc::clone(&store.bundle)),
        check: Arc::new(move |content| entries(content, &store.bundle, now)),
    })
}

/// How many certificates a file takes back, if no list in it would have all clients of an authority refused.
fn entries(content: &[u8], bundle: &[u8], now: Timestamp) -> Result<u64, String> {
    let read = trust::revocations(content).map_err(|flaw| flaw.to_string())?;
    let bundle = trust::bundle(bundle).map_err(|flaw| flaw.to_string())?;
    trust::check_lists(&read.lists, &bundle, now).map_err(|flaw| flaw.to_string())?;
    Ok(read.entries)
}

/// `AddTrustStoreRevocations`: each file gets the next number.
pub(crate) fn add(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut store = Call::copy(call.trust_store_of(params)?);
    let next = store.next_revocation;
    let fetched = call.fetched_against(&Against::Bundle(Arc::clone(&store.bundle)))?;
    let added = (next..).zip(fetched).map(|(id, it)| {
        let content = Arc::clone(&it.content);
        (id, Revocation { kind: RevocationKind::Crl, content, entries: it.entries })
    });
    store.revocations.extend(added);
    store.next_revocation = next.saturating_add(u64::try_from(fetched.len()).unwrap_or(u64::MAX));
    store.check_limits().map_err(|it| Error::new(Code::TooManyTrustStoreRevocationEntries, it.message()))?;
    let store = Arc::new(store);
    let mut xml = Xml::new();
    xml.list("TrustStoreRevocations", store.revocations.range(next..), |xml, it| show(xml, &store, it));
    Ok((vec![Change::Put(Entity::TrustStore(store))], xml))
}

/// `RemoveTrustStoreRevocations`: all that are named, or none.
pub(crate) fn remove(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut store = Call::copy(call.trust_store_of(params)?);
    params.required_list("RevocationIds")?;
    for id in BTreeSet::from_iter(ids(params)?) {
        store.revocations.remove(&id).ok_or_else(no_revocation)?;
    }
    Ok((vec![Change::Put(Entity::TrustStore(Arc::new(store)))], Xml::new()))
}

/// `DescribeTrustStoreRevocations`: those that are named, or all.
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let store = call.trust_store_of(params)?;
    let ids = ids(params)?;
    let found = |id: &u64| store.revocations.get_key_value(id).ok_or_else(no_revocation);
    let mut shown: Vec<(&u64, &Revocation)> = match ids.as_slice() {
        [] => store.revocations.iter().collect(),
        ids => ids.iter().map(found).collect::<Result<_, _>>()?,
    };
    shown.sort_unstable_by_key(|(id, _)| **id);
    shown.dedup_by_key(|(id, _)| **id);
    // Numbers in the order of their texts.
    let page = Page::cut(params, shown, |(id, _)| format!("{id:020}"))?;
    Ok(page.show("TrustStoreRevocations", |xml, it| show(xml, store, it)))
}

/// `GetTrustStoreRevocationContent`
pub(crate) fn location(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let store = call.trust_store_of(params)?;
    params.required("RevocationId")?;
    let id =
        params.number("RevocationId", 0, REVOCATION_NUMBER)?.filter(|id| store.revocations.contains_key(id));
    let id = id.ok_or_else(no_revocation)?;
    let mut xml = Xml::new();
    xml.text("Location", call.location(Download::Revocation(store.arn.key, id))?);
    Ok(xml)
}

fn ids(params: &Params<'_>) -> Result<Vec<u64>, Error> {
    let texts = params.texts("RevocationIds")?.unwrap_or_default();
    let id = |text: &&str| {
        let number = text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        number
            .filter(|id| *id <= REVOCATION_NUMBER)
            .ok_or_else(|| Error::validation(format!("'{text}' is not the number of a revocation file")))
    };
    texts.iter().map(id).collect()
}

fn no_revocation() -> Error {
    Error::new(Code::RevocationIdNotFound, "One or more revocation IDs not found")
}

fn show(xml: &mut Xml, store: &TrustStore, (id, revocation): (&u64, &Revocation)) {
    xml.text("TrustStoreArn", &store.arn);
    xml.text("RevocationId", id);
    xml.text("RevocationType", revocation.kind.as_str());
    xml.text("NumberOfRevokedEntries", revocation.entries);
}
