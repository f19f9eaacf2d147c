//! Security policies: which versions of TLS and which ciphers a listener agrees to, by ALB's names (R30).
//!
//! This is what the API tells of them. What is negotiated is less: never TLS 1.0 or 1.1, and of the ciphers only those
//! that encrypt and authenticate in one and keep past connections secret; see [`Cipher::is_negotiated`].

use std::fmt;

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TlsVersion {
    /// TLS 1.0, which is never negotiated.
    V1_0,
    /// TLS 1.1, which is never negotiated.
    V1_1,
    /// TLS 1.2.
    V1_2,
    /// TLS 1.3.
    V1_3,
}

impl TlsVersion {
    /// All of them, the oldest first.
    pub const ALL: [Self; 4] = [Self::V1_0, Self::V1_1, Self::V1_2, Self::V1_3];

    /// OpenSSL's word for it, which is also that of the API and of the header `x-amzn-tls-version` (R27).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1_0 => "TLSv1",
            Self::V1_1 => "TLSv1.1",
            Self::V1_2 => "TLSv1.2",
            Self::V1_3 => "TLSv1.3",
        }
    }
}

/// A cipher suite of some policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cipher {
    name: &'static str,
    kind: Kind,
}

/// What ciphers have in common that policies take or leave together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    /// TLS 1.3 with AES.
    Aes13,
    /// TLS 1.3 with ChaCha20.
    ChaCha13,
    /// Ephemeral keys; encryption that authenticates.
    EphemeralGcm,
    /// Ephemeral keys; CBC with a MAC of SHA-2.
    EphemeralSha2,
    /// Ephemeral keys; CBC with a MAC of SHA-1.
    EphemeralSha1,
    /// The certificate's key; SHA-2 at least.
    FixedSha2,
    /// The certificate's key; CBC with a MAC of SHA-1.
    FixedSha1,
    /// Triple DES.
    TripleDes,
}

impl Cipher {
    /// All of those that some policy names, in the order in which all policies prefer them.
    pub fn all() -> impl Iterator<Item = Self> {
        CIPHERS.iter().copied()
    }

    /// Whether TLS 1.3 has it, and only TLS 1.3.
    pub const fn is_of_1_3(self) -> bool {
        matches!(self.kind, Kind::Aes13 | Kind::ChaCha13)
    }

    /// OpenSSL's name for it.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Whether Elbow agrees to it. The others are listed as AWS lists them, for clients that look for them.
    pub const fn is_negotiated(self) -> bool {
        matches!(self.kind, Kind::Aes13 | Kind::ChaCha13 | Kind::EphemeralGcm)
    }
}

const fn cipher(name: &'static str, kind: Kind) -> Cipher {
    Cipher { name, kind }
}

/// Every cipher, in the order in which all policies prefer them.
const CIPHERS: &[Cipher] = &[
    cipher("TLS_AES_128_GCM_SHA256", Kind::Aes13),
    cipher("TLS_AES_256_GCM_SHA384", Kind::Aes13),
    cipher("TLS_CHACHA20_POLY1305_SHA256", Kind::ChaCha13),
    cipher("ECDHE-ECDSA-AES128-GCM-SHA256", Kind::EphemeralGcm),
    cipher("ECDHE-RSA-AES128-GCM-SHA256", Kind::EphemeralGcm),
    cipher("ECDHE-ECDSA-AES128-SHA256", Kind::EphemeralSha2),
    cipher("ECDHE-RSA-AES128-SHA256", Kind::EphemeralSha2),
    cipher("ECDHE-ECDSA-AES128-SHA", Kind::EphemeralSha1),
    cipher("ECDHE-RSA-AES128-SHA", Kind::EphemeralSha1),
    cipher("ECDHE-ECDSA-AES256-GCM-SHA384", Kind::EphemeralGcm),
    cipher("ECDHE-RSA-AES256-GCM-SHA384", Kind::EphemeralGcm),
    cipher("ECDHE-ECDSA-AES256-SHA384", Kind::EphemeralSha2),
    cipher("ECDHE-RSA-AES256-SHA384", Kind::EphemeralSha2),
    cipher("ECDHE-ECDSA-AES256-SHA", Kind::EphemeralSha1),
    cipher("ECDHE-RSA-AES256-SHA", Kind::EphemeralSha1),
    cipher("AES128-GCM-SHA256", Kind::FixedSha2),
    cipher("AES128-SHA256", Kind::FixedSha2),
    cipher("AES128-SHA", Kind::FixedSha1),
    cipher("AES256-GCM-SHA384", Kind::FixedSha2),
    cipher("AES256-SHA256", Kind::FixedSha2),
    cipher("AES256-SHA", Kind::FixedSha1),
    cipher("DES-CBC3-SHA", Kind::TripleDes),
];

