//! How long a handshake may take, in virtual time.

use std::net::SocketAddr;
use std::sync::mpsc as threads;
use std::time::SystemTime;

use elbow_certificates::authority::{self, Names};
use elbow_model::key::LoadBalancerKey;
use elbow_model::{
    AcmArn, Authority, Certificate, CertificateArn, CertificateKey, CertificateSource, ClientCertificates,
    Configuration, Entity, HealthCheck, KeyAlgorithm, Protocol, Secure, SslPolicy, Tags, Timestamp,
};
use elbow_telemetry::Metrics;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};

use super::*;
use crate::addresses::Addresses;
use crate::publisher::Publisher;
use crate::testing::{self, OPTIONS};
use crate::timer::TICK;
use crate::worker::Parts;
use crate::{PassiveReports, Settings};

const NAME: &str = "shop.example";
const SECOND: Duration = Duration::from_secs(1);

/// A listener of HTTPS, and whom its clients trust.
struct Shop {
    address: SocketAddr,
    authority: Authority,
}

/// Tells a story beside a worker that serves a shop, in one thread whose time passes while all of it waits.
fn beside_a_worker<F: Future<Output = ()> + 'static>(story: impl FnOnce(Shop) -> F) -> Arc<Metrics> {
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_all().start_paused(true).build_local(LocalOptions::default()).unwrap();
    let (_reserved, address) = testing::reserve();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let now = Timestamp::from_secs(now.as_secs());
    let shop = Shop { address, authority: authority::create(now).unwrap() };
    let publisher = Publisher::new(1, Arc::new(configuration(&shop, now)), &OPTIONS).unwrap();
    let metrics = Arc::new(Metrics::new());
    let settings = Settings::new(Arc::clone(&metrics));
    let reports: Arc<dyn PassiveReports> = Arc::new(());
    let addresses = Arc::new(Addresses::new(false));
    let parts = Parts::new(&settings, &publisher, &reports, &addresses, watch::channel(0).0).unwrap();
    let (stops, inbox) = mpsc::channel(1);
    let story = story(shop);
    let told = runtime.spawn_local(async move {
        story.await;
        // Without anybody who could stop it, the worker stops.
        drop(stops);
    });
    parts.run_on(&runtime, inbox, threads::channel().0);
    runtime.block_on(told).unwrap();
    metrics
}

fn configuration(shop: &Shop, now: Timestamp) -> Configuration {
    let mut configuration = testing::configuration(HealthCheck::default());
    let mut listener = testing::listener(shop.address.port());
    let names = Names::parse([NAME]).unwrap();
    let material = authority::issue(&shop.authority, &names, KeyAlgorithm::P256, now).unwrap();
    let key = CertificateKey::new(1);
    let arn = CertificateArn::Acm(AcmArn { scope: listener.arn.load_balancer.scope.clone(), key });
    listener.protocol = Protocol::Https;
    listener.secure = Some(Secure {
        policy: SslPolicy::by_default(),
        certificate: arn.clone(),
        more: Default::default(),
        only: None,
        client_certificates: ClientCertificates::Ignored,
    });
    let certificate = Certificate {
        key,
        arn,
        source: CertificateSource::Issued,
        created: now,
        changed: now,
        material: Arc::new(material),
        tags: Tags::default(),
    };
    testing::put(&mut configuration, Entity::Certificate(Arc::new(certificate)));
    testing::put(&mut configuration, Entity::Listener(Arc::new(listener)));
    configuration
}

impl Shop {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// What a client says first, and the client.
    fn hello(&self) -> (ClientConnection, Vec<u8>) {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(self.authority.certificate.as_bytes().to_vec())).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = builder.unwrap().with_root_certificates(roots).with_no_client_auth();
        let mut session =
            ClientConnection::new(Arc::new(config), ServerName::try_from(NAME).unwrap()).unwrap();
        let mut hello = Vec::new();
        session.write_tls(&mut hello).unwrap();
        (session, hello)
    }
}

/// Reads until the other side closes, in whichever way.
async fn rest(socket: &mut TcpStream) {
    while socket.read(&mut [0; 4096]).await.is_ok_and(|count| count > 0) {}
}

fn assert_given_up_in_time(begun: Instant) {
    let waited = begun.elapsed();
    assert!(waited >= TIMEOUT - TICK && waited <= TIMEOUT + 2 * TICK, "{waited:?}");
}

#[test]
fn who_says_nothing_or_not_enough_is_given_up_after_ten_seconds() {
    let metrics = beside_a_worker(|shop| async move {
        let (_, hello) = shop.hello();
        // The last one has said all that there is to say for a beginning, and is silent when it is answered.
        for count in [0, 1, 5, hello.len() - 1, hello.len()] {
            let begun = Instant::now();
            let mut socket = shop.connect().await;
            socket.write_all(&hello[..count]).await.unwrap();
            rest(&mut socket).await;
            assert_given_up_in_time(begun);
        }
    });
    let counts = metrics.snapshot().load_balancers.remove(&LoadBalancerKey::new(1)).unwrap();
    assert_eq!((counts.tls_errors, counts.tls_1_2_1_3), (4, [0, 0]), "who said nothing has not failed");
}

#[test]
fn a_byte_a_second_buys_no_time() {
    beside_a_worker(|shop| async move {
        let (_, hello) = shop.hello();
        let begun = Instant::now();
        let mut socket = shop.connect().await;
        let (mut reader, mut writer) = socket.split();
        let mut answer = [0];
        let dribble = async {
            for byte in &hello {
                if writer.write_all(&[*byte]).await.is_err() {
                    break;
                }
                sleep(SECOND).await;
            }
        };
        tokio::select! {
            () = dribble => panic!("it may go on for ever"),
            _ = reader.read(&mut answer) => {}
        }
        assert_given_up_in_time(begun);
    });
}

#[test]
fn who_is_slow_and_done_in_time_is_served() {
    let metrics = beside_a_worker(|shop| async move {
        let (mut session, hello) = shop.hello();
        let mut socket = shop.connect().await;
        for piece in hello.chunks(hello.len().div_ceil(9)) {
            socket.write_all(piece).await.unwrap();
            sleep(SECOND).await;
        }
        while session.is_handshaking() {
            let mut read = [0; 4096];
            let count = socket.read(&mut read).await.unwrap();
            assert!(count > 0, "given up");
            session.read_tls(&mut &read[..count]).unwrap();
            session.process_new_packets().unwrap();
            let mut written = Vec::new();
            while session.wants_write() {
                session.write_tls(&mut written).unwrap();
            }
            socket.write_all(&written).await.unwrap();
        }
        // The time for the handshake is not that for what follows.
        sleep(2 * SECOND).await;
        let mut request = Vec::new();
        std::io::Write::write_all(&mut session.writer(), b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        session.write_tls(&mut request).unwrap();
        socket.write_all(&request).await.unwrap();
        assert!(socket.read(&mut [0; 4096]).await.unwrap() > 0, "no answer");
    });
    let counts = metrics.snapshot().load_balancers.remove(&LoadBalancerKey::new(1)).unwrap();
    assert_eq!((counts.tls_errors, counts.tls_1_2_1_3), (0, [1, 0]));
}
