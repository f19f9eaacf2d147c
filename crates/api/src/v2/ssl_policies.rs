//! The named security policies of Application Load Balancers (R30). FIPS policies are not among them.

use super::paging::Page;
use crate::call::Call;
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

/// Families of ciphers that policies have or have not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    /// TLS 1.3.
    Tls13,
    /// Forward secrecy, AEAD.
    Forward,
    /// Forward secrecy, CBC with SHA-2.
    ForwardSha2,
    /// Forward secrecy, CBC with SHA-1.
    ForwardSha1,
    /// RSA key exchange with SHA-2.
    Rsa,
    /// RSA key exchange with SHA-1.
    RsaSha1,
    /// Triple DES.
    Des,
}

use Family::{Des, Forward, ForwardSha1, ForwardSha2, Rsa, RsaSha1, Tls13};

/// Every cipher, in the order in which the server prefers them.
const CIPHERS: &[(&str, Family)] = &[
    ("TLS_AES_128_GCM_SHA256", Tls13),
    ("TLS_AES_256_GCM_SHA384", Tls13),
    ("TLS_CHACHA20_POLY1305_SHA256", Tls13),
    ("ECDHE-ECDSA-AES128-GCM-SHA256", Forward),
    ("ECDHE-RSA-AES128-GCM-SHA256", Forward),
    ("ECDHE-ECDSA-AES128-SHA256", ForwardSha2),
    ("ECDHE-RSA-AES128-SHA256", ForwardSha2),
    ("ECDHE-ECDSA-AES128-SHA", ForwardSha1),
    ("ECDHE-RSA-AES128-SHA", ForwardSha1),
    ("ECDHE-ECDSA-AES256-GCM-SHA384", Forward),
    ("ECDHE-RSA-AES256-GCM-SHA384", Forward),
    ("ECDHE-ECDSA-AES256-SHA384", ForwardSha2),
    ("ECDHE-RSA-AES256-SHA384", ForwardSha2),
    ("ECDHE-ECDSA-AES256-SHA", ForwardSha1),
    ("ECDHE-RSA-AES256-SHA", ForwardSha1),
    ("AES128-GCM-SHA256", Rsa),
    ("AES128-SHA256", Rsa),
    ("AES128-SHA", RsaSha1),
    ("AES256-GCM-SHA384", Rsa),
    ("AES256-SHA256", Rsa),
    ("AES256-SHA", RsaSha1),
    ("DES-CBC3-SHA", Des),
];

const V1_3: &[&str] = &["TLSv1.3"];
const FROM_1_2: &[&str] = &["TLSv1.3", "TLSv1.2"];
const FROM_1_1: &[&str] = &["TLSv1.3", "TLSv1.2", "TLSv1.1"];
const FROM_1_0: &[&str] = &["TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1"];
const OLD_1_2: &[&str] = &["TLSv1.2"];
const OLD_1_1: &[&str] = &["TLSv1.2", "TLSv1.1"];
const OLD_1_0: &[&str] = &["TLSv1.2", "TLSv1.1", "TLSv1"];

const MODERN: &[Family] = &[Tls13];
const RESTRICTED: &[Family] = &[Tls13, Forward];
const STANDARD: &[Family] = &[Tls13, Forward, ForwardSha2];
const EXTENDED_1: &[Family] = &[Tls13, Forward, ForwardSha2, Rsa];
const EXTENDED_2: &[Family] = &[Tls13, Forward, ForwardSha2, ForwardSha1, Rsa, RsaSha1];
const OLD_RESTRICTED: &[Family] = &[Forward];
const OLD_SHA2: &[Family] = &[Forward, ForwardSha2];
const OLD_FORWARD: &[Family] = &[Forward, ForwardSha2, ForwardSha1];
const OLD_STRICT: &[Family] = &[Forward, ForwardSha2, Rsa];
const OLD: &[Family] = &[Forward, ForwardSha2, ForwardSha1, Rsa, RsaSha1];
const OLDEST: &[Family] = &[Forward, ForwardSha2, ForwardSha1, Rsa, RsaSha1, Des];

