//! Attributes: settings of load balancers, target groups and listeners that are read and written as text.
//!
//! Each is declared once, in the tables of [`load_balancer`], [`target_group`] and [`listener`]; defaults, validation
//! and documentation come from there (facts, section 7).

mod kind;
/// Writes a table of attributes, one line each: key, kind, default.
macro_rules! table {
    ($($key:expr, $kind:expr, $default:literal;)*) => {
        &[$(Attribute { key: $key, kind: $kind, default: $default }),*]
    };
}

pub mod header_name;
pub mod listener;
pub mod load_balancer;
pub mod target_group;

use std::collections::BTreeMap;
use std::time::Duration;

pub use kind::Kind;
pub(crate) use kind::check_cookie_name;

use crate::Invalid;

/// The declaration of one attribute.
#[derive(Debug)]
pub struct Attribute {
    /// Its key on the wire.
    pub key: &'static str,
    /// What it accepts.
    pub kind: Kind,
    /// Its value until it is set.
    pub default: &'static str,
}

/// Why an attribute was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no such key for this kind of resource.
    UnknownKey,
    /// The value is not one of those accepted.
    Value(Invalid),
}

/// The attributes of one resource: its table and the values that were set.
#[derive(Clone, Debug)]
pub struct Attributes {
    table: &'static [Attribute],
    values: BTreeMap<&'static str, Box<str>>,
}

impl PartialEq for Attributes {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.table, other.table) && self.values == other.values
    }
}

impl Eq for Attributes {}

impl Attributes {
    /// All at their defaults.
    pub const fn new(table: &'static [Attribute]) -> Self {
        Self { table, values: BTreeMap::new() }
    }

    /// Sets one value after checking it. What it is already it may stay, whatever has been refused since.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), Refused> {
        let attribute = self.table.iter().find(|known| known.key == key).ok_or(Refused::UnknownKey)?;
        if self.values.get(attribute.key).is_none_or(|own| **own != *value) {
            attribute.kind.check(attribute.key, value).map_err(Refused::Value)?;
        }
        self.values.insert(attribute.key, value.into());
        Ok(())
    }

    /// Puts back a value that was recorded.
    pub fn restore(&mut self, key: &str, value: &str) -> Result<(), Refused> {
        let attribute = self.table.iter().find(|known| known.key == key).ok_or(Refused::UnknownKey)?;
        attribute.kind.check_recorded(attribute.key, value).map_err(Refused::Value)?;
        self.values.insert(attribute.key, value.into());
        Ok(())
    }

    /// Every attribute with its value or default, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.table.iter().map(|attribute| (attribute.key, self.value(attribute)))
    }

    /// Only the values that were set, in the order of their keys.
    pub fn explicit(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.values.iter().map(|(key, value)| (*key, &**value))
    }

    /// The value of `key`; empty for a key that is not in the table.
    pub fn text(&self, key: &str) -> &str {
        let attribute = self.table.iter().find(|known| known.key == key);
        debug_assert!(attribute.is_some(), "{key} is not in the table");
        attribute.map_or("", |attribute| self.value(attribute))
    }

    /// Whether `key` is `true`.
    pub fn flag(&self, key: &str) -> bool {
        self.text(key) == "true"
    }

    /// The value of `key` as a time in seconds; zero for text that is not a number.
    pub fn seconds(&self, key: &str) -> Duration {
        Duration::from_secs(self.text(key).parse().unwrap_or_default())
    }

    fn value(&self, attribute: &Attribute) -> &str {
        self.values.get(attribute.key).map_or(attribute.default, |value| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_but_the_empty_text_is_a_value_that_could_be_set() {
        for table in [load_balancer::TABLE, target_group::TABLE, listener::TABLE] {
            for attribute in table {
                let mut attributes = Attributes::new(table);
                assert_eq!(attributes.set(attribute.key, attribute.default), Ok(()), "{}", attribute.key);
                assert_eq!(attributes.text(attribute.key), attribute.default);
            }
        }
    }

    #[test]
    fn values_outside_their_range_are_refused_and_change_nothing() {
        use target_group as tg;
        let table = [
            (tg::STICKINESS_ENABLED, "yes"),
            (tg::STICKINESS_TYPE, "source_ip"),
            (tg::LB_COOKIE_DURATION, "0"),
            (tg::LB_COOKIE_DURATION, "604801"),
            (tg::LB_COOKIE_DURATION, "+5"),
            (tg::DEREGISTRATION_DELAY, "3601"),
            (tg::SLOW_START, "29"),
            (tg::APP_COOKIE_NAME, "AWSALB"),
            (tg::APP_COOKIE_NAME, "AWSALBAPP-0"),
            (tg::APP_COOKIE_NAME, "a b"),
            (tg::COOKIE_SAME_SITE, "Lax"),
            (tg::HARDEN_EXCEPT, "theme,lang"),
            (tg::HARDEN_EXCEPT, "theme  lang"),
        ];
        let mut attributes = Attributes::new(tg::TABLE);
        for (key, value) in table {
            assert!(matches!(attributes.set(key, value), Err(Refused::Value(_))), "{key}={value}");
        }
        assert_eq!(attributes.set("no.such.key", "1"), Err(Refused::UnknownKey));
        assert_eq!(attributes, Attributes::new(tg::TABLE));
    }

    #[test]
    fn a_name_that_is_refused_today_stays_where_it_was_recorded() {
        let (subject, issuer) = (listener::MTLS_SUBJECT_NAME, listener::MTLS_ISSUER_NAME);
        let mut attributes = Attributes::new(listener::TABLE);
        assert_eq!(attributes.restore(subject, "Origin"), Ok(()));
        assert_eq!(attributes.set(subject, "Origin"), Ok(()));
        assert!(matches!(attributes.set(issuer, "Origin"), Err(Refused::Value(_))));
        assert!(matches!(attributes.set(subject, "Referer"), Err(Refused::Value(_))));
        for framing in ["Content_Length", "host", "a b"] {
            assert!(matches!(attributes.restore(issuer, framing), Err(Refused::Value(_))), "{framing}");
        }
        assert_eq!(attributes.restore("no.such.key", "1"), Err(Refused::UnknownKey));
        assert_eq!((attributes.text(subject), attributes.text(issuer)), ("Origin", ""));
    }

    #[test]
    fn what_was_set_is_read_back_among_the_defaults() {
        let mut attributes = Attributes::new(target_group::TABLE);
        attributes.set(target_group::LB_COOKIE_DURATION, "60").unwrap();
        assert_eq!(attributes.seconds(target_group::LB_COOKIE_DURATION), Duration::from_secs(60));
        assert_eq!(attributes.seconds(target_group::APP_COOKIE_DURATION), Duration::from_secs(86_400));
        assert_eq!(attributes.explicit().count(), 1);
        assert_eq!(attributes.iter().count(), target_group::TABLE.len());
    }
}
