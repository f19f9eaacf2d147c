//! Trust stores: creating, describing, replacing the bundle, deleting, and who uses them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use elbow_certificates::trust;
use elbow_model::key::TrustStoreKey;
use elbow_model::limits::{CERTIFICATES_PER_TRUST_STORE, TRUST_STORES, TRUSTED_CERTIFICATE_BYTES};
use elbow_model::{
    Change, Configuration, Entity, EntityKey, Revocation, TrustStore, TrustStoreArn, TrustStoreName,
};

use super::find::no_trust_store;
use super::paging::Page;
use super::tags;
use crate::call::{Call, Decision};
use crate::downloads::Download;
use crate::error::{Code, Error};
use crate::objects::{Against, Fetched, ObjectName, Wanted};
use crate::wire::{Params, Xml};

/// Largest bundle, in bytes: all its certificates at their largest, in base64 and with explanations.
const BUNDLE_BYTES: usize = CERTIFICATES_PER_TRUST_STORE * TRUSTED_CERTIFICATE_BYTES * 2;

/// The bundle that `ModifyTrustStore` names for a trust store that is there.
pub(crate) fn other_bundle(call: &Call<'_>, params: &Params<'_>) -> Result<Wanted, Error> {
    let store = call.trust_store_of(params)?;
    let revocations = store.revocations.clone();
    let against = Against::Revocations(revocations.clone());
    Ok(Wanted { check: Arc::new(move |bundle| fits(bundle, &revocations)), against, ..bundle(call, params)? })
}

/// How many certificates a bundle has that comes in place of another one, if no list that is there would have all clients of
/// an authority refused.
// AWS: unknown, we check a new bundle with the lists that are there, as we check new lists with the bundle.
fn fits(bundle: &[u8], revocations: &BTreeMap<u64, Revocation>) -> Result<u64, String> {
    let bundle = trust::bundle(bundle).map_err(|flaw| flaw.to_string())?;
    for (id, revocation) in revocations {
        let wrong = |flaw| {
            format!(
                "revocation file {id} does not go with it: {flaw}; remove the file first, or name a bundle that it goes with"
            )
        };
        let read = trust::revocations(&revocation.content).map_err(wrong)?;
        trust::check_issuers(&read.lists, &bundle).map_err(wrong)?;
    }
    Ok(count(bundle.len()))
}

/// The bundle that `CreateTrustStore` names.
pub(crate) fn bundle(_: &Call<'_>, params: &Params<'_>) -> Result<Wanted, Error> {
    let name = |member| format!("CaCertificatesBundleS3{member}");
    let bucket = params.required(&name("Bucket"))?;
    let key = params.required(&name("Key"))?;
    let object = ObjectName::parse(bucket, key, params.text(&name("ObjectVersion")));
    Ok(Wanted {
        names: vec![object.map_err(|why| Error::new(Code::CaCertificatesBundleNotFound, why))?],
        most: BUNDLE_BYTES,
        absent: Code::CaCertificatesBundleNotFound,
        unfit: Code::InvalidCaCertificatesBundle,
        check: Arc::new(|bundle| {
            let certificates = trust::bundle(bundle).map_err(|flaw| flaw.to_string())?;
            Ok(count(certificates.len()))
        }),
        against: Against::Nothing,
    })
}

fn count(certificates: usize) -> u64 {
    u64::try_from(certificates).unwrap_or(u64::MAX)
}

/// `CreateTrustStore`
pub(crate) fn create(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let name = TrustStoreName::parse(params.required("Name")?)?;
    let tags = tags::read(params)?;
    let bundle = fetched(call, &Against::Nothing)?;
    if call.trust_stores().any(|it| it.arn.name == name) {
        let message = format!("A trust store with the name '{name}' exists already");
        return Err(Error::new(Code::DuplicateTrustStoreName, message));
    }
    if call.trust_stores().count() >= TRUST_STORES {
        let message = format!("There cannot be more than {TRUST_STORES} trust stores");
        return Err(Error::new(Code::TooManyTrustStores, message));
    }
    let key = TrustStoreKey::new(call.random());
    Ok(put(TrustStore {
        arn: TrustStoreArn { scope: call.scope.clone(), name, key },
        created: call.now,
        bundle: Arc::clone(&bundle.content),
        revocations: BTreeMap::new(),
        next_revocation: 1,
        tags,
    }))
}

/// `ModifyTrustStore`: its bundle becomes another one.
pub(crate) fn modify(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut store = Call::copy(call.trust_store_of(params)?);
    let against = Against::Revocations(store.revocations.clone());
    store.bundle = Arc::clone(&fetched(call, &against)?.content);
    Ok(put(store))
}

