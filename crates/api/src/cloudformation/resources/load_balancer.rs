//! `AWS::ElasticLoadBalancingV2::LoadBalancer`: an Application Load Balancer.

use elbow_model::{Arn, Change as Step, Entity, attribute};

use super::super::fields::Fields;
use super::super::needs::Pause;
use super::super::stage::Stage;
use super::super::template::value::{Map, Value};
use super::parts::{Attributes, tags, texts};
use super::shape::{PAIR, Shape, TAGS, fixed, mutable};
use super::{Change, Kind, Naming, exists};
use crate::actions::Version;
use crate::addresses::HOSTED_ZONE;
use crate::security_groups::DEFAULT_GROUP;

pub(super) static KIND: Kind = Kind {
    name: "AWS::ElasticLoadBalancingV2::LoadBalancer",
    properties: &[
        mutable("IpAddressType", Shape::Text),
        mutable("LoadBalancerAttributes", Shape::List(PAIR)),
        fixed("Name", Shape::Text),
        fixed("Scheme", Shape::Text),
        mutable("SecurityGroups", Shape::Texts),
        mutable("SubnetMappings", Shape::List(MAPPING)),
        mutable("Subnets", Shape::Texts),
        mutable("Tags", TAGS),
        fixed("Type", Shape::Text),
    ],
    required: &[],
    naming: "Name",
    attributes: &[
        "CanonicalHostedZoneID",
        "DNSName",
        "LoadBalancerArn",
        "LoadBalancerFullName",
        "LoadBalancerName",
        "SecurityGroups",
    ],
    create,
    update,
    delete,
    is_there,
    attribute,
};

const MAPPING: &[(&str, Shape)] = &[
    ("AllocationId", Shape::Text),
    ("IPv6Address", Shape::Text),
    ("PrivateIPv4Address", Shape::Text),
    ("SourceNatIpv6Prefix", Shape::Text),
    ("SubnetId", Shape::Text),
];
const ATTRIBUTES: Attributes = Attributes {
    action: "ModifyLoadBalancerAttributes",
    of: "LoadBalancerArn",
    property: "LoadBalancerAttributes",
    table: attribute::load_balancer::TABLE,
};
/// Properties whose parameters have the same names.
const SAME: &[&str] =
    &["IpAddressType", "Scheme", "SecurityGroups", "SubnetMappings", "Subnets", "Tags", "Type"];

fn create(stage: &mut Stage<'_>, naming: &Naming<'_>, new: &Map) -> Result<String, Pause> {
    let name = naming.name_or(stage, new.get("Name"));
    let fields = Fields::default().with("Name", &name).with_some(new, SAME);
    let changes = stage.perform(Version::V2, "CreateLoadBalancer", fields)?;
    let made = changes.iter().find_map(|change| match change {
        Step::Put(Entity::LoadBalancer(it)) => Some(it.arn.to_string()),
        _ => None,
    });
    let arn = made.ok_or_else(|| exists(&name))?;
    ATTRIBUTES.apply(stage, &arn, &Change { old: &Map::new(), new })?;
    Ok(arn)
}

fn update(stage: &mut Stage<'_>, arn: &str, change: &Change<'_>) -> Result<(), Pause> {
    let fields = || Fields::default().with("LoadBalancerArn", arn);
    if change.is_other("Subnets") || change.is_other("SubnetMappings") {
        let fields = fields().with_some(change.new, &["IpAddressType", "SubnetMappings", "Subnets"]);
        stage.perform(Version::V2, "SetSubnets", fields)?;
    }
    if change.is_other("IpAddressType") {
        let kind = change.new.get("IpAddressType").and_then(Value::as_text).unwrap_or("ipv4");
        stage.perform(Version::V2, "SetIpAddressType", fields().with("IpAddressType", kind))?;
    }
    if change.is_other("SecurityGroups") {
        let groups = match texts(change.new, "SecurityGroups") {
            none if none.is_empty() => vec![DEFAULT_GROUP],
            groups => groups,
        };
        let fields = fields().with_texts("SecurityGroups", groups);
        stage.perform(Version::V2, "SetSecurityGroups", fields)?;
    }
    ATTRIBUTES.apply(stage, arn, change)?;
    tags(stage, arn, change)
}

fn delete(stage: &mut Stage<'_>, arn: &str, _: &Map) -> Result<(), Pause> {
    stage.perform(Version::V2, "DeleteLoadBalancer", Fields::default().with("LoadBalancerArn", arn)).map(drop)
}

fn is_there(stage: &Stage<'_>, id: &str, _: &Map) -> bool {
    matches!(Arn::parse(id), Some(Arn::LoadBalancer(arn)) if stage.configuration().load_balancers.contains_key(&arn.key))
}

fn attribute(stage: &Stage<'_>, id: &str, name: &str) -> Option<Value> {
    let Some(Arn::LoadBalancer(arn)) = Arn::parse(id) else { return None };
    let balancer = stage.configuration().load_balancers.get(&arn.key)?;
    match name {
        "LoadBalancerArn" => Some(Value::text(id)),
        "LoadBalancerName" => Some(Value::text(balancer.arn.name.to_string())),
        "LoadBalancerFullName" => {
            Some(Value::text(format!("app/{}/{}", balancer.arn.name, balancer.arn.key)))
        }
        "DNSName" => Some(Value::text(&balancer.dns_name)),
        "CanonicalHostedZoneID" => Some(Value::text(HOSTED_ZONE)),
        "SecurityGroups" => Some(Value::List(balancer.security_groups.iter().map(Value::text).collect())),
        _ => None,
    }
}
