//! Listeners that speak HTTPS, as clients see them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use elbow_model::attribute::{listener, load_balancer};
use elbow_model::key::TargetKey;
use elbow_model::{
    Action, Certificate, HealthState, KeyGeneration, Redirect, RedirectParts, RedirectStatus, Timestamp,
};
use elbow_proxy::Settings;
use elbow_proxy::health::Prober;
use elbow_telemetry::LoadBalancerCount;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, HandshakeKind, NamedGroup};
use support::client::{Client, header};
use support::configuration::{GROUP, LOAD_BALANCER, Setup};
use support::http2::{END_HEADERS, END_STREAM, Frames, GET, HEADERS};
use support::pattern::{LARGE, read_pattern, write_pattern};
use support::target::Target;
use support::tls::{DEFAULT, Issuer, Stream, connect};
use support::{PATIENCE, World, until};

const NEWEST: &str = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";

/// A world over HTTPS, and a client's view of whom to trust.
struct Secured {
    issuer: Issuer,
    world: World,
    trust: Arc<ClientConfig>,
}

impl Secured {
    fn new(target: &Target) -> Self {
        Self::with(target, NEWEST, |setup| setup)
    }

    fn with(target: &Target, policy: &str, change: impl FnOnce(Setup) -> Setup) -> Self {
        let issuer = Issuer::new();
        let certificates = vec![issuer.issue(1, &[DEFAULT])];
        let world =
            World::with(&[target.address], |setup| change(issuer.secure(setup, policy, certificates)));
        let trust = issuer.trusted(&[&TLS13, &TLS12]);
        Self { issuer, world, trust }
    }

    fn client(&self) -> Client<Stream> {
        connect(&self.trust, self.world.address(), DEFAULT)
    }

    fn counts(&self) -> LoadBalancerCount {
        self.world.metrics.snapshot().load_balancers.remove(&LOAD_BALANCER).unwrap_or_default()
    }
}

/// The certificate that was shown.
fn shown(client: &mut Client<Stream>) -> Vec<u8> {
    client.get("/", "");
    client.stream.conn.peer_certificates().unwrap()[0].to_vec()
}

fn der(certificate: &Certificate) -> Vec<u8> {
    certificate.material.certificate.as_bytes().to_vec()
}

#[test]
fn requests_over_one_connection_tell_the_target_that_they_came_over_https() {
    let target = Target::named("a");
    let secured = Secured::new(&target);
    let mut client = secured.client();
    for _ in 0..3 {
        assert_eq!(client.get("/", "X-Forwarded-Proto: http\r\n").text(), "a");
    }
    let received = target.text(0);
    assert_eq!(received.matches("X-Forwarded-Proto: https\r\n").count(), 3, "R1: {received}");
    assert_eq!(client.stream.conn.alpn_protocol(), None, "who does not ask for a protocol is given none");
    until("the handshake is counted", || secured.counts().tls_1_2_1_3 == [0, 1]);
}

#[test]
fn r27_targets_are_told_version_and_cipher_if_they_are_to_be() {
    let (version, cipher) = (listener::TLS_VERSION_NAME, listener::TLS_CIPHER_NAME);
    for (versions, renamed, expected) in [
        (&TLS13, false, ["X-Amzn-Tls-Version: TLSv1.3", "X-Amzn-Tls-Cipher-Suite: TLS_AES_128_GCM_SHA256"]),
        (&TLS12, true, ["X-Version: TLSv1.2", "X-Cipher: ECDHE-ECDSA-AES128-GCM-SHA256"]),
    ] {
        let target = Target::named("a");
        let secured = Secured::with(&target, NEWEST, |setup| {
            let setup = setup.with(load_balancer::TLS_HEADERS, "true");
            if renamed { setup.with(version, "X-Version").with(cipher, "X-Cipher") } else { setup }
        });
        let trust = secured.issuer.trusted(&[versions]);
        let own = expected.map(|line| format!("{}: forged\r\n", line.split(':').next().unwrap())).concat();
        connect(&trust, secured.world.address(), DEFAULT).get("/", &own);
        let received = target.text(0);
        assert!(expected.iter().all(|line| received.contains(line)), "{received}");
        assert!(!received.contains("forged"), "{received}");
    }
}

