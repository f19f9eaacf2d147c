//! Values of a template: texts, lists and maps. A number or a boolean is the text that it is written with, as on the wire
//! of every action that it ends in.

use std::collections::BTreeMap;

use crate::error::Error;

/// Deepest nesting of a template.
pub(crate) const DEPTH: usize = 64;

/// The entries of a map, in the order of their names.
pub(crate) type Map = BTreeMap<String, Value>;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// A text, a number or a boolean.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A map.
    Map(Map),
}

impl Value {
    /// What a value takes without what is in it, in bytes.
    pub(super) const BYTES: usize = size_of::<Self>();

    /// What it takes with all that is in it, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let inside: usize = match self {
            Self::Text(text) => text.len(),
            Self::List(list) => list.iter().map(Self::bytes).sum(),
            Self::Map(map) => map.iter().map(|(name, value)| name.len() + value.bytes()).sum(),
        };
        Self::BYTES + inside
    }

    /// A text.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The text, if it is one.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The members, if it is a list.
    pub(crate) fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(list) => Some(list),
            _ => None,
        }
    }

    /// The entries, if it is a map.
    pub(crate) const fn as_map(&self) -> Option<&Map> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The one entry of a map that has one: how functions are written.
    pub(crate) fn as_only_entry(&self) -> Option<(&str, &Self)> {
        let map = self.as_map().filter(|map| map.len() == 1)?;
        map.iter().next().map(|(name, value)| (name.as_str(), value))
    }

    /// The value in JSON.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) => text.clone().into(),
            Self::List(list) => list.iter().map(Self::to_json).collect(),
            Self::Map(map) => map.iter().map(|(name, value)| (name.clone(), value.to_json())).collect(),
        }
    }

    /// Reads JSON.
    ///
    /// # Errors
    /// There is a `null`, as AWS refuses it, or it is nested too deep.
    pub(crate) fn of_json(json: serde_json::Value) -> Result<Self, Error> {
        Self::of_json_at(json, 0)
    }

    fn of_json_at(json: serde_json::Value, depth: usize) -> Result<Self, Error> {
        if depth == DEPTH {
            return Err(too_deep());
        }
        let inner = |json| Self::of_json_at(json, depth + 1);
        Ok(match json {
            serde_json::Value::Null => return Err(null()),
            serde_json::Value::Bool(flag) => Self::text(flag.to_string()),
            serde_json::Value::Number(number) => Self::text(number.to_string()),
            serde_json::Value::String(text) => Self::Text(text),
            serde_json::Value::Array(list) => {
                Self::List(list.into_iter().map(inner).collect::<Result<_, _>>()?)
            }
            serde_json::Value::Object(map) => {
                let entry = |(name, value)| Ok((name, inner(value)?));
                Self::Map(map.into_iter().map(entry).collect::<Result<_, Error>>()?)
            }
        })
    }
}

/// The refusal of what is nested too deep.
pub(super) fn too_deep() -> Error {
    Error::validation(format!("Template format error: it is nested more than {DEPTH} levels deep"))
}

/// The refusal of a `null`.
pub(super) fn null() -> Error {
    Error::validation("Template format error: 'null' values are not allowed in templates")
}
