//! Listeners that ask clients for certificates (R32).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail loudly")]

mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::sync::Arc;

use elbow_model::attribute::{listener, load_balancer};
use elbow_model::{ClientCertificates, TrustStore};
use elbow_telemetry::HandshakeFailure as Failure;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose,
};
use rustls::client::ResolvesClientCert;
use rustls::pki_types::CertificateDer;
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::version::{TLS12, TLS13};
use rustls::{
    AlertDescription as Alert, ClientConfig, HandshakeKind, SignatureAlgorithm, SignatureScheme,
    SupportedProtocolVersion,
};
use support::client::{Client, Response, header};
use support::configuration::{LOAD_BALANCER, Setup};
use support::http2::{END_HEADERS, END_STREAM, Frames, GET, HEADERS};
use support::pki::{Authority, SERIAL, Shown, now, trust_store};
use support::target::Target;
use support::tls::{DEFAULT, Issuer, Stream, connect};
use support::{World, until};
use time::Duration;

const POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";
const NAMES: [&str; 6] = [
    "X-Amzn-Mtls-Clientcert-Serial-Number",
    "X-Amzn-Mtls-Clientcert-Issuer",
    "X-Amzn-Mtls-Clientcert-Subject",
    "X-Amzn-Mtls-Clientcert-Validity",
    "X-Amzn-Mtls-Clientcert-Leaf",
    "X-Amzn-Mtls-Clientcert",
];

/// A listener that asks its clients for certificates.
struct Asking {
    issuer: Issuer,
    world: World,
}

impl Asking {
    fn new(target: &Target, mode: ClientCertificates, change: impl FnOnce(Setup) -> Setup) -> Self {
        let issuer = Issuer::new();
        let certificates = vec![issuer.issue(1, &[DEFAULT])];
        let world = World::with(&[target.address], |setup| {
            let mut setup = change(issuer.secure(setup, POLICY, certificates));
            setup.secure.as_mut().unwrap().0.client_certificates = mode;
            setup
        });
        Self { issuer, world }
    }

    /// One that verifies them.
    fn verifying(target: &Target, store: TrustStore) -> Self {
        let mode = verified(&store);
        Self::new(target, mode, |setup| Setup { trust_stores: vec![store], ..setup })
    }

    /// Lets another authority vouch for clients, and nobody else.
    fn trust(&mut self, authority: &Authority) {
        self.world.change(|setup| {
            let arn = setup.trust_stores[0].arn.clone();
            setup.trust_stores = vec![TrustStore { arn, ..trust_store(&authority.pem(), &[]) }];
        });
    }

    fn config(&self, shown: Option<Arc<CertifiedKey>>) -> ClientConfig {
        let mut config = ClientConfig::clone(&self.issuer.trusted(&[&TLS13, &TLS12]));
        config.client_auth_cert_resolver = Arc::new(Shows(shown));
        config
    }

    fn client(&self, shown: Option<&Shown>) -> Client<Stream> {
        let config = Arc::new(self.config(shown.map(Shown::certified)));
        connect(&config, self.world.address(), DEFAULT)
    }

    fn failures(&self) -> BTreeMap<Failure, u64> {
        let mut counts = self.world.metrics.snapshot().load_balancers;
        counts.remove(&LOAD_BALANCER).unwrap_or_default().tls_failures
    }

    /// Why a client is refused that shows this, as it is counted.
    fn refusal(&self, shown: Option<Arc<CertifiedKey>>) -> Option<Failure> {
        self.refusal_and_alert(&[&TLS13, &TLS12], shown).map(|it| it.0)
    }

    /// The same, and what the client is told, by these versions.
    fn refusal_and_alert(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        shown: Option<Arc<CertifiedKey>>,
    ) -> Option<(Failure, Alert)> {
        let before = self.failures();
        let mut config = ClientConfig::clone(&self.issuer.trusted(versions));
        config.client_auth_cert_resolver = Arc::new(Shows(shown));
        let client = connect(&Arc::new(config), self.world.address(), DEFAULT);
        let Err(alert) = answered(client) else { return None };
        let sum = |counts: &BTreeMap<Failure, u64>| counts.values().sum::<u64>();
        until("the refusal is counted", || sum(&self.failures()) > sum(&before));
        let more = |(code, count): &(Failure, u64)| before.get(code).copied().unwrap_or_default() < *count;
        self.failures().into_iter().find(more).map(|(code, _)| (code, alert))
    }
}

