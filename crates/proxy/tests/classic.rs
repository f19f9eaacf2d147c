//! HTTP listeners of Classic Load Balancers, where they differ from others (facts of the APIs, section 9).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use base64_simd::STANDARD;
use elbow_model::{Certificate, Protocol, StickinessSetting};
use rustls::pki_types::CertificateDer;
use support::client::header;
use support::target::Target;
use support::tls::{self, Issuer};
use support::{HEALTHY, UNHEALTHY, World};

/// Answers with its name, and with the cookie of the application where a path asks for it.
fn shop(name: &'static str) -> Target {
    Target::start(move |mut connection| {
        while let Some(head) = connection.request() {
            let lines = match head.starts_with("GET /login ") {
                true => "Set-Cookie: cart=1; Path=/shop; HttpOnly\r\n",
                false => "",
            };
            let length = name.len();
            connection.send(format!("HTTP/1.1 200 OK\r\n{lines}Content-Length: {length}\r\n\r\n{name}"));
        }
    })
}

fn classic(targets: &[&Target], stickiness: Option<StickinessSetting>) -> World {
    let addresses: Vec<_> = targets.iter().map(|target| target.address).collect();
    World::with(&addresses, |mut setup| {
        setup.policies.stickiness = stickiness;
        setup.classic().checked().without_fail_open()
    })
}

#[test]
fn failures_are_told_in_the_status_line() {
    let target = shop("a");
    let world = classic(&[&target], None);
    world.report(&[(1, UNHEALTHY)]);
    let answer = world.client().get("/", "");
    assert!(answer.head.starts_with("HTTP/1.1 503 Service Unavailable: Back-end server is at capacity\r\n"));
    assert_eq!((answer.header("Server"), answer.header("Date"), answer.text()), (None, None, ""));
    world.report(&[(1, HEALTHY)]);
    assert_eq!(world.client().get("/", "").text(), "a");
    let method = "M".repeat(128);
    let answer = world.client().send(format!("{method} / HTTP/1.1\r\nHost: a\r\n\r\n")).response();
    assert_eq!(answer.status(), 405);
}

#[test]
fn requests_get_no_id_and_keep_the_one_they_have() {
    let target = shop("a");
    let world = classic(&[&target], None);
    world.report(&[(1, HEALTHY)]);
    let mut client = world.client();
    client.get("/", "X-Forwarded-For: 10.0.0.1\r\n");
    client.get("/", "X-Amzn-Trace-Id: Root=1-2-3\r\n");
    let heads = target.text(0);
    let (first, second) = heads.split_once("\r\n\r\n").unwrap();
    assert_eq!(header(first, "X-Amzn-Trace-Id"), None);
    assert_eq!(header(first, "X-Forwarded-For"), Some("10.0.0.1, 127.0.0.1"));
    assert_eq!(header(first, "X-Forwarded-Proto"), Some("http"));
    assert_eq!(header(second, "X-Amzn-Trace-Id"), Some("Root=1-2-3"));
}

#[test]
fn a_session_of_a_period_lasts_as_long_as_its_cookie_and_gets_one_only_once() {
    let targets = [shop("a"), shop("b"), shop("c")];
    let period = Some(Duration::from_secs(600));
    let world = classic(&targets.each_ref(), Some(StickinessSetting::ClassicDuration { period }));
    world.report(&[(1, HEALTHY), (2, HEALTHY), (3, HEALTHY)]);
    let mut client = world.client();
    let first = client.get("/", "");
    let line = first.header("Set-Cookie").unwrap();
    assert!(line.starts_with("AWSELB=") && line.ends_with(";PATH=/;MAX-AGE=600"), "{line}");
    assert_eq!(first.header("Cache-Control"), Some("no-cache=\"set-cookie\""));
    let cookie = format!("Cookie: {}\r\n", first.cookie("AWSELB"));
    for _ in 0..9 {
        let next = client.get("/", &cookie);
        assert_eq!((next.text(), next.header("Set-Cookie")), (first.text(), None));
    }
    let number = 1 + ["a", "b", "c"].iter().position(|name| *name == first.text()).unwrap() as u64;
    world.report(&[(number, UNHEALTHY)]);
    let moved = client.get("/", &cookie);
    assert_ne!(moved.text(), first.text());
    assert!(moved.header("Set-Cookie").unwrap().starts_with("AWSELB="));
}

