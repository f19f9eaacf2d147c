//! What a target answers and, to the byte, what a client gets.

use crate::response::{self, Answering, Edits, HeadError};
use crate::{Framing, Limits, Progress, Version};

const DATE: &[u8] = b"Thu, 23 Sep 2021 10:26:41 GMT";
const GET: Answering = Answering { head_request: false, upgrade: false };
const HEAD: Answering = Answering { head_request: true, upgrade: false };
const UPGRADE: Answering = Answering { head_request: false, upgrade: true };

fn edits() -> Edits<'static> {
    Edits {
        client_version: Version::Http11,
        keep_alive: true,
        date: DATE,
        remove: &[],
        rewrites_cookies: false,
        lines: b"",
    }
}

fn parse(input: &[u8], answering: Answering) -> Result<response::Head, HeadError> {
    let mut head = response::Head::default();
    let progress = head.parse(input, 0, answering, &Limits::RESPONSE)?;
    assert_eq!(progress, Progress::Complete, "{:?}", String::from_utf8_lossy(input));
    Ok(head)
}

fn sent(input: &[u8], answering: Answering, edits: &Edits<'_>) -> String {
    let head = parse(input, answering).unwrap();
    let mut out = Vec::new();
    response::write_head(&mut out, input, &head, edits);
    String::from_utf8(out).unwrap()
}

#[test]
fn a_page_with_a_session_goes_out_as_alb_sends_it() {
    let answer = b"HTTP/1.1 200 OK\r\nServer: gunicorn\r\nDate: Thu, 23 Sep 2021 10:26:40 GMT\r\nConnection: close\r\n\
        Content-Type: text/html\r\nContent-Length: 12\r\nSet-Cookie: session=1; HttpOnly\r\n\r\n";
    let edits = Edits { lines: b"Set-Cookie: AWSALB=x; Path=/\r\n", ..edits() };
    let expected = "HTTP/1.1 200 OK\r\nServer: gunicorn\r\nDate: Thu, 23 Sep 2021 10:26:40 GMT\r\n\
        Content-Type: text/html\r\nSet-Cookie: session=1; HttpOnly\r\nSet-Cookie: AWSALB=x; Path=/\r\n\
        Content-Length: 12\r\nConnection: keep-alive\r\n\r\n";
    assert_eq!(sent(answer, GET, &edits), expected);
}

#[test]
fn rewritten_cookies_take_the_place_of_the_targets_own() {
    let answer =
        b"HTTP/1.1 204 No Content\r\nSet-Cookie: a=1\r\nX-A: 1\r\nset-cookie: b=2\r\nDate: x\r\n\r\n";
    let lines = b"Set-Cookie: a=1; Secure\r\nSet-Cookie: b=2; Secure\r\n";
    let edits = Edits { rewrites_cookies: true, lines, ..edits() };
    let expected = "HTTP/1.1 204 No Content\r\nX-A: 1\r\nDate: x\r\nSet-Cookie: a=1; Secure\r\n\
        Set-Cookie: b=2; Secure\r\nConnection: keep-alive\r\n\r\n";
    assert_eq!(sent(answer, GET, &edits), expected);
}

#[test]
fn an_untidy_answer_is_tidied() {
    let answer = b"HTTP/1.0 404  Not  There \nX-A:1\nx-b:  2 \nKeep-Alive: x\nProxy-Connection: y\nUpgrade: h2c\nTE: z\n\n";
    let expected = "HTTP/1.1 404  Not  There \r\nX-A: 1\r\nx-b: 2\r\nDate: Thu, 23 Sep 2021 10:26:41 GMT\r\n\
        Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n";
    assert_eq!(sent(answer, GET, &edits()), expected);
}

#[test]
fn bodies_end_as_rfc_9112_has_it() {
    let cases: [(&str, Answering, Framing); 17] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", GET, Framing::Length(5)),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", GET, Framing::Length(5)),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", GET, Framing::Length(0)),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", GET, Framing::Chunked),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n", GET, Framing::UntilClose),
        ("HTTP/1.1 200 OK\r\n\r\n", GET, Framing::UntilClose),
        ("HTTP/1.0 200 OK\r\n\r\n", GET, Framing::UntilClose),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", HEAD, Framing::None),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", HEAD, Framing::None),
        ("HTTP/1.1 200 OK\r\n\r\n", HEAD, Framing::None),
        ("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", GET, Framing::None),
        ("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", GET, Framing::None),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", GET, Framing::None),
        ("HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n", GET, Framing::None),
        ("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", GET, Framing::None),
        ("HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", UPGRADE, Framing::None),
        ("HTTP/1.1 999\r\nContent-Length: 1\r\n\r\n", GET, Framing::Length(1)),
    ];
    for (answer, answering, framing) in cases {
        assert_eq!(parse(answer.as_bytes(), answering).unwrap().framing(), framing, "{answer:?}");
    }
}

