//! Each of ALB's documented reasons (R12, R13): what provokes it, and what each mode then does.

use super::Fate::{self, Isolate, Refuse, Route};
use super::{accept, fate};
use crate::Framing::{self, Chunked, Length, None};
use crate::desync::DesyncMode::{Defensive, Monitor, Strictest};
use crate::desync::Reason as R;
use crate::desync::Tier::{self, Acceptable, Ambiguous, Compliant, Severe};

/// A request that is routed in at least one mode: its framing, its tier and its reason.
struct Routed(&'static [u8], Framing, Tier, R);

const ROUTED: &[Routed] = &[
    Routed(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", None, Compliant, R::Compliant),
    Routed(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n", Length(10), Compliant, R::Compliant),
    Routed(
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        Chunked,
        Compliant,
        R::Compliant,
    ),
    Routed(b"GET /%00%0d%0a?%20 HTTP/1.1\r\nHost: a\r\n\r\n", None, Compliant, R::Compliant),
    Routed(b"GET / HTTP/1.1\r\nHost: a\r\nX: \xe9\xff\r\n\r\n", None, Compliant, R::Compliant),
    Routed(b"GET / HTTP/1.0\r\n\r\n", None, Compliant, R::Compliant),
    Routed(
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        Length(0),
        Acceptable,
        R::GetHeadZeroContentLength,
    ),
    Routed(
        b"HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        Length(0),
        Acceptable,
        R::GetHeadZeroContentLength,
    ),
    Routed(b"GET / HTTP/1.1\r\nHost: a\r\nX-A : b\r\n\r\n", None, Acceptable, R::NonCompliantHeader),
    Routed(b"GET / HTTP/1.1\r\nHost: a\r\n\x01X-A: b\r\n\r\n", None, Acceptable, R::NonCompliantHeader),
    Routed(b"GET / HTTP/1.1\r\nHost: a\r\nX-A: \x01\r\n\r\n", None, Acceptable, R::NonCompliantHeader),
    Routed(b"GET / HTTP/1.1\r\nHost: a\r\nX-A: \x7f\r\n\r\n", None, Acceptable, R::NonCompliantHeader),
    Routed(b"GET / HTTP/1.2\r\nHost: a\r\n\r\n", None, Acceptable, R::NonCompliantVersion),
    Routed(b"GET / HTTP/1.1 \t\r\nHost: a\r\n\r\n", None, Acceptable, R::NonCompliantVersion),
    Routed(b"GET / HTTP/0.9\r\nX-A: b\r\n\r\n", None, Acceptable, R::NonCompliantVersion),
    Routed(b"GET /\r\n", None, Acceptable, R::NonCompliantVersion),
    Routed(b"POST /\r\nX-A: b\r\n\r\n", None, Acceptable, R::NonCompliantVersion),
    Routed(b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", None, Acceptable, R::SpaceInUri),
    Routed(b"GET / HTTP/1.1\nHost: a\r\n\r\n", None, Acceptable, R::NonCrLfLineTermination),
    Routed(b"GET / HTTP/1.1\r\nHost: a\n\r\n", None, Acceptable, R::NonCrLfLineTermination),
    Routed(b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", None, Ambiguous, R::AmbiguousUri),
    Routed(b"GET /a\tHTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n", None, Ambiguous, R::AmbiguousUri),
    Routed(
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
        Chunked,
        Ambiguous,
        R::BothTeClPresent,
    ),
    Routed(
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
        Length(5),
        Ambiguous,
        R::DuplicateContentLength,
    ),
    Routed(b"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", None, Ambiguous, R::EmptyHeader),
    Routed(
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n",
        None,
        Ambiguous,
        R::SuspiciousHeader,
    ),
    Routed(
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer_Encoding: chunked\r\n\r\n",
        None,
        Ambiguous,
        R::SuspiciousHeader,
    ),
    Routed(b"POST / HTTP/1.1\r\nHost: a\r\nContent_Length: 5\r\n\r\n", None, Ambiguous, R::SuspiciousHeader),
    Routed(
        b"POST / HTTP/1.1\r\nHost: a\r\n\xa0Content-Length: 5\r\n\r\n",
        None,
        Ambiguous,
        R::SuspiciousHeader,
    ),
    Routed(
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
        Length(5),
        Ambiguous,
        R::UndefinedContentLengthSemantics,
    ),
    Routed(
        b"HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
        Length(5),
        Ambiguous,
        R::UndefinedContentLengthSemantics,
    ),
    Routed(
        b"POST / HTTP/0.9\r\nContent-Length: 5\r\n\r\n",
        Length(5),
        Ambiguous,
        R::UndefinedContentLengthSemantics,
    ),
    Routed(b"POST /\r\nContent-Length: 5\r\n\r\n", Length(5), Ambiguous, R::UndefinedContentLengthSemantics),
    Routed(
        b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        Chunked,
        Ambiguous,
        R::UndefinedTransferEncodingSemantics,
    ),
    Routed(
        b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        Chunked,
        Ambiguous,
        R::UndefinedTransferEncodingSemantics,
    ),
    Routed(
        b"POST / HTTP/0.9\r\nTransfer-Encoding: chunked\r\n\r\n",
        Chunked,
        Ambiguous,
        R::UndefinedTransferEncodingSemantics,
    ),
    Routed(b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", None, Ambiguous, R::MultilineHeader),
    Routed(b"GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", None, Ambiguous, R::MissingHeaderColon),
    Routed(b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", None, Severe, R::BadHeader),
    Routed(b"GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", None, Severe, R::BadHeader),
    Routed(b"GET / HTTP/1.1\r\nHost: a\r\nX\x00: a\r\n\r\n", None, Severe, R::BadHeader),
];

/// Severe requests of which no certain reading exists: refused in every mode. See `Classification::verdict`.
const REFUSED: &[(&[u8], R)] = &[
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5,5\r\n\r\n", R::BadContentLength),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n", R::BadContentLength),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551616\r\n\r\n", R::BadContentLength),
    (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\x11\r\n\r\n", R::BadContentLength),
    (b"G\x01T / HTTP/1.1\r\nHost: a\r\n\r\n", R::BadMethod),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked,\r\n\r\n", R::BadTransferEncoding),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x01chunked\r\n\r\n", R::BadTransferEncoding),
    (b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n", R::BadUri),
    (b"GET /\r HTTP/1.1\r\nHost: a\r\n\r\n", R::BadUri),
    (b"GET / HTTP/1.x\r\nHost: a\r\n\r\n", R::BadVersion),
    (b"GET / HTTP/1.1 \x01\r\nHost: a\r\n\r\n", R::BadVersion),
    (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        R::MultipleContentLength,
    ),
    (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        R::MultipleTransferEncodingChunked,
    ),
];

#[test]
fn every_reason_is_found() {
    for Routed(head, _, tier, reason) in ROUTED {
        let found = accept(head).unwrap().classification;
        assert_eq!((found.tier, found.reason), (*tier, *reason), "{:?}", String::from_utf8_lossy(head));
    }
    for (head, reason) in REFUSED {
        let found = accept(head).err().and_then(crate::request::HeadError::desync_reason);
        assert_eq!(found, Some(*reason), "{:?}", String::from_utf8_lossy(head));
    }
}

#[test]
fn every_mode_does_what_aws_documents() {
    for Routed(head, framing, tier, _) in ROUTED {
        let expected: [Fate; 3] = match tier {
            Compliant => [Route(*framing), Route(*framing), Route(*framing)],
            Acceptable => [Route(*framing), Route(*framing), Refuse(400)],
            Ambiguous => [Route(*framing), Isolate(*framing), Refuse(400)],
            Severe => [Route(*framing), Refuse(400), Refuse(400)],
        };
        let found = [Monitor, Defensive, Strictest].map(|mode| fate(head, mode));
        assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(head));
    }
    for (head, _) in REFUSED {
        let found = [Monitor, Defensive, Strictest].map(|mode| fate(head, mode));
        assert_eq!(found, [Refuse(400); 3], "{:?}", String::from_utf8_lossy(head));
    }
}

#[test]
fn the_more_severe_reason_wins() {
    let head = b"GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(accept(head).unwrap().classification.reason, R::UndefinedTransferEncodingSemantics);
    let head = b"GET / HTTP/1.1\r\nHost: a\r\nX\t: \x11\x12\x00\r\nTransfer-Encoding\t: chunked\r\n\r\n";
    assert_eq!(accept(head).unwrap().classification.reason, R::BadHeader);
}
