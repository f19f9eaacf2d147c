//! A trust store, compiled: whether an authority in it vouches for a certificate.
//!
//! Paths are built and verified by `webpki`; its limits on the work for one chain hold. Which certificates are revoked is
//! looked up in what was read when the configuration was published, so that the size of a list costs no connection
//! anything. Every certificate that is verified here is an attack until it was.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use elbow_certificates::trust::{self, Validity};
use elbow_certificates::{IssuerName, RevocationList};
use elbow_model::{Configuration, Der, Timestamp, TrustStore, TrustStoreArn};
use elbow_telemetry::HandshakeFailure;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{CertificateDer, ServerName, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use rustls::{DistinguishedName, SignatureScheme};
use webpki::{Cert, EndEntityCert, KeyUsage, VerifiedPath};

/// What a peer may prove with that it has the key of a certificate: RSA and ECDSA with SHA-256, -384 and -512 (R32).
pub(super) const SCHEMES: [SignatureScheme; 9] = [
    SignatureScheme::ECDSA_NISTP256_SHA256,
    SignatureScheme::ECDSA_NISTP384_SHA384,
    SignatureScheme::ECDSA_NISTP521_SHA512,
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PSS_SHA384,
    SignatureScheme::RSA_PSS_SHA512,
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA512,
];

/// Why nobody vouches for a certificate.
#[derive(Debug, thiserror::Error)]
pub(super) enum Flaw {
    /// It cannot be read, or no authority leads to it.
    #[error("{0}")]
    Path(#[from] webpki::Error),
    /// It was revoked, or one on the way to it.
    #[error("it is revoked")]
    Revoked,
    /// Whether it was revoked cannot be said.
    #[error("its authority's revocation list cannot be used")]
    RevocationUnknown,
}

/// The trust stores of a configuration.
#[derive(Clone, Debug, Default)]
pub(super) struct Stores(BTreeMap<TrustStoreArn, (Arc<TrustStore>, Arc<Trust>)>);

/// One of them.
#[derive(Debug)]
pub(super) struct Trust {
    anchors: Vec<TrustAnchor<'static>>,
    /// What is known of each anchor beside it.
    ends: Vec<End>,
    /// Authorities that others of the bundle have certified: paths go on there, so that they are checked like any other.
    between: Vec<CertificateDer<'static>>,
    names: Vec<DistinguishedName>,
    /// `None`: there is one that cannot be read, so that nobody knows who is revoked.
    lists: Option<Vec<RevocationList>>,
}

/// What an anchor says of itself: the library does not look at it.
#[derive(Debug)]
struct End {
    validity: Validity,
    path_length: Option<u8>,
}

impl Stores {
    /// Those of `wanted` in a configuration. What has not changed since `before` is taken from there.
    pub(super) fn compile<'a>(
        before: &Self,
        configuration: &Configuration,
        wanted: impl Iterator<Item = &'a TrustStoreArn>,
    ) -> Self {
        let mut stores = BTreeMap::new();
        for arn in wanted {
            let Some(store) = configuration.trust_stores.get(&arn.key).filter(|store| store.arn == *arn)
            else {
                tracing::error!(trust_store = %arn, "a trust store is not there: nobody is trusted in its place");
                continue;
            };
            // Tags and the like may be others. Reading lists of up to 50 MB anew takes seconds.
            let verifies_alike =
                |known: &TrustStore| known.bundle == store.bundle && known.revocations == store.revocations;
            let same = before.0.get(arn).filter(|(known, _)| verifies_alike(known));
            let trust = same.map_or_else(|| Arc::new(Trust::compile(store)), |(_, trust)| Arc::clone(trust));
            stores.insert(arn.clone(), (Arc::clone(store), trust));
        }
        Self(stores)
    }

    /// One of them; if it is not there, one in which nobody is.
    pub(super) fn get(&self, arn: &TrustStoreArn) -> Arc<Trust> {
        let found = self.0.get(arn);
        found.map_or_else(|| Arc::new(Trust::of_nobody()), |(_, trust)| Arc::clone(trust))
    }
}

impl Trust {
    pub(super) const fn of_nobody() -> Self {
        Self {
            anchors: Vec::new(),
            ends: Vec::new(),
            between: Vec::new(),
            names: Vec::new(),
            lists: Some(Vec::new()),
        }
    }

    /// Whoever configured it has been refused what cannot be read: the log says so if somebody else changed the store.
    // AWS: unknown whether a certificate counts that is no root. We take each of the bundle: a user who puts an intermediate
    // one there wants its clients, and may not want those of its siblings. Where the bundle has the one above as well, that
    // one has to be good, too, and must not have taken it back.
    fn compile(store: &TrustStore) -> Self {
        let bundle = trust::bundle(&store.bundle).unwrap_or_else(|error| {
            tracing::error!(trust_store = %store.arn, %error, "cannot use a trust store");
            Vec::new()
        });
        let (mut anchors, mut ends, mut between, mut names) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for authority in trust::authorities(&bundle) {
            let der = CertificateDer::from(authority.certificate.as_bytes());
            let Ok(anchor) = webpki::anchor_from_trusted_cert(&der) else { continue };
            names.push(DistinguishedName::in_sequence(&anchor.subject));
            if authority.ends_paths {
                anchors.push(anchor.to_owned());
                ends.push(End { validity: authority.validity, path_length: authority.path_length });
            } else {
                between.push(der.into_owned());
            }
        }
        let lists = lists(store, &bundle).inspect_err(
            |error| tracing::error!(trust_store = %store.arn, error, "cannot use its revocations"),
        );
        Self { anchors, ends, between, names, lists: lists.ok() }
    }

    /// The names of the authorities.
    pub(super) fn names(&self) -> &[DistinguishedName] {
        &self.names
    }

    /// Whether a client is who its certificate says. That one has to be valid `at` some time, which may be over, and all who
    /// vouch for it `now`, when it may be revoked. Those between it and the anchor have to be valid `at` that time, too: the
    /// library takes one for the whole path. The anchor does not: a root that was renewed vouches for those from before.
    // AWS: unknown what it asks of authorities when a client's expiry is ignored. We ask that they are valid.
    pub(super) fn verify_client(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        at: UnixTime,
        now: UnixTime,
    ) -> Result<(), Flaw> {
        let leaf = EndEntityCert::try_from(leaf)?;
        let intermediates = self.with_own(intermediates);
        let path = self.path(&leaf, &intermediates, [at, now], KeyUsage::client_auth())?;
        self.check_revocation(&path, now)
    }

    /// Whether a target is who it is taken for.
    pub(super) fn verify_target(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Flaw> {
        let leaf = EndEntityCert::try_from(leaf)?;
        let intermediates = self.with_own(intermediates);
        let path = self.path(&leaf, &intermediates, [now, now], KeyUsage::server_auth())?;
        self.check_revocation(&path, now)?;
        Ok(leaf.verify_is_valid_for_subject_name(name)?)
    }

    fn path<'a>(
        &'a self,
        leaf: &'a EndEntityCert<'a>,
        intermediates: &'a [CertificateDer<'a>],
        [at, now]: [UnixTime; 2],
        usage: KeyUsage,
    ) -> Result<VerifiedPath<'a>, webpki::Error> {
        let check = |path: &VerifiedPath<'_>| self.check_path(path, now);
        leaf.verify_for_usage(algorithms(), &self.anchors, intermediates, at, usage, None, Some(&check))
    }

    /// Those that were shown, and those of the bundle that lie between its ends and others.
    fn with_own<'a>(&'a self, shown: &'a [CertificateDer<'_>]) -> Vec<CertificateDer<'a>> {
        let ders = shown.iter().map(|der| der.as_ref()).chain(self.between.iter().map(|der| der.as_ref()));
        ders.map(CertificateDer::from).collect()
    }

    /// What the library leaves to us: what the anchor says of itself, that those between may sign certificates (RFC 5280,
    /// 4.2.1.3), and that all of them are valid `now`. If one will not do, the library looks for another path.
    fn check_path(&self, path: &VerifiedPath<'_>, now: UnixTime) -> Result<(), webpki::Error> {
        let between = || path.intermediate_certificates();
        for it in between() {
            let validity = trust::certifies_in(&it.der()).ok_or(webpki::Error::EndEntityUsedAsCa)?;
            check_validity(validity, now)?;
        }
        let place = self.anchors.iter().position(|anchor| std::ptr::eq(anchor, path.anchor()));
        let end = place.and_then(|place| self.ends.get(place)).ok_or(webpki::Error::UnknownIssuer)?;
        check_validity(end.validity, now)?;
        let length = between().filter(|it| it.subject() != it.issuer()).count();
        match end.path_length.is_some_and(|most| length > usize::from(most)) {
            true => Err(webpki::Error::PathLenConstraintViolated),
            false => Ok(()),
        }
    }

    /// Asks the issuer of each certificate of a path.
    // AWS: unknown what becomes of a certificate whose issuer has no list. We take it: otherwise, whoever adds a list for
    // one authority would shut out the clients of all others.
    fn check_revocation(&self, path: &VerifiedPath<'_>, now: UnixTime) -> Result<(), Flaw> {
        let lists = self.lists.as_ref().ok_or(Flaw::RevocationUnknown)?;
        if lists.is_empty() {
            return Ok(());
        }
        let now = Timestamp::from_secs(now.as_secs());
        let leaf: &Cert<'_> = path.end_entity();
        let certificates = || std::iter::once(leaf).chain(path.intermediate_certificates());
        let keys = path.intermediate_certificates().map(|issuer| issuer.subject_public_key_info());
        let keys = keys.chain([webpki::spki_for_anchor(path.anchor())]);
        for (certificate, key) in certificates().zip(keys) {
            let issuer = IssuerName::read(certificate.issuer());
            let named = || lists.iter().filter(|list| list.is_of(&issuer));
            let own: Vec<_> = named().filter(|list| list.is_signed_by(&key)).collect();
            if own.is_empty() && named().next().is_some() {
                return Err(Flaw::RevocationUnknown);
            }
            if own.iter().any(|list| list.revokes(certificate.serial())) {
                return Err(Flaw::Revoked);
            }
            // Older ones may be there beside one that is current, and one that is for later.
            let current = |part: &RevocationList| {
                own.iter().any(|list| list.is_of_same_part(part) && list.is_current(now))
            };
            if !own.iter().all(|list| current(list)) {
                return Err(Flaw::RevocationUnknown);
            }
        }
        Ok(())
    }
}

