//! Rules of listeners (L2).

use std::fmt;

use crate::{Actions, Conditions, Invalid, RuleArn, Tags, Transforms};

/// What is done with requests that meet some conditions. Not the default rule, which is a part of the listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its ARN, which names its listener.
    pub arn: RuleArn,
    /// Where it stands among the rules of its listener; no two have the same.
    pub priority: Priority,
    /// What a request must meet.
    pub conditions: Conditions,
    /// How the request is changed for the target.
    pub transforms: Transforms,
    /// What is done with it.
    pub actions: Actions,
    /// Tags.
    pub tags: Tags,
}

/// Where a rule stands among those of its listener: 1-50,000, the lowest is looked at first (L2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Priority(u16);

impl Priority {
    /// The highest number.
    pub const MAX: u16 = 50_000;

    /// Checks a number.
    pub fn new(number: u16) -> Result<Self, Invalid> {
        if (1..=Self::MAX).contains(&number) {
            return Ok(Self(number));
        }
        Err(Invalid::new(format!("Rule priority '{number}' must be between '1' and '{}'", Self::MAX)))
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_priority_keeps_to_its_range() {
        assert!([1, 50_000].into_iter().all(|number| Priority::new(number).is_ok()));
        assert!([0, 50_001].into_iter().all(|number| Priority::new(number).is_err()));
    }
}
