//! `AWS::ElasticLoadBalancing::LoadBalancer`: a Classic Load Balancer with its listeners, policies and instances.

use std::sync::Arc;

use elbow_model::ClassicLoadBalancer;

use super::super::fields::Fields;
use super::super::needs::Pause;
use super::super::stage::Stage;
use super::super::template::value::{Map, Value};
use super::parts::{maps, members, text, texts};
use super::shape::{Shape, TAGS, fixed, lasting, mutable};
use super::{Change, Kind, Naming, classic_policies, exists};
use crate::actions::Version;
use crate::addresses::HOSTED_ZONE;
use crate::security_groups::DEFAULT_GROUP;

pub(super) static KIND: Kind = Kind {
    name: "AWS::ElasticLoadBalancing::LoadBalancer",
    properties: &[
        mutable("AccessLoggingPolicy", Shape::Map(ACCESS_LOG)),
        mutable(
            "AppCookieStickinessPolicy",
            Shape::List(&[("CookieName", Shape::Text), ("PolicyName", Shape::Text)]),
        ),
        lasting("AvailabilityZones", Shape::Texts),
        mutable(
            "ConnectionDrainingPolicy",
            Shape::Map(&[("Enabled", Shape::Text), ("Timeout", Shape::Text)]),
        ),
        mutable("ConnectionSettings", Shape::Map(&[("IdleTimeout", Shape::Text)])),
        mutable("CrossZone", Shape::Text),
        lasting("HealthCheck", Shape::Map(HEALTH_CHECK)),
        mutable("Instances", Shape::Texts),
        mutable("LBCookieStickinessPolicy", Shape::List(BY_DURATION)),
        mutable("Listeners", Shape::List(LISTENER)),
        fixed("LoadBalancerName", Shape::Text),
        mutable("Policies", Shape::List(POLICY)),
        fixed("Scheme", Shape::Text),
        mutable("SecurityGroups", Shape::Texts),
        lasting("Subnets", Shape::Texts),
        mutable("Tags", TAGS),
    ],
    required: &["Listeners"],
    naming: "LoadBalancerName",
    attributes: &["CanonicalHostedZoneName", "CanonicalHostedZoneNameID", "DNSName"],
    create,
    update,
    delete,
    is_there,
    attribute,
};

const ACCESS_LOG: &[(&str, Shape)] = &[
    ("EmitInterval", Shape::Text),
    ("Enabled", Shape::Text),
    ("S3BucketName", Shape::Text),
    ("S3BucketPrefix", Shape::Text),
];
const BY_DURATION: &[(&str, Shape)] = &[("CookieExpirationPeriod", Shape::Text), ("PolicyName", Shape::Text)];
const HEALTH_CHECK: &[(&str, Shape)] = &[
    ("HealthyThreshold", Shape::Text),
    ("Interval", Shape::Text),
    ("Target", Shape::Text),
    ("Timeout", Shape::Text),
    ("UnhealthyThreshold", Shape::Text),
];
const LISTENER: &[(&str, Shape)] = &[
    ("InstancePort", Shape::Text),
    ("InstanceProtocol", Shape::Text),
    ("LoadBalancerPort", Shape::Text),
    ("PolicyNames", Shape::Texts),
    ("Protocol", Shape::Text),
    ("SSLCertificateId", Shape::Text),
];
const POLICY: &[(&str, Shape)] = &[
    ("Attributes", Shape::List(&[("Name", Shape::Text), ("Value", Shape::Text)])),
    ("InstancePorts", Shape::Texts),
    ("LoadBalancerPorts", Shape::Texts),
    ("PolicyName", Shape::Text),
    ("PolicyType", Shape::Text),
];
/// Properties whose parameters have the same names.
const SAME: &[&str] = &["AvailabilityZones", "Scheme", "SecurityGroups", "Subnets"];
/// The parameter that names the load balancer.
pub(super) const NAME: &str = "LoadBalancerName";

