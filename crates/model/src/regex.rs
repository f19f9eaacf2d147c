//! Regular expressions of conditions and transforms (L13, L22).

use std::fmt;
use std::sync::Arc;

use regex::bytes::RegexBuilder;

use crate::Invalid;

/// Memory that one compiled expression may take, in bytes.
const COMPILED_BYTES: usize = 256 * 1024;
/// How deep groups may be nested.
const NESTING: u32 = 32;

/// A regular expression that matches in linear time. Two are equal if their texts are.
#[derive(Clone)]
pub struct Regex {
    text: Arc<str>,
    ignore_case: bool,
    compiled: regex::bytes::Regex,
}

impl Regex {
    /// Reads an expression of at most `max` characters. Look-around, back-references, atomic groups, possessive
    /// quantifiers, recursion and Unicode classes are not supported, as with AWS.
    pub fn parse(text: &str, max: usize, ignore_case: bool) -> Result<Self, Invalid> {
        if text.is_empty() || text.chars().count() > max {
            return Err(Invalid::new(format!(
                "Regular expression '{text}' must have between '1' and '{max}' characters"
            )));
        }
        if let Some(construct) = misread(text) {
            return Err(unsupported(text, construct));
        }
        let compiled = RegexBuilder::new(text)
            .unicode(false)
            .case_insensitive(ignore_case)
            .size_limit(COMPILED_BYTES)
            .dfa_size_limit(COMPILED_BYTES)
            .nest_limit(NESTING)
            .build();
        match compiled {
            Ok(compiled) => Ok(Self { text: text.into(), ignore_case, compiled }),
            Err(error) => Err(unsupported(text, &reason(&error))),
        }
    }

    /// The text that it was made of.
    pub const fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Whether upper and lower case are the same to it.
    pub const fn ignores_case(&self) -> bool {
        self.ignore_case
    }

    /// The expression, ready to be used.
    pub const fn compiled(&self) -> &regex::bytes::Regex {
        &self.compiled
    }
}

fn unsupported(text: &str, reason: &str) -> Invalid {
    Invalid::new(format!("Regular expression '{text}' is not valid or not supported: {reason}"))
}

/// What the engine would accept and understand otherwise than its author: a `+` behind a quantifier is to it a
/// repetition of a repetition, and `(?R)` a flag.
fn misread(text: &str) -> Option<&'static str> {
    // Classes are nested, as in [[:alpha:]_].
    let (mut classes, mut quantified) = (0_usize, false);
    let mut bytes = text.as_bytes().iter();
    while let Some(&b) = bytes.next() {
        match b {
            b'\\' => drop(bytes.next()),
            b'[' => classes += 1,
            b']' => classes = classes.saturating_sub(1),
            b'(' if classes == 0 && bytes.as_slice().starts_with(b"?R") => {
                return Some("recursion is not supported");
            }
            b'+' if quantified => return Some("possessive quantifiers are not supported"),
            _ => {}
        }
        quantified = classes == 0 && matches!(b, b'*' | b'+' | b'?' | b'}');
    }
    None
}

/// The last line of the engine's message says what is wrong; those before it point at the place.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().next_back().unwrap_or_default();
    last.trim_start_matches("error:").trim().to_owned()
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, self.ignore_case) == (&other.text, other.ignore_case)
    }
}

impl Eq for Regex {}

impl fmt::Debug for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Regex({:?})", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_more_than_linear_time_is_refused_l13() {
        for good in [
            "^/a+/[0-9]{1,3}$",
            "[*+]+",
            "[[:alpha:]*+]",
            r"\++",
            "(?i)x|y",
            "a*?",
            r"\d\w\s\b",
            "(?<id>[a-z]+)",
        ] {
            assert!(Regex::parse(good, 128, false).is_ok(), "{good}");
        }
        for bad in [
            "",
            "(",
            "(?=a)",
            "(?!a)",
            "(?<=a)",
            "(?<!a)",
            r"(a)\1",
            "(?>a)",
            "a++",
            r"\p{L}",
            "(?R)",
            "a{9999}{9999}",
        ] {
            assert!(Regex::parse(bad, 128, false).is_err(), "{bad}");
        }
        assert!(Regex::parse(&"a".repeat(129), 128, false).is_err());
    }
}