/// A security policy.
#[derive(PartialEq, Eq, Hash)]
pub struct SslPolicy {
    name: &'static str,
    oldest: TlsVersion,
    newest: TlsVersion,
    post_quantum: bool,
    kinds: &'static [Kind],
}

impl SslPolicy {
    /// Every policy, the default one first.
    pub const ALL: &[Self] = &POLICIES;

    /// The policy with this name; `None` if there is none.
    pub fn named(name: &str) -> Option<&'static Self> {
        POLICIES.iter().find(|policy| policy.name == name)
    }

    /// The policy of this name that Classic Load Balancers know; `None` if there is none.
    pub fn classic(name: &str) -> Option<&'static Self> {
        Self::all_classic().find(|policy| policy.name == name)
    }

    /// The policies that Classic Load Balancers know, the default one first.
    pub fn all_classic() -> impl Iterator<Item = &'static Self> {
        let both = CLASSIC.iter().filter_map(|name| Self::named(name));
        both.chain(&CLASSIC_ONLY)
    }

    /// The policy of listeners that name none (R29).
    pub const fn by_default() -> &'static Self {
        let [default, ..] = &POLICIES;
        default
    }

    /// Its name, as in `ELBSecurityPolicy-TLS13-1-3-2021-06`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The versions of TLS that it names, the oldest first.
    pub fn versions(&self) -> impl Iterator<Item = TlsVersion> + '_ {
        TlsVersion::ALL.into_iter().filter(|version| (self.oldest..=self.newest).contains(version))
    }

    /// The ciphers that it names, the one that it prefers first.
    pub fn ciphers(&self) -> impl Iterator<Item = Cipher> + '_ {
        CIPHERS.iter().copied().filter(|cipher| self.kinds.contains(&cipher.kind))
    }

    /// Whether keys are also agreed on in a way that a quantum computer does not undo.
    pub const fn is_post_quantum(&self) -> bool {
        self.post_quantum
    }
}

impl fmt::Debug for SslPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

const ONLY_1_3: &[Kind] = &[Kind::Aes13, Kind::ChaCha13];
const RESTRICTED: &[Kind] = &[Kind::Aes13, Kind::ChaCha13, Kind::EphemeralGcm];
const MODERN: &[Kind] = &[Kind::Aes13, Kind::ChaCha13, Kind::EphemeralGcm, Kind::EphemeralSha2];
const EXTENDED_1: &[Kind] =
    &[Kind::Aes13, Kind::ChaCha13, Kind::EphemeralGcm, Kind::EphemeralSha2, Kind::FixedSha2];
const EXTENDED_2: &[Kind] = &[
    Kind::Aes13,
    Kind::ChaCha13,
    Kind::EphemeralGcm,
    Kind::EphemeralSha2,
    Kind::EphemeralSha1,
    Kind::FixedSha2,
    Kind::FixedSha1,
];
const FIPS_ONLY_1_3: &[Kind] = &[Kind::Aes13];
const FIPS_RESTRICTED: &[Kind] = &[Kind::Aes13, Kind::EphemeralGcm];
const FIPS_MODERN: &[Kind] = &[Kind::Aes13, Kind::EphemeralGcm, Kind::EphemeralSha2];
const FIPS_EXTENDED_0: &[Kind] = &[Kind::Aes13, Kind::EphemeralGcm, Kind::EphemeralSha2, Kind::EphemeralSha1];
const FIPS_EXTENDED_1: &[Kind] = &[Kind::Aes13, Kind::EphemeralGcm, Kind::EphemeralSha2, Kind::FixedSha2];
const FIPS_EXTENDED_2: &[Kind] = &[
    Kind::Aes13,
    Kind::EphemeralGcm,
    Kind::EphemeralSha2,
    Kind::EphemeralSha1,
    Kind::FixedSha2,
    Kind::FixedSha1,
];
const EPHEMERAL_GCM: &[Kind] = &[Kind::EphemeralGcm];
const EPHEMERAL_SHA2: &[Kind] = &[Kind::EphemeralGcm, Kind::EphemeralSha2];
const EPHEMERAL: &[Kind] = &[Kind::EphemeralGcm, Kind::EphemeralSha2, Kind::EphemeralSha1];
const LEGACY_SHA2: &[Kind] = &[Kind::EphemeralGcm, Kind::EphemeralSha2, Kind::FixedSha2];
const LEGACY: &[Kind] =
    &[Kind::EphemeralGcm, Kind::EphemeralSha2, Kind::EphemeralSha1, Kind::FixedSha2, Kind::FixedSha1];
