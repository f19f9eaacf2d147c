//! What the records have in common: reading one field into a type that cannot be wrong, and saying which field was
//! wrong.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use elbow_model::attribute::{Attribute, Refused};
use elbow_model::{Arn, Attributes, Invalid, LoadBalancerArn, Port, Tags, TargetGroupArn, TrustStoreArn};

/// Something in a document or a record that cannot be, and where. Never shows a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct Wrong {
    /// Where, as in `load_balancers[2].zones[0].subnet`.
    pub path: String,
    /// What is wrong there.
    pub message: String,
}

impl Wrong {
    pub(crate) fn new(path: impl Into<String>, message: impl fmt::Display) -> Self {
        Self { path: path.into(), message: message.to_string() }
    }

    /// The same, seen from the thing that holds it.
    pub(crate) fn within(self, outer: impl fmt::Display) -> Self {
        Self { path: format!("{outer}.{}", self.path), message: self.message }
    }
}

/// Names the field that a value was read from.
pub(crate) fn field<T>(name: &str, value: Result<T, Invalid>) -> Result<T, Wrong> {
    value.map_err(|invalid| Wrong::new(name, invalid))
}

/// Reads a text that `T` itself knows how to read.
pub(crate) fn parse<T: FromStr>(name: &str, text: &str, what: &str) -> Result<T, Wrong> {
    text.parse().map_err(|_| Wrong::new(name, format!("'{text}' is not {what}")))
}

/// Reads one of a few words.
pub(crate) fn word<T: Copy>(
    name: &str,
    text: &str,
    all: &[T],
    as_str: fn(T) -> &'static str,
) -> Result<T, Wrong> {
    all.iter().copied().find(|&it| as_str(it) == text).ok_or_else(|| {
        let words: Vec<_> = all.iter().map(|&it| as_str(it)).collect();
        Wrong::new(name, format!("'{text}' is not one of [{}]", words.join(", ")))
    })
}

/// Reads a key of sixteen digits with the `parse` of its type.
pub(crate) fn key<T>(name: &str, text: &str, parse: fn(&str) -> Option<T>) -> Result<T, Wrong> {
    parse(text)
        .ok_or_else(|| Wrong::new(name, format!("'{text}' is not sixteen lower-case hexadecimal digits")))
}

pub(crate) fn port(name: &str, number: u16) -> Result<Port, Wrong> {
    Port::new(number).ok_or_else(|| Wrong::new(name, "0 is not a port"))
}

pub(crate) fn load_balancer_arn(name: &str, text: &str) -> Result<LoadBalancerArn, Wrong> {
    match Arn::parse(text) {
        Some(Arn::LoadBalancer(arn)) => Ok(arn),
        _ => Err(Wrong::new(name, format!("'{text}' is not the ARN of a load balancer"))),
    }
}

pub(crate) fn target_group_arn(name: &str, text: &str) -> Result<TargetGroupArn, Wrong> {
    match Arn::parse(text) {
        Some(Arn::TargetGroup(arn)) => Ok(arn),
        _ => Err(Wrong::new(name, format!("'{text}' is not the ARN of a target group"))),
    }
}

pub(crate) fn trust_store_arn(name: &str, text: &str) -> Result<TrustStoreArn, Wrong> {
    TrustStoreArn::parse(text)
        .ok_or_else(|| Wrong::new(name, format!("'{text}' is not the ARN of a trust store")))
}

/// Texts by their keys, as attributes and tags are recorded.
pub(crate) type Texts = BTreeMap<String, String>;

/// Collects what was set.
pub(crate) fn texts<'a, 'b>(pairs: impl Iterator<Item = (&'a str, &'b str)>) -> Texts {
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Reads attributes of a kind of resource, given by its table.
pub(crate) fn attributes(table: &'static [Attribute], texts: &Texts) -> Result<Attributes, Wrong> {
    let mut attributes = Attributes::new(table);
    for (key, value) in texts {
        attributes.restore(key, value).map_err(|refused| {
            let message = match refused {
                Refused::UnknownKey => format!("there is no attribute '{key}' here"),
                Refused::Value(invalid) => invalid.to_string(),
            };
            Wrong::new("attributes", message)
        })?;
    }
    Ok(attributes)
}

pub(crate) fn tags(texts: &Texts) -> Result<Tags, Wrong> {
    let mut tags = Tags::default();
    for (key, value) in texts {
        field("tags", tags.set(key, value))?;
    }
    if tags.too_many() {
        return Err(Wrong::new("tags", format!("{} are more than a resource may have", texts.len())));
    }
    Ok(tags)
}
