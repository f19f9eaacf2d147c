//! Which of a listener's certificates a client gets (R28).
//!
//! Those that are good for the name that the client asks for and that it can use, in ALB's order: ECDSA before RSA, then
//! the stronger hash, then the longer key, then the later end of validity. If there is none, or the client names nobody,
//! it gets the default certificate.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use elbow_model::{CertificateFacts, CertificateMaterial, KeyAlgorithm};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{Error, SupportedCipherSuite};

use super::policy;

/// The certificates of one listener.
#[derive(Debug)]
pub(super) struct Choice {
    suites: Vec<SupportedCipherSuite>,
    default: Arc<CertifiedKey>,
    /// By name in lower case, with its `*`; the best first.
    by_name: HashMap<Box<str>, Vec<Arc<CertifiedKey>>>,
}

/// A certificate with what is needed to show it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    certified: Arc<CertifiedKey>,
    names: Vec<Box<str>>,
    rank: Rank,
}

/// The lowest is shown first.
type Rank = (bool, Reverse<u16>, Reverse<u16>, Reverse<u64>);

impl Held {
    /// # Errors
    ///
    /// The key is none that TLS can use, or not that of the certificate.
    pub(super) fn new(material: &CertificateMaterial, provider: &CryptoProvider) -> Result<Self, Error> {
        let chain = std::iter::once(&material.certificate).chain(&material.chain);
        let chain = chain.map(|der| CertificateDer::from(der.as_bytes().to_vec())).collect();
        let key = PrivatePkcs8KeyDer::from(material.private_key.reveal().to_vec());
        let certified = Arc::new(CertifiedKey::from_der(chain, key.into(), provider)?);
        let facts = &material.facts;
        // A certificate of the old kind names its host in its subject alone.
        let named = if facts.names.is_empty() { facts.common_name.as_slice() } else { &facts.names };
        let names = named.iter().map(|name| name.to_ascii_lowercase().into()).collect();
        Ok(Self { certified, names, rank: rank(facts) })
    }
}

fn rank(facts: &CertificateFacts) -> Rank {
    let (rsa, bits) = match facts.key_algorithm {
        KeyAlgorithm::P256 => (false, 256),
        KeyAlgorithm::P384 => (false, 384),
        KeyAlgorithm::P521 => (false, 521),
        KeyAlgorithm::Rsa2048 => (true, 2048),
        KeyAlgorithm::Rsa3072 => (true, 3072),
        KeyAlgorithm::Rsa4096 => (true, 4096),
    };
    let digits = facts.signature_algorithm.trim_start_matches(|c: char| !c.is_ascii_digit());
    let hash = digits.get(..3).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    (rsa, Reverse(hash), Reverse(bits), Reverse(facts.not_after.as_secs()))
}

impl Choice {
    /// The choice among the default certificate and the others.
    pub(super) fn new(suites: &[SupportedCipherSuite], default: Held, more: Vec<Held>) -> Self {
        let shown_otherwise = Arc::clone(&default.certified);
        let mut all: Vec<Held> = std::iter::once(default).chain(more).collect();
        all.sort_by_key(|held| held.rank);
        let mut by_name: HashMap<Box<str>, Vec<Arc<CertifiedKey>>> = HashMap::new();
        for held in &all {
            for name in &held.names {
                by_name.entry(name.clone()).or_default().push(Arc::clone(&held.certified));
            }
        }
        Self { suites: suites.to_vec(), default: shown_otherwise, by_name }
    }

    /// The best certificate for a name in lower case that `can_use` allows.
    // AWS: unknown whether one that names the host goes before one with a wildcard. We take it to: it is what who added
    // it wants.
    fn choose(&self, name: &str, can_use: impl Fn(&CertifiedKey) -> bool) -> Option<&Arc<CertifiedKey>> {
        let exact = self.by_name.get(name);
        let wildcard = name.split_once('.').and_then(|(_, rest)| self.by_name.get(&*format!("*.{rest}")));
        exact.into_iter().chain(wildcard).flatten().find(|certified| can_use(certified))
    }
}