fn verified(store: &TrustStore) -> ClientCertificates {
    ClientCertificates::Verified {
        trust_store: store.arn.clone(),
        ignore_expiry: false,
        advertise_names: false,
    }
}

/// The answer to a request, or the alert that came in its place.
fn answered(mut client: Client<Stream>) -> Result<Response, Alert> {
    let _ = client.stream.write_all(b"GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n");
    let begun = client.stream.fill_buf().map(<[u8]>::is_empty);
    match begun {
        Ok(false) => Ok(client.response()),
        Ok(true) => panic!("neither an answer nor an alert"),
        Err(error) => match error.get_ref().and_then(|error| error.downcast_ref()) {
            Some(rustls::Error::AlertReceived(alert)) => Err(*alert),
            _ => panic!("no alert: {error}"),
        },
    }
}

/// Shows the same to everybody.
#[derive(Debug)]
struct Shows(Option<Arc<CertifiedKey>>);

impl ResolvesClientCert for Shows {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.clone()
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}

/// Signs, and says that it does so in another way.
#[derive(Debug)]
struct Liar(Arc<dyn SigningKey>);

#[derive(Debug)]
struct Lie(Box<dyn Signer>);

impl SigningKey for Liar {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        Some(Box::new(Lie(self.0.choose_scheme(offered)?)))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.0.algorithm()
    }
}

