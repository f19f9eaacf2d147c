//! Connections of HTTP/2 to targets: who gets a place on one, and what happens while there is none.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use elbow_model::ProtocolVersion;
use http::Request;
use support::http2::{
    DATA, END_HEADERS, END_STREAM, Frames, GET, GOAWAY, HEADERS, Http2, PING, SETTINGS, tell, whole,
};
use support::http2_target::{OK, by_hand};
use support::target::Target;
use support::{PATIENCE, World, until};

/// `:status: 200`, compressed, is how an answer begins that a target gave.
const SERVED: u8 = OK[0];
/// `POST / HTTP/2` for `a`, compressed as [`GET`] is.
const POST: &[u8] = b"\x83\x86\x84\x01\x01a";

fn world(targets: &[SocketAddr]) -> World {
    World::with(targets, |setup| setup.of_version(ProtocolVersion::Http2))
}

/// A target that goes on with its first connection when a test says so: `slow` gets it before anything was said.
fn slow_to_agree(slow: impl Fn(Frames) + Send + Sync + 'static) -> (Target, Sender<()>) {
    let (release, released): (Sender<()>, Receiver<()>) = channel();
    let released = Mutex::new(released);
    let target = Target::start(move |connection| {
        let mut frames = Frames(connection.stream.try_clone().unwrap());
        frames.0.set_read_timeout(Some(PATIENCE)).unwrap();
        if !frames.preface() {
            return;
        }
        if connection.number == 0 {
            let _ = released.lock().unwrap().recv();
            return slow(frames);
        }
        frames.send(SETTINGS, 0, 0, b"");
        while let Some(stream) = frames.request() {
            frames.ok(stream);
        }
    });
    (target, release)
}

/// Waits until all that was sent before has been taken up.
fn settle(client: &mut Frames) {
    for _ in 0..2 {
        client.send(PING, 0, 0, &[7; 8]);
        loop {
            match client.read().unwrap() {
                (PING, ..) => break,
                (kind, ..) => assert_ne!(kind, GOAWAY),
            }
        }
    }
}

/// The first byte of the answer to each of these streams: its status.
fn statuses<const N: usize>(client: &mut Frames, streams: [u32; N]) -> [u8; N] {
    let mut statuses = [0; N];
    while statuses.contains(&0) {
        if let (HEADERS, _, stream, payload) = client.read().unwrap() {
            statuses[streams.iter().position(|of| *of == stream).unwrap()] = payload[0];
        }
    }
    statuses
}

#[test]
fn who_came_first_gets_the_first_place() {
    const CLIENTS: usize = 10;
    // One connection with one place, and others that it never agrees on.
    let target = Target::start(|connection| {
        let mut frames = Frames(connection.stream.try_clone().unwrap());
        frames.0.set_read_timeout(Some(PATIENCE)).unwrap();
        if connection.number > 0 || !frames.preface() {
            while frames.read().is_some() {}
            return;
        }
        frames.send(SETTINGS, 0, 0, &[0, 3, 0, 0, 0, 1]);
        let mut number = 0;
        while let Some(stream) = frames.request() {
            frames.send(HEADERS, END_HEADERS, stream, OK);
            frames.send(DATA, END_STREAM, stream, &[number]);
            number += 1;
        }
    });
    let world = world(&[target.address]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        assert_eq!(client.get("/", &[]).await.body, [0]);
        let mut answers = Vec::new();
        for _ in 0..CLIENTS {
            answers.push(client.begin(Request::get("http://a/"), true).await.0);
        }
        for (number, answer) in answers.into_iter().enumerate() {
            assert_eq!(usize::from(whole(answer).await.unwrap().body[0]), number + 1);
        }
    });
}

