//! HTTP/2 for clients with prior knowledge: what a stream is to a target, and what becomes of it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::future::poll_fn;
use std::net::{SocketAddr, TcpStream};
use std::thread;

use bytes::Bytes;
use elbow_model::key::TargetGroupKey;
use elbow_model::{Action, Forward};
use http::{HeaderMap, Request};
use socket2::{Domain, Socket, Type};
use support::World;
use support::client::Client;
use support::configuration::Setup;
use support::http2::{
    DATA, END_HEADERS, END_STREAM, Frames, GET, GOAWAY, HEADERS, Http2, RST_STREAM, SETTINGS, WINDOW_UPDATE,
    send_all, tell, until, whole,
};
use support::target::Target;

fn world(targets: &[&Target]) -> World {
    let addresses: Vec<_> = targets.iter().map(|target| target.address).collect();
    World::with(&addresses, |setup| setup.sticky().with("elbow.http2.cleartext", "true"))
}

#[test]
fn a_client_with_its_cookie_stays_as_over_http_1() {
    let targets = [Target::named("a"), Target::named("b"), Target::named("c")];
    let world = world(&[&targets[0], &targets[1], &targets[2]]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let first = client.get("/cart?id=1", &[("x-mine", "1")]).await;
        assert_eq!(
            (first.status(), first.header("connection"), first.header("content-length")),
            (200, None, Some("1"))
        );
        let mut cookie = first.cookie("AWSALB");
        for _ in 0..9 {
            let next = client.get("/", &[("cookie", "theme=dark"), ("cookie", &cookie)]).await;
            assert_eq!(next.text(), first.text());
            cookie = next.cookie("AWSALB");
        }
    });
    let seen: String = targets.iter().map(Target::all).collect();
    let first = seen.split("\r\n\r\n").find(|head| head.contains("/cart")).unwrap();
    assert!(first.starts_with("GET /cart?id=1 HTTP/1.1\r\n"), "{first}");
    for line in ["x-mine: 1", "X-Forwarded-Proto: http"] {
        assert!(first.lines().any(|found| found == line), "{line} in {first}");
    }
    assert!(seen.contains("cookie: theme=dark; AWSALB="), "crumbs are one line again: {seen}");
    let events = world.events.wait(10);
    assert_eq!(events.iter().filter(|event| event.outcome == "hit").count(), 9);
    assert!(events.iter().all(|event| event.version == "HTTP/2.0"));
}

#[test]
fn r17_a_hundred_requests_at_a_time_share_a_connection() {
    let target = Target::named("a");
    let world = world(&[&target]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let mut answers = Vec::new();
        for n in 0..100 {
            let request = Request::get(format!("http://a/{n}"));
            answers.push(client.begin(request, true).await.0);
        }
        for answer in answers {
            assert_eq!(whole(answer).await.unwrap().text(), "a");
        }
        assert_eq!(client.send.current_max_send_streams(), 128);
    });
    assert_eq!(world.metrics.snapshot().new_connections, 1);
    assert_eq!(world.events.wait(100).len(), 100);
}

#[test]
fn bodies_and_trailers_go_both_ways() {
    let target = Target::start(|mut connection| {
        let request = connection.request().unwrap();
        connection.send(
            "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n\
             5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n",
        );
        assert!(request.contains("Transfer-Encoding: chunked"), "{request}");
        assert!(request.ends_with("0\r\nx-mine: 7\r\n\r\n"), "{request}");
        connection.wait_for_end();
    });
    let world = world(&[&target]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (answer, mut send) =
            client.begin(Request::post("http://a/").header("te", "trailers"), false).await;
        send_all(&mut send, Bytes::from_static(b"body"), false).await;
        let mut trailers = HeaderMap::new();
        trailers.insert("x-mine", "7".parse().unwrap());
        send.send_trailers(trailers).unwrap();
        let answer = whole(answer).await.unwrap();
        assert_eq!(
            (answer.status(), answer.text(), answer.header("transfer-encoding")),
            (200, "hello", None)
        );
        assert_eq!(answer.trailers.unwrap()["x-sum"], "5");
    });
}

