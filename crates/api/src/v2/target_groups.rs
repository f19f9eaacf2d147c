//! Target groups: creating, describing, modifying, deleting.

use std::sync::Arc;

use elbow_model::attribute::target_group as attribute;
use elbow_model::key::TargetGroupKey;
use elbow_model::{
    Attributes, Change, Entity, EntityKey, GroupPolicies, HealthCheck, Port, Protocol, ProtocolVersion,
    TargetGroup, TargetGroupArn, TargetGroupName, TargetType, limits,
};

use super::paging::Page;
use super::usage::{self, Usage};
use super::{health_checks, tags};
use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

/// Every protocol of AWS, for messages; ours are HTTP and HTTPS.
pub(super) const PROTOCOLS: &[&str] =
    &["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC"];
const TARGET_TYPES: &[&str] = &["instance", "ip", "lambda", "alb"];
const VPC_CHARS: usize = 64;

/// `CreateTargetGroup`
pub(crate) fn create(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let wish = build(call, params)?;
    let (changes, group) = match call.target_groups().find(|it| it.arn.name == wish.arn.name) {
        Some(existing) if existing_is(existing, &wish) => (Vec::new(), Arc::clone(existing)),
        Some(_) => {
            return Err(Error::new(
                Code::DuplicateTargetGroupName,
                format!(
                    "A target group with the same name '{}' exists, but with different settings",
                    wish.arn.name
                ),
            ));
        }
        None => {
            check_count(call)?;
            let group = Arc::new(wish);
            (vec![Change::Put(Entity::TargetGroup(Arc::clone(&group)))], group)
        }
    };
    Ok((changes, show_one(call, &group)))
}

/// `DescribeTargetGroups`
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let arns = params.texts("TargetGroupArns")?.unwrap_or_default();
    let names = params.texts("Names")?.unwrap_or_default();
    let balancer = params.text("LoadBalancerArn").map(|arn| call.load_balancer(arn)).transpose()?;
    let mut groups: Vec<&Arc<TargetGroup>> = match (balancer, arns.is_empty(), names.is_empty()) {
        (None, true, true) => call.target_groups().collect(),
        (None, false, true) => arns.iter().map(|arn| call.target_group(arn)).collect::<Result<_, _>>()?,
        (None, true, false) => names.iter().map(|name| by_name(call, name)).collect::<Result<_, _>>()?,
        (Some(balancer), true, true) => {
            let keys = usage::target_groups_of(call.configuration, balancer.arn.key);
            call.target_groups().filter(|group| keys.contains(&group.arn.key)).collect()
        }
        // AWS: unknown, we refuse.
        _ => {
            return Err(Error::validation(
                "Only one of load balancer ARN, target group ARNs and target group names can be specified",
            ));
        }
    };
    groups.sort_by_key(|group| group.arn.key);
    groups.dedup_by_key(|group| group.arn.key);
    let page = Page::cut(params, groups, |group| group.arn.name.to_string())?;
    let usage = Usage::of(call.configuration);
    Ok(page.show("TargetGroups", |xml, group| show(xml, group, &usage)))
}

/// `ModifyTargetGroup`
pub(crate) fn modify(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut group = Call::copy(call.target_group_of(params)?);
    health_checks::apply(params, group.target_type, &mut group.health_check)?;
    let group = Arc::new(group);
    let xml = show_one(call, &group);
    Ok((vec![Change::Put(Entity::TargetGroup(group))], xml))
}

/// `DeleteTargetGroup`: its targets go with it. One that is gone already is no error.
pub(crate) fn delete(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let text = params.required("TargetGroupArn")?;
    let Some(group) = call.seek_target_group(text)? else { return Ok((Vec::new(), Xml::new())) };
    let key = group.arn.key;
    if usage::in_use(call.configuration, key) {
        return Err(Error::new(
            Code::ResourceInUse,
            format!("The target group '{text}' is currently in use by a listener or a rule"),
        ));
    }
    let targets = call.configuration.targets_of(key);
    let mut changes: Vec<Change> =
        targets.map(|target| Change::Remove(EntityKey::Target(key, target.key))).collect();
    changes.push(Change::Remove(EntityKey::TargetGroup(key)));
    Ok((changes, Xml::new()))
}

fn build(call: &Call<'_>, params: &Params<'_>) -> Result<TargetGroup, Error> {
    let name = TargetGroupName::parse(params.required("Name")?)?;
    let target_type = target_type(params)?;
    let protocol = protocol(params)?;
    let protocol_version = protocol_version(params)?;
    let port = params.number("Port", 1, u16::MAX)?.and_then(Port::new);
    let port = port.ok_or_else(|| Error::validation("A port must be specified"))?;
    check_unsupported(params)?;
    let mut health_check = HealthCheck::default_of(protocol_version);
    health_checks::apply(params, target_type, &mut health_check)?;
    let key = TargetGroupKey::new(call.random());
    let group = TargetGroup {
        arn: TargetGroupArn { scope: call.scope.clone(), name, key },
        created: call.now,
        target_type,
        protocol,
        protocol_version,
        port,
        vpc: vpc(call, params)?,
        health_check,
        attributes: Attributes::new(attribute::TABLE),
        policies: GroupPolicies::default(),
        tags: tags::read(params)?,
    };
    group.check_version().map_err(|it| Error::new(Code::InvalidConfigurationRequest, it.message()))?;
    Ok(group)
}

