//! TLS towards targets: they are asked for it, and not asked who they are (R31).
//!
//! As at AWS, a target's certificate is not looked at: encryption keeps those out who only listen, and nobody who can
//! answer in a target's place. No session is resumed, since connections are kept anyway.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};

use elbow_model::SslPolicy;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConnection, Resumption};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tokio::net::TcpStream;

use super::Tls;
use super::policy;

/// What is agreed to with targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TargetTls {
    /// TLS 1.3 and 1.2.
    Newest,
    /// TLS 1.2.
    Older,
}

/// By the two policies that AWS has for this.
static NEWEST: LazyLock<Result<Arc<ClientConfig>, Error>> =
    LazyLock::new(|| config(SslPolicy::named("ELBSecurityPolicy-TLS13-1-0-2021-06")));
static OLDER: LazyLock<Result<Arc<ClientConfig>, Error>> =
    LazyLock::new(|| config(Some(SslPolicy::by_default())));

impl TargetTls {
    /// What goes with a policy towards clients; `None` if they do not speak TLS (R31).
    pub(crate) fn of(policy: Option<&SslPolicy>) -> Self {
        let newest =
            |policy: &SslPolicy| policy.versions().any(|version| version == elbow_model::TlsVersion::V1_3);
        if policy.is_some_and(newest) { Self::Newest } else { Self::Older }
    }

    /// Agrees with a target on how to encrypt this connection.
    ///
    /// # Errors
    ///
    /// The target closed, or nothing can be agreed on.
    pub(crate) async fn agree(self, socket: TcpStream, address: SocketAddr) -> io::Result<Tls> {
        let config = match self {
            Self::Newest => &*NEWEST,
            Self::Older => &*OLDER,
        };
        let config = config.as_ref().map_err(|error| io::Error::other(error.clone()))?;
        let session = ClientConnection::new(Arc::clone(config), ServerName::from(address.ip()));
        let mut tls = Tls::new(socket, session.map_err(io::Error::other)?.into());
        poll_fn(|cx| tls.poll_handshake(cx)).await?;
        Ok(tls)
    }
}

fn config(policy: Option<&SslPolicy>) -> Result<Arc<ClientConfig>, Error> {
    let policy = policy.unwrap_or(SslPolicy::by_default());
    let provider = policy::provider(policy);
    let schemes = provider.signature_verification_algorithms.supported_schemes();
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_protocol_versions(&policy::versions(policy))?.dangerous();
    let mut config =
        builder.with_custom_certificate_verifier(Arc::new(Anybody { schemes })).with_no_client_auth();
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}

/// Takes everybody for the target.
#[derive(Debug)]
struct Anybody {
    schemes: Vec<SignatureScheme>,
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
