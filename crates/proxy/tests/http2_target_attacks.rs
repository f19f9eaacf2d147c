//! Hostile targets of HTTP/2: their connection ends, in bounded memory, and others are served.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use elbow_model::ProtocolVersion;
use http::Request;
use support::World;
use support::http2::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, Frames, GOAWAY, HEADERS, Http2, PING, RST_STREAM, SETTINGS,
    WINDOW_UPDATE, frame, tell, until, whole,
};
use support::http2_target::{Http2Target, OK, by_hand};

/// More than any of the limits; an attack that is not stopped by then has succeeded.
const FLOOD: u32 = 200_000;
/// What the whole process may have at most: this test, the load balancer and the clients.
const MEMORY_KIB: usize = 256 * 1024;
const PUSH_PROMISE: u8 = 5;
/// `:status: 103`, never compressed.
const EARLY_HINTS: &[u8] = b"\x18\x03103";

/// One attack at a time: they look at the memory of the whole process.
static ALONE: Mutex<()> = Mutex::new(());

/// A target goes on with `frames` for its stream until its connection is closed.
fn attack(frames: impl Fn(u32, u32) -> Vec<u8> + Send + Sync + 'static) {
    assert!(survive(frames), "nobody stopped the flood");
}

/// Whether the connection of a target was closed that goes on with `frames`. Its clients get 502, or an answer that is cut;
/// who is sent to the other target is served.
fn survive(frames: impl Fn(u32, u32) -> Vec<u8> + Send + Sync + 'static) -> bool {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (stopped, over) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (closed, done) = (Arc::clone(&stopped), Arc::clone(&over));
    let hostile = by_hand(move |target, _| {
        let Some(stream) = target.request() else { return };
        // What it is told does not matter, but is taken, so that nothing waits for it.
        let mut reader = Frames(target.0.try_clone().unwrap());
        let reading = std::thread::spawn(move || while reader.read().is_some() {});
        if !(0..FLOOD).all(|n| target.write(&frames(n, stream))) {
            closed.store(true, Ordering::SeqCst);
        }
        done.store(true, Ordering::SeqCst);
        let _ = target.0.shutdown(std::net::Shutdown::Both);
        reading.join().unwrap();
    });
    let good = Http2Target::named("good");
    let world =
        World::with(&[hostile.address, good.address], |setup| setup.of_version(ProtocolVersion::Http2));
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let mut answers = Vec::new();
        for n in 0..4 {
            answers.push(client.begin(Request::post(format!("http://a/{n}")), true).await.0);
        }
        let mut statuses = Vec::new();
        for answer in answers {
            statuses.push(whole(answer).await.map_or(0, |answer| answer.status()));
        }
        let served = statuses.iter().filter(|status| **status == 200).count();
        assert!((1..4).contains(&served), "{statuses:?}");
        assert!(statuses.iter().all(|status| [0, 200, 502].contains(status)), "{statuses:?}");
        until(|| over.load(Ordering::SeqCst)).await;
    });
    assert!(memory_kib() < MEMORY_KIB, "{} KiB", memory_kib());
    stopped.load(Ordering::SeqCst)
}

fn memory_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn an_endless_head() {
    attack(|n, stream| match n {
        0 => frame(HEADERS, 0, stream, OK),
        _ => frame(CONTINUATION, 0, stream, &[&b"\x00\x01a\x7f\x81\x7f"[..], &[b'x'; 256]].concat()),
    });
}

#[test]
fn a_head_that_grows_when_it_is_unpacked() {
    attack(|n, stream| {
        // A value of 4,000 bytes goes into the table, and is named again and again, a byte each.
        let mut bomb = OK.to_vec();
        bomb.extend([0x40, 1, b'a', 0x7f, 0xa1, 0x1e]);
        bomb.extend([b'x'; 4000]);
        bomb.extend([0xbe; 12_000]);
        match n {
            0 => frame(HEADERS, END_HEADERS, stream, &bomb),
            _ => frame(DATA, 0, stream, &[b'x'; 8000]),
        }
    });
}

