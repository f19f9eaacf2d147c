//! The end of the data plane, and too many clients (quality Q4, Q7).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::time::Duration;

use support::target::Target;
use support::{World, until};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
const GRACE: Duration = Duration::from_secs(15);

fn wait_until_stopped(world: &World) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(support::PATIENCE, world.plane.stopped()).await }).unwrap();
}

fn wait_until_refused(world: &World) {
    until("connections are refused", || std::net::TcpStream::connect(world.address()).is_err());
}

#[test]
fn a_graceful_stop_finishes_requests_and_announces_the_end_q7() {
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let target = Target::start(move |mut connection| {
        while let Some(request) = connection.request() {
            if request.starts_with("GET /slow") {
                released.lock().unwrap().recv().unwrap();
            }
            connection.send(OK);
        }
    });
    let world = World::new(&[target.address]);
    let (mut idle, mut busy) = (world.client(), world.client());
    assert_eq!(idle.get("/", "").header("Connection"), Some("keep-alive"));
    busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    until("the slow request has arrived", || target.all().contains("/slow"));
    world.plane.stop(GRACE);
    wait_until_refused(&world);

    let last = idle.get("/", "");
    assert_eq!((last.status(), last.header("Connection")), (200, Some("close")), "a kept connection is told");
    idle.expect_close();
    release.send(()).unwrap();
    let slow = busy.response();
    assert_eq!((slow.status(), slow.header("Connection")), (200, Some("close")));
    wait_until_stopped(&world);
    world.events.wait(3);
}

#[test]
fn a_silent_connection_does_not_hold_a_stop_up() {
    let target = Target::answering(OK);
    let world = World::new(&[target.address]);
    let mut idle = world.client();
    assert_eq!(idle.get("/", "").status(), 200);
    world.plane.stop(Duration::from_secs(1));
    idle.expect_close();
    wait_until_stopped(&world);
}

#[test]
fn a_second_stop_ends_everything_at_once_and_every_request_is_recorded() {
    let target = Target::start(|mut connection| {
        connection.request();
        connection.wait_for_end();
    });
    let world = World::new(&[target.address]);
    let mut busy = world.client();
    busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    until("the request has arrived", || target.connections() > 0);
    world.plane.stop(Duration::from_secs(3600));
    wait_until_refused(&world);
    world.plane.stop(Duration::from_secs(3600));
    wait_until_stopped(&world);
    assert_eq!(world.events.wait(1)[0].status, 503);
}

#[test]
fn a_process_that_takes_over_may_listen_too_so_that_a_restart_refuses_nobody_q7() {
    let target = Target::answering(OK);
    let old = World::new(&[target.address]);
    let port = old.setup.port;
    let new = World::with_settings(
        &[target.address],
        |setup| support::configuration::Setup { port, ..setup },
        |settings| elbow_proxy::Settings { takes_over: true, ..settings },
    );
    // The kernel has spread them over both.
    let mut clients: Vec<_> = (0..100).map(|_| new.client()).collect();
    for client in &mut clients {
        assert_eq!(client.get("/", "").header("Connection"), Some("keep-alive"));
    }
    old.plane.stop(GRACE);
    // All at once: the old one waits a few seconds for them, whatever the machine is busy with.
    for client in &mut clients {
        client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }
    for client in &mut clients {
        assert_eq!(client.response().status(), 200);
    }
    wait_until_stopped(&old);
    let served = [&old, &new].map(|world| world.metrics.snapshot().new_connections);
    assert!(served.iter().all(|count| *count > 0), "{served:?}");
    assert_eq!(new.client().get("/", "").status(), 200);
}

#[test]
fn when_there_are_too_many_clients_those_that_are_idle_longest_make_room_q4() {
    let target = Target::answering(OK);
    let world = World::with_settings(
        &[target.address],
        |setup| setup,
        |settings| elbow_proxy::Settings { max_connections: 8, ..settings },
    );
    let mut idle: Vec<_> = (0..8).map(|_| world.client()).collect();
    for client in &mut idle {
        assert_eq!(client.get("/", "").status(), 200);
    }
    for _ in 0..20 {
        assert_eq!(world.client().get("/", "").status(), 200);
    }
    let snapshot = world.metrics.snapshot();
    assert_eq!((snapshot.new_connections, snapshot.rejected_connections), (28, 0));
    until("8 are left", || world.metrics.snapshot().active_connections <= 8);
    idle[0].expect_close();
}

#[test]
fn clients_that_send_half_a_head_make_room_too_q4() {
    let target = Target::answering(OK);
    let world = World::with_settings(
        &[target.address],
        |setup| setup,
        |settings| elbow_proxy::Settings { max_connections: 8, ..settings },
    );
    let mut slow: Vec<_> = (0..30).map(|_| world.client()).collect();
    for client in &mut slow {
        client.try_send("GET / HTTP/1.1\r\nHost: a\r\nX-");
    }
    for _ in 0..5 {
        assert_eq!(world.client().get("/", "").status(), 200);
    }
    until("8 are left", || world.metrics.snapshot().active_connections <= 8);
    assert_eq!(target.all().matches("HTTP/1.1").count(), 5);
}

#[test]
fn half_heads_cannot_take_all_memory_q4() {
    const CLIENTS: usize = 300;
    let target = Target::answering(OK);
    let world = World::new(&[target.address]);
    let head = format!(
        "GET /{} HTTP/1.1\r\nHost: a\r\n{}X-",
        "a".repeat(15_000),
        format!("X-Filler: {}\r\n", "b".repeat(13_000)).repeat(4)
    );
    // Each costs 96 KiB, all together more than the 16 MiB that half heads may take.
    let mut slow: Vec<_> = (0..CLIENTS).map(|_| world.client()).collect();
    for client in &mut slow {
        client.try_send(&head);
    }
    // Some make room long before their time is over. Which ones depends on whose bytes the kernel handed over last.
    until("they hold 16 MiB at most", || world.metrics.snapshot().active_connections <= 170);
    assert_eq!(world.client().get("/", "").status(), 200);
}
