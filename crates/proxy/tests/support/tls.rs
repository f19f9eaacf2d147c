//! Certificates of an authority of the test's own, and clients that trust it.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::SystemTime;

use elbow_certificates::authority::{self, Names};
use elbow_model::{
    AccountId, AcmArn, Authority, Certificate, CertificateArn, CertificateKey, CertificateSource,
    KeyAlgorithm, Region, Scope, Secure, SslPolicy, Tags, Timestamp,
};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    SupportedProtocolVersion,
};

use super::client::Client;
use super::configuration::Setup;
use super::target::Target;

/// What a client has that speaks TLS.
pub(crate) type Stream = StreamOwned<ClientConnection, TcpStream>;

/// Names of the certificate that is shown to whoever asks for no other.
pub(crate) const DEFAULT: &str = "shop.example";

/// Issues certificates, and makes clients that trust them.
pub(crate) struct Issuer {
    authority: Authority,
}

impl Issuer {
    pub(crate) fn new() -> Self {
        Self { authority: authority::create(now()).unwrap() }
    }

    /// The authority's certificate, in PEM.
    pub(crate) fn bundle(&self) -> String {
        elbow_certificates::pem::certificate(&self.authority.certificate)
    }

    /// A certificate for these names.
    pub(crate) fn issue(&self, number: u128, names: &[&str]) -> Certificate {
        let key = CertificateKey::new(number);
        let region = Region::parse("us-east-1").unwrap();
        let scope = Scope { region, account: AccountId::parse("000000000000").unwrap() };
        let names = Names::parse(names.iter().copied()).unwrap();
        let material = authority::issue(&self.authority, &names, KeyAlgorithm::P256, now()).unwrap();
        Certificate {
            key,
            arn: CertificateArn::Acm(AcmArn { scope, key }),
            source: CertificateSource::Issued,
            created: now(),
            changed: now(),
            material: Arc::new(material),
            tags: Tags::default(),
        }
    }

    /// A set-up with an HTTPS listener that shows the first of these certificates by default.
    pub(crate) fn secure(&self, mut setup: Setup, policy: &str, certificates: Vec<Certificate>) -> Setup {
        let mut arns = certificates.iter().map(|certificate| certificate.arn.clone());
        let policy = SslPolicy::named(policy).unwrap();
        let secure = Secure {
            policy,
            certificate: arns.next().unwrap(),
            more: arns.collect::<BTreeSet<_>>(),
            only: None,
            client_certificates: elbow_model::ClientCertificates::Ignored,
        };
        setup.secure = Some((secure, certificates));
        setup
    }

    /// What a client agrees to that trusts this authority.
    pub(crate) fn trusted(&self, versions: &[&'static SupportedProtocolVersion]) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(self.authority.certificate.as_bytes().to_vec())).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
        Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
    }
}

/// A target that speaks TLS, shows this certificate, and answers every request with the head that it got.
pub(crate) fn target(certificate: &Certificate) -> Target {
    let material = &certificate.material;
    let der = CertificateDer::from(material.certificate.as_bytes().to_vec());
    let key = PrivatePkcs8KeyDer::from(material.private_key.reveal().to_vec());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(builder.with_no_client_auth().with_single_cert(vec![der], key.into()).unwrap());
    Target::start(move |connection| {
        let session = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = StreamOwned::new(session, connection.stream.try_clone().unwrap());
        let mut head = Vec::new();
        let mut byte = [0];
        while stream.read(&mut byte).is_ok_and(|count| count > 0) {
            head.push(byte[0]);
            if head.ends_with(b"\r\n\r\n") {
                let version = stream.conn.protocol_version().unwrap();
                let lines = format!("X-Version: {version:?}\r\nContent-Length: {}", head.len());
                let answer = format!("HTTP/1.1 200 OK\r\n{lines}\r\n\r\n");
                stream.write_all(&[answer.as_bytes(), &head].concat()).unwrap();
                head.clear();
            }
        }
    })
}

/// A connection over TLS, which is agreed on when it is first used.
pub(crate) fn connect(config: &Arc<ClientConfig>, address: SocketAddr, name: &str) -> Client<Stream> {
    let session = ClientConnection::new(Arc::clone(config), ServerName::try_from(name.to_owned()).unwrap());
    let Client { stream, .. } = Client::connect(address);
    Client::over(StreamOwned::new(session.unwrap(), stream))
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap())
}
