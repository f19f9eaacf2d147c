//! What comes with a call of the extension API: parameters of its path and its query, and its body. Whatever the
//! operation does not know is refused by name, so that a slip is not taken for a default.

use std::collections::BTreeMap;

use super::operation::{Operation, Parameter};
use crate::error::{Code, Error};
use crate::wire::form::FORM_BYTES;
use crate::wire::{Input, marker};

/// What a signature in the query consists of.
const OF_SIGNATURES: &str = "X-Amz-";

/// Parameters and body of one call.
#[derive(Debug)]
pub(crate) struct Given {
    path: BTreeMap<&'static str, String>,
    query: BTreeMap<String, String>,
    /// The body; an empty structure for operations that have none.
    pub(crate) body: Input,
}

impl Given {
    /// Reads what an operation takes.
    pub(crate) fn read(
        operation: &Operation,
        path: BTreeMap<&'static str, String>,
        query: &str,
        body: &[u8],
    ) -> Result<Self, Error> {
        if query.len().saturating_add(body.len()) > FORM_BYTES {
            return Err(Error::validation(format!("The request is larger than {FORM_BYTES} bytes")));
        }
        let body = match operation.body {
            Some(_) => Input::parse(body)?,
            None if body.is_empty() => Input::parse(b"{}")?,
            None => return Err(Error::validation(format!("The operation {} takes no body", operation.name))),
        };
        Ok(Self { path, query: parameters(operation.query, query)?, body })
    }

    /// A parameter of the path.
    pub(crate) fn part(&self, name: &str) -> &str {
        debug_assert!(self.path.contains_key(name), "the path of the operation has no {name}");
        self.path.get(name).map(String::as_str).unwrap_or_default()
    }

    /// A parameter of the query, if it is given.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// A whole number of the query within the bounds that the table of operations has for it.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.text(name)?.parse().ok()
    }

    /// The key that the page before ended with.
    pub(crate) fn after(&self) -> Result<Option<String>, Error> {
        let Some(token) = self.text("nextToken") else { return Ok(None) };
        let key = marker::read(token);
        key.map(Some).ok_or_else(|| Error::validation("The nextToken is not one that was given out"))
    }
}

fn parameters(known: &[Parameter], query: &str) -> Result<BTreeMap<String, String>, Error> {
    let mut given = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name.starts_with(OF_SIGNATURES) {
            continue;
        }
        let Some(parameter) = known.iter().find(|parameter| parameter.name == name) else {
            let names: Vec<&str> = known.iter().map(|parameter| parameter.name).collect();
            let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            let message = format!("The parameter '{name}' of the query is not known here; known: {names}");
            return Err(Error::validation(message));
        };
        check(parameter, &value)?;
        if given.insert(name.to_string(), value.into_owned()).is_some() {
            return Err(Error::validation(format!("The parameter '{name}' of the query is given twice")));
        }
    }
    Ok(given)
}

fn check(parameter: &Parameter, value: &str) -> Result<(), Error> {
    let Some((min, max)) = parameter.bounds else { return Ok(()) };
    match value.parse::<usize>() {
        Ok(number) if (min..=max).contains(&number) => Ok(()),
        _ => {
            let name = parameter.name;
            Err(Error::new(
                Code::ValidationError,
                format!("The parameter '{name}' must be a number from {min} to {max}"),
            ))
        }
    }
}
