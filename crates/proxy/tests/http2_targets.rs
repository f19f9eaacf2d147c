//! HTTP/2 to targets: requests of clients as streams of pooled connections, and what becomes of them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use elbow_model::{ProtocolVersion, Timestamp};
use h2::{Reason, server};
use http::{HeaderMap, Request, Response};
use support::http2::{GOAWAY, Http2, RST_STREAM, send_all, tell, until, whole};
use support::http2_target::{Call, Http2Target, by_hand, echo, grpc_ok, reset, send_for_ever};
use support::target::Target;
use support::tls::Issuer;
use support::{World, until as until_so};
use tokio::sync::{Barrier, Semaphore};

/// A load balancer that speaks HTTP/2 on both sides.
fn world(targets: &[SocketAddr]) -> World {
    with(targets, &[])
}

fn with(targets: &[SocketAddr], attributes: &[(&'static str, &str)]) -> World {
    World::with(targets, |setup| {
        let setup = setup.of_version(ProtocolVersion::Http2);
        attributes.iter().fold(setup, |setup, (key, value)| setup.with(key, value))
    })
}

fn call() -> http::request::Builder {
    Request::post("http://a/shop.Cart/Add")
        .header("content-type", "application/grpc")
        .header("te", "trailers")
}

#[test]
fn a_request_is_a_stream_s_and_a_client_with_its_cookie_stays() {
    let targets = ["a", "b", "c"].map(Http2Target::named);
    let world = with(&targets.each_ref().map(|target| target.address), &[("stickiness.enabled", "true")]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let first = client.get("/cart?id=1", &[("x-mine", "1"), ("cookie", "theme=dark")]).await;
        assert_eq!((first.status(), first.header("content-length")), (200, Some("1")));
        let cookie = first.cookie("AWSALB");
        for _ in 0..9 {
            assert_eq!(client.get("/", &[("cookie", &cookie)]).await.text(), first.text());
        }
    });
    let seen: Vec<_> = targets.iter().flat_map(|target| target.seen.lock().unwrap().clone()).collect();
    assert!(seen.len() == 10 && seen.iter().all(|(connection, _)| *connection == 0), "{seen:?}");
    let (_, head) = &seen[0];
    assert_eq!(
        (head.method().as_str(), head.uri().path_and_query().unwrap().as_str()),
        ("GET", "/cart?id=1")
    );
    assert_eq!(head.uri().authority().unwrap(), &format!("shop.test:{}", world.setup.port));
    let value = |name: &str| head.headers().get(name).map(|value| value.to_str().unwrap());
    assert_eq!(
        (value("x-mine"), value("cookie"), value("te")),
        (Some("1"), Some("theme=dark"), Some("trailers"))
    );
    assert_eq!((value("x-forwarded-proto"), value("host"), value("connection")), (Some("http"), None, None));
    let events = world.events.wait(10);
    assert_eq!(events.iter().filter(|event| event.outcome == "hit").count(), 9);
}

#[test]
fn a_call_may_stream_both_ways_and_ends_with_trailers() {
    let target = Http2Target::start(echo);
    let world = world(&[target.address]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (answer, mut send) = client.begin(call(), false).await;
        // Nothing of the request's body is there, and still both heads go through.
        let (head, mut body) = answer.await.unwrap().into_parts();
        assert_eq!(
            (head.status.as_u16(), &head.headers["content-type"]),
            (200, &"application/grpc".parse().unwrap())
        );
        for n in 0..50 {
            let message = Bytes::from(format!("message {n}"));
            send_all(&mut send, message.clone(), false).await;
            assert_eq!(body.data().await.unwrap().unwrap(), message);
            body.flow_control().release_capacity(message.len()).unwrap();
        }
        send.send_data(Bytes::new(), true).unwrap();
        assert!(body.data().await.is_none());
        assert_eq!(body.trailers().await.unwrap(), Some(grpc_ok()));
    });
    assert_eq!((target.connections(), target.open()), (1, 1));
}