#[test]
fn who_comes_while_another_tries_in_vain_tries_itself() {
    let (target, release) = slow_to_agree(drop);
    let world = world(&[target.address]);
    let mut client = Frames::connect(world.address());
    client.send(HEADERS, END_STREAM | END_HEADERS, 1, GET);
    until("the first one tries", || target.connections() == 1);
    client.send(HEADERS, END_STREAM | END_HEADERS, 3, GET);
    settle(&mut client);
    assert_eq!(target.connections(), 1, "the second one waits for the same connection");
    // Which closes before anything was said.
    release.send(()).unwrap();
    let [first, second] = statuses(&mut client, [1, 3]);
    assert_ne!(first, SERVED, "nobody but this target could have served it");
    assert_eq!(second, SERVED);
    assert_eq!((world.events.refused().len(), target.connections()), (1, 2));
}

#[test]
fn small_messages_that_come_before_there_is_a_connection_cost_nobody_the_own_one() {
    const MESSAGES: usize = 6_000;
    let (target, release) = slow_to_agree(|mut frames| {
        frames.send(SETTINGS, 0, 0, b"");
        let stream = frames.request().unwrap();
        let mut come = 0;
        while let Some((kind, flags, _, payload)) = frames.read() {
            come += if kind == DATA { payload.len() } else { 0 };
            if kind == DATA && flags & END_STREAM != 0 {
                assert_eq!(come, 4 * MESSAGES);
                frames.ok(stream);
            }
        }
    });
    let world = world(&[target.address]);
    let mut client = Frames::connect(world.address());
    client.send(HEADERS, END_HEADERS, 1, POST);
    until("a connection is tried", || target.connections() == 1);
    let message = support::http2::frame(DATA, 0, 1, b"0000");
    client.write(&message.repeat(MESSAGES));
    settle(&mut client);
    release.send(()).unwrap();
    client.send(DATA, END_STREAM, 1, b"");
    assert_eq!(statuses(&mut client, [1]), [SERVED]);
}

#[test]
fn a_connection_on_which_nothing_comes_any_more_gets_no_more_requests() {
    // The first one falls silent with its first request.
    let target = by_hand(|frames, number| {
        while let Some(stream) = frames.request() {
            if number == 0 {
                while frames.read().is_some() {}
            } else {
                frames.ok(stream);
            }
        }
    });
    let world = world(&[target.address]);
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let mut unanswered = Vec::new();
        loop {
            let mut answer = client.begin(Request::get("http://a/"), true).await.0;
            match tokio::time::timeout(Duration::from_secs(1), &mut answer).await {
                Ok(answer) => break assert_eq!(answer.unwrap().status(), 200),
                Err(_) => unanswered.push(answer),
            }
        }
        assert!((1..20).contains(&unanswered.len()), "{}", unanswered.len());
    });
    assert_eq!(target.connections(), 2);
}

#[test]
fn what_a_target_may_have_looked_at_when_it_left_is_not_sent_again() {
    // It has seen the first stream, says so or says nothing, and is gone.
    for farewell in [Some([0, 0, 0, 1, 0, 0, 0, 0]), None] {
        let target = by_hand(move |frames, _| {
            let _ = frames.request();
            if let Some(farewell) = &farewell {
                frames.send(GOAWAY, 0, 0, farewell);
            }
        });
        let world = world(&[target.address]);
        tell(async {
            let mut client = Http2::connect(world.address()).await;
            let (order, _) = client.begin(Request::post("http://a/order"), true).await;
            assert_eq!(whole(order).await.unwrap().status(), 502);
        });
        assert_eq!(target.connections(), 1, "{farewell:?}");
    }
}

#[test]
fn a_stop_says_goodbye_to_targets() {
    let heard = std::sync::Arc::new(Mutex::new(None));
    let told = std::sync::Arc::clone(&heard);
    let target = by_hand(move |frames, _| {
        let stream = frames.request().unwrap();
        frames.ok(stream);
        told.lock().unwrap().replace(frames.farewells());
    });
    let world = world(&[target.address]);
    tell(async { assert_eq!(Http2::connect(world.address()).await.get("/", &[]).await.status(), 200) });
    world.plane.stop(PATIENCE);
    until("its connection is closed", || heard.lock().unwrap().is_some());
    assert_eq!(*heard.lock().unwrap(), Some(vec![0]));
}