#[test]
fn hostile_answers_are_refused() {
    use HeadError as E;
    let cases: [(&[u8], HeadError); 40] = [
        (b"HTTP/1.1 OK\r\n\r\n", E::BadStatusLine),
        (b"HTTP/1.1  200 OK\r\n\r\n", E::BadStatusLine),
        (b"HTTP/1.1 20 OK\r\n\r\n", E::BadStatusLine),
        (b"HTTP/1.1 2000 OK\r\n\r\n", E::BadStatusLine),
        (b"HTTP/1.1 099 OK\r\n\r\n", E::BadStatusLine),
        (b"HTTP/1.1 000 OK\r\n\r\n", E::BadStatusLine),
        (b"HTTP/1.1 +20 OK\r\n\r\n", E::BadStatusLine),
        (b"HTTP/1.1 200 O\x00K\r\n\r\n", E::BadStatusLine),
        (b"HTTP/1.1 200 O\rK\r\n\r\n", E::BadStatusLine),
        (b"HTTP/1.2 200 OK\r\n\r\n", E::BadStatusLine),
        (b"HTTP/2 200 OK\r\n\r\n", E::BadStatusLine),
        (b"HTTP/0.9 200 OK\r\n\r\n", E::BadStatusLine),
        (b"http/1.1 200 OK\r\n\r\n", E::BadStatusLine),
        (b"ICY 200 OK\r\n\r\n", E::BadStatusLine),
        (b"\r\nHTTP/1.1 200 OK\r\n\r\n", E::BadStatusLine),
        (b"<html>hello</html>", E::BadStatusLine),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", E::BadContentLength),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n", E::BadContentLength),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", E::BadContentLength),
        (b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n", E::BadContentLength),
        (b"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", E::BadContentLength),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n", E::BadContentLength),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            E::ConflictingFraming,
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: identity\r\n\r\n",
            E::ConflictingFraming,
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            E::BadTransferEncoding,
        ),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", E::BadTransferEncoding),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", E::BadTransferEncoding),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked,\r\n\r\n", E::BadTransferEncoding),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n", E::BadTransferEncoding),
        (b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", E::BadTransferEncoding),
        (b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", E::BadField),
        (b"HTTP/1.1 200 OK\r\nX : a\r\n\r\n", E::BadField),
        (b"HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n", E::BadField),
        (b"HTTP/1.1 200 OK\r\nX: a\x00\r\n\r\n", E::BadField),
        (b"HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n", E::BadField),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", E::BadField),
        (b"HTTP/1.1 200 OK\r\n: a\r\n\r\n", E::BadField),
        (b"HTTP/1.1 200 OK\r\nX\xff: a\r\n\r\n", E::BadField),
        (b"HTTP/1.1 200 OK\r\nConnection: a,b,c,d,e,f,g,h,i\r\n\r\n", E::TooManyConnectionOptions),
        (b"HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", E::UnexpectedSwitch),
    ];
    for (answer, expected) in cases {
        assert_eq!(parse(answer, GET).err(), Some(expected), "{:?}", String::from_utf8_lossy(answer));
    }
    let unnamed = b"HTTP/1.1 101 X\r\nConnection: upgrade\r\n\r\n";
    assert_eq!(parse(unnamed, UPGRADE).err(), Some(E::UnexpectedSwitch));
}

#[test]
fn r23_response_headers_end_at_32k() {
    let answer = |size: usize| {
        let start = "HTTP/1.1 200 OK\r\nX: ";
        format!("{start}{}\r\n\r\n", "a".repeat(size - start.len() - 4))
    };
    assert!(parse(answer(32_768).as_bytes(), GET).is_ok());
    assert_eq!(parse(answer(32_769).as_bytes(), GET).err(), Some(HeadError::TooLong));
    let endless = "HTTP/1.1 200 OK\r\n".to_owned() + &"X: y\r\n".repeat(6_000);
    let result = response::Head::default().parse(endless.as_bytes(), 0, GET, &Limits::RESPONSE);
    assert_eq!(result, Err(HeadError::TooManyFields));
    let unfinished = vec![b'a'; 40_000];
    let answer = [b"HTTP/1.1 200 OK\r\nX: ".as_slice(), &unfinished].concat();
    let result = response::Head::default().parse(&answer, 20, GET, &Limits::RESPONSE);
    assert_eq!(result, Err(HeadError::TooLong));
}

