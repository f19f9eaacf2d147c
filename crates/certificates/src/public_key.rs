//! Public keys without a certificate around them.

use x509_cert::der::Decode;
use x509_cert::spki::SubjectPublicKeyInfoRef;

/// Whether this is a SubjectPublicKeyInfo in DER (RFC 5280, section 4.1), of any algorithm.
pub fn is_public_key(der: &[u8]) -> bool {
    SubjectPublicKeyInfoRef::from_der(der).is_ok()
}

#[cfg(test)]
mod tests {
    use rcgen::{KeyPair, PublicKeyData};

    use super::*;

    #[test]
    fn a_key_is_told_from_other_bytes() {
        let key = KeyPair::generate().unwrap().subject_public_key_info();
        assert!(is_public_key(&key));
        let cut = key.split_last().map(|(_, rest)| rest).unwrap();
        for other in [&[][..], &[0, 0, 0], cut, &[&key[..], &[0]].concat()] {
            assert!(!is_public_key(other), "{other:02x?}");
        }
    }
}
