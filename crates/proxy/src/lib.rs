//! The data plane: it moves requests between clients and targets.
//!
//! [`DataPlane::start`] runs one worker per core. A worker is a thread with its own event loop, listening sockets,
//! connections, pools, timers and counters; workers share the snapshot that the [`publisher`] makes, and read it with
//! one atomic load. No lock and no count is shared between cores while a request is served.
//!
//! # A request's way
//!
//! 1. `listener::accept` takes the connection on its core, `tls` agrees with the client on how to encrypt if a listener
//!    there speaks HTTPS, and `connection::serve` waits for a request.
//!    `http2` serves each stream of its connections as a client of its own.
//! 2. `request::handle` reads the head into an `exchange::Exchange`, and ends with exactly one
//!    [`RequestFinished`](elbow_telemetry::RequestFinished), whatever happens.
//! 3. `request::handle_inner` finds the listener; `decision` finds the rule that the request meets, and the target group.
//!    `own_answer` redirects or answers at once; otherwise `transform` rewrites the request and `forward::send` is asked
//!    for an answer.
//! 4. `forward::send` lets stickiness decide, picks a target if it has to, and has `attempt` send it over a connection of
//!    `upstream::Pool`; if the target refuses, it begins again without that target.
//! 5. `respond` writes the answer's head with the cookies that bind the client, and the first bytes of the body.
//! 6. `relay` moves what remains of both bodies, both ways at once; after a 101 `tunnel` moves bytes.
//!
//! Before 4 and 6 write, all that has come for other connections is read: see `turn`.
//!
//! [`health`] checks the targets and [`anomalies`] compares how they answer, on the control side.
//!
//! This crate knows no store and no API, and decides nothing about sessions, rules or framing: that is in
//! `elbow-stickiness`, `elbow-routing` and `elbow-http1`.

mod access_log;
mod addresses;
mod admission;
pub mod anomalies;
mod attempt;
mod buffer;
mod clock;
mod connection;
mod data_plane;
mod decision;
mod exchange;
pub mod explain;
mod failure;
mod forward;
mod grpc;
pub mod health;
mod http2;
mod in_progress;
mod listener;
mod own_answer;
mod passive;
pub mod publisher;
mod pump;
mod record;
mod relay;
mod request;
mod request_head;
mod respond;
mod seldom;
mod settings;
mod splice;
mod stream;
mod tcp;
#[cfg(test)]
mod testing;
mod timer;
pub mod tls;
mod transform;
mod tunnel;
mod turn;
mod upstream;
mod worker;

#[cfg(feature = "fuzzing")]
pub use http2::fuzzing;

pub use addresses::BindError;
pub use clock::TimeOfDay;
pub use data_plane::DataPlane;
pub use passive::{Owed, PassiveReports, Verdict};
pub use settings::{MAX_CLIENT_CONNECTIONS, Settings};