/// Whether creating again asks for what is there. Tags and attributes do not count, as for load balancers.
fn existing_is(existing: &TargetGroup, wish: &TargetGroup) -> bool {
    existing.target_type == wish.target_type
        && existing.protocol == wish.protocol
        && existing.protocol_version == wish.protocol_version
        && existing.port == wish.port
        && existing.vpc == wish.vpc
        && existing.health_check == wish.health_check
}

fn check_count(call: &Call<'_>) -> Result<(), Error> {
    if call.target_groups().count() < limits::TARGET_GROUPS {
        return Ok(());
    }
    let message = format!("There cannot be more than {} target groups", limits::TARGET_GROUPS);
    Err(Error::new(Code::TooManyTargetGroups, message))
}

fn target_type(params: &Params<'_>) -> Result<TargetType, Error> {
    let word = |text: &str| TARGET_TYPES.iter().copied().find(|known| *known == text);
    match params.word("TargetType", TARGET_TYPES, word)? {
        None | Some("instance") => Ok(TargetType::Instance),
        Some("ip") => Ok(TargetType::Ip),
        // AWS: a group of load balancers has the protocol TCP and belongs to a Network Load Balancer. Here it has HTTP
        // and belongs to any load balancer, so that layers can be built.
        Some("alb") => Ok(TargetType::Alb),
        Some(other) => Err(not_yet(format_args!("The target type '{other}'"))),
    }
}

fn protocol(params: &Params<'_>) -> Result<Protocol, Error> {
    let word = |text: &str| PROTOCOLS.iter().copied().find(|known| *known == text);
    match params.word("Protocol", PROTOCOLS, word)? {
        None => Err(Error::validation("A protocol must be specified")),
        Some("HTTP") => Ok(Protocol::Http),
        Some("HTTPS") => Ok(Protocol::Https),
        Some(other) => Err(not_yet(format_args!("A target group with the protocol {other}"))),
    }
}

fn protocol_version(params: &Params<'_>) -> Result<ProtocolVersion, Error> {
    let names = ProtocolVersion::ALL.map(ProtocolVersion::as_str);
    let word = |text: &str| ProtocolVersion::ALL.into_iter().find(|known| known.as_str() == text);
    Ok(params.word("ProtocolVersion", &names, word)?.unwrap_or(ProtocolVersion::Http1))
}

fn check_unsupported(params: &Params<'_>) -> Result<(), Error> {
    if params.has("TargetControlPort") {
        return Err(not_yet(format_args!("The parameter TargetControlPort")));
    }
    // A group of Elbow takes addresses of both kinds; what is missing is the kind of those of instances.
    let kinds = ["ipv4", "ipv6"];
    match params.word("IpAddressType", &kinds, |text| kinds.into_iter().find(|known| *known == text))? {
        Some("ipv6") => Err(not_yet(format_args!("A target group with the IP address type ipv6"))),
        _ => Ok(()),
    }
}

/// AWS: required. Elbow has no networks of its own, so a group that names none is shown in that of the settings.
fn vpc(call: &Call<'_>, params: &Params<'_>) -> Result<String, Error> {
    let Some(text) = params.text("VpcId") else { return Ok(call.settings.vpc.clone()) };
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let plain = text.strip_prefix("vpc-").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(allowed));
    if !plain || text.len() > VPC_CHARS {
        return Err(Error::validation(format!("The VPC ID '{text}' is not found")));
    }
    Ok(text.to_owned())
}

fn not_yet(what: std::fmt::Arguments<'_>) -> Error {
    Error::not_here_yet(Code::InvalidConfigurationRequest, what)
}

fn by_name<'a>(call: &Call<'a>, name: &str) -> Result<&'a Arc<TargetGroup>, Error> {
    let found = call.target_groups().find(|group| group.arn.name.as_str() == name);
    found.ok_or_else(super::find::no_target_group)
}

fn show_one(call: &Call<'_>, group: &TargetGroup) -> Xml {
    let mut xml = Xml::new();
    let usage = Usage::of(call.configuration);
    xml.list("TargetGroups", [group], |xml, group| show(xml, group, &usage));
    xml
}

fn show(xml: &mut Xml, group: &TargetGroup, usage: &Usage<'_>) {
    xml.text("TargetGroupArn", &group.arn);
    xml.text("TargetGroupName", &group.arn.name);
    xml.text("Protocol", group.protocol);
    xml.text("Port", group.port);
    xml.text("VpcId", &group.vpc);
    health_checks::show(xml, &group.health_check);
    xml.texts("LoadBalancerArns", usage.load_balancers(group.arn.key));
    xml.text("TargetType", group.target_type.as_str());
    xml.text("ProtocolVersion", group.protocol_version.as_str());
    xml.text("IpAddressType", "ipv4");
}
