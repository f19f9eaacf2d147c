//! Names of header fields, methods and parts of a query, as conditions name them (L7-L9).

use std::fmt;
use std::sync::Arc;

use super::not_empty;
use super::patterns::{VALUE_CHARS, wildcards};
use crate::Invalid;

/// The most characters of a name or a method.
const NAME_CHARS: usize = 40;

/// The name of a header field: 1-40 characters of a token (RFC 9110 section 5.6.2), not `Host`, which has a condition of
/// its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderName(Arc<str>);

/// A method: 1-40 characters of `A-Z`, `-` and `_`; it need not be a standard one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method(Arc<str>);

/// A key and a value in a query. `*` and `?` are wildcards unless a `\` stands before them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryPattern {
    /// The key; `None` if the value counts with any key.
    pub key: Option<Arc<str>>,
    /// The value.
    pub value: Arc<str>,
}

impl HeaderName {
    /// Checks a name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if text.len() > NAME_CHARS {
            return Err(Invalid::new(format!(
                "The 'HttpHeaderName' value is too long; the limit is '{NAME_CHARS}'"
            )));
        }
        if text.is_empty() || !text.bytes().all(token) {
            return Err(Invalid::new(format!(
                "HTTP header name '{text}' must be the name of a header field"
            )));
        }
        if text.eq_ignore_ascii_case("host") {
            return Err(Invalid::new(
                "HTTP header name 'Host' is not allowed; use a host-header condition to look at the host",
            ));
        }
        Ok(Self(text.into()))
    }

    /// The name as it was given; its case means nothing.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Method {
    /// Checks a method.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let allowed = |b: u8| b.is_ascii_uppercase() || matches!(b, b'-' | b'_');
        if text.len() > NAME_CHARS {
            return Err(Invalid::new(format!(
                "The 'http-request-method' value is too long; the limit is '{NAME_CHARS}'"
            )));
        }
        if text.is_empty() || !text.bytes().all(allowed) {
            return Err(Invalid::new(
                "The 'http-request-method' value is invalid; the allowed characters are A-Z, hyphen and underscore",
            ));
        }
        Ok(Self(text.into()))
    }

    /// The method; its case counts.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl QueryPattern {
    /// Checks a key, if there is one, and a value.
    pub fn parse(key: Option<&str>, value: &str) -> Result<Self, Invalid> {
        let check = |what: &str, text: &str| {
            not_empty(text.len())?;
            if text.len() > VALUE_CHARS {
                return Err(Invalid::new(format!(
                    "The '{what}' value is too long; the limit is '{VALUE_CHARS}'"
                )));
            }
            if !text.bytes().all(|b| b.is_ascii_graphic()) {
                return Err(Invalid::new(format!(
                    "Condition value '{text}' contains a character that is not valid for query-string"
                )));
            }
            Ok(Arc::from(text))
        };
        Ok(Self { key: key.map(|key| check("Key", key)).transpose()?, value: check("Value", value)? })
    }

    pub(super) fn wildcards(&self) -> usize {
        wildcards(&self.value) + self.key.as_deref().map_or(0, wildcards)
    }
}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for QueryPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(key) = &self.key {
            write!(f, "{key}=")?;
        }
        f.write_str(&self.value)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_tokens_and_not_host_l7() {
        assert!(HeaderName::parse("X-Forwarded-For").is_ok());
        for bad in ["", "Host", "HOST", "a b", "a:", &"a".repeat(41)] {
            assert!(HeaderName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn methods_are_upper_case_and_may_be_custom_l8() {
        assert!(["GET", "M-SEARCH", "MY_OWN"].iter().all(|text| Method::parse(text).is_ok()));
        for bad in ["", "get", "G*", "GET2", &"A".repeat(41)] {
            assert!(Method::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn queries_have_a_value_and_may_have_a_key_l9() {
        assert!(QueryPattern::parse(None, "*").is_ok());
        assert!(QueryPattern::parse(Some("version"), "v?").is_ok());
        for (key, value) in [(None, ""), (Some(""), "a"), (None, "a b"), (Some("k"), "\u{e9}")] {
            assert!(QueryPattern::parse(key, value).is_err(), "{key:?} {value}");
        }
    }
}
