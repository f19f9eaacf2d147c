//! Any bytes as a request head: no panic, the same answer however they are cut, and what a target would get is one
//! strictly valid request that AWS's classifier finds nothing wrong with.
//!
//! The first byte says where the head is cut, the rest is the head.

#![no_main]

use elbow_http1::desync::{DesyncMode, Tier, Verdict};
use elbow_http1::request::{self, Edits, ForwardedFor, HeadError, ScanState};
use elbow_http1::{Framing, Limits, Progress};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((cut, text)) = data.split_first() else { return };
    let whole = outcome(text, &[text.len()]);
    let cut = usize::from(*cut) % (text.len() + 1);
    assert_eq!(outcome(text, &[cut, text.len()]), whole, "the cut changes the answer");
    if let Ok(Some(sent)) = whole {
        check(&sent);
    }
});

/// Feeds a head in pieces. None if it is not complete; else what the target gets.
fn outcome(text: &[u8], ends: &[usize]) -> Result<Option<Vec<u8>>, u16> {
    let mut head = request::Head::default();
    let mut scan = ScanState::default();
    for &end in ends {
        let text = &text[..end];
        if head.parse(text, &mut scan, &Limits::REQUEST).map_err(HeadError::status)? == Progress::Complete {
            assert!(head.len() <= end);
            let edits = Edits { forwarded_for: ForwardedFor::Append(b"203.0.113.7"), ..Edits::default() };
            let mut out = Vec::new();
            request::write_head(&mut out, text, &head, &edits);
            look_at_all(&head, text);
            return Ok(Some(out));
        }
    }
    Ok(None)
}

fn look_at_all(head: &request::Head, text: &[u8]) {
    assert!(!head.path(text).is_empty());
    let _ = (head.host(text), head.query(text), head.upgrade(text), head.trace_id(text), head.keep_alive());
    let _ = (head.cookies(text).count(), head.has_invalid_names(text), head.expects_continue(text));
}

fn check(sent: &[u8]) {
    assert!(sent.ends_with(b"\r\n\r\n"));
    for (at, &byte) in sent.iter().enumerate() {
        match byte {
            b'\r' => assert_eq!(sent.get(at + 1), Some(&b'\n'), "a bare CR"),
            b'\n' => assert_eq!(sent[at - 1], b'\r', "a bare LF"),
            b'\t' | b' '..=b'~' | 0x80.. => {}
            _ => panic!("a control character"),
        }
    }
    let mut lines = [httparse::EMPTY_HEADER; 300];
    let mut parsed = httparse::Request::new(&mut lines);
    assert_eq!(parsed.parse(sent), Ok(httparse::Status::Complete(sent.len())));
    let count =
        |name: &str| parsed.headers.iter().filter(|line| line.name.eq_ignore_ascii_case(name)).count();
    assert_eq!(count("host"), 1);
    assert!(count("content-length") + count("transfer-encoding") <= 1);
    assert_eq!(count("expect") + count("te") + count("keep-alive") + count("http2-settings"), 0);

    let limits = Limits { start_line: 65_536, field_line: 131_072, fields: 262_144, ..Limits::REQUEST };
    let mut again = request::Head::default();
    let limits = Limits { forwarded_for: 31, ..limits };
    match again.parse(sent, &mut ScanState::default(), &limits) {
        Ok(Progress::Complete) => {}
        // Our own lines are not counted by the client's limit.
        Err(HeadError::TooManyFields) => return,
        other => panic!("our own head: {other:?}"),
    }
    let bodiless = matches!(again.method(sent), b"GET" | b"HEAD") && again.framing() != Framing::None;
    assert!(bodiless || again.classification().tier == Tier::Compliant);
    assert!(bodiless || again.classification().verdict(DesyncMode::Strictest) == Verdict::Forward);
}
