//! What a template comes to in one deployment: its functions see what was made so far.

use std::collections::BTreeMap;

use elbow_model::{StackArn, StackOutput, StackResource, Tags};

use super::request::Wanted;
use super::resources::{self, Kind};
use super::stage::Stage;
use super::template::functions::{Functions, Given, Resources, SoFar};
use super::template::references::{names_resource, resources_named};
use super::template::value::{Map, Value};
use super::template::{Resource, Template};
use crate::call::Call;
use crate::error::Error;

/// Longest value of an output, in bytes.
const OUTPUT_BYTES: usize = 16 << 10;

/// What functions see of the resources that were made.
pub(super) struct View<'a, 'b> {
    pub(super) stage: &'b Stage<'a>,
    pub(super) made: &'b [StackResource],
}

impl Resources for View<'_, '_> {
    fn reference(&self, logical_id: &str) -> Option<String> {
        self.made.iter().find(|it| it.logical_id == logical_id).map(|it| it.physical_id.clone())
    }

    fn attribute(&self, logical_id: &str, name: &str) -> Result<Option<Value>, Error> {
        match self.made.iter().find(|it| it.logical_id == logical_id) {
            Some(resource) => resources::find(&resource.kind)?.attribute(self.stage, resource, name),
            None => Ok(None),
        }
    }
}

/// What is known before there is any resource.
pub(super) fn given<'b>(call: &Call<'_>, arn: &StackArn, wanted: &'b Wanted) -> Given<'b> {
    Given {
        template: &wanted.template,
        parameters: &wanted.source.parameters,
        pseudo: [
            ("AWS::AccountId", call.scope.account.as_str().to_owned()),
            ("AWS::Partition", "aws".to_owned()),
            ("AWS::Region", call.scope.region.as_str().to_owned()),
            ("AWS::StackId", arn.to_string()),
            ("AWS::StackName", arn.name.to_string()),
            ("AWS::URLSuffix", "amazonaws.com".to_owned()),
        ]
        .into(),
        zones: call.settings.zones_of(&call.scope.region),
        so_far: SoFar::default(),
    }
}

/// Evaluates whatever needs no resource, before anything is made: AWS refuses the call for what is wrong there.
///
/// # Errors
/// A function cannot have a value, or something is named that is not there under these conditions.
pub(super) fn preflight(call: &Call<'_>, arn: &StackArn, wanted: &Wanted) -> Result<(), Error> {
    let given = given(call, arn, wanted);
    let functions = Functions::new(&given, &Nothing);
    let Template { conditions, resources, outputs, .. } = &wanted.template;
    conditions.keys().try_for_each(|name| functions.is_there(Some(name)).map(drop))?;
    for resource in resources.values() {
        if functions.is_there(resource.condition.as_ref())? {
            resource.properties.values().try_for_each(|it| settle(&functions, &wanted.template, it))?;
        }
    }
    for output in outputs.values() {
        if functions.is_there(output.condition.as_ref())? {
            settle(&functions, &wanted.template, &output.value)?;
        }
    }
    Ok(())
}

/// Evaluates the parts of a value that need no resource.
fn settle(functions: &Functions<'_>, template: &Template, value: &Value) -> Result<(), Error> {
    if !names_resource(template, value) {
        return functions.value(value).map(drop);
    }
    let inner = |it: &Value| settle(functions, template, it);
    match (value.as_only_entry(), value) {
        // What is not chosen is not evaluated.
        (Some(("Fn::If", Value::List(list))), _) => match list.as_slice() {
            [Value::Text(condition), yes, no] => {
                inner(if functions.is_there(Some(condition))? { yes } else { no })
            }
            _ => Ok(()),
        },
        (Some(("Ref" | "Fn::GetAtt" | "Fn::Sub", argument)), _) => {
            for (id, resource) in resources_named(template, value) {
                if !functions.is_there(resource.condition.as_ref())? {
                    return Err(Error::validation(format!(
                        "Template format error: Unresolved resource dependencies [{id}] in the Resources block of the \
                         template: its condition does not hold"
                    )));
                }
            }
            argument.as_list().unwrap_or_default().iter().try_for_each(inner)
        }
        (_, Value::Text(_)) => Ok(()),
        (_, Value::List(list)) => list.iter().try_for_each(inner),
        (_, Value::Map(map)) => map.values().try_for_each(inner),
    }
}

/// There is no resource yet.
struct Nothing;

impl Resources for Nothing {
    fn reference(&self, _: &str) -> Option<String> {
        None
    }

    fn attribute(&self, _: &str, _: &str) -> Result<Option<Value>, Error> {
        Ok(None)
    }
}

/// The type and the properties of a resource; `None` if its condition does not hold.
pub(super) fn properties(
    functions: &Functions<'_>,
    declared: &Resource,
    tags: &Tags,
) -> Result<Option<(&'static Kind, Map)>, Error> {
    if !functions.is_there(declared.condition.as_ref())? {
        return Ok(None);
    }
    let kind = resources::find(&declared.kind)?;
    let mut properties = functions.map(&declared.properties)?;
    if kind.has_tags() {
        add_tags(&mut properties, tags);
    }
    kind.check(&properties)?;
    Ok(Some((kind, properties)))
}

/// What a template tells.
pub(super) fn outputs(
    functions: &Functions<'_>,
    template: &Template,
) -> Result<BTreeMap<String, StackOutput>, Error> {
    let mut outputs = BTreeMap::new();
    for (name, output) in &template.outputs {
        if functions.is_there(output.condition.as_ref())? {
            let value = functions.text(&output.value, "an output")?;
            if value.len() > OUTPUT_BYTES {
                let message = format!("The output {name} must have at most {OUTPUT_BYTES} bytes");
                return Err(Error::validation(message));
            }
            outputs.insert(name.clone(), StackOutput { value, description: output.description.clone() });
        }
    }
    Ok(outputs)
}

/// Tags of the stack, but for those that the resource has itself.
fn add_tags(properties: &mut Map, tags: &Tags) {
    let own = properties.get("Tags").and_then(Value::as_list).unwrap_or_default();
    let mut list = own.to_vec();
    for (key, value) in tags.iter() {
        let is_own =
            |tag: &Value| tag.as_map().and_then(|it| it.get("Key")).and_then(Value::as_text) == Some(key);
        if !list.iter().any(is_own) {
            let pair = [("Key".to_owned(), Value::text(key)), ("Value".to_owned(), Value::text(value))];
            list.push(Value::Map(pair.into()));
        }
    }
    if list.is_empty() {
        properties.remove("Tags");
    } else {
        properties.insert("Tags".to_owned(), Value::List(list));
    }
}
