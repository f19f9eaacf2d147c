//! Texts with the wildcards `*` and `?`, and regular expressions (L5-L7, L13).

use std::sync::Arc;

use super::{check_number, not_empty};
use crate::{Invalid, Regex};

/// The most characters of a value or an expression.
pub(super) const VALUE_CHARS: usize = 128;

/// What the values of a host, a path or a header field are compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patterns {
    values: Box<[Arc<str>]>,
    regexes: Box<[Regex]>,
}

impl Patterns {
    pub(super) fn host(values: &[&str], regexes: &[&str]) -> Result<Self, Invalid> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-.*?".contains(&b);
        Self::new("host-header", values, regexes, true, |value| {
            let top = value.rsplit_once('.').map(|(_, top)| top);
            value.bytes().all(allowed)
                && top.is_some_and(|top| !top.is_empty() && top.bytes().all(|b| b.is_ascii_alphabetic()))
        })
    }

    pub(super) fn path(values: &[&str], regexes: &[&str]) -> Result<Self, Invalid> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-.$/~\"'@:+&*?".contains(&b);
        Self::new("path-pattern", values, regexes, false, |value| value.bytes().all(allowed))
    }

    pub(super) fn header(values: &[&str], regexes: &[&str]) -> Result<Self, Invalid> {
        let allowed = |b: u8| b.is_ascii_graphic() || b == b' ';
        Self::new("http-header", values, regexes, true, |value| value.bytes().all(allowed))
    }

    fn new(
        field: &str,
        values: &[&str],
        regexes: &[&str],
        ignore_case: bool,
        allowed: impl Fn(&str) -> bool,
    ) -> Result<Self, Invalid> {
        check_number(values.len() + regexes.len())?;
        let check = |value: &&str| {
            not_empty(value.len())?;
            if value.chars().count() > VALUE_CHARS {
                return Err(Invalid::new(format!(
                    "The '{field}' value is too long; the limit is '{VALUE_CHARS}'"
                )));
            }
            if !allowed(value) {
                return Err(Invalid::new(format!(
                    "Condition value '{value}' contains a character that is not valid for {field}"
                )));
            }
            Ok(Arc::from(*value))
        };
        let regex = |text: &&str| Regex::parse(text, VALUE_CHARS, ignore_case);
        Ok(Self {
            values: values.iter().map(check).collect::<Result<_, _>>()?,
            regexes: regexes.iter().map(regex).collect::<Result<_, _>>()?,
        })
    }

    /// The texts with wildcards.
    pub fn values(&self) -> &[Arc<str>] {
        &self.values
    }

    /// The regular expressions.
    pub fn regexes(&self) -> &[Regex] {
        &self.regexes
    }

    /// How many there are of both.
    pub(super) fn len(&self) -> usize {
        self.values.len() + self.regexes.len()
    }

    /// All of both, for people; a regular expression stands between slashes.
    pub(super) fn told(&self) -> Vec<String> {
        let regexes = self.regexes.iter().map(|regex| format!("/{}/", regex.text()));
        self.values.iter().map(ToString::to_string).chain(regexes).collect()
    }

    pub(super) fn wildcards(&self) -> usize {
        self.values.iter().map(|value| wildcards(value)).sum()
    }
}

/// How many characters are wildcards: `*` and `?` without a `\` before them.
pub(super) fn wildcards(value: &str) -> usize {
    let (mut count, mut escaped) = (0, false);
    for b in value.bytes() {
        count += usize::from(!escaped && matches!(b, b'*' | b'?'));
        escaped = !escaped && b == b'\\';
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_end_in_letters_l5() {
        for good in ["example.com", "*.example.com", "a-b.c?.example.COM", "*.elb.localhost"] {
            assert!(Patterns::host(&[good], &[]).is_ok(), "{good}");
        }
        let long = format!("{}.com", "a".repeat(125));
        for bad in ["", "localhost", "example.", "10.0.0.1", "example.*", "a_b.com", "a b.com", &long] {
            assert!(Patterns::host(&[bad], &[]).is_err(), "{bad}");
        }
    }

    #[test]
    fn paths_have_the_characters_of_l6() {
        for good in ["/img/*", "/a?c", "*", "/$-_.~\"'@:+&"] {
            assert!(Patterns::path(&[good], &[]).is_ok(), "{good}");
        }
        for bad in ["", "/a b", "/a%20", "/a#b", "/\u{e9}"] {
            assert!(Patterns::path(&[bad], &[]).is_err(), "{bad}");
        }
        assert!(Patterns::path(&[], &["^/v[0-9]+/"]).is_ok());
        assert!(Patterns::path(&[], &["("]).is_err());
        assert!(Patterns::path(&[], &[]).is_err());
    }

    #[test]
    fn header_values_are_visible_l7_l14() {
        assert!(Patterns::header(&["*Chrome*", "a (b; c)"], &[]).is_ok());
        assert!(Patterns::header(&["a\tb"], &[]).is_err());
    }
}
