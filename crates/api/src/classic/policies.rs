//! Policies: creating, describing, deleting. They do nothing until they are set, see [`super::policies_in_force`].

use base64_simd::STANDARD;
use elbow_model::{
    ClassicLoadBalancer, PolicyAttribute, PolicyKind, PolicyName, SslNegotiation, SslPolicy, limits,
    ssl_switches,
};

use super::find::{put, unfit};
use super::samples;
use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

const PERIOD: &str = "CookieExpirationPeriod";

/// `CreateLBCookieStickinessPolicy`
pub(crate) fn create_lb_cookie(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let period = params.text(PERIOD).filter(|text| !text.is_empty());
    let attributes = period.map(|value| attribute(PERIOD, value));
    create_of(call, params, "LBCookieStickinessPolicyType", &Vec::from_iter(attributes))
}

/// `CreateAppCookieStickinessPolicy`
pub(crate) fn create_app_cookie(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let attributes = [attribute("CookieName", params.required("CookieName")?)];
    create_of(call, params, "AppCookieStickinessPolicyType", &attributes)
}

/// `CreateLoadBalancerPolicy`
pub(crate) fn create(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let members = params.list("PolicyAttributes")?.unwrap_or_default();
    let read = |member: &Params<'_>| {
        let value = member.text("AttributeValue").unwrap_or_default();
        Ok(attribute(member.required("AttributeName")?, value))
    };
    let attributes: Vec<PolicyAttribute> = members.iter().map(read).collect::<Result<_, Error>>()?;
    create_of(call, params, params.required("PolicyTypeName")?, &attributes)
}

/// `DescribeLoadBalancerPolicies`: those of a load balancer, or the samples that AWS has for all.
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let names = params.texts("PolicyNames")?.unwrap_or_default();
    let balancer = params.text("LoadBalancerName").filter(|name| !name.is_empty());
    let balancer = balancer.map(|name| call.classic(name)).transpose()?;
    let of_balancer = balancer.into_iter().flat_map(|it| it.policies.iter());
    let of_all = samples::all().filter(|_| balancer.is_none());
    let known: Vec<(String, PolicyKind)> =
        of_balancer.map(|(name, kind)| (name.to_string(), kind.clone())).chain(of_all).collect();
    let mut chosen: Vec<&(String, PolicyKind)> = Vec::new();
    for name in &names {
        let found = known.iter().find(|(known, _)| known == name);
        chosen.push(found.ok_or_else(|| no_policy(name, balancer.map(|it| &**it)))?);
    }
    if names.is_empty() {
        chosen.extend(&known);
    }
    let mut xml = Xml::new();
    xml.list("PolicyDescriptions", chosen, |xml, (name, kind)| {
        xml.text("PolicyName", name);
        xml.text("PolicyTypeName", kind.type_name());
        xml.list("PolicyAttributeDescriptions", shown(kind), |xml, attribute| {
            xml.text("AttributeName", attribute.name);
            xml.text("AttributeValue", attribute.value);
        });
    });
    Ok(xml)
}

/// `DeleteLoadBalancerPolicy`: not while it is in force. One that is not there is no error.
// AWS: refuses a public key while a policy that is enabled names it. We refuse it while any policy does, so that none is
// left with the name of a key that is gone.
pub(crate) fn delete(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut balancer = Call::copy(call.classic_of(params)?);
    let name = PolicyName::parse(params.required("PolicyName")?)?;
    if balancer.is_in_force(&name) {
        return Err(unfit(format!(
            "You cannot delete policy [{name}] since it is enabled or referred by other enabled policy."
        )));
    }
    balancer.policies.remove(&name);
    Ok((vec![put(balancer)], Xml::new()))
}

/// The refusal of a policy that is not there.
pub(super) fn no_policy(name: &str, balancer: Option<&ClassicLoadBalancer>) -> Error {
    let of = balancer.map(|it| format!(" for load balancer {}", it.arn.name)).unwrap_or_default();
    Error::new(Code::PolicyNotFound, format!("There is no policy with name {name}{of}"))
}

