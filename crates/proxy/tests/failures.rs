//! Targets and clients that fail, and what the other side gets (facts, section 4; quality Q5, Q6).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};

use elbow_telemetry::AnsweredBy;
use support::configuration::{LOAD_BALANCER, Setup};
use support::target::Target;
use support::{World, until};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// An address that refuses connections: it was free a moment ago and is not listened on.
fn refusing() -> SocketAddr {
    let (socket, _) = support::reserve();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    // Stays bound, so that nobody else gets it.
    std::mem::forget(socket);
    address
}

#[test]
fn a_group_without_targets_answers_503_to_the_byte_e1_e3_e4() {
    let world = World::new(&[]);
    let mut client = world.client();
    for _ in 0..2 {
        let response = client.get("/", "");
        assert!(
            response
                .head
                .starts_with("HTTP/1.1 503 Service Temporarily Unavailable\r\nServer: awselb/2.0\r\n")
        );
        assert_eq!(response.header("Connection"), Some("keep-alive"));
        assert_eq!(response.body.len(), 162);
    }
    let event = &world.events.wait(2)[0];
    assert_eq!((event.status, event.answered_by), (503, AnsweredBy::LoadBalancer));
    assert!(!event.reached_target);
}

#[test]
fn an_ambiguous_request_closes_the_connection_whoever_answers_it_r11() {
    let world = World::new(&[]);
    let mut client = world.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx");
    let response = client.response();
    assert_eq!((response.status(), response.header("Connection")), (503, Some("close")));
    client.expect_close();
}

#[test]
fn a_head_that_cannot_be_read_is_answered_and_counted_as_its_listener_wants() {
    let world = World::with(&[], |setup| setup.with("routing.http.response.server.enabled", "false"));
    let response = world.client().send("GET / HTTP/1.1\r\nHost: a b\r\n\r\n").response();
    assert_eq!((response.status(), response.header("Server")), (400, None));
    let event = &world.events.wait(1)[0];
    assert_eq!((event.load_balancer, event.rule), (Some(LOAD_BALANCER), None));
}

#[test]
fn a_client_that_never_says_anything_has_the_idle_timeout_too_r24() {
    let world = World::with(&[], |setup| setup.with("idle_timeout.timeout_seconds", "1"));
    world.client().expect_close();
}

#[test]
fn a_refused_connection_moves_the_request_and_its_session_to_another_target() {
    let target = Target::answering(OK);
    let world = World::with(&[refusing(), target.address], |setup| {
        setup.sticky().with("elbow.stickiness.outcome_header.enabled", "true")
    });
    // Round robin: one of two requests is sent to the target that refuses first.
    for _ in 0..2 {
        assert_eq!(world.client().get("/", "").status(), 200);
    }
    let events = world.events.wait(2);
    let refused: u8 = events.iter().map(|event| event.refused).sum();
    assert!(refused >= 1);
    assert!(events.iter().all(|event| event.target == Some(2)));
    assert_eq!(world.events.refused(), vec![1; refused.into()], "and the prober is told");
}

#[test]
fn if_all_targets_refuse_the_client_gets_502_e1() {
    let world = World::new(&[refusing(), refusing()]);
    let mut client = world.client();
    assert_eq!(client.get("/", "").status(), 502);
    assert_eq!(client.get("/", "").status(), 502, "the connection stays");
    assert_eq!(world.events.wait(2)[0].refused, 2);
}

#[test]
fn a_target_that_lives_is_found_among_many_that_refuse() {
    let target = Target::answering(OK);
    let mut addresses: Vec<SocketAddr> = (0..40).map(|_| refusing()).collect();
    addresses.push(target.address);
    let world = World::new(&addresses);
    let mut client = world.client();
    assert_eq!([0; 5].map(|_| client.get("/", "").status()), [200; 5]);
    let most = world.events.wait(5).iter().map(|event| event.refused).max();
    assert!(most > Some(8), "{most:?} refused at most");
}