#[test]
fn a_session_of_the_application_begins_with_its_cookie_and_ends_with_it() {
    let targets = [shop("a"), shop("b"), shop("c")];
    let cookie_name = "cart".to_owned();
    let world = classic(&targets.each_ref(), Some(StickinessSetting::ClassicApplication { cookie_name }));
    world.report(&[(1, HEALTHY), (2, HEALTHY), (3, HEALTHY)]);
    let mut client = world.client();
    assert_eq!(client.get("/", "").header("Set-Cookie"), None, "the application has not begun one");
    let login = client.get("/login", "");
    let cookies = login.head.lines().filter(|line| line.starts_with("Set-Cookie: AWSELB="));
    let cookies: Vec<_> = cookies.collect();
    assert_eq!(cookies.len(), 1, "{}", login.head);
    assert!(cookies[0].to_ascii_uppercase().contains("PATH=/SHOP"), "{cookies:?}");
    let both = format!("Cookie: cart=1; {}\r\n", login.cookie("AWSELB"));
    for _ in 0..6 {
        assert_eq!(client.get("/", &both).text(), login.text());
    }
    let alone = format!("Cookie: {}\r\n", login.cookie("AWSELB"));
    let names: std::collections::BTreeSet<String> =
        (0..12).map(|_| client.get("/", &alone).text().to_owned()).collect();
    assert!(names.len() > 1, "without the application's cookie nothing sticks: {names:?}");
}

/// The public key that a certificate is for, as a policy names it.
fn key(certificate: &Certificate) -> String {
    let der = CertificateDer::from(certificate.material.certificate.as_bytes().to_vec());
    let key = webpki::EndEntityCert::try_from(&der).unwrap().subject_public_key_info();
    STANDARD.encode_to_string(&*key)
}

#[test]
fn instances_have_one_of_the_keys_that_are_known_or_get_no_request() {
    let issuer = Issuer::new();
    let (known, other) = (issuer.issue(1, &["a.test"]), issuer.issue(2, &["b.test"]));
    let target = tls::target(&known);
    for (keys, status) in [(vec![key(&other), key(&known)], 200), (vec![key(&other)], 502), (vec![], 502)] {
        let world = World::with(&[target.address], |mut setup| {
            setup.target_protocol.0 = Protocol::Https;
            setup.policies.public_keys = Some(keys);
            setup.classic()
        });
        assert_eq!(world.client().get("/", "").status(), status);
    }
}

#[test]
fn only_the_ciphers_of_a_policy_are_agreed_to() {
    let issuer = Issuer::new();
    let certificate = issuer.issue(1, &["shop.test"]);
    let target = Target::named("a");
    let config = issuer.trusted(&[&rustls::version::TLS12]);
    let agreed = |only: &[&'static str]| {
        let world = World::with(&[target.address], |setup| {
            let setup = setup.classic();
            let mut setup = issuer.secure(setup, "ELBSecurityPolicy-2016-08", vec![certificate.clone()]);
            setup.secure.as_mut().unwrap().0.only = Some(only.iter().copied().collect::<BTreeSet<_>>());
            setup
        });
        let mut client = tls::connect(&config, world.address(), "shop.test");
        client.try_send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n").then(|| {
            assert_eq!(client.response().text(), "a");
            client.stream.conn.negotiated_cipher_suite().unwrap().suite()
        })
    };
    let suite = agreed(&["ECDHE-ECDSA-AES256-GCM-SHA384"]);
    assert_eq!(suite, Some(rustls::CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384));
    assert_eq!(agreed(&["ECDHE-RSA-AES128-GCM-SHA256"]), None, "the certificate has no key for it");
    assert_eq!(agreed(&[]), None);
}
