//! `ListServerCertificates`: by path, in pages.

use super::{metadata, visible};
use crate::call::Call;
use crate::error::Error;
use crate::paging;
use crate::wire::{Params, Xml};

/// Items of one page, at most.
const MOST: usize = 1_000;
/// Items of one page, if the caller does not say.
const USUAL: usize = 100;

/// Lists the account's certificates in the order of their names. A marker is the last name of the page before it.
pub(crate) fn list(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let prefix = params.text("PathPrefix").unwrap_or("/");
    let size = params.number("MaxItems", 1, MOST)?.unwrap_or(USUAL);
    let after = params.text("Marker");
    let mut found: Vec<_> = visible(call).filter(|(arn, _)| arn.name.path().starts_with(prefix)).collect();
    let marker = paging::cut(&mut found, after, size, |(arn, _)| arn.name.name().to_owned());
    let mut xml = Xml::new();
    xml.list("ServerCertificateMetadataList", found, |xml, (arn, it)| metadata(xml, arn, it));
    xml.text("IsTruncated", marker.is_some());
    xml.optional("Marker", marker);
    Ok(xml)
}