#[test]
fn trailers_go_up_and_come_down_even_behind_a_length() {
    let target = Http2Target::start(|mut call| async move {
        let (body, trailers) = support::http2::rest(call.body).await.unwrap();
        let response =
            Response::builder().header("content-type", "application/grpc").header("content-length", "4");
        let mut send = call.respond.send_response(response.body(()).unwrap(), false).unwrap();
        send.send_data(body.into(), false).unwrap();
        send.send_trailers(trailers.unwrap()).unwrap();
    });
    let world = world(&[target.address]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (answer, mut send) = client.begin(call(), false).await;
        send_all(&mut send, Bytes::from_static(b"body"), false).await;
        let trailers = HeaderMap::from_iter([("x-sum".parse().unwrap(), "7".parse().unwrap())]);
        let mut sent = trailers.clone();
        // What only the load balancer may say does not come behind the body, either (R32).
        for name in ["x-amzn-mtls-clientcert-subject", "x-amzn-tls-version", "x-forwarded-for"] {
            sent.insert(name, "forged".parse().unwrap());
        }
        send.send_trailers(sent).unwrap();
        let answer = whole(answer).await.unwrap();
        assert_eq!((answer.text(), &answer.trailers), ("body", &Some(trailers)));
    });
}

#[test]
fn an_answer_of_trailers_only_is_one_frame_for_the_client_too() {
    let target = Http2Target::start(|mut call| async move {
        let response =
            Response::builder().header("grpc-status", "12").header("content-type", "application/grpc");
        call.respond.send_response(response.body(()).unwrap(), true).unwrap();
    });
    let world = world(&[target.address]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (answer, mut send) = client.begin(call(), false).await;
        let (head, body) = answer.await.unwrap().into_parts();
        assert_eq!((&head.headers["grpc-status"], body.is_end_stream()), (&"12".parse().unwrap(), true));
        // The target wants nothing more, and the client hears of that.
        assert_eq!(reset(&mut send).await, Some(Reason::NO_ERROR));
    });
    world.events.wait(1);
}

#[test]
fn interim_answers_and_answers_to_head_come_through() {
    let target = Http2Target::start(|mut call| async move {
        let hints = Response::builder().status(103).header("link", "</a.css>").body(()).unwrap();
        call.respond.send_informational(hints).unwrap();
        let response = Response::builder().header("content-length", "1000").body(()).unwrap();
        call.respond.send_response(response, true).unwrap();
    });
    let world = world(&[target.address]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (mut answer, _) = client.begin(Request::head("http://a/"), true).await;
        let hints = std::future::poll_fn(|cx| answer.poll_informational(cx)).await.unwrap().unwrap();
        assert_eq!((hints.status().as_u16(), &hints.headers()["link"]), (103, &"</a.css>".parse().unwrap()));
        let answer = whole(answer).await.unwrap();
        assert_eq!(
            (answer.status(), answer.header("content-length"), answer.text()),
            (200, Some("1000"), "")
        );
    });
}

/// Answers only when so many requests are there at the same time.
fn together(builder: &server::Builder, count: usize) -> Http2Target {
    let barrier = Arc::new(Barrier::new(count));
    Http2Target::with(builder, None, move |call| {
        let barrier = Arc::clone(&barrier);
        async move {
            barrier.wait().await;
            call.answer("together").await;
        }
    })
}

async fn ask_together(world: &World, count: usize) {
    let mut client = Http2::connect(world.address()).await;
    let mut answers = Vec::new();
    for n in 0..count {
        answers.push(client.begin(Request::get(format!("http://a/{n}")), true).await.0);
    }
    for answer in answers {
        assert_eq!(whole(answer).await.unwrap().text(), "together");
    }
}

