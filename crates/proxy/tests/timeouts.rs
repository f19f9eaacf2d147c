//! How long connections last (R24).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::future::poll_fn;
use std::sync::{Mutex, mpsc};
use std::thread;

use http::Request;
use support::client::Client;
use support::day::Day;
use support::http2::{self, Http2, tell, whole};
use support::target::Target;
use support::{World, configuration::Setup};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
const IDLE: &str = "idle_timeout.timeout_seconds";
const KEEP_ALIVE: &str = "client_keep_alive.seconds";

/// Whether the connection stays after one more request.
fn stays(client: &mut Client) -> bool {
    let response = client.get("/", "");
    assert_eq!(response.text(), "hi");
    let stays = response.header("Connection") == Some("keep-alive");
    assert!(stays || response.header("Connection") == Some("close"), "{}", response.head);
    stays
}

#[test]
fn a_connection_keeps_the_client_keep_alive_that_it_was_opened_with_r24() {
    let (target, day) = (Target::answering(OK), Day::default());
    let longer = |setup: Setup| setup.with(IDLE, "4000").with(KEEP_ALIVE, "60");
    let mut world = day.world(&[target.address], longer);
    let mut early = world.client();
    assert!(stays(&mut early));
    world.change(|setup| *setup = setup.clone().with(KEEP_ALIVE, "7200"));
    let mut late = world.client();
    assert!(stays(&mut late));

    day.pass(&world, 50);
    assert!(stays(&mut early) && stays(&mut late));
    day.pass(&world, 20);
    assert!(!stays(&mut early), "no traffic and no change of the attribute makes it last longer");
    early.expect_close();
    world.change(|setup| *setup = setup.clone().with(KEEP_ALIVE, "60"));
    assert!(stays(&mut late) && stays(&mut late), "nor shorter");
    day.pass(&world, 7200);
    assert!(!stays(&mut late));
    late.expect_close();
}

#[test]
fn the_client_keep_alive_is_an_hour_unless_it_is_set_r24() {
    let (target, day) = (Target::answering(OK), Day::default());
    let world = day.world(&[target.address], |setup| setup.with(IDLE, "4000"));
    let mut client = world.client();
    assert!(stays(&mut client));
    day.pass(&world, 3590);
    assert!(stays(&mut client));
    day.pass(&world, 20);
    assert!(!stays(&mut client));
    client.expect_close();
}

/// The request that comes too late is answered like those that are under way, and others go over a new connection.
#[test]
fn over_http_2_the_client_keep_alive_ends_in_goaway_and_nothing_is_lost_r24() {
    let (release, released) = mpsc::channel::<()>();
    let released = Mutex::new(released);
    let target = Target::start(move |mut connection| {
        while let Some(request) = connection.request() {
            if request.contains("/slow") {
                released.lock().unwrap().recv().unwrap();
            }
            connection.send(OK);
        }
    });
    let day = Day::default();
    let world = day.world(&[target.address], |setup| {
        setup.with("elbow.http2.cleartext", "true").with(IDLE, "4000").with(KEEP_ALIVE, "60")
    });
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        assert_eq!(client.get("/", &[]).await.text(), "hi");
        day.pass(&world, 50);
        let (slow, _) = client.begin(Request::get("http://a/slow"), true).await;
        http2::until(|| target.all().contains("/slow")).await;
        day.pass(&world, 20);
        assert_eq!(client.get("/late", &[]).await.text(), "hi");
        assert!(poll_fn(|cx| client.send.poll_ready(cx)).await.is_err(), "it was told to go away");
        release.send(()).unwrap();
        assert_eq!(whole(slow).await.unwrap().text(), "hi");
        client.connection.await.unwrap().unwrap();
        assert_eq!(Http2::connect(world.address()).await.get("/", &[]).await.text(), "hi");
    });
}

/// A request after the client keep-alive is answered whoever answers it.
#[test]
fn our_own_answers_close_a_connection_that_is_too_old_too_r24() {
    let day = Day::default();
    let world = day.world(&[], |setup| setup.with(KEEP_ALIVE, "60"));
    let mut client = world.client();
    for (seconds, connection) in [(0, "keep-alive"), (61, "close")] {
        day.pass(&world, seconds);
        let response = client.get("/", "");
        assert_eq!((response.status(), response.header("Connection")), (503, Some(connection)));
    }
    client.expect_close();
}

#[test]
fn data_one_way_keeps_both_connections_beyond_the_idle_timeout_r24() {
    let (heard, hears) = mpsc::channel();
    let (asks, asked) = mpsc::channel::<()>();
    let asked = Mutex::new(asked);
    let target = Target::start(move |mut connection| {
        if connection.head().unwrap().starts_with("POST ") {
            heard.send(()).unwrap();
            while connection.more().is_some() {
                heard.send(()).unwrap();
            }
        } else {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
            for () in asked.lock().unwrap().iter() {
                connection.send("x");
            }
        }
    });
    let world = World::with(&[target.address], |setup| setup.with(IDLE, "1"));
    let (mut up, mut down) = (world.client(), world.client());
    up.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
    hears.recv().unwrap();
    down.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").head();
    // Those who say nothing are closed meanwhile, one after the other.
    let address = world.address();
    let silent = thread::spawn(move || (0..2).for_each(|_| Client::connect(address).expect_close()));
    while !silent.is_finished() {
        up.send("x");
        hears.recv().unwrap();
        asks.send(()).unwrap();
        assert_eq!(down.take(1), b"x");
    }
    silent.join().unwrap();
}
