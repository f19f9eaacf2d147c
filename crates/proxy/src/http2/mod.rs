//! HTTP/2 (RFC 9113): each stream of a client is served as the HTTP/1.1 exchange that it stands for, and so is each stream
//! to a target.
//!
//! Frames, header compression, flow control and the limits against floods are those of the `h2` library. What is here
//! stands between it and [`crate::request::handle`], which serves requests of both versions:
//!
//! - `request` writes a stream's request as the head of an HTTP/1.1 message. All rules about heads (limits, desync
//!   classification, forwarding) then apply once, to the bytes that they are written for.
//! - `stream` is what [`crate::stream::Stream`] has for a connection there: that head and the body can be read from it
//!   (`incoming`), and what is written to it goes out as the stream's answer (`response`, `outgoing`).
//! - `head` reads heads that this crate has written as HTTP/1.1.
//! - `websocket` makes of a stream that asks for one (RFC 8441) the upgrade of HTTP/1.1; after it the stream is a pipe.
//! - `frames` follows a connection's bytes: how much memory half a request takes, and what says nothing; `half_block` has the
//!   worker limit what does not end.
//! - `window` is how much clients may send of bodies that nobody reads.
//! - `connection` accepts streams until the connection has served its time; `begun` is the bytes below it.
//! - `target` is all that for the other side: a stream to a target that an HTTP/1.1 request can be written to.
//!
//! A client with prior knowledge (RFC 9113 section 3.3) is recognised by its preface, where its listener allows that.

use http::HeaderName;
use http::header::{CONNECTION, TE, TRANSFER_ENCODING, UPGRADE};

mod begun;
mod connection;
mod frames;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod half_block;
mod head;
mod incoming;
mod outgoing;
mod request;
mod response;
mod stream;
mod target;
mod websocket;
mod window;

pub(crate) use connection::serve;
pub(crate) use stream::Http2Stream;
pub(crate) use target::{Connections, Fault, Http2Target, Wanted};

/// How every connection of HTTP/2 begins (RFC 9113 section 3.4); no HTTP/1 request begins like it.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// What is enough of it to know that it is none: its request line.
const PREFACE_LINE: &[u8] = b"PRI * HTTP/2.0\r\n";

/// Of all header fields of a request together, names and values and 32 bytes for each (RFC 9113 section 6.5.2): what is
/// above ALB's limits (R23) is refused by the rules for heads, with their status.
const MAX_HEADER_LIST: u32 = 96 * 1024;

/// Whether a field is about an HTTP/1 connection, and so has no meaning in HTTP/2 (RFC 9113 section 8.2.2). None goes on,
/// in either direction.
fn is_of_the_connection(name: &HeaderName) -> bool {
    // The library has no names for the others.
    [CONNECTION, TE, TRANSFER_ENCODING, UPGRADE].contains(name)
        || matches!(name.as_str(), "keep-alive" | "proxy-connection" | "http2-settings")
}

/// Whether these bytes, the first of a connection, begin with HTTP/2's preface, as far as it has come.
pub(crate) fn is_preface(bytes: &[u8]) -> bool {
    let length = bytes.len().min(PREFACE.len());
    bytes.starts_with(PREFACE_LINE) && bytes.get(..length) == PREFACE.get(..length)
}
