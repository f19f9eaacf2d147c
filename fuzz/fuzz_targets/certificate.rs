//! Certificates, private keys and revocation lists as somebody brings them: never a panic, and what is taken comes back from
//! its record. What is told of a client is printable ASCII.

#![no_main]

use elbow_certificates::{ClientCertificate, RevocationList, restore, upload};
use elbow_model::Timestamp;
use libfuzzer_sys::fuzz_target;

const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

fuzz_target!(|data: &[u8]| {
    if let Some(client) = ClientCertificate::read(data) {
        let ClientCertificate { subject, issuer, serial_number, validity, .. } = client;
        for text in [subject, issuer, serial_number, validity] {
            assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{text:?}");
        }
    }
    if let Ok(list) = RevocationList::read(data, &[]) {
        assert!(!list.is_signed_by(data));
    }
    // Certificate, private key and chain are separated by a zero byte, which no PEM has.
    let mut parts = data.splitn(3, |byte| *byte == 0);
    let (certificate, key) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if let Ok(taken) = upload(certificate, key, parts.next(), NOW) {
        let again = restore(taken.certificate.clone(), taken.chain.clone(), &taken.private_key);
        assert_eq!(again.as_ref(), Ok(&taken));
    }
});
