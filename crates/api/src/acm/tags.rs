//! Tags of certificates.

use std::sync::Arc;

use elbow_model::{Certificate, Change, Entity, Tags};
use serde_json::{Value, json};

use super::find;
use crate::call::{Call, JsonDecision};
use crate::error::{Code, Error};
use crate::wire::Input;

/// `AddTagsToCertificate`.
pub(crate) fn add(call: &Call<'_>, input: &Input) -> Result<JsonDecision, Error> {
    required(input)?;
    let mut certificate = Call::copy(find(call, input)?);
    set(&mut certificate.tags, input)?;
    Ok(put(certificate))
}

/// `RemoveTagsFromCertificate`: a tag that is given with a value goes only if it has that value.
pub(crate) fn remove(call: &Call<'_>, input: &Input) -> Result<JsonDecision, Error> {
    required(input)?;
    let mut certificate = Call::copy(find(call, input)?);
    for tag in input.structures("Tags")?.unwrap_or_default() {
        let (key, value) = (tag.required("Key")?, tag.text("Value")?);
        let has = certificate.tags.iter().any(|(k, v)| k == key && value.is_none_or(|value| value == v));
        if has {
            certificate.tags.remove(key);
        }
    }
    Ok(put(certificate))
}

/// `ListTagsForCertificate`.
pub(crate) fn list(call: &Call<'_>, input: &Input) -> Result<Value, Error> {
    let tag = |(key, value): (&str, &str)| json!({ "Key": key, "Value": value });
    let tags: Vec<Value> = find(call, input)?.tags.iter().map(tag).collect();
    Ok(json!({ "Tags": tags }))
}

/// The tags that a new certificate is given.
pub(super) fn given(input: &Input) -> Result<Tags, Error> {
    let mut tags = Tags::default();
    set(&mut tags, input)?;
    Ok(tags)
}

fn required(input: &Input) -> Result<(), Error> {
    match input.structures("Tags")? {
        Some(tags) if !tags.is_empty() => Ok(()),
        _ => Err(input.unfit("Tags", "Member must have length greater than or equal to 1")),
    }
}

fn set(tags: &mut Tags, input: &Input) -> Result<(), Error> {
    for tag in input.structures("Tags")?.unwrap_or_default() {
        let value = tag.text("Value")?.unwrap_or_default();
        let set = tags.set(tag.required("Key")?, value);
        set.map_err(|invalid| Error::new(Code::InvalidTagException, invalid.message()))?;
    }
    if tags.too_many() {
        let message = format!("A certificate cannot have more than {} tags", elbow_model::limits::TAGS);
        return Err(Error::new(Code::TooManyTagsException, message));
    }
    Ok(())
}

fn put(certificate: Certificate) -> JsonDecision {
    (vec![Change::Put(Entity::Certificate(Arc::new(certificate)))], json!({}))
}
