//! Attacks over HTTP/2: the offender's connection ends, in bounded memory, and others are served.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::sync::{Mutex, MutexGuard, PoisonError};

use socket2::{Domain, Socket, Type};
use support::World;
use support::http2::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, Frames, GET, HEADERS, Http2, PING, RST_STREAM, SETTINGS,
    WINDOW_UPDATE, frame, tell,
};
use support::target::Target;

/// More than any of the limits; an attack that is not stopped by then has succeeded.
const FLOOD: u32 = 200_000;
const ENHANCE_YOUR_CALM: u32 = 11;
/// `POST / HTTP/2` for `a`, compressed as [`GET`] is.
const POST: &[u8] = b"\x83\x86\x84\x01\x01a";

/// One attack at a time: some look at the memory of the whole process.
static ALONE: Mutex<()> = Mutex::new(());

/// A load balancer that is attacked, and nothing else meanwhile.
fn attacked(target: &Target) -> (MutexGuard<'static, ()>, World) {
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    (alone, World::with(&[target.address], |setup| setup.with("elbow.http2.cleartext", "true")))
}

fn others_are_served(world: &World) {
    let served = tell(async { Http2::connect(world.address()).await.get("/", &[]).await.status() });
    assert_eq!(served, 200);
    assert_eq!(world.client().get("/", "").status(), 200);
}

/// Sends until the connection is closed. The error codes it was told.
fn flood(world: &World, frames: impl Fn(u32) -> Vec<u8>) -> Vec<u32> {
    let mut attacker = Frames::connect(world.address());
    let mut reader = Frames(attacker.0.try_clone().unwrap());
    let heard = std::thread::spawn(move || reader.farewells());
    let stopped = (0..FLOOD).any(|n| !attacker.write(&frames(n)));
    let told = heard.join().unwrap();
    assert!(stopped || !told.is_empty(), "nobody stopped the flood");
    told
}

fn streams(n: u32) -> u32 {
    2 * n + 1
}

#[test]
fn cve_2023_44487_rapid_reset() {
    let target = Target::named("a");
    let (_alone, world) = attacked(&target);
    let told = flood(&world, |n| {
        let request = frame(HEADERS, END_STREAM | END_HEADERS, streams(n), GET);
        [request, frame(RST_STREAM, 0, streams(n), &[0, 0, 0, 8])].concat()
    });
    assert!(told.is_empty() || told.contains(&ENHANCE_YOUR_CALM) || told.contains(&0), "{told:?}");
    others_are_served(&world);
}

#[test]
fn resets_of_what_waits_for_a_target_pile_nothing_up() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    // A target that takes no connection: its queue is full.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    socket.listen(0).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let _waiting = TcpStream::connect(address).unwrap();
    let world = World::with(&[address], |setup| setup.with("elbow.http2.cleartext", "true"));
    let mut attacker = Frames::connect(world.address());
    attacker.0.set_nodelay(true).unwrap();
    // Each reset comes when its request is being served, so that none is one of a request that nobody has begun.
    let stopped = (0..2_000).any(|n| {
        attacker.send(HEADERS, END_STREAM | END_HEADERS, streams(n), GET);
        attacker.send(PING, 0, 0, &[7; 8]);
        let heard = loop {
            match attacker.read() {
                Some((PING, ..)) => break true,
                Some((support::http2::GOAWAY, ..)) | None => break false,
                Some(_) => {}
            }
        };
        !heard || !attacker.send(RST_STREAM, 0, streams(n), &[0, 0, 0, 8])
    });
    assert!(stopped, "2,000 requests are served at a time");
}

#[test]
fn cve_2024_27316_continuation_flood() {
    let target = Target::named("a");
    let (_alone, world) = attacked(&target);
    // A field of 4,000 bytes that is never indexed, again and again.
    let field = [b"\x00\x01x\x7f\xa1\x1e".as_slice(), &[b'a'; 4_000]].concat();
    let told = flood(&world, |n| match n {
        0 => frame(HEADERS, END_STREAM, 1, GET),
        _ => frame(CONTINUATION, 0, 1, &field),
    });
    assert!(!told.contains(&0), "{told:?}");
    assert!(target.all().is_empty());
    others_are_served(&world);
}

