//! The crate's one error shape.

use std::io;
use std::net::SocketAddr;

/// What can go wrong when targets, fleet or control server start, stop or keep sessions.
///
/// `Display` is fit for the user; the cause is in `source()` and never repeated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The port is taken, or may not be used by this user.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where we wanted to listen.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Neither `memory` nor a usable `redis://` URL.
    #[error("sessions: {given:?} is neither \"memory\" nor \"redis://host:port\"")]
    SessionBackend {
        /// What was given.
        given: String,
    },
    /// The session store did not do what we asked.
    #[error("the sessions in Redis at {address} cannot be reached")]
    Redis {
        /// Host and port, without the password.
        address: String,
        /// What the client library said.
        #[source]
        source: redis::RedisError,
    },
    /// The system gave us no random bytes, so we cannot make a session id.
    #[error("no random bytes from the system")]
    Random(#[source] getrandom::Error),
    /// A child process could not be started.
    #[error("cannot start target {name}")]
    Spawn {
        /// The target's name.
        name: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A child process ended, or said something else, before it said that it listens.
    #[error("target {name} did not start: {reason}")]
    NotStarted {
        /// The target's name.
        name: String,
        /// What happened instead.
        reason: String,
    },
    /// No target has this name.
    #[error("no target is named {0:?}")]
    UnknownTarget(String),
    /// An origin is not of the form `http://host:port`.
    #[error("{0:?} is not an origin such as http://127.0.0.1:8080")]
    Origin(String),
}