#[test]
fn r28_a_client_gets_the_certificate_of_the_name_that_it_asks_for() {
    let target = Target::named("a");
    let issuer = Issuer::new();
    let default = issuer.issue(1, &[DEFAULT]);
    let other = issuer.issue(2, &["*.other.example"]);
    let world = World::with(&[target.address], |setup| {
        issuer.secure(setup, NEWEST, vec![default.clone(), other.clone()])
    });
    let trust = issuer.trusted(&[&TLS13]);
    let ask = |name| shown(&mut connect(&trust, world.address(), name));
    assert_eq!(ask(DEFAULT), der(&default));
    assert_eq!(ask("www.other.example"), der(&other));
    let mut nameless = ClientConfig::clone(&trust);
    nameless.enable_sni = false;
    assert_eq!(shown(&mut connect(&Arc::new(nameless), world.address(), DEFAULT)), der(&default));
}

#[test]
fn r30_the_policy_says_what_is_agreed_to() {
    let target = Target::named("a");
    let secured = Secured::with(&target, "ELBSecurityPolicy-TLS13-1-3-2021-06", |setup| setup);
    let old = secured.issuer.trusted(&[&TLS12]);
    let mut refused = connect(&old, secured.world.address(), DEFAULT);
    assert!(refused.stream.write_all(b"GET / HTTP/1.1\r\n\r\n").is_err());
    until("the failure is counted", || secured.counts().tls_errors == 1);
    let group = |secured: &Secured| {
        let mut client = secured.client();
        client.get("/", "");
        client.stream.conn.negotiated_key_exchange_group().unwrap().name()
    };
    assert_eq!(group(&secured), NamedGroup::X25519);
    assert_eq!(group(&Secured::new(&target)), NamedGroup::X25519MLKEM768);
}

#[test]
fn a_session_goes_on_with_another_node_and_after_a_rotation() {
    let target = Target::named("a");
    let mut secured = Secured::new(&target);
    let elsewhere =
        World::with(&[target.address], |setup| Setup { secure: secured.world.setup.secure.clone(), ..setup });
    for versions in [&TLS13, &TLS12] {
        let trust = secured.issuer.trusted(&[versions]);
        let kind = |world: &World| {
            let mut client = connect(&trust, world.address(), DEFAULT);
            client.get("/", "");
            client.stream.conn.handshake_kind().unwrap()
        };
        assert!(kind(&secured.world) != HandshakeKind::Resumed);
        assert_eq!(kind(&elsewhere), HandshakeKind::Resumed);
        let promoted = Timestamp::from_secs(u64::MAX / 1_000_000);
        let newer = KeyGeneration { id: 2, secret: [8; 16], created: Timestamp::default(), promoted };
        secured.world.change(|setup| setup.more_keys = vec![newer]);
        assert_eq!(kind(&secured.world), HandshakeKind::Resumed);
    }
    assert!(secured.counts().tls_resumed >= 2);
}

#[test]
fn a_changed_certificate_ends_no_connection_and_is_shown_to_every_new_one() {
    let target = Target::named("a");
    let mut secured = Secured::new(&target);
    let mut before = secured.client();
    let first = shown(&mut before);
    let second = secured.issuer.issue(1, &[DEFAULT]);
    secured.world.change(|setup| setup.secure.as_mut().unwrap().1 = vec![second.clone()]);
    // Even to a client that would go on with its session, for which nothing is shown.
    let mut after = secured.client();
    assert_eq!(shown(&mut after), der(&second));
    assert_eq!(after.stream.conn.handshake_kind(), Some(HandshakeKind::Full));
    assert_eq!(shown(&mut before), first);
}

#[test]
fn who_speaks_http_in_clear_is_told_so() {
    let target = Target::named("a");
    let secured = Secured::new(&target);
    let mut client = secured.world.client();
    let response = client.get("/", "");
    assert_eq!((response.status(), response.header("Connection")), (400, Some("close")));
    client.expect_close();
    assert_eq!(target.connections(), 0);
}

#[test]
fn large_bodies_go_through_both_ways() {
    let target = Target::start(|mut connection| {
        connection.head_alone();
        read_pattern(&connection.stream, LARGE);
        connection.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n"));
        write_pattern(&connection.stream, LARGE).unwrap();
    });
    let secured = Secured::new(&target);
    let mut client = secured.client();
    client.send(format!("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: {LARGE}\r\n\r\n"));
    write_pattern(&mut client.stream, LARGE).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    read_pattern(&mut client.stream, LARGE);
}

