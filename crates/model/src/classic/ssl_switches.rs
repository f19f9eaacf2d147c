//! What can be switched on and off in a policy for clients over TLS: protocols, an option, ciphers, by AWS's names.

use super::SslNegotiation;
use crate::{Cipher, SslPolicy, TlsVersion};

/// Names of protocols, and which version each is; `None`: one that is older than TLS.
pub const SSL_PROTOCOLS: &[(&str, Option<TlsVersion>)] = &[
    ("Protocol-SSLv2", None),
    ("Protocol-SSLv3", None),
    ("Protocol-TLSv1", Some(TlsVersion::V1_0)),
    ("Protocol-TLSv1.1", Some(TlsVersion::V1_1)),
    (TLS_1_2, Some(TlsVersion::V1_2)),
];
/// The one of the protocols that is negotiated here.
const TLS_1_2: &str = "Protocol-TLSv1.2";
/// Whether the load balancer's order of ciphers counts, not the client's.
pub const SERVER_ORDER: &str = "Server-Defined-Cipher-Order";

/// Ciphers that AWS's policies may name beside those of [`Cipher::all`]; none of them is negotiated here.
const OTHER_CIPHERS: &[&str] = &[
    "DHE-RSA-AES128-SHA",
    "DHE-DSS-AES128-SHA",
    "CAMELLIA128-SHA",
    "EDH-RSA-DES-CBC3-SHA",
    "ECDHE-RSA-RC4-SHA",
    "RC4-SHA",
    "ECDHE-ECDSA-RC4-SHA",
    "DHE-DSS-AES256-GCM-SHA384",
    "DHE-RSA-AES256-GCM-SHA384",
    "DHE-RSA-AES256-SHA256",
    "DHE-DSS-AES256-SHA256",
    "DHE-RSA-AES256-SHA",
    "DHE-DSS-AES256-SHA",
    "DHE-RSA-CAMELLIA256-SHA",
    "DHE-DSS-CAMELLIA256-SHA",
    "CAMELLIA256-SHA",
    "EDH-DSS-DES-CBC3-SHA",
    "DHE-DSS-AES128-GCM-SHA256",
    "DHE-RSA-AES128-GCM-SHA256",
    "DHE-RSA-AES128-SHA256",
    "DHE-DSS-AES128-SHA256",
    "DHE-RSA-CAMELLIA128-SHA",
    "DHE-DSS-CAMELLIA128-SHA",
    "ADH-AES128-GCM-SHA256",
    "ADH-AES128-SHA",
    "ADH-AES128-SHA256",
    "ADH-AES256-GCM-SHA384",
    "ADH-AES256-SHA",
    "ADH-AES256-SHA256",
    "ADH-CAMELLIA128-SHA",
    "ADH-CAMELLIA256-SHA",
    "ADH-DES-CBC3-SHA",
    "ADH-DES-CBC-SHA",
    "ADH-RC4-MD5",
    "ADH-SEED-SHA",
    "DES-CBC-SHA",
    "DHE-DSS-SEED-SHA",
    "DHE-RSA-SEED-SHA",
    "EDH-DSS-DES-CBC-SHA",
    "EDH-RSA-DES-CBC-SHA",
    "IDEA-CBC-SHA",
    "RC4-MD5",
    "SEED-SHA",
    "DES-CBC3-MD5",
    "DES-CBC-MD5",
    "RC2-CBC-MD5",
    "PSK-AES256-CBC-SHA",
    "PSK-3DES-EDE-CBC-SHA",
    "KRB5-DES-CBC3-SHA",
    "KRB5-DES-CBC3-MD5",
    "PSK-AES128-CBC-SHA",
    "PSK-RC4-SHA",
    "KRB5-RC4-SHA",
    "KRB5-RC4-MD5",
    "KRB5-DES-CBC-SHA",
    "KRB5-DES-CBC-MD5",
    "EXP-EDH-RSA-DES-CBC-SHA",
    "EXP-EDH-DSS-DES-CBC-SHA",
    "EXP-ADH-DES-CBC-SHA",
    "EXP-DES-CBC-SHA",
    "EXP-RC2-CBC-MD5",
    "EXP-KRB5-RC2-CBC-SHA",
    "EXP-KRB5-DES-CBC-SHA",
    "EXP-KRB5-RC2-CBC-MD5",
    "EXP-KRB5-DES-CBC-MD5",
    "EXP-ADH-RC4-MD5",
    "EXP-RC4-MD5",
    "EXP-KRB5-RC4-SHA",
    "EXP-KRB5-RC4-MD5",
];

