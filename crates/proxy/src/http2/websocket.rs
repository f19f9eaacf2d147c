//! WebSocket over HTTP/2 (RFC 8441): how a stream that asks for one becomes the upgrade of HTTP/1.1 that targets know.
//!
//! The handshake with the target (RFC 6455 section 4) is ours: the client of a stream sends no key and sees no answer to
//! one, so it is here that a target is found out that switches without having understood to what. What then goes both
//! ways is nobody's business but theirs; see [`crate::tunnel`].

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64_simd::STANDARD;
use elbow_http1::response::Head;
use elbow_http1::write_line;
use h2::ext::Protocol;
use http::Method;
use http::request::Parts;

/// What a target's answer to the key is made with (RFC 6455 section 1.3).
const SALT: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/// The field of that answer.
pub(super) const ACCEPT: &str = "sec-websocket-accept";

/// The handshake with a target.
#[derive(Debug)]
pub(super) struct Opening {
    key: String,
}

/// Whether a stream asks for a WebSocket. What else may be asked for with the same method is not spoken here.
pub(super) fn is_wanted(parts: &Parts) -> bool {
    let protocol = parts.extensions.get::<Protocol>();
    parts.method == Method::CONNECT
        && protocol.is_some_and(|protocol| protocol.as_str().eq_ignore_ascii_case("websocket"))
}

impl Opening {
    /// One with a key of its own (RFC 6455 section 4.1: 16 bytes, chosen at random).
    pub(super) fn new(random: [u8; 16]) -> Self {
        Self { key: STANDARD.encode_to_string(random) }
    }

    /// The lines of a request that asks for the upgrade.
    pub(super) fn write_lines(&self, out: &mut Vec<u8>) {
        write_line(out, b"Connection", b"Upgrade");
        write_line(out, b"Upgrade", b"websocket");
        write_line(out, b"Sec-WebSocket-Key", self.key.as_bytes());
    }

    /// Whether this is the answer to the key.
    pub(super) fn is_accepted(&self, head: &Head, bytes: &[u8]) -> bool {
        let mut answers = head.values(bytes, ACCEPT.as_bytes());
        answers.next() == Some(self.accept().as_bytes()) && answers.next().is_none()
    }

    fn accept(&self) -> String {
        let salted = [self.key.as_str(), SALT].concat();
        STANDARD.encode_to_string(digest(&SHA1_FOR_LEGACY_USE_ONLY, salted.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_to_a_key_is_that_of_rfc_6455() {
        let opening = Opening { key: "dGhlIHNhbXBsZSBub25jZQ==".to_owned() };
        assert_eq!(opening.accept(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert_eq!(Opening::new([0; 16]).key, "AAAAAAAAAAAAAAAAAAAAAA==");
    }
}
