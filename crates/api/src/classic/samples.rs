//! The policies that AWS shows where no load balancer is named: samples, to be named by policies of load balancers.

use elbow_model::{PolicyKind, SslNegotiation, SslPolicy, ssl_switches};

/// Samples that are no predefined security policies.
const MORE: [&str; 2] = ["ELBSample-ELBDefaultCipherPolicy", "ELBSample-OpenSSLDefaultCipherPolicy"];
/// What the samples leave out of what can be switched on, by the beginning or a part of its name.
const WEAK: [&str; 11] =
    ["Protocol-SSL", "ADH", "EXP", "RC4", "RC2", "MD5", "KRB5", "PSK", "SEED", "IDEA", "DES-CBC-"];

/// All of them, the default security policy first.
// AWS: unknown which ciphers the samples have today, we switch on all but those that have long been broken.
pub(super) fn all() -> impl Iterator<Item = (String, PolicyKind)> {
    let predefined = SslPolicy::all_classic().map(|policy| {
        (policy.name().to_owned(), PolicyKind::SslNegotiation(SslNegotiation::Reference(policy)))
    });
    let sample = || {
        let strong = ssl_switches().filter(|name| !WEAK.iter().any(|weak| name.contains(weak)));
        SslNegotiation::Own(strong.map(|name| (name.to_owned(), true)).collect())
    };
    predefined.chain(MORE.map(|name| (name.to_owned(), PolicyKind::SslNegotiation(sample()))))
}
