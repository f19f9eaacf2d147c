//! Tokens by which a caller knows its calls again: one that is made twice, because its answer was lost, is carried out once.

use std::fmt;

use elbow_model::{Stack, StackStatus};

use super::journal::OF_STACK;
use crate::error::{Code, Error};
use crate::wire::Params;

/// Longest token, in characters (AWS's limit).
const CHARS: usize = 128;

/// A token: letters, digits and hyphens, the first of which is no hyphen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token(String);

impl Token {
    /// The token of a call, if it has one.
    ///
    /// # Errors
    /// It has other characters, or too many.
    pub(super) fn read(params: &Params<'_>, name: &str) -> Result<Option<Self>, Error> {
        let Some(text) = params.text(name).filter(|text| !text.is_empty()) else { return Ok(None) };
        let fits = text.len() <= CHARS
            && text.starts_with(|first: char| first.is_ascii_alphanumeric())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if fits {
            return Ok(Some(Self(text.to_owned())));
        }
        let rule = "Member must satisfy regular expression pattern: [a-zA-Z0-9][-a-zA-Z0-9]*, and have at most 128 characters";
        Err(params.unfit(name, text, rule))
    }

    /// Whether the operation of a stack that begins with one of these was this call's. The events remember, as long as they last.
    ///
    /// # Errors
    /// Another kind of operation was.
    pub(super) fn repeats(&self, stack: &Stack, begins: &[StackStatus]) -> Result<bool, Error> {
        let mut own =
            stack.events.iter().rev().filter(|event| event.kind == OF_STACK && self.is(event.token.as_ref()));
        let Some(begun) = own.find(|event| BEGINNINGS.contains(&event.status)) else { return Ok(false) };
        if begins.contains(&begun.status) {
            return Ok(true);
        }
        let message =
            format!("A client request token {self} already exists, of another operation of {}", stack.arn);
        Err(Error::new(Code::TokenAlreadyExistsException, message))
    }

    /// Whether it is this one.
    pub(super) fn is(&self, other: Option<&String>) -> bool {
        other == Some(&self.0)
    }
}

/// How operations of stacks begin.
const BEGINNINGS: &[StackStatus] =
    &[StackStatus::CreateInProgress, StackStatus::UpdateInProgress, StackStatus::DeleteInProgress];

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
