//! Who may talk to whom (R18), and what a caller of gRPC is told by the load balancer itself (R20).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use elbow_model::ProtocolVersion;
use http::Request;
use support::World;
use support::http2::{Answer, Http2, tell, whole};

/// Nobody is behind a group of this version: a request that may go there is answered 503.
fn world(version: ProtocolVersion) -> World {
    World::with(&[], |setup| setup.of_version(version))
}

/// The answer to a request of HTTP/2.
fn ask(world: &World, method: &str, kind: Option<&str>) -> Answer {
    let mut request = Request::builder().method(method).uri("http://shop.test/shop.Carts/Show");
    if let Some(kind) = kind {
        request = request.header("content-type", kind).header("te", "trailers");
    }
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (answer, _) = client.begin(request, true).await;
        whole(answer).await.unwrap()
    })
}

fn ask_http1(world: &World, version: &str, lines: &str) -> u16 {
    let request = format!("POST / HTTP/{version}\r\nHost: a\r\nContent-Length: 0\r\n{lines}\r\n");
    world.client().send(request).response().status()
}

#[test]
fn r18_targets_get_what_they_understand() {
    const UPGRADE: &str = "Connection: upgrade\r\nUpgrade: websocket\r\n";
    const GRPC: &str = "Content-Type: application/grpc\r\n";
    let both = |ok| if ok { 503 } else { 464 };
    for version in ProtocolVersion::ALL {
        let world = world(version);
        let plain = version == ProtocolVersion::Http1;
        for (http, lines) in [("1.1", ""), ("1.0", ""), ("1.1", GRPC), ("1.1", UPGRADE)] {
            assert_eq!(ask_http1(&world, http, lines), both(plain), "HTTP/{http} {lines} {version:?}");
        }
        for (method, kind, ok) in [
            ("GET", None, version != ProtocolVersion::Grpc),
            ("POST", None, true),
            ("POST", Some("application/grpc"), !plain),
            ("POST", Some("application/grpc+proto"), !plain),
            ("POST", Some("application/grpc-web+proto"), true),
            ("GET", Some("application/grpc"), version != ProtocolVersion::Grpc),
        ] {
            assert_eq!(ask(&world, method, kind).status(), both(ok), "HTTP/2 {method} {kind:?} {version:?}");
        }
    }
}

/// As AWS was seen to answer: neither a type nor a page, nor a status of gRPC.
#[test]
fn r18_a_464_is_bare() {
    let answer = ask(&world(ProtocolVersion::Http1), "POST", Some("application/grpc"));
    assert_eq!((answer.status(), answer.body.as_slice()), (464, &b""[..]));
    assert_eq!((answer.header("content-type"), answer.header("grpc-status")), (None, None));
}

/// R20, E6.
#[test]
fn r20_a_caller_is_told_by_a_status_of_grpc() {
    let world = world(ProtocolVersion::Grpc);
    let answer = ask(&world, "POST", Some("application/grpc"));
    assert_eq!((answer.status(), answer.body.as_slice()), (503, &b""[..]));
    for (name, value) in [
        ("server", "awselb/2.0"),
        ("content-type", "application/grpc"),
        ("grpc-status", "14"),
        ("grpc-message", "unavailable"),
    ] {
        assert_eq!(answer.header(name), Some(value));
    }
    // Who does not call gets the page.
    let page = ask(&world, "POST", None);
    assert_eq!((page.header("content-type"), page.header("grpc-status")), (Some("text/html"), None));
    assert!(page.text().contains("503 Service Temporarily Unavailable"));
}