#[test]
fn half_blocks_of_fields_cannot_take_all_memory_q4() {
    const CLIENTS: usize = 300;
    let target = Target::named("a");
    let (_alone, world) = attacked(&target);
    let before = resident_kib();
    // Fields that go into no table, 14 KiB in a frame, and an end that never comes.
    let field = [b"\x00\x01x\x7f\xa1\x1e".as_slice(), &[b'a'; 4_000]].concat().repeat(3);
    let mut slow: Vec<Frames> = (0..CLIENTS).map(|_| Frames::connect(world.address())).collect();
    for client in &mut slow {
        client.send(HEADERS, END_STREAM, 1, GET);
        let _ = (0..6).all(|_| client.send(CONTINUATION, 0, 1, &field));
    }
    // Those that began first make room long before their time is over.
    support::until("they hold 16 MiB at most", || world.metrics.snapshot().active_connections <= 170);
    let grown = resident_kib().saturating_sub(before);
    assert!(grown < 48 * 1024, "{grown} KiB");
    others_are_served(&world);
}

/// A target that begins an answer and sends a byte of it now and then, for as long as anybody takes it.
fn trickling() -> Target {
    Target::start(|mut connection| {
        let Some(_) = connection.request() else { return };
        connection.stream.set_read_timeout(Some(std::time::Duration::from_millis(100))).unwrap();
        let _ = connection.try_send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        // Nothing comes: the wait is what paces it.
        while connection.try_send("x") && connection.stream.read(&mut [0]).is_err() {}
    })
}

#[test]
fn half_blocks_beside_what_is_served_cannot_take_all_memory_q4() {
    const CLIENTS: usize = 300;
    let target = trickling();
    let (_alone, world) = attacked(&target);
    let field = [b"\x00\x01x\x7f\xa1\x1e".as_slice(), &[b'a'; 4_000]].concat().repeat(3);
    let mut slow: Vec<Frames> = (0..CLIENTS).map(|_| Frames::connect(world.address())).collect();
    for client in &mut slow {
        client.send(HEADERS, END_STREAM | END_HEADERS, 1, GET);
        client.send(HEADERS, END_STREAM, 3, GET);
        let _ = (0..6).all(|_| client.send(CONTINUATION, 0, 3, &field));
    }
    support::until("they hold 16 MiB at most", || world.metrics.snapshot().active_connections <= 170);
}

#[test]
fn half_a_block_beside_what_is_served_has_the_time_of_a_head_r24() {
    let target = trickling();
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let world = World::with(&[target.address], |setup| {
        setup.with("elbow.http2.cleartext", "true").with("idle_timeout.timeout_seconds", "1")
    });
    let mut slow = Frames::connect(world.address());
    slow.send(HEADERS, END_STREAM | END_HEADERS, 1, GET);
    slow.send(HEADERS, END_STREAM, 3, GET);
    // Its first request is being answered all the while.
    assert_eq!(slow.farewells(), [0]);
}

#[test]
fn a_client_may_flush_with_empty_pieces_as_often_as_it_likes() {
    let target = Target::named("a");
    let (_alone, world) = attacked(&target);
    let mut client = Frames::connect(world.address());
    // Three requests, each with more of them than the library takes in the life of a connection.
    for stream in [1, 3, 5] {
        client.send(HEADERS, END_HEADERS, stream, POST);
        client.write(&frame(DATA, 0, stream, b"").repeat(150));
        client.send(DATA, 0, stream, b"hello");
        client.write(&frame(DATA, 0, stream, b"").repeat(150));
        client.send(DATA, END_STREAM, stream, b"");
        let status = loop {
            match client.read().expect("an answer") {
                (HEADERS, _, _, payload) => break payload[0],
                (kind, ..) => assert_ne!(kind, support::http2::GOAWAY),
            }
        };
        assert_eq!(status, 0x88, "200");
    }
    assert_eq!(target.all().matches("\r\n5\r\nhello\r\n0\r\n\r\n").count(), 3, "{}", target.all());
}