fn create(stage: &mut Stage<'_>, naming: &Naming<'_>, new: &Map) -> Result<String, Pause> {
    let name = naming.name_or(stage, new.get(NAME));
    let listeners: Vec<Value> = maps(new, "Listeners").map(classic_policies::without_policies).collect();
    let mut fields = Fields::default()
        .with(NAME, &name)
        .with_some(new, SAME)
        .with_value("Listeners", &Value::List(listeners));
    if !members(new, "Tags").is_empty() {
        fields = fields.with_some(new, &["Tags"]);
    }
    if stage.perform(Version::Classic, "CreateLoadBalancer", fields)?.is_empty() {
        return Err(exists(&name));
    }
    // The listeners are there; the rest is brought from nothing to what is wanted.
    let old = new.get("Listeners").map(|it| ("Listeners".to_owned(), it.clone()));
    let change = Change { old: &Map::from_iter(old), new };
    classic_policies::put_in_force(stage, &name, &change)?;
    settle(stage, &name, &change)?;
    Ok(name)
}

fn update(stage: &mut Stage<'_>, name: &str, change: &Change<'_>) -> Result<(), Pause> {
    zones(stage, name, change)?;
    subnets(stage, name, change)?;
    if change.is_other("SecurityGroups") {
        let groups = match texts(change.new, "SecurityGroups") {
            none if none.is_empty() => vec![DEFAULT_GROUP],
            groups => groups,
        };
        let fields = Fields::default().with(NAME, name).with_texts("SecurityGroups", groups);
        stage.perform(Version::Classic, "ApplySecurityGroupsToLoadBalancer", fields)?;
    }
    if ["Listeners", "Policies", "AppCookieStickinessPolicy", "LBCookieStickinessPolicy"]
        .into_iter()
        .any(|property| change.is_other(property))
    {
        classic_policies::exchange(stage, name, change)?;
    }
    settle(stage, name, change)?;
    tags(stage, name, change)
}

fn delete(stage: &mut Stage<'_>, name: &str, _: &Map) -> Result<(), Pause> {
    stage.perform(Version::Classic, "DeleteLoadBalancer", Fields::default().with(NAME, name)).map(drop)
}

/// First those that are new: a load balancer always has one.
fn zones(stage: &mut Stage<'_>, name: &str, change: &Change<'_>) -> Result<(), Pause> {
    let (added, gone) = change.of_list("AvailabilityZones");
    place(stage, name, "EnableAvailabilityZonesForLoadBalancer", "AvailabilityZones", &added)?;
    place(stage, name, "DisableAvailabilityZonesForLoadBalancer", "AvailabilityZones", &gone)
}

/// First those that go, because a subnet takes the place of another in the same zone only when that has left. A load balancer
/// always has one: where all are others, one of the old ones stays until the new ones that can be attached beside it are.
fn subnets(stage: &mut Stage<'_>, name: &str, change: &Change<'_>) -> Result<(), Pause> {
    let (attach, detach) = ("AttachLoadBalancerToSubnets", "DetachLoadBalancerFromSubnets");
    let (added, gone) = change.of_list("Subnets");
    let all_go = gone.len() == members(change.old, "Subnets").len();
    let (last, first) = gone.split_at(usize::from(all_go).min(gone.len()));
    place(stage, name, detach, "Subnets", first)?;
    let mut later = Vec::new();
    for subnet in added {
        match place(stage, name, attach, "Subnets", &[subnet]) {
            Err(Pause::Refused(_)) if !last.is_empty() => later.push(subnet),
            done => done?,
        }
    }
    place(stage, name, detach, "Subnets", last)?;
    place(stage, name, attach, "Subnets", &later)
}

/// Carries out an action on the members of a list, if there are any.
fn place(
    stage: &mut Stage<'_>,
    name: &str,
    action: &str,
    property: &str,
    list: &[&Value],
) -> Result<(), Pause> {
    if list.is_empty() {
        return Ok(());
    }
    let list = list.iter().filter_map(|it| it.as_text());
    let fields = Fields::default().with(NAME, name).with_texts(property, list);
    stage.perform(Version::Classic, action, fields).map(drop)
}

/// Health check, attributes and instances.
fn settle(stage: &mut Stage<'_>, name: &str, change: &Change<'_>) -> Result<(), Pause> {
    if let Some(check) = change.new.get("HealthCheck").filter(|_| change.is_other("HealthCheck")) {
        let fields = Fields::default().with(NAME, name).with_value("HealthCheck", check);
        stage.perform(Version::Classic, "ConfigureHealthCheck", fields)?;
    }
    attributes(stage, name, change)?;
    let (added, gone) = change.of_list("Instances");
    for (action, list) in
        [("RegisterInstancesWithLoadBalancer", added), ("DeregisterInstancesFromLoadBalancer", gone)]
    {
        if !list.is_empty() {
            let id = |id: &Value| Value::Map([("InstanceId".to_owned(), id.clone())].into());
            let list = Value::List(list.into_iter().map(id).collect());
            let fields = Fields::default().with(NAME, name).with_value("Instances", &list);
            stage.perform(Version::Classic, action, fields)?;
        }
    }
    Ok(())
}

