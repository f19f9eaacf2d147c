//! Certificates of clients: which are taken in a handshake (R32).
//!
//! Everything here is the client's. A chain is measured before it is read, and read before anybody is asked to vouch for it;
//! that the client has the key is seen last. Why a client was refused goes with the error, for the log and the counters; the
//! client itself is told that its certificate will not do, and not why.

use std::fmt;
use std::sync::Arc;

use elbow_certificates::{ClientCertificate, Unfit};
use elbow_model::ClientCertificates;
use elbow_telemetry::HandshakeFailure;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError, PeerMisbehaved,
    SignatureScheme,
};

use super::trust::{SCHEMES, Trust};

/// Bytes of a client's certificates together.
// AWS: unknown. We take what becomes a header that most targets still take.
const MAX_CHAIN_BYTES: usize = 16 * 1024;
/// Certificates that a client may show where nobody vouches for them: what targets may be asked to look at.
const MAX_PASSED: usize = 16;
/// The same where they are verified.
// AWS: unknown; it is what API Gateway and CloudFront allow.
const MAX_VERIFIED: usize = 4;

/// What a listener takes.
#[derive(Debug)]
pub(super) enum Clients {
    /// Whoever has the key of what it shows, and those who show nothing.
    Any,
    /// Those for whom an authority vouches.
    Trusted {
        /// The authorities.
        trust: Arc<Trust>,
        /// Whether it may have vouched for a time that is over.
        ignore_expiry: bool,
        /// Whether clients are told which authorities there are.
        advertise_names: bool,
    },
}

/// Why a client was refused.
#[derive(Clone, Debug)]
pub(super) struct RefusedClient {
    pub(super) failure: HandshakeFailure,
    /// What its certificate says, if that can be read: subject and serial number.
    pub(super) leaf: Option<(String, String)>,
}

impl Clients {
    /// `None` if clients are not asked for certificates.
    pub(super) fn of(mode: &ClientCertificates, trust: Option<&Arc<Trust>>) -> Option<Self> {
        match *mode {
            ClientCertificates::Ignored => None,
            ClientCertificates::Passed => Some(Self::Any),
            ClientCertificates::Verified { ignore_expiry, advertise_names, .. } => {
                let trust = trust.map_or_else(|| Arc::new(Trust::of_nobody()), Arc::clone);
                Some(Self::Trusted { trust, ignore_expiry, advertise_names })
            }
        }
    }

    const fn max_certificates(&self) -> usize {
        match self {
            Self::Any => MAX_PASSED,
            Self::Trusted { .. } => MAX_VERIFIED,
        }
    }

    fn check(
        &self,
        leaf: &CertificateDer<'_>,
        read: Option<&ClientCertificate>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), HandshakeFailure> {
        let read = read.ok_or(HandshakeFailure::Invalid)?;
        match read.unfit {
            Some(Unfit::Kind) => return Err(HandshakeFailure::TypeUnsupported),
            Some(Unfit::Purpose) => return Err(HandshakeFailure::PurposeInvalid),
            None => {}
        }
        let Self::Trusted { trust, ignore_expiry, .. } = self else { return Ok(()) };
        let mut at = now;
        if *ignore_expiry && read.not_after.as_secs() < now.as_secs() {
            // All of the chain has to have been valid when this one was for the last time.
            at = UnixTime::since_unix_epoch(std::time::Duration::from_secs(read.not_after.as_secs()));
        }
        trust.verify_client(leaf, intermediates, at, now).map_err(|flaw| flaw.of_client())
    }
}

impl ClientCertVerifier for Clients {
    fn client_auth_mandatory(&self) -> bool {
        matches!(self, Self::Trusted { .. })
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        match self {
            Self::Trusted { trust, advertise_names: true, .. } => trust.names(),
            _ => &[],
        }
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let bytes = leaf.len() + intermediates.iter().map(|der| der.len()).sum::<usize>();
        if bytes > MAX_CHAIN_BYTES {
            return Err(RefusedClient { failure: HandshakeFailure::MaxSizeExceeded, leaf: None }.into());
        }
        let read = ClientCertificate::read(leaf);
        let result = match intermediates.len() < self.max_certificates() {
            true => self.check(leaf, read.as_ref(), intermediates, now),
            false => Err(HandshakeFailure::MaxChainDepthExceeded),
        };
        let leaf = || read.map(|read| (read.subject, read.serial_number));
        result.map_err(|failure| RefusedClient { failure, leaf: leaf() })?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        was_offered(signed)?;
        verify_tls12_signature(message, leaf, signed, &default_provider().signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        was_offered(signed)?;
        verify_tls13_signature(message, leaf, signed, &default_provider().signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SCHEMES.to_vec()
    }
}

fn was_offered(signed: &DigitallySignedStruct) -> Result<(), Error> {
    match SCHEMES.contains(&signed.scheme) {
        true => Ok(()),
        false => Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into()),
    }
}

impl RefusedClient {
    /// Why a handshake failed, as far as it has to do with the client's certificate.
    pub(super) fn of(error: &Error) -> Self {
        let failure = match error {
            Error::InvalidCertificate(CertificateError::Other(OtherError(cause))) => {
                match cause.downcast_ref::<Self>() {
                    Some(refused) => return refused.clone(),
                    None => HandshakeFailure::Unmapped,
                }
            }
            Error::PeerMisbehaved(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme) => {
                HandshakeFailure::Incompatible
            }
            _ => HandshakeFailure::Unmapped,
        };
        Self { failure, leaf: None }
    }
}

impl From<RefusedClient> for Error {
    fn from(refused: RefusedClient) -> Self {
        Self::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refused))))
    }
}

impl fmt::Display for RefusedClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.failure.as_str())
    }
}

impl std::error::Error for RefusedClient {}
