//! Trust stores, resource policies and further certificates: what mutual TLS and TLS need. None of them can be created
//! yet, so lists are empty and whatever is named is not found.

use super::paging::Page;
use crate::call::Call;
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

/// `DescribeTrustStores`
pub(crate) fn describe(_: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let empty = empty_list(params, "TrustStores")?;
    for name in ["TrustStoreArns", "Names"] {
        if params.texts(name)?.is_some_and(|named| !named.is_empty()) {
            return Err(not_found());
        }
    }
    Ok(empty)
}

/// `DescribeTrustStoreAssociations`, `GetTrustStoreCaCertificatesBundle`, `DeleteTrustStore`
pub(crate) fn of_one(_: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    empty_list(params, "TrustStoreAssociations")?;
    no_trust_store(params)
}

/// `DescribeTrustStoreRevocations`
pub(crate) fn describe_revocations(_: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    empty_list(params, "TrustStoreRevocations")?;
    params.texts("RevocationIds")?;
    no_trust_store(params)
}

/// `GetTrustStoreRevocationContent`
pub(crate) fn revocation(_: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    params.required("RevocationId")?;
    params.number("RevocationId", 0, i64::MAX)?;
    no_trust_store(params)
}

/// `RemoveTrustStoreRevocations`
pub(crate) fn remove_revocations(_: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    params.required_texts("RevocationIds")?;
    no_trust_store(params)
}

/// `DeleteSharedTrustStoreAssociation`
pub(crate) fn delete_association(_: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    params.required("ResourceArn")?;
    no_trust_store(params)
}

/// `GetResourcePolicy`: only trust stores have one.
pub(crate) fn resource_policy(_: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let arn = params.required("ResourceArn")?;
    Err(Error::new(Code::ResourceNotFound, format!("The resource '{arn}' has no policy")))
}

fn empty_list(params: &Params<'_>, name: &str) -> Result<Xml, Error> {
    let page = Page::cut(params, Vec::<()>::new(), |()| String::new())?;
    Ok(page.show(name, |_, ()| {}))
}

fn no_trust_store(params: &Params<'_>) -> Result<Xml, Error> {
    params.required("TrustStoreArn")?;
    Err(not_found())
}

fn not_found() -> Error {
    Error::new(Code::TrustStoreNotFound, "One or more trust stores not found")
}
