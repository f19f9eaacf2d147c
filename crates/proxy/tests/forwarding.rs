//! Requests and answers that are passed on, as clients and targets see them (facts, section 3).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use support::World;
use support::client::header;
use support::target::Target;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

#[test]
fn a_request_gets_the_forwarding_headers_of_r1_r7_and_r8() {
    let target = Target::answering(OK);
    let world = World::new(&[target.address]);
    let response = world.client().get("/cart?x=1", "User-Agent: test\r\n");
    assert_eq!((response.status(), response.text()), (200, "hi"));
    let head = target.text(0);
    assert!(head.starts_with("GET /cart?x=1 HTTP/1.1\r\n"), "{head}");
    assert_eq!(header(&head, "X-Forwarded-For"), Some("127.0.0.1"));
    assert_eq!(header(&head, "X-Forwarded-Proto"), Some("http"));
    assert_eq!(header(&head, "X-Forwarded-Port"), Some(world.setup.port.to_string().as_str()));
    assert_eq!(header(&head, "Host"), Some(format!("shop.example:{}", world.setup.port).as_str()));
    assert!(header(&head, "X-Amzn-Trace-Id").unwrap().starts_with("Root=1-"), "{head}");
    assert_eq!(header(&head, "User-Agent"), Some("test"));
    let event = &world.events.wait(1)[0];
    assert_eq!((event.status, event.target_status, event.target), (200, Some(200), Some(1)));
    assert_eq!(event.uri, "/cart?x=1");
    assert_eq!(event.sent, response.head.len() as u64 + 2);
}

#[test]
fn a_connection_is_used_again_on_both_sides_r15() {
    let target = Target::answering(OK);
    let world = World::new(&[target.address]);
    let mut client = world.client();
    for n in 0..20 {
        assert_eq!(client.get(&format!("/{n}"), "").status(), 200);
    }
    assert_eq!(target.connections(), 1);
    world.events.wait(20);
}

#[test]
fn pipelined_requests_are_answered_in_order_and_never_pipelined_to_targets_r15() {
    let target = Target::start(|mut connection| {
        while let Some(request) = connection.request() {
            let path = request.split(' ').nth(1).unwrap().to_owned();
            connection.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{path}", path.len()));
        }
    });
    let world = World::new(&[target.address]);
    let mut client = world.client();
    let requests: String = (0..50).map(|n| format!("GET /{n} HTTP/1.1\r\nHost: a\r\n\r\n")).collect();
    client.send(requests);
    for n in 0..50 {
        assert_eq!(client.response().text(), format!("/{n}"));
    }
    client.send(
        "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /q HTTP/1.1\r\nHost: a\r\n\r\n",
    );
    assert_eq!(client.response().text(), "/p");
    assert_eq!(client.response().text(), "/q");
    world.events.wait(52);
}

#[test]
fn bodies_by_length_and_by_chunks_arrive_whole_with_trailers() {
    let target = Target::start(|mut connection| {
        while let Some(request) = connection.request() {
            let body = request.split_once("\r\n\r\n").unwrap().1.to_owned();
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n");
            connection.send(format!("{:x}\r\n{body}\r\n0\r\nx-sum: 1\r\n\r\n", body.len()));
        }
    });
    let world = World::new(&[target.address]);
    let mut client = world.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
    assert_eq!(client.response().text(), "hello");
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;ext=1\r\nhe\r\n3\r\nllo\r\n0\r\nx-t: 1\r\n\r\n");
    let head = client.head();
    assert_eq!(header(&head, "Transfer-Encoding"), Some("chunked"));
    let expected = "2\r\nhe\r\n3\r\nllo\r\n0\r\nx-t: 1\r\n\r\n";
    assert!(target.all().ends_with(expected), "extensions are dropped, chunks framed anew: {}", target.all());
    let echoed = format!("{:x}\r\n{expected}\r\n0\r\nx-sum: 1\r\n\r\n", expected.len());
    assert_eq!(String::from_utf8(client.take(echoed.len())).unwrap(), echoed);
}

