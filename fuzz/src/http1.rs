//! What has to be true of heads of HTTP/1.1 that leave Elbow, whoever they came from.

use elbow_http1::desync::{DesyncMode, Tier, Verdict};
use elbow_http1::request::{self, Edits, ForwardedFor, HeadError, ScanState};
use elbow_http1::response::{self, Answering};
use elbow_http1::{Framing, Limits, Progress, Version};

/// What a target gets of a client's head.
pub fn forwarded(head: &request::Head, text: &[u8]) -> Vec<u8> {
    let edits = Edits { forwarded_for: ForwardedFor::Append(b"203.0.113.7"), ..Edits::default() };
    let mut out = Vec::new();
    request::write_head(&mut out, text, head, &edits);
    out
}

/// What a client gets of a target's head.
pub fn answered(head: &response::Head, text: &[u8], client_version: Version) -> Vec<u8> {
    let edits = response::Edits {
        client_version,
        keep_alive: true,
        date: b"d",
        remove: &[],
        rewrites_cookies: false,
        lines: b"Set-Cookie: a=b\r\n",
    };
    let mut sent = Vec::new();
    response::write_head(&mut sent, text, head, &edits);
    sent
}

/// Whether a target gets one strictly valid request that AWS's classifier finds nothing wrong with.
pub fn check_request(sent: &[u8]) {
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

/// Whether a client gets one valid head that frames its body as it has to be.
pub fn check_answer(sent: &[u8], head: &response::Head, client_version: Version) {
    assert!(sent.ends_with(b"\r\n\r\n"));
    let mut lines = [httparse::EMPTY_HEADER; 300];
    let mut parsed = httparse::Response::new(&mut lines);
    assert_eq!(parsed.parse(sent), Ok(httparse::Status::Complete(sent.len())));
    assert_eq!(parsed.code, Some(head.status()));
    let count =
        |name: &str| parsed.headers.iter().filter(|line| line.name.eq_ignore_ascii_case(name)).count();
    let framing = response::client_framing(head.framing(), client_version);
    assert_eq!(count("transfer-encoding"), usize::from(framing == Framing::Chunked));
    assert!(count("content-length") + count("transfer-encoding") <= 1);
    assert_eq!(count("connection"), usize::from(!head.is_interim()));
}

/// The answer to `answering` that `text` is, which has to be a whole head and nothing more, or to be refused.
pub fn whole_answer(text: &[u8], answering: Answering) -> Option<response::Head> {
    let mut head = response::Head::default();
    let progress = head.parse(text, 0, answering, &Limits::RESPONSE).ok()?;
    assert_eq!((progress, head.len()), (Progress::Complete, text.len()));
    Some(head)
}
