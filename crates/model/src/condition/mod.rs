//! What a request must meet for a rule to apply (L5-L14).
//!
//! A condition holds texts that have been checked; what they mean for a request is compiled in `routing`.

mod patterns;
mod texts;

use std::fmt;

pub use patterns::Patterns;
pub use texts::{HeaderName, Method, QueryPattern};

use crate::limits::{CONDITION_VALUES_PER_RULE, WILDCARDS_PER_RULE};
use crate::{Cidr, Invalid};

/// A block that AWS refuses as a source (L10).
const REFUSED_SOURCE: &str = "255.255.255.255/32";

/// One condition. A request meets it if it matches any of its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The Host, without its port (L5).
    HostHeader(Patterns),
    /// The path, without the query (L6).
    PathPattern(Patterns),
    /// A header field (L7).
    HttpHeader {
        /// Its name.
        name: HeaderName,
        /// Its values.
        patterns: Patterns,
    },
    /// The method (L8).
    RequestMethod(Box<[Method]>),
    /// A part of the query (L9).
    QueryString(Box<[QueryPattern]>),
    /// The address that the connection comes from (L10).
    SourceIp(Box<[Cidr]>),
}

/// All conditions of a rule. A request must meet each of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conditions(Box<[Condition]>);

impl Condition {
    /// Checks a `host-header` condition.
    pub fn host_header(values: &[&str], regexes: &[&str]) -> Result<Self, Invalid> {
        Patterns::host(values, regexes).map(Self::HostHeader)
    }

    /// Checks a `path-pattern` condition.
    pub fn path_pattern(values: &[&str], regexes: &[&str]) -> Result<Self, Invalid> {
        Patterns::path(values, regexes).map(Self::PathPattern)
    }

    /// Checks an `http-header` condition.
    pub fn http_header(name: &str, values: &[&str], regexes: &[&str]) -> Result<Self, Invalid> {
        Ok(Self::HttpHeader { name: HeaderName::parse(name)?, patterns: Patterns::header(values, regexes)? })
    }

    /// Checks an `http-request-method` condition.
    pub fn request_method(values: &[&str]) -> Result<Self, Invalid> {
        check_number(values.len())?;
        values.iter().map(|text| Method::parse(text)).collect::<Result<_, _>>().map(Self::RequestMethod)
    }

    /// Checks a `query-string` condition, given as keys, where there are any, and values.
    pub fn query_string(values: &[(Option<&str>, &str)]) -> Result<Self, Invalid> {
        check_number(values.len())?;
        let pattern = |&(key, value): &(Option<&str>, &str)| QueryPattern::parse(key, value);
        values.iter().map(pattern).collect::<Result<_, _>>().map(Self::QueryString)
    }

    /// Checks a `source-ip` condition.
    pub fn source_ip(values: &[&str]) -> Result<Self, Invalid> {
        check_number(values.len())?;
        if values.contains(&REFUSED_SOURCE) {
            return Err(Invalid::new(format!(
                "Condition value '{REFUSED_SOURCE}' is not allowed for source-ip"
            )));
        }
        values.iter().map(|text| Cidr::parse(text)).collect::<Result<_, _>>().map(Self::SourceIp)
    }

    /// AWS's word for what it looks at.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::HostHeader(_) => "host-header",
            Self::PathPattern(_) => "path-pattern",
            Self::HttpHeader { .. } => "http-header",
            Self::RequestMethod(_) => "http-request-method",
            Self::QueryString(_) => "query-string",
            Self::SourceIp(_) => "source-ip",
        }
    }

    /// How many values it has.
    pub fn values(&self) -> usize {
        match self {
            Self::HostHeader(patterns) | Self::PathPattern(patterns) | Self::HttpHeader { patterns, .. } => {
                patterns.len()
            }
            Self::RequestMethod(methods) => methods.len(),
            Self::QueryString(pairs) => pairs.len(),
            Self::SourceIp(blocks) => blocks.len(),
        }
    }

    /// How many wildcards its values have.
    fn wildcards(&self) -> usize {
        match self {
            Self::HostHeader(patterns) | Self::PathPattern(patterns) | Self::HttpHeader { patterns, .. } => {
                patterns.wildcards()
            }
            Self::QueryString(pairs) => pairs.iter().map(QueryPattern::wildcards).sum(),
            Self::RequestMethod(_) | Self::SourceIp(_) => 0,
        }
    }

    /// Whether a rule may have several of its kind (L11).
    const fn may_be_repeated(&self) -> bool {
        matches!(self, Self::HttpHeader { .. } | Self::QueryString(_))
    }
}