#[test]
fn a_burst_shares_the_connection_that_is_opened_for_it() {
    let target = together(&server::Builder::new(), 100);
    let world = world(&[target.address]);
    tell(ask_together(&world, 100));
    assert_eq!(target.connections(), 1);
    tell(ask_together(&world, 100));
    assert_eq!(target.connections(), 1);
}

#[test]
fn a_target_gets_no_more_at_a_time_than_it_allows() {
    let target = together(server::Builder::new().max_concurrent_streams(1), 20);
    let world = world(&[target.address]);
    tell(ask_together(&world, 20));
    // One more may have been opened for those who found a place meanwhile.
    assert!((20..=28).contains(&target.connections()), "{}", target.connections());
    assert_eq!(world.events.wait(20).iter().filter(|event| event.status == 200).count(), 20);
}

#[test]
fn who_waits_gets_the_next_place_that_is_free() {
    let order = Arc::new(Semaphore::new(0));
    let release = Arc::clone(&order);
    let target = Http2Target::with(server::Builder::new().max_concurrent_streams(2), None, move |call| {
        let order = Arc::clone(&order);
        async move {
            order.acquire().await.unwrap().forget();
            call.answer("served").await;
        }
    });
    let world = world(&[target.address]);
    tell(async {
        let mut clients = Vec::new();
        for _ in 0..5 {
            clients.push(Http2::connect(world.address()).await);
        }
        let mut answers = Vec::new();
        for client in &mut clients {
            for _ in 0..100 {
                answers.push(client.begin(Request::get("http://a/"), true).await.0);
            }
        }
        release.add_permits(500);
        for answer in answers {
            assert_eq!(whole(answer).await.unwrap().status(), 200);
        }
    });
    assert!(target.connections() <= 258, "{}", target.connections());
}

#[test]
fn a_target_that_leaves_ends_what_it_has_and_gets_the_rest_on_a_new_connection() {
    let order = Arc::new(Semaphore::new(0));
    let release = Arc::clone(&order);
    let target = Http2Target::start(move |call| {
        let order = Arc::clone(&order);
        async move {
            if call.head.uri().path() == "/slow" {
                order.acquire().await.unwrap().forget();
            }
            call.answer("served").await;
        }
    });
    let world = world(&[target.address]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (slow, _) = client.begin(Request::get("http://a/slow"), true).await;
        until(|| target.requests() == 1).await;
        target.leave();
        until(|| target.connections() == 1).await;
        let quick = async { client.get("/quick", &[]).await };
        assert_eq!(quick.await.status(), 200);
        release.add_permits(1);
        assert_eq!(whole(slow).await.unwrap().status(), 200);
        assert_eq!(client.get("/quick", &[]).await.status(), 200);
        until(|| target.open() == 1).await;
    });
    assert_eq!(target.connections(), 2);
}

#[test]
fn what_a_target_has_not_looked_at_is_sent_again_whatever_it_is() {
    let unread =
        |frames: &mut support::http2::Frames, stream: u32| frames.send(GOAWAY, 0, 0, &[0; 8]) && stream > 0;
    let refused =
        |frames: &mut support::http2::Frames, stream: u32| frames.send(RST_STREAM, 0, stream, &[0, 0, 0, 7]);
    for says in [unread, refused] {
        let target = by_hand(move |frames, number| {
            while let Some(stream) = frames.request() {
                let _ = if number == 0 { says(frames, stream) } else { frames.ok(stream) };
            }
        });
        let world = world(&[target.address]);
        tell(async {
            let mut client = Http2::connect(world.address()).await;
            let (answer, _) = client.begin(Request::post("http://a/order"), true).await;
            assert_eq!(whole(answer).await.unwrap().status(), 200);
        });
        assert_eq!(target.connections(), 2);
    }
}

