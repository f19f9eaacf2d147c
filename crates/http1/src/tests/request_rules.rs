//! The rules of section 3, one story each: what a client sends and, to the byte, what a target gets.

use super::{accept, accept_with};
use crate::request::{Edits, ForwardedFor, HeadError, HostEdit, TargetConnection};
use crate::{Framing, Version};

/// An HTTP listener on port 80 of a load balancer with ALB's default attributes.
fn defaults() -> Edits<'static> {
    Edits {
        forwarded_for: ForwardedFor::Append(b"127.0.0.1"),
        forwarded_proto: b"http",
        forwarded_port: 80,
        host: HostEdit { preserve: false, listener_port: 80, default_host: b"lb.example", rewritten: None },
        trace_id: Some(b"Root=1-67891233-abcdef012345678912345678"),
        ..Edits::default()
    }
}

fn sent(head: &str, edits: &Edits<'_>) -> String {
    accept_with(head.as_bytes(), edits).unwrap().sent
}

/// The lines a target gets with this name.
fn lines_of(head: &str, edits: &Edits<'_>, name: &str) -> Vec<String> {
    let wanted = format!("{}:", name.to_ascii_lowercase());
    let sent = sent(head, edits);
    sent.lines().filter(|line| line.to_ascii_lowercase().starts_with(&wanted)).map(str::to_owned).collect()
}

#[test]
fn a_browser_request_goes_out_as_alb_sends_it() {
    let head = "GET /cart?item=1 HTTP/1.1\r\nHost: Shop.Example.com:80\r\nConnection: keep-alive\r\n\
                User-Agent: Mozilla/5.0\r\nAccept: text/html\r\nAccept-Encoding: gzip, deflate\r\n\
                Cookie: AWSALB=abc; theme=dark\r\n\r\n";
    let expected = "GET /cart?item=1 HTTP/1.1\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n\
                    X-Forwarded-Port: 80\r\nHost: shop.example.com\r\n\
                    X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678\r\n\
                    User-Agent: Mozilla/5.0\r\nAccept: text/html\r\nAccept-Encoding: gzip, deflate\r\n\
                    Cookie: AWSALB=abc; theme=dark\r\n\r\n";
    assert_eq!(sent(head, &defaults()), expected);
}

#[test]
fn a_post_keeps_its_lines_and_gets_our_framing() {
    let head = "POST /a HTTP/1.1\r\ncontent-length:   0012\r\nHOST:a\r\nx-lower:1\r\nX-Upper:  2  \r\nTE: trailers\r\n\r\n";
    let expected = "POST /a HTTP/1.1\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n\
                    X-Forwarded-Port: 80\r\nHost: a\r\n\
                    X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678\r\n\
                    x-lower: 1\r\nX-Upper: 2\r\nContent-Length: 12\r\n\r\n";
    assert_eq!(sent(head, &defaults()), expected);
}

