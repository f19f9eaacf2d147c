//! Bodies that are larger than any buffer, in both directions at once.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::io::{Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use support::World;
use support::pattern::{LARGE, write_pattern};
use support::target::Target;

#[test]
fn a_target_that_answers_while_it_reads_is_relayed_both_ways_at_once() {
    const ROUNDS: usize = 200;
    let target = Target::start(|mut connection| {
        connection.head_alone();
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for _ in 0..ROUNDS {
            // One chunk of one byte, which is answered before the next one is sent.
            let mut chunk = [0; 6];
            connection.stream.read_exact(&mut chunk).unwrap();
            connection.send(chunk);
        }
        connection.send("0\r\n\r\n");
        connection.wait_for_end();
    });
    let world = World::new(&[target.address]);
    let mut client = world.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.head();
    for n in 0..ROUNDS {
        let chunk = format!("1\r\n{}\r\n", n % 10);
        client.send(&chunk);
        assert_eq!(client.take(6), chunk.as_bytes());
    }
    client.send("0\r\n\r\n");
    assert_eq!(client.take(5), b"0\r\n\r\n");
    assert_eq!(world.events.wait(1)[0].status, 200);
}

#[test]
fn a_target_that_refuses_a_large_body_is_heard() {
    let target = Target::start(|mut connection| {
        connection.head();
        connection
            .send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
    });
    let world = World::new(&[target.address]);
    let mut client = world.client();
    client.send(format!("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: {LARGE}\r\n\r\n"));
    // The client may find its connection closed before it has sent all.
    let mut stream = client.stream.try_clone().unwrap();
    let sender = std::thread::spawn(move || drop(write_pattern(&mut stream, LARGE)));
    let response = client.response();
    assert_eq!((response.status(), response.text()), (413, "big"));
    // It may have been closed by now.
    let _ = client.stream.shutdown(std::net::Shutdown::Both);
    sender.join().unwrap();
    assert_eq!(world.events.wait(1)[0].target_status, Some(413));
}

#[test]
fn a_client_that_does_not_read_holds_the_target_back() {
    let (sent, written) = mpsc::channel();
    let target = Target::start(move |mut connection| {
        connection.request();
        connection.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n"));
        connection.stream.set_nonblocking(true).unwrap();
        // Nothing more can be written for a while: kernel buffers are full on the whole way.
        let block = vec![0; 1 << 16];
        let (mut total, mut refused) = (0, 0);
        while refused < 1000 && total < LARGE {
            match connection.stream.write(&block[..block.len().min(LARGE - total)]) {
                Ok(count) => (total, refused) = (total + count, 0),
                Err(_) => {
                    refused += 1;
                    std::thread::yield_now();
                }
            }
        }
        sent.send(total).unwrap();
    });
    let world = World::new(&[target.address]);
    let mut client = world.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let total = written.recv().unwrap();
    assert!(total < LARGE / 2, "{total} of {LARGE} bytes were taken for a client that reads nothing");
}

#[test]
fn a_body_that_comes_in_pieces_is_served_and_recorded_as_any_other() {
    let target = Target::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let world = World::new(&[target.address]);
    let mut client = world.client();
    for path in ["/1", "/2"] {
        client.send(format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n"));
        for n in 1..=50 {
            let before = target.all().len();
            client.send([b'x'; 1000]);
            support::until("a piece has arrived", || n == 50 || target.all().len() > before);
        }
        assert_eq!(client.response().status(), 200);
    }
    assert_eq!(target.all().matches('x').count(), 100_000);
    let events = world.events.wait(2);
    let paths: Vec<&str> = events.iter().map(|event| event.uri.as_str()).collect();
    assert_eq!(paths, ["/1", "/2"]);
    assert!(events.iter().all(|event| event.received > 50_000));
}

#[test]
fn a_flood_up_does_not_hold_up_the_answer() {
    let target = Target::start(|mut connection| {
        connection.head_alone();
        connection.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n"));
        let mut writer = connection.stream.try_clone().unwrap();
        std::thread::spawn(move || drop(writer.write_all(&vec![b'd'; LARGE])));
        // Not through `more`, which would keep it all.
        while connection.stream.read(&mut [0; 65536]).is_ok_and(|count| count > 0) {}
    });
    let world = World::new(&[target.address]);
    let mut client = world.client();
    client.send(format!("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", u64::MAX / 2));
    let (mut writer, sent) = (client.stream.try_clone().unwrap(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&sent);
    let flood = std::thread::spawn(move || {
        while writer.write_all(&[b'u'; 65536]).is_ok() {
            count.fetch_add(65536, Ordering::Relaxed);
        }
    });
    let head = client.head_alone();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let (mut buffer, mut received) = (vec![0; 65536], 0);
    while received < LARGE {
        received += client.stream.read(&mut buffer).unwrap();
    }
    let sent = sent.load(Ordering::Relaxed);
    // Without turns it is 45 times as much; a machine that holds this thread up makes it more, too.
    assert!(sent < 30 * LARGE, "{sent} bytes went up while {LARGE} came down");
    client.stream.shutdown(std::net::Shutdown::Both).unwrap();
    flood.join().unwrap();
}

#[test]
fn a_large_head_passes_up_to_its_limits_r23() {
    let target = Target::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let world = World::new(&[target.address]);
    let lines: String = (0..4).map(|n| format!("X-{n}: {}\r\n", "a".repeat(15_000))).collect();
    assert_eq!(world.client().get("/", &lines).status(), 200);
    assert!(target.text(0).contains(&lines));
    let lines: String = (0..5).map(|n| format!("X-{n}: {}\r\n", "a".repeat(15_000))).collect();
    assert_eq!(world.client().get("/", &lines).status(), 400);
}

#[test]
fn a_head_that_arrives_byte_by_byte_is_a_head() {
    let target = Target::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let world = World::new(&[target.address]);
    let mut client = world.client();
    for byte in b"POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n" {
        client.send([*byte]);
    }
    assert_eq!(client.response().status(), 200);
    assert!(target.text(0).ends_with("1\r\nx\r\n0\r\n\r\n"));
}