#[test]
fn what_it_may_have_looked_at_is_sent_again_only_if_that_does_no_harm() {
    let target = by_hand(|frames, number| {
        while let Some(stream) = frames.request() {
            match number {
                0 => frames.send(RST_STREAM, 0, stream, &[0, 0, 0, 2]),
                _ => frames.ok(stream),
            };
        }
    });
    let world = world(&[target.address]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (order, _) = client.begin(Request::post("http://a/order"), true).await;
        assert_eq!(whole(order).await.unwrap().status(), 502);
        assert_eq!(client.get("/", &[]).await.status(), 502, "twice again, and no more");
    });
    assert_eq!(target.connections(), 1, "a reset concerns nobody else on the connection");
}

#[test]
fn a_client_that_gives_up_ends_its_stream_and_no_other() {
    let cancelled = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&cancelled);
    let target = Http2Target::start(move |mut call| {
        let count = Arc::clone(&count);
        async move {
            if call.head.uri().path() == "/" {
                return call.answer("served").await;
            }
            let mut send = call.begin();
            assert_eq!(reset(&mut send).await, Some(Reason::CANCEL));
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let world = world(&[target.address]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        for ends in [true, false] {
            let (answer, send) = client.begin(call(), ends).await;
            let (_, body) = answer.await.unwrap().into_parts();
            // The target has nothing to say at the moment, and still hears of it at once.
            drop((body, send));
        }
        until(|| cancelled.load(Ordering::SeqCst) == 2).await;
        assert_eq!(client.get("/", &[]).await.status(), 200);
    });
    assert_eq!(target.connections(), 1);
    world.events.wait(3);
}

#[test]
fn a_stream_that_its_target_resets_half_way_is_cut_and_the_others_go_on() {
    let target = Http2Target::start(|mut call| async move {
        if call.head.uri().path() != "/broken" {
            return echo(call).await;
        }
        let mut send = call.respond.send_response(Response::new(()), false).unwrap();
        send_all(&mut send, Bytes::from_static(b"half"), false).await;
        let _ = call.body.data().await;
        send.send_reset(Reason::INTERNAL_ERROR);
    });
    let world = world(&[target.address]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (echoed, mut send) = client.begin(call(), false).await;
        let (broken, mut more) = client.begin(Request::post("http://a/broken"), false).await;
        let mut body = broken.await.unwrap().into_body();
        assert_eq!(body.data().await.unwrap().unwrap(), "half");
        send_all(&mut more, Bytes::from_static(b"go on"), false).await;
        assert!(body.data().await.unwrap().is_err());
        send_all(&mut send, Bytes::from_static(b"whole"), true).await;
        assert_eq!(whole(echoed).await.unwrap().text(), "whole");
    });
    assert_eq!(target.connections(), 1);
}

#[test]
fn a_killed_target_s_requests_go_to_another() {
    let stuck = Http2Target::start(|call| async move {
        std::future::pending::<()>().await;
        drop(call);
    });
    let other = Http2Target::named("other");
    let world = world(&[stuck.address, other.address]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let mut answers = Vec::new();
        for _ in 0..20 {
            answers.push(client.begin(Request::get("http://a/"), true).await.0);
        }
        until(|| stuck.requests() > 0).await;
        drop(stuck);
        for answer in answers {
            assert_eq!(whole(answer).await.unwrap().text(), "other");
        }
    });
}

#[test]
fn a_slow_client_slows_its_target_down_and_nobody_else() {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let target = Http2Target::start(move |mut call| {
        let count = Arc::clone(&count);
        async move {
            match call.head.uri().path() {
                "/" => call.answer("served").await,
                _ => send_for_ever(call.begin(), count).await,
            }
        }
    });
    let world = world(&[target.address]);
    tell(async {
        let mut slow = Http2::choosy(world.address()).await;
        let mut answers = Vec::new();
        for _ in 0..50 {
            answers.push(slow.begin(Request::get("http://a/endless"), true).await.0.await.unwrap());
        }
        let mut other = Http2::connect(world.address()).await;
        let before = loop {
            let before = sent.load(Ordering::SeqCst);
            for _ in 0..50 {
                assert_eq!(other.get("/", &[]).await.status(), 200);
            }
            if before == sent.load(Ordering::SeqCst) {
                break before;
            }
        };
        // Windows on both sides, and a buffer between them.
        assert!(before <= 50 * 256 * 1024, "{before} bytes for fifty clients that read nothing");
        // Whoever reads gets more.
        let mut body = answers.pop().unwrap().into_body();
        let mut read = 0;
        while read < 1024 * 1024 {
            let piece = body.data().await.unwrap().unwrap();
            body.flow_control().release_capacity(piece.len()).unwrap();
            read += piece.len();
        }
    });
    assert_eq!(target.connections(), 1);
}

