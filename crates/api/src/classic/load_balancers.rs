//! Classic Load Balancers: creating, describing, deleting.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use elbow_model::key::LoadBalancerKey;
use elbow_model::{
    Change, ClassicAttributes, ClassicHealthCheck, ClassicLoadBalancer, EntityKey, LoadBalancerArn,
    LoadBalancerKind, LoadBalancerName, PolicyKind, Scheme, Tags, ZonePlacement, limits,
};

use super::find::put;
use super::listeners::{self, Given};
use super::{health_check, tags, zones};
use crate::addresses::{HOSTED_ZONE, SCHEMES, address, dns_name};
use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::security_groups::security_groups;
use crate::v2::paging::Page;
use crate::v2::{self, iso8601};
use crate::wire::{Params, Xml};

/// What a caller asks for.
struct Wish {
    name: LoadBalancerName,
    scheme: Scheme,
    listeners: Vec<Given>,
    zones: Vec<ZonePlacement>,
    security_groups: Vec<String>,
    tags: Tags,
}

/// `CreateLoadBalancer`: the same again is no error.
pub(crate) fn create(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let (wish, mut changes) = wish(call, params)?;
    let existing = call.classics().find(|balancer| balancer.arn.name == wish.name);
    let mut xml = Xml::new();
    if let Some(existing) = existing {
        if !existing_is(existing, &wish) {
            let message = format!(
                "Load Balancer named {} already exists and it is configured with different parameters.",
                wish.name
            );
            return Err(Error::new(Code::DuplicateLoadBalancerName, message));
        }
        xml.text("DNSName", &existing.dns_name);
        return Ok((Vec::new(), xml));
    }
    let balancer = build(call, wish)?;
    xml.text("DNSName", &balancer.dns_name);
    changes.push(put(balancer));
    Ok((changes, xml))
}

/// `DescribeLoadBalancers`
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let names = params.texts("LoadBalancerNames")?.unwrap_or_default();
    let mut chosen: Vec<&Arc<ClassicLoadBalancer>> = match names.as_slice() {
        [] => call.classics().collect(),
        names => names.iter().map(|name| call.classic(name)).collect::<Result<_, _>>()?,
    };
    chosen.sort_by_key(|balancer| balancer.arn.key);
    chosen.dedup_by_key(|balancer| balancer.arn.key);
    let page = Page::cut(params, chosen, |balancer| balancer.arn.name.to_string())?;
    Ok(page.show("LoadBalancerDescriptions", |xml, balancer| show(xml, balancer)))
}

/// `DeleteLoadBalancer`: one that is not there is no error.
pub(crate) fn delete(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let name = params.required("LoadBalancerName")?;
    let found = call.classics().find(|balancer| balancer.arn.name.as_str() == name);
    let remove = |it: &Arc<ClassicLoadBalancer>| Change::Remove(EntityKey::ClassicLoadBalancer(it.arn.key));
    Ok((found.map(remove).into_iter().collect(), Xml::new()))
}

fn wish(call: &Call<'_>, params: &Params<'_>) -> Result<(Wish, Vec<Change>), Error> {
    let name = LoadBalancerName::parse_classic(params.required("LoadBalancerName")?)?;
    let listeners = listeners::read_all(call, params)?;
    let ports: BTreeSet<_> = listeners.iter().map(|given| given.port).collect();
    if ports.len() < listeners.len() {
        return Err(Error::validation("Each listener must have a LoadBalancerPort of its own"));
    }
    let scheme = params.word("Scheme", SCHEMES, Scheme::parse)?.unwrap_or(Scheme::InternetFacing);
    let security_groups = security_groups(params)?.unwrap_or_default();
    let tags = v2::tags::read(params)?;
    tags::check_count(&tags)?;
    let (zones, changes) = zones::place(call, params)?;
    Ok((Wish { name, scheme, listeners, zones, security_groups, tags }, changes))
}

/// Whether creating again asks for what is there. AWS: unknown whether tags count, we let them pass, as for the other
/// kind of load balancers.
fn existing_is(existing: &ClassicLoadBalancer, wish: &Wish) -> bool {
    let subnets = |placements: &[ZonePlacement]| -> BTreeSet<_> {
        placements.iter().map(|placement| placement.subnet.clone()).collect()
    };
    let groups = |groups: &[String]| -> BTreeSet<String> { groups.iter().cloned().collect() };
    let ports: BTreeSet<_> = wish.listeners.iter().map(|given| given.port).collect();
    existing.scheme == wish.scheme
        && ports.iter().eq(existing.listeners.keys())
        && wish.listeners.iter().all(|given| given.is_on(existing))
        && subnets(&existing.zones) == subnets(&wish.zones)
        && groups(&existing.security_groups) == groups(&wish.security_groups)
}

