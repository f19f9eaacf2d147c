//! How targets are checked (B6-B15).

use std::time::Duration;

use crate::limits::HEALTH_CHECK_PATH_CHARS;
use crate::{Invalid, Port, ProtocolVersion};

/// What is asked for by default (B8).
const HTTP_PATH: &str = "/";
/// The same of gRPC: a method that no service has (B8).
const GRPC_PATH: &str = "/AWS.ALB/healthcheck";
/// The longest text of a matcher, in characters.
const MATCHER_CHARS: usize = 256;

/// What a health check speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HealthCheckProtocol {
    /// HTTP/1.1 in clear.
    Http,
    /// The same over TLS; the target's certificate is not looked at (R31).
    Https,
    /// A connection that is accepted.
    Tcp,
    /// A connection on which TLS can be agreed on.
    Ssl,
}

impl HealthCheckProtocol {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Http, Self::Https, Self::Tcp, Self::Ssl];

    /// Whether something is asked for; otherwise the connection alone tells.
    pub const fn has_path(self) -> bool {
        matches!(self, Self::Http | Self::Https)
    }

    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Https => "HTTPS",
            Self::Tcp => "TCP",
            Self::Ssl => "SSL",
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

/// What a code is by which a target tells how it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codes {
    /// A status of HTTP, 200-499 (B13).
    Http,
    /// A status of gRPC, 0-99 (B14).
    Grpc,
}

/// The codes that count as healthy: single ones and ranges, within what is allowed for their kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matcher {
    codes: Codes,
    text: String,
    ranges: Vec<(u16, u16)>,
}

impl Codes {
    /// The lowest and the highest of them.
    const fn range(self) -> (u16, u16) {
        match self {
            Self::Http => (200, 499),
            Self::Grpc => (0, 99),
        }
    }

    /// One code: as many digits as one has, and no sign.
    fn parse(self, text: &str) -> Option<u16> {
        let length = match self {
            Self::Http => 3..=3,
            Self::Grpc => 1..=2,
        };
        let digits = length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let code = digits.then(|| text.parse().ok())??;
        let (first, last) = self.range();
        (first..=last).contains(&code).then_some(code)
    }

    fn parse_range(self, text: &str) -> Option<(u16, u16)> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (first, last) = (self.parse(first)?, self.parse(last)?);
        (first <= last).then_some((first, last))
    }
}

impl Matcher {
    /// Reads one code (`200`), several (`200,202`) or a range (`200-299`).
    pub fn parse(codes: Codes, text: &str) -> Result<Self, Invalid> {
        let ranges: Option<Vec<_>> = text.split(',').map(|part| codes.parse_range(part)).collect();
        match ranges {
            Some(ranges) if text.len() <= MATCHER_CHARS => Ok(Self { codes, text: text.to_owned(), ranges }),
            _ => {
                let kind = match codes {
                    Codes::Http => "HTTP",
                    Codes::Grpc => "GRPC",
                };
                let (first, last) = codes.range();
                Err(Invalid::new(format!(
                    "Health check matcher {kind} code '{text}' must be within '{first}-{last}' inclusive"
                )))
            }
        }
    }

    /// The codes that count where nothing else is said: 200 (B13), and 12 of gRPC, the status of a method that is not
    /// there (B14).
    pub fn default_of(codes: Codes) -> Self {
        let (text, code) = match codes {
            Codes::Http => ("200", 200),
            Codes::Grpc => ("12", 12),
        };
        Self { codes, text: text.to_owned(), ranges: vec![(code, code)] }
    }

    /// What its codes are.
    pub const fn codes(&self) -> Codes {
        self.codes
    }

    /// Whether a target that answers with `code` is healthy.
    pub fn matches(&self, code: u16) -> bool {
        self.ranges.iter().any(|&(first, last)| (first..=last).contains(&code))
    }

    /// The text it was made of.
    pub fn as_str(&self) -> &str {
        &self.text
    }
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
    /// Successes in a row that make a new target healthy: one with target groups (B17), as many as any other needs with
    /// Classic Load Balancers.
    pub first_threshold: u8,
    /// Which answers are successes.
    pub matcher: Matcher,
}

impl Default for HealthCheck {
    fn default() -> Self {
        Self {
            enabled: true,
            protocol: HealthCheckProtocol::Http,
            port: HealthCheckPort::Traffic,
            path: HTTP_PATH.to_owned(),
            interval: Duration::from_secs(30),
            timeout: Duration::from_secs(5),
            healthy_threshold: 5,
            unhealthy_threshold: 2,
            first_threshold: 1,
            matcher: Matcher::default_of(Codes::Http),
        }
    }
}

impl HealthCheck {
    /// How targets of a version are checked where nothing else is said (B8, B13, B14).
    pub fn default_of(version: ProtocolVersion) -> Self {
        let codes = version.codes();
        let path = match codes {
            Codes::Http => HTTP_PATH,
            Codes::Grpc => GRPC_PATH,
        };
        Self { path: path.to_owned(), matcher: Matcher::default_of(codes), ..Self::default() }
    }

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
            let matcher = Matcher::parse(Codes::Http, text).expect(text);
            assert!(hits.iter().all(|&status| matcher.matches(status)), "{text}");
            assert!(!misses.iter().any(|&status| matcher.matches(status)), "{text}");
        }
        for bad in ["", "199", "500", "2000", "20", "300-200", "200-", "-200", "200,", "abc", "+20"] {
            assert!(Matcher::parse(Codes::Http, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn b14_a_matcher_of_grpc_takes_codes_from_0_to_99() {
        let table: &[(&str, &[u16], &[u16])] = &[
            ("12", &[12], &[0, 1, 2, 13]),
            ("0", &[0], &[1]),
            ("0,12", &[0, 12], &[5]),
            ("0-99", &[0, 16, 99], &[200]),
        ];
        for (text, hits, misses) in table {
            let matcher = Matcher::parse(Codes::Grpc, text).expect(text);
            assert!(hits.iter().all(|&status| matcher.matches(status)), "{text}");
            assert!(!misses.iter().any(|&status| matcher.matches(status)), "{text}");
        }
        for bad in ["", "100", "200", "5-1", "0-", "-1", "0,", "abc", "+1"] {
            assert!(Matcher::parse(Codes::Grpc, bad).is_err(), "{bad}");
        }
        let default = HealthCheck::default_of(ProtocolVersion::Grpc);
        assert_eq!((default.path.as_str(), default.matcher.as_str()), ("/AWS.ALB/healthcheck", "12"));
        assert_eq!(HealthCheck::default_of(ProtocolVersion::Http2), HealthCheck::default());
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
