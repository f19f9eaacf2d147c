//! WebSocket over HTTP/2 (RFC 8441), for targets that speak it over HTTP/1.1 (R21, S56, quality Q17).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::io::Read;
use std::net::Shutdown;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64_simd::STANDARD;
use bytes::Bytes;
use h2::client::ResponseFuture;
use h2::ext::Protocol;
use h2::{Reason, SendStream};
use http::Request;
use support::World;
use support::client::header;
use support::http2::{Http2, rest, send_all, tell, until, whole};
use support::target::{Connection, Target};

/// What a server answers to a key (RFC 6455 section 4.2.2).
fn accept(key: &str) -> String {
    let salted = format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    STANDARD.encode_to_string(digest(&SHA1_FOR_LEGACY_USE_ONLY, salted.as_bytes()))
}

/// Agrees as RFC 6455 wants it.
fn agree(connection: &mut Connection) {
    let head = connection.head().unwrap();
    agree_to(connection, &head);
}

fn agree_to(connection: &mut Connection, head: &str) {
    assert_eq!((header(head, "Connection"), header(head, "Upgrade")), (Some("Upgrade"), Some("websocket")));
    let accept = accept(header(head, "Sec-WebSocket-Key").unwrap());
    connection.send(format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: chat\r\n\r\n"
    ));
}

/// Sends back whatever comes, until it ends.
fn echo() -> Target {
    Target::start(|mut connection| {
        agree(&mut connection);
        let mut stream = connection.stream.try_clone().unwrap();
        std::io::copy(&mut connection.stream, &mut stream).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
    })
}

fn world(target: &Target) -> World {
    World::with(&[target.address], |setup| {
        setup.sticky().with("elbow.http2.cleartext", "true").with("idle_timeout.timeout_seconds", "2")
    })
}

fn chat() -> http::request::Builder {
    Request::connect("http://shop.test/chat?room=1")
        .extension(Protocol::from_static("websocket"))
        .header("sec-websocket-version", "13")
        .header("sec-websocket-protocol", "chat")
        .header("origin", "http://shop.test")
}

/// Asks for a WebSocket, as soon as the load balancer has said that it may.
async fn open(client: &mut Http2) -> (ResponseFuture, SendStream<Bytes>) {
    until(|| client.send.is_extended_connect_protocol_enabled()).await;
    client.begin(chat(), false).await
}

#[test]
fn a_stream_becomes_a_websocket_of_http_1_and_bytes_go_both_ways() {
    let target = echo();
    let world = world(&target);
    // A message of a mebibyte, in frames as large as the client may make them.
    let message: Bytes = (0..1 << 20).map(|n: u32| (n % 251) as u8).collect::<Vec<_>>().into();
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        until(|| client.send.is_extended_connect_protocol_enabled()).await;
        let (answer, mut send) = client.begin(chat().header("sec-websocket-key", "theirs"), false).await;
        let (head, body) = answer.await.unwrap().into_parts();
        assert_eq!(head.status, 200);
        assert_eq!(head.headers["sec-websocket-protocol"], "chat");
        assert!(head.headers["set-cookie"].to_str().unwrap().starts_with("AWSALB="), "S56");
        for name in ["sec-websocket-accept", "upgrade", "connection", "content-length"] {
            assert!(!head.headers.contains_key(name), "{name}: {:?}", head.headers);
        }
        let ((), echoed) = tokio::join!(send_all(&mut send, message.clone(), true), rest(body));
        let (bytes, trailers) = echoed.unwrap();
        assert!(bytes == message && trailers.is_none(), "{} bytes came back", bytes.len());
    });
    let seen = target.text(0);
    assert!(seen.starts_with("GET /chat?room=1 HTTP/1.1\r\n"), "{seen}");
    for (name, value) in
        [("origin", "http://shop.test"), ("sec-websocket-version", "13"), ("host", "shop.test")]
    {
        assert!(header(&seen, name).unwrap().starts_with(value), "{name}: {seen}");
    }
    assert_eq!(seen.matches("Sec-WebSocket-Key").count() + seen.matches("sec-websocket-key").count(), 1);
    let event = &world.events.wait(1)[0];
    assert_eq!((event.upgraded, event.version, event.uri.as_str()), (true, "HTTP/2.0", "/chat?room=1"));
    assert!(event.received > 1 << 20 && event.sent > 1 << 20);
}

#[test]
fn what_comes_before_the_answer_waits_for_it() {
    let (let_go, waits) = std::sync::mpsc::channel::<()>();
    let waits = std::sync::Mutex::new(waits);
    let target = Target::start(move |mut connection| {
        let head = connection.head().unwrap();
        waits.lock().unwrap().recv().unwrap();
        connection.stream.set_nonblocking(true).unwrap();
        assert!(connection.stream.peek(&mut [0]).is_err(), "nothing has come");
        connection.stream.set_nonblocking(false).unwrap();
        agree_to(&mut connection, &head);
        let mut all = Vec::new();
        connection.stream.read_to_end(&mut all).unwrap();
        connection.send(all);
    });
    let world = world(&target);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (answer, mut send) = open(&mut client).await;
        until(|| target.connections() == 1).await;
        send_all(&mut send, Bytes::from_static(b"early"), true).await;
        let_go.send(()).unwrap();
        assert_eq!(whole(answer).await.unwrap().text(), "early");
    });
}