#[test]
fn uploads_that_never_come_make_room_q4() {
    const ROOM: usize = 32;
    let target = Target::named("a");
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let world = World::with_settings(
        &[target.address],
        |setup| setup.with("elbow.http2.cleartext", "true"),
        |settings| elbow_proxy::Settings { max_connections: ROOM, ..settings },
    );
    // Over one connection a client fills all room, with heads alone.
    let mut silent = Frames::connect(world.address());
    for n in 0..100 {
        silent.send(HEADERS, END_HEADERS, streams(n), POST);
    }
    support::until("there is no more room", || target.connections() >= ROOM - 1);
    for _ in 0..10 {
        others_are_served(&world);
    }
}

#[test]
fn cve_2025_8671_made_you_reset() {
    let target = Target::named("a");
    let (_alone, world) = attacked(&target);
    // A window that overflows makes the server reset the stream itself.
    let told = flood(&world, |n| {
        let request = frame(HEADERS, END_STREAM | END_HEADERS, streams(n), GET);
        [request, frame(WINDOW_UPDATE, 0, streams(n), &[0x7f, 0xff, 0xff, 0xff])].concat()
    });
    assert!(told.is_empty() || told.iter().any(|code| *code != 0), "{told:?}");
    others_are_served(&world);
}

#[test]
fn an_hpack_bomb() {
    let target = Target::named("a");
    let (_alone, world) = attacked(&target);
    // One field of 4,000 bytes into the table, and then that one by its number, 4,000 times: 16 MB of header fields.
    let field = [b"\x40\x01x\x7f\xa1\x1e".as_slice(), &[b'a'; 4_000]].concat();
    let block = [GET, &field, &[0xbe; 4_000]].concat();
    let mut attacker = Frames::connect(world.address());
    attacker.send(HEADERS, END_STREAM | END_HEADERS, 1, &block);
    // Refused with a status or a reset; never with what it asked for.
    let (kind, payload) = loop {
        match attacker.read().expect("an answer") {
            (kind @ (HEADERS | RST_STREAM), _, _, payload) => break (kind, payload),
            (support::http2::GOAWAY, _, _, payload) => break (support::http2::GOAWAY, payload),
            _ => {}
        }
    };
    assert!(kind != HEADERS || payload[0] != 0x88, "200: {payload:?}");
    assert!(target.all().is_empty());
    others_are_served(&world);
}

#[test]
fn floods_of_pings_and_settings_cost_no_memory() {
    let target = Target::named("a");
    let (_alone, world) = attacked(&target);
    let before = resident_kib();
    for (kind, payload) in [(PING, &[7; 8][..]), (SETTINGS, &[0, 3, 0, 0, 0, 100])] {
        let mut attacker = Frames::connect(world.address());
        // It never reads what it is answered.
        attacker.0.set_write_timeout(Some(std::time::Duration::from_millis(500))).unwrap();
        let flood = frame(kind, 0, 0, payload).repeat(1_000);
        for _ in 0..200 {
            if !attacker.write(&flood) {
                break;
            }
        }
        others_are_served(&world);
    }
    let grown = resident_kib().saturating_sub(before);
    assert!(grown < 16 * 1024, "{grown} KiB");
}

#[test]
fn a_window_that_never_opens_holds_little() {
    const BODY: usize = 4 * 1024 * 1024;
    let target = Target::start(|mut connection| {
        while connection.request().is_some() {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {BODY}\r\n\r\n");
            if !connection.try_send(head) || !connection.try_send(vec![b'x'; BODY]) {
                return;
            }
        }
    });
    let (_alone, world) = attacked(&target);
    let before = resident_kib();
    let mut readers = Vec::new();
    for _ in 0..20 {
        let mut reader = Frames::connect(world.address());
        // A window of one byte.
        reader.send(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 1]);
        for n in 0..20 {
            reader.send(HEADERS, END_STREAM | END_HEADERS, streams(n), GET);
        }
        // The first bytes have come.
        while !matches!(reader.read(), Some((DATA, ..))) {}
        readers.push(reader);
    }
    others_are_served_small(&world);
    // The target itself, in this process, holds a body for each of its connections.
    let targets = target.connections() * BODY / 1024;
    let grown = resident_kib().saturating_sub(before + targets);
    assert!(grown < 64 * 1024, "{grown} KiB for 400 answers of 4 MiB");
}