#[test]
fn a_slow_target_slows_its_client_down() {
    let order = Arc::new(Semaphore::new(0));
    let release = Arc::clone(&order);
    let target = Http2Target::start(move |call| {
        let order = Arc::clone(&order);
        async move {
            order.acquire().await.unwrap().forget();
            call.answer("done").await;
        }
    });
    let world = world(&[target.address]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (answer, send) = client.begin(Request::post("http://a/upload"), false).await;
        let sent = Arc::new(AtomicUsize::new(0));
        let sending = tokio::spawn(send_for_ever(send, Arc::clone(&sent)));
        let mut other = Http2::connect(world.address()).await;
        let before = loop {
            let before = sent.load(Ordering::SeqCst);
            let (second, _) = other.begin(Request::get("http://a/"), true).await;
            release.add_permits(0);
            drop(second);
            until(|| target.requests() >= 2).await;
            if before > 0 && before == sent.load(Ordering::SeqCst) {
                break before;
            }
        };
        assert!(before <= 512 * 1024, "{before} bytes for a target that reads nothing");
        release.add_permits(100);
        until(|| sent.load(Ordering::SeqCst) > 4 * 1024 * 1024).await;
        sending.abort();
        drop(answer);
    });
}

#[test]
fn many_small_messages_for_a_slow_reader_cost_nobody_the_connection() {
    const MESSAGES: usize = 30_000;
    let target = Http2Target::start(|mut call| async move {
        if call.head.uri().path() == "/" {
            return call.answer("served").await;
        }
        let mut send = call.begin();
        for _ in 0..MESSAGES {
            send_all(&mut send, Bytes::from_static(b"0000"), false).await;
        }
        send.send_trailers(grpc_ok()).unwrap();
    });
    let world = world(&[target.address]);
    tell(async {
        let mut slow = Http2::choosy(world.address()).await;
        let mut answers = Vec::new();
        for _ in 0..20 {
            answers.push(slow.begin(call(), true).await.0.await.unwrap());
        }
        let mut other = Http2::connect(world.address()).await;
        for _ in 0..200 {
            assert_eq!(other.get("/", &[]).await.status(), 200);
        }
        for answer in answers {
            let (body, trailers) = support::http2::rest(answer.into_body()).await.unwrap();
            assert_eq!((body.len(), trailers), (4 * MESSAGES, Some(grpc_ok())));
        }
    });
    assert_eq!(target.connections(), 1);
}

#[test]
fn many_small_messages_at_once_cost_nobody_the_connection() {
    const MESSAGES: usize = 3_000;
    let target = Http2Target::start(echo);
    let world = world(&[target.address]);
    tell(async {
        let mut client = Http2::choosy(world.address()).await;
        let (answer, mut send) = client.begin(call(), false).await;
        let mut body = answer.await.unwrap().into_body();
        for _ in 0..MESSAGES {
            send.send_data(Bytes::from_static(b"00000"), false).unwrap();
        }
        send.send_data(Bytes::new(), true).unwrap();
        let mut read = 0;
        while let Some(piece) = body.data().await {
            let piece = piece.unwrap();
            body.flow_control().release_capacity(piece.len()).unwrap();
            read += piece.len();
        }
        assert_eq!(read, 5 * MESSAGES);
    });
}