fn build(call: &Call<'_>, wish: Wish) -> Result<ClassicLoadBalancer, Error> {
    if call.classics().count() >= limits::CLASSIC_LOAD_BALANCERS {
        return Err(Error::new(
            Code::TooManyLoadBalancers,
            format!("There cannot be more than {} load balancers", limits::CLASSIC_LOAD_BALANCERS),
        ));
    }
    let Wish { name, scheme, listeners, zones, security_groups, tags } = wish;
    let key = LoadBalancerKey::new(call.random());
    let first =
        listeners.first().ok_or_else(|| Error::validation("At least one listener must be specified"))?;
    let mut balancer = ClassicLoadBalancer {
        dns_name: dns_name(&name, key, scheme, &call.scope.region),
        arn: LoadBalancerArn { scope: call.scope.clone(), name, key, kind: LoadBalancerKind::Classic },
        created: call.now,
        scheme,
        vpc: call.settings.vpc.clone(),
        zones,
        security_groups,
        address: address(call)?,
        listeners: BTreeMap::new(),
        policies: BTreeMap::new(),
        back_end_policies: BTreeMap::new(),
        health_check: ClassicHealthCheck::default_on(first.instance_port),
        instances: BTreeMap::new(),
        attributes: ClassicAttributes::default(),
        tags,
    };
    listeners::add(call, &mut balancer, listeners)?;
    Ok(balancer)
}

fn show(xml: &mut Xml, balancer: &ClassicLoadBalancer) {
    xml.text("LoadBalancerName", &balancer.arn.name);
    xml.text("DNSName", &balancer.dns_name);
    xml.text("CanonicalHostedZoneName", &balancer.dns_name);
    xml.text("CanonicalHostedZoneNameID", HOSTED_ZONE);
    xml.list("ListenerDescriptions", &balancer.listeners, |xml, (port, listener)| {
        xml.element("Listener", |xml| listeners::show(xml, *port, listener));
        xml.texts("PolicyNames", &listener.policies);
    });
    xml.element("Policies", |xml| show_policies(xml, balancer));
    xml.list("BackendServerDescriptions", &balancer.back_end_policies, |xml, (port, names)| {
        xml.text("InstancePort", port);
        xml.texts("PolicyNames", names);
    });
    xml.texts("AvailabilityZones", balancer.zones.iter().map(|placement| &placement.zone));
    xml.texts("Subnets", balancer.zones.iter().map(|placement| placement.subnet.as_str()));
    // Tools ask EC2 for the security group that stands with a VPC; here is none, so the former is left out.
    xml.text("VPCId", &balancer.vpc);
    let registered =
        balancer.instances.iter().filter(|(_, registration)| registration.deregistered.is_none());
    xml.list("Instances", registered, |xml, (id, _)| xml.text("InstanceId", id));
    xml.element("HealthCheck", |xml| health_check::show(xml, &balancer.health_check));
    xml.texts("SecurityGroups", &balancer.security_groups);
    xml.text("CreatedTime", iso8601(balancer.created));
    xml.text("Scheme", balancer.scheme.as_str());
}

fn show_policies(xml: &mut Xml, balancer: &ClassicLoadBalancer) {
    let application = balancer.policies.iter().filter_map(|(name, kind)| match kind {
        PolicyKind::AppCookie { cookie_name } => Some((name, cookie_name)),
        _ => None,
    });
    xml.list("AppCookieStickinessPolicies", application, |xml, (name, cookie)| {
        xml.text("PolicyName", name);
        xml.text("CookieName", cookie);
    });
    let duration = balancer.policies.iter().filter_map(|(name, kind)| match kind {
        PolicyKind::LbCookie { period } => Some((name, period)),
        _ => None,
    });
    xml.list("LBCookieStickinessPolicies", duration, |xml, (name, period)| {
        xml.text("PolicyName", name);
        xml.optional("CookieExpirationPeriod", period.map(|period| period.as_secs()));
    });
    let others = balancer.policies.iter().filter(|(_, kind)| !kind.is_sticky()).map(|(name, _)| name);
    xml.texts("OtherPolicies", others);
}
