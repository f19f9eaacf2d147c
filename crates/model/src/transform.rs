//! Rewriting the host and address of a request on its way to the target (L21, L22).

use std::sync::Arc;

use crate::{Invalid, Regex};

/// The most characters of an expression, and of what takes its place.
const REWRITE_CHARS: usize = 1024;

/// The transforms of a rule: at most one of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transforms {
    /// `host-header-rewrite`: changes the Host.
    pub host: Option<Rewrite>,
    /// `url-rewrite`: changes path and query.
    pub url: Option<Rewrite>,
}

/// Replaces what a regular expression matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    regex: Regex,
    replace: Arc<str>,
}

impl Transforms {
    /// Whether a request stays as it is.
    pub const fn is_empty(&self) -> bool {
        self.host.is_none() && self.url.is_none()
    }
}

impl Rewrite {
    /// Checks a rewrite of the Host header, whose case does not count.
    pub fn of_host(regex: &str, replace: &str) -> Result<Self, Invalid> {
        Self::new(regex, replace, true)
    }

    /// Checks a rewrite of path and query.
    pub fn of_url(regex: &str, replace: &str) -> Result<Self, Invalid> {
        Self::new(regex, replace, false)
    }

    fn new(regex: &str, replace: &str, ignore_case: bool) -> Result<Self, Invalid> {
        let regex = Regex::parse(regex, REWRITE_CHARS, ignore_case)?;
        let visible = replace.bytes().all(|b| b.is_ascii_graphic());
        if replace.len() > REWRITE_CHARS || !visible {
            return Err(Invalid::new(format!(
                "Replacement '{replace}' must have at most '{REWRITE_CHARS}' visible ASCII characters"
            )));
        }
        Ok(Self { regex, replace: replace.into() })
    }

    /// What is looked for.
    pub const fn regex(&self) -> &Regex {
        &self.regex
    }

    /// What takes its place; `$1` stands for the first group.
    pub const fn replace(&self) -> &Arc<str> {
        &self.replace
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rewrite_keeps_to_its_limits() {
        assert!(Rewrite::of_url("^/api/(.*)$", "/$1").is_ok());
        assert!(Rewrite::of_host("^old", "").is_ok());
        assert!(Rewrite::of_url("(", "/").is_err());
        assert!(Rewrite::of_url("a", "a b").is_err());
        assert!(Rewrite::of_url("a", "/\r\nX: y").is_err());
        assert!(Rewrite::of_url("a", &"a".repeat(1025)).is_err());
        assert!(Rewrite::of_url(&"a".repeat(1025), "").is_err());
    }
}