/// For people: `path-pattern is /api/* or /v2/*`.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field())?;
        let values: Vec<String> = match self {
            Self::HttpHeader { name, patterns } => {
                write!(f, " {name}")?;
                patterns.told()
            }
            Self::HostHeader(patterns) | Self::PathPattern(patterns) => patterns.told(),
            Self::RequestMethod(methods) => methods.iter().map(ToString::to_string).collect(),
            Self::SourceIp(blocks) => blocks.iter().map(ToString::to_string).collect(),
            Self::QueryString(pairs) => pairs.iter().map(ToString::to_string).collect(),
        };
        write!(f, " is {}", values.join(" or "))
    }
}

impl Conditions {
    /// Checks the conditions of one rule together (L11, L12).
    pub fn new(conditions: Vec<Condition>) -> Result<Self, Invalid> {
        if conditions.is_empty() {
            return Err(Invalid::new("A rule must have at least one condition"));
        }
        for (position, condition) in conditions.iter().enumerate() {
            let field = condition.field();
            let repeated = conditions.iter().take(position).any(|other| other.field() == field);
            if repeated && !condition.may_be_repeated() {
                return Err(Invalid::new(format!("A rule can only have one '{field}' condition")));
            }
        }
        Self::check_values(conditions.iter().map(Condition::values).sum())?;
        let wildcards: usize = conditions.iter().map(Condition::wildcards).sum();
        if wildcards > WILDCARDS_PER_RULE {
            return Err(Invalid::new(format!(
                "A rule can only have '{WILDCARDS_PER_RULE}' condition wildcards; this one has '{wildcards}'"
            )));
        }
        Ok(Self(conditions.into()))
    }

    /// Checks how many values all conditions of a rule have (L11). Each has at least one, so it is also for the number
    /// of conditions, before any is read.
    pub fn check_values(count: usize) -> Result<(), Invalid> {
        if count <= CONDITION_VALUES_PER_RULE {
            return Ok(());
        }
        Err(Invalid::new(format!(
            "A rule can only have '{CONDITION_VALUES_PER_RULE}' condition values; this one has '{count}'"
        )))
    }

    /// The conditions in the caller's order; never empty.
    pub fn as_slice(&self) -> &[Condition] {
        &self.0
    }
}

/// Refuses an empty value.
fn not_empty(length: usize) -> Result<(), Invalid> {
    if length == 0 { Err(Invalid::new("A condition value must be specified")) } else { Ok(()) }
}

/// Refuses a condition without values, and one with too many before they are read.
fn check_number(values: usize) -> Result<(), Invalid> {
    not_empty(values)?;
    Conditions::check_values(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_has_one_condition_of_most_kinds_l11() {
        let host = || Condition::host_header(&["a.example.com"], &[]).unwrap();
        let header = || Condition::http_header("X-A", &["b"], &[]).unwrap();
        assert!(Conditions::new(vec![host(), header(), header()]).is_ok());
        assert!(Conditions::new(vec![host(), host()]).is_err());
        assert!(Conditions::new(vec![]).is_err());
    }

    #[test]
    fn values_and_wildcards_are_counted_over_the_whole_rule_l11_l12() {
        let paths = |values: &[&str]| Condition::path_pattern(values, &[]).unwrap();
        let query = |value| Condition::query_string(&[(None, value)]).unwrap();
        assert!(Conditions::new(vec![paths(&["/1", "/2", "/3", "/4"]), query("5")]).is_ok());
        assert!(Conditions::new(vec![paths(&["/1", "/2", "/3", "/4", "/5"]), query("6")]).is_err());
        assert!(Conditions::new(vec![paths(&["/*/*/*"]), query("???")]).is_ok());
        assert!(Conditions::new(vec![paths(&["/*/*/*/*"]), query("???")]).is_err());
        assert!(
            Conditions::new(vec![paths(&["/*/*/*/*"]), query(r"\???\*")]).is_ok(),
            "escaped ones are none"
        );
    }

    #[test]
    fn sources_are_blocks_l10() {
        assert!(Condition::source_ip(&["10.0.0.0/8", "2001:db8::/32"]).is_ok());
        for bad in [&[][..], &["10.0.0.1"], &["255.255.255.255/32"]] {
            assert!(Condition::source_ip(bad).is_err(), "{bad:?}");
        }
    }
}