/// `DeleteTrustStore`
pub(crate) fn delete(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let store = call.trust_store_of(params)?;
    if let Some(user) = users(call.configuration, &store.arn).first() {
        let message = format!("Trust store '{}' is currently in use by '{user}'", store.arn);
        return Err(Error::new(Code::TrustStoreInUse, message));
    }
    Ok((vec![Change::Remove(EntityKey::TrustStore(store.arn.key))], Xml::new()))
}

/// `DescribeTrustStores`: by ARNs, by names, or all.
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let arns = params.texts("TrustStoreArns")?.unwrap_or_default();
    let names = params.texts("Names")?.unwrap_or_default();
    let named =
        |name: &&str| call.trust_stores().find(|it| it.arn.name.as_str() == *name).ok_or_else(no_trust_store);
    let mut stores: Vec<&Arc<TrustStore>> = match (arns.is_empty(), names.is_empty()) {
        (true, true) => call.trust_stores().collect(),
        (false, true) => arns.iter().map(|arn| call.trust_store(arn)).collect::<Result<_, _>>()?,
        (true, false) => names.iter().map(named).collect::<Result<_, _>>()?,
        // AWS: unknown, we refuse as for load balancers.
        (false, false) => {
            return Err(Error::validation("Trust stores can be described by ARNs or by names, not by both"));
        }
    };
    stores.sort_by_key(|it| it.arn.key);
    stores.dedup_by_key(|it| it.arn.key);
    let page = Page::cut(params, stores, |it| it.arn.key.to_string())?;
    Ok(page.show("TrustStores", |xml, store| show(xml, store)))
}

/// `GetTrustStoreCaCertificatesBundle`
pub(crate) fn location(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let store = call.trust_store_of(params)?;
    let mut xml = Xml::new();
    xml.text("Location", call.location(Download::Bundle(store.arn.key))?);
    Ok(xml)
}

/// `DescribeTrustStoreAssociations`
// AWS: unknown, we name the listeners that use it, and the target groups whose targets are checked with it.
pub(crate) fn associations(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let users = users(call.configuration, &call.trust_store_of(params)?.arn);
    let page = Page::cut(params, users.into_iter().collect(), Clone::clone)?;
    Ok(page.show("TrustStoreAssociations", |xml, user| xml.text("ResourceArn", user)))
}

/// `DeleteSharedTrustStoreAssociation`: nothing is shared between accounts, so it is in use here, or not at all.
pub(crate) fn delete_association(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let store = call.trust_store_of(params)?;
    let resource = params.required("ResourceArn")?;
    if users(call.configuration, &store.arn).contains(resource) {
        let message = "The association is within the account of the trust store; change the listener instead";
        return Err(Error::new(Code::DeleteAssociationSameAccount, message));
    }
    let message = format!("'{resource}' is not associated with the trust store");
    Err(Error::new(Code::AssociationNotFound, message))
}

/// `GetResourcePolicy`: only a trust store that is shared has one.
pub(crate) fn resource_policy(_: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let arn = params.required("ResourceArn")?;
    Err(Error::new(Code::ResourceNotFound, format!("The resource '{arn}' has no policy")))
}

/// The ARNs of listeners and target groups that use a trust store.
fn users(configuration: &Configuration, store: &TrustStoreArn) -> BTreeSet<String> {
    let listeners = configuration.listeners.values().filter(|listener| {
        let secure = listener.secure.as_ref();
        secure.and_then(|it| it.client_certificates.trust_store()) == Some(store)
    });
    let groups =
        configuration.target_groups.values().filter(|it| it.target_trust_store().as_ref() == Some(store));
    let listeners = listeners.map(|it| it.arn.to_string());
    listeners.chain(groups.map(|it| it.arn.to_string())).collect()
}

fn fetched<'a>(call: &Call<'a>, against: &Against) -> Result<&'a Fetched, Error> {
    let first = call.fetched_against(against)?.first();
    first.ok_or_else(|| Error::new(Code::ServiceUnavailable, "The bundle was not read"))
}

/// The change after which a trust store is as given, and the answer that shows it.
fn put(store: TrustStore) -> Decision {
    let store = Arc::new(store);
    let mut xml = Xml::new();
    xml.list("TrustStores", [&store], |xml, store| show(xml, store));
    (vec![Change::Put(Entity::TrustStore(store))], xml)
}

fn show(xml: &mut Xml, store: &TrustStore) {
    xml.text("Name", &store.arn.name);
    xml.text("TrustStoreArn", &store.arn);
    xml.text("Status", "ACTIVE");
    xml.text("NumberOfCaCertificates", trust::count(&store.bundle));
    xml.text("TotalRevokedEntries", store.revoked_entries());
}
