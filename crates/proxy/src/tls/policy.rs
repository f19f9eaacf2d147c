//! From a security policy to what rustls may agree to.
//!
//! TLS 1.0 and 1.1 do not exist here, nor do ciphers without forward secrecy and authenticated encryption; what a policy
//! names beyond that is never negotiated (R30).

use std::collections::BTreeSet;
use std::sync::Arc;

use elbow_model::{Cipher, SslPolicy, TlsVersion};
use rustls::crypto::aws_lc_rs::{ALL_CIPHER_SUITES, default_provider, kx_group};
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::{CipherSuite, ProtocolVersion, SupportedCipherSuite, SupportedProtocolVersion, version};

/// Ways to agree on keys, the one that is preferred first. With a hybrid, whoever records the connection and has a
/// quantum computer one day cannot read it.
// AWS: SecP384r1MLKEM1024 is in its list as well; the library does not have it.
static HYBRID_GROUPS: [&dyn SupportedKxGroup; 5] = [
    kx_group::X25519MLKEM768,
    kx_group::SECP256R1MLKEM768,
    kx_group::X25519,
    kx_group::SECP256R1,
    kx_group::SECP384R1,
];
static CLASSICAL_GROUPS: [&dyn SupportedKxGroup; 3] =
    [kx_group::X25519, kx_group::SECP256R1, kx_group::SECP384R1];

/// Ciphers, in the policy's order, and ways to agree on keys.
pub(super) fn provider(policy: &SslPolicy) -> Arc<CryptoProvider> {
    provider_of(policy, None)
}

/// The same with only some of its ciphers.
pub(super) fn provider_of(policy: &SslPolicy, only: Option<&BTreeSet<&'static str>>) -> Arc<CryptoProvider> {
    let wanted = |cipher: &Cipher| only.is_none_or(|only| only.contains(cipher.name()));
    let suite = |name| ALL_CIPHER_SUITES.iter().copied().find(|suite| openssl_name(suite.suite()) == name);
    let kx_groups = if policy.is_post_quantum() { &HYBRID_GROUPS[..] } else { &CLASSICAL_GROUPS[..] };
    Arc::new(CryptoProvider {
        cipher_suites: policy.ciphers().filter(wanted).filter_map(|cipher| suite(cipher.name())).collect(),
        kx_groups: kx_groups.to_vec(),
        ..default_provider()
    })
}

/// The versions of a policy that exist here.
pub(super) fn versions(policy: &SslPolicy) -> Vec<&'static SupportedProtocolVersion> {
    policy
        .versions()
        .filter_map(|version| match version {
            TlsVersion::V1_3 => Some(&version::TLS13),
            TlsVersion::V1_2 => Some(&version::TLS12),
            TlsVersion::V1_1 | TlsVersion::V1_0 => None,
        })
        .collect()
}

/// The version that was agreed on: there are two.
pub(super) fn version(agreed: Option<ProtocolVersion>) -> TlsVersion {
    match agreed {
        Some(ProtocolVersion::TLSv1_2) => TlsVersion::V1_2,
        _ => TlsVersion::V1_3,
    }
}

/// OpenSSL's name of a cipher; empty for those that are never negotiated.
pub(super) const fn openssl_name(suite: CipherSuite) -> &'static str {
    match suite {
        CipherSuite::TLS13_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        CipherSuite::TLS13_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => "ECDHE-ECDSA-AES128-GCM-SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => "ECDHE-ECDSA-AES256-GCM-SHA384",
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => "ECDHE-RSA-AES128-GCM-SHA256",
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => "ECDHE-RSA-AES256-GCM-SHA384",
        _ => "",
    }
}

/// Whether a client with these ciphers can use one of `suites` with a key of this algorithm.
pub(super) fn usable(
    suites: &[SupportedCipherSuite],
    offered: &[CipherSuite],
    algorithm: rustls::SignatureAlgorithm,
) -> bool {
    suites
        .iter()
        .any(|suite| offered.contains(&suite.suite()) && suite.usable_for_signature_algorithm(algorithm))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r30_every_policy_is_understood_as_far_as_it_is_negotiated() {
        for policy in SslPolicy::ALL {
            let named: Vec<_> = policy
                .ciphers()
                .filter(|cipher| cipher.is_negotiated())
                .map(|cipher| cipher.name())
                .collect();
            let suites = &provider(policy).cipher_suites;
            let agreed: Vec<_> = suites.iter().map(|suite| openssl_name(suite.suite())).collect();
            assert_eq!(agreed, named, "{policy:?}");
            let newest = policy.versions().any(|version| version == TlsVersion::V1_3);
            assert_eq!(versions(policy).contains(&&version::TLS13), newest, "{policy:?}");
            assert!(!versions(policy).is_empty());
        }
    }

    #[test]
    fn r30_post_quantum_policies_prefer_a_hybrid_and_others_know_none() {
        let groups = |name| {
            let policy = SslPolicy::named(name).unwrap();
            provider(policy).kx_groups.iter().map(|group| group.name()).collect::<Vec<_>>()
        };
        let hybrid = rustls::NamedGroup::X25519MLKEM768;
        assert_eq!(groups("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09").first(), Some(&hybrid));
        assert!(!groups("ELBSecurityPolicy-TLS13-1-2-Res-2021-06").contains(&hybrid));
    }
}
