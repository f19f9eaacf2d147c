//! Hostile clients and hostile targets: a target receives exactly the requests that were sent, a client exactly the
//! answers that belong to them (quality Q2, Q3).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use support::World;
use support::target::Target;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// What becomes of bytes that a client sends.
enum Fate {
    /// Answered with this status by the load balancer; no target hears of it, and the connection closes.
    Refused(u16),
    /// The target gets so many requests, none of them `/smuggled`, and the connection closes after the answer.
    PassedAndClosed(usize),
    /// The target gets these requests, by path, and the connection stays.
    Passed(&'static [&'static str]),
}

#[test]
fn a_hostile_client_reaches_a_target_with_whole_requests_only() {
    use Fate::{Passed, PassedAndClosed, Refused};
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    let cases: &[(&str, String, Fate)] = &[
        ("two lengths", post("Content-Length: 0\r\nContent-Length: 35\r\n", smuggled), Refused(400)),
        ("a length beyond 2^63", post("Content-Length: 9223372036854775808\r\n", smuggled), Refused(400)),
        ("a length with a sign", post("Content-Length: +0\r\n", smuggled), Refused(400)),
        ("a list of lengths", post("Content-Length: 0, 0\r\n", smuggled), Refused(400)),
        ("an empty coding", post("Transfer-Encoding: chunked,\r\n", "0\r\n\r\n"), Refused(400)),
        ("an unknown coding", post("Transfer-Encoding: gzip\r\n", "0\r\n\r\n"), Refused(501)),
        ("chunked twice", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), Refused(400)),
        ("a name with a blank", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), PassedAndClosed(1)),
        ("both framing headers", post("Content-Length: 40\r\nTransfer-Encoding: chunked\r\n", &format!("0\r\n\r\n{smuggled}")), PassedAndClosed(1)),
        ("HTTP/1.0 with chunks", format!("POST / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}"), PassedAndClosed(1)),
        ("no Host", "GET / HTTP/1.1\r\n\r\n".to_owned(), Refused(400)),
        ("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".to_owned(), Refused(400)),
        ("a Host with a blank", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n".to_owned(), Refused(400)),
        ("TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), Refused(405)),
        ("an HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), Refused(505)),
        ("a method that is none", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), Refused(400)),
        ("no HTTP", "\u{16}\u{3}\u{1}\u{0}\u{a5}\u{1}\r\n\r\n".to_owned(), Refused(400)),
        ("31 addresses (R4)", format!("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {}1.1.1.1\r\n\r\n", "1.1.1.1, ".repeat(30)), Refused(463)),
        ("a chunk size that is none", post("Transfer-Encoding: chunked\r\n", "zz\r\n"), Refused(400)),
        ("a chunk size beyond 2^63", post("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFF1\r\n"), Refused(400)),
        ("a bare LF behind a chunk size", post("Transfer-Encoding: chunked\r\n", "1\nx\r\n0\r\n\r\n"), Refused(400)),
        ("a long request line (R23)", format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(17_000)), Refused(414)),
        ("a long header (R23)", format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "a".repeat(17_000)), Refused(400)),
        ("h2c", "GET /h2c HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n".to_owned(), Passed(&["/h2c"])),
        ("bytes behind an unanswered Upgrade", format!("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n{smuggled}"), Passed(&["/ws", "/smuggled"])),
        ("framing fields in trailers", post("Transfer-Encoding: chunked\r\n", &format!("0\r\nContent-Length: 40\r\nTransfer-Encoding: chunked\r\n\r\n{smuggled}")), Passed(&["/", "/smuggled"])),
    ];
    for (name, bytes, fate) in cases {
        let target = Target::answering(OK);
        let world = World::new(&[target.address]);
        let mut client = world.client();
        client.send(bytes);
        match fate {
            Refused(status) => {
                let response = client.response();
                assert_eq!(
                    (response.status(), response.header("Connection")),
                    (*status, Some("close")),
                    "{name}"
                );
                client.finish().expect_close();
                assert_eq!(target.all(), "", "{name}");
                assert_eq!(world.events.wait(1)[0].status, *status, "{name}");
            }
            PassedAndClosed(count) => {
                assert_eq!(client.response().status(), 200, "{name}");
                client.finish().expect_close();
                let received = target.all();
                assert!(!received.contains("smuggled"), "{name}: {received}");
                assert_eq!(received.matches(" HTTP/1.1\r\n").count(), *count, "{name}: {received}");
                world.events.wait(*count);
            }
            Passed(paths) => {
                for _ in *paths {
                    assert_eq!(client.response().status(), 200, "{name}");
                }
                let received = target.all();
                for path in *paths {
                    assert_eq!(
                        received.matches(&format!(" {path} HTTP/1.1\r\n")).count(),
                        1,
                        "{name}: {received}"
                    );
                }
                assert!(
                    !received.contains("HTTP2-Settings") && !received.contains("h2c\r\n"),
                    "{name}: {received}"
                );
                world.events.wait(paths.len());
            }
        }
    }
}