/// The system says of a broadcast address what an ICMP message makes it say of others: nobody can be reached there.
#[test]
fn a_target_that_cannot_be_reached_is_a_502_e1() {
    let unreachable = SocketAddr::from(([127, 255, 255, 255], 80));
    let world = World::new(&[unreachable]);
    assert_eq!(world.client().get("/", "").status(), 502);
    assert_eq!(world.events.wait(1)[0].refused, 1);

    let target = Target::answering(OK);
    let world = World::new(&[unreachable, target.address]);
    assert_eq!([0; 2].map(|_| world.client().get("/", "").status()), [200; 2], "another target has it");
}

#[test]
fn a_group_whose_targets_all_drain_has_nobody_for_a_new_request_e1() {
    let target = Target::answering(OK);
    let mut world = World::new(&[target.address]);
    let mut client = world.client();
    assert_eq!(client.get("/", "").status(), 200);
    world.change(|setup| {
        setup.deregistered[0] = Some(elbow_model::Timestamp::from_secs(4_000_000_000));
    });
    assert_eq!(client.get("/", "").status(), 503);
}

#[test]
fn a_target_that_does_not_answer_in_time_is_a_504_e1_r24() {
    let target = Target::start(|mut connection| connection.wait_for_end());
    let world = World::with(&[target.address], |setup| setup.with("idle_timeout.timeout_seconds", "1"));
    let response = world.client().get("/", "");
    assert_eq!((response.status(), response.body.len()), (504, 132));
    assert_eq!(world.events.wait(1)[0].status, 504);
}

#[test]
fn a_target_that_resets_or_closes_instead_of_answering_is_a_502_for_what_cannot_be_repeated_e1() {
    for reset in [true, false] {
        let target = Target::start(move |mut connection| {
            connection.request();
            if reset {
                connection.reset();
            }
        });
        let world = World::new(&[target.address]);
        let mut client = world.client();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
        assert_eq!(client.response().status(), 502);
        assert_eq!(target.connections(), 1, "a POST is sent once");
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(client.response().status(), 502);
        assert_eq!(target.connections(), 4, "a GET is tried twice more");
        world.events.wait(2);
    }
}

/// While the load balancer waits for the rest of a large body, it keeps a copy of the head only.
#[test]
fn an_answer_to_head_has_no_page_although_the_buffer_of_its_head_was_given_back() {
    const SENT: usize = 200_000;
    let target = Target::start(|mut connection| {
        let head = connection.head().unwrap();
        connection.need(head.len() + SENT);
    });
    let world = World::new(&[target.address]);
    let mut client = world.client();
    let head = "HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n";
    client.send([head.as_bytes(), &[b'x'; SENT]].concat());
    assert!(client.head().starts_with("HTTP/1.1 502 "));
    client.expect_close();
}

/// A process that is killed loses its connections one after the other, and its listening socket last: a new connection
/// may still be taken, and end without an answer.
#[test]
fn a_target_that_is_just_dying_fails_no_request_that_can_be_repeated_q5() {
    let (dying, other) = (TcpListener::bind("127.0.0.1:0").unwrap(), Target::named("other"));
    let world = World::with(&[dying.local_addr().unwrap(), other.address], Setup::sticky);
    let death = std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        let (mut kept, _) = dying.accept().unwrap();
        assert!(kept.read(&mut bytes).unwrap() > 0);
        kept.write_all(OK.as_bytes()).unwrap();
        assert!(kept.read(&mut bytes).unwrap() > 0);
        drop(kept);
        let (mut new, _) = dying.accept().unwrap();
        assert!(new.read(&mut bytes).unwrap() > 0);
        drop(dying);
    });
    let mut client = world.client();
    let mut response = client.get("/", "");
    if response.text() == "other" {
        response = client.get("/", "");
    }
    assert_eq!(response.text(), "hi");
    let cookie = response.cookie("AWSALB");
    assert_eq!(client.get("/", &format!("Cookie: {cookie}\r\n")).text(), "other");
    death.join().unwrap();
    assert_eq!(world.events.refused(), [1]);
}

