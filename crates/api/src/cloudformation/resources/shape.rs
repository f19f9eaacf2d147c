//! What properties a type of resources has, and what happens when one changes.

use super::super::template::value::{Map, Value};
use crate::error::Error;

/// The shape of a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// A text, a number or a boolean.
    Text,
    /// A list of texts.
    Texts,
    /// A list of maps with these entries.
    List(&'static [(&'static str, Shape)]),
    /// A map with these entries.
    Map(&'static [(&'static str, Shape)]),
    /// What the action refuses anyway.
    Any,
}

/// What happens to a resource when a property changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Update {
    /// It stays itself.
    InPlace,
    /// Another takes its place.
    Replaces,
    /// Another takes its place if the property was not given before, or is not any more.
    ReplacesIfNew,
}

/// A property of a type.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: &'static str,
    shape: Shape,
    update: Update,
}

/// A property that changes in place.
pub(super) const fn mutable(name: &'static str, shape: Shape) -> Property {
    Property { name, shape, update: Update::InPlace }
}

/// A property that does not change.
pub(super) const fn fixed(name: &'static str, shape: Shape) -> Property {
    Property { name, shape, update: Update::Replaces }
}

/// A property that changes in place if it was there and stays there.
pub(super) const fn lasting(name: &'static str, shape: Shape) -> Property {
    Property { name, shape, update: Update::ReplacesIfNew }
}

/// The tags of a resource.
pub(super) const TAGS: Shape = Shape::List(PAIR);
/// A key and its value.
pub(super) const PAIR: &[(&str, Shape)] = &[("Key", Shape::Text), ("Value", Shape::Text)];

/// Checks that a resource has only properties that its type knows, each of its shape, and those that it must have.
pub(super) fn check(properties: &Map, known: &[Property], required: &[&str]) -> Result<(), Error> {
    for (name, value) in properties {
        let property = known.iter().find(|it| it.name == name).ok_or_else(|| unsupported(name))?;
        fits(name, value, property.shape)?;
    }
    match required.iter().find(|name| !properties.contains_key(**name)) {
        Some(missing) => Err(Error::validation(format!("Property {missing} cannot be empty."))),
        None => Ok(()),
    }
}

/// Whether another resource has to take the place of one that changes like this.
pub(super) fn replaces(known: &[Property], old: &Map, new: &Map) -> bool {
    known.iter().any(|property| {
        let (old, new) = (old.get(property.name), new.get(property.name));
        match property.update {
            Update::InPlace => false,
            Update::Replaces => old != new,
            Update::ReplacesIfNew => old.is_some() != new.is_some(),
        }
    })
}

fn fits(path: &str, value: &Value, shape: Shape) -> Result<(), Error> {
    let wrong = |what: &str| Err(Error::validation(format!("Value of property {path} must be {what}")));
    match (shape, value) {
        (Shape::Any, _) | (Shape::Text, Value::Text(_)) => Ok(()),
        (Shape::Text, _) => wrong("of type String"),
        (Shape::Texts, Value::List(list)) if list.iter().all(|it| it.as_text().is_some()) => Ok(()),
        (Shape::Texts, _) => wrong("a list of Strings"),
        (Shape::List(entries), Value::List(list)) => {
            list.iter().try_for_each(|it| fits(path, it, Shape::Map(entries)))
        }
        (Shape::List(_), _) => wrong("of type List"),
        (Shape::Map(entries), Value::Map(map)) => map.iter().try_for_each(|(name, value)| {
            let (_, shape) =
                entries.iter().find(|(known, _)| known == name).ok_or_else(|| unsupported(name))?;
            fits(&format!("{path}.{name}"), value, *shape)
        }),
        (Shape::Map(_), _) => wrong("an object"),
    }
}

fn unsupported(name: &str) -> Error {
    Error::validation(format!("Encountered unsupported property {name}"))
}