#[test]
fn endless_interim_answers() {
    // Each costs the target as much as this side, once its stream is given up.
    survive(|_, stream| frame(HEADERS, END_HEADERS, stream, EARLY_HINTS));
}

#[test]
fn pushes_that_nobody_asked_for() {
    attack(|n, stream| {
        let promised = (2 * n + 2).to_be_bytes();
        frame(PUSH_PROMISE, END_HEADERS, stream, &[&promised[..], b"\x82\x86\x84\x01\x01a"].concat())
    });
}

#[test]
fn more_than_the_window_allows() {
    // As above.
    survive(|n, stream| match n {
        0 => frame(HEADERS, END_HEADERS, stream, OK),
        // Some 400 MB in all, which a slow machine moves in time.
        _ => frame(DATA, 0, stream, &[b'x'; 2048]),
    });
}

#[test]
fn endless_empty_pieces() {
    // They cost the target more than this side.
    survive(|n, stream| match n {
        0 => frame(HEADERS, END_HEADERS, stream, OK),
        _ => frame(DATA, 0, stream, &[]),
    });
}

#[test]
fn a_window_that_overflows() {
    attack(|_, _| frame(WINDOW_UPDATE, 0, 0, &[0x7f, 0xff, 0xff, 0xff]));
}

#[test]
fn frames_for_streams_that_were_never_opened() {
    attack(|n, _| frame(HEADERS, END_HEADERS, 1001 + 2 * n, OK));
}

#[test]
fn settings_that_nobody_can_keep() {
    attack(|_, _| frame(SETTINGS, 0, 0, &[0, 4, 0xff, 0xff, 0xff, 0xff]));
}

#[test]
fn bytes_that_are_no_frames() {
    attack(|_, _| vec![0xff; 4096]);
}

#[test]
fn a_body_that_is_not_as_long_as_its_head_says() {
    attack(|n, stream| match n {
        // content-length: 3
        0 => frame(HEADERS, END_HEADERS, stream, b"\x88\x0f\x0d\x013"),
        1 => frame(DATA, END_STREAM, stream, b"four"),
        _ => frame(RST_STREAM, 0, stream + 1000 + 2 * n, &[0; 4]),
    });
}

#[test]
fn a_target_may_flush_with_empty_pieces_as_often_as_it_likes() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let flushing = by_hand(|target, _| {
        while let Some(stream) = target.request() {
            target.send(HEADERS, END_HEADERS, stream, OK);
            target.write(&frame(DATA, 0, stream, b"").repeat(150));
            target.send(DATA, 0, stream, b"hello");
            target.write(&frame(DATA, 0, stream, b"").repeat(150));
            target.send(DATA, END_STREAM, stream, b"");
        }
    });
    let world = World::with(&[flushing.address], |setup| setup.of_version(ProtocolVersion::Http2));
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        for _ in 0..3 {
            assert_eq!(client.get("/", &[]).await.text(), "hello");
        }
    });
    assert_eq!(flushing.connections(), 1);
}

/// What costs the target as much as this side goes on as long as it likes, and nobody notices.
#[test]
fn pings_settings_and_farewells_in_any_number_keep_nobody_waiting() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let noisy = by_hand(|target, _| {
        while let Some(stream) = target.request() {
            let noise = [
                frame(PING, 0, 0, &[7; 8]),
                frame(SETTINGS, 0, 0, &[0, 3, 0, 0, 0, 100]),
                frame(GOAWAY, 0, 0, &[0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
            ];
            let mut reader = Frames(target.0.try_clone().unwrap());
            let reading = std::thread::spawn(move || while reader.read().is_some() {});
            for _ in 0..20_000 {
                let _ = target.write(&noise[0]) && target.write(&noise[1]);
            }
            let _ = target.write(&noise[2]) && target.ok(stream);
            reading.join().unwrap();
        }
    });
    let world = World::with(&[noisy.address], |setup| setup.of_version(ProtocolVersion::Http2));
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        for _ in 0..3 {
            assert_eq!(client.get("/", &[]).await.status(), 200);
        }
    });
    assert!(memory_kib() < MEMORY_KIB, "{} KiB", memory_kib());
}
