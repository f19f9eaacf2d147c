//! What must hold for any bytes. Heads are built from pieces that attacks are made of, so that most of them get
//! deep into the reading.

use super::{accept, valid};
use crate::body::{self, Decoder};
use crate::desync::{self, Tier};
use crate::request::{self, ScanState};
use crate::response::{self, Answering};
use crate::{Framing, Limits, Progress};
use proptest::prelude::*;

fn config() -> ProptestConfig {
    ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() }
}

fn piece(choices: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        20 => prop::sample::select(choices).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ]
}

const METHODS: &[&[u8]] =
    &[b"GET", b"GET", b"POST", b"POST", b"HEAD", b"PUT", b"OPTIONS", b"TRACE", b"get", b"M-X"];
const TARGETS: &[&[u8]] = &[
    b"/",
    b"/a?b",
    b"/a b",
    b"/\x01",
    b"/\xc3\xa9",
    b"/\xff",
    b"*",
    b"http://h/",
    b"http://h:8/x?y",
    b"a",
    b"/#f",
];
const VERSIONS: &[&[u8]] =
    &[b" HTTP/1.1", b" HTTP/1.1", b" HTTP/1.1", b" HTTP/1.0", b" HTTP/1.2", b" HTTP/0.9", b"", b" HTTP/2.0"];
