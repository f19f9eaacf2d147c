//! TLS towards targets.
//!
//! As at AWS, a target's certificate is not looked at (R31): encryption keeps those out who only listen, and nobody who can
//! answer in a target's place. A target group can ask for more: then an authority of a trust store has to vouch for the
//! target, by its address or by a name. No session is resumed, since connections are kept anyway.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};

use base64_simd::STANDARD;
use elbow_model::attribute::target_group as attribute;
use elbow_model::key::TargetGroupKey;
use elbow_model::{Configuration, ProtocolVersion, SslPolicy, TrustStoreArn};
use elbow_routing::KeyMap;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConnection, Resumption};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use tokio::net::TcpStream;
use webpki::EndEntityCert;

use super::listeners::HTTP2;
use super::trust::{SCHEMES, Stores, Trust};
use super::{Tls, policy};

/// What is agreed to with targets.
#[derive(Clone, Debug)]
pub(crate) struct TargetTls {
    versions: Versions,
    /// Who they have to be; `None`: anybody.
    trusted: Option<Arc<Trusted>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Versions {
    /// TLS 1.3 and 1.2.
    Newest,
    /// TLS 1.2.
    Older,
}

/// The target groups whose targets have to show who they are.
#[derive(Clone, Debug, Default)]
pub struct SecureTargets {
    groups: KeyMap<TargetGroupKey, Arc<Trusted>>,
    stores: Stores,
}

/// What the targets of one group are asked for.
#[derive(Debug)]
struct Trusted {
    who: Who,
    newest: Result<Configs, Error>,
    older: Result<Configs, Error>,
}

/// Who a target has to be.
#[derive(Clone, Debug)]
enum Who {
    /// Somebody whom an authority vouches for, by a name; `None`: by the address of each.
    Vouched(Arc<Trust>, Option<ServerName<'static>>),
    /// The owner of one of these public keys, each a SubjectPublicKeyInfo in DER.
    Owner(Vec<Vec<u8>>),
}

impl PartialEq for Who {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Vouched(trust, name), Self::Vouched(other, same)) => {
                Arc::ptr_eq(trust, other) && name == same
            }
            (Self::Owner(keys), Self::Owner(others)) => keys == others,
            _ => false,
        }
    }
}

/// The same for targets of either version of HTTP.
#[derive(Debug)]
struct Configs {
    http1: Arc<ClientConfig>,
    /// Asks for HTTP/2 by ALPN.
    http2: Arc<ClientConfig>,
}

/// By the two policies that AWS has for this.
static NEWEST: LazyLock<Result<Configs, Error>> = LazyLock::new(|| configs(newest(), Anybody::new()));
static OLDER: LazyLock<Result<Configs, Error>> =
    LazyLock::new(|| configs(Some(SslPolicy::by_default()), Anybody::new()));

fn newest() -> Option<&'static SslPolicy> {
    SslPolicy::named("ELBSecurityPolicy-TLS13-1-0-2021-06")
}

impl SecureTargets {
    /// Those of a configuration. What has not changed since `before` is taken from there.
    pub(crate) fn compile(before: &Self, configuration: &Configuration) -> Self {
        let groups = configuration.target_groups.values();
        let verified = groups.filter(|group| group.attributes.flag(attribute::TARGET_TLS_VERIFY));
        let settings = verified.map(|group| {
            let text = |key| group.attributes.text(key);
            (
                group.arn.key,
                TrustStoreArn::parse(text(attribute::TARGET_TLS_TRUST_STORE)),
                text(attribute::TARGET_TLS_SERVER_NAME),
            )
        });
        let settings: Vec<_> = settings.collect();
        let wanted = settings.iter().filter_map(|(_, store, _)| store.as_ref());
        let stores = Stores::compile(&before.stores, configuration, wanted);
        let mut groups = KeyMap::default();
        for (group, store, name) in settings {
            let by_address = name.is_empty();
            let name = ServerName::try_from(name.to_owned()).ok().filter(|_| !by_address);
            // What nobody can be called, nobody is.
            let store = store.filter(|_| by_address || name.is_some());
            let trust = store.map_or_else(|| Arc::new(Trust::of_nobody()), |store| stores.get(&store));
            groups.insert(group, before.trusted(group, Who::Vouched(trust, name)));
        }
        for group in configuration.target_groups.values() {
            if let Some(keys) = &group.policies.public_keys {
                // What is no key in base64 is nobody's.
                let keys = keys.iter().filter_map(|key| STANDARD.decode_to_vec(key).ok()).collect();
                groups.insert(group.arn.key, before.trusted(group.arn.key, Who::Owner(keys)));
            }
        }
        Self { groups, stores }
    }

    fn trusted(&self, group: TargetGroupKey, who: Who) -> Arc<Trusted> {
        let known = self.groups.get(&group).filter(|known| known.who == who);
        known.map_or_else(|| Arc::new(Trusted::new(who)), Arc::clone)
    }
}

impl Trusted {
    fn new(who: Who) -> Self {
        let configs = |policy| configs(policy, Arc::new(Somebody { who: who.clone() }));
        let (newest, older) = (configs(newest()), configs(Some(SslPolicy::by_default())));
        Self { who, newest, older }
    }