const OLDEST: &[Kind] = &[
    Kind::EphemeralGcm,
    Kind::EphemeralSha2,
    Kind::EphemeralSha1,
    Kind::FixedSha2,
    Kind::FixedSha1,
    Kind::TripleDes,
];

/// Those that both kinds of load balancers know (facts of the APIs, section 9).
const CLASSIC: [&str; 4] = [
    "ELBSecurityPolicy-2016-08",
    "ELBSecurityPolicy-TLS-1-2-2017-01",
    "ELBSecurityPolicy-TLS-1-1-2017-01",
    "ELBSecurityPolicy-2015-05",
];

const fn classic_only(name: &'static str, newest: TlsVersion, kinds: &'static [Kind]) -> SslPolicy {
    SslPolicy { name, oldest: TlsVersion::V1_0, newest, post_quantum: false, kinds }
}

/// Those that only Classic Load Balancers know. Ciphers that nothing here speaks, those of RC4 and of finite fields, are
/// left out.
static CLASSIC_ONLY: [SslPolicy; 5] = [
    classic_only("ELBSecurityPolicy-2015-03", TlsVersion::V1_2, OLDEST),
    classic_only("ELBSecurityPolicy-2015-02", TlsVersion::V1_2, OLDEST),
    classic_only("ELBSecurityPolicy-2014-10", TlsVersion::V1_2, OLDEST),
    classic_only("ELBSecurityPolicy-2014-01", TlsVersion::V1_2, OLDEST),
    classic_only("ELBSecurityPolicy-2011-08", TlsVersion::V1_0, OLDEST),
];

/// How many policies there are.
const COUNT: usize = 39;

macro_rules! policies {
    ($($name:literal $oldest:ident..$newest:ident $kinds:ident $($pq:ident)?;)*) => {
        static POLICIES: [SslPolicy; COUNT] = [$(SslPolicy {
            name: concat!("ELBSecurityPolicy-", $name),
            oldest: TlsVersion::$oldest,
            newest: TlsVersion::$newest,
            post_quantum: policies!(@$($pq)?),
            kinds: $kinds,
        }),*];
    };
    (@) => { false };
    (@post_quantum) => { true };
}

