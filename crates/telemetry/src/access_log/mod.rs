//! Access logs: what only they need of a request, their lines, and the way of the lines from the workers to whoever
//! delivers them.
//!
//! A request of a load balancer without an access log has no [`Logged`] in its event, and that is all it costs. The line
//! of another one is written by `classic`, on the worker, into the [`LogWriter`]'s batch. Full batches go through a
//! bounded queue to [`AccessLogs::take`]. Files, names and buckets are somebody else's.
//!
//! Another format is one more [`LogFormat`] and a module beside `classic`; everything behind it stays as it is.

mod classic;
mod lines;
mod time;

use std::time::Duration;

use elbow_model::{Port, Protocol, TlsVersion};

pub use self::lines::{AccessLogs, LogWriter};
pub use self::time::{Civil, LogTime};

/// How the lines of a load balancer's access log look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Those of a Classic Load Balancer.
    Classic,
}

/// What only the access log needs to know of a request, beside the rest of its event.
#[derive(Clone, Copy, Debug)]
pub struct Logged<'a> {
    /// How its line looks.
    pub format: LogFormat,
    /// The load balancer's name.
    pub load_balancer: &'a str,
    /// What clients of the listener speak.
    pub protocol: Protocol,
    /// The listener's port, as the API names it.
    pub port: Port,
    /// The cipher, by OpenSSL's name, and the version that the client has agreed to; `None`: it speaks in clear.
    pub secured: Option<(&'static str, TlsVersion)>,
    /// When the first byte of the request was read, or the connection accepted.
    pub created: LogTime,
    /// Where the time went.
    pub times: LogTimes,
    /// How much of what was read from the client is a head, in bytes.
    pub received_head: u64,
    /// How much of what was written to the client are heads, in bytes.
    pub sent_heads: u64,
    /// The Host that the request is for, without a port.
    pub host: &'a [u8],
    /// The path as it came.
    pub path: &'a [u8],
    /// The query as it came, without its question mark.
    pub query: Option<&'a [u8]>,
}

/// The three times of a line; `None`: it did not come to that.
///
/// | | HTTP, HTTPS | TCP, SSL |
/// |---|---|---|
/// | `request` | from the first byte of the request until the target has it, or answers | from the connection until the target's first byte |
/// | `target` | from then until the target's head is there | until the target has taken the connection |
/// | `response` | from then until the client's answer begins | from the target's first byte until the client gets it |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogTimes {
    /// The first.
    pub request: Option<Duration>,
    /// The second.
    pub target: Option<Duration>,
    /// The third.
    pub response: Option<Duration>,
}
