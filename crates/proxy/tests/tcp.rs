//! Listeners that pass connections on as they are: TCP and SSL of Classic Load Balancers.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::sync::mpsc::channel;
use std::time::Duration;

use elbow_model::{Protocol, ProxyProtocol};
use socket2::SockRef;
use support::target::{Target, silent};
use support::tls::{self, Issuer};
use support::{HEALTHY, UNHEALTHY, World, until};

/// Sends back whatever comes, until it ends, after the name of the target.
fn echo(name: &'static str) -> Target {
    Target::start(move |mut connection| {
        connection.stream.write_all(name.as_bytes()).unwrap();
        let mut stream = connection.stream.try_clone().unwrap();
        let _ = std::io::copy(&mut connection.stream, &mut stream);
        let _ = stream.shutdown(Shutdown::Write);
    })
}

/// A target that nobody listens on any more.
fn gone() -> std::net::SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[test]
fn bytes_go_both_ways_untouched_and_each_end_is_passed_on() {
    let target = echo("a");
    let world = World::with(&[target.address], |setup| setup.passes_on(Protocol::Tcp));
    let mut client = world.client();
    assert_eq!(client.take(1), b"a", "the target may speak first");
    for message in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"\x16\x03\x01", &[7; 300_000]] {
        let mut stream = client.stream.try_clone().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(move || stream.write_all(message).unwrap());
            assert_eq!(client.take(message.len()), message);
        });
    }
    client.finish().expect_close();
    let event = &world.events.wait(1)[0];
    let bytes = 18 + 3 + 300_000;
    assert_eq!((event.received, event.sent, event.status), (bytes, bytes + 1, 0));
}

/// What flows goes through pipes, what does not through buffers, and neither loses or repeats a byte.
#[test]
fn much_and_little_go_through_in_order() {
    let target = echo("a");
    let world = World::with(&[target.address], |setup| setup.passes_on(Protocol::Tcp));
    let message = |length: usize| -> Vec<u8> { (0..length).map(|n| (n % 251) as u8).collect() };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut client = world.client();
                assert_eq!(client.take(1), b"a");
                for length in [1, 40_000_000, 3, 70_000, 16_384, 9_000_001] {
                    let message = message(length);
                    let mut stream = client.stream.try_clone().unwrap();
                    std::thread::scope(|scope| {
                        scope.spawn(|| stream.write_all(&message).unwrap());
                        assert!(client.take(length) == message, "{length} bytes");
                    });
                }
                client.finish().expect_close();
            });
        }
    });
}

/// Who stops reading stops the target from sending, whatever it goes through.
#[test]
fn a_client_that_does_not_read_holds_its_target_back() {
    const ALL: usize = 200_000_000;
    let target = Target::start(move |mut connection| {
        let piece = vec![7; 1 << 20];
        for _ in 0..ALL >> 20 {
            if connection.stream.write_all(&piece).is_err() {
                return;
            }
        }
    });
    let world = World::with(&[target.address], |setup| {
        setup.passes_on(Protocol::Tcp).with("idle_timeout.timeout_seconds", "1")
    });
    let mut client = world.client();
    assert_eq!(client.take(1_000_000), vec![7; 1_000_000]);
    let sent = world.events.wait(1)[0].sent;
    assert!(sent < 50_000_000, "{sent} bytes went to a client that read one million");
}

#[test]
fn a_connection_goes_to_a_target_that_takes_it_and_stays_there() {
    let target = echo("a");
    let world = World::with(&[gone(), target.address], |setup| setup.passes_on(Protocol::Tcp));
    for _ in 0..4 {
        assert_eq!(world.client().take(1), b"a");
    }
    until("the refusals are told", || world.events.refused().contains(&1));
}

/// It costs a client some seconds, and not the connection.
#[test]
fn a_target_that_says_nothing_to_a_connection_is_left_out() {
    let (address, _socket, _waiting) = silent();
    let target = echo("a");
    let world = World::with(&[address, target.address], |setup| setup.passes_on(Protocol::Tcp));
    for _ in 0..2 {
        assert_eq!(world.client().take(1), b"a");
    }
    // Each worker has its own turn, so that both clients may have come to it first.
    let doubted = world.events.unanswered();
    assert!(
        !doubted.is_empty() && doubted.iter().all(|target| *target == 1),
        "it is to be checked: {doubted:?}"
    );
}

#[test]
fn a_reset_is_passed_on_as_one_and_no_end_in_order() {
    let target = Target::start(|mut connection| {
        connection.stream.write_all(b"half of it").unwrap();
        connection.head();
        SockRef::from(&connection.stream).set_linger(Some(Duration::ZERO)).unwrap();
    });
    let world = World::with(&[target.address], |setup| setup.passes_on(Protocol::Tcp));
    let mut client = world.client();
    assert_eq!(client.take(10), b"half of it");
    client.send("go\r\n\r\n");
    let read = client.stream.read(&mut [0]);
    assert_eq!(read.unwrap_err().kind(), ErrorKind::ConnectionReset);
    world.events.wait(1);

    let (told, said) = channel();
    let target = Target::start(move |mut connection| {
        connection.stream.write_all(b"a").unwrap();
        let read = connection.stream.read(&mut [0]);
        told.send(read.map_err(|error| error.kind())).unwrap();
    });
    let world = World::with(&[target.address], |setup| setup.passes_on(Protocol::Tcp));
    let mut client = world.client();
    assert_eq!(client.take(1), b"a");
    SockRef::from(&client.stream).set_linger(Some(Duration::ZERO)).unwrap();
    drop(client);
    assert_eq!(said.recv().unwrap(), Err(ErrorKind::ConnectionReset));
}

