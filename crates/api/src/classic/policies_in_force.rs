//! Which policies are in force: on a listener, and for a port of the instances. Each call replaces the whole list.

use std::collections::BTreeSet;

use elbow_model::{ClassicListener, ClassicLoadBalancer, PolicyKind, PolicyName, SslNegotiation, SslPolicy};

use super::find::{listener_of, port, put, unfit};
use super::policies::{self, no_policy};
use crate::call::{Call, Decision};
use crate::error::Error;
use crate::wire::{Params, Xml};

/// `SetLoadBalancerPoliciesOfListener`
// AWS: unknown what a listener of HTTPS or SSL shows after an empty list, we show the default security policy, which is
// in force on every such listener that has no other.
pub(crate) fn set_of_listener(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut balancer = Call::copy(call.classic_of(params)?);
    let mut names = read(params, &balancer)?;
    let (_, listener) = listener_of(&mut balancer, params)?;
    let listener = listener.clone();
    check_listener(&balancer, &listener, &names)?;
    if names.is_empty() && listener.protocol.is_secure() {
        names.push(by_default(&mut balancer)?);
    }
    let (_, listener) = listener_of(&mut balancer, params)?;
    listener.policies = names;
    Ok((vec![put(balancer)], Xml::new()))
}

/// `SetLoadBalancerPoliciesForBackendServer`
pub(crate) fn set_for_back_end(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut balancer = Call::copy(call.classic_of(params)?);
    let port = port(params, "InstancePort")?;
    let names = read(params, &balancer)?;
    let mut listeners =
        balancer.listeners.values().filter(|listener| listener.instance_port == port).peekable();
    if listeners.peek().is_none() {
        let name = &balancer.arn.name;
        return Err(unfit(format!(
            "No listener of load balancer {name} sends requests to InstancePort {port}"
        )));
    }
    let is_secure = listeners.any(|listener| listener.instance_protocol.is_secure());
    for name in &names {
        match balancer.policies.get(name) {
            Some(PolicyKind::BackEndAuthentication { .. }) if !is_secure => {
                return Err(not_here(name, "instances are not spoken to over HTTPS or SSL on this port"));
            }
            Some(kind) if kind.is_of_back_end() => {}
            _ => return Err(not_here(name, "its type is not for ports of instances")),
        }
    }
    one_each(&balancer, &names)?;
    let names: BTreeSet<PolicyName> = names.into_iter().collect();
    if names.is_empty() {
        balancer.back_end_policies.remove(&port);
    } else {
        balancer.back_end_policies.insert(port, names);
    }
    balancer.validate_instance_ports().map_err(|invalid| unfit(invalid.message()))?;
    Ok((vec![put(balancer)], Xml::new()))
}

/// The policy of a new listener of HTTPS or SSL, which its load balancer has from then on.
pub(super) fn by_default(balancer: &mut ClassicLoadBalancer) -> Result<PolicyName, Error> {
    let policy = SslPolicy::by_default();
    let name = PolicyName::parse(policy.name())?;
    if !balancer.policies.contains_key(&name) {
        let kind = PolicyKind::SslNegotiation(SslNegotiation::Reference(policy));
        policies::add(balancer, name.clone(), kind)?;
    }
    Ok(name)
}

/// Reads `PolicyNames`, each once; all must be there.
fn read(params: &Params<'_>, balancer: &ClassicLoadBalancer) -> Result<Vec<PolicyName>, Error> {
    let given = params.texts("PolicyNames")?.ok_or_else(|| params.null("PolicyNames"))?;
    let mut names: Vec<PolicyName> = Vec::new();
    for text in given {
        let (name, _) = PolicyName::parse(text)
            .ok()
            .and_then(|name| balancer.policies.get_key_value(&name))
            .ok_or_else(|| no_policy(text, Some(balancer)))?;
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    Ok(names)
}

fn check_listener(
    balancer: &ClassicLoadBalancer,
    listener: &ClassicListener,
    names: &[PolicyName],
) -> Result<(), Error> {
    for name in names {
        match balancer.policies.get(name) {
            Some(kind) if kind.is_sticky() && !listener.protocol.is_http() => {
                return Err(not_here(name, "stickiness is for listeners of HTTP and HTTPS"));
            }
            Some(PolicyKind::SslNegotiation(_)) if !listener.protocol.is_secure() => {
                return Err(not_here(name, "its type is for listeners of HTTPS and SSL"));
            }
            Some(PolicyKind::SslNegotiation(negotiation)) if !negotiation.is_negotiable() => {
                return Err(not_here(
                    name,
                    "it leaves nothing that Elbow negotiates: TLS 1.2 with a cipher ECDHE-…-GCM-…",
                ));
            }
            Some(kind) if kind.is_sticky() => {}
            Some(PolicyKind::SslNegotiation(_)) => {}
            _ => return Err(not_here(name, "its type is not for listeners")),
        }
    }
    one_each(balancer, names)
}

/// At most one policy of a kind is in force; the two kinds of stickiness are one.
// AWS: unknown with which code, we refuse with InvalidConfigurationRequest.
fn one_each(balancer: &ClassicLoadBalancer, names: &[PolicyName]) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    for name in names {
        let Some(kind) = balancer.policies.get(name) else { continue };
        let kind = if kind.is_sticky() { "stickiness" } else { kind.type_name() };
        if !seen.insert(kind) {
            return Err(not_here(name, &format!("only one policy of {kind} can be in force")));
        }
    }
    Ok(())
}

fn not_here(name: &PolicyName, why: &str) -> Error {
    unfit(format!("{name} cannot be enabled: {why}"))
}