fn check_validity(validity: Validity, now: UnixTime) -> Result<(), webpki::Error> {
    let time = |at: Timestamp| UnixTime::since_unix_epoch(Duration::from_secs(at.as_secs()));
    let (not_before, not_after) = (time(validity.not_before), time(validity.not_after));
    match () {
        () if now < not_before => Err(webpki::Error::CertNotValidYet { time: now, not_before }),
        () if now > not_after => Err(webpki::Error::CertExpired { time: now, not_after }),
        () => Ok(()),
    }
}

fn lists(store: &TrustStore, authorities: &[Der]) -> Result<Vec<RevocationList>, String> {
    let mut lists = Vec::new();
    for (number, revocation) in &store.revocations {
        let read =
            trust::revocations(&revocation.content).map_err(|error| format!("number {number}: {error}"))?;
        for der in &read.lists {
            let list = RevocationList::read(der.as_bytes(), authorities);
            lists.push(list.map_err(|error| format!("number {number}: {error}"))?);
        }
    }
    Ok(lists)
}

fn algorithms() -> &'static [&'static dyn SignatureVerificationAlgorithm] {
    default_provider().signature_verification_algorithms.all
}

impl Flaw {
    /// AWS's word for it, where the certificate is a client's.
    pub(super) const fn of_client(&self) -> HandshakeFailure {
        use webpki::Error as E;
        match self {
            Self::Revoked => HandshakeFailure::CrlHit,
            Self::RevocationUnknown => HandshakeFailure::CrlProcessingError,
            Self::Path(error) => match error {
                E::CertExpired { .. } => HandshakeFailure::Expired,
                E::CertNotValidYet { .. } => HandshakeFailure::NotYetValid,
                E::MaximumPathDepthExceeded => HandshakeFailure::MaxChainDepthExceeded,
                E::RequiredEkuNotFoundContext(_) | E::EmptyEkuExtension | E::CaUsedAsEndEntity => {
                    HandshakeFailure::PurposeInvalid
                }
                E::UnsupportedCertVersion
                | E::UnsupportedSignatureAlgorithmContext(_)
                | E::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => HandshakeFailure::TypeUnsupported,
                E::BadDer
                | E::BadDerTime
                | E::ExtensionValueInvalid
                | E::InvalidCertValidity
                | E::InvalidSerialNumber
                | E::MalformedExtensions
                | E::SignatureAlgorithmMismatch
                | E::TrailingData(_)
                | E::UnsupportedCriticalExtension => HandshakeFailure::Invalid,
                _ => HandshakeFailure::Untrusted,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use elbow_model::{Entity, Tags};

    use super::*;

    #[test]
    fn what_is_not_verified_with_is_no_reason_to_read_lists_again() {
        let text = "arn:aws:elasticloadbalancing:us-east-1:000000000000:truststore/staff/0123456789abcdef";
        let arn = TrustStoreArn::parse(text).unwrap();
        let store = TrustStore {
            arn: arn.clone(),
            created: Timestamp::from_secs(0),
            bundle: Arc::from(&b"none"[..]),
            revocations: BTreeMap::new(),
            next_revocation: 1,
            tags: Tags::default(),
        };
        let compiled = |before: &Stores, store: TrustStore| {
            let mut configuration = Configuration::default();
            configuration.apply(elbow_model::Change::Put(Entity::TrustStore(Arc::new(store))));
            Stores::compile(before, &configuration, [&arn].into_iter())
        };
        let first = compiled(&Stores::default(), store.clone());
        let numbered = compiled(&first, TrustStore { next_revocation: 2, ..store.clone() });
        assert!(Arc::ptr_eq(&first.get(&arn), &numbered.get(&arn)));
        let other = compiled(&first, TrustStore { bundle: Arc::from(&b"other"[..]), ..store });
        assert!(!Arc::ptr_eq(&first.get(&arn), &other.get(&arn)));
    }
}