    /// The name that is asked for; `None`: the address of each.
    fn name(&self) -> Option<ServerName<'static>> {
        match &self.who {
            Who::Vouched(_, name) => name.clone(),
            Who::Owner(_) => None,
        }
    }
}

impl TargetTls {
    /// What goes with a policy towards clients, `None` if they do not speak TLS (R31), for targets of this group.
    pub(crate) fn of(policy: Option<&SslPolicy>, targets: &SecureTargets, group: TargetGroupKey) -> Self {
        let newest =
            |policy: &SslPolicy| policy.versions().any(|version| version == elbow_model::TlsVersion::V1_3);
        let versions = if policy.is_some_and(newest) { Versions::Newest } else { Versions::Older };
        Self { versions, trusted: targets.groups.get(&group).cloned() }
    }

    /// Whatever the targets of this group speak.
    pub(crate) fn any(targets: &SecureTargets, group: TargetGroupKey) -> Self {
        Self { versions: Versions::Newest, trusted: targets.groups.get(&group).cloned() }
    }

    /// Whether a connection that was opened by this may carry another request: its target has shown who it is as the group
    /// asks for it now, to the same authorities with the same revocations. The version is not looked at, because targets may
    /// be asked in either.
    pub(crate) fn is_current(&self, targets: &SecureTargets, group: TargetGroupKey) -> bool {
        match (&self.trusted, targets.groups.get(&group)) {
            (Some(then), Some(now)) => Arc::ptr_eq(then, now),
            (then, now) => then.is_none() && now.is_none(),
        }
    }

    /// Agrees with a target on how to encrypt this connection, and on the version of HTTP if that is not HTTP/1.1.
    ///
    /// # Errors
    ///
    /// The target closed, is not who it has to be, or nothing can be agreed on.
    pub(crate) async fn agree(
        &self,
        socket: TcpStream,
        address: SocketAddr,
        version: ProtocolVersion,
    ) -> io::Result<Tls> {
        let configs = match (self.versions, &self.trusted) {
            (Versions::Newest, Some(trusted)) => &trusted.newest,
            (Versions::Older, Some(trusted)) => &trusted.older,
            (Versions::Newest, None) => &NEWEST,
            (Versions::Older, None) => &OLDER,
        };
        let configs = configs.as_ref().map_err(|error| io::Error::other(error.clone()))?;
        let name = self.trusted.as_ref().and_then(|trusted| trusted.name());
        let name = name.unwrap_or_else(|| ServerName::from(address.ip()));
        let http2 = version != ProtocolVersion::Http1;
        let config = if http2 { &configs.http2 } else { &configs.http1 };
        let session = ClientConnection::new(Arc::clone(config), name);
        let mut tls = Tls::new(socket, session.map_err(io::Error::other)?.into());
        poll_fn(|cx| tls.poll_handshake(cx)).await?;
        match http2 && !tls.speaks_http2() {
            true => Err(io::Error::other("no agreement on HTTP/2 by ALPN")),
            false => Ok(tls),
        }
    }
}

fn configs(policy: Option<&SslPolicy>, verifier: Arc<dyn ServerCertVerifier>) -> Result<Configs, Error> {
    let policy = policy.unwrap_or(SslPolicy::by_default());
    let builder = ClientConfig::builder_with_provider(policy::provider(policy));
    let builder = builder.with_protocol_versions(&policy::versions(policy))?.dangerous();
    let mut config = builder.with_custom_certificate_verifier(verifier).with_no_client_auth();
    config.resumption = Resumption::disabled();
    let mut http2 = config.clone();
    http2.alpn_protocols = vec![HTTP2.to_vec()];
    Ok(Configs { http1: Arc::new(config), http2: Arc::new(http2) })
}

/// Takes everybody for the target.
#[derive(Debug)]
struct Anybody {
    schemes: Vec<SignatureScheme>,
}

impl Anybody {
    fn new() -> Arc<Self> {
        Arc::new(Self { schemes: default_provider().signature_verification_algorithms.supported_schemes() })
    }
}

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}

/// Takes those for the target who are what its group asks for.
#[derive(Debug)]
struct Somebody {
    who: Who,
}

impl ServerCertVerifier for Somebody {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        address: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match &self.who {
            Who::Vouched(trust, name) => {
                let name = name.as_ref().unwrap_or(address);
                let vouched = trust.verify_target(leaf, intermediates, name, now);
                vouched.map_err(|flaw| {
                    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(flaw))))
                })?;
            }
            Who::Owner(keys) => {
                let leaf = EndEntityCert::try_from(leaf)
                    .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
                let key = leaf.subject_public_key_info();
                if !keys.iter().any(|known| **known == *key) {
                    let unknown = CertificateError::ApplicationVerificationFailure;
                    return Err(Error::InvalidCertificate(unknown));
                }
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, leaf, signed, &default_provider().signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, leaf, signed, &default_provider().signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SCHEMES.to_vec()
    }
}