#[test]
fn r2_r3_r5_forwarded_for_is_appended_preserved_or_removed() {
    let none = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let one = "GET / HTTP/1.1\r\nHost: a\r\nx-forwarded-for: 127.0.0.4\r\n\r\n";
    let two =
        "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.1.1.1, 2.2.2.2\r\nX-Forwarded-For: 3.3.3.3\r\n\r\n";
    let append = ForwardedFor::Append(b"127.0.0.1");
    let cases: [(&str, ForwardedFor<'_>, &[&str]); 8] = [
        (none, append, &["X-Forwarded-For: 127.0.0.1"]),
        (one, append, &["X-Forwarded-For: 127.0.0.4, 127.0.0.1"]),
        (two, append, &["X-Forwarded-For: 1.1.1.1, 2.2.2.2, 3.3.3.3, 127.0.0.1"]),
        (
            one,
            ForwardedFor::Append(b"[2001:db8::1]:8080"),
            &["X-Forwarded-For: 127.0.0.4, [2001:db8::1]:8080"],
        ),
        (none, ForwardedFor::Preserve, &[]),
        (one, ForwardedFor::Preserve, &["x-forwarded-for: 127.0.0.4"]),
        (two, ForwardedFor::Preserve, &["X-Forwarded-For: 1.1.1.1, 2.2.2.2", "X-Forwarded-For: 3.3.3.3"]),
        (two, ForwardedFor::Remove, &[]),
    ];
    for (head, forwarded_for, expected) in cases {
        let edits = Edits { forwarded_for, ..defaults() };
        assert_eq!(lines_of(head, &edits, "x-forwarded-for"), expected, "{head:?} {forwarded_for:?}");
    }
}

#[test]
fn r1_a_client_cannot_speak_for_the_listener() {
    let head = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\nx-forwarded-port: 1\r\n\r\n";
    assert_eq!(lines_of(head, &defaults(), "x-forwarded-proto"), ["X-Forwarded-Proto: http"]);
    assert_eq!(lines_of(head, &defaults(), "x-forwarded-port"), ["X-Forwarded-Port: 80"]);
}

#[test]
fn r4_thirty_addresses_pass_and_thirty_one_do_not() {
    let head = |count: usize| {
        let list = vec!["1.1.1.1"; count].join(", ");
        format!("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {list}\r\n\r\n")
    };
    assert!(accept(head(30).as_bytes()).is_ok());
    assert_eq!(accept(head(31).as_bytes()).err(), Some(HeadError::TooManyForwardedFor));
    assert_eq!(HeadError::TooManyForwardedFor.status(), 463);
    let split = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X-Forwarded-For: 1.1.1.1\r\n".repeat(31));
    assert_eq!(accept(split.as_bytes()).err(), Some(HeadError::TooManyForwardedFor));
}

#[test]
fn r7_our_trace_id_replaces_the_clients() {
    let head = "GET / HTTP/1.1\r\nHost: a\r\nx-amzn-trace-id: Root=1-1-1\r\n\r\n";
    assert_eq!(
        lines_of(head, &defaults(), "x-amzn-trace-id"),
        ["X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678"]
    );
    let edits = Edits { trace_id: None, ..defaults() };
    assert_eq!(lines_of(head, &edits, "x-amzn-trace-id"), ["x-amzn-trace-id: Root=1-1-1"]);
}

#[test]
fn r8_r9_the_host_is_lowered_and_gets_the_listeners_port() {
    let cases = [
        ("/", "A.Example", 80, false, "a.example"),
        ("/", "a.example:8080", 80, false, "a.example"),
        ("/", "a.example:8080", 443, false, "a.example"),
        ("/", "a.example", 8080, false, "a.example:8080"),
        ("/", "a.example:9090", 8080, false, "a.example:9090"),
        ("/", "a.example:", 8080, false, "a.example:8080"),
        ("/", "[2001:DB8::1]", 8080, false, "[2001:db8::1]:8080"),
        ("/", "A.Example:9090", 80, true, "A.Example:9090"),
        ("http://B.Example/", "a.example", 80, false, "b.example"),
        ("http://b.example:81/", "a.example", 8080, false, "b.example:81"),
        ("http://b.example/", "A.example", 8080, true, "A.example"),
    ];
    for (target, host, listener_port, preserve, expected) in cases {
        let head = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let host_edit = HostEdit { preserve, listener_port, default_host: b"lb.example", rewritten: None };
        let edits = Edits { host: host_edit, ..defaults() };
        assert_eq!(
            lines_of(&head, &edits, "host"),
            [format!("Host: {expected}")],
            "{target} {host} {listener_port}"
        );
    }
}

#[test]
fn r9_an_old_client_without_host_gets_the_load_balancers_name() {
    for head in ["GET / HTTP/1.0\r\n\r\n", "GET / HTTP/0.9\r\n\r\n", "GET /\r\n"] {
        assert_eq!(lines_of(head, &defaults(), "host"), ["Host: lb.example"], "{head:?}");
        assert!(sent(head, &defaults()).starts_with("GET / HTTP/1.1\r\n"));
    }
    let host = HostEdit { listener_port: 8080, ..defaults().host };
    let edits = Edits { host, ..defaults() };
    assert_eq!(lines_of("GET / HTTP/1.0\r\n\r\n", &edits, "host"), ["Host: lb.example:8080"]);
}

#[test]
fn l21_a_rewritten_host_and_path_take_the_place_of_the_clients() {
    let host = HostEdit { listener_port: 8080, rewritten: Some(b"Internal.example"), ..defaults().host };
    let edits = Edits { host, path_and_query: Some(b"/x y\r\nEvil: 1?\xe9#"), ..defaults() };
    for head in ["GET /a HTTP/1.1\r\nHost: b:9\r\n\r\n", "GET http://c/a HTTP/1.1\r\nHost: b\r\n\r\n"] {
        assert_eq!(lines_of(head, &edits, "host"), ["Host: internal.example:8080"], "R8, R9");
        assert!(sent(head, &edits).starts_with("GET /x%20y%0D%0AEvil:%201?%E9%23 HTTP/1.1\r\n"));
    }
    let preserve = Edits { host: HostEdit { preserve: true, ..host }, ..edits };
    assert_eq!(lines_of("GET / HTTP/1.1\r\nHost: b\r\n\r\n", &preserve, "host"), ["Host: Internal.example"]);
}

#[test]
fn an_absolute_target_goes_out_as_a_path() {
    let cases = [
        ("GET", "http://a/b?c", "/b?c"),
        ("GET", "http://a", "/"),
        ("GET", "http://a?b", "/?b"),
        ("OPTIONS", "http://a", "*"),
        ("OPTIONS", "*", "*"),
        ("OPTIONS", "http://a/", "/"),
    ];
    for (method, target, expected) in cases {
        let sent = sent(&format!("{method} {target} HTTP/1.1\r\nHost: a\r\n\r\n"), &defaults());
        assert!(sent.starts_with(&format!("{method} {expected} HTTP/1.1\r\n")), "{target}: {sent}");
    }
}

#[test]
fn a_target_is_passed_as_it_is_unless_it_would_not_be_valid() {
    let cases: [(&[u8], &str); 8] = [
        (b"/a%20b?c=%00", "/a%20b?c=%00"),
        (b"/a|b?{\"c\"}^`\\", "/a|b?{\"c\"}^`\\"),
        (b"/a b", "/a%20b"),
        (b"/a?b c", "/a?b%20c"),
        (b"/\x01\x7f", "/%01%7F"),
        ("/é".as_bytes(), "/%C3%A9"),
        (b"/\xff", "/%FF"),
        (b"/a#b", "/a%23b"),
    ];
    for (target, expected) in cases {
        let head = [b"GET ", target, b" HTTP/1.1\r\nHost: a\r\n\r\n"].concat();
        let sent = accept(&head).unwrap().sent;
        assert!(sent.starts_with(&format!("GET {expected} HTTP/1.1\r\n")), "{sent}");
    }
}

#[test]
fn r10_names_beyond_letters_digits_and_hyphens_can_be_dropped() {
    let head = "GET / HTTP/1.1\r\nHost: a\r\nX_Y: 1\r\nX.Y: 2\r\nX-Y: 3\r\nCookie: c\r\n\r\n";
    let drop = Edits { drop_invalid_names: true, ..Edits::default() };
    assert!(sent(head, &Edits::default()).contains("X_Y: 1\r\nX.Y: 2\r\nX-Y: 3\r\n"));
    let dropped = sent(head, &drop);
    assert!(!dropped.contains("X_Y") && !dropped.contains("X.Y"));
    assert!(dropped.contains("X-Y: 3\r\nCookie: c\r\n"));
}

#[test]
fn r14_a_folded_line_never_reaches_a_target() {
    let head = "GET / HTTP/1.1\r\nHost: a\r\nX-One: 1\r\n folded: yes\r\nX-Two: 2\r\n\r\n";
    let sent = sent(head, &Edits::default());
    assert!(sent.contains("X-One: 1\r\nX-Two: 2\r\n") && !sent.contains("folded"));
}

#[test]
fn control_characters_in_values_become_blanks() {
    let head = b"GET / HTTP/1.1\r\nHost: a\r\nX-One: a\x01b\x00c\rd\x7fe\r\n\r\n";
    assert!(accept(head).unwrap().sent.contains("X-One: a b c d e\r\n"));
}

#[test]
fn r15_the_connection_is_kept_as_the_version_has_it() {
    let cases = [
        ("HTTP/1.1", "", true),
        ("HTTP/1.1", "Connection: close\r\n", false),
        ("HTTP/1.1", "Connection: keep-alive, Close\r\n", false),
        ("HTTP/1.1", "Connection: x\r\nConnection: close\r\n", false),
        ("HTTP/1.0", "", false),
        ("HTTP/1.0", "Connection: Keep-Alive\r\n", true),
        ("HTTP/1.0", "Connection: keep-alive, close\r\n", false),
        ("HTTP/1.0", "Proxy-Connection: keep-alive\r\n", false),
        ("HTTP/0.9", "Connection: keep-alive\r\n", false),
    ];
    for (version, lines, keep_alive) in cases {
        let head = format!("GET / {version}\r\nHost: a\r\n{lines}\r\n");
        assert_eq!(accept(head.as_bytes()).unwrap().keep_alive, keep_alive, "{version} {lines:?}");
    }
}

#[test]
fn headers_of_one_hop_stay_here() {
    let head = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Hop, cookie\r\nKeep-Alive: timeout=5\r\n\
                Proxy-Connection: keep-alive\r\nTE: trailers\r\nTrailer: x\r\nUpgrade: websocket\r\nX-Hop: 1\r\n\
                x-hop: 2\r\nExpect: 100-continue\r\nCookie: kept\r\nX-End: 3\r\n\r\n";
    let expected = "GET / HTTP/1.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: 80\r\nHost: a\r\n\
                    Cookie: kept\r\nX-End: 3\r\n\r\n";
    assert_eq!(sent(head, &Edits::default()), expected);
}

#[test]
fn only_what_may_be_a_trailer_is_announced() {
    let cases = [
        ("Trailer: X-Checksum\r\n", "Trailer: X-Checksum"),
        ("Trailer: a,b\r\nTrailer: c\r\n", "Trailer: a, b, c"),
        ("Trailer: Content-Length, a, Transfer-Encoding, Host, Trailer, Connection, TE\r\n", "Trailer: a"),
        ("Trailer: Authorization, transfer_encoding, X-Forwarded-For, X_Elbow_Stickiness\r\n", ""),
        ("Trailer: not a token, b(\r\n", ""),
    ];
    for (lines, announced) in cases {
        let head = format!("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n{lines}\r\n");
        let sent = sent(&head, &Edits::default());
        let found: Vec<&str> = sent.lines().filter(|line| line.starts_with("Trailer")).collect();
        assert_eq!(found.join("|"), announced, "{lines:?}");
    }
}

#[test]
fn r16_expect_is_answered_here() {
    let cases = [
        ("HTTP/1.1", "100-continue", true),
        ("HTTP/1.1", "100-Continue", true),
        ("HTTP/1.0", "100-continue", false),
        ("HTTP/1.1", "something", false),
    ];
    for (version, value, waits) in cases {
        let head = format!("POST / {version}\r\nHost: a\r\nExpect: {value}\r\nContent-Length: 3\r\n\r\n");
        let mut parsed = crate::request::Head::default();
        parsed.parse(head.as_bytes(), &mut Default::default(), &crate::Limits::REQUEST).unwrap();
        assert_eq!(parsed.expects_continue(head.as_bytes()), waits, "{version} {value}");
        assert!(lines_of(&head, &Edits::default(), "expect").is_empty());
    }
}

#[test]
fn r21_an_upgrade_goes_out_only_where_it_is_safe() {
    let websocket = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n";
    let cases = [
        ("HTTP/1.1", websocket, Some("websocket")),
        ("HTTP/1.1", "connection: keep-alive, upgrade\r\nupgrade: WebSocket\r\n", Some("WebSocket")),
        ("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: my-proto/1.0\r\n", Some("my-proto/1.0")),
        ("HTTP/1.0", websocket, None),
        ("HTTP/1.1", "Upgrade: websocket\r\n", None),
        ("HTTP/1.1", "Connection: Upgrade\r\n", None),
        ("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: h2c\r\n", None),
        ("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n", None),
        ("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n", None),
        ("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: HTTP/2.0\r\n", None),
        ("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n", None),
        ("HTTP/1.1", "Connection: Upgrade\r\nUpgrade:\r\n", None),
        ("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 5\r\n", None),
        ("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked\r\n", None),
    ];
    for (version, lines, expected) in cases {
        let head = format!("GET /chat {version}\r\nHost: a\r\n{lines}\r\n");
        let edits = Edits { connection: TargetConnection::Upgrade, ..Edits::default() };
        let protocol: Vec<String> = expected.iter().map(|protocol| format!("Upgrade: {protocol}")).collect();
        assert_eq!(lines_of(&head, &edits, "upgrade"), protocol, "{version} {lines:?}");
        let connection: &[&str] = if expected.is_some() { &["Connection: Upgrade"] } else { &[] };
        assert_eq!(lines_of(&head, &edits, "connection"), connection);
    }
}

#[test]
fn a_target_can_be_told_to_close() {
    let edits = Edits { connection: TargetConnection::Close, ..Edits::default() };
    let head = "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n";
    assert_eq!(lines_of(head, &edits, "connection"), ["Connection: close"]);
}

#[test]
fn what_we_speak_for_is_not_taken_from_clients() {
    let head = "GET / HTTP/1.1\r\nHost: a\r\nX-Elbow-Stickiness: hit\r\nX-Elbow-Stickiness-From: b\r\nX-End: 1\r\n\r\n";
    let edits = Edits {
        remove: &[b"x-elbow-stickiness", b"x-elbow-stickiness-from"],
        lines: b"X-Elbow-Stickiness: new\r\n",
        ..Edits::default()
    };
    assert!(sent(head, &edits).ends_with("Host: a\r\nX-End: 1\r\nX-Elbow-Stickiness: new\r\n\r\n"));
}

#[test]
fn r23_limits_refuse_the_first_byte_too_many() {
    let line = |length: usize| {
        let target = "a".repeat(length - "GET / HTTP/1.1".len());
        format!("GET /{target} HTTP/1.1\r\nHost: a\r\n\r\n")
    };
    assert!(accept(line(16_383).as_bytes()).is_ok());
    assert_eq!(accept(line(16_384).as_bytes()).err(), Some(HeadError::RequestLineTooLong));
    let field = |length: usize| {
        format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "a".repeat(length - "X: ".len()))
    };
    assert!(accept(field(16_383).as_bytes()).is_ok());
    assert_eq!(accept(field(16_384).as_bytes()).err(), Some(HeadError::FieldLineTooLong));
    let fields = |bytes: usize| {
        let start = format!("Host: a\r\n{}", format!("X: {}\r\n", "a".repeat(9_995)).repeat(6));
        format!("GET / HTTP/1.1\r\n{start}Y: {}\r\n\r\n", "a".repeat(bytes - start.len() - "Y: \r\n".len()))
    };
    assert!(accept(fields(65_536).as_bytes()).is_ok());
    assert_eq!(accept(fields(65_537).as_bytes()).err(), Some(HeadError::FieldsTooLong));
    let many = |count: usize| format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: y\r\n".repeat(count - 1));
    assert!(accept(many(256).as_bytes()).is_ok());
    assert_eq!(accept(many(257).as_bytes()).err(), Some(HeadError::TooManyFields));
    assert_eq!([HeadError::RequestLineTooLong.status(), HeadError::FieldLineTooLong.status()], [414, 400]);
}

