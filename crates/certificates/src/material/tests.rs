//! What people bring, right and wrong.

use std::time::Duration;

use elbow_model::{Authority, KeyAlgorithm};

use super::*;
use crate::authority::{self, Names};

const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
const YEAR: Duration = Duration::from_secs(400 * 86_400);

/// An authority and what it has issued, in PEM.
struct Brought {
    authority: Authority,
    certificate: String,
    key: String,
    chain: String,
}

fn brought(algorithm: KeyAlgorithm) -> Brought {
    let authority = authority::create(NOW).unwrap();
    let names = Names::parse(["shop.example.com"]).unwrap();
    let issued = authority::issue(&authority, &names, algorithm, NOW).unwrap();
    Brought {
        certificate: pem::certificate(&issued.certificate),
        key: pem::private_key(&issued.private_key),
        chain: pem::chain(&issued.chain),
        authority,
    }
}

impl Brought {
    fn upload(&self) -> Result<CertificateMaterial, Flaw> {
        self.with_chain(Some(&self.chain))
    }

    fn with_chain(&self, chain: Option<&str>) -> Result<CertificateMaterial, Flaw> {
        upload(self.certificate.as_bytes(), self.key.as_bytes(), chain.map(str::as_bytes), NOW)
    }
}

#[test]
fn what_belongs_together_is_taken_and_comes_back() {
    for algorithm in [KeyAlgorithm::P256, KeyAlgorithm::P384, KeyAlgorithm::P521, KeyAlgorithm::Rsa2048] {
        let it = brought(algorithm);
        let taken = it.upload().unwrap();
        assert_eq!(taken.facts.names, ["shop.example.com"]);
        assert_eq!(pem::certificate(&taken.certificate), it.certificate);
        assert_eq!(pem::chain(&taken.chain), it.chain);
        let again = restore(taken.certificate.clone(), taken.chain.clone(), &taken.private_key).unwrap();
        assert_eq!(again, taken);
    }
}

#[test]
fn a_certificate_that_certifies_itself_needs_no_chain() {
    let it = brought(KeyAlgorithm::P256);
    let own = pem::certificate(&it.authority.certificate);
    let key = pem::private_key(&it.authority.private_key);
    upload(own.as_bytes(), key.as_bytes(), None, NOW).unwrap();
    assert_eq!(it.with_chain(None), Err(Flaw::NotSelfSigned));
}

#[test]
fn the_key_must_be_the_certificates() {
    let (mut it, other) = (brought(KeyAlgorithm::P256), brought(KeyAlgorithm::P256));
    it.key = other.key;
    assert_eq!(it.upload(), Err(Flaw::Mismatch));
    it.key = brought(KeyAlgorithm::P384).key;
    assert!(matches!(it.upload(), Err(Flaw::Key(_))));
    for key in ["", "nothing", &it.certificate.clone(), &format!("{0}{0}", brought(KeyAlgorithm::P256).key)] {
        it.key = key.to_owned();
        assert!(matches!(it.upload(), Err(Flaw::Key(_))), "{key}");
    }
}

#[test]
fn the_chain_must_certify_in_its_order() {
    let (it, other) = (brought(KeyAlgorithm::P256), brought(KeyAlgorithm::P256));
    // Two authorities have the same name: it is the signature that tells them apart.
    assert_eq!(it.with_chain(Some(&other.chain)), Err(Flaw::Order { index: 0 }));
    let twice = format!("{0}{0}", it.chain);
    assert!(it.with_chain(Some(&twice)).is_ok(), "an authority certifies itself");
    let wrong_end = format!("{}{}", it.chain, other.chain);
    assert_eq!(it.with_chain(Some(&wrong_end)), Err(Flaw::Order { index: 1 }));
    assert!(matches!(it.with_chain(Some(&it.chain.repeat(CHAIN + 1))), Err(Flaw::Chain(_))));
    assert!(matches!(it.with_chain(Some("")), Err(Flaw::Chain(_))));
}

#[test]
fn one_certificate_belongs_where_one_is_asked_for() {
    let mut it = brought(KeyAlgorithm::P256);
    it.certificate.push_str(&it.chain);
    assert_eq!(it.upload(), Err(Flaw::MoreThanOne));
}

#[test]
fn what_is_not_valid_now_is_not_taken_but_stays_if_it_is_here() {
    let it = brought(KeyAlgorithm::P256);
    for now in [NOW + YEAR, NOW - YEAR] {
        let refused = upload(it.certificate.as_bytes(), it.key.as_bytes(), Some(it.chain.as_bytes()), now);
        assert!(matches!(refused, Err(Flaw::NotValid { .. })));
    }
}

#[test]
fn a_damaged_certificate_never_passes_for_the_whole() {
    let taken = brought(KeyAlgorithm::P256).upload().unwrap();
    let whole = taken.certificate.as_bytes();
    let again = |bytes: &[u8]| restore(Der::new(bytes), taken.chain.clone(), &taken.private_key);
    for end in 0..whole.len() {
        assert!(again(&whole[..end]).is_err(), "cut at {end}");
    }
    for place in 0..whole.len() {
        let mut bytes = whole.to_vec();
        bytes[place] ^= 1;
        assert!(again(&bytes).is_err(), "changed at {place}");
    }
    let mut longer = whole.to_vec();
    longer.push(0);
    assert!(again(&longer).is_err());
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..512)) {
        let text = pem::certificate(&Der::new(&bytes));
        let _ = upload(text.as_bytes(), &bytes, Some(&bytes), NOW);
    }
}
