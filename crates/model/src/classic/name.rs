//! Names of policies.

use std::fmt;
use std::sync::Arc;

use crate::Invalid;
use crate::limits::POLICY_NAME_CHARS;

/// Name of a policy: letters, digits and hyphens, unique in its load balancer (facts of the APIs, section 4).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PolicyName(Arc<str>);

impl PolicyName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if !(1..=POLICY_NAME_CHARS).contains(&text.len()) || !text.bytes().all(allowed) {
            return Err(Invalid::new(format!(
                "Policy name '{text}' must have 1 to {POLICY_NAME_CHARS} alphanumeric characters or dashes (-)"
            )));
        }
        Ok(Self(text.into()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
