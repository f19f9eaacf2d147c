//! What can be wrong with a certificate that somebody brings.

use elbow_model::Timestamp;

/// What is wrong. The texts are for the one who brought it; none shows a private key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The certificate cannot be read.
    #[error("The certificate cannot be read: {0}")]
    Certificate(&'static str),
    /// There is more than one certificate where one belongs.
    #[error(
        "The certificate field contains more than one certificate. You can specify only one certificate in this field."
    )]
    MoreThanOne,
    /// The chain cannot be read.
    #[error("The certificate chain cannot be read: {0}")]
    Chain(&'static str),
    /// A certificate of the chain does not certify the one before it.
    #[error(
        "Could not validate the certificate with the certificate chain: the certificate with the index {index} in the \
         chain does not certify the one before it"
    )]
    Order {
        /// Its place in the chain, from 0.
        index: usize,
    },
    /// There is no chain, and the certificate does not certify itself.
    #[error(
        "Provided certificate is not a valid self signed. Please provide either a valid self-signed certificate or \
         certificate chain."
    )]
    NotSelfSigned,
    /// The private key cannot be read.
    #[error("The private key cannot be read: {0}")]
    Key(&'static str),
    /// The private key is that of another certificate.
    #[error("The private key does not belong to the certificate")]
    Mismatch,
    /// Load balancers do not take such keys.
    #[error(
        "The key of the certificate is not supported: load balancers take RSA keys of 2048, 3072 and 4096 bits and ECDSA \
         keys on P-256, P-384 and P-521"
    )]
    Unsupported,
    /// A bundle of authorities cannot be used.
    #[error("The bundle of certificates cannot be used: {0}")]
    Bundle(&'static str),
    /// One certificate of such a bundle cannot be used.
    #[error("The bundle of certificates cannot be used: in the certificate with the index {index}, {why}")]
    Authority {
        /// Its place in the bundle, from 0.
        index: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A file of revocations cannot be used.
    #[error("The revocation file cannot be used: {0}")]
    Revocations(&'static str),
    /// It is not yet valid, or no more.
    #[error("The certificate is not within its validity period")]
    NotValid {
        /// The first moment of its validity.
        from: Timestamp,
        /// The last moment of its validity.
        until: Timestamp,
    },
}