impl Signer for Lie {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        self.0.sign(message)
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

fn unchanged(_: &mut CertificateParams) {}

#[test]
fn r32_a_verified_client_is_told_of_in_five_headers() {
    let root = Authority::root("root");
    let middle = root.below("middle");
    let target = Target::named("a");
    let asking = Asking::verifying(&target, trust_store(&root.pem(), &[]));
    let shown = middle.client(unchanged);
    let mut client = asking.client(Some(&shown));
    for _ in 0..2 {
        assert_eq!(client.get("/", "").text(), "a");
    }
    let received = target.text(0);
    for (name, expected) in [
        (NAMES[0], "A3"),
        (NAMES[1], "CN=middle,O=Carts"),
        (NAMES[2], "CN=alice,O=Carts"),
        (NAMES[3], "NotBefore="),
        (NAMES[4], "-----BEGIN%20CERTIFICATE-----%0AMII"),
    ] {
        assert!(header(&received, name).unwrap().starts_with(expected), "{name} in {received}");
    }
    assert_eq!(header(&received, NAMES[5]), None, "the chain is not told of");
    assert_eq!(received.matches("CERTIFICATE-----%0A").count(), 4, "the leaf alone, in both requests");
}

#[test]
fn r32_what_a_client_passes_through_is_handed_on_whoever_made_it() {
    let unknown = Authority::root("unknown").below("middle");
    let target = Target::named("a");
    let asking = Asking::new(&target, ClientCertificates::Passed, |setup| setup);
    let expired = unknown.client(|params| params.not_after = now() - Duration::days(1));
    assert_eq!(asking.client(Some(&expired)).get("/", "").status(), 200);
    let received = target.text(0);
    let chain = header(&received, NAMES[5]).unwrap().to_owned();
    assert_eq!(chain.matches("-----BEGIN%20CERTIFICATE-----%0A").count(), 2, "{chain}");
    assert!(chain.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=/%-".contains(&b)), "{chain}");
    let forged = NAMES.map(|name| format!("{name}: forged\r\n")).concat();
    assert_eq!(asking.client(None).get("/", &forged).status(), 200);
    let received = target.all();
    assert_eq!(received.to_ascii_lowercase().matches("x-amzn-mtls").count(), 1, "{received}");
}

#[test]
fn r32_nobody_can_send_those_headers_himself_and_they_can_be_renamed() {
    let root = Authority::root("root");
    let store = trust_store(&root.pem(), &[]);
    let target = Target::named("a");
    let asking = Asking::new(&target, verified(&store), |setup| {
        let setup = setup.with(listener::MTLS_SUBJECT_NAME, "X-Subject");
        Setup { trust_stores: vec![store], ..setup }
    });
    let mut forged = NAMES.map(|name| format!("{name}: forged\r\n")).concat();
    forged.push_str("x_amzn_mtls_clientcert_subject: forged\r\nX-SUBJECT: forged\r\nX_Subject: forged\r\n");
    let shown = root.client(unchanged);
    assert_eq!(asking.client(Some(&shown)).get("/", &forged).status(), 200);
    let received = target.text(0);
    assert!(!received.contains("forged"), "{received}");
    assert_eq!(header(&received, "X-Subject"), Some("CN=alice,O=Carts"));
    assert_eq!(header(&received, NAMES[2]), None);
}

#[test]
fn r32_nor_can_anybody_send_them_behind_a_body() {
    let root = Authority::root("root");
    let store = trust_store(&root.pem(), &[]);
    let target = Target::named("a");
    let asking = Asking::new(&target, verified(&store), |setup| {
        let setup = setup.with(listener::MTLS_SUBJECT_NAME, "X-Subject");
        let setup =
            setup.with(load_balancer::TLS_HEADERS, "true").with(listener::TLS_CIPHER_NAME, "X-Cipher");
        Setup { trust_stores: vec![store], ..setup }
    });
    let mut names = NAMES.to_vec();
    names.extend(["X-Subject", "x_subject", "X-Cipher"]);
    let forged: String = names.iter().map(|name| format!("{name}: forged\r\n")).collect();
    let announced = format!("Trailer: {}, X-Sum\r\n", names.join(", "));
    let mut client = asking.client(Some(&root.client(unchanged)));
    client.send(format!(
        "PUT / HTTP/1.1\r\nHost: shop.example\r\n{announced}Transfer-Encoding: chunked\r\n\r\n\
         1\r\nx\r\n0\r\n{forged}X-Sum: 5\r\n\r\n"
    ));
    assert_eq!(client.response().status(), 200);
    let received = target.text(0);
    assert!(received.ends_with("\r\n0\r\nX-Sum: 5\r\n\r\n") && !received.contains("forged"), "{received}");
    assert_eq!(header(&received, "Trailer"), Some("X-Sum"));
    assert_eq!(header(&received, "X-Subject"), Some("CN=alice,O=Carts"));
}

#[test]
fn http_2_tells_the_same() {
    let root = Authority::root("root");
    let target = Target::named("a");
    let asking = Asking::verifying(&target, trust_store(&root.pem(), &[]));
    let mut config = asking.config(Some(root.client(unchanged).certified()));
    config.alpn_protocols = vec![b"h2".to_vec()];
    let mut frames = Frames::begin(connect(&Arc::new(config), asking.world.address(), DEFAULT).stream);
    frames.send(HEADERS, END_STREAM | END_HEADERS, 1, GET);
    while !matches!(frames.read().unwrap(), (HEADERS, ..)) {}
    assert_eq!(header(&target.text(0), NAMES[2]), Some("CN=alice,O=Carts"));
}

#[test]
fn o5_why_a_client_is_refused_has_a_code_and_an_alert() {
    let root = Authority::root("root");
    let edwards = Authority::with_key("edwards", &rcgen::PKCS_ED25519);
    let deep = (0..4).fold(root.below("0"), |above, n| above.below(&n.to_string()));
    let target = Target::named("a");
    let asking = Asking::verifying(&target, trust_store(&root.pem(), &[]));
    let of_root = |change: fn(&mut CertificateParams)| root.client(change);
    let large = |params: &mut CertificateParams| {
        let extension = CustomExtension::from_oid_content(&[1, 2, 3], vec![4, 0]);
        params.custom_extensions.push(extension);
        let mut filler = vec![0x04, 0x82, 0x50, 0x00];
        filler.resize(0x5004, 0);
        params.custom_extensions.push(CustomExtension::from_oid_content(&[1, 2, 4], filler));
    };
    let mut garbage = of_root(unchanged);
    garbage.chain[0] = CertificateDer::from(b"garbage".to_vec());
    let mut looped = Authority::root("elsewhere").below("x").client(unchanged);
    looped.chain = [looped.chain.as_slice(), &looped.chain].concat()[..4].to_vec();
    use Alert as A;
    use Failure as F;
    for (what, shown, expected) in [
        ("a good one", of_root(unchanged), None),
        ("one from a chain", root.below("middle").client(unchanged), None),
        (
            "another authority's",
            Authority::root("root").client(unchanged),
            Some((F::Untrusted, A::UnknownCA)),
        ),
        ("a chain that leads nowhere", looped, Some((F::Untrusted, A::UnknownCA))),
        (
            "one that is over",
            of_root(|it| it.not_after = now() - Duration::days(1)),
            Some((F::Expired, A::CertificateExpired)),
        ),
        (
            "one for later",
            of_root(|it| it.not_before = now() + Duration::days(1)),
            Some((F::NotYetValid, A::CertificateExpired)),
        ),
        (
            "a server's",
            of_root(|it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth]),
            Some((F::PurposeInvalid, A::UnsupportedCertificate)),
        ),
        (
            "one that signs nothing",
            of_root(|it| it.key_usages = vec![KeyUsagePurpose::KeyEncipherment]),
            Some((F::PurposeInvalid, A::UnsupportedCertificate)),
        ),
        (
            "one that is signed with Ed25519",
            edwards.client(unchanged),
            Some((F::TypeUnsupported, A::UnsupportedCertificate)),
        ),
        ("a deep chain", deep.client(unchanged), Some((F::MaxChainDepthExceeded, A::CertificateUnknown))),
        ("a large one", root.client(large), Some((F::MaxSizeExceeded, A::CertificateUnknown))),
        ("no certificate at all", garbage, Some((F::Invalid, A::BadCertificate))),
    ] {
        for version in [&TLS13, &TLS12] {
            let refusal = asking.refusal_and_alert(&[version], Some(shown.certified()));
            assert_eq!(refusal, expected, "{what} {version:?}");
        }
    }
    let nothing = asking.refusal_and_alert(&[&TLS13], None);
    assert_eq!(nothing, Some((F::Unmapped, A::CertificateRequired)));
    let CertifiedKey { cert, key, .. } = &*of_root(unchanged).certified();
    let liar = CertifiedKey::new(cert.clone(), Arc::new(Liar(Arc::clone(key))));
    assert_eq!(asking.refusal(Some(Arc::new(liar))), Some(Failure::Incompatible));
    let CertifiedKey { key: stolen, .. } = &*of_root(unchanged).certified();
    let thief = CertifiedKey::new(cert.clone(), Arc::clone(stolen));
    assert_eq!(asking.refusal(Some(Arc::new(thief))), Some(Failure::Unmapped), "it has not the key");
    let mut text = String::new();
    asking.world.metrics.snapshot().write_prometheus(&mut text).unwrap();
    assert!(text.contains(",reason=\"ClientCertMaxChainDepthExceeded\"} 2\n"), "{text}");
    assert_eq!(target.connections(), 1, "no refused client reaches a target");
}

#[test]
fn o5_what_an_authority_takes_back_is_refused() {
    let root = Authority::root("root");
    let (middle, impostor) = (root.below("middle"), Authority::root("middle"));
    let later = now() + Duration::days(1);
    let target = Target::named("a");
    for (what, lists, expected) in [
        ("another one", vec![root.list(&[1], later), middle.list(&[1], later)], None),
        ("the client's", vec![root.list(&[1], later), middle.list(&[SERIAL], later)], Some(Failure::CrlHit)),
        (
            "out of date",
            vec![middle.list(&[1], now() - Duration::hours(1))],
            Some(Failure::CrlProcessingError),
        ),
        ("of another key", vec![impostor.list(&[1], later)], Some(Failure::CrlProcessingError)),
        ("of the root alone", vec![root.list(&[SERIAL], later)], None),
        ("unreadable", vec!["nothing".to_owned()], Some(Failure::CrlProcessingError)),
        (
            "an old one beside a new one",
            vec![middle.list(&[1], now() - Duration::hours(1)), middle.list(&[1], later)],
            None,
        ),
        (
            "the same, and the old one has it",
            vec![middle.list(&[SERIAL], now() - Duration::hours(1)), middle.list(&[1], later)],
            Some(Failure::CrlHit),
        ),
    ] {
        let asking = Asking::verifying(&target, trust_store(&root.pem(), &lists));
        for _ in 0..2 {
            assert_eq!(asking.refusal(Some(middle.client(unchanged).certified())), expected, "{what}");
        }
    }
}

/// Whether the authorities of the trust store are checked like those that are shown.
#[test]
fn r32_every_authority_on_the_way_has_to_be_good() {
    use Failure as F;
    const MIDDLE: u8 = 9;
    let target = Target::named("a");
    let ecdsa = &rcgen::PKCS_ECDSA_P256_SHA256;
    let numbered = |params: &mut CertificateParams| params.serial_number = Some(vec![MIDDLE].into());
    let over = |params: &mut CertificateParams| params.not_after = now() - Duration::days(1);
    let alone = |params: &mut CertificateParams| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let no_signer = |params: &mut CertificateParams| params.key_usages = vec![KeyUsagePurpose::CrlSign];
    let for_servers = |params: &mut CertificateParams| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    };
    let root = Authority::root("root");
    let revoked = root.list(&[MIDDLE], now() + Duration::days(1));
    let middle = root.below_with("middle", numbered);
    let old = Authority::root_with("old", ecdsa, over);
    let last = Authority::root_with("last", ecdsa, alone);
    let [expired, short, servers] = [
        root.below_with("expired", over),
        root.below_with("short", alone),
        root.below_with("servers", for_servers),
    ];
    for (what, bundle, lists, by, expected) in [
        ("one of the bundle", vec![&root, &middle], vec![], &middle, None),
        ("one without its root", vec![&middle], vec![revoked.clone()], &middle, None),
        ("one of the bundle, revoked", vec![&root, &middle], vec![revoked.clone()], &middle, Some(F::CrlHit)),
        ("one that is shown, revoked", vec![&root], vec![revoked], &middle, Some(F::CrlHit)),
        ("a root that is over", vec![&old], vec![], &old, Some(F::Expired)),
        ("one of the bundle that is over", vec![&root, &expired], vec![], &expired, Some(F::Expired)),
        ("a root for clients alone", vec![&last], vec![], &last, None),
        ("one below such a root", vec![&last], vec![], &last.below("below"), Some(F::Untrusted)),
        (
            "one below such an authority",
            vec![&root, &short],
            vec![],
            &short.below("below"),
            Some(F::Untrusted),
        ),
        ("one for servers", vec![&root, &servers], vec![], &servers, Some(F::PurposeInvalid)),
        ("one that may not sign", vec![&root], vec![], &root.below_with("x", no_signer), Some(F::Untrusted)),
    ] {
        let bundle: String = bundle.into_iter().map(Authority::pem).collect();
        let asking = Asking::verifying(&target, trust_store(&bundle, &lists));
        assert_eq!(asking.refusal(Some(by.client(unchanged).certified())), expected, "{what}");
    }
}

