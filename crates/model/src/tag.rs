//! Tags of a resource.

use std::collections::BTreeMap;

use crate::Invalid;
use crate::limits::{TAG_KEY_CHARS, TAG_VALUE_CHARS, TAGS};

/// The tags of one resource: at most [`TAGS`], each key once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(BTreeMap<String, String>);

impl Tags {
    /// Adds a tag or replaces its value.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), Invalid> {
        Self::check_key(key)?;
        check("value", value, 0, TAG_VALUE_CHARS)?;
        if key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
            return Err(Invalid::new(format!(
                "Tag key '{key}' cannot start with the reserved prefix 'aws:'"
            )));
        }
        self.0.insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    /// Checks that a tag could have this key.
    pub fn check_key(key: &str) -> Result<(), Invalid> {
        check("key", key, 1, TAG_KEY_CHARS)
    }

    /// Whether there are more tags than a resource may have.
    pub fn too_many(&self) -> bool {
        self.0.len() > TAGS
    }

    /// Takes a tag away; nothing happens if there is none.
    pub fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// The tags in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

fn check(what: &str, text: &str, min: usize, max: usize) -> Result<(), Invalid> {
    let space = |c: char| c.is_whitespace() && !c.is_control();
    let allowed = |c: char| c.is_alphanumeric() || space(c) || "_.:/=+-@".contains(c);
    if (min..=max).contains(&text.chars().count()) && text.chars().all(allowed) {
        return Ok(());
    }
    Err(Invalid::new(format!(
        "Tag {what} '{text}' must have {min} to {max} letters, digits, spaces or characters of _.:/=+-@"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_keep_to_their_limits() {
        let mut tags = Tags::default();
        assert!(tags.set("team", "carts").is_ok());
        assert!(tags.set("elbow:stickiness.mode", "").is_ok());
        assert!(tags.set("elbow:stickiness.mode", "a b").is_ok());
        for (key, value) in [
            ("", "x"),
            ("aws:x", "y"),
            ("AWS:x", "y"),
            ("a!", "x"),
            ("a\tb", "x"),
            ("a", "x\ny"),
            (&"k".repeat(129), "x"),
        ] {
            assert!(tags.set(key, value).is_err(), "{key}");
        }
        assert!(tags.set("k", &"v".repeat(257)).is_err());
        assert_eq!(tags.iter().count(), 2);
    }
}
