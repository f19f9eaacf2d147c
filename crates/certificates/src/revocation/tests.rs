//! Lists that are written by hand, to the byte.

use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, KeyPair, SigningKey};

use super::*;

/// ecdsa-with-SHA256.
const SIGNING: &[u8] = &[0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const UTF8_STRING: u8 = 12;
const PRINTABLE_STRING: u8 = 19;

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = match u8::try_from(content.len()).unwrap() {
        short @ 0..=127 => vec![short],
        long => vec![0x81, long],
    };
    [vec![tag], length, content].concat()
}

/// A name of one common name.
fn name(tag: u8, text: &str) -> Vec<u8> {
    let attribute = tlv(0x30, &[&[6, 3, 0x55, 4, 3], &tlv(tag, &[text.as_bytes()])]);
    tlv(0x30, &[&tlv(0x31, &[&attribute])])
}

/// A list that says `critical FALSE` of its number, which DER would leave out.
fn list(issuer: &[u8], until: &str, key: &KeyPair) -> Vec<u8> {
    let number = tlv(0x30, &[&[6, 3, 0x55, 0x1d, 20], &[1, 1, 0], &[4, 3, 2, 1, 1]]);
    let extensions = tlv(0xa0, &[&tlv(0x30, &[&number])]);
    let (from, until) = (tlv(23, &[b"260101000000Z"]), tlv(23, &[until.as_bytes()]));
    let body = tlv(0x30, &[&[2, 1, 1], SIGNING, issuer, &from, &until, &extensions]);
    let signature = key.sign(&body).unwrap();
    tlv(0x30, &[&body, SIGNING, &tlv(3, &[&[0], &signature])])
}

fn key() -> KeyPair {
    KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap()
}

/// An authority whose name is in UTF-8.
fn authority(key: &KeyPair) -> Der {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Carts of Ours");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Der::new(params.self_signed(key).unwrap().der())
}

#[test]
fn the_bytes_that_came_are_verified() {
    let key = key();
    let written = list(&name(UTF8_STRING, "Carts of Ours"), "360101000000Z", &key);
    assert!(RevocationList::read(&written, &[authority(&key)]).unwrap().is_settled());
}

/// RFC 5280, section 7.1.
#[test]
fn an_issuer_is_known_however_its_name_is_written() {
    let key = key();
    for (tag, text, same) in [
        (PRINTABLE_STRING, "Carts of Ours", true),
        (UTF8_STRING, " carts  OF ours ", true),
        (UTF8_STRING, "Cartsof Ours", false),
        (PRINTABLE_STRING, "Carts of Theirs", false),
    ] {
        let name = name(tag, text);
        let read = RevocationList::read(&list(&name, "360101000000Z", &key), &[authority(&key)]).unwrap();
        assert_eq!(read.is_settled(), same, "{text}");
        let content = AnyRef::from_der(&name).unwrap().value();
        assert!(read.is_of(&IssuerName::read(content)), "{text}");
    }
    assert_eq!(IssuerName::read(b"none"), IssuerName::read(b"none"));
}

#[test]
fn whose_a_list_is_not_is_remembered_for_few() {
    let (ours, theirs) = (key(), key());
    let name = name(UTF8_STRING, "Carts of Ours");
    let read = RevocationList::read(&list(&name, "360101000000Z", &ours), &[authority(&theirs)]).unwrap();
    let spki = |key: &KeyPair| X509::read(authority(key).as_bytes()).unwrap().key_der().unwrap();
    assert!(!read.is_settled() && !read.is_signed_by(&spki(&theirs)));
    assert_eq!(read.others.read().unwrap().len(), 1);
    for other in 0..100_u8 {
        assert!(!read.is_signed_by(&[other]));
    }
    assert_eq!(read.others.read().unwrap().len(), OTHERS);
    assert!(read.is_signed_by(&spki(&ours)));
    assert!(!read.is_signed_by(&spki(&theirs)));
}

#[test]
fn a_list_that_would_have_everybody_refused_is_found() {
    let (ours, theirs) = (key(), key());
    let now = Timestamp::from_secs(1_800_000_000);
    let check = |written: Vec<u8>| {
        let checked = crate::trust::check_lists(&[Der::new(&written)], &[authority(&ours)], now);
        checked.map_err(|flaw| flaw.to_string())
    };
    let name_of = |text| name(UTF8_STRING, text);
    assert_eq!(check(list(&name_of("Carts of Ours"), "360101000000Z", &ours)), Ok(()));
    let forged = check(list(&name_of("Carts of Ours"), "360101000000Z", &theirs)).unwrap_err();
    assert!(forged.contains("has signed it"), "{forged}");
    let old = check(list(&name_of("Carts of Ours"), "260201000000Z", &ours)).unwrap_err();
    assert!(old.contains("next update is due"), "{old}");
    // Somebody else's is not ours to judge.
    assert_eq!(check(list(&name_of("Others"), "260201000000Z", &theirs)), Ok(()));
}