#[test]
fn a_change_of_revocations_acts_on_the_next_connection() {
    let root = Authority::root("root");
    let target = Target::named("a");
    let mut asking = Asking::verifying(&target, trust_store(&root.pem(), &[]));
    let shown = root.client(unchanged);
    let mut open = asking.client(Some(&shown));
    assert_eq!(open.get("/", "").status(), 200);
    let list = root.list(&[SERIAL], now() + Duration::days(1));
    asking.world.change(|setup| setup.trust_stores = vec![trust_store(&root.pem(), &[list])]);
    let refusal = asking.refusal_and_alert(&[&TLS13], Some(shown.certified()));
    assert_eq!(refusal, Some((Failure::CrlHit, Alert::CertificateRevoked)));
    assert_eq!(open.get("/", "").status(), 200, "what is open stays open");
}

#[test]
fn a_connection_from_before_anybody_was_asked_is_of_no_use_after() {
    let root = Authority::root("root");
    let store = trust_store(&root.pem(), &[]);
    let mode = verified(&store);
    let target = Target::named("a");
    let mut asking = Asking::new(&target, ClientCertificates::Ignored, |setup| Setup {
        trust_stores: vec![store],
        ..setup
    });
    let mut open = asking.client(None);
    assert_eq!(open.get("/", &format!("{}: mine\r\n", NAMES[2])).status(), 200);
    assert_eq!(header(&target.text(0), NAMES[2]), Some("mine"), "who asks nobody tells nothing");
    asking.world.change(|setup| setup.secure.as_mut().unwrap().0.client_certificates = mode);
    let response = open.get("/", "");
    assert_eq!((response.status(), response.header("Connection")), (421, Some("close")));
    assert_eq!(asking.client(Some(&root.client(unchanged))).get("/", "").status(), 200);
}