#[test]
fn trailers_that_are_announced_come_behind_a_length_too() {
    let target = Target::start(|mut connection| {
        let request = connection.request().unwrap();
        assert!(request.contains("Transfer-Encoding: chunked") && request.ends_with("0\r\nx-sum: 7\r\n\r\n"));
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        connection.wait_for_end();
    });
    let world = world(&[&target]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let request = Request::post("http://a/").header("content-length", "4").header("trailer", "x-sum");
        let (answer, mut send) = client.begin(request, false).await;
        send_all(&mut send, Bytes::from_static(b"body"), false).await;
        let mut trailers = HeaderMap::new();
        trailers.insert("x-sum", "7".parse().unwrap());
        send.send_trailers(trailers).unwrap();
        assert_eq!(whole(answer).await.unwrap().text(), "ok");
    });
}

#[test]
fn r23_what_a_target_may_say_over_http_1_reaches_a_client_of_http_2() {
    let lines: String = (0..255).map(|n| format!("X-{n}: 1\r\n")).collect();
    let target = Target::start(move |mut connection| {
        connection.request().unwrap();
        connection.send(format!("HTTP/1.1 200 OK\r\n{lines}Content-Length: 0\r\n\r\n"));
        connection.wait_for_end();
    });
    let world = world(&[&target]);
    tell(async {
        let answer = Http2::connect(world.address()).await.get("/", &[]).await;
        assert_eq!((answer.status(), answer.header("x-254")), (200, Some("1")));
        assert!(answer.header("date").is_some() && answer.cookie("AWSALB").len() > 100, "and our own");
    });
}

#[test]
fn uploads_that_a_target_does_not_take_leave_room_for_others() {
    // A target that takes no connection: its queue is full.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    socket.listen(0).unwrap();
    let stuck = socket.local_addr().unwrap().as_socket().unwrap();
    let _waiting = TcpStream::connect(stuck).unwrap();
    let target = Target::named("a");
    let world = World::with(&[stuck], |setup| {
        let other = Action::Forward(Forward::to(TargetGroupKey::new(2)));
        setup.group(&[target.address]).rule(1, "/quick", other).with("elbow.http2.cleartext", "true")
    });
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let mut stuck = Vec::new();
        for _ in 0..100 {
            let (answer, mut send) = client.begin(Request::post("http://a/"), false).await;
            // As much as a stream may before somebody reads it.
            send_all(&mut send, Bytes::from_static(&[b'x'; 65_535]), false).await;
            stuck.push((answer, send));
        }
        let (answer, mut send) = client.begin(Request::post("http://a/quick"), false).await;
        send_all(&mut send, Bytes::from_static(&[b'x'; 200_000]), true).await;
        assert_eq!(whole(answer).await.unwrap().text(), "a");
    });
}

#[test]
fn the_idle_timeout_is_that_of_the_listener_that_served_last() {
    const IDLE: &str = "idle_timeout.timeout_seconds";
    let target = Target::named("a");
    let http2 = |setup: Setup| setup.with("elbow.http2.cleartext", "true").with(IDLE, "4000");
    let mut world = World::with(&[target.address], http2);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        assert_eq!(client.get("/", &[]).await.status(), 200);
        world.change(|setup| *setup = setup.clone().with(IDLE, "1"));
        assert_eq!(client.get("/", &[]).await.status(), 200);
        client.connection.await.unwrap().unwrap();
    });
}