#[test]
fn the_end_is_said_before_the_connection_closes() {
    let target = Target::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let secured = Secured::new(&target);
    for lines in ["Connection: close\r\n", "Content-Length: 1\r\n"] {
        let mut client = secured.client();
        client.send(format!("GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\nx"));
        client.response();
        if lines.starts_with("Connection") {
            // The library would call it an error if the end had not been said.
            assert_eq!(client.stream.read(&mut [0]).unwrap(), 0);
        }
    }
}

#[test]
fn r21_a_websocket_over_tls_is_a_pipe() {
    let target = Target::start(|mut connection| {
        let head = connection.head().unwrap();
        assert_eq!(header(&head, "Upgrade"), Some("websocket"));
        connection
            .send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        let mut stream = connection.stream.try_clone().unwrap();
        std::io::copy(&mut connection.stream, &mut stream).unwrap();
    });
    let secured = Secured::new(&target);
    let mut client = secured.client();
    client.send("GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    assert!(client.head().starts_with("HTTP/1.1 101 "));
    for size in [1, 1000, 40_000] {
        let message = vec![b'x'; size];
        client.send(&message);
        assert_eq!(client.take(size), message);
    }
    client.stream.conn.send_close_notify();
    client.stream.flush().unwrap();
    assert_eq!(client.stream.read(&mut [0]).unwrap(), 0, "the end goes both ways");
}

#[test]
fn cookies_and_redirects_know_that_it_was_https() {
    let target = Target::named("a");
    let away = RedirectParts { path: "/elsewhere".into(), ..RedirectParts::default() };
    let away = Action::Redirect(Redirect::new(RedirectStatus::Found, away).unwrap());
    let secured = Secured::with(&target, NEWEST, |setup| setup.sticky().rule(1, "/old", away));
    let mut client = secured.client();
    let response = client.get("/", "");
    let cookies: Vec<&str> = response.head.lines().filter(|line| line.starts_with("Set-Cookie: ")).collect();
    assert!(cookies[0].starts_with("Set-Cookie: AWSALB=") && !cookies[0].contains("Secure"), "{cookies:?}");
    assert!(cookies[1].ends_with("SameSite=None; Secure"), "S2: {cookies:?}");
    let location = client.get("/old", "").header("Location").unwrap().to_owned();
    assert!(location.starts_with("https://shop.example:"), "L16: {location}");
}

#[test]
fn those_who_dawdle_in_the_handshake_make_room() {
    const ROOM: usize = 8;
    let target = Target::named("a");
    let issuer = Issuer::new();
    let certificates = vec![issuer.issue(1, &[DEFAULT])];
    let world = World::with_settings(
        &[target.address],
        |setup| issuer.secure(setup, NEWEST, certificates),
        |mut settings| {
            settings.max_connections = ROOM;
            settings
        },
    );
    let dawdlers: Vec<TcpStream> = (0..4 * ROOM)
        .map(|number| {
            let mut stream = TcpStream::connect(world.address()).unwrap();
            // Nothing at all, or the beginning of a ClientHello.
            let _ = stream.write_all(if number % 2 == 0 { b"" } else { b"\x16\x03\x01\x02\x00\x01" });
            stream
        })
        .collect();
    let trust = issuer.trusted(&[&TLS13]);
    until("a proper client is served", || {
        let mut client = connect(&trust, world.address(), DEFAULT);
        let request = b"GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";
        client.stream.write_all(request).is_ok() && client.stream.read(&mut [0]).is_ok_and(|count| count > 0)
    });
    assert!(world.metrics.snapshot().load_balancers[&LOAD_BALANCER].tls_errors > 0, "who began has failed");
    drop(dawdlers);
}

#[test]
fn what_is_no_tls_at_all_is_refused_and_counted() {
    let target = Target::named("a");
    let secured = Secured::new(&target);
    let mut client = secured.world.client();
    client.send(b"\x16\x03\x01\x00\x08\x01\x00\x00\x04\x03\x03\xff\xff");
    let alert = client.rest();
    assert_eq!(alert.first(), Some(&21), "an alert: {alert:?}");
    until("it is counted", || secured.counts().tls_errors == 1);
}

#[test]
fn r31_targets_may_speak_https_and_are_not_asked_who_they_are() {
    let stranger = Issuer::new().issue(1, &["nobody.example"]);
    let target = support::tls::target(&stranger);
    for (policy, version) in [(NEWEST, "TLSv1_3"), ("ELBSecurityPolicy-FS-1-2-Res-2020-10", "TLSv1_2")] {
        let secured = Secured::with(&target, policy, Setup::secure_targets);
        let mut client = secured.client();
        for _ in 0..3 {
            let response = client.get("/", "");
            assert_eq!((response.status(), response.header("X-Version")), (200, Some(version)));
            assert!(response.text().contains("X-Forwarded-Proto: https\r\n"));
        }
    }
    assert_eq!(target.connections(), 2, "one for each load balancer");
    let clear = World::with(&[target.address], Setup::secure_targets);
    let response = clear.client().get("/", "");
    assert_eq!(response.header("X-Version"), Some("TLSv1_2"));
    assert!(response.text().contains("X-Forwarded-Proto: http\r\n"));
}

#[test]
fn e2_a_target_that_does_not_agree_on_tls_is_a_502() {
    let target = Target::start(|mut connection| {
        connection.more();
        connection.try_send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    });
    let world = World::with(&[target.address], Setup::secure_targets);
    assert_eq!(world.client().get("/", "").status(), 502);
    let errors =
        || world.metrics.snapshot().target_groups.values().map(|group| group.tls_errors).sum::<u64>();
    until("it is counted", || errors() == 1);
}

#[test]
fn targets_are_checked_over_https() {
    let stranger = Issuer::new().issue(1, &["nobody.example"]);
    let (secure, clear) = (support::tls::target(&stranger), Target::start(drop));
    let world = World::with(&[secure.address, clear.address], |setup| setup.secure_targets().checked());
    let settings = Settings::new(Arc::clone(&world.metrics));
    let (prober, _reports) = Prober::new(Arc::clone(&world.publisher), &settings);
    let counted = || world.metrics.snapshot().target_groups.remove(&GROUP).unwrap_or_default();
    let failed = || counted().health_checks_failed.values().sum::<u64>();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let both_checked = async {
            while counted().health_checks_passed == 0 || failed() == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            () = prober.run() => {}
            checked = tokio::time::timeout(PATIENCE, both_checked) => checked.unwrap(),
        }
    });
    let table = Arc::clone(&world.publisher.snapshots().load().table);
    assert_eq!(table.target_health(GROUP, TargetKey::new(1)).state, HealthState::Healthy);
}

