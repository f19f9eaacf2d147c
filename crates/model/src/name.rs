//! Names that people give (A1).

use std::fmt;
use std::sync::Arc;

use crate::Invalid;
use crate::limits::NAME_CHARS;

fn check(noun: &str, text: &str) -> Result<Arc<str>, Invalid> {
    if text.is_empty() {
        return Err(Invalid::new(format!("{noun} name cannot be empty")));
    }
    if text.chars().count() > NAME_CHARS {
        return Err(Invalid::new(format!(
            "{noun} name '{text}' cannot be longer than '{NAME_CHARS}' characters"
        )));
    }
    if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(Invalid::new(format!(
            "{noun} name '{text}' can only contain characters that are alphanumeric characters and hyphens(-)"
        )));
    }
    if text.starts_with('-') || text.ends_with('-') {
        return Err(Invalid::new(format!("{noun} name '{text}' cannot begin or end with '-'")));
    }
    Ok(text.into())
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// Name of a load balancer: 1-32 letters, digits and hyphens, no hyphen at the ends, not `internal-…`.
    LoadBalancerName
}
name! {
    /// Name of a target group: 1-32 letters, digits and hyphens, no hyphen at the ends.
    TargetGroupName
}

name! {
    /// Name of a trust store: 1-32 letters, digits and hyphens, no hyphen at the ends and no two in a row.
    TrustStoreName
}

impl LoadBalancerName {
    /// Checks a name of a Classic Load Balancer, which may begin with `internal-`.
    pub fn parse_classic(text: &str) -> Result<Self, Invalid> {
        check("Load balancer", text).map(Self)
    }

    /// Checks a name of an Application Load Balancer.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let name = check("Load balancer", text)?;
        if text.starts_with("internal-") {
            return Err(Invalid::new(format!("Load balancer name '{text}' cannot begin with 'internal-'")));
        }
        Ok(Self(name))
    }
}

impl TargetGroupName {
    /// Checks a name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        check("Target group", text).map(Self)
    }
}

impl TrustStoreName {
    /// Checks a name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let name = check("Trust store", text)?;
        if text.contains("--") {
            return Err(Invalid::new(format!("Trust store name '{text}' cannot have two '-' in a row")));
        }
        Ok(Self(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_as_aws_does() {
        for good in ["a", "my-lb", "A1-b2", &"x".repeat(32)] {
            assert!(TargetGroupName::parse(good).is_ok(), "{good}");
            assert!(LoadBalancerName::parse(good).is_ok(), "{good}");
            assert!(TrustStoreName::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "a_b", "a b", "ü", &"x".repeat(33)] {
            assert!(TargetGroupName::parse(bad).is_err(), "{bad}");
            assert!(LoadBalancerName::parse(bad).is_err(), "{bad}");
            assert!(TrustStoreName::parse(bad).is_err(), "{bad}");
        }
        assert!(LoadBalancerName::parse("internal-x").is_err());
        assert!(LoadBalancerName::parse_classic("internal-x").is_ok());
        assert!(LoadBalancerName::parse_classic("-x").is_err());
        assert!(TargetGroupName::parse("internal-x").is_ok());
        assert!(TrustStoreName::parse("a--b").is_err());
        assert!(TargetGroupName::parse("a--b").is_ok());
    }
}
