//! Whether one certificate has signed another, or a revocation list.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA384_ASN1, ECDSA_P521_SHA512_ASN1, ED25519,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, UnparsedPublicKey,
    VerificationAlgorithm,
};
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::spki::AlgorithmIdentifierOwned;

use crate::x509::X509;

/// How a certificate may be signed, AWS's word for it, and what verifies it. SHA-1 is not among them: no client takes it.
struct Signing {
    oid: ObjectIdentifier,
    word: &'static str,
    by: &'static [&'static dyn VerificationAlgorithm],
}

/// For ECDSA, the curve is that of the key: the algorithm that fits it is found by trying.
static SIGNINGS: &[Signing] = &[
    Signing {
        oid: ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11"),
        word: "SHA256WITHRSA",
        by: &[&RSA_PKCS1_2048_8192_SHA256],
    },
    Signing {
        oid: ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12"),
        word: "SHA384WITHRSA",
        by: &[&RSA_PKCS1_2048_8192_SHA384],
    },
    Signing {
        oid: ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13"),
        word: "SHA512WITHRSA",
        by: &[&RSA_PKCS1_2048_8192_SHA512],
    },
    Signing {
        oid: ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10"),
        word: "RSASSA-PSS",
        by: &[&RSA_PSS_2048_8192_SHA256, &RSA_PSS_2048_8192_SHA384, &RSA_PSS_2048_8192_SHA512],
    },
    Signing {
        oid: ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2"),
        word: "SHA256WITHECDSA",
        by: &[&ECDSA_P256_SHA256_ASN1, &ECDSA_P384_SHA256_ASN1, &ECDSA_P521_SHA256_ASN1],
    },
    Signing {
        oid: ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3"),
        word: "SHA384WITHECDSA",
        by: &[&ECDSA_P256_SHA384_ASN1, &ECDSA_P384_SHA384_ASN1, &ECDSA_P521_SHA384_ASN1],
    },
    Signing {
        oid: ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4"),
        word: "SHA512WITHECDSA",
        by: &[&ECDSA_P521_SHA512_ASN1],
    },
    Signing { oid: ObjectIdentifier::new_unwrap("1.3.101.112"), word: "ED25519", by: &[&ED25519] },
];

fn find(signing: &AlgorithmIdentifierOwned) -> Option<&'static Signing> {
    SIGNINGS.iter().find(|known| known.oid == signing.oid)
}

/// AWS's word for how a certificate is signed.
pub(crate) fn word(signing: &AlgorithmIdentifierOwned) -> Option<&'static str> {
    find(signing).map(|signing| signing.word)
}

/// Whether the holder of a key, a point or modulus and exponent, has signed this.
pub(crate) fn verifies(
    key: &[u8],
    signing: &AlgorithmIdentifierOwned,
    signed: &[u8],
    signature: &[u8],
) -> bool {
    let verifies = |by| UnparsedPublicKey::new(by, key).verify(signed, signature).is_ok();
    find(signing).is_some_and(|signing| signing.by.iter().copied().any(verifies))
}

/// Whether `issuer` names and has signed `certificate`.
pub(crate) fn certifies(issuer: &X509, certificate: &X509) -> bool {
    let (Some(key), Some(signed), Some(signature)) =
        (issuer.key_bits(), certificate.signed(), certificate.signature())
    else {
        return false;
    };
    issuer.subject() == certificate.issuer() && verifies(key, certificate.signing(), &signed, signature)
}