impl ResolvesServerCert for Choice {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let can_use = |certified: &CertifiedKey| {
            let algorithm = certified.key.algorithm();
            certified.key.choose_scheme(hello.signature_schemes()).is_some()
                && policy::usable(&self.suites, hello.cipher_suites(), algorithm)
        };
        let name = hello.server_name().map(str::to_ascii_lowercase);
        let named = name.and_then(|name| self.choose(&name, can_use));
        Some(Arc::clone(named.unwrap_or(&self.default)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use elbow_certificates::authority::{self, Names};
    use elbow_model::{Authority, SslPolicy, Timestamp};

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    struct Issuer(Authority);

    impl Issuer {
        fn new() -> Self {
            Self(authority::create(NOW).unwrap())
        }

        fn issue(&self, names: &[&str], algorithm: KeyAlgorithm, now: Timestamp) -> CertificateMaterial {
            let names = Names::parse(names.iter().copied()).unwrap();
            authority::issue(&self.0, &names, algorithm, now).unwrap()
        }
    }

    fn choice(default: &CertificateMaterial, more: &[&CertificateMaterial]) -> Choice {
        let provider = policy::provider(SslPolicy::by_default());
        let held = |material: &CertificateMaterial| Held::new(material, &provider).unwrap();
        Choice::new(&provider.cipher_suites, held(default), more.iter().map(|it| held(it)).collect())
    }

    fn shown(choice: &Choice, name: &str, can_use: impl Fn(&CertifiedKey) -> bool) -> Vec<u8> {
        let certified = choice.choose(name, can_use).unwrap_or(&choice.default);
        certified.cert.first().unwrap().to_vec()
    }

    #[test]
    fn r28_the_name_that_a_client_asks_for_picks_the_certificate() {
        let issuer = Issuer::new();
        let issue = |names: &[&str]| issuer.issue(names, KeyAlgorithm::P256, NOW);
        let default = issue(&["default.example"]);
        let shop = issue(&["shop.example", "www.shop.example"]);
        let wildcard = issue(&["*.shop.example"]);
        let choice = choice(&default, &[&shop, &wildcard]);
        for (name, expected) in [
            ("shop.example", &shop),
            ("www.shop.example", &shop),
            ("img.shop.example", &wildcard),
            ("a.img.shop.example", &default),
            ("other.example", &default),
            ("default.example", &default),
        ] {
            assert_eq!(shown(&choice, name, |_| true), expected.certificate.as_bytes(), "{name}");
        }
    }

    #[test]
    fn r28_of_several_the_best_that_the_client_can_use_is_shown() {
        let issuer = Issuer::new();
        let issue = |algorithm, now| issuer.issue(&["shop.example"], algorithm, now);
        let default = issuer.issue(&["default.example"], KeyAlgorithm::P256, NOW);
        let rsa = issue(KeyAlgorithm::Rsa2048, NOW);
        let short = issue(KeyAlgorithm::P256, NOW);
        let later = issue(KeyAlgorithm::P256, NOW + Duration::from_secs(60));
        let long = issue(KeyAlgorithm::P384, NOW);
        let best = |more: &[&CertificateMaterial], rsa_only: bool| {
            let can_use = |certified: &CertifiedKey| {
                !rsa_only || certified.key.algorithm() == rustls::SignatureAlgorithm::RSA
            };
            shown(&choice(&default, more), "shop.example", can_use)
        };
        let all = [&rsa, &short, &later, &long];
        assert_eq!(best(&all, false), long.certificate.as_bytes(), "the longest key");
        assert_eq!(best(&all[..3], false), later.certificate.as_bytes(), "the one that is valid for longest");
        assert_eq!(best(&all[..1], false), rsa.certificate.as_bytes(), "better than the default one");
        assert_eq!(best(&all, true), rsa.certificate.as_bytes());
        assert_eq!(best(&all[1..], true), default.certificate.as_bytes());
    }
}