/// The names of everything that can be switched: protocols, then the option, then ciphers.
pub fn ssl_switches() -> impl Iterator<Item = &'static str> {
    let protocols = SSL_PROTOCOLS.iter().map(|(name, _)| *name);
    protocols
        .chain([SERVER_ORDER])
        .chain(classic_ciphers().map(Cipher::name))
        .chain(OTHER_CIPHERS.iter().copied())
}

impl SslNegotiation {
    /// Whether it switches this on.
    pub fn has(&self, switch: &str) -> bool {
        match self {
            Self::Own(switches) => switches.get(switch).copied().unwrap_or_default(),
            Self::Reference(policy) => policy_has(policy, switch),
        }
    }

    /// Whether anything is left that is negotiated here: TLS 1.2 with a cipher of ephemeral keys and authenticated
    /// encryption. Without it no client would ever be served.
    pub fn is_negotiable(&self) -> bool {
        match self {
            Self::Own(switches) => !Self::agreed(switches).is_empty(),
            Self::Reference(policy) => {
                let mut ciphers = policy.ciphers();
                self.has(TLS_1_2) && ciphers.any(Cipher::is_negotiated)
            }
        }
    }
}

/// All predefined policies have the load balancer's order but the oldest, whose only version is TLS 1.0.
fn policy_has(policy: &SslPolicy, switch: &str) -> bool {
    let named = SSL_PROTOCOLS.iter().find(|(name, _)| *name == switch).and_then(|(_, version)| *version);
    match named {
        Some(named) => policy.versions().any(|version| version == named),
        None if switch == SERVER_ORDER => policy.versions().any(|version| version == TlsVersion::V1_2),
        None => policy.ciphers().any(|cipher| cipher.name() == switch),
    }
}

/// Classic Load Balancers know no TLS 1.3.
fn classic_ciphers() -> impl Iterator<Item = Cipher> {
    Cipher::all().filter(|cipher| !cipher.is_of_1_3())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(names: &[&str]) -> SslNegotiation {
        SslNegotiation::Own(names.iter().map(|&name| (name.to_owned(), true)).collect())
    }

    #[test]
    fn a_policy_that_leaves_nothing_to_negotiate_is_told_from_others() {
        let gcm = "ECDHE-RSA-AES128-GCM-SHA256";
        assert!(own(&[TLS_1_2, gcm]).is_negotiable());
        assert!(!own(&["Protocol-TLSv1", gcm]).is_negotiable(), "an old version");
        assert!(!own(&[TLS_1_2, "AES128-SHA"]).is_negotiable(), "an old cipher");
        assert!(!own(&[TLS_1_2]).is_negotiable(), "no cipher");
        for policy in SslPolicy::all_classic() {
            let negotiable = SslNegotiation::Reference(policy).is_negotiable();
            assert_eq!(negotiable, policy.name() != "ELBSecurityPolicy-2011-08", "{policy:?}");
        }
    }

    #[test]
    fn predefined_policies_are_made_of_switches() {
        let modern =
            SslNegotiation::Reference(SslPolicy::classic("ELBSecurityPolicy-TLS-1-2-2017-01").unwrap());
        assert!(modern.has(TLS_1_2) && modern.has(SERVER_ORDER) && modern.has("AES128-SHA256"));
        assert!(
            !modern.has("Protocol-TLSv1.1") && !modern.has("Protocol-SSLv3") && !modern.has("AES128-SHA")
        );
        let mut names: Vec<_> = ssl_switches().collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "each once");
    }
}