#[test]
fn a_kept_connection_that_the_target_has_closed_fails_no_request_q5() {
    let (closed, is_closed) = std::sync::mpsc::channel();
    let target = Target::start(move |mut connection| {
        connection.request();
        connection.send(OK);
        // Without a word, as targets do whose keep-alive timeout is over.
        drop(connection);
        closed.send(()).unwrap();
    });
    let world = World::new(&[target.address]);
    let mut client = world.client();
    for n in 0..30 {
        let method = ["GET", "POST"][n % 2];
        client.send(format!("{method} /{n} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"));
        assert_eq!(client.response().status(), 200, "{method} {n}");
        is_closed.recv().unwrap();
    }
}

#[test]
fn a_request_that_meets_a_dying_connection_is_sent_again_if_that_is_safe_q5() {
    let dies = AtomicBool::new(true);
    let target = Target::start(move |mut connection| {
        connection.request();
        connection.send(OK);
        // The second request is read, and then the connection is gone: once.
        connection.request();
        if !dies.swap(false, Ordering::SeqCst) {
            connection.send(OK);
        }
    });
    let world = World::new(&[target.address]);
    let mut client = world.client();
    assert_eq!(client.get("/1", "").status(), 200);
    assert_eq!(client.get("/2", "").status(), 200);
    assert_eq!(target.all().matches("GET /2 ").count(), 2);
    world.events.wait(2);
}

#[test]
fn an_answer_that_breaks_off_is_cut_off_for_the_client_too() {
    let broken = [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ];
    for answer in broken {
        let target = Target::start(move |mut connection| {
            connection.request();
            connection.send(answer);
        });
        let world = World::new(&[target.address]);
        let mut client = world.client();
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        let head = client.head();
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        let rest = String::from_utf8(client.rest()).unwrap();
        assert!(rest.ends_with("half") || rest.ends_with("half\r\n"), "no end is made up: {rest:?}");
        assert_eq!(world.events.wait(1)[0].status, 200);
    }
}

#[test]
fn a_client_that_resets_while_it_waits_is_a_460_and_the_target_is_let_go_e1() {
    let target = Target::start(|mut connection| {
        connection.request();
        connection.wait_for_end();
    });
    let world = World::new(&[target.address]);
    let mut client = world.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    until("the request has arrived", || target.connections() > 0);
    socket2::SockRef::from(&client.stream).set_linger(Some(std::time::Duration::ZERO)).unwrap();
    drop(client);
    let event = &world.events.wait(1)[0];
    assert_eq!((event.status, event.target_status), (460, None));
}

#[test]
fn a_client_that_stops_within_its_body_is_a_400_and_the_target_gets_no_end_e1() {
    let (ended, has_ended) = std::sync::mpsc::channel();
    let target = Target::start(move |mut connection| {
        connection.wait_for_end();
        ended.send(()).unwrap();
    });
    let world = World::new(&[target.address]);
    let mut client = world.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf").finish();
    client.rest();
    assert_eq!(world.events.wait(1)[0].status, 400);
    has_ended.recv().unwrap();
    assert!(target.all().ends_with("half"));
}

#[test]
fn a_client_that_is_too_slow_is_a_408_e1() {
    let target = Target::answering(OK);
    let world = World::with(&[target.address], |setup| setup.with("idle_timeout.timeout_seconds", "1"));
    let mut client = world.client();
    assert_eq!(client.get("/", "").status(), 200, "from here on the listener's timeout counts");
    client.send("GET / HTTP/1.1\r\nHost: a\r\n");
    let response = client.response();
    assert_eq!((response.status(), response.header("Connection")), (408, Some("close")));
    client.expect_close();

    let mut client = world.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
    assert_eq!(client.response().status(), 408);
}

#[test]
fn an_idle_client_is_closed_after_the_idle_timeout_without_a_word_r24() {
    let target = Target::answering(OK);
    let world = World::with(&[target.address], |setup| setup.with("idle_timeout.timeout_seconds", "1"));
    let mut client = world.client();
    assert_eq!(client.get("/", "").status(), 200);
    client.expect_close();
    world.events.wait(1);
}