#[test]
fn head_has_a_length_and_no_body() {
    let target = Target::answering("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n");
    let world = World::new(&[target.address]);
    let mut client = world.client();
    for _ in 0..2 {
        client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(header(&client.head(), "Content-Length"), Some("5000"));
    }
    assert_eq!(target.connections(), 1);
}

#[test]
fn an_answer_that_ends_with_its_connection_becomes_chunks_for_1_1_and_a_close_for_1_0() {
    let target = Target::start(|mut connection| {
        connection.request();
        connection.send("HTTP/1.1 200 OK\r\n\r\nhello ");
        connection.send("world");
    });
    let world = World::new(&[target.address]);
    let mut client = world.client();
    for _ in 0..2 {
        let response = client.get("/", "");
        assert_eq!(response.text(), "hello world");
        assert_eq!(response.header("Transfer-Encoding"), Some("chunked"));
    }
    let mut old = world.client();
    old.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    let response = old.response();
    assert_eq!((response.text(), response.header("Connection")), ("hello world", Some("close")));
}

#[test]
fn a_client_of_http_1_0_keeps_its_connection_only_if_it_asks() {
    let target = Target::answering(OK);
    let world = World::new(&[target.address]);
    let mut client = world.client();
    client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assert_eq!(client.response().header("Connection"), Some("keep-alive"));
    client.send("GET / HTTP/1.0\r\n\r\n");
    assert_eq!(client.response().header("Connection"), Some("close"));
    client.expect_close();
    assert!(target.text(0).contains("Host: lb-1.us-east-1.elb.localhost"), "R9: {}", target.text(0));
}

#[test]
fn expect_is_answered_at_once_and_removed_r16() {
    let target = Target::answering(OK);
    let world = World::new(&[target.address]);
    let mut client = world.client();
    client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    assert_eq!(client.head(), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("body");
    assert_eq!(client.response().status(), 200);
    assert!(!target.all().contains("Expect"), "{}", target.all());
    assert!(target.all().ends_with("body"));
}

#[test]
fn interim_responses_are_passed_on_except_100() {
    let target = Target::start(|mut connection| {
        connection.request();
        connection.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
        connection.send(OK);
    });
    let world = World::new(&[target.address]);
    let mut client = world.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let hints = client.head();
    assert!(hints.starts_with("HTTP/1.1 103 "), "{hints}");
    assert_eq!(header(&hints, "Link"), Some("</a.css>"));
    assert_eq!(client.response().status(), 200);
    world.events.wait(1);
}

#[test]
fn a_target_that_closes_after_its_answer_is_not_used_again_r15() {
    let target = Target::start(|mut connection| {
        connection.request();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
    });
    let world = World::new(&[target.address]);
    let mut client = world.client();
    for _ in 0..3 {
        let response = client.get("/", "");
        assert_eq!((response.status(), response.header("Connection")), (200, Some("keep-alive")));
    }
    assert_eq!(target.connections(), 3);
}

#[test]
fn a_client_that_has_finished_sending_still_gets_its_answer() {
    let target = Target::answering(OK);
    let world = World::new(&[target.address]);
    let mut client = world.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").finish();
    assert_eq!(client.response().status(), 200);
    client.expect_close();
    assert_eq!(world.events.wait(1)[0].status, 200);
}

#[test]
fn the_listeners_response_headers_replace_the_targets_r26() {
    let target = Target::answering("HTTP/1.1 200 OK\r\nX-Frame-Options: ALLOW\r\nContent-Length: 0\r\n\r\n");
    let world = World::with(&[target.address], |setup| {
        setup.with("routing.http.response.x_frame_options.header_value", "DENY")
    });
    let response = world.client().get("/", "");
    let lines: Vec<_> = response.head.lines().filter(|line| line.starts_with("X-Frame-Options")).collect();
    assert_eq!(lines, ["X-Frame-Options: DENY"]);
}
