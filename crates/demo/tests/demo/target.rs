//! One target over its socket: what a browser gets, and what hostile bytes get.

use std::net::SocketAddr;

use crate::support::{ONE, add, address, cart, fleet, fleet_settings, raw, send};
use elbow_demo::{Fleet, SessionBackend};

#[tokio::test]
async fn the_page_and_its_files_come_with_a_strict_policy() {
    let mut settings = fleet_settings(SessionBackend::Memory);
    settings.control = Some("127.0.0.1:4711".parse().unwrap());
    let fleet = Fleet::start(settings).await.unwrap();
    let one = address(&fleet, ONE);
    let page = send(one, "GET /", &[], None).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("content=\"http://127.0.0.1:4711\""), "the page knows the control server");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(policy.contains("connect-src 'self' http://127.0.0.1:4711;"), "{policy}");
    assert!(page.header("set-cookie").unwrap().ends_with("; Path=/; HttpOnly; SameSite=Lax"));

    let linked = page.body.split('"').filter(|text| text.starts_with("/static/"));
    for path in
        linked.chain(["/static/https.mjs", "/static/memory.mjs", "/static/story.mjs", "/static/view.mjs"])
    {
        let file = send(one, &format!("GET {path}"), &[], None).await;
        assert_eq!(file.status, 200, "{path}");
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
    assert_eq!(send(one, "GET /healthz", &[], None).await.status, 200);
}

#[tokio::test]
async fn the_answer_tells_what_the_load_balancer_said_and_never_the_whole_session() {
    let fleet = fleet().await;
    let one = address(&fleet, ONE);
    let session = cart(one, "").await.session();
    let headers = [
        format!("Cookie: {session}; AWSALB=abcdefghijklmnop"),
        "X-Elbow-Stickiness: rebound:unhealthy".to_owned(),
        "X-Elbow-Stickiness-From: 127.0.0.1:9".to_owned(),
    ];
    let reply = send(one, "GET /api/cart", &headers, None).await;
    let state = reply.json();
    assert_eq!(state["stickiness"]["outcome"], "rebound:unhealthy");
    assert_eq!(state["stickiness"]["from"], "127.0.0.1:9");
    assert_eq!(state["target"]["zone"], "us-east-1a");
    assert_eq!(state["cookies"][1]["name"], "AWSALB");
    assert_eq!(state["cookies"][1]["length"], 16);
    let secret = session.split('=').nth(1).unwrap();
    assert!(!reply.body.contains(secret), "scripts must not learn what HttpOnly hides: {}", reply.body);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_in_words() {
    let fleet = fleet().await;
    let one = address(&fleet, ONE);
    let long = format!("{{\"sku\": \"{}\"}}", "x".repeat(5000));
    for (line, body, status) in [
        ("GET /nothing", None, 404),
        ("GET /api/nothing", None, 404),
        ("GET /static/../page.html", None, 404),
        ("DELETE /", None, 405),
        ("POST /api/cart", None, 405),
        ("GET /api/cart/items", None, 405),
        ("DELETE /api/cart/items/pear", None, 404),
        ("POST /api/cart/items", None, 415),
        ("POST /api/cart/items", Some("{\"sku\": \"pear\"}"), 404),
        ("POST /api/cart/items", Some("{\"sku\": 7}"), 400),
        ("POST /api/cart/items", Some("{\"sku\": \"apple\", \"more\": 1}"), 400),
        ("POST /api/cart/items", Some("[[[["), 400),
        ("POST /api/cart/items", Some(long.as_str()), 413),
    ] {
        let reply = send(one, line, &[], body).await;
        assert_eq!(reply.status, status, "{line} {body:?}");
        assert!(reply.json()["error"].as_str().is_some_and(|words| !words.is_empty()), "{reply:?}");
    }
    still_serves(one).await;
}

#[tokio::test]
async fn no_bytes_stop_a_target() {
    let fleet = fleet().await;
    let one = address(&fleet, ONE);
    let huge = [b"GET / HTTP/1.1\r\nX: ".as_slice(), &vec![b'a'; 200_000], b"\r\n\r\n"].concat();
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "A: b\r\n".repeat(500));
    let cookies = format!(
        "GET /api/cart HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: {}\r\n\r\n",
        "a=\u{e9};=;".repeat(4000)
    );
    for bytes in [
        b"\r\n\r\nno such thing\r\n\r\n".as_slice(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/cart/items HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        &huge,
        many.as_bytes(),
        cookies.as_bytes(),
    ] {
        // A closed connection or an error: both are fine, being gone is not.
        let _ = raw(one, bytes).await;
    }
    still_serves(one).await;
}

async fn still_serves(address: SocketAddr) {
    let session = cart(address, "").await.session();
    assert_eq!(add(address, &session, "apple").await.items(), 1);
}