fn others_are_served_small(world: &World) {
    let mut client = Frames::connect(world.address());
    client.send(HEADERS, END_STREAM | END_HEADERS, 1, GET);
    while !matches!(client.read(), Some((HEADERS, ..))) {}
}

#[test]
fn r17_who_does_not_go_after_ten_thousand_requests_is_made_to() {
    let target = Target::named("a");
    let (_alone, world) = attacked(&target);
    let mut attacker = Frames::connect(world.address());
    // It never answers the PING that asks whether it has heard.
    let served = (0..11_000).take_while(|n| {
        attacker.send(HEADERS, END_STREAM | END_HEADERS, streams(*n), GET);
        loop {
            match attacker.read() {
                Some((HEADERS, _, stream, _)) if stream == streams(*n) => return true,
                Some(_) => {}
                None => return false,
            }
        }
    });
    let served = served.count();
    assert!((10_000..=10_200).contains(&served), "{served}");
    others_are_served(&world);
}

#[test]
fn what_is_malformed_ends_a_stream_and_never_reaches_a_target() {
    let target = Target::named("a");
    let (_alone, world) = attacked(&target);
    // Literal fields, name and value with their lengths, behind a whole request.
    let literal = |name: &str, value: &str| {
        let mut field = vec![0, name.len() as u8];
        field.extend(name.as_bytes());
        field.push(value.len() as u8);
        field.extend(value.as_bytes());
        field
    };
    let pseudo = |path: &str, authority: &str| {
        [vec![0x82, 0x86], literal(":path", path), literal(":authority", authority)].concat()
    };
    let attacks = [
        [GET, &literal("transfer-encoding", "chunked")].concat(),
        [GET, &literal("connection", "close")].concat(),
        [GET, &literal("X-Upper", "1")].concat(),
        [GET, &literal("x", "1\r\nevil: 1")].concat(),
        [GET, &literal("x\r\nevil", "1")].concat(),
        [GET, &literal("a b", "1")].concat(),
        [GET, &literal("", "1")].concat(),
        [GET, &literal("content-length", "5")].concat(),
        [GET, &literal("content-length", "0"), &literal("content-length", "1")].concat(),
        [GET, &literal(":path", "/other")].concat(),
        pseudo("/ HTTP/1.1\r\nevil: 1\r\n", "a"),
        pseudo("/a b", "a"),
        pseudo("", "a"),
        pseudo("evil", "a"),
        pseudo("http://a/evil", "a"),
        pseudo("?evil", "a"),
        pseudo("/", "a\r\nevil: 1"),
        pseudo("/", "a b"),
        pseudo("/", "user@a"),
    ];
    for (n, block) in attacks.iter().enumerate() {
        let mut attacker = Frames::connect(world.address());
        attacker.send(HEADERS, END_STREAM | END_HEADERS, 1, block);
        let status = loop {
            match attacker.read() {
                Some((HEADERS, _, _, payload)) => break Some(payload),
                Some((RST_STREAM | support::http2::GOAWAY, ..)) | None => break None,
                _ => {}
            }
        };
        // The first byte of an answer is its status, of the static table: 0x88 is 200.
        assert_ne!(status.map(|payload| payload[0]), Some(0x88), "attack {n}");
        assert!(!target.all().contains("evil"), "attack {n}: {}", target.all());
    }
    assert_eq!(target.all(), "", "none of them was sent on");
    others_are_served(&world);
}

/// Memory of this process, in which the load balancer runs.
fn resident_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
