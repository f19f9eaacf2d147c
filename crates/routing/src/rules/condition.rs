//! Conditions, compiled: whether a request meets one (L5-L10). This is what matching means; the index only saves
//! asking.

use elbow_model::{Cidr, Method, Patterns, QueryPattern, Regex};

use super::Fields;
use super::pattern::Pattern;
use super::request::{Seen, field_value};

/// One condition.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    Host(Texts),
    Path(Texts),
    Header { name: Box<str>, values: Texts },
    Method(Box<[Method]>),
    Query(Box<[Pair]>),
    Source(Box<[Cidr]>),
}

/// Patterns and expressions, one of which has to match.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    pub(super) patterns: Box<[Pattern]>,
    pub(super) regexes: Box<[Regex]>,
}

/// A key, if it matters, and a value.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) key: Option<Pattern>,
    pub(super) value: Pattern,
}

impl Condition {
    pub(super) fn compile(condition: &elbow_model::Condition) -> Self {
        use elbow_model::Condition as Configured;
        match condition {
            Configured::HostHeader(patterns) => Self::Host(Texts::compile(patterns, true)),
            Configured::PathPattern(patterns) => Self::Path(Texts::compile(patterns, false)),
            Configured::HttpHeader { name, patterns } => {
                Self::Header { name: name.as_str().into(), values: Texts::compile(patterns, true) }
            }
            Configured::RequestMethod(methods) => Self::Method(methods.clone()),
            Configured::QueryString(pairs) => Self::Query(pairs.iter().map(Pair::compile).collect()),
            Configured::SourceIp(blocks) => Self::Source(blocks.clone()),
        }
    }

    /// Whether the request meets it.
    pub(super) fn holds<F: Fields>(&self, request: &Seen<'_, F>) -> bool {
        match self {
            Self::Host(texts) => texts.match_any(&request.host),
            Self::Path(texts) => texts.match_any(&request.path),
            Self::Header { name, values } => request
                .fields
                .lines()
                .filter(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))
                .any(|(_, value)| values.match_any(&field_value(value))),
            Self::Method(methods) => {
                methods.iter().any(|method| method.as_str().as_bytes() == request.method)
            }
            Self::Query(wanted) => {
                request.pairs().any(|(key, value)| wanted.iter().any(|pair| pair.matches(key, value)))
            }
            Self::Source(blocks) => blocks.iter().any(|block| block.contains(request.source)),
        }
    }
}

impl Texts {
    fn compile(patterns: &Patterns, ignore_case: bool) -> Self {
        Self {
            patterns: patterns.values().iter().map(|text| Pattern::new(text, ignore_case)).collect(),
            regexes: patterns.regexes().into(),
        }
    }

    fn match_any(&self, text: &[u8]) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(text))
            || self.regexes.iter().any(|regex| regex.compiled().is_match(text))
    }
}

impl Pair {
    fn compile(pattern: &QueryPattern) -> Self {
        Self {
            key: pattern.key.as_deref().map(|key| Pattern::new(key, true)),
            value: Pattern::new(&pattern.value, true),
        }
    }

    fn matches(&self, key: &[u8], value: &[u8]) -> bool {
        self.key.as_ref().is_none_or(|wanted| wanted.matches(key)) && self.value.matches(value)
    }
}