#[test]
fn a_targets_connection_is_kept_as_its_version_has_it() {
    let cases = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\n\r\n", false),
        ("HTTP/1.1 304 X\r\n\r\n", true),
    ];
    for (answer, keep_alive) in cases {
        assert_eq!(parse(answer.as_bytes(), GET).unwrap().keep_alive(), keep_alive, "{answer:?}");
    }
}

#[test]
fn each_client_gets_a_framing_it_knows() {
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\nDate: d\r\n\r\n";
    assert_eq!(
        sent(chunked, GET, &edits()),
        "HTTP/1.1 200 OK\r\nDate: d\r\nTrailer: x\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
    );
    let old = Edits { client_version: Version::Http10, ..edits() };
    assert_eq!(sent(chunked, GET, &old), "HTTP/1.1 200 OK\r\nDate: d\r\nConnection: close\r\n\r\n");
    let length = b"HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 5\r\n\r\n";
    assert_eq!(
        sent(length, GET, &old),
        "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n"
    );
    let oldest = Edits { client_version: Version::Http09, ..edits() };
    assert_eq!(sent(length, GET, &oldest), "");
}

#[test]
fn answers_without_a_body_keep_the_length_they_speak_of() {
    let answer = |status: &str| format!("HTTP/1.1 {status}\r\nDate: d\r\nContent-Length: 5\r\n\r\n");
    let cases = [("200 OK", HEAD, true), ("304 Not Modified", GET, true), ("204 No Content", GET, false)];
    for (status, answering, length) in cases {
        let sent = sent(answer(status).as_bytes(), answering, &edits());
        assert_eq!(sent.contains("Content-Length: 5\r\n"), length, "{status}");
        assert!(!sent.contains("Transfer-Encoding"));
    }
}

#[test]
fn a_switch_of_protocols_is_passed_on() {
    let answer = b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nSec-WebSocket-Accept: k\r\nDate: d\r\n\r\n";
    let edits = Edits { lines: b"Set-Cookie: AWSALB=x\r\n", ..edits() };
    let expected = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nSec-WebSocket-Accept: k\r\nDate: d\r\n\
        Set-Cookie: AWSALB=x\r\nConnection: Upgrade\r\n\r\n";
    assert_eq!(sent(answer, UPGRADE, &edits), expected);
    assert!(parse(answer, UPGRADE).unwrap().is_switch());
}

#[test]
fn interim_heads_are_passed_without_our_lines_and_the_next_follows() {
    let answers = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let first = parse(answers, GET).unwrap();
    assert!(first.is_interim());
    let edits = Edits { lines: b"Set-Cookie: AWSALB=x\r\n", ..edits() };
    assert_eq!(sent(answers, GET, &edits), "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    let second = parse(answers.get(first.len()..).unwrap(), GET).unwrap();
    assert_eq!((second.status(), second.is_interim()), (200, false));
}

#[test]
fn r26_modified_headers_replace_the_targets() {
    let answer = b"HTTP/1.1 200 OK\r\nDate: d\r\nX-Frame-Options: ALLOW\r\nx-frame-options: b\r\nContent-Length: 0\r\n\r\n";
    let edits = Edits { remove: &[b"X-Frame-Options"], lines: b"X-Frame-Options: DENY\r\n", ..edits() };
    let expected = "HTTP/1.1 200 OK\r\nDate: d\r\nX-Frame-Options: DENY\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n";
    assert_eq!(sent(answer, GET, &edits), expected);
}

#[test]
fn cookies_of_the_target_can_be_looked_at() {
    let answer =
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX: y\r\nset-cookie: b=2; Path=/\r\nConnection: X\r\n\r\n";
    let head = parse(answer, GET).unwrap();
    assert_eq!(head.set_cookies(answer).collect::<Vec<_>>(), [b"a=1".as_slice(), b"b=2; Path=/"]);
    assert_eq!(head.values(answer, b"x").collect::<Vec<_>>(), [b"y"]);
    assert_eq!((head.size(), head.fields(answer).count()), (answer.len(), 4));
    assert!(!sent(answer, GET, &edits()).contains("X: y"));
}
