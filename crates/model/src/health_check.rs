//! How targets are checked (B6-B15).

use std::time::Duration;

use crate::limits::HEALTH_CHECK_PATH_CHARS;
use crate::{Invalid, Port};

/// What a health check speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HealthCheckProtocol {
    /// HTTP/1.1 in clear.
    Http,
    /// The same over TLS; the target's certificate is not looked at (R31).
    Https,
}

impl HealthCheckProtocol {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Https => "HTTPS",
        }
    }
}

/// The port that is checked (B7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HealthCheckPort {
    /// The port that receives traffic (`traffic-port`).
    Traffic,
    /// This one.
    Fixed(Port),
}

/// The status codes that count as healthy (B13): single codes and ranges within 200-499.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matcher {
    text: String,
    ranges: Vec<(u16, u16)>,
}

impl Matcher {
    /// Reads `200`, `200,202` or `200-299`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let ranges: Option<Vec<_>> = text.split(',').map(range).collect();
        match ranges {
            Some(ranges) if text.len() <= 256 => Ok(Self { text: text.to_owned(), ranges }),
            _ => Err(Invalid::new(format!(
                "Health check matcher HTTP code '{text}' must be within '200-499' inclusive, as in 200, 200,202 or 200-299"
            ))),
        }
    }

    /// Whether a target that answers with `status` is healthy.
    pub fn matches(&self, status: u16) -> bool {
        self.ranges.iter().any(|&(first, last)| (first..=last).contains(&status))
    }

    /// The text it was made of.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn range(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (code(first)?, code(last)?);
    (first <= last).then_some((first, last))
}

fn code(text: &str) -> Option<u16> {
    let digits = text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit());
    let code = digits.then(|| text.parse().ok())??;
    (200..=499).contains(&code).then_some(code)
}

/// The health check of a target group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// Whether targets are checked; always true for `instance` and `ip` (B15).
    pub enabled: bool,
    /// What is spoken.
    pub protocol: HealthCheckProtocol,
    /// The port that is checked.
    pub port: HealthCheckPort,
    /// The path that is asked for.
    pub path: String,
    /// Time between two checks, 5-300 s.
    pub interval: Duration,
    /// Time within which the answer must come, 2-120 s, below the interval.
    pub timeout: Duration,
    /// Successes in a row that make an unhealthy target healthy, 2-10.
    pub healthy_threshold: u8,
    /// Failures in a row that make a healthy target unhealthy, 2-10.
    pub unhealthy_threshold: u8,
    /// Which answers are successes.
    pub matcher: Matcher,
}

impl Default for HealthCheck {
    fn default() -> Self {
        Self {
            enabled: true,
            protocol: HealthCheckProtocol::Http,
            port: HealthCheckPort::Traffic,
            path: "/".to_owned(),
            interval: Duration::from_secs(30),
            timeout: Duration::from_secs(5),
            healthy_threshold: 5,
            unhealthy_threshold: 2,
            matcher: Matcher { text: "200".to_owned(), ranges: vec![(200, 200)] },
        }
    }
}

impl HealthCheck {
    /// Checks the ranges of section 5.2 and the rule between timeout and interval.
    pub fn validate(&self) -> Result<(), Invalid> {
        between("Health check interval", self.interval.as_secs(), 5, 300)?;
        between("Health check timeout", self.timeout.as_secs(), 2, 120)?;
        between("Healthy threshold count", self.healthy_threshold.into(), 2, 10)?;
        between("Unhealthy threshold count", self.unhealthy_threshold.into(), 2, 10)?;
        if self.timeout >= self.interval {
            return Err(Invalid::new(format!(
                "Health check timeout '{}' must be smaller than the interval '{}'",
                self.timeout.as_secs(),
                self.interval.as_secs()
            )));
        }
        let visible = self.path.bytes().all(|b| b.is_ascii_graphic());
        if !self.path.starts_with('/') || self.path.len() > HEALTH_CHECK_PATH_CHARS || !visible {
            return Err(Invalid::new(format!(
                "Health check path '{}' must start with '/' and have at most {HEALTH_CHECK_PATH_CHARS} visible \
                 ASCII characters",
                self.path
            )));
        }
        Ok(())
    }
}

fn between(what: &str, value: u64, min: u64, max: u64) -> Result<(), Invalid> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(Invalid::new(format!("{what} '{value}' must be between '{min}' and '{max}'")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matcher_takes_codes_lists_and_ranges() {
        let table: &[(&str, &[u16], &[u16])] = &[
            ("200", &[200], &[201, 404]),
            ("200,202", &[200, 202], &[201]),
            ("200-299,404", &[200, 250, 299, 404], &[300, 403]),
        ];
        for (text, hits, misses) in table {
            let matcher = Matcher::parse(text).expect(text);
            assert!(hits.iter().all(|&status| matcher.matches(status)), "{text}");
            assert!(!misses.iter().any(|&status| matcher.matches(status)), "{text}");
        }
        for bad in ["", "199", "500", "2000", "20", "300-200", "200-", "-200", "200,", "abc", "+20"] {
            assert!(Matcher::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_health_check_keeps_to_its_ranges() {
        let with = |change: fn(&mut HealthCheck)| {
            let mut check = HealthCheck::default();
            change(&mut check);
            check.validate()
        };
        assert!(with(|_| {}).is_ok());
        assert!(with(|check| check.interval = Duration::from_secs(4)).is_err());
        assert!(with(|check| check.interval = Duration::from_secs(301)).is_err());
        assert!(with(|check| check.timeout = Duration::from_secs(1)).is_err());
        assert!(with(|check| check.timeout = Duration::from_secs(30)).is_err());
        assert!(with(|check| check.healthy_threshold = 1).is_err());
        assert!(with(|check| check.unhealthy_threshold = 11).is_err());
        assert!(with(|check| check.path = "x".to_owned()).is_err());
        assert!(with(|check| check.path = "/a b".to_owned()).is_err());
        assert!(with(|check| check.path = "/a\r\nX: y".to_owned()).is_err());
    }
}