#[test]
fn r24_an_answer_is_not_cut_while_the_client_takes_it_however_slowly() {
    // One that is still being sent by its target, and one that the load balancer has as a whole.
    for length in [100_000_000, 30_000] {
        let target = Target::start(move |mut connection| {
            while let Some(request) = connection.request() {
                if !request.contains("/slow") {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                    continue;
                }
                connection.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n"));
                for _ in 0..length / 1_000 {
                    if !connection.try_send([b'x'; 1_000]) {
                        return;
                    }
                }
            }
        });
        let idle = |setup: Setup| setup.with("idle_timeout.timeout_seconds", "1");
        let world = World::with(&[target.address], |setup| idle(setup).with("elbow.http2.cleartext", "true"));
        let mut slow = Frames::connect(world.address());
        slow.0.set_nodelay(true).unwrap();
        // A window of one byte.
        slow.send(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 1]);
        // `/slow`, in place of the path of the static table.
        let block = [b"\x82\x86\x04\x05/slow".as_slice(), &GET[3..]].concat();
        slow.send(HEADERS, END_STREAM | END_HEADERS, 1, &block);
        // Those who say nothing are closed meanwhile, one after the other.
        let address = world.address();
        let silent = thread::spawn(move || (0..2).for_each(|_| Client::connect(address).expect_close()));
        let mut other = world.client();
        let mut bytes = 0;
        while !silent.is_finished() {
            match slow.read().expect("it goes on") {
                (DATA, 0, 1, piece) => {
                    assert_eq!(piece, b"x");
                    bytes += 1;
                    // It is in no hurry.
                    assert_eq!(other.get("/", "").status(), 200);
                    for stream in [0, 1] {
                        slow.send(WINDOW_UPDATE, 0, stream, &[0, 0, 0, 1]);
                    }
                }
                (RST_STREAM | GOAWAY | DATA, ..) => unreachable!("cut after {bytes} bytes"),
                _ => {}
            }
        }
        silent.join().unwrap();
        assert!(bytes > 0);
    }
}

#[test]
fn a_body_of_megabytes_goes_up_and_comes_back_through_small_windows() {
    const BYTES: usize = 3 * 1024 * 1024;
    let target = Target::start(|mut connection| {
        let request = connection.request().unwrap();
        let body = request.split_once("\r\n\r\n").unwrap().1.to_owned();
        connection.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()));
        connection.wait_for_end();
    });
    let world = world(&[&target]);
    let body: Bytes = (0..BYTES).map(|n| b'a' + (n % 23) as u8).collect::<Vec<_>>().into();
    let answer = tell(async {
        let mut client = Http2::connect(world.address()).await;
        let request = Request::put("http://a/").header("content-length", BYTES);
        let (answer, mut send) = client.begin(request, false).await;
        send_all(&mut send, body.clone(), true).await;
        whole(answer).await.unwrap()
    });
    assert!(answer.body == body, "the same bytes");
}

#[test]
fn the_end_of_a_body_waits_for_no_window() {
    // As much as the client's window, in chunks; and the client never opens it again.
    let target = Target::start(|mut connection| {
        connection.request().unwrap();
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        connection.send(format!("ffff\r\n{}\r\n0\r\n\r\n", "x".repeat(65_535)));
        connection.wait_for_end();
    });
    let world = world(&[&target]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (answer, _) = client.begin(Request::get("http://a/"), true).await;
        let mut body = answer.await.unwrap().into_body();
        let mut bytes = 0;
        while let Some(piece) = body.data().await {
            bytes += piece.unwrap().len();
        }
        assert_eq!(bytes, 65_535);
    });
}

#[test]
fn a_broken_answer_does_not_look_like_a_whole_one() {
    let target = Target::start(|mut connection| {
        connection.request().unwrap();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    });
    let world = world(&[&target]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (answer, _) = client.begin(Request::get("http://a/"), true).await;
        // The reset may overtake what came before it.
        let broken = whole(answer).await.unwrap_err();
        assert!(broken.is_reset(), "{broken}");
    });
}

