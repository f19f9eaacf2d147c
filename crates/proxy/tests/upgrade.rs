//! Connections that become pipes (R21, S56, quality Q17).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use support::World;
use support::client::{Client, header};
use support::target::Target;

const UPGRADE: &str = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
const SWITCH: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

/// Switches, and then sends back whatever comes, until it ends.
fn echo() -> Target {
    Target::start(|mut connection| {
        let head = connection.head().unwrap();
        assert_eq!(header(&head, "Upgrade"), Some("websocket"));
        assert_eq!(header(&head, "Connection"), Some("Upgrade"));
        connection.send(SWITCH);
        let mut stream = connection.stream.try_clone().unwrap();
        std::io::copy(&mut connection.stream, &mut stream).unwrap();
    })
}

fn upgraded(world: &World) -> Client {
    let mut client = world.client();
    client.send(UPGRADE);
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert_eq!(header(&head, "Upgrade"), Some("websocket"));
    client
}

#[test]
fn after_a_101_bytes_go_both_ways_whatever_they_are() {
    let target = echo();
    let world = World::with(&[target.address], support::configuration::Setup::sticky);
    let mut client = upgraded(&world);
    for message in [&b"\x81\x05hello"[..], b"GET /x HTTP/1.1\r\n\r\n", &[0; 100_000]] {
        let mut stream = client.stream.try_clone().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(move || std::io::Write::write_all(&mut stream, message).unwrap());
            assert_eq!(client.take(message.len()), message);
        });
    }
    client.finish().expect_close();
    let event = &world.events.wait(1)[0];
    assert_eq!((event.status, event.upgraded), (101, true));
    assert_eq!(event.uri, "/chat", "O1: one record, when it closes");
    assert!(event.received > 100_000 && event.sent > 100_000);
}

#[test]
fn what_the_client_sends_behind_its_request_goes_through_the_pipe() {
    let target = echo();
    let world = World::new(&[target.address]);
    let mut client = world.client();
    client.send(format!("{UPGRADE}early"));
    client.head();
    assert_eq!(client.take(5), b"early");
}

#[test]
fn either_side_may_finish_first_and_still_hear_the_other() {
    let (ended, has_ended) = std::sync::mpsc::channel();
    let target = Target::start(move |mut connection| {
        connection.head();
        connection.send(format!("{SWITCH}all I have to say"));
        connection.stream.shutdown(std::net::Shutdown::Write).unwrap();
        connection.wait_for_end();
        ended.send(()).unwrap();
    });
    let world = World::new(&[target.address]);
    let mut client = upgraded(&world);
    client.expect_rest("all I have to say");
    client.send("and I").finish();
    has_ended.recv().unwrap();
    assert!(target.all().ends_with("and I"));
    world.events.wait(1);
}

#[test]
fn a_silent_pipe_is_closed_after_the_idle_timeout() {
    let target = echo();
    let world = World::with(&[target.address], |setup| setup.with("idle_timeout.timeout_seconds", "1"));
    upgraded(&world).expect_close();
    world.events.wait(1);
}

#[test]
fn an_upgrade_that_the_target_does_not_want_is_an_ordinary_request() {
    let target = Target::answering("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n");
    let world = World::new(&[target.address]);
    let mut client = world.client();
    client.send(UPGRADE);
    assert_eq!(client.response().status(), 426);
    assert_eq!(client.get("/", "").status(), 426, "the connection goes on");
    assert_eq!(target.connections(), 1);
}

#[test]
fn a_flood_one_way_does_not_hold_up_the_other_way() {
    const DOWN: usize = 32 * 1024 * 1024;
    let target = Target::start(|mut connection| {
        connection.head().unwrap();
        connection.send(SWITCH);
        let mut writer = connection.stream.try_clone().unwrap();
        std::thread::spawn(move || while writer.write_all(&[b'd'; 65536]).is_ok() {});
        // Not through `more`, which would keep it all.
        while connection.stream.read(&mut [0; 65536]).is_ok_and(|count| count > 0) {}
    });
    let world = World::new(&[target.address]);
    let mut client = upgraded(&world);
    let (mut writer, sent) = (client.stream.try_clone().unwrap(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&sent);
    let flood = std::thread::spawn(move || {
        while writer.write_all(&[b'u'; 65536]).is_ok() {
            count.fetch_add(65536, Ordering::Relaxed);
        }
    });
    let mut buffer = vec![0; 65536];
    let mut received = 0;
    while received < DOWN {
        received += client.stream.read(&mut buffer).unwrap();
    }
    let sent = sent.load(Ordering::Relaxed);
    // Without turns it is 45 times as much; a machine that holds this thread up makes it more, too.
    assert!(sent < 30 * DOWN, "{sent} bytes went up while {DOWN} came down");
    client.stream.shutdown(std::net::Shutdown::Both).unwrap();
    flood.join().unwrap();
}
