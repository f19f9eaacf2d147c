//! Whether one certificate has signed another.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA384_ASN1, ECDSA_P521_SHA512_ASN1, ED25519,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, UnparsedPublicKey,
    VerificationAlgorithm,
};

use crate::der::{OBJECT_IDENTIFIER, Reader};
use crate::x509::X509;

const RSA: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1];
const ECDSA: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3];
const ED25519_OID: [u8; 3] = [0x2b, 0x65, 0x70];

/// How a certificate may be signed: the object identifier in two parts, AWS's word, and what verifies it. SHA-1 is not among them:
/// no client takes it.
struct Signing {
    oid: (&'static [u8], &'static [u8]),
    word: &'static str,
    by: &'static [&'static dyn VerificationAlgorithm],
}

/// For ECDSA, the curve is that of the key: the algorithm that fits it is found by trying.
static SIGNINGS: &[Signing] = &[
    Signing { oid: (&RSA, &[11]), word: "SHA256WITHRSA", by: &[&RSA_PKCS1_2048_8192_SHA256] },
    Signing { oid: (&RSA, &[12]), word: "SHA384WITHRSA", by: &[&RSA_PKCS1_2048_8192_SHA384] },
    Signing { oid: (&RSA, &[13]), word: "SHA512WITHRSA", by: &[&RSA_PKCS1_2048_8192_SHA512] },
    Signing {
        oid: (&RSA, &[10]),
        word: "RSASSA-PSS",
        by: &[&RSA_PSS_2048_8192_SHA256, &RSA_PSS_2048_8192_SHA384, &RSA_PSS_2048_8192_SHA512],
    },
    Signing {
        oid: (&ECDSA, &[2]),
        word: "SHA256WITHECDSA",
        by: &[&ECDSA_P256_SHA256_ASN1, &ECDSA_P384_SHA256_ASN1, &ECDSA_P521_SHA256_ASN1],
    },
    Signing {
        oid: (&ECDSA, &[3]),
        word: "SHA384WITHECDSA",
        by: &[&ECDSA_P256_SHA384_ASN1, &ECDSA_P384_SHA384_ASN1, &ECDSA_P521_SHA384_ASN1],
    },
    Signing { oid: (&ECDSA, &[4]), word: "SHA512WITHECDSA", by: &[&ECDSA_P521_SHA512_ASN1] },
    Signing { oid: (&ED25519_OID, &[]), word: "ED25519", by: &[&ED25519] },
];

fn find(signing: &[u8]) -> Option<&'static Signing> {
    let oid = Reader::new(signing).content(OBJECT_IDENTIFIER)?;
    SIGNINGS.iter().find(|known| oid.strip_prefix(known.oid.0) == Some(known.oid.1))
}

/// AWS's word for how a certificate is signed.
pub(crate) fn word(signing: &[u8]) -> Option<&'static str> {
    find(signing).map(|signing| signing.word)
}

/// Whether `issuer` names and has signed `certificate`.
pub(crate) fn certifies(issuer: &X509<'_>, certificate: &X509<'_>) -> bool {
    let Some(signing) = find(certificate.signing) else { return false };
    let verifies = |by| {
        UnparsedPublicKey::new(by, issuer.key.bits).verify(certificate.signed, certificate.signature).is_ok()
    };
    issuer.subject == certificate.issuer && signing.by.iter().copied().any(verifies)
}
