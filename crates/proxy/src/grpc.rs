//! gRPC as far as a load balancer has to know it: which requests are calls, which target groups they can go to, and how
//! an error reads for who waits for a status of gRPC.
//!
//! Messages are not looked at here; to everything else a call is a request with a body and trailers.

use elbow_http1::request::Head;
use elbow_http1::write_line;
use elbow_model::ProtocolVersion;
use http::{HeaderMap, HeaderName, HeaderValue};

/// The content type of calls; a suffix says how messages are encoded.
pub(crate) const CONTENT_TYPE: &str = "application/grpc";
/// The field with the status of a call.
pub(crate) const STATUS: &str = "grpc-status";
/// The field with words for it.
const MESSAGE: &str = "grpc-message";

/// A status and its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status {
    code: &'static str,
    message: &'static str,
}

/// Whether a request is a call: POST over HTTP/2 with a content type of gRPC. That of gRPC-Web is none of them: it is made
/// for what understands no trailers.
// AWS: unknown what it tells calls by; this is what the protocol of gRPC asks of them.
pub(crate) fn is_call(http2: bool, head: &Head, bytes: &[u8]) -> bool {
    http2
        && head.method(bytes) == b"POST"
        && head.values(bytes, b"content-type").next().is_some_and(is_content_type)
}

/// Whether a content type is that of calls and their answers.
pub(crate) fn is_content_type(value: &[u8]) -> bool {
    let (name, rest) = value.split_at(value.len().min(CONTENT_TYPE.len()));
    name.eq_ignore_ascii_case(CONTENT_TYPE.as_bytes())
        && matches!(rest.first(), None | Some(b'+' | b';' | b' '))
}

/// Who sends a request, as far as it says which targets understand it (R18).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sender {
    /// Over HTTP/2.
    pub(crate) http2: bool,
    /// A call of gRPC.
    pub(crate) call: bool,
    /// With the method POST.
    pub(crate) post: bool,
    /// It wants another protocol than HTTP on its connection or stream.
    pub(crate) upgrade: bool,
}

impl Sender {
    /// The sender of a request that has, or has not, come over HTTP/2, and is a call or not.
    pub(crate) fn of(http2: bool, call: bool, head: &Head, bytes: &[u8]) -> Self {
        Self { http2, call, post: head.method(bytes) == b"POST", upgrade: head.upgrade(bytes).is_some() }
    }

    /// Whether targets of a version understand the request; who sends others is answered 464 (R18).
    pub(crate) const fn fits(self, version: ProtocolVersion) -> bool {
        match version {
            ProtocolVersion::Http1 => !self.call,
            ProtocolVersion::Http2 => self.http2 && !self.upgrade,
            ProtocolVersion::Grpc => self.http2 && self.post && !self.upgrade,
        }
    }
}

impl Status {
    /// What an error of the load balancer is to a call (R20): as the gRPC project tells clients to read a response that
    /// has no status of gRPC. Of AWS the one for 502 was seen.
    // AWS: unknown for others than 502. The words are those that go with 502 at AWS and in nginx, whose pages AWS has.
    pub(crate) const fn of(http: u16) -> Self {
        let (code, message) = match http {
            400 => ("13", "internal error"),
            401 => ("16", "unauthenticated"),
            403 => ("7", "permission denied"),
            404 => ("12", "unimplemented"),
            429 | 502..=504 => ("14", "unavailable"),
            _ => ("2", "unknown"),
        };
        Self { code, message }
    }

    /// The trailers that say it.
    pub(crate) fn trailers(self) -> HeaderMap {
        let field = |name, text| (HeaderName::from_static(name), HeaderValue::from_static(text));
        [field(STATUS, self.code), field(MESSAGE, self.message)].into_iter().collect()
    }

    /// Appends the header lines that say it.
    pub(crate) fn write_lines(self, out: &mut Vec<u8>) {
        write_line(out, STATUS.as_bytes(), self.code.as_bytes());
        write_line(out, MESSAGE.as_bytes(), self.message.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use ProtocolVersion::{Grpc, Http1, Http2};

    use super::*;

    /// R18, all nine cells and what AWS's table does not have.
    #[test]
    fn a_target_gets_what_it_understands() {
        let http1 = Sender { http2: false, call: false, post: false, upgrade: false };
        let http2 = Sender { http2: true, ..http1 };
        let call = Sender { call: true, post: true, ..http2 };
        let table = [
            ("HTTP/1.1", http1, [true, false, false]),
            ("HTTP/1.1 POST", Sender { post: true, ..http1 }, [true, false, false]),
            ("HTTP/2", http2, [true, true, false]),
            ("HTTP/2 POST", Sender { post: true, ..http2 }, [true, true, true]),
            ("gRPC", call, [false, true, true]),
            ("WebSocket", Sender { upgrade: true, ..http1 }, [true, false, false]),
            ("WebSocket over HTTP/2", Sender { upgrade: true, ..http2 }, [true, false, false]),
        ];
        for (name, sender, expected) in table {
            assert_eq!([Http1, Http2, Grpc].map(|version| sender.fits(version)), expected, "{name}");
        }
    }

    #[test]
    fn calls_are_told_by_their_content_type() {
        let calls = ["application/grpc", "application/grpc+proto", "Application/gRPC;charset=utf-8"];
        assert!(calls.iter().all(|value| is_content_type(value.as_bytes())));
        let others =
            ["", "application/grpc-web", "application/grpc-web+proto", "application/grp", "text/html"];
        assert!(!others.iter().any(|value| is_content_type(value.as_bytes())));
    }

    /// R20.
    #[test]
    fn an_error_has_the_status_that_clients_would_give_it() {
        let table =
            [(400, "13"), (401, "16"), (403, "7"), (404, "12"), (502, "14"), (503, "14"), (504, "14")];
        for (http, code) in table {
            assert_eq!(Status::of(http).code, code, "{http}");
        }
        assert!([408, 413, 414, 460, 463, 500, 501, 505].iter().all(|http| Status::of(*http).code == "2"));
        let mut lines = Vec::new();
        Status::of(502).write_lines(&mut lines);
        assert_eq!(lines, b"grpc-status: 14\r\ngrpc-message: unavailable\r\n");
        let trailers = Status::of(502).trailers();
        assert_eq!(
            (&trailers["grpc-status"], &trailers["grpc-message"]),
            (&"14".parse().unwrap(), &"unavailable".parse().unwrap())
        );
    }
}
