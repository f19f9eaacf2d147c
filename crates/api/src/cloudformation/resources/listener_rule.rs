//! `AWS::ElasticLoadBalancingV2::ListenerRule`: a rule of a listener.

use elbow_model::{Arn, Change as Step, Entity};

use super::super::fields::Fields;
use super::super::needs::Pause;
use super::super::stage::Stage;
use super::super::template::value::{Map, Value};
use super::parts::{tags, text};
use super::routing::{ACTIONS, CONDITIONS, TRANSFORMS};
use super::shape::{Shape, TAGS, fixed, mutable};
use super::{Change, Kind, Naming, exists};
use crate::actions::Version;

pub(super) static KIND: Kind = Kind {
    name: "AWS::ElasticLoadBalancingV2::ListenerRule",
    properties: &[
        mutable("Actions", ACTIONS),
        mutable("Conditions", CONDITIONS),
        fixed("ListenerArn", Shape::Text),
        mutable("Priority", Shape::Text),
        mutable("Tags", TAGS),
        mutable("Transforms", TRANSFORMS),
    ],
    required: &["Actions", "Conditions", "ListenerArn", "Priority"],
    naming: "",
    attributes: &["IsDefault", "RuleArn"],
    create,
    update,
    delete,
    is_there,
    attribute,
};

fn create(stage: &mut Stage<'_>, naming: &Naming<'_>, new: &Map) -> Result<String, Pause> {
    let names = ["Actions", "Conditions", "ListenerArn", "Priority", "Tags", "Transforms"];
    let changes = stage.perform(Version::V2, "CreateRule", Fields::default().with_some(new, &names))?;
    let made = changes.iter().find_map(|change| match change {
        Step::Put(Entity::Rule(it)) => Some(it.arn.to_string()),
        _ => None,
    });
    made.ok_or_else(|| exists(naming.logical_id))
}

fn update(stage: &mut Stage<'_>, arn: &str, change: &Change<'_>) -> Result<(), Pause> {
    if ["Actions", "Conditions", "Transforms"].into_iter().any(|name| change.is_other(name)) {
        let mut fields =
            Fields::default().with("RuleArn", arn).with_some(change.new, &["Actions", "Conditions"]);
        // Of none, a call says so in a word of its own: an empty list would leave those that are there.
        let has_some = change.new.get("Transforms").and_then(Value::as_list).is_some_and(|it| !it.is_empty());
        fields = match has_some {
            true => fields.with_some(change.new, &["Transforms"]),
            false => fields.with("ResetTransforms", "true"),
        };
        stage.perform(Version::V2, "ModifyRule", fields)?;
    }
    if change.is_other("Priority") {
        let fields = Fields::default()
            .with("RulePriorities.member.1.RuleArn", arn)
            .with("RulePriorities.member.1.Priority", text(change.new, "Priority"));
        stage.perform(Version::V2, "SetRulePriorities", fields)?;
    }
    tags(stage, arn, change)
}

fn delete(stage: &mut Stage<'_>, arn: &str, _: &Map) -> Result<(), Pause> {
    stage.perform(Version::V2, "DeleteRule", Fields::default().with("RuleArn", arn)).map(drop)
}

fn is_there(stage: &Stage<'_>, id: &str, _: &Map) -> bool {
    matches!(Arn::parse(id), Some(Arn::Rule(arn)) if stage.configuration().rules.contains_key(&(arn.listener.key, arn.key)))
}

fn attribute(_: &Stage<'_>, id: &str, name: &str) -> Option<Value> {
    match name {
        "RuleArn" => Some(Value::text(id)),
        "IsDefault" => Some(Value::text("false")),
        _ => None,
    }
}