#[test]
fn requests_of_a_target_whose_deregistration_delay_is_over_are_a_502_b22() {
    let target = Target::start(|mut connection| {
        connection.request();
        connection.wait_for_end();
    });
    let mut world = World::new(&[target.address]);
    let mut client = world.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    until("the request has arrived", || target.connections() > 0);
    world.change(|setup| {
        setup.targets.clear();
        setup.deregistered.clear();
    });
    assert_eq!(client.response().status(), 502);
}

#[test]
fn busy_workers_notice_too_that_a_deregistration_delay_is_over_b22() {
    let slow = Target::start(|mut connection| {
        connection.request();
        connection.wait_for_end();
    });
    let mut world = World::new(&[slow.address]);
    let mut waiting = world.client();
    waiting.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    until("the request has arrived", || slow.connections() > 0);
    let mut busy = world.client();
    world.change(|setup| {
        setup.targets.clear();
        setup.deregistered.clear();
    });
    // Takes up the new snapshot before the worker's next tick, which is when the one that waits is told.
    assert_eq!(busy.get("/", "").status(), 503);
    assert_eq!(waiting.response().status(), 502);
}

#[test]
fn a_draining_target_finishes_its_requests_and_gets_no_new_ones_s36() {
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let draining = Target::start(move |mut connection| {
        while connection.request().is_some() {
            released.lock().unwrap().recv().unwrap();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold");
        }
    });
    let fresh = Target::named("new");
    let mut world = World::new(&[draining.address]);
    let mut client = world.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    until("the request has arrived", || draining.connections() > 0);
    world.change(|setup| {
        setup.deregistered[0] = Some(elbow_model::Timestamp::from_secs(4_000_000_000));
        setup.targets.push(fresh.address);
        setup.deregistered.push(None);
    });
    assert_eq!(world.client().get("/", "").text(), "new");
    release.send(()).unwrap();
    assert_eq!(client.response().text(), "old");
    assert_eq!(client.get("/", "").text(), "new");
}

#[test]
fn a_deleted_listener_refuses_connections_and_a_new_one_takes_them() {
    let target = Target::answering(OK);
    let mut world = World::new(&[target.address]);
    assert_eq!(world.client().get("/", "").status(), 200);
    let (first, (_reserved, port)) = (world.address(), support::reserve());
    world.change(|setup| setup.port = port);
    until("the new one takes connections", || std::net::TcpStream::connect(world.address()).is_ok());
    assert_eq!(world.client().get("/", "").status(), 200);
    until("the old one refuses them", || std::net::TcpStream::connect(first).is_err());
}

#[test]
fn an_address_that_another_elbow_listens_on_is_in_use() {
    let target = Target::answering(OK);
    let theirs = World::new(&[target.address]);
    let mut ours = World::new(&[target.address]);
    let problem = ours.plane.can_bind(theirs.address()).unwrap_err();
    assert!(problem.to_string().contains("in use by another program"), "{problem}");
    ours.change(|setup| setup.port = theirs.setup.port);
    until("the problem is named", || !ours.plane.problems().is_empty());
    drop(theirs);
    until("the address is taken", || ours.plane.problems().is_empty());
    assert_eq!(ours.client().get("/", "").status(), 200);
}

#[test]
fn an_address_that_is_in_use_is_named_and_taken_when_it_is_free() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = Target::answering(OK);
    let mut world = World::new(&[target.address]);
    let taken = other.local_addr().unwrap();
    let problem = world.plane.can_bind(taken).unwrap_err();
    assert!(problem.to_string().contains("in use by another program"), "{problem}");
    assert!(world.plane.can_bind(world.address()).is_ok(), "our own is fine");
    world.change(|setup| setup.port = taken.port());
    until("the problem is named", || !world.plane.problems().is_empty());
    drop(other);
    until("the address is taken", || world.plane.problems().is_empty());
    assert_eq!(world.client().get("/", "").status(), 200);
}