#[test]
fn r17_a_client_that_offers_http_2_gets_it_unless_the_load_balancer_has_it_off() {
    let target = Target::named("a");
    let offered = |secured: &Secured| {
        let mut config = ClientConfig::clone(&secured.trust);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        connect(&Arc::new(config), secured.world.address(), DEFAULT)
    };
    let off = Secured::with(&target, NEWEST, |setup| setup.with("routing.http2.enabled", "false"));
    let mut client = offered(&off);
    assert_eq!(client.get("/", "").text(), "a");
    assert_eq!(client.stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));

    let on = Secured::with(&target, NEWEST, Setup::sticky);
    let mut frames = Frames::begin(offered(&on).stream);
    assert_eq!(frames.0.conn.alpn_protocol(), Some(&b"h2"[..]));
    frames.send(HEADERS, END_STREAM | END_HEADERS, 1, GET);
    let head = loop {
        match frames.read() {
            Some((HEADERS, _, _, fields)) => break fields,
            other => assert!(other.is_some(), "an answer"),
        }
    };
    assert_eq!(head[0], 0x88, "200, by its number in the static table");
    let seen = target.all();
    assert!(seen.contains("X-Forwarded-Proto: https\r\n"), "{seen}");
    assert_eq!(on.world.events.wait(1)[0].version, "HTTP/2.0");
}

#[test]
fn a_body_that_was_cut_does_not_end_as_a_whole_one_does() {
    let target = Target::start(|mut connection| {
        connection.request();
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
    });
    let secured = Secured::new(&target);
    let mut client = secured.client();
    // For this client a body ends with the connection, so only TLS can tell.
    client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
    let mut read = Vec::new();
    let error = client.stream.read_to_end(&mut read).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
    assert!(read.ends_with(b"half"), "{}", String::from_utf8_lossy(&read));
}