#[test]
fn either_side_may_finish_first_and_still_hear_the_other() {
    let target = Target::start(|mut connection| {
        agree(&mut connection);
        connection.send("all I have to say");
        connection.stream.shutdown(Shutdown::Write).unwrap();
        connection.wait_for_end();
    });
    let world = world(&target);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (answer, mut send) = open(&mut client).await;
        assert_eq!(whole(answer).await.unwrap().text(), "all I have to say");
        send_all(&mut send, Bytes::from_static(b"and I"), true).await;
        until(|| target.all().ends_with("and I")).await;
    });
    world.events.wait(1);
}

#[test]
fn a_broken_connection_is_a_reset_stream_and_the_other_way_round() {
    let target = Target::start(|mut connection| {
        agree(&mut connection);
        if connection.number == 0 {
            connection.more();
            return connection.reset();
        }
        connection.wait_for_end();
    });
    let world = world(&target);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (answer, mut send) = open(&mut client).await;
        let body = answer.await.unwrap().into_body();
        send_all(&mut send, Bytes::from_static(b"x"), false).await;
        assert_eq!(rest(body).await.unwrap_err().reason(), Some(Reason::CANCEL));

        let (answer, mut send) = open(&mut client).await;
        let _body = answer.await.unwrap().into_body();
        send.send_reset(Reason::CANCEL);
        until(|| world.events.count() == 2).await;
    });
    world.events.wait(2);
}

#[test]
fn a_target_that_switches_without_having_understood_is_a_502() {
    for accept in ["", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"] {
        let target = Target::start(move |mut connection| {
            connection.head().unwrap();
            let head = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
            connection.send(format!("{head}{accept}\r\n"));
            connection.wait_for_end();
        });
        let world = world(&target);
        tell(async {
            let mut client = Http2::connect(world.address()).await;
            let (answer, _send) = open(&mut client).await;
            assert_eq!(whole(answer).await.unwrap().status(), 502);
        });
    }
}

#[test]
fn a_refusal_is_an_answer_like_any_and_others_go_on() {
    let target = Target::answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
    let world = world(&target);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (answer, mut send) = open(&mut client).await;
        send_all(&mut send, Bytes::from_static(b"hello?"), false).await;
        let answer = whole(answer).await.unwrap();
        assert_eq!((answer.status(), answer.text()), (403, "no"));
        assert_eq!(client.get("/", &[]).await.status(), 403);
    });
    assert!(!target.all().contains("hello?"), "what was meant for a WebSocket is no request");
    assert!(world.events.wait(2).iter().all(|event| !event.upgraded));
}

#[test]
fn a_target_that_knows_no_websockets_is_not_taken_for_one_that_agrees() {
    let target = Target::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    let world = world(&target);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (answer, _send) = open(&mut client).await;
        assert_eq!(whole(answer).await.unwrap().status(), 502, "a success would say that it is open");
        assert_eq!(client.get("/", &[]).await.status(), 200);
    });
}

#[test]
fn other_protocols_and_plain_connect_are_refused() {
    let target = Target::named("a");
    let world = world(&target);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        until(|| client.send.is_extended_connect_protocol_enabled()).await;
        let other = Request::connect("http://shop.test/").extension(Protocol::from_static("connect-udp"));
        for request in [other, Request::connect("shop.test:443")] {
            let (answer, _send) = client.begin(request, false).await;
            assert_eq!(whole(answer).await.unwrap().status(), 405);
        }
        assert_eq!(client.get("/", &[]).await.text(), "a");
    });
    assert_eq!(target.connections(), 1);
}

#[test]
fn a_silent_websocket_is_closed_after_the_idle_timeout() {
    let target = echo();
    let world = world(&target);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (answer, _send) = open(&mut client).await;
        let body = answer.await.unwrap().into_body();
        assert_eq!(rest(body).await.unwrap_err().reason(), Some(Reason::CANCEL));
    });
    world.events.wait(1);
}

#[test]
fn who_never_reads_holds_little_and_only_its_own() {
    let target = Target::start(|mut connection| {
        let head = connection.head().unwrap();
        if header(&head, "Upgrade").is_some() {
            agree_to(&mut connection, &head);
            while connection.try_send([b'd'; 65536]) {}
        } else {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            connection.wait_for_end();
        }
    });
    let world = world(&target);
    tell(async {
        let mut greedy = Http2::connect(world.address()).await;
        let (answer, _send) = open(&mut greedy).await;
        // Its windows stay shut once they are used up, and then the idle timeout runs.
        let _body = answer.await.unwrap().into_body();
        assert_eq!(Http2::connect(world.address()).await.get("/", &[]).await.text(), "ok");
        until(|| world.events.count() == 2).await;
    });
    let event = world.events.wait(2).into_iter().find(|event| event.upgraded).unwrap();
    assert!(event.sent < 256 * 1024, "{} bytes are on their way to who reads nothing", event.sent);
}