policies! {
    "2016-08" V1_0..V1_2 LEGACY;
    "TLS13-1-3-PQ-2025-09" V1_3..V1_3 ONLY_1_3 post_quantum;
    "TLS13-1-2-Res-PQ-2025-09" V1_2..V1_3 RESTRICTED post_quantum;
    "TLS13-1-2-PQ-2025-09" V1_2..V1_3 MODERN post_quantum;
    "TLS13-1-2-Ext1-PQ-2025-09" V1_2..V1_3 EXTENDED_1 post_quantum;
    "TLS13-1-2-Ext2-PQ-2025-09" V1_2..V1_3 EXTENDED_2 post_quantum;
    "TLS13-1-0-PQ-2025-09" V1_0..V1_3 EXTENDED_2 post_quantum;
    "TLS13-1-3-2021-06" V1_3..V1_3 ONLY_1_3;
    "TLS13-1-2-Res-2021-06" V1_2..V1_3 RESTRICTED;
    "TLS13-1-2-2021-06" V1_2..V1_3 MODERN;
    "TLS13-1-2-Ext1-2021-06" V1_2..V1_3 EXTENDED_1;
    "TLS13-1-2-Ext2-2021-06" V1_2..V1_3 EXTENDED_2;
    "TLS13-1-1-2021-06" V1_1..V1_3 EXTENDED_2;
    "TLS13-1-0-2021-06" V1_0..V1_3 EXTENDED_2;
    "TLS13-1-3-FIPS-PQ-2025-09" V1_3..V1_3 FIPS_ONLY_1_3 post_quantum;
    "TLS13-1-2-Res-FIPS-PQ-2025-09" V1_2..V1_3 FIPS_RESTRICTED post_quantum;
    "TLS13-1-2-FIPS-PQ-2025-09" V1_2..V1_3 FIPS_MODERN post_quantum;
    "TLS13-1-2-Ext0-FIPS-PQ-2025-09" V1_2..V1_3 FIPS_EXTENDED_0 post_quantum;
    "TLS13-1-2-Ext1-FIPS-PQ-2025-09" V1_2..V1_3 FIPS_EXTENDED_1 post_quantum;
    "TLS13-1-2-Ext2-FIPS-PQ-2025-09" V1_2..V1_3 FIPS_EXTENDED_2 post_quantum;
    "TLS13-1-0-FIPS-PQ-2025-09" V1_0..V1_3 FIPS_EXTENDED_2 post_quantum;
    "TLS13-1-3-FIPS-2023-04" V1_3..V1_3 FIPS_ONLY_1_3;
    "TLS13-1-2-Res-FIPS-2023-04" V1_2..V1_3 FIPS_RESTRICTED;
    "TLS13-1-2-FIPS-2023-04" V1_2..V1_3 FIPS_MODERN;
    "TLS13-1-2-Ext0-FIPS-2023-04" V1_2..V1_3 FIPS_EXTENDED_0;
    "TLS13-1-2-Ext1-FIPS-2023-04" V1_2..V1_3 FIPS_EXTENDED_1;
    "TLS13-1-2-Ext2-FIPS-2023-04" V1_2..V1_3 FIPS_EXTENDED_2;
    "TLS13-1-1-FIPS-2023-04" V1_1..V1_3 FIPS_EXTENDED_2;
    "TLS13-1-0-FIPS-2023-04" V1_0..V1_3 FIPS_EXTENDED_2;
    "FS-1-2-Res-2020-10" V1_2..V1_2 EPHEMERAL_GCM;
    "FS-1-2-Res-2019-08" V1_2..V1_2 EPHEMERAL_SHA2;
    "FS-1-2-2019-08" V1_2..V1_2 EPHEMERAL;
    "FS-1-1-2019-08" V1_1..V1_2 EPHEMERAL;
    "FS-2018-06" V1_0..V1_2 EPHEMERAL;
    "TLS-1-2-Ext-2018-06" V1_2..V1_2 LEGACY;
    "TLS-1-2-2017-01" V1_2..V1_2 LEGACY_SHA2;
    "TLS-1-1-2017-01" V1_1..V1_2 LEGACY;
    "2015-05" V1_0..V1_2 LEGACY;
    "TLS-1-0-2015-04" V1_0..V1_2 OLDEST;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ciphers(name: &str) -> Vec<&'static str> {
        SslPolicy::named(name).expect(name).ciphers().map(Cipher::name).collect()
    }

    #[test]
    fn r29_who_names_no_policy_gets_that_of_2016() {
        assert_eq!(SslPolicy::by_default().name(), "ELBSecurityPolicy-2016-08");
    }

    #[test]
    fn r30_policies_are_found_by_the_names_of_aws() {
        let restricted = [
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-RSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-RSA-AES256-GCM-SHA384",
        ];
        assert_eq!(ciphers("ELBSecurityPolicy-TLS13-1-2-Res-2021-06"), restricted);
        assert_eq!(ciphers("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"), restricted);
        assert_eq!(ciphers("ELBSecurityPolicy-TLS13-1-3-2021-06"), restricted[..3]);
        assert_eq!(ciphers("ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09"), restricted[..2]);
        assert_eq!(ciphers("ELBSecurityPolicy-FS-1-2-Res-2020-10"), restricted[3..]);
        assert_eq!(ciphers("ELBSecurityPolicy-2016-08").len(), 18);
        assert_eq!(ciphers("ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06").len(), 21);
        assert!(ciphers("ELBSecurityPolicy-TLS-1-0-2015-04").contains(&"DES-CBC3-SHA"));
        assert_eq!(SslPolicy::named("ELBSecurityPolicy-TLS13-1-3"), None);
    }

    #[test]
    fn every_policy_leaves_something_to_agree_on() {
        for policy in SslPolicy::ALL {
            let old = policy.versions().any(|version| version < TlsVersion::V1_2);
            let new: Vec<_> = policy.versions().filter(|version| *version >= TlsVersion::V1_2).collect();
            assert!(!new.is_empty() && policy.ciphers().any(Cipher::is_negotiated), "{policy:?}");
            assert!(!policy.is_post_quantum() || new.contains(&TlsVersion::V1_3), "{policy:?}");
            let named = ["-1-0-", "-1-1-", "2016-08", "2015-05", "FS-2018-06"];
            assert_eq!(old, named.iter().any(|part| policy.name().contains(part)), "{policy:?}");
        }
        let mut names: Vec<&str> = SslPolicy::ALL.iter().map(SslPolicy::name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), SslPolicy::ALL.len());
    }
}