/// Adds a policy.
// AWS: unknown for the same again, we let it pass: a client that retries after a lost answer must succeed.
fn create_of(
    call: &Call<'_>,
    params: &Params<'_>,
    kind: &str,
    attributes: &[PolicyAttribute],
) -> Result<Decision, Error> {
    let mut balancer = Call::copy(call.classic_of(params)?);
    let name = PolicyName::parse(params.required("PolicyName")?)?;
    let policy = PolicyKind::read(kind, attributes).ok_or_else(|| no_type(kind))??;
    check_name(&name, &policy)?;
    check(&balancer, &policy)?;
    match balancer.policies.get(&name) {
        Some(existing) if *existing == policy => return Ok((Vec::new(), Xml::new())),
        Some(_) => {
            let message = format!("A policy with name {name} already exists for this load balancer");
            return Err(Error::new(Code::DuplicatePolicyName, message));
        }
        None => {}
    }
    add(&mut balancer, name, policy)?;
    Ok((vec![put(balancer)], Xml::new()))
}

/// Adds a policy that has no name of another.
pub(super) fn add(
    balancer: &mut ClassicLoadBalancer,
    name: PolicyName,
    policy: PolicyKind,
) -> Result<(), Error> {
    if balancer.policies.len() >= limits::CLASSIC_POLICIES {
        let most = limits::CLASSIC_POLICIES;
        let message = format!("A load balancer cannot have more than {most} policies");
        return Err(Error::new(Code::TooManyPolicies, message));
    }
    balancer.policies.insert(name, policy);
    Ok(())
}

/// The name of a predefined security policy is for that policy alone: new listeners of HTTPS and SSL get one by its name.
fn check_name(name: &PolicyName, policy: &PolicyKind) -> Result<(), Error> {
    match SslPolicy::classic(name.as_str()) {
        Some(predefined) if *policy != PolicyKind::SslNegotiation(SslNegotiation::Reference(predefined)) => {
            Err(unfit(format!("{name} is the name of a predefined security policy; choose another name")))
        }
        _ => Ok(()),
    }
}

/// The refusal of a type that is not there.
pub(super) fn no_type(kind: &str) -> Error {
    Error::new(Code::PolicyTypeNotFound, format!("Policy type '{kind}' not found"))
}

/// Checks what a policy names.
fn check(balancer: &ClassicLoadBalancer, policy: &PolicyKind) -> Result<(), Error> {
    match policy {
        PolicyKind::SslNegotiation(SslNegotiation::Own(switches)) => {
            match switches.keys().find(|name| !ssl_switches().any(|known| known == **name)) {
                Some(name) => Err(Error::validation(format!(
                    "Policy attribute '{name}' is not known for this policy type"
                ))),
                None => Ok(()),
            }
        }
        PolicyKind::BackEndAuthentication { public_keys } => {
            let is_key = |name| matches!(balancer.policies.get(name), Some(PolicyKind::PublicKey { .. }));
            match public_keys.iter().find(|name| !is_key(name)) {
                Some(name) => Err(unfit(format!(
                    "There is no policy of type PublicKeyPolicyType with name {name} for load balancer {}",
                    balancer.arn.name
                ))),
                None => Ok(()),
            }
        }
        PolicyKind::PublicKey { key } => {
            let der = STANDARD.decode_to_vec(key).ok();
            if der.is_some_and(|der| elbow_certificates::is_public_key(&der)) {
                return Ok(());
            }
            Err(unfit(
                "PublicKey is no public key: give the base64 text between the lines of `openssl rsa -pubout`, a \
                 SubjectPublicKeyInfo",
            ))
        }
        _ => Ok(()),
    }
}

/// The attributes of a policy as answers show them, defaults included: sessions as long as the browser is open have a period
/// of 0, without which Terraform cannot read their policy; one for clients over TLS tells of every switch whether it is on.
fn shown(kind: &PolicyKind) -> Vec<PolicyAttribute> {
    let negotiation = match kind {
        PolicyKind::SslNegotiation(negotiation) => negotiation,
        PolicyKind::LbCookie { period: None } => return vec![attribute(PERIOD, "0")],
        _ => return kind.attributes(),
    };
    let reference = match negotiation {
        SslNegotiation::Reference(_) => kind.attributes(),
        SslNegotiation::Own(_) => Vec::new(),
    };
    let switches =
        ssl_switches().map(|name| attribute(name, if negotiation.has(name) { "true" } else { "false" }));
    reference.into_iter().chain(switches).collect()
}

fn attribute(name: &str, value: &str) -> PolicyAttribute {
    PolicyAttribute { name: name.to_owned(), value: value.to_owned() }
}