#[test]
fn connections_end_with_their_listener() {
    let target = echo("a");
    let mut world = World::with(&[target.address], |setup| setup.passes_on(Protocol::Tcp));
    let mut client = world.client();
    assert_eq!(client.take(1), b"a");
    world.delete_everything();
    client.expect_close();
}

#[test]
fn targets_take_turns() {
    let targets = [echo("a"), echo("b"), echo("c")];
    let addresses: Vec<_> = targets.iter().map(|target| target.address).collect();
    let world = World::with(&addresses, |setup| setup.passes_on(Protocol::Tcp));
    for _ in 0..9 {
        world.client().take(1);
    }
    assert_eq!(targets.each_ref().map(Target::connections), [3; 3]);
}

#[test]
fn nobody_who_is_unhealthy_gets_a_connection_and_there_is_no_way_out() {
    let target = echo("a");
    let world =
        World::with(&[target.address], |setup| setup.passes_on(Protocol::Tcp).checked().without_fail_open());
    world.report(&[(1, UNHEALTHY)]);
    world.client().expect_close();
    assert_eq!(target.connections(), 0);
    world.report(&[(1, HEALTHY)]);
    assert_eq!(world.client().take(1), b"a");
}

#[test]
fn a_connection_that_says_nothing_ends_after_the_idle_timeout() {
    let target = echo("a");
    let world = World::with(&[target.address], |setup| {
        setup.passes_on(Protocol::Tcp).with("idle_timeout.timeout_seconds", "1")
    });
    let mut client = world.client();
    assert_eq!(client.take(1), b"a");
    client.expect_close();
    assert_eq!(world.events.wait(1).len(), 1);
}

#[test]
fn a_deregistered_target_keeps_its_connections_until_its_delay_is_over() {
    let target = echo("a");
    let mut world = World::with(&[target.address], |setup| {
        setup.passes_on(Protocol::Tcp).with("deregistration_delay.timeout_seconds", "3600")
    });
    let mut client = world.client();
    assert_eq!(client.take(1), b"a");
    world.change(|setup| setup.deregistered[0] = Some(elbow_model::Timestamp::from_secs(u64::MAX / 2000)));
    client.send("still here");
    assert_eq!(client.take(10), b"still here");
    world.client().expect_close();
    world.change(|setup| setup.targets.clear());
    client.expect_close();
}

#[test]
fn a_target_is_told_the_client_before_the_first_byte() {
    let target = Target::start(|mut connection| drop(connection.head()));
    let world =
        World::with(&[target.address], |setup| setup.passes_on(Protocol::Tcp).telling(ProxyProtocol::V1));
    let mut client = world.client();
    let from = client.stream.local_addr().unwrap();
    client.send("hello\r\n\r\n");
    let expected =
        format!("PROXY TCP4 127.0.0.1 127.0.0.1 {} {}\r\nhello\r\n\r\n", from.port(), world.address().port());
    until("the target has it", || target.connections() == 1 && target.text(0) == expected);
}

#[test]
fn ssl_ends_at_the_load_balancer_and_begins_there_again() {
    let authority = Issuer::new();
    let certificate = authority.issue(1, &["shop.test"]);
    let secured = tls::target(&certificate);
    let world = World::with(&[secured.address], |setup| {
        let setup = setup.passes_on(Protocol::Ssl);
        authority.secure(setup, "ELBSecurityPolicy-2016-08", vec![certificate.clone()])
    });
    let config = authority.trusted(rustls::DEFAULT_VERSIONS);
    let mut client = tls::connect(&config, world.address(), "shop.test");
    client.send("hello\r\n\r\n");
    assert!(client.head().contains("X-Version"), "the target speaks TLS, too");
    assert_eq!(client.take(9), b"hello\r\n\r\n");
    drop(client);
    // Who does not speak it has nothing to say here.
    let mut plain = world.client();
    plain.send("GET / HTTP/1.1\r\n\r\n").expect_close();
    assert_eq!(world.events.wait(1).len(), 1);
}

/// A client may name any protocol within TLS, which is not ours to agree to.
#[test]
fn what_is_spoken_within_ssl_is_nobodys_business() {
    let issuer = Issuer::new();
    let certificate = issuer.issue(1, &["shop.test"]);
    let target = echo("a");
    let world = World::with(&[target.address], |mut setup| {
        setup = issuer.secure(setup.passes_on(Protocol::Ssl), "ELBSecurityPolicy-2016-08", vec![certificate]);
        setup.target_protocol.0 = Protocol::Tcp;
        setup
    });
    let mut config = rustls::ClientConfig::clone(&issuer.trusted(rustls::DEFAULT_VERSIONS));
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    let mut client = tls::connect(&std::sync::Arc::new(config), world.address(), "shop.test");
    assert_eq!(client.take(1), b"a");
}