#[test]
fn a_client_that_gives_a_request_up_is_noticed_and_keeps_its_connection() {
    let target = Target::start(|mut connection| {
        let request = connection.request().unwrap();
        if request.contains("/slow") {
            return connection.wait_for_end();
        }
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        connection.wait_for_end();
    });
    let world = world(&[&target]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (answer, mut send) = client.begin(Request::get("http://a/slow"), true).await;
        until(|| target.all().contains("/slow")).await;
        send.send_reset(h2::Reason::CANCEL);
        drop((answer, send));
        assert_eq!(client.get("/", &[]).await.text(), "ok");
    });
    let events = world.events.wait(2);
    let given_up = events.iter().find(|event| event.uri == "/slow").unwrap();
    assert_eq!(given_up.status, 460);
}

#[test]
fn a_host_that_differs_from_the_authority_is_refused() {
    let target = Target::named("a");
    let world = world(&[&target]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        assert_eq!(client.get("/", &[("host", "shop.test")]).await.status(), 200);
        assert_eq!(client.get("/", &[("host", "other.test")]).await.status(), 400);
        assert_eq!(client.get("/", &[]).await.status(), 200, "others are served");
    });
}

#[test]
fn http_2_in_clear_is_off_unless_the_listener_wants_it() {
    let target = Target::named("a");
    let world = World::new(&[target.address]);
    let mut client = world.client();
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 505 "), "{head}");
}

#[test]
fn r17_after_ten_thousand_requests_the_client_makes_a_new_connection() {
    let target = Target::named("a");
    let world = world(&[&target]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        for _ in 0..10_000 {
            assert_eq!(client.get("/", &[]).await.status(), 200);
        }
        assert!(poll_fn(|cx| client.send.poll_ready(cx)).await.is_err(), "it was told to go away");
        client.connection.await.unwrap().unwrap();
        assert_eq!(Http2::connect(world.address()).await.get("/", &[]).await.status(), 200);
    });
}

#[test]
fn q7_a_graceful_stop_lets_requests_end_and_says_goodbye() {
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let target = Target::start(move |mut connection| {
        while let Some(request) = connection.request() {
            if request.contains("/slow") {
                released.lock().unwrap().recv().unwrap();
            }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    });
    let world = world(&[&target]);
    tell(async {
        let mut idle = Http2::connect(world.address()).await;
        let mut busy = Http2::connect(world.address()).await;
        assert_eq!(idle.get("/", &[]).await.status(), 200);
        let (slow, _) = busy.begin(Request::get("http://a/slow"), true).await;
        until(|| target.all().contains("/slow")).await;
        world.plane.stop(std::time::Duration::from_secs(15));
        idle.connection.await.unwrap().unwrap();
        release.send(()).unwrap();
        assert_eq!(whole(slow).await.unwrap().text(), "ok");
        busy.connection.await.unwrap().unwrap();
        world.plane.stopped().await;
    });
    world.events.wait(2);
}

#[test]
fn requests_count_among_the_connections_that_a_worker_takes() {
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let target = Target::start(move |mut connection| {
        connection.request().unwrap();
        // Waits until the test lets go of its end.
        let _ = released.lock().unwrap().recv();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        connection.wait_for_end();
    });
    let change = |setup: support::configuration::Setup| setup.with("elbow.http2.cleartext", "true");
    let few = |settings| elbow_proxy::Settings { max_connections: 4, ..settings };
    let world = World::with_settings(&[target.address], change, few);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let mut answers = Vec::new();
        for _ in 0..6 {
            answers.push(client.begin(Request::get("http://a/"), true).await.0);
        }
        let refused = answers.split_off(3);
        for answer in refused {
            let error = answer.await.unwrap_err();
            assert_eq!(error.reason(), Some(h2::Reason::REFUSED_STREAM), "{error}");
        }
        drop(release);
        for answer in answers {
            assert_eq!(whole(answer).await.unwrap().text(), "ok");
        }
    });
}