#[test]
fn a_connection_that_carries_nothing_is_closed_after_the_idle_timeout_r24() {
    let target = Http2Target::named("a");
    let world = with(&[target.address], &[("idle_timeout.timeout_seconds", "1")]);
    tell(async { assert_eq!(Http2::connect(world.address()).await.get("/", &[]).await.status(), 200) });
    until_so("it is closed", || target.open() == 0);
    tell(async { assert_eq!(Http2::connect(world.address()).await.get("/", &[]).await.status(), 200) });
    assert_eq!(target.connections(), 2);
}

#[test]
fn a_target_that_drains_ends_its_calls_and_gets_no_more() {
    let (draining, fresh) = (Http2Target::start(echo), Http2Target::named("fresh"));
    let mut world = world(&[draining.address]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (answer, mut send) = client.begin(call(), false).await;
        let mut body = answer.await.unwrap().into_body();
        world.change(|setup| {
            setup.deregistered[0] = Some(Timestamp::from_secs(4_000_000_000));
            setup.targets.push(fresh.address);
            setup.deregistered.push(None);
        });
        assert_eq!(client.get("/", &[]).await.text(), "fresh");
        send_all(&mut send, Bytes::from_static(b"still here"), true).await;
        assert_eq!(body.data().await.unwrap().unwrap(), "still here");
        assert_eq!(body.trailers().await.unwrap(), Some(grpc_ok()));
    });
    until_so("its connection is closed", || draining.open() == 0);
}

#[test]
fn a_stop_waits_for_a_call_and_closes_its_connection() {
    let target = Http2Target::start(echo);
    let world = world(&[target.address]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (answer, mut send) = client.begin(call(), false).await;
        let body = answer.await.unwrap().into_body();
        world.plane.stop(support::PATIENCE);
        send_all(&mut send, Bytes::from_static(b"to the end"), true).await;
        let (echoed, trailers) = support::http2::rest(body).await.unwrap();
        assert_eq!((echoed.as_slice(), trailers), (&b"to the end"[..], Some(grpc_ok())));
    });
    until_so("its connection is closed", || target.open() == 0);
}

#[test]
fn over_tls_both_sides_agree_on_http_2_or_there_is_no_answer() {
    let issuer = Issuer::new();
    let certificate = issuer.issue(1, &["target.test"]);
    let secure = |protocols: &[&[u8]]| {
        Http2Target::with(&server::Builder::new(), Some((&certificate, protocols)), |call: Call| {
            call.answer("secure")
        })
    };
    for (protocols, status) in [(&[&b"h2"[..]][..], 200), (&[&b"http/1.1"[..]], 502), (&[], 502)] {
        let target = secure(protocols);
        let world =
            World::with(&[target.address], |setup| setup.secure_targets().of_version(ProtocolVersion::Http2));
        tell(async {
            let mut client = Http2::connect(world.address()).await;
            assert_eq!(client.get("/", &[]).await.status(), status);
        });
        let schemes: BTreeSet<String> = target
            .seen
            .lock()
            .unwrap()
            .iter()
            .map(|(_, head)| head.uri().scheme_str().unwrap().into())
            .collect();
        assert!(schemes.iter().all(|scheme| scheme == "https"), "{schemes:?}");
    }
}

#[test]
fn a_target_that_speaks_http_1_1_only_is_no_target_of_http_2() {
    let target =
        Target::answering("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let world = world(&[target.address]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        assert_eq!(client.get("/", &[]).await.status(), 502);
        assert_eq!(client.get("/", &[]).await.status(), 502);
    });
}

#[test]
fn a_target_that_never_says_its_settings_is_given_up_r24() {
    let target = Target::start(|mut connection| connection.wait_for_end());
    let world = world(&[target.address]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        assert_eq!(client.get("/", &[]).await.status(), 504);
    });
    assert_eq!(target.connections(), 1);
}
