//! Requests made to be read differently by two servers. For each of them: what happens in ALB's default mode, and
//! that a target only ever sees one strictly valid request.

use super::Fate::{self, Isolate, Refuse, Route};
use super::{accept, fate, valid};
use crate::Framing::{Chunked, Length, None};
use crate::desync::DesyncMode;

/// Header lines of a POST with a valid `Host` in front of them.
const POST_LINES: &[(&[u8], Fate)] = &[
    // The plain cases, so that the table is known to tell them apart.
    (b"Content-Length: 5", Route(Length(5))),
    (b"Content-Length: 0", Route(Length(0))),
    (b"Content-Length:5", Route(Length(5))),
    (b"Content-Length: \t5 \t", Route(Length(5))),
    (b"Content-Length: 0005", Route(Length(5))),
    (b"content-LENGTH: 5", Route(Length(5))),
    (b"Transfer-Encoding: chunked", Route(Chunked)),
    (b"Transfer-Encoding: CHUNKED", Route(Chunked)),
    (b"Transfer-Encoding:\tchunked", Route(Chunked)),
    (b"Transfer-Encoding: chunked ", Route(Chunked)),
    (b"Transfer-Encoding: identity", Route(None)),
    (b"Transfer-Encoding: identity, chunked", Route(Chunked)),
    (b"X-Other: 1", Route(None)),
    // Content-Length that is no length.
    (b"Content-Length: 9223372036854775807", Route(Length(i64::MAX as u64))),
    (b"Content-Length: 9223372036854775808", Refuse(400)),
    (b"Content-Length: 18446744073709551615", Refuse(400)),
    (b"Content-Length: 18446744073709551616", Refuse(400)),
    (b"Content-Length: 18446744073709551621", Refuse(400)),
    (b"Content-Length: 99999999999999999999999999999", Refuse(400)),
    (b"Content-Length: 4294967301", Route(Length(4_294_967_301))),
    (b"Content-Length: -1", Refuse(400)),
    (b"Content-Length: -0", Refuse(400)),
    (b"Content-Length: +5", Refuse(400)),
    (b"Content-Length: 5.0", Refuse(400)),
    (b"Content-Length: 5e1", Refuse(400)),
    (b"Content-Length: 0x5", Refuse(400)),
    (b"Content-Length: 0b1", Refuse(400)),
    (b"Content-Length: 1_000", Refuse(400)),
    (b"Content-Length: 5 5", Refuse(400)),
    (b"Content-Length: 5\t5", Refuse(400)),
    (b"Content-Length: 5, 5", Refuse(400)),
    (b"Content-Length: 5,5", Refuse(400)),
    (b"Content-Length: 5,", Refuse(400)),
    (b"Content-Length: ,5", Refuse(400)),
    (b"Content-Length: 5;", Refuse(400)),
    (b"Content-Length: 5;a=b", Refuse(400)),
    (b"Content-Length: \"5\"", Refuse(400)),
    (b"Content-Length: '5'", Refuse(400)),
    (b"Content-Length: ", Refuse(400)),
    (b"Content-Length:", Refuse(400)),
    (b"Content-Length: abc", Refuse(400)),
    (b"Content-Length: 5a", Refuse(400)),
    (b"Content-Length: $5", Refuse(400)),
    (b"Content-Length: \x0b5", Refuse(400)),
    (b"Content-Length: \x0c5", Refuse(400)),
    (b"Content-Length: 5\x00", Refuse(400)),
    (b"Content-Length: \x005", Refuse(400)),
    (b"Content-Length: 5\x01", Refuse(400)),
    (b"Content-Length: 5\x7f", Refuse(400)),
    (b"Content-Length: 5\xa0", Refuse(400)),
    (b"Content-Length: \xd9\xa5", Refuse(400)),
    (b"Content-Length: 5\r", Refuse(400)),
    (b"Content-Length: 5\rX: y", Refuse(400)),
    // Several lengths.
    (b"Content-Length: 5\r\nContent-Length: 5", Isolate(Length(5))),
    (b"Content-Length: 5\r\nContent-Length: 05", Isolate(Length(5))),
    (b"Content-Length: 5\r\ncontent-length: 5\r\nCONTENT-LENGTH: 5", Isolate(Length(5))),
    (b"Content-Length: 5\r\nContent-Length: 6", Refuse(400)),
    (b"Content-Length: 0\r\nContent-Length: 6", Refuse(400)),
    (b"Content-Length: 6\r\nX: y\r\nContent-Length: 5", Refuse(400)),
    (b"Content-Length: 5\r\nContent-Length: 5\r\nContent-Length: 6", Refuse(400)),
    (b"Content-Length: 5\r\nContent-Length: x", Refuse(400)),
    (b"Content-Length: 5\r\nContent-Length:", Refuse(400)),
    // Transfer-Encoding that is not chunked.
    (b"Transfer-Encoding: gzip", Refuse(501)),
    (b"Transfer-Encoding: gzip, chunked", Refuse(501)),
    (b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", Refuse(501)),
    (b"Transfer-Encoding: deflate", Refuse(501)),
    (b"Transfer-Encoding: compress", Refuse(501)),
    (b"Transfer-Encoding: xchunked", Refuse(501)),
    (b"Transfer-Encoding: chunkedx", Refuse(501)),
    (b"Transfer-Encoding: chunk", Refuse(501)),
    (b"Transfer-Encoding: cow", Refuse(501)),
    (b"Transfer-Encoding: x", Refuse(501)),
    (b"Transfer-Encoding: chunked;q=1", Refuse(501)),
    (b"Transfer-Encoding: chunked ; a=b", Refuse(501)),
    (b"Transfer-Encoding: chunked;", Refuse(501)),
    (b"Transfer-Encoding: identity;q=1", Refuse(501)),
    (b"Transfer-Encoding: chunked,", Refuse(400)),
    (b"Transfer-Encoding: ,chunked", Refuse(400)),
    (b"Transfer-Encoding: chunked,,", Refuse(400)),
    (b"Transfer-Encoding: ,", Refuse(400)),
    (b"Transfer-Encoding:", Refuse(400)),
    (b"Transfer-Encoding: ", Refuse(400)),
    (b"Transfer-Encoding: \"chunked\"", Refuse(400)),
    (b"Transfer-Encoding: 'chunked'", Refuse(501)),
    (b"Transfer-Encoding: chun ked", Refuse(400)),
    (b"Transfer-Encoding: chunked chunked", Refuse(400)),
    (b"Transfer-Encoding: identity chunked", Refuse(400)),
    (b"Transfer-Encoding: \x0bchunked", Refuse(400)),
    (b"Transfer-Encoding: \x0cchunked", Refuse(400)),
    (b"Transfer-Encoding: chunked\x00", Refuse(400)),
    (b"Transfer-Encoding: \x00chunked", Refuse(400)),
    (b"Transfer-Encoding: chunked\x01", Refuse(400)),
    (b"Transfer-Encoding: chunked\x7f", Refuse(400)),
    (b"Transfer-Encoding: chunked\x80", Refuse(400)),
    (b"Transfer-Encoding: \xa0chunked", Refuse(400)),
    (b"Transfer-Encoding: \xef\xbb\xbfchunked", Refuse(400)),
    (b"Transfer-Encoding: chunked\r", Refuse(400)),
    (b"Transfer-Encoding: c\xc4\xb1hunked", Refuse(400)),
    (b"Transfer-Encoding: [chunked]", Refuse(400)),
    (b"Transfer-Encoding: chunked/1", Refuse(400)),
    // Chunked twice, or not last.
    (b"Transfer-Encoding: chunked, chunked", Refuse(400)),
    (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", Refuse(400)),
    (b"Transfer-Encoding: chunked, identity", Refuse(400)),
    (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", Refuse(400)),
    (b"Transfer-Encoding: chunked, gzip", Refuse(400)),
    (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: cow", Refuse(400)),
    (b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", Route(Chunked)),
    // Both headers.
    (b"Content-Length: 5\r\nTransfer-Encoding: chunked", Isolate(Chunked)),
    (b"Transfer-Encoding: chunked\r\nContent-Length: 5", Isolate(Chunked)),
    (b"Transfer-Encoding: chunked\r\nContent-Length: 0", Isolate(Chunked)),
    (b"Transfer-Encoding: identity\r\nContent-Length: 5", Isolate(Length(5))),
    (b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\nContent-Length: 5", Isolate(Chunked)),
    (b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\nContent-Length: 6", Refuse(400)),
    (b"Transfer-Encoding: chunked\r\nContent-Length: x", Refuse(400)),
    (b"Content-Length: 5\r\nTransfer-Encoding: gzip", Refuse(501)),
    (b"Content-Length: 5\r\nTransfer-Encoding: chunked,", Refuse(400)),
    // Names that are nearly one of them.
    (b"Transfer-Encoding : chunked", Isolate(None)),
    (b"Transfer-Encoding\t: chunked", Isolate(None)),
    (b"Content-Length : 5", Isolate(None)),
    (b"Transfer_Encoding: chunked", Isolate(None)),
    (b"Content_Length: 5", Isolate(None)),
    (b"Transfer--Encoding: chunked", Isolate(None)),
    (b"Transfer.Encoding: chunked", Isolate(None)),
    (b"-Transfer-Encoding: chunked", Isolate(None)),
    (b"Transfer-Encoding-: chunked", Isolate(None)),
    (b"Transfer- Encoding: chunked", Isolate(None)),
    (b"\x01Transfer-Encoding: chunked", Isolate(None)),
    (b"Transfer-Encoding\x01: chunked", Isolate(None)),
    (b"\x0bTransfer-Encoding: chunked", Isolate(None)),
    (b"Transfer-Encoding\xa0: chunked", Isolate(None)),
    (b"Tran\xc5\xbffer-Encoding: chunked", Isolate(None)),
    (b"Transfer-Encod\xc4\xb1ng: chunked", Isolate(None)),
    (b"Content-Length\x01: 5", Isolate(None)),
    (b"\x01Content-Length: 5", Isolate(None)),
    (b"Content-Length\x00: 5", Refuse(400)),
    (b"\x00Content-Length: 5", Refuse(400)),
    (b"Transfer-Encoding\r: chunked", Refuse(400)),
    (b"Content-Length : 5\r\nContent-Length: 7", Refuse(400)),
    (b"Content-Length: 7\r\nTransfer-Encoding : chunked", Isolate(Length(7))),
    (b"Transfer_Encoding: chunked\r\nContent-Length: 7", Isolate(Length(7))),
    (b"Content_Length: 5\r\nTransfer-Encoding: chunked", Isolate(Chunked)),
    (b"Transfer-Encoding: chunked\r\nTransfer-Encoding : chunked", Refuse(400)),
    // Folded lines.
    (b"X: y\r\n Content-Length: 5", Isolate(None)),
    (b"X: y\r\n\tTransfer-Encoding: chunked", Isolate(None)),
    (b"Transfer-Encoding:\r\n chunked", Refuse(400)),
    (b"Content-Length:\r\n 5", Refuse(400)),
    (b"Content-Length: 5\r\n 6", Refuse(400)),
    (b"Transfer-Encoding: chunked\r\n , identity", Refuse(400)),
    (b"X: y\r\n z", Isolate(None)),
    (b" X: y", Isolate(None)),
    // Line ends.
    (b"X: y\nContent-Length: 5", Route(Length(5))),
    (b"Content-Length: 5\nTransfer-Encoding: chunked", Isolate(Chunked)),
    (b"X: y\rContent-Length: 5", Refuse(400)),
    (b"X: y\r\rContent-Length: 5", Refuse(400)),
    (b"X: y\r\r\nContent-Length: 5", Refuse(400)),
    (b"X: y\x00Content-Length: 5", Refuse(400)),
    (b"X: y\x0bContent-Length: 5", Route(None)),
    (b"X: y\x0c\x85\xe2\x80\xa8Content-Length: 5", Route(None)),
    // Lines that are none.
    (b"Content-Length", Isolate(None)),
    (b"Transfer-Encoding chunked", Isolate(None)),
    (b": Content-Length: 5", Isolate(None)),
    (b":Transfer-Encoding: chunked", Isolate(None)),
    (b"\t: x", Isolate(None)),
    (b"GET /admin HTTP/1.1", Isolate(None)),
    (b"GET http://a/ HTTP/1.1", Route(None)),
    // Headers hidden behind Connection.
    (b"Connection: Content-Length\r\nContent-Length: 5", Route(Length(5))),
    (b"Connection: close, Transfer-Encoding\r\nTransfer-Encoding: chunked", Route(Chunked)),
    (b"Connection: Host", Route(None)),
    (b"Connection: a,b,c,d,e,f,g,h,i", Refuse(400)),
    // A second host.
    (b"Host: b", Refuse(400)),
    (b"Host: a", Refuse(400)),
    (b"Host : b", Route(None)),
    (b" Host: b", Isolate(None)),
    // Upgrades that would carry requests past the rules.
    (b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__", Route(None)),
    (b"Upgrade: h2c\r\nConnection: upgrade\r\nContent-Length: 5", Route(Length(5))),
    // Expectations.
    (b"Expect: 100-continue\r\nContent-Length: 5", Route(Length(5))),
    (b"Expect: 100-continue, x\r\nTransfer-Encoding: chunked", Route(Chunked)),
];

/// Whole heads.
const HEADS: &[(&[u8], Fate)] = &[
    // A body where none has a meaning.
    (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", Route(Length(0))),
    (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", Isolate(Length(5))),
    (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", Isolate(Chunked)),
    (b"HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", Isolate(Length(5))),
    (b"DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", Route(Length(5))),
    // Older versions.
    (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", Isolate(Chunked)),
    (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", Isolate(Chunked)),
    (b"POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\n", Route(Length(5))),
    (b"POST / HTTP/0.9\r\nContent-Length: 5\r\n\r\n", Isolate(Length(5))),
    (b"POST / HTTP/0.9\r\nTransfer-Encoding: chunked\r\n\r\n", Isolate(Chunked)),
    (b"GET /\r\n", Route(None)),
    (b"GET /\r\nHost: a\r\nContent-Length: 50\r\n\r\n", Route(None)),
    (b"POST /\r\nContent-Length: 5\r\n\r\n", Isolate(Length(5))),
    (b"GET / HTTP/1.2\r\nHost: a\r\n\r\n", Route(None)),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Refuse(505)),
    (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", Refuse(505)),
    (b"GET / HTTP/3\r\nHost: a\r\n\r\n", Refuse(505)),
    (b"GET / HTTP/1.1x\r\nHost: a\r\n\r\n", Refuse(400)),
    (b"GET / HTTP/11\r\nHost: a\r\n\r\n", Refuse(400)),
    (b"GET / http/1.1\r\nHost: a\r\n\r\n", Refuse(400)),
    (b"GET / HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n", Route(None)),
    (b"GET / HTTP/1.1\rHost: a\r\n\r\n", Refuse(400)),
    // Request lines.
    (b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", Route(None)),
    (b"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", Route(None)),
    (b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", Route(None)),
    (b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", Isolate(None)),
    (b"GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", Isolate(None)),
    (b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n", Refuse(400)),
    (b"GET /\r/ HTTP/1.1\r\nHost: a\r\n\r\n", Refuse(400)),
    (b"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", Refuse(400)),
    (b"GET HTTP/1.1\r\nHost: a\r\n\r\n", Refuse(400)),
    (b"GET\r\nHost: a\r\n\r\n", Refuse(400)),
    (b" GET / HTTP/1.1\r\nHost: a\r\n\r\n", Refuse(400)),
    (b"G\x01T / HTTP/1.1\r\nHost: a\r\n\r\n", Refuse(400)),
    (b"(GET) / HTTP/1.1\r\nHost: a\r\n\r\n", Refuse(400)),
    (b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", Refuse(405)),
    (b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", Refuse(405)),
    (b"GET a HTTP/1.1\r\nHost: a\r\n\r\n", Refuse(400)),
    (b"GET * HTTP/1.1\r\nHost: a\r\n\r\n", Refuse(400)),
    (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", Route(None)),
    (b"GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", Route(None)),
    (b"GET http://u:p@b/ HTTP/1.1\r\nHost: a\r\n\r\n", Refuse(400)),
    (b"GET file:///etc HTTP/1.1\r\nHost: a\r\n\r\n", Refuse(400)),
    // Before and between the lines.
    (b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Route(None)),
    (b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Route(None)),
    (b"\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Refuse(400)),
    (b"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Refuse(400)),
    (b"\r\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", Refuse(400)),
    (b"GET / HTTP/1.1\r\n Host: b\r\nHost: a\r\n\r\n", Isolate(None)),
    (b"GET / HTTP/1.1\nHost: a\n\n", Route(None)),
    (b"GET / HTTP/1.1\r\nHost: a\n\r\n", Route(None)),
    (b"GET / HTTP/1.1\r\nHost: a\r\n\n", Route(None)),
    // Hosts.
    (b"GET / HTTP/1.1\r\n\r\n", Refuse(400)),
    (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", Refuse(400)),
    (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", Refuse(400)),
    (b"GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", Route(None)),
    (b"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", Refuse(400)),
    (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", Refuse(400)),
    (b"GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n", Refuse(400)),
    (b"GET / HTTP/1.1\r\nHost: a\x00\r\n\r\n", Refuse(400)),
    (b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", Isolate(None)),
    (b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", Refuse(400)),
    (b"GET http://b/ HTTP/1.1\r\n\r\n", Refuse(400)),
    (b"GET / HTTP/1.0\r\n\r\n", Route(None)),
    (b"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", Refuse(400)),
];

fn heads() -> Vec<(Vec<u8>, Fate)> {
    let posts = POST_LINES
        .iter()
        .map(|(lines, fate)| ([b"POST / HTTP/1.1\r\nHost: a\r\n", *lines, b"\r\n\r\n"].concat(), *fate));
    posts.chain(HEADS.iter().map(|(head, fate)| (head.to_vec(), *fate))).collect()
}

#[test]
fn each_payload_meets_its_fate() {
    let mut wrong = Vec::new();
    for (head, expected) in heads() {
        let found = fate(&head, DesyncMode::Defensive);
        if found != expected {
            let class = accept(&head).map(|accepted| accepted.classification);
            wrong
                .push(format!("{:?}: {found:?} {class:?}, not {expected:?}", String::from_utf8_lossy(&head)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(heads().len() >= 150, "only {} payloads", heads().len());
}

#[test]
fn what_passes_in_any_mode_is_one_strictly_valid_request() {
    for (head, _) in heads() {
        let Ok(accepted) = accept(&head) else { continue };
        let shown = String::from_utf8_lossy(&head).into_owned();
        match valid::request(&accepted.bytes) {
            Ok(valid) => assert_eq!(valid.framing, accepted.framing, "{shown:?}"),
            Err(fault) => panic!("{shown:?} became {:?}: {fault}", accepted.sent),
        }
    }
}

#[test]
fn strictest_mode_routes_only_what_is_compliant() {
    for (head, _) in heads() {
        let Ok(accepted) = accept(&head) else { continue };
        let routed = !matches!(fate(&head, DesyncMode::Strictest), Refuse(_));
        let compliant = accepted.classification == crate::desync::Classification::default();
        assert_eq!(routed, compliant, "{:?}", String::from_utf8_lossy(&head));
    }
}

#[test]
fn a_connection_with_faulty_framing_is_not_used_again_in_any_mode() {
    for lines in [
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Transfer-Encoding: identity\r\nContent-Length: 5",
    ] {
        let head = format!("POST / HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n");
        assert!(!accept(head.as_bytes()).unwrap().keep_alive, "{lines}");
    }
    let old = b"POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert!(!accept(old).unwrap().keep_alive);
}
