//! How the instances of a Classic Load Balancer are checked.

use std::fmt;
use std::time::Duration;

use crate::limits::HEALTH_CHECK_PATH_CHARS;
use crate::{HealthCheck, HealthCheckPort, HealthCheckProtocol, Invalid, Port};

/// What a check asks: `TCP:80`, `SSL:443`, `HTTP:80/path`, `HTTPS:443/path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckTarget {
    /// What is spoken.
    pub protocol: HealthCheckProtocol,
    /// The port that is checked.
    pub port: Port,
    /// The path that is asked for; empty with TCP and SSL.
    pub path: String,
}

impl CheckTarget {
    /// Reads the text of the API. The protocol may be in any case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let wrong = || {
            Invalid::new(format!(
                "HealthCheck target '{text}' must be 'TCP:port', 'SSL:port', 'HTTP:port/path' or 'HTTPS:port/path'"
            ))
        };
        let (protocol, rest) = text.split_once(':').ok_or_else(wrong)?;
        let protocol = HealthCheckProtocol::ALL
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(protocol))
            .ok_or_else(wrong)?;
        let (port, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
        let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
        let port = digits.then(|| port.parse().ok().and_then(Port::new)).flatten().ok_or_else(wrong)?;
        if protocol.has_path() == path.is_empty() {
            return Err(wrong());
        }
        if path.len() > HEALTH_CHECK_PATH_CHARS || !path.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Invalid::new(format!(
                "HealthCheck target path '{path}' must have at most {HEALTH_CHECK_PATH_CHARS} visible ASCII characters"
            )));
        }
        Ok(Self { protocol, port, path: path.to_owned() })
    }
}

impl fmt::Display for CheckTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}{}", self.protocol.as_str(), self.port, self.path)
    }
}

/// The health check of a Classic Load Balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassicHealthCheck {
    /// What is asked.
    pub target: CheckTarget,
    /// Time between two checks, 5-300 s.
    pub interval: Duration,
    /// Time within which the answer must come, 2-60 s, below the interval.
    pub timeout: Duration,
    /// Failures in a row that take an instance out of service, 2-10.
    pub unhealthy_threshold: u8,
    /// Successes in a row that put an instance into service, 2-10.
    pub healthy_threshold: u8,
}

impl ClassicHealthCheck {
    /// How instances are checked where nothing else is said: a connection to the port of the first listener.
    pub fn default_on(port: Port) -> Self {
        Self {
            target: CheckTarget { protocol: HealthCheckProtocol::Tcp, port, path: String::new() },
            interval: Duration::from_secs(30),
            timeout: Duration::from_secs(5),
            unhealthy_threshold: 2,
            healthy_threshold: 10,
        }
    }

    /// Checks the ranges and the rule between timeout and interval.
    pub fn validate(&self) -> Result<(), Invalid> {
        let numbers = [
            ("Interval", self.interval.as_secs(), 5, 300),
            ("Timeout", self.timeout.as_secs(), 2, 60),
            ("UnhealthyThreshold", self.unhealthy_threshold.into(), 2, 10),
            ("HealthyThreshold", self.healthy_threshold.into(), 2, 10),
        ];
        for (name, value, min, max) in numbers {
            if !(min..=max).contains(&value) {
                return Err(Invalid::new(format!(
                    "HealthCheck {name} must be between {min} and {max}; it is {value}"
                )));
            }
        }
        if self.timeout >= self.interval {
            return Err(Invalid::new("HealthCheck timeout must be less than interval"));
        }
        Ok(())
    }

    /// The same as the health check of a target group. Only 200 is a success.
    pub(super) fn lower(&self) -> HealthCheck {
        HealthCheck {
            protocol: self.target.protocol,
            port: HealthCheckPort::Fixed(self.target.port),
            path: if self.target.path.is_empty() { "/".to_owned() } else { self.target.path.clone() },
            interval: self.interval,
            timeout: self.timeout,
            healthy_threshold: self.healthy_threshold,
            unhealthy_threshold: self.unhealthy_threshold,
            first_threshold: self.healthy_threshold,
            ..HealthCheck::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_reads_back_what_it_writes() {
        for text in ["TCP:80", "SSL:443", "HTTP:80/", "HTTPS:65535/health?deep=1"] {
            assert_eq!(CheckTarget::parse(text).expect(text).to_string(), text);
        }
        assert_eq!(CheckTarget::parse("http:80/weather/us").unwrap().to_string(), "HTTP:80/weather/us");
        let long = format!("HTTP:80/{}", "x".repeat(1024));
        for bad in [
            "",
            "TCP",
            "TCP:",
            "TCP:0",
            "TCP:65536",
            "TCP:+80",
            "TCP:80/",
            "HTTP:80",
            "UDP:80",
            "HTTP:80x/",
            "HTTP:80/a b",
            &long,
        ] {
            assert!(CheckTarget::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_keep_to_their_ranges() {
        let with = |change: fn(&mut ClassicHealthCheck)| {
            let mut check = ClassicHealthCheck::default_on(Port::new(80).unwrap());
            change(&mut check);
            check.validate()
        };
        assert_eq!(with(|_| {}), Ok(()));
        assert!(with(|it| it.interval = Duration::from_secs(4)).is_err());
        assert!(with(|it| it.timeout = Duration::from_secs(61)).is_err());
        assert!(with(|it| it.timeout = Duration::from_secs(30)).is_err());
        assert!(with(|it| it.healthy_threshold = 11).is_err());
        assert!(with(|it| it.unhealthy_threshold = 1).is_err());
    }
}
