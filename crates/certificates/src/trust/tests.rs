//! Files that make a trust store, and files that do not.

use elbow_model::{KeyAlgorithm, Timestamp};
use proptest::num::u8::ANY;

use super::*;
use crate::authority::{self, Names};

const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

fn authority_pem() -> String {
    pem::certificate(&authority::create(NOW).unwrap().certificate)
}

/// A list of two entries, made with OpenSSL's library.
const LIST: &[u8] = include_bytes!("list.pem");

#[test]
fn a_bundle_of_authorities_is_taken_in_its_order() {
    let (first, second) = (authority_pem(), authority_pem());
    let text = format!("Ours:\n{first}\nTheirs:\n{second}");
    let taken = bundle(text.as_bytes()).unwrap();
    assert_eq!(pem::chain(&taken), format!("{first}{second}"));
    let most = first.repeat(CERTIFICATES_PER_TRUST_STORE);
    assert_eq!(bundle(most.as_bytes()).unwrap().len(), CERTIFICATES_PER_TRUST_STORE);
    assert!(matches!(bundle(format!("{most}{second}").as_bytes()), Err(Flaw::Bundle(_))));
}

#[test]
fn what_is_no_authority_is_told_by_its_place() {
    let issuer = authority::create(NOW).unwrap();
    let names = Names::parse(["shop.example.com"]).unwrap();
    let issued = authority::issue(&issuer, &names, KeyAlgorithm::P256, NOW).unwrap();
    let text = format!("{}{}", pem::certificate(&issuer.certificate), pem::certificate(&issued.certificate));
    assert!(matches!(bundle(text.as_bytes()), Err(Flaw::Authority { index: 1, .. })));
    let key = pem::private_key(&issued.private_key);
    for text in ["", "nothing", &key, &format!("{}{key}", authority_pem())] {
        assert!(matches!(bundle(text.as_bytes()), Err(Flaw::Bundle(_))), "{text}");
    }
    assert!(matches!(bundle(LIST), Err(Flaw::Bundle(_))));
}

#[test]
fn the_entries_of_all_lists_of_a_file_are_counted() {
    let read = revocations(LIST).unwrap();
    assert_eq!((read.lists.len(), read.entries), (1, 2));
    let read = revocations(&LIST.repeat(3)).unwrap();
    assert_eq!((read.lists.len(), read.entries), (3, 6));
}

#[test]
fn a_list_must_be_whole() {
    let der = revocations(LIST).unwrap().lists.remove(0);
    let der = der.as_bytes();
    for end in 0..der.len() {
        assert!(RevocationList::read(&der[..end], &[]).is_err(), "cut at {end}");
    }
    assert!(RevocationList::read(&[der, &[0]].concat(), &[]).is_err());
    for text in [&b""[..], b"nothing", authority_pem().as_bytes()] {
        assert!(matches!(revocations(text), Err(Flaw::Revocations(_))));
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(ANY, 0..512)) {
        let certificate = pem::certificate(&Der::new(&bytes));
        let _ = bundle(certificate.as_bytes());
        let _ = revocations(certificate.replace("CERTIFICATE", "X509 CRL").as_bytes());
        let _ = (bundle(&bytes), revocations(&bytes));
    }
}
