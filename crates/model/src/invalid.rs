//! What is wrong with a value, in words for the one who sent it.

use std::fmt;

/// A value that cannot be accepted. The text names the field, the value and what would be accepted; it is written
/// for the caller and follows AWS's wording where that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid(String);

impl Invalid {
    /// Says what is wrong.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// The text for the caller.
    pub fn message(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Invalid {}
