//! What an Application Load Balancer does not do, or does in another way, each with what to do about it.

use elbow_model::attribute::target_group::{
    MAX_STICKINESS_SECONDS, TARGET_TLS_TRUST_STORE, TARGET_TLS_VERIFY,
};
use elbow_model::{PolicyKind, Port};

use super::description::{Description, Policy};
use super::groups::Group;
use super::security::{self, Chosen};
use super::template::{is_of_aws, loses_zones};

/// Minutes between two access logs of an Application Load Balancer.
const EMIT_MINUTES: u8 = 5;
/// Zones that an Application Load Balancer has at least.
const ZONES: usize = 2;

/// All that is to be said of a load balancer: what is left out, what changes, what always holds.
pub(super) fn all(description: &Description, groups: &[Group<'_>]) -> Vec<String> {
    let mut said = Vec::new();
    said.extend(connections(description));
    said.extend(description.back_ends.keys().flat_map(|port| back_end(description, *port)));
    said.extend(security_policies(groups));
    said.extend(health_check(description));
    said.extend(groups.iter().flat_map(|group| stickiness(description, group)));
    said.extend(surroundings(description));
    if groups.iter().any(|group| group.stickiness.is_some()) {
        said.push(
            "Sessions begin anew: neither kind of load balancer reads the cookies of the other. Move clients when few are \
             logged in, or keep sessions outside of the instances before."
                .to_owned(),
        );
    }
    said.push(
        "When all instances are unhealthy, requests go to all of them; the Classic Load Balancer answers 503. If that must not \
         be, let instances that are unwell refuse requests themselves."
            .to_owned(),
    );
    said.push(
        "Clients find the load balancer by another name, the output DNSName: point your own DNS there, and delete the Classic \
         Load Balancer when nobody uses it any more."
            .to_owned(),
    );
    said
}

/// Listeners that there are none of.
fn connections(description: &Description) -> impl Iterator<Item = String> {
    let others = description.listeners.iter().filter(|listener| !listener.protocol.is_http());
    others.map(|listener| {
        let policies = description.back_ends.get(&listener.instance_port).into_iter().flatten();
        let proxy = match policies.into_iter().any(is_proxy_protocol) {
            true => ", which speaks version 2 of the proxy protocol only",
            false => "",
        };
        format!(
            "Listener {} ({} to port {} of the instances) is left out: an Application Load Balancer speaks HTTP and HTTPS \
             only. Keep the Classic Load Balancer for it, or on AWS create a Network Load Balancer{proxy}.",
            listener.port, listener.protocol, listener.instance_port
        )
    })
}

const fn is_proxy_protocol(policy: &Policy) -> bool {
    matches!(policy.kind, PolicyKind::ProxyProtocol { version: Some(_) })
}

/// Policies for a port of the instances that is reached over HTTP or HTTPS.
fn back_end(description: &Description, port: Port) -> Vec<String> {
    let mut listeners = description.listeners.iter().filter(|listener| listener.protocol.is_http());
    if !listeners.any(|listener| listener.instance_port == port) {
        return Vec::new();
    }
    let policies = description.back_ends.get(&port).into_iter().flatten();
    let remark = |policy: &Policy| {
        let name = &policy.name;
        match &policy.kind {
            PolicyKind::ProxyProtocol { version: Some(_) } => Some(format!(
                "Policy {name} (proxy protocol to port {port}) is left out: instances find the client's address in \
                 X-Forwarded-For. If they wait for the proxy protocol on that port, switch it off there."
            )),
            PolicyKind::BackEndAuthentication { .. } => Some(format!(
                "Policy {name} (back-end authentication on port {port}) is left out: certificates of targets are not checked \
                 on AWS. With Elbow, make a trust store of what certifies them and set {TARGET_TLS_VERIFY}=true and \
                 {TARGET_TLS_TRUST_STORE} of the target group."
            )),
            _ => None,
        }
    };
    policies.filter_map(remark).collect()
}

/// Security policies that have become others.
fn security_policies(groups: &[Group<'_>]) -> impl Iterator<Item = String> {
    let listeners = groups.iter().flat_map(|group| group.listeners.iter());
    let secure = listeners.filter(|listener| listener.protocol.is_secure());
    let other = secure.map(|listener| (listener.port, security::choose(listener)));
    other.filter(|(_, chosen)| !chosen.is_same).map(|(port, Chosen { policy, more, less, .. })| {
        let named = |names: &[&str]| if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
        format!(
            "Listener {port} has {} as the nearest security policy. New is {}; gone is {}. `aws elbv2 \
             describe-ssl-policies` lists the others.",
            policy.name(),
            named(&more),
            named(&less)
        )
    })
}

fn health_check(description: &Description) -> Option<String> {
    let target = &description.health_check.target;
    (!target.protocol.has_path()).then(|| {
        format!(
            "The health check {target} asks for a connection only, which there is none of: the template asks for / and wants \
             200. Put a path there that your instances answer."
        )
    })
}

/// What is different about the sessions of a target group.
fn stickiness(description: &Description, group: &Group<'_>) -> Vec<String> {
    let Some(policy) = group.stickiness else { return Vec::new() };
    let (name, id) = (&policy.name, &group.id);
    let mut said = Vec::new();
    match &policy.kind {
        PolicyKind::LbCookie { period: None } => said.push(format!(
            "Policy {name} keeps sessions until the browser is closed; {id} keeps them for up to {MAX_STICKINESS_SECONDS} s \
             without a request. Set a shorter duration there if that is too long."
        )),
        PolicyKind::LbCookie { period: Some(period) } if period.as_secs() > MAX_STICKINESS_SECONDS => {
            said.push(format!(
                "Policy {name} keeps sessions for {} s; {id} keeps them for {MAX_STICKINESS_SECONDS} s without a request, which \
                 is the longest. Keep what must live longer outside of the instances.",
                period.as_secs()
            ));
        }
        _ => {}
    }
    if let [first, .., last] = group.listeners.as_slice() {
        said.push(format!(
            "A session of a listener from {} to {} holds on all that forward to {id}; with the Classic Load Balancer it is one \
             of each. Give a listener a target group of its own if that must not be.",
            first.port, last.port
        ));
    }
    if loses_zones(description, group) {
        said.push(format!(
            "{id} is sticky, and so it has targets in all zones: requests do not stay in the zone that they come in. Set \
             load_balancing.cross_zone.enabled=false in a target group without stickiness only."
        ));
    }
    said
}

/// Zones, logs and tags.
fn surroundings(description: &Description) -> Vec<String> {
    let mut said = Vec::new();
    if description.subnets.len() < ZONES {
        said.push(format!(
            "An Application Load Balancer needs subnets in {ZONES} zones; there is {}. Add another to Subnets.",
            description.subnets.len()
        ));
    }
    let log = &description.attributes.access_log;
    if log.enabled {
        let interval = match log.emit_minutes {
            EMIT_MINUTES => String::new(),
            other => format!(" and comes every {EMIT_MINUTES} minutes, not every {other}"),
        };
        said.push(format!(
            "The access log has more fields and is compressed{interval}. Make what reads it ready, and give the new load balancer \
             leave to write to the bucket {:?}.",
            log.bucket
        ));
    }
    let theirs: Vec<String> = description
        .tags
        .iter()
        .filter(|(key, _)| is_of_aws(key))
        .map(|(key, _)| format!("{key:?}"))
        .collect();
    if !theirs.is_empty() {
        said.push(format!(
            "Tags that AWS has set are left out ({}): who has set them manages the load balancer, so let it make the new one.",
            theirs.join(", ")
        ));
    }
    said
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use elbow_model::{AccessLog, CheckTarget, Protocol, ProxyProtocol};

    use super::super::groups::groups;
    use super::super::testing::{balancer, listener, policy, port, simple, with_policy};
    use super::*;

    fn said(description: &Description) -> Vec<String> {
        all(description, &groups(description))
    }

    fn lb_cookie(seconds: Option<u64>) -> PolicyKind {
        PolicyKind::LbCookie { period: seconds.map(Duration::from_secs) }
    }

    #[test]
    fn some_things_always_hold() {
        let always = said(&simple());
        assert_eq!(always.len(), 2, "{always:?}");
        assert!(always[0].contains("answers 503") && always[1].contains("DNSName"));
    }

    /// Each row is what a load balancer has, and words that are told because of it.
    #[test]
    fn what_cannot_be_carried_over_is_told() {
        let proxy = PolicyKind::ProxyProtocol { version: Some(ProxyProtocol::V1) };
        let keys =
            PolicyKind::BackEndAuthentication { public_keys: [policy("key", lb_cookie(None)).name].into() };
        let back_end = |kind: PolicyKind| -> std::collections::BTreeMap<Port, Vec<Policy>> {
            [(port(8080), vec![policy("back", kind)])].into()
        };
        let with = |change: &dyn Fn(&mut Description)| {
            let mut description = simple();
            change(&mut description);
            description
        };
        let sessions =
            |seconds: Option<u64>| vec![with_policy(listener(80, Protocol::Http), "p", lb_cookie(seconds))];
        let both = || {
            let two = [listener(80, Protocol::Http), listener(81, Protocol::Http)];
            two.map(|it| with_policy(it, "p", lb_cookie(Some(60)))).to_vec()
        };
        let log =
            AccessLog { enabled: true, bucket: "logs".to_owned(), prefix: String::new(), emit_minutes: 60 };
        let tcp = CheckTarget::parse("TCP:8080").unwrap();
        let table: &[(Description, &[&str])] = &[
            (
                with(&|it| it.listeners.push(listener(5432, Protocol::Tcp))),
                &["Listener 5432 (TCP", "Network"],
            ),
            (with(&|it| it.listeners.push(listener(5433, Protocol::Ssl))), &["Listener 5433 (SSL"]),
            (with(&|it| it.back_ends = back_end(proxy.clone())), &["proxy protocol", "X-Forwarded-For"]),
            (
                with(&|it| it.back_ends = back_end(keys.clone())),
                &["back-end authentication", TARGET_TLS_VERIFY],
            ),
            (with(&|it| it.health_check.target = tcp.clone()), &["TCP:8080", "200"]),
            (with(&|it| it.listeners = sessions(None)), &["until the browser is closed", "604800"]),
            (with(&|it| it.listeners = sessions(Some(604_801))), &["604801 s", "604800 s"]),
            (with(&|it| it.listeners = both()), &["from 80 to 81", "TargetGroupHttp8080"]),
            (with(&|it| it.listeners = sessions(Some(60))), &["Sessions begin anew"]),
            (
                with(&|it| {
                    it.listeners = sessions(Some(60));
                    it.attributes.cross_zone = false;
                }),
                &["targets in all zones"],
            ),
            (with(&|it| it.subnets.truncate(1)), &["subnets in 2 zones; there is 1"]),
            (with(&|it| it.attributes.access_log = log.clone()), &["not every 60", "\"logs\""]),
            (
                with(&|it| it.tags.push(("aws:stack\u{1b}".to_owned(), "x".to_owned()))),
                &["\"aws:stack\\u{1b}\""],
            ),
        ];
        for (description, words) in table {
            let said = said(description);
            let has_all = |remark: &String| words.iter().all(|word| remark.contains(word));
            assert!(said.iter().any(has_all), "{words:?}: {said:?}");
            assert!(!said.iter().any(|remark| remark.contains(char::is_control)), "a line each: {said:?}");
        }
    }

    #[test]
    fn a_policy_of_a_port_that_only_tcp_has_goes_with_its_listener() {
        let mut description = simple();
        let mut tcp = listener(5432, Protocol::Tcp);
        tcp.instance_port = port(5432);
        description.listeners.push(tcp);
        let proxy = PolicyKind::ProxyProtocol { version: Some(ProxyProtocol::V1) };
        description.back_ends = [(port(5432), vec![policy("proxy", proxy)])].into();
        let said = said(&description);
        let told: Vec<_> = said.iter().filter(|remark| remark.contains("proxy protocol")).collect();
        assert!(told.len() == 1 && told[0].starts_with("Listener 5432"), "{said:?}");
    }

    #[test]
    fn a_security_policy_that_is_not_there_is_compared() {
        let negotiation = elbow_model::SslPolicy::classic("ELBSecurityPolicy-2011-08").unwrap();
        let kind = PolicyKind::SslNegotiation(elbow_model::SslNegotiation::Reference(negotiation));
        let mut secure = listener(443, Protocol::Https);
        secure.policies.push(policy("old", kind));
        let said = said(&Description { listeners: vec![secure], ..balancer() });
        let expected = "Listener 443 has ELBSecurityPolicy-TLS-1-0-2015-04 as the nearest security policy. New is \
                        Protocol-TLSv1.1, Protocol-TLSv1.2; gone is nothing.";
        assert!(said.iter().any(|remark| remark.starts_with(expected)), "{said:?}");
    }
}
