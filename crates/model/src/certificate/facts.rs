//! What a certificate says, as far as anybody asks.

use crate::Timestamp;

/// What a certificate says. Only the crate `certificates` makes it, from the certificate itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The subject's distinguished name, as in `O=Example, CN=example.com`.
    pub subject: String,
    /// The issuer's distinguished name.
    pub issuer: String,
    /// The subject's common name.
    pub common_name: Option<String>,
    /// The names that it is good for: alternative names that are DNS names or addresses, in their order.
    pub names: Vec<String>,
    /// The serial number: pairs of hexadecimal digits between colons.
    pub serial: String,
    /// The first moment of its validity.
    pub not_before: Timestamp,
    /// The last moment of its validity.
    pub not_after: Timestamp,
    /// What its key is.
    pub key_algorithm: KeyAlgorithm,
    /// How it is signed, in AWS's words, as in `SHA256WITHRSA`.
    pub signature_algorithm: &'static str,
    /// What the key may be used for. Empty if it does not say.
    pub key_usages: Vec<KeyUsage>,
    /// What else it may be used for. Empty if it does not say.
    pub extended_key_usages: Vec<ExtendedKeyUsage>,
}

impl CertificateFacts {
    /// The name that it is known by: its common name, else the first of its names.
    pub fn domain_name(&self) -> Option<&str> {
        self.common_name.as_deref().or_else(|| self.names.first().map(String::as_str))
    }

    /// Whether it is valid at `now`.
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        (self.not_before..=self.not_after).contains(&now)
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$of])* $variant),* }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];
            /// AWS's words for them.
            pub const WORDS: &[&str] = &[$($word),*];

            /// AWS's word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }
    };
}

words! {
    /// The keys that Application Load Balancers take (R28).
    KeyAlgorithm {
        /// RSA of 2048 bits.
        Rsa2048 "RSA_2048",
        /// RSA of 3072 bits.
        Rsa3072 "RSA_3072",
        /// RSA of 4096 bits.
        Rsa4096 "RSA_4096",
        /// ECDSA on P-256.
        P256 "EC_prime256v1",
        /// ECDSA on P-384.
        P384 "EC_secp384r1",
        /// ECDSA on P-521.
        P521 "EC_secp521r1",
    }
}

words! {
    /// What a key may be used for (RFC 5280, section 4.2.1.3).
    KeyUsage {
        /// Signatures, those of TLS among them.
        DigitalSignature "DIGITAL_SIGNATURE",
        /// Signatures that cannot be denied.
        NonRepudiation "NON_REPUDIATION",
        /// Encryption of keys.
        KeyEncipherment "KEY_ENCIPHERMENT",
        /// Encryption of data.
        DataEncipherment "DATA_ENCIPHERMENT",
        /// Agreement on keys.
        KeyAgreement "KEY_AGREEMENT",
        /// Signatures of certificates.
        CertificateSigning "CERTIFICATE_SIGNING",
        /// Signatures of revocation lists.
        CrlSigning "CRL_SIGNING",
        /// Only encryption while agreeing on keys.
        EncipherOnly "ENCIPHER_ONLY",
        /// Only decryption while agreeing on keys.
        DecipherOnly "DECIPHER_ONLY",
    }
}

words! {
    /// What else a certificate may be used for (RFC 5280, section 4.2.1.12).
    ExtendedKeyUsage {
        /// Servers of TLS.
        Server "TLS_WEB_SERVER_AUTHENTICATION",
        /// Clients of TLS.
        Client "TLS_WEB_CLIENT_AUTHENTICATION",
        /// Code.
        Code "CODE_SIGNING",
        /// E-mail.
        Email "EMAIL_PROTECTION",
        /// Time stamps.
        TimeStamp "TIME_STAMPING",
        /// Answers about revocation.
        Ocsp "OCSP_SIGNING",
        /// Anything.
        Any "ANY",
        /// Something that has no word here.
        Custom "CUSTOM",
    }
}