#[test]
fn r10_invalid_names_are_noticed_whether_or_not_their_lines_can_be_forwarded() {
    let cases = [
        ("X-Plain: 1\r\nUser-Agent: _", false),
        ("X_Y: 1", true),
        ("Content_Length: 1", true),
        (": 1", true),
    ];
    for (lines, expected) in cases {
        let text = format!("GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n");
        let mut head = crate::request::Head::default();
        head.parse(text.as_bytes(), &mut Default::default(), &crate::Limits::REQUEST).unwrap();
        assert_eq!(head.has_invalid_names(text.as_bytes()), expected, "{lines}");
    }
}

#[test]
fn methods_and_targets_can_be_looked_at() {
    let text =
        b"PUT /a/b?c=d?e HTTP/1.1\r\nHost: A:1\r\nCookie: x=1\r\nX-A: 1\r\ncookie: y=2\r\nx-a: 2\r\n\r\nbody";
    let mut head = crate::request::Head::default();
    head.parse(text, &mut Default::default(), &crate::Limits::REQUEST).unwrap();
    assert_eq!(head.method(text), b"PUT");
    assert_eq!((head.path(text), head.query(text)), (b"/a/b".as_slice(), Some(b"c=d?e".as_slice())));
    assert_eq!(head.target(text), b"/a/b?c=d?e");
    assert_eq!(head.host(text), Some(b"A:1".as_slice()));
    assert_eq!(head.cookies(text).collect::<Vec<_>>(), [b"x=1", b"y=2"]);
    assert_eq!(head.values(text, b"X-a").collect::<Vec<_>>(), [b"1", b"2"]);
    assert_eq!(head.fields(text).count(), 5);
    assert_eq!(head.len(), text.len() - 4);
    assert_eq!((head.framing(), head.version()), (Framing::None, Version::Http11));
    assert!(head.is_idempotent(text) && !head.is_head(text) && !head.has_invalid_names(text));
}