/// Name without its prefix, protocols, ciphers.
type Policy = (&'static str, &'static [&'static str], &'static [Family]);

const PREFIX: &str = "ELBSecurityPolicy-";
const POLICIES: &[Policy] = &[
    ("2015-05", OLD_1_0, OLD),
    ("2016-08", OLD_1_0, OLD),
    ("FS-1-1-2019-08", OLD_1_1, OLD_FORWARD),
    ("FS-1-2-2019-08", OLD_1_2, OLD_FORWARD),
    ("FS-1-2-Res-2019-08", OLD_1_2, OLD_SHA2),
    ("FS-1-2-Res-2020-10", OLD_1_2, OLD_RESTRICTED),
    ("FS-2018-06", OLD_1_0, OLD_FORWARD),
    ("TLS-1-0-2015-04", OLD_1_0, OLDEST),
    ("TLS-1-1-2017-01", OLD_1_1, OLD),
    ("TLS-1-2-2017-01", OLD_1_2, OLD_STRICT),
    ("TLS-1-2-Ext-2018-06", OLD_1_2, OLD),
    ("TLS13-1-0-2021-06", FROM_1_0, EXTENDED_2),
    ("TLS13-1-0-PQ-2025-09", FROM_1_0, EXTENDED_2),
    ("TLS13-1-1-2021-06", FROM_1_1, EXTENDED_2),
    ("TLS13-1-2-2021-06", FROM_1_2, STANDARD),
    ("TLS13-1-2-PQ-2025-09", FROM_1_2, STANDARD),
    ("TLS13-1-2-Ext1-2021-06", FROM_1_2, EXTENDED_1),
    ("TLS13-1-2-Ext1-PQ-2025-09", FROM_1_2, EXTENDED_1),
    ("TLS13-1-2-Ext2-2021-06", FROM_1_2, EXTENDED_2),
    ("TLS13-1-2-Ext2-PQ-2025-09", FROM_1_2, EXTENDED_2),
    ("TLS13-1-2-Res-2021-06", FROM_1_2, RESTRICTED),
    ("TLS13-1-2-Res-PQ-2025-09", FROM_1_2, RESTRICTED),
    ("TLS13-1-3-2021-06", V1_3, MODERN),
    ("TLS13-1-3-PQ-2025-09", V1_3, MODERN),
];

const LOAD_BALANCER_TYPES: &[&str] = &["application", "network", "gateway"];

/// `DescribeSSLPolicies`
pub(crate) fn describe(_: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let names = params.texts("Names")?.unwrap_or_default();
    let word = |text: &str| LOAD_BALANCER_TYPES.contains(&text).then(|| text == "application");
    let for_us = params.word("LoadBalancerType", LOAD_BALANCER_TYPES, word)?.unwrap_or(true);
    let policies: Vec<Policy> = if names.is_empty() {
        POLICIES.iter().filter(|_| for_us).copied().collect()
    } else {
        names.iter().map(|name| find(name)).collect::<Result<_, _>>()?
    };
    let page = Page::cut(params, policies, |(name, ..)| (*name).to_owned())?;
    Ok(page.show("SslPolicies", show))
}

fn find(name: &str) -> Result<Policy, Error> {
    let found = POLICIES.iter().find(|(known, ..)| name.strip_prefix(PREFIX) == Some(known));
    found.copied().ok_or_else(|| Error::new(Code::SSLPolicyNotFound, "One or more SSL policies not found"))
}

fn show(xml: &mut Xml, (name, protocols, families): Policy) {
    xml.texts("SslProtocols", protocols);
    let ciphers = CIPHERS.iter().filter(|(_, family)| families.contains(family));
    xml.list("Ciphers", ciphers.zip(1..), |xml, ((cipher, _), priority)| {
        xml.text("Name", cipher);
        xml.text("Priority", priority);
    });
    xml.text("Name", format_args!("{PREFIX}{name}"));
    xml.texts("SupportedLoadBalancerTypes", ["application"]);
}