#[test]
fn r32_expiry_can_be_ignored_and_nothing_else() {
    let root = Authority::root("root");
    let list = root.list(&[7], now() + Duration::days(1));
    let store = trust_store(&root.pem(), &[list]);
    let (arn, target) = (store.arn.clone(), Target::named("a"));
    let mode = ClientCertificates::Verified { trust_store: arn, ignore_expiry: true, advertise_names: true };
    let mut asking = Asking::new(&target, mode, |setup| Setup { trust_stores: vec![store], ..setup });
    let over = |it: &mut CertificateParams| it.not_after = now() - Duration::days(1);
    assert_eq!(asking.refusal(Some(root.client(over).certified())), None);
    let revoked = root.client(|it| {
        over(it);
        it.serial_number = Some(vec![7].into());
    });
    assert_eq!(asking.refusal(Some(revoked.certified())), Some(Failure::CrlHit));
    let other = Authority::root("root").client(over);
    assert_eq!(asking.refusal(Some(other.certified())), Some(Failure::Untrusted));
    // One that was renewed since vouches for it as an end of paths, and not on the way to one.
    let renewed = |it: &mut CertificateParams| it.not_before = now() - Duration::hours(12);
    let middle = root.below_with("renewed", renewed);
    assert_eq!(asking.refusal(Some(middle.client(over).certified())), Some(Failure::NotYetValid));
    let renewed = Authority::root_with("renewed", &rcgen::PKCS_ECDSA_P256_SHA256, renewed);
    asking.trust(&renewed);
    assert_eq!(asking.refusal(Some(renewed.client(over).certified())), None);
    asking.trust(&root);
    // Nobody but the client may be over.
    let ended = |it: &mut CertificateParams| it.not_after = now() - Duration::hours(12);
    let middle = root.below_with("ended", ended);
    assert_eq!(asking.refusal(Some(middle.client(over).certified())), Some(Failure::Expired));
    let last = Authority::root_with("last", &rcgen::PKCS_ECDSA_P256_SHA256, ended);
    asking.trust(&last);
    assert_eq!(asking.refusal(Some(last.client(over).certified())), Some(Failure::Expired));
}

