//! HTTP/2 for targets: a stream as the connection of an HTTP/1.1 exchange, the mirror image of a client's.
//!
//! Whoever sends a request over a connection to a target writes HTTP/1.1 and reads HTTP/1.1; that there are streams of
//! HTTP/2 below concerns nobody but these modules:
//!
//! - `stream` is what [`crate::stream::Stream`] has for a connection: what is written to it goes out as a stream's request
//!   (`request`), and the stream's answer can be read from it (`response`).
//! - `connection` opens connections and keeps them going, within limits against hostile targets.
//! - `pool` has a worker's connections by target, gives each request room on one of them in the order in which they came
//!   (`queue`), and closes what is not needed.

mod connection;
mod pool;
mod queue;
pub(super) mod request;
pub(super) mod response;
mod stream;

pub(crate) use pool::{Connections, Wanted};
pub(crate) use stream::{Fault, Http2Target};
