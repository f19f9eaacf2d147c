//! Bundles and revocation lists as somebody names them for a trust store: never a panic, and what is taken is whole.

#![no_main]

use elbow_certificates::{pem, trust};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(taken) = trust::bundle(data) {
        assert_eq!(trust::bundle(pem::chain(&taken).as_bytes()).as_ref(), Ok(&taken));
    }
    if let Ok(read) = trust::revocations(data) {
        assert!(!read.lists.is_empty());
    }
});
