//! A head means the same however it arrives.

use super::{Fate, fate};
use crate::desync::DesyncMode;
use crate::request::{self, Edits, HeadError, ScanState};
use crate::response::{self, Answering};
use crate::{Limits, Progress};

const HEADS: &[&[u8]] = &[
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"\r\n\r\nGET /a?b=c HTTP/1.1\r\nHost: a\r\nCookie: x=1\r\ncookie: y=2\r\nConnection: close\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
    b"POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nX: y\r\n folded\r\nnothing\r\nX\x01: z\x00\r\n\r\n",
    b"GET /a b HTTP/1.2 \r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.0\r\n\r\n",
    b"GET /old\r\n",
    b"POST /old\r\nContent-Length: 5\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    b"NONSENSE\r\n\r\n",
];

type Outcome = Result<(Vec<u8>, usize), HeadError>;

/// Feeds the pieces one after another, as a connection would, and stops at the first answer.
fn feed(input: &[u8], ends: &[usize], limits: &Limits) -> Option<Outcome> {
    let mut head = request::Head::default();
    let mut scan = ScanState::default();
    for &end in ends {
        match head.parse(&input[..end], &mut scan, limits) {
            Ok(Progress::Partial) => {}
            Ok(Progress::Complete) => {
                let mut out = Vec::new();
                request::write_head(&mut out, &input[..end], &head, &Edits::default());
                out.extend_from_slice(format!("{:?}", head.classification()).as_bytes());
                return Some(Ok((out, head.len())));
            }
            Err(error) => return Some(Err(error)),
        }
    }
    None
}

#[test]
fn a_head_in_two_pieces_is_the_head() {
    for input in HEADS {
        let whole = feed(input, &[input.len()], &Limits::REQUEST);
        assert!(whole.is_some(), "{:?}", String::from_utf8_lossy(input));
        for at in 0..=input.len() {
            let shown = String::from_utf8_lossy(&input[..at]);
            assert_eq!(feed(input, &[at, input.len()], &Limits::REQUEST), whole, "split after {shown:?}");
        }
    }
}

#[test]
fn a_head_byte_by_byte_is_the_head() {
    for input in HEADS {
        let ends: Vec<usize> = (0..=input.len()).collect();
        let whole = feed(input, &[input.len()], &Limits::REQUEST);
        assert_eq!(feed(input, &ends, &Limits::REQUEST), whole, "{:?}", String::from_utf8_lossy(input));
    }
}

#[test]
fn what_follows_a_head_does_not_change_it() {
    for input in HEADS {
        let alone = feed(input, &[input.len()], &Limits::REQUEST);
        for following in [b"GET / HTTP/1.1\r\nHost: b\r\n\r\n".as_slice(), b"\r\n\r\n", b"\x00\xff\n\n"] {
            let both = [input, following].concat();
            assert_eq!(
                feed(&both, &[both.len()], &Limits::REQUEST),
                alone,
                "{:?}",
                String::from_utf8_lossy(input)
            );
        }
    }
}

#[test]
fn limits_hold_wherever_the_pieces_end() {
    let limits = Limits { start_line: 20, field_line: 20, fields: 60, field_count: 4, ..Limits::REQUEST };
    for target in 1..12 {
        for lines in 1..7 {
            for value in 1..24 {
                let text = format!(
                    "GET /{} HTTP/1.1\r\nHost: a\r\n{}\r\n",
                    "a".repeat(target),
                    format!("X: {}\r\n", "b".repeat(value)).repeat(lines - 1)
                );
                let status = |ends: &[usize]| {
                    feed(text.as_bytes(), ends, &limits).map(|outcome| outcome.map_err(HeadError::status))
                };
                let whole = status(&[text.len()]);
                let bytes: Vec<usize> = (0..=text.len()).collect();
                assert_eq!(status(&bytes), whole, "{text:?}");
                assert_eq!(status(&[text.len() / 2, text.len()]), whole, "{text:?}");
            }
        }
    }
}

#[test]
fn an_endless_head_is_refused_before_it_fills_the_buffer() {
    let endless: [(&[u8], u16); 4] = [
        (b"GET /", 414),
        (b"GET / HTTP/1.1\r\nX: ", 400),
        (b"GET / HTTP/1.1\r\nX: y\r\n", 400),
        (b"\r\n\r\n\r\n", 400),
    ];
    for (start, status) in endless {
        let mut text = start.to_vec();
        let unit = if start.ends_with(b"\r\n") { b"X: y\r\n".as_slice() } else { b"a" };
        let mut head = request::Head::default();
        let mut scan = ScanState::default();
        let refused = loop {
            assert!(text.len() < 70_000, "still accepted");
            match head.parse(&text, &mut scan, &Limits::REQUEST) {
                Ok(Progress::Partial) => text.extend_from_slice(unit),
                Ok(Progress::Complete) => panic!("complete"),
                Err(error) => break error,
            }
        };
        assert_eq!(refused.status(), status);
    }
}

#[test]
fn a_reused_head_forgets_the_one_before() {
    let mut head = request::Head::default();
    let first =
        b"POST http://b/x?y HTTP/1.0\r\nHost: a\r\nConnection: keep-alive, x\r\nContent-Length: 5\r\n\r\n";
    let second = b"GET / HTTP/1.1\r\nHost: c\r\n\r\n";
    for text in [first.as_slice(), second, first, second] {
        head.parse(text, &mut ScanState::default(), &Limits::REQUEST).unwrap();
        let mut reused = Vec::new();
        request::write_head(&mut reused, text, &head, &Edits::default());
        assert_eq!(reused, super::accept(text).unwrap().bytes);
    }
    assert_eq!(fate(second, DesyncMode::Strictest), Fate::Route(crate::Framing::None));
}

#[test]
fn an_answer_means_the_same_however_it_arrives() {
    let answers: [&[u8]; 4] = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello",
        b"HTTP/1.0 404 Not Found\nX: y\n\nbody",
        b"HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 204\r\n\r\n",
    ];
    for answer in answers {
        let mut whole = response::Head::default();
        whole.parse(answer, 0, Answering::default(), &Limits::RESPONSE).unwrap();
        let (mut head, mut seen) = (response::Head::default(), 0);
        for end in 0..=answer.len() {
            match head.parse(&answer[..end], seen, Answering::default(), &Limits::RESPONSE).unwrap() {
                Progress::Partial => seen = end,
                Progress::Complete => break,
            }
        }
        let parts = |head: &response::Head| (head.len(), head.status(), head.framing(), head.keep_alive());
        assert_eq!(parts(&head), parts(&whole), "{:?}", String::from_utf8_lossy(answer));
    }
}
