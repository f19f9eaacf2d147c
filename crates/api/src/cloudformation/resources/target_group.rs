//! `AWS::ElasticLoadBalancingV2::TargetGroup`: a target group and its targets.

use std::collections::BTreeSet;

use elbow_model::{Arn, Change as Step, Codes, Entity, HealthCheck, attribute};

use super::super::fields::Fields;
use super::super::needs::Pause;
use super::super::stage::Stage;
use super::super::template::value::{Map, Value};
use super::parts::{Attributes, tags};
use super::shape::{PAIR, Shape, TAGS, fixed, mutable};
use super::{Change, Kind, Naming, exists};
use crate::actions::Version;

pub(super) static KIND: Kind = Kind {
    name: "AWS::ElasticLoadBalancingV2::TargetGroup",
    properties: &[
        mutable("HealthCheckEnabled", Shape::Text),
        mutable("HealthCheckIntervalSeconds", Shape::Text),
        mutable("HealthCheckPath", Shape::Text),
        mutable("HealthCheckPort", Shape::Text),
        mutable("HealthCheckProtocol", Shape::Text),
        mutable("HealthCheckTimeoutSeconds", Shape::Text),
        mutable("HealthyThresholdCount", Shape::Text),
        mutable("Matcher", Shape::Map(&[("GrpcCode", Shape::Text), ("HttpCode", Shape::Text)])),
        fixed("Name", Shape::Text),
        fixed("Port", Shape::Text),
        fixed("Protocol", Shape::Text),
        fixed("ProtocolVersion", Shape::Text),
        mutable("Tags", TAGS),
        mutable("TargetGroupAttributes", Shape::List(PAIR)),
        fixed("TargetType", Shape::Text),
        mutable("Targets", Shape::List(TARGET)),
        mutable("UnhealthyThresholdCount", Shape::Text),
        fixed("VpcId", Shape::Text),
    ],
    required: &[],
    naming: "Name",
    attributes: &["LoadBalancerArns", "TargetGroupArn", "TargetGroupFullName", "TargetGroupName"],
    create,
    update,
    delete,
    is_there,
    attribute,
};

const TARGET: &[(&str, Shape)] =
    &[("AvailabilityZone", Shape::Text), ("Id", Shape::Text), ("Port", Shape::Text)];
const ATTRIBUTES: Attributes = Attributes {
    action: "ModifyTargetGroupAttributes",
    of: "TargetGroupArn",
    property: "TargetGroupAttributes",
    table: attribute::target_group::TABLE,
};
/// Properties of the health check, whose parameters have the same names.
const HEALTH_CHECK: &[&str] = &[
    "HealthCheckEnabled",
    "HealthCheckIntervalSeconds",
    "HealthCheckPath",
    "HealthCheckPort",
    "HealthCheckProtocol",
    "HealthCheckTimeoutSeconds",
    "HealthyThresholdCount",
    "Matcher",
    "UnhealthyThresholdCount",
];
/// The others whose parameters have the same names.
const SAME: &[&str] = &["Port", "Protocol", "ProtocolVersion", "Tags", "TargetType", "VpcId"];

fn create(stage: &mut Stage<'_>, naming: &Naming<'_>, new: &Map) -> Result<String, Pause> {
    let name = naming.name_or(stage, new.get("Name"));
    let fields = Fields::default().with("Name", &name).with_some(new, SAME).with_some(new, HEALTH_CHECK);
    let changes = stage.perform(Version::V2, "CreateTargetGroup", fields)?;
    let made = changes.iter().find_map(|change| match change {
        Step::Put(Entity::TargetGroup(it)) => Some(it.arn.to_string()),
        _ => None,
    });
    let arn = made.ok_or_else(|| exists(&name))?;
    let change = Change { old: &Map::new(), new };
    ATTRIBUTES.apply(stage, &arn, &change)?;
    targets(stage, &arn, &change)?;
    Ok(arn)
}

