//! Load balancers: creating, describing, deleting. Where they are placed is in [`super::placement`].

use std::collections::BTreeSet;
use std::sync::Arc;

use elbow_model::attribute::load_balancer as attribute;
use elbow_model::key::LoadBalancerKey;
use elbow_model::{
    Attributes, Change, Entity, EntityKey, IpAddressType, LoadBalancer, LoadBalancerArn, LoadBalancerKind,
    LoadBalancerName, Scheme, Tags, ZonePlacement, limits,
};

use super::paging::Page;
use super::{iso8601, listeners, placement, tags};
use crate::addresses::{HOSTED_ZONE, SCHEMES, address, dns_name};
use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::security_groups::security_groups;
use crate::wire::{Params, Xml};

const TYPES: &[&str] = &["application", "network", "gateway"];
/// Parameters of other types of load balancer.
const FOREIGN: &[&str] = &["CustomerOwnedIpv4Pool", "EnablePrefixForIpv6SourceNat", "IpamPools"];

/// What a caller asks for.
struct Wish {
    name: LoadBalancerName,
    scheme: Scheme,
    ip_address_type: IpAddressType,
    placements: Vec<ZonePlacement>,
    security_groups: Vec<String>,
    tags: Tags,
}

/// `CreateLoadBalancer`
pub(crate) fn create(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let (wish, mut changes) = wish(call, params)?;
    let balancer = match call.load_balancers().find(|it| it.arn.name == wish.name) {
        Some(existing) if existing_is(existing, &wish) => {
            changes.clear();
            Arc::clone(existing)
        }
        Some(_) => {
            return Err(Error::new(
                Code::DuplicateLoadBalancerName,
                format!(
                    "A load balancer with the same name '{}' exists, but with different settings",
                    wish.name
                ),
            ));
        }
        None => {
            let balancer = Arc::new(build(call, wish)?);
            changes.push(Change::Put(Entity::LoadBalancer(Arc::clone(&balancer))));
            balancer
        }
    };
    let mut xml = Xml::new();
    xml.list("LoadBalancers", [balancer], |xml, balancer| show(xml, &balancer));
    Ok((changes, xml))
}

/// `DescribeLoadBalancers`
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let arns = params.texts("LoadBalancerArns")?.unwrap_or_default();
    let names = params.texts("Names")?.unwrap_or_default();
    params.check_count("LoadBalancerArns", arns.len(), limits::NAMED_AT_ONCE)?;
    params.check_count("Names", names.len(), limits::NAMED_AT_ONCE)?;
    let chosen: Vec<&Arc<LoadBalancer>> = match (arns.is_empty(), names.is_empty()) {
        (true, true) => call.load_balancers().collect(),
        (false, true) => arns.iter().map(|arn| call.load_balancer(arn)).collect::<Result<_, _>>()?,
        (true, false) => names.iter().map(|name| by_name(call, name)).collect::<Result<_, _>>()?,
        // AWS: unknown, we refuse.
        (false, false) => {
            return Err(Error::validation(
                "Load balancer ARNs and names cannot be specified in the same request",
            ));
        }
    };
    let mut page = chosen;
    page.sort_by_key(|balancer| balancer.arn.key);
    page.dedup_by_key(|balancer| balancer.arn.key);
    let page = Page::cut(params, page, |balancer| balancer.arn.name.to_string())?;
    Ok(page.show("LoadBalancers", |xml, balancer| show(xml, balancer)))
}

/// `DeleteLoadBalancer`: its listeners and their rules go with it, target groups stay. One that is gone already is no
/// error; one that is a target stays, see [`super::layers`].
pub(crate) fn delete(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let text = params.required("LoadBalancerArn")?;
    let Some(balancer) = call.seek_load_balancer(text)? else { return Ok((Vec::new(), Xml::new())) };
    if balancer.attributes.flag(attribute::DELETION_PROTECTION) {
        return Err(Error::new(
            Code::OperationNotPermitted,
            format!("Load balancer '{text}' cannot be deleted because deletion protection is enabled"),
        ));
    }
    let listeners = call.configuration.listeners_of(balancer.arn.key);
    let mut changes: Vec<Change> =
        listeners.flat_map(|listener| listeners::removals(call, listener)).collect();
    changes.push(Change::Remove(EntityKey::LoadBalancer(balancer.arn.key)));
    Ok((changes, Xml::new()))
}

