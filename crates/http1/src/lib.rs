//! The HTTP/1.x engine of the data plane: reading and writing heads and bodies, and nothing else.
//!
//! Sans-IO and pure: no sockets, no clock, no randomness, no logging. The caller owns the buffers; a head remembers
//! where its parts lie in them, so that no header line is ever allocated. Everything that comes from a peer is
//! taken for an attack, and everything that goes to one is written anew and strictly valid (RFC 9112).
//!
//! # A request's way
//!
//! 1. Bytes arrive. [`request::Head::parse`] reads the head; [`request::ScanState`] keeps it linear when the bytes
//!    come one by one, [`Limits::REQUEST`] bounds it. A [`request::HeadError`] names the status to answer with.
//! 2. [`request::Head::classification`] is AWS's judgement, [`desync::Classification::verdict`] says what the
//!    listener's [`desync::DesyncMode`] makes of it.
//! 3. Rules look at [`request::Head::host`], [`request::Head::path`] and the rest; stickiness at
//!    [`request::Head::cookies`].
//! 4. A client that waits for it gets [`CONTINUE`] ([`request::Head::expects_continue`]).
//! 5. [`trace::write`] makes the trace id, [`forwarded::client_text`] the client's address, and
//!    [`request::write_head`] the head for the target.
//! 6. [`body::Decoder`] for [`request::Head::framing`] finds the body in what is read; a body with a length is
//!    relayed without looking. [`body::write_chunk`] frames chunks anew. Bytes behind the body are the next request.
//! 7. The target answers: [`response::Head::parse`], once for each interim head and once for the final one. An
//!    error is a 502.
//! 8. [`response::write_head`] writes the head for the client, with our `Set-Cookie` lines; the body goes as
//!    [`response::client_framing`] says.
//! 9. Wherever something fails, [`own_response::write`] is what the client gets.
//!
//! # Not here
//!
//! HTTP/2, TLS, timeouts, pools, retries, and what is in a cookie.

mod chars;
mod connection;
mod field;
mod framing;
mod limits;
mod span;
mod version;

pub mod body;
pub mod desync;
pub mod forwarded;
pub mod own_response;
pub mod request;
pub mod response;
pub mod trace;

#[cfg(test)]
mod tests;

pub use field::write_line;
pub use framing::{Framing, MAX_CONTENT_LENGTH};
pub use limits::Limits;
pub use request::Progress;
pub use version::Version;

/// What a client gets that waits before it sends its body (R16).
pub const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