#[test]
fn r32_authorities_are_named_to_clients_only_if_they_are_to_be() {
    #[derive(Debug)]
    struct Asked(std::sync::Mutex<Vec<usize>>, Arc<CertifiedKey>);
    impl ResolvesClientCert for Asked {
        fn resolve(&self, authorities: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
            self.0.lock().unwrap().push(authorities.len());
            Some(Arc::clone(&self.1))
        }

        fn has_certs(&self) -> bool {
            true
        }
    }
    let root = Authority::root("root");
    let target = Target::named("a");
    for (advertise_names, expected) in [(true, 1), (false, 0)] {
        let store = trust_store(&root.pem(), &[]);
        let trust_store = store.arn.clone();
        let mode = ClientCertificates::Verified { trust_store, ignore_expiry: false, advertise_names };
        let asking = Asking::new(&target, mode, |setup| Setup { trust_stores: vec![store], ..setup });
        let asked = Arc::new(Asked(Vec::new().into(), root.client(unchanged).certified()));
        let mut config = asking.config(None);
        config.client_auth_cert_resolver = asked.clone();
        assert!(answered(connect(&Arc::new(config), asking.world.address(), DEFAULT)).is_ok());
        assert_eq!(*asked.0.lock().unwrap(), [expected]);
    }
}

#[test]
fn r32_no_session_is_resumed() {
    let root = Authority::root("root");
    let target = Target::named("a");
    for mode in [None, Some(ClientCertificates::Passed)] {
        let store = trust_store(&root.pem(), &[]);
        let mode = mode.unwrap_or_else(|| verified(&store));
        let asking = Asking::new(&target, mode, |setup| Setup { trust_stores: vec![store], ..setup });
        for versions in [&TLS13, &TLS12] {
            let mut config = ClientConfig::clone(&asking.issuer.trusted(&[versions]));
            config.client_auth_cert_resolver = Arc::new(Shows(Some(root.client(unchanged).certified())));
            let config = Arc::new(config);
            for _ in 0..3 {
                let mut client = connect(&config, asking.world.address(), DEFAULT);
                client.get("/", "");
                assert_ne!(client.stream.conn.handshake_kind(), Some(HandshakeKind::Resumed));
                assert_eq!(client.stream.conn.tls13_tickets_received(), 0);
            }
        }
    }
}