/// What a property does not say is as the API has it for a new load balancer.
fn attributes(stage: &mut Stage<'_>, name: &str, change: &Change<'_>) -> Result<(), Pause> {
    let map = |pairs: &[(&str, &str)]| {
        Value::Map(pairs.iter().map(|(key, value)| ((*key).to_owned(), Value::text(*value))).collect())
    };
    let log: &[_] =
        &[("EmitInterval", "60"), ("Enabled", "false"), ("S3BucketName", ""), ("S3BucketPrefix", "")];
    let parts = [
        ("AccessLoggingPolicy", "AccessLog", log),
        ("ConnectionDrainingPolicy", "ConnectionDraining", &[("Enabled", "false"), ("Timeout", "300")]),
        ("ConnectionSettings", "ConnectionSettings", &[("IdleTimeout", "60")]),
    ];
    let mut list = Map::new();
    for (property, part, defaults) in parts {
        if change.is_other(property) {
            let Value::Map(mut whole) = map(defaults) else { continue };
            whole.extend(change.new.get(property).and_then(Value::as_map).cloned().unwrap_or_default());
            list.insert(part.to_owned(), Value::Map(whole));
        }
    }
    if change.is_other("CrossZone") {
        let enabled = change.new.get("CrossZone").and_then(Value::as_text).unwrap_or("false");
        list.insert("CrossZoneLoadBalancing".to_owned(), map(&[("Enabled", enabled)]));
    }
    if list.is_empty() {
        return Ok(());
    }
    let fields = Fields::default().with(NAME, name).with_value("LoadBalancerAttributes", &Value::Map(list));
    stage.perform(Version::Classic, "ModifyLoadBalancerAttributes", fields).map(drop)
}

fn tags(stage: &mut Stage<'_>, name: &str, change: &Change<'_>) -> Result<(), Pause> {
    let fields = || Fields::default().with_texts("LoadBalancerNames", [name]);
    let gone = change.keys_gone("Tags");
    if !gone.is_empty() {
        let key = |key: &str| Value::Map([("Key".to_owned(), Value::text(key))].into());
        let gone = Value::List(gone.into_iter().map(key).collect());
        stage.perform(Version::Classic, "RemoveTags", fields().with_value("Tags", &gone))?;
    }
    let (added, _) = change.of_list("Tags");
    if !added.is_empty() {
        let added = Value::List(added.into_iter().cloned().collect());
        stage.perform(Version::Classic, "AddTags", fields().with_value("Tags", &added))?;
    }
    Ok(())
}

/// The load balancer with this name, if it is there.
pub(super) fn find<'a>(stage: &'a Stage<'_>, name: &str) -> Option<&'a Arc<ClassicLoadBalancer>> {
    let mut all = stage.configuration().classic_load_balancers.values();
    all.find(|it| it.arn.name.as_str() == name && it.arn.scope == *stage.outer().scope)
}

fn is_there(stage: &Stage<'_>, name: &str, _: &Map) -> bool {
    find(stage, name).is_some()
}

fn attribute(stage: &Stage<'_>, name: &str, attribute: &str) -> Option<Value> {
    let balancer = find(stage, name)?;
    match attribute {
        "DNSName" | "CanonicalHostedZoneName" => Some(Value::text(&balancer.dns_name)),
        "CanonicalHostedZoneNameID" => Some(Value::text(HOSTED_ZONE)),
        _ => None,
    }
}

/// Whether two listeners of a template differ in what cannot be changed.
pub(super) fn is_same_listener(one: &Map, other: &Map) -> bool {
    let of = |map: &Map, name| text(map, name).to_ascii_uppercase();
    let instance = |map: &Map| match of(map, "InstanceProtocol") {
        given if given.is_empty() => of(map, "Protocol"),
        given => given,
    };
    let port = |map: &Map, name| classic_policies::port(text(map, name));
    ["LoadBalancerPort", "InstancePort"].into_iter().all(|name| port(one, name) == port(other, name))
        && of(one, "Protocol") == of(other, "Protocol")
        && instance(one) == instance(other)
}
