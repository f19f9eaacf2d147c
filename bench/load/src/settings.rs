//! What one run of `load` is asked to do.

use std::net::SocketAddr;

use crate::arguments::Arguments;
use crate::transport::Dialer;
use crate::work::Work;

/// No run makes more requests than this, whatever it is asked for.
pub const REQUESTS_MAX: u64 = 10_000_000;
/// No run opens more connections than this.
pub const CONNECTIONS_MAX: usize = 20_000;

/// One run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the proxy listens: the connections take these in turn. Loopback, always.
    pub addresses: Vec<SocketAddr>,
    /// What is asked for.
    pub work: Work,
    /// What the connections speak below HTTP.
    pub dialer: Dialer,
    /// Each measured exchange has a connection of its own.
    pub fresh: bool,
    /// Connections kept open, each with its own session.
    pub connections: usize,
    /// Sessions asked for in the introduction, a multiple of `connections`; each connection then keeps one of them, evenly
    /// spaced, so that few connections reach targets all over a long list.
    pub sessions: usize,
    /// Each session has one target, and an answer from another is counted as moved.
    pub sticky: bool,
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
        let connections = arguments.required("connections")?;
        let settings = Self {
            addresses: addresses(&arguments.required::<String>("address")?)?,
            work: Work::parse(&mut arguments)?,
            dialer: Dialer::parse(&mut arguments)?,
            fresh: arguments.optional("fresh")?.unwrap_or(false),
            connections,
            sessions: arguments.optional("sessions")?.unwrap_or(connections),
            warmup: arguments.optional("warmup")?.unwrap_or(0),
            requests: arguments.optional("requests")?.unwrap_or(0),
            rate: arguments.optional("rate")?,
            sticky: arguments.optional("sticky")?.unwrap_or(true),
        };
        arguments.finish()?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), String> {
        if let Some(address) = self.addresses.iter().find(|address| !address.ip().is_loopback()) {
            return Err(format!("--address {address}: load goes to loopback addresses only"));
        }
        if self.connections == 0 || self.connections > CONNECTIONS_MAX {
            return Err(format!("--connections must be 1 to {CONNECTIONS_MAX}"));
        }
        if self.sessions == 0 || !self.sessions.is_multiple_of(self.connections) {
            return Err("--sessions must be a multiple of --connections".to_owned());
        }
        if self.fresh && matches!(self.work, Work::Echo { .. }) {
            return Err("a WebSocket's messages have no connection of their own: no --fresh".to_owned());
        }
        let one_each = self.addresses.len() > 1 || matches!(self.work, Work::Echo { .. });
        if one_each && self.sessions != self.connections {
            return Err(
                "a session of one address, or of a WebSocket, stays where it is: no --sessions".to_owned()
            );
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

/// Addresses with commas between them.
fn addresses(text: &str) -> Result<Vec<SocketAddr>, String> {
    text.split(',')
        .map(|address| address.parse().map_err(|_| format!("--address {address}: not understood")))
        .collect()
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
        assert_eq!((settings.sessions, settings.rate, settings.sticky), (64, None, true));
        let spread = parse("--address 127.0.0.1:80,127.0.0.1:81 --connections 64 --sticky false").unwrap();
        assert_eq!((spread.addresses.len(), spread.sticky), (2, false));

        for (line, problem) in [
            ("--address 192.0.2.1:80 --connections 1", "loopback"),
            ("--address 127.0.0.1:80,192.0.2.1:80 --connections 1", "loopback"),
            ("--address 127.0.0.1:80, --connections 1", "not understood"),
            ("--address 127.0.0.1:80,127.0.0.1:81 --connections 4 --sessions 8", "no --sessions"),
            ("--address 127.0.0.1:80 --connections 4 --work echo --bytes 9 --fresh true", "no --fresh"),
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
