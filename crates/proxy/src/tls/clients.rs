//! Certificates of clients: which are taken in a handshake (R32).
//!
//! Everything here is the client's. A chain is measured before it is read, and read before anybody is asked to vouch for it;
//! that the client has the key is seen last. The client is told why it was refused by the alert that TLS has for that (RFC
//! 8446, 6.2); the log and the counters are told more than an alert can say, see [`RefusedClient`].

use std::cell::Cell;
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

/// Bytes of a client's certificates together. AWS's quotas have 64 KB for a message of TLS and 16 KB for a certificate.
// AWS: unknown what becomes of chains between the two. We take what becomes a header that most targets still take.
const MAX_CHAIN_BYTES: usize = 16 * 1024;
/// Characters of subject and issuer together, as they are written in headers: some bytes become three characters.
// AWS: unknown. We take more than any name has, and no headers that no target takes.
const MAX_NAMES_CHARS: usize = 8 * 1024;
/// Characters of a subject that are logged: it may be anybody's.
const LOGGED_CHARS: usize = 256;
/// Certificates that a client may show where nobody vouches for them: what targets may be asked to look at.
// AWS: unknown, we take many more than any chain has that a client needs.
const MAX_PASSED: usize = 16;
/// The same where they are verified: AWS's quotas have 4 for the depth of a chain.
// AWS: unknown whether the authority of the trust store is one of the four. We count what the client shows.
const MAX_VERIFIED: usize = 4;

thread_local! {
    /// Who was refused by the handshake that fails at this moment. The library's errors have an alert each or room for what
    /// is behind them, not both; and between the verdict here and [`RefusedClient::of`] a thread does nothing else.
    static REFUSED: Cell<Option<RefusedClient>> = const { Cell::new(None) };
}

/// What a listener takes.
#[derive(Debug)]
pub(super) enum Clients {
    /// Whoever has the key of what it shows, and those who show nothing.
    Any,
    /// Those for whom an authority vouches.
    Trusted {
        /// The authorities.
        trust: Arc<Trust>,
        /// Whether they may have vouched for a time that is over.
        ignore_expiry: bool,
        /// Whether clients are told which authorities there are.
        advertise_names: bool,
    },
}

/// Why a client was refused.
#[derive(Clone, Debug)]
pub(super) struct RefusedClient {
    pub(super) failure: HandshakeFailure,
    /// What its certificate says, if that can be read: subject and serial number, as far as they are logged.
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
        if read.subject.len() + read.issuer.len() > MAX_NAMES_CHARS {
            return Err(HandshakeFailure::MaxSizeExceeded);
        }
        let mut at = now;
        if *ignore_expiry && read.not_after.as_secs() < now.as_secs() {
            // The last moment of its own: what is between it and an anchor has to have been valid then.
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
            return Err(RefusedClient { failure: HandshakeFailure::MaxSizeExceeded, leaf: None }.refuse());
        }
        let read = ClientCertificate::read(leaf);
        let result = match intermediates.len() < self.max_certificates() {
            true => self.check(leaf, read.as_ref(), intermediates, now),
            false => Err(HandshakeFailure::MaxChainDepthExceeded),
        };
        let cut = |text: String| text.chars().take(LOGGED_CHARS).collect();
        let leaf = || read.map(|read| (cut(read.subject), cut(read.serial_number)));
        result.map_err(|failure| RefusedClient { failure, leaf: leaf() }.refuse())?;
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
    /// Why a handshake failed that has just failed on this thread, as far as it has to do with the client's certificate.
    pub(super) fn of(error: &Error) -> Self {
        let refused = REFUSED.take();
        let failure = match error {
            Error::InvalidCertificate(_) => match refused {
                Some(refused) => return refused,
                None => HandshakeFailure::Unmapped,
            },
            Error::PeerMisbehaved(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme) => {
                HandshakeFailure::Incompatible
            }
            _ => HandshakeFailure::Unmapped,
        };
        Self { failure, leaf: None }
    }

    /// The error by which the library ends the handshake, with the alert that fits.
    fn refuse(self) -> Error {
        use CertificateError as E;
        use HandshakeFailure as F;
        let error = match self.failure {
            // certificate_expired, which is also for what is not valid yet
            F::Expired => E::Expired,
            F::NotYetValid => E::NotValidYet,
            // certificate_revoked
            F::CrlHit => E::Revoked,
            // unknown_ca
            F::Untrusted => E::UnknownIssuer,
            F::CrlProcessingError => E::UnknownRevocationStatus,
            // bad_certificate
            F::Invalid => E::BadEncoding,
            // unsupported_certificate
            F::PurposeInvalid | F::TypeUnsupported => E::InvalidPurpose,
            // certificate_unknown
            F::MaxChainDepthExceeded | F::MaxSizeExceeded | F::Incompatible | F::Unmapped => {
                E::Other(OtherError(Arc::new(Unacceptable)))
            }
        };
        REFUSED.set(Some(self));
        error.into()
    }
}

/// A client's certificate is none of those that are taken, for a reason that TLS has no word for.
#[derive(Debug, thiserror::Error)]
#[error("the client's certificate is unacceptable")]
struct Unacceptable;
