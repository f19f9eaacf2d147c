//! What one run of `load` is asked to do.

use std::net::SocketAddr;

use crate::arguments::Arguments;

/// No run makes more requests than this, whatever it is asked for.
pub const REQUESTS_MAX: u64 = 10_000_000;
/// No run opens more connections than this.
pub const CONNECTIONS_MAX: usize = 20_000;

/// One run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the proxy listens. Loopback, always.
    pub address: SocketAddr,
    /// The `Host` header.
    pub host: String,
    /// Connections kept open, each with its own session.
    pub connections: usize,
    /// Sessions asked for in the introduction, a multiple of `connections`; each connection then keeps one of them, evenly
    /// spaced, so that few connections reach targets all over a long list.
    pub sessions: usize,
    /// Requests before the measurement, not counted.
    pub warmup: u64,
    /// Requests measured.
    pub requests: u64,
    /// Requests a second; none means as fast as the answers come.
    pub rate: Option<u32>,
}

impl Settings {
    /// Reads the settings from `--name value` arguments.
    pub fn parse(mut arguments: Arguments) -> Result<Self, String> {
        let address: SocketAddr = arguments.required("address")?;
        let connections = arguments.required("connections")?;
        let settings = Self {
            address,
            host: arguments.optional("host")?.unwrap_or_else(|| address.to_string()),
            connections,
            sessions: arguments.optional("sessions")?.unwrap_or(connections),
            warmup: arguments.optional("warmup")?.unwrap_or(0),
            requests: arguments.optional("requests")?.unwrap_or(0),
            rate: arguments.optional("rate")?,
        };
        arguments.finish()?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), String> {
        if !self.address.ip().is_loopback() {
            return Err(format!("--address {}: load goes to loopback addresses only", self.address));
        }
        if self.connections == 0 || self.connections > CONNECTIONS_MAX {
            return Err(format!("--connections must be 1 to {CONNECTIONS_MAX}"));
        }
        if self.sessions == 0 || !self.sessions.is_multiple_of(self.connections) {
            return Err("--sessions must be a multiple of --connections".to_owned());
        }
        if self.requests > REQUESTS_MAX || self.warmup > REQUESTS_MAX {
            return Err(format!("--requests and --warmup are at most {REQUESTS_MAX}"));
        }
        if self.rate == Some(0) {
            return Err("--rate must be at least 1".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;
    use crate::arguments::Arguments;

    fn parse(line: &str) -> Result<Settings, String> {
        Settings::parse(Arguments::parse(line.split_whitespace().map(str::to_owned)).unwrap())
    }

    #[test]
    fn a_run_stays_on_loopback_and_within_its_limits() {
        let settings = parse("--address 127.0.0.1:80 --connections 64 --requests 1000").unwrap();
        assert_eq!((settings.sessions, settings.rate), (64, None));

        for (line, problem) in [
            ("--address 192.0.2.1:80 --connections 1", "loopback"),
            ("--address 127.0.0.1:80 --connections 0", "--connections must be"),
            ("--address 127.0.0.1:80 --connections 4 --sessions 6", "multiple"),
            ("--address 127.0.0.1:80 --connections 4 --requests 99999999999", "at most"),
            ("--address 127.0.0.1:80 --connections 4 --rate 0", "--rate"),
        ] {
            let message = parse(line).unwrap_err();
            assert!(message.contains(problem), "{line}: {message}");
        }
    }
}
