//! Security policies: an Application Load Balancer has predefined ones only, and not all that Classic ones have.

use elbow_model::{PolicyKind, SslNegotiation, SslPolicy, TlsVersion, ssl_switches};

use super::description::ListenerDescription;

/// What Classic Load Balancers have no name for.
const TLS_1_3: &str = "TLS 1.3";

/// The policy of a listener of an Application Load Balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    /// The policy.
    pub(super) policy: &'static SslPolicy,
    /// What it agrees to and the Classic one did not.
    pub(super) more: Vec<&'static str>,
    /// What the Classic one agreed to and it does not.
    pub(super) less: Vec<&'static str>,
    /// Whether it is the same policy by name.
    pub(super) is_same: bool,
}

/// The policy that agrees most with that of a listener of HTTPS; the one of the same name, if there is one. A listener
/// without a policy has AWS's default.
pub(super) fn choose(listener: &ListenerDescription) -> Chosen {
    let classic = listener.policies.iter().find_map(|policy| match &policy.kind {
        PolicyKind::SslNegotiation(negotiation) => Some(negotiation),
        _ => None,
    });
    let by_default = SslNegotiation::Reference(SslPolicy::by_default());
    let classic = classic.unwrap_or(&by_default);
    if let SslNegotiation::Reference(reference) = classic
        && let Some(policy) = SslPolicy::named(reference.name())
    {
        return Chosen { policy, more: vec![], less: vec![], is_same: true };
    }
    let candidates = SslPolicy::ALL.iter().map(|policy| compare(classic, policy));
    candidates.min_by_key(distance).unwrap_or_else(|| compare(classic, SslPolicy::by_default()))
}

/// How many protocols are lost, how many are new, and then how many ciphers are not in common: another cipher is agreed
/// on, but a client whose protocol has gone is locked out.
fn distance(chosen: &Chosen) -> (usize, usize, usize) {
    let is_protocol = |name: &&&str| name.starts_with("Protocol-") || **name == TLS_1_3;
    let protocols = |names: &[&str]| names.iter().filter(is_protocol).count();
    let (lost, new) = (protocols(&chosen.less), protocols(&chosen.more));
    (lost, new, chosen.less.len() + chosen.more.len() - lost - new)
}

fn compare(classic: &SslNegotiation, policy: &'static SslPolicy) -> Chosen {
    let other = SslNegotiation::Reference(policy);
    let only = |one: &SslNegotiation, two: &SslNegotiation| -> Vec<&'static str> {
        let ciphers_and_protocols = ssl_switches().filter(|name| *name != elbow_model::SERVER_ORDER);
        ciphers_and_protocols.filter(|name| one.has(name) && !two.has(name)).collect()
    };
    let mut more = only(&other, classic);
    if policy.versions().any(|version| version == TlsVersion::V1_3) {
        more.push(TLS_1_3);
    }
    Chosen { policy, more, less: only(classic, &other), is_same: false }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{listener, with_policy};
    use super::*;
    use elbow_model::Protocol;

    fn chosen(negotiation: Option<SslNegotiation>) -> (String, Vec<&'static str>, Vec<&'static str>) {
        let mut it = listener(443, Protocol::Https);
        if let Some(negotiation) = negotiation {
            it = with_policy(it, "secure", PolicyKind::SslNegotiation(negotiation));
        }
        let Chosen { policy, more, less, .. } = choose(&it);
        (policy.name().trim_start_matches("ELBSecurityPolicy-").to_owned(), more, less)
    }

    fn own(names: &[&str]) -> Option<SslNegotiation> {
        Some(SslNegotiation::Own(names.iter().map(|name| ((*name).to_owned(), true)).collect()))
    }

    fn reference(name: &str) -> Option<SslNegotiation> {
        SslPolicy::classic(name).map(SslNegotiation::Reference)
    }

    #[test]
    fn a_policy_that_both_have_stays_and_others_become_the_nearest() {
        let gcm = ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"];
        let more_gcm = ["ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384"];
        let two = own(&["Protocol-TLSv1.2", "Server-Defined-Cipher-Order", gcm[0], gcm[1]]);
        let one = own(&["Protocol-TLSv1.2", gcm[1]]);
        let broken = own(&["Protocol-TLSv1.2", "RC4-MD5", gcm[0], gcm[1], more_gcm[0], more_gcm[1]]);
        let new_protocols = ["Protocol-TLSv1.1", "Protocol-TLSv1.2"];
        for (classic, name, more, less) in [
            (None, "2016-08", &[][..], &[][..]),
            (reference("ELBSecurityPolicy-TLS-1-2-2017-01"), "TLS-1-2-2017-01", &[], &[]),
            (reference("ELBSecurityPolicy-2015-03"), "TLS-1-0-2015-04", &[], &[]),
            (reference("ELBSecurityPolicy-2011-08"), "TLS-1-0-2015-04", &new_protocols, &[]),
            (one, "FS-1-2-Res-2020-10", &[gcm[0], more_gcm[0], more_gcm[1]], &[]),
            (two, "FS-1-2-Res-2020-10", &more_gcm, &[]),
            (broken, "FS-1-2-Res-2020-10", &[], &["RC4-MD5"]),
        ] {
            assert_eq!(chosen(classic), (name.to_owned(), more.to_vec(), less.to_vec()));
        }
    }
}