fn update(stage: &mut Stage<'_>, arn: &str, change: &Change<'_>) -> Result<(), Pause> {
    if HEALTH_CHECK.iter().any(|name| change.is_other(name)) {
        let mut fields = Fields::default().with("TargetGroupArn", arn).with_some(change.new, HEALTH_CHECK);
        for (name, parameter, default) in health_check_by_default(stage, arn) {
            if change.is_gone(name) {
                fields = fields.with(parameter, default);
            }
        }
        stage.perform(Version::V2, "ModifyTargetGroup", fields)?;
    }
    ATTRIBUTES.apply(stage, arn, change)?;
    targets(stage, arn, change)?;
    tags(stage, arn, change)
}

/// Properties of the health check with the parameters that they are, and what these are where nothing is said.
fn health_check_by_default(stage: &Stage<'_>, arn: &str) -> Vec<(&'static str, &'static str, String)> {
    let Some(Arn::TargetGroup(arn)) = Arn::parse(arn) else { return Vec::new() };
    let Some(group) = stage.configuration().target_groups.get(&arn.key) else { return Vec::new() };
    let check = HealthCheck::default_of(group.protocol_version);
    let code = match check.matcher.codes() {
        Codes::Http => "Matcher.HttpCode",
        Codes::Grpc => "Matcher.GrpcCode",
    };
    let same = |name| (name, name);
    [
        (same("HealthCheckEnabled"), check.enabled.to_string()),
        (same("HealthCheckIntervalSeconds"), check.interval.as_secs().to_string()),
        (same("HealthCheckPath"), check.path),
        (same("HealthCheckPort"), "traffic-port".to_owned()),
        (same("HealthCheckProtocol"), check.protocol.as_str().to_owned()),
        (same("HealthCheckTimeoutSeconds"), check.timeout.as_secs().to_string()),
        (same("HealthyThresholdCount"), check.healthy_threshold.to_string()),
        (("Matcher", code), check.matcher.as_str().to_owned()),
        (same("UnhealthyThresholdCount"), check.unhealthy_threshold.to_string()),
    ]
    .map(|((name, parameter), default)| (name, parameter, default))
    .into()
}

fn targets(stage: &mut Stage<'_>, arn: &str, change: &Change<'_>) -> Result<(), Pause> {
    let (added, gone) = change.of_list("Targets");
    for (action, list) in [("RegisterTargets", added), ("DeregisterTargets", gone)] {
        if !list.is_empty() {
            let list = Value::List(list.into_iter().cloned().collect());
            let fields = Fields::default().with("TargetGroupArn", arn).with_value("Targets", &list);
            stage.perform(Version::V2, action, fields)?;
        }
    }
    Ok(())
}

fn delete(stage: &mut Stage<'_>, arn: &str, _: &Map) -> Result<(), Pause> {
    stage.perform(Version::V2, "DeleteTargetGroup", Fields::default().with("TargetGroupArn", arn)).map(drop)
}

fn is_there(stage: &Stage<'_>, id: &str, _: &Map) -> bool {
    matches!(Arn::parse(id), Some(Arn::TargetGroup(arn)) if stage.configuration().target_groups.contains_key(&arn.key))
}

fn attribute(stage: &Stage<'_>, id: &str, name: &str) -> Option<Value> {
    let Some(Arn::TargetGroup(arn)) = Arn::parse(id) else { return None };
    let configuration = stage.configuration();
    let group = configuration.target_groups.get(&arn.key)?;
    match name {
        "TargetGroupArn" => Some(Value::text(id)),
        "TargetGroupName" => Some(Value::text(group.arn.name.to_string())),
        "TargetGroupFullName" => {
            Some(Value::text(format!("targetgroup/{}/{}", group.arn.name, group.arn.key)))
        }
        "LoadBalancerArns" => {
            let listeners = configuration.listeners.values().filter(|listener| {
                let mut rules = configuration.rules_of(listener.arn.key);
                listener.default_actions.target_groups().any(|key| key == arn.key)
                    || rules.any(|rule| rule.actions.target_groups().any(|key| key == arn.key))
            });
            let arns: BTreeSet<String> = listeners.map(|it| it.arn.load_balancer.to_string()).collect();
            Some(Value::List(arns.into_iter().map(Value::text).collect()))
        }
        _ => None,
    }
}
