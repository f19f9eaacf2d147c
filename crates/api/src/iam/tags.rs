//! Tags of server certificates.

use std::sync::Arc;

use elbow_model::{Certificate, Change, Entity, Tags};

use super::find;
use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

/// `TagServerCertificate`
pub(crate) fn add(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    params.required_list("Tags")?;
    let mut certificate = Call::copy(find(call, params)?);
    set(&mut certificate.tags, params)?;
    Ok(put(certificate))
}

/// `UntagServerCertificate`
pub(crate) fn remove(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let keys = params.required_texts("TagKeys")?;
    let mut certificate = Call::copy(find(call, params)?);
    keys.iter().for_each(|key| certificate.tags.remove(key));
    Ok(put(certificate))
}

/// `ListServerCertificateTags`: there are so few that one page holds them.
pub(crate) fn list(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let mut xml = Xml::new();
    show(&mut xml, &find(call, params)?.tags);
    xml.text("IsTruncated", false);
    Ok(xml)
}

/// The tags that a new certificate is given.
pub(super) fn given(params: &Params<'_>) -> Result<Tags, Error> {
    let mut tags = Tags::default();
    set(&mut tags, params)?;
    Ok(tags)
}

/// Writes them as a list.
pub(super) fn show(xml: &mut Xml, tags: &Tags) {
    xml.list("Tags", tags.iter(), |xml, (key, value)| {
        xml.text("Key", key);
        xml.text("Value", value);
    });
}

fn set(tags: &mut Tags, params: &Params<'_>) -> Result<(), Error> {
    for tag in params.list("Tags")?.unwrap_or_default() {
        let set = tags.set(tag.required("Key")?, tag.required("Value")?);
        set.map_err(|invalid| Error::new(Code::InvalidInput, invalid.message()))?;
    }
    if tags.too_many() {
        let message = format!("A certificate cannot have more than {} tags", elbow_model::limits::TAGS);
        return Err(Error::new(Code::LimitExceeded, message));
    }
    Ok(())
}

fn put(certificate: Certificate) -> Decision {
    (vec![Change::Put(Entity::Certificate(Arc::new(certificate)))], Xml::new())
}