fn post(lines: &str, rest: &str) -> String {
    format!("POST / HTTP/1.1\r\nHost: a\r\n{lines}\r\n{rest}")
}

#[test]
fn a_malformed_answer_is_a_502_and_its_connection_is_not_used_again_e1() {
    let answers = [
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhi",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n",
        "hello\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 099 Early\r\n\r\n",
    ];
    for answer in answers {
        let target = Target::answering(answer);
        let world = World::new(&[target.address]);
        let mut client = world.client();
        for _ in 0..2 {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            assert_eq!(client.response().status(), 502, "{answer:?}");
        }
        assert_eq!(target.connections(), 2, "{answer:?}");
        assert!(world.events.wait(2).iter().all(|event| event.target_status.is_none()), "{answer:?}");
    }
}

#[test]
fn response_headers_beyond_32k_are_a_502_e1_r23() {
    let long: &'static str =
        Box::leak(format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "a".repeat(40_000)).into_boxed_str());
    let target = Target::answering(long);
    let world = World::new(&[target.address]);
    assert_eq!(world.client().get("/", "").status(), 502);
}

#[test]
fn interim_responses_without_end_are_a_502() {
    let target = Target::start(|mut connection| {
        connection.request();
        while connection.try_send("HTTP/1.1 100 Continue\r\n\r\n") {}
    });
    let world = World::new(&[target.address]);
    assert_eq!(world.client().get("/", "").status(), 502);
}

#[test]
fn a_target_that_says_more_than_it_announced_does_not_answer_the_next_client() {
    let target = Target::answering(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
    );
    let world = World::new(&[target.address]);
    for _ in 0..5 {
        assert_eq!(world.client().get("/", "").text(), "hi");
    }
    assert_eq!(target.connections(), 5, "no connection with bytes left over is used again");
}

#[test]
fn a_target_that_speaks_before_it_is_asked_does_not_answer_the_next_client() {
    let (answered, is_answered) = std::sync::mpsc::channel::<()>();
    let (spoken, has_spoken) = std::sync::mpsc::channel();
    let is_answered = std::sync::Mutex::new(is_answered);
    let target = Target::start(move |mut connection| {
        connection.request();
        connection.send(OK);
        if connection.number == 0 {
            // The client has the answer, so the load balancer keeps the connection, into which this is said.
            is_answered.lock().unwrap().recv().unwrap();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
            spoken.send(()).unwrap();
        }
        while connection.request().is_some() {
            connection.send(OK);
        }
    });
    let world = World::new(&[target.address]);
    let mut client = world.client();
    assert_eq!(client.get("/", "").text(), "hi");
    answered.send(()).unwrap();
    has_spoken.recv().unwrap();
    for _ in 0..5 {
        assert_eq!(client.get("/", "").text(), "hi");
    }
    assert_eq!(target.connections(), 2);
}

#[test]
fn a_chunked_answer_that_is_malformed_gets_no_end() {
    let target = Target::answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nzz\r\n");
    let world = World::new(&[target.address]);
    let mut client = world.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let all = String::from_utf8(client.rest()).unwrap();
    assert!(all.starts_with("HTTP/1.1 502 ") || !all.contains("0\r\n\r\n"), "{all}");
}

#[test]
fn a_clients_outcome_headers_do_not_reach_the_target() {
    let target = Target::answering(OK);
    let world = World::with(&[target.address], |setup| {
        setup.sticky().with("elbow.stickiness.outcome_header.enabled", "true")
    });
    world.client().get(
        "/",
        "X-Elbow-Stickiness: hit\r\nx-elbow-stickiness-from: 1.1.1.1:80\r\nX_Elbow_Stickiness: hit\r\n",
    );
    let lines: Vec<String> = target
        .text(0)
        .lines()
        .filter(|line| line.to_lowercase().replace('_', "-").starts_with("x-elbow"))
        .map(str::to_owned)
        .collect();
    assert_eq!(lines, ["X-Elbow-Stickiness: new"]);
}
