//! Any bytes as a response head: no panic, and what a client would get is one valid head.
//!
//! The first byte says what was asked and by which client, the second where the head is cut.

#![no_main]

use elbow_http1::response::{self, Answering, Edits};
use elbow_http1::{Framing, Limits, Progress, Version};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [flags, cut, text @ ..] = data else { return };
    let answering = Answering { head_request: flags & 1 != 0, upgrade: flags & 2 != 0 };
    let client_version = if flags & 4 != 0 { Version::Http10 } else { Version::Http11 };
    let cut = usize::from(*cut) % (text.len() + 1);

    let mut head = response::Head::default();
    let whole = head.parse(text, 0, answering, &Limits::RESPONSE);
    let mut other = response::Head::default();
    let split = match other.parse(&text[..cut], 0, answering, &Limits::RESPONSE) {
        Ok(Progress::Partial) => other.parse(text, cut, answering, &Limits::RESPONSE),
        first => first,
    };
    if whole == Ok(Progress::Complete) {
        assert_eq!(split, whole, "the cut changes the answer");
        assert_eq!((other.len(), other.framing()), (head.len(), head.framing()));
    } else {
        assert_ne!(split, Ok(Progress::Complete), "the cut changes the answer");
        return;
    }

    let edits = Edits {
        client_version,
        keep_alive: true,
        date: b"d",
        remove: &[],
        rewrites_cookies: false,
        lines: b"Set-Cookie: a=b\r\n",
    };
    let mut sent = Vec::new();
    response::write_head(&mut sent, text, &head, &edits);
    assert!(sent.ends_with(b"\r\n\r\n"));
    let mut lines = [httparse::EMPTY_HEADER; 300];
    let mut parsed = httparse::Response::new(&mut lines);
    assert_eq!(parsed.parse(&sent), Ok(httparse::Status::Complete(sent.len())));
    assert_eq!(parsed.code, Some(head.status()));
    let count =
        |name: &str| parsed.headers.iter().filter(|line| line.name.eq_ignore_ascii_case(name)).count();
    let framing = response::client_framing(head.framing(), client_version);
    assert_eq!(count("transfer-encoding"), usize::from(framing == Framing::Chunked));
    assert!(count("content-length") + count("transfer-encoding") <= 1);
    assert_eq!(count("connection"), usize::from(!head.is_interim()));
});