const NAMES: &[&[u8]] = &[
    b"Host",
    b"Content-Length",
    b"Transfer-Encoding",
    b"Content_Length",
    b"Transfer-Encoding ",
    b"content-length",
    b"Connection",
    b"Upgrade",
    b"Cookie",
    b"X-Forwarded-For",
    b"X-Amzn-Trace-Id",
    b"Expect",
    b"TE",
    b"Trailer",
    b"X-Plain",
    b"True-Client-Ip",
    b"Content-Security-Policy",
    b" folded",
    b"\x01odd",
    b"",
    b"A_B",
];
const VALUES: &[&[u8]] = &[
    b"a",
    b"a.example:80",
    b"5",
    b"0",
    b"05",
    b"5, 5",
    b"+5",
    b"chunked",
    b"Chunked",
    b"identity",
    b"gzip, chunked",
    b"close",
    b"keep-alive, x-plain",
    b"upgrade",
    b"websocket",
    b"h2c",
    b"100-continue",
    b"",
    b"x\x00y",
    b"x\ry",
    b"x\x7f",
    b"\xe9",
    b"1.1.1.1, 2.2.2.2",
];
const SEPARATORS: &[&[u8]] = &[b": ", b": ", b": ", b":", b":  ", b":\t", b" : ", b""];
const LINE_ENDS: &[&[u8]] =
    &[b"\r\n", b"\r\n", b"\r\n", b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r\n\t", b" \r\n"];

prop_compose! {
    fn line()(name in piece(NAMES), separator in piece(SEPARATORS), value in piece(VALUES), end in piece(LINE_ENDS))
        -> Vec<u8> { [name, separator, value, end].concat() }
}

prop_compose! {
    fn any_head()(
        method in piece(METHODS),
        target in piece(TARGETS),
        version in piece(VERSIONS),
        end in piece(LINE_ENDS),
        host in prop_oneof![4 => Just(b"Host: a\r\n".to_vec()), 1 => Just(Vec::new())],
        lines in prop::collection::vec(line(), 0..6),
    ) -> Vec<u8> { [method, b" ".to_vec(), target, version, end, host, lines.concat(), b"\r\n".to_vec()].concat() }
}

prop_compose! {
    /// A head that only sane clients send, so that most of these are compliant.
    fn plain_head()(
        method in prop::sample::select(METHODS),
        lines in prop::collection::vec(
            (prop::sample::select(NAMES), prop::sample::select(VALUES)).prop_map(|(n, v)| [n, b": ", v, b"\r\n"].concat()),
            0..5,
        ),
    ) -> Vec<u8> { [method, b" / HTTP/1.1\r\nHost: a\r\n", &lines.concat(), b"\r\n"].concat() }
}

/// Whatever is accepted, goes out as one strictly valid head that means the same.
fn check(head: &[u8]) -> Result<(), TestCaseError> {
    let mut parsed = request::Head::default();
    let Ok(Progress::Complete) = parsed.parse(head, &mut ScanState::default(), &Limits::REQUEST) else {
        return Ok(());
    };
    let accepted = accept(head).map_err(|error| TestCaseError::fail(error.as_str()))?;
    let valid = valid::request(&accepted.bytes).map_err(TestCaseError::fail)?;
    prop_assert_eq!(valid.framing, accepted.framing);
    prop_assert_eq!(valid.method.as_bytes(), parsed.method(head));

    let mut lines = [httparse::EMPTY_HEADER; 64];
    let mut again = httparse::Request::new(&mut lines);
    let complete = again.parse(&accepted.bytes);
    prop_assert_eq!(complete, Ok(httparse::Status::Complete(accepted.bytes.len())));
    prop_assert_eq!(again.version, Some(1));
    for (line, (name, value)) in again.headers.iter().zip(&valid.fields) {
        prop_assert_eq!(line.name, name);
        prop_assert_eq!(line.value, value.as_slice());
    }

    // Reading our own head again changes nothing that matters.
    let twice = accept(&accepted.bytes).map_err(|error| TestCaseError::fail(error.as_str()))?;
    prop_assert_eq!(twice.framing, accepted.framing);
    let bodiless = matches!(parsed.method(head), b"GET" | b"HEAD") && twice.framing != Framing::None;
    prop_assert!(bodiless || twice.classification == desync::Classification::default());
    Ok(())
}

/// Our proof of compliance and AWS's library say the same.
fn check_classification(head: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(accepted) = accept(head) {
        let mut asked = head[..accepted.length].to_vec();
        if !asked.ends_with(b"\n\r\n") && !asked.ends_with(b"\n\n") {
            asked.extend_from_slice(b"\r\n");
        }
        prop_assert_eq!(accepted.classification, desync::classify(&asked));
    }
    Ok(())
}

fn progress_of(head: &[u8]) -> Option<bool> {
    let mut parsed = request::Head::default();
    let progress = parsed.parse(head, &mut ScanState::default(), &Limits::REQUEST).ok()?;
    Some(progress == Progress::Complete)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn accepted_heads_go_out_strictly_valid(head in any_head()) {
        check(&head)?;
    }

    #[test]
    fn plain_heads_go_out_strictly_valid(head in plain_head()) {
        check(&head)?;
    }

    #[test]
    fn our_shortcut_agrees_with_the_library(head in prop_oneof![any_head(), plain_head()]) {
        if progress_of(&head) == Some(true) {
            check_classification(&head)?;
        }
    }

    #[test]
    fn names_are_suspicious_exactly_when_the_library_finds_them_so(
        name in prop_oneof![
            "[-_A-Za-z0-9.~]{0,24}",
            "[-_.]{0,2}[tT]ransfer[-_.]{0,2}[eE]ncoding[-_.x]{0,2}",
            "[-_.1]{0,2}[cC]ontent[-_.]{0,2}[lL]ength[-_.x]{0,2}",
        ],
    ) {
        let exact = ["content-length", "transfer-encoding"].contains(&name.to_ascii_lowercase().as_str());
        let head = format!("POST / HTTP/1.1\r\nHost: a\r\n{name}: chunked\r\n\r\n");
        let tier = desync::classify(head.as_bytes()).tier;
        if !name.is_empty() && !exact {
            prop_assert_eq!(desync::is_suspicious(name.as_bytes()), tier >= Tier::Ambiguous);
        }
    }

    #[test]
    fn no_bytes_make_a_request_head_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = progress_of(&bytes);
    }

    #[test]
    fn no_bytes_make_an_answer_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let answer = [b"HTTP/1.1 200 OK\r\n".as_slice(), &bytes, b"\r\n\r\n"].concat();
        let mut head = response::Head::default();
        if head.parse(&answer, 0, Answering::default(), &Limits::RESPONSE) == Ok(Progress::Complete) {
            let edits = response::Edits {
                client_version: crate::Version::Http11, keep_alive: true, date: b"d", remove: &[], rewrites_cookies: false,
                lines: b"",
            };
            let mut out = Vec::new();
            response::write_head(&mut out, &answer, &head, &edits);
            let mut lines = [httparse::EMPTY_HEADER; 64];
            prop_assert_eq!(
                httparse::Response::new(&mut lines).parse(&out),
                Ok(httparse::Status::Complete(out.len()))
            );
        }
    }

    #[test]
    fn chunks_come_back_however_they_are_cut(
        parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..6),
        step in 1usize..50,
    ) {
        let mut encoded = Vec::new();
        parts.iter().for_each(|part| body::write_chunk(&mut encoded, part));
        body::write_last_chunk(&mut encoded, b"");
        let mut decoder = Decoder::new(Framing::Chunked);
        let (mut data, mut at, mut arrived) = (Vec::new(), 0, 0);
        while !decoder.is_end() {
            let input = &encoded[at..arrived];
            let piece = decoder.decode(input).map_err(|error| TestCaseError::fail(error.as_str()))?;
            data.extend_from_slice(&input[piece.data]);
            at += piece.consumed;
            if piece.consumed == 0 {
                prop_assert!(arrived < encoded.len() || decoder.is_end());
                arrived = (arrived + step).min(encoded.len());
            }
        }
        prop_assert_eq!((data, at), (parts.concat(), encoded.len()));
    }
}
