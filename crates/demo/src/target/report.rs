//! What a target tells its parent on standard output, a line each:
//!
//! ```text
//! listening 127.0.0.1:34567
//! counts requests=12 sessions=3
//! ```

use std::fmt;
use std::io::Write as _;
use std::net::SocketAddr;

/// One line from a target to its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// The first line: requests are answered at this address from now on.
    Listening(SocketAddr),
    /// Sent when they have changed, at most four times a second.
    Counts {
        /// Cart requests answered since the process started; health checks and files do not count.
        requests: u64,
        /// Sessions in the process's own memory.
        sessions: usize,
    },
}

impl Report {
    /// Reads a line, without its line end. `None` if a target would not write it.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let (word, rest) = line.split_once(' ')?;
        match word {
            "listening" => rest.parse().ok().map(Self::Listening),
            "counts" => {
                let (requests, sessions) = rest.split_once(' ')?;
                let requests = requests.strip_prefix("requests=")?.parse().ok()?;
                let sessions = sessions.strip_prefix("sessions=")?.parse().ok()?;
                Some(Self::Counts { requests, sessions })
            }
            _ => None,
        }
    }

    /// Writes the line. A parent that does not listen any more is no reason to fail.
    pub(super) fn write(self) {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{self}").and_then(|()| out.flush());
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listening(address) => write!(f, "listening {address}"),
            Self::Counts { requests, sessions } => {
                write!(f, "counts requests={requests} sessions={sessions}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_reads_what_the_target_writes_and_nothing_else() {
        let address = "127.0.0.1:34567".parse().unwrap();
        for report in [Report::Listening(address), Report::Counts { requests: 12, sessions: 3 }] {
            assert_eq!(Report::parse(&report.to_string()), Some(report));
        }
        for line in [
            "",
            "listening",
            "listening there",
            "counts requests=1",
            "counts requests=-1 sessions=0",
            "hello you",
        ] {
            assert_eq!(Report::parse(line), None, "{line:?}");
        }
    }
}