fn wish(call: &Call<'_>, params: &Params<'_>) -> Result<(Wish, Vec<Change>), Error> {
    let name = LoadBalancerName::parse(params.required("Name")?)?;
    let kind = |text: &str| TYPES.iter().copied().find(|known| *known == text);
    match params.word("Type", TYPES, kind)? {
        None | Some("application") => {}
        Some(other) => {
            return Err(Error::not_here_yet(
                Code::InvalidConfigurationRequest,
                format_args!("A load balancer of type '{other}'"),
            ));
        }
    }
    if let Some(foreign) = FOREIGN.iter().find(|name| params.has(name)) {
        return Err(Error::not_here_yet(
            Code::InvalidConfigurationRequest,
            format_args!("The parameter {foreign}"),
        ));
    }
    let scheme = params.word("Scheme", SCHEMES, Scheme::parse)?.unwrap_or(Scheme::InternetFacing);
    let ip_address_type = placement::ip_address_type(params, scheme)?.unwrap_or(IpAddressType::Ipv4);
    let security_groups = security_groups(params)?.unwrap_or_default();
    let tags = tags::read(params)?;
    let (placements, changes) = placement::place(call, params)?;
    Ok((Wish { name, scheme, ip_address_type, placements, security_groups, tags }, changes))
}

/// Whether creating again asks for what is there. AWS: unknown whether tags count, we let them pass, because a client
/// that retries after a lost answer must succeed even if somebody tagged the load balancer meanwhile.
fn existing_is(existing: &LoadBalancer, wish: &Wish) -> bool {
    let subnets = |placements: &[ZonePlacement]| -> BTreeSet<_> {
        placements.iter().map(|placement| placement.subnet.clone()).collect()
    };
    let groups = |groups: &[String]| -> BTreeSet<String> { groups.iter().cloned().collect() };
    existing.scheme == wish.scheme
        && existing.ip_address_type == wish.ip_address_type
        && subnets(&existing.zones) == subnets(&wish.placements)
        && groups(&existing.security_groups) == groups(&wish.security_groups)
}

fn build(call: &Call<'_>, wish: Wish) -> Result<LoadBalancer, Error> {
    if call.load_balancers().count() >= limits::LOAD_BALANCERS {
        return Err(Error::new(
            Code::TooManyLoadBalancers,
            format!("There cannot be more than {} load balancers", limits::LOAD_BALANCERS),
        ));
    }
    let Wish { name, scheme, ip_address_type, placements, security_groups, tags } = wish;
    let key = LoadBalancerKey::new(call.random());
    Ok(LoadBalancer {
        dns_name: dns_name(&name, key, scheme, &call.scope.region),
        arn: LoadBalancerArn { scope: call.scope.clone(), name, key, kind: LoadBalancerKind::Application },
        created: call.now,
        scheme,
        ip_address_type,
        vpc: call.settings.vpc.clone(),
        zones: placements,
        security_groups,
        address: address(call)?,
        attributes: attributes(scheme),
        tags,
    })
}

/// At their defaults, of which one goes by the scheme (facts, section 7.1).
fn attributes(scheme: Scheme) -> Attributes {
    let mut attributes = Attributes::new(attribute::TABLE);
    if scheme == Scheme::Internal {
        let set = attributes.set(attribute::DENY_GATEWAYS, "true");
        debug_assert_eq!(set, Ok(()), "a flag that is in the table");
    }
    attributes
}

fn by_name<'a>(call: &Call<'a>, name: &str) -> Result<&'a Arc<LoadBalancer>, Error> {
    call.load_balancers()
        .find(|balancer| balancer.arn.name.as_str() == name)
        .ok_or_else(|| Error::new(Code::LoadBalancerNotFound, format!("Load balancers '[{name}]' not found")))
}

fn show(xml: &mut Xml, balancer: &LoadBalancer) {
    xml.text("LoadBalancerArn", &balancer.arn);
    xml.text("DNSName", &balancer.dns_name);
    xml.text("CanonicalHostedZoneId", HOSTED_ZONE);
    xml.text("CreatedTime", iso8601(balancer.created));
    xml.text("LoadBalancerName", &balancer.arn.name);
    xml.text("Scheme", balancer.scheme.as_str());
    xml.text("VpcId", &balancer.vpc);
    xml.element("State", |xml| xml.text("Code", "active"));
    xml.text("Type", "application");
    placement::show_zones(xml, &balancer.zones, balancer.address);
    xml.texts("SecurityGroups", &balancer.security_groups);
    xml.text("IpAddressType", balancer.ip_address_type.as_str());
}
