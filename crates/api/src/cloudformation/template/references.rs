//! What names what: the order in which resources are made.

use std::collections::{BTreeMap, BTreeSet};

use super::functions::{PSEUDO_PARAMETERS, placeholders};
use super::value::Value;
use super::{Resource, Template, format_error};
use crate::error::Error;

/// A logical id, and the name of an attribute.
pub(crate) type Attribute = (String, String);

/// The logical ids of all resources, each after those that it names or depends on, and the attributes that are asked for.
///
/// # Errors
/// Something that is named is not there, or resources need each other in a circle.
pub(super) fn order(template: &Template) -> Result<(Vec<String>, BTreeSet<Attribute>), Error> {
    conditions_name_parameters(template)?;
    let mut attributes = BTreeSet::new();
    let mut needs: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut unknown = BTreeSet::new();
    for (id, resource) in &template.resources {
        let mut named = Named::default();
        resource.properties.values().for_each(|value| named.of(value));
        let depends_on = resource.depends_on.iter().map(String::as_str);
        let all = named.names.iter().map(String::as_str).chain(depends_on);
        for name in all.filter(|name| !is_given(template, name)) {
            match template.resources.get_key_value(name) {
                Some((needed, _)) => drop(needs.entry(id).or_default().insert(needed)),
                None => drop(unknown.insert(name.to_owned())),
            }
        }
        conditions_are_there(template, named.conditions.iter().chain(&resource.condition))?;
        attributes.append(&mut named.attributes);
    }
    for output in template.outputs.values() {
        let mut named = Named::default();
        named.of(&output.value);
        let is_there = |name: &&String| is_given(template, name) || template.resources.contains_key(*name);
        unknown.extend(named.names.iter().filter(|name| !is_there(name)).cloned());
        conditions_are_there(template, named.conditions.iter().chain(&output.condition))?;
        attributes.append(&mut named.attributes);
    }
    if !unknown.is_empty() {
        let unknown: Vec<String> = unknown.into_iter().collect();
        let message = format!(
            "Unresolved resource dependencies [{}] in the Resources block of the template",
            unknown.join(", ")
        );
        return Err(format_error(message));
    }
    Ok((sorted(template, &needs)?, attributes))
}

/// Whether a value names a resource of the template.
pub(crate) fn names_resource(template: &Template, value: &Value) -> bool {
    resources_named(template, value).next().is_some()
}

/// The resources of the template that a value names.
pub(crate) fn resources_named<'a>(
    template: &'a Template,
    value: &Value,
) -> impl Iterator<Item = (&'a String, &'a Resource)> {
    let mut named = Named::default();
    named.of(value);
    named.names.into_iter().filter_map(|name| template.resources.get_key_value(&name))
}

/// Conditions are evaluated before there is any resource.
fn conditions_name_parameters(template: &Template) -> Result<(), Error> {
    let mut named = Named::default();
    template.conditions.values().for_each(|condition| named.of(condition));
    conditions_are_there(template, named.conditions.iter())?;
    let unknown: Vec<&str> =
        named.names.iter().map(String::as_str).filter(|name| !is_given(template, name)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let message = format!(
        "Unresolved dependencies [{}]. Cannot reference resources in the Conditions block of the template",
        unknown.join(", ")
    );
    Err(format_error(message))
}

fn is_given(template: &Template, name: &str) -> bool {
    template.parameters.contains_key(name) || PSEUDO_PARAMETERS.contains(&name)
}

fn conditions_are_there<'a>(
    template: &Template,
    names: impl Iterator<Item = &'a String>,
) -> Result<(), Error> {
    match names.into_iter().find(|name| !template.conditions.contains_key(*name)) {
        Some(missing) => Err(format_error(format!("Unresolved condition dependency {missing}"))),
        None => Ok(()),
    }
}

/// Takes again and again what needs nothing more.
fn sorted(template: &Template, needs: &BTreeMap<&str, BTreeSet<&str>>) -> Result<Vec<String>, Error> {
    let mut order: Vec<String> = Vec::new();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    while order.len() < template.resources.len() {
        let ready: Vec<&str> = template
            .resources
            .keys()
            .map(String::as_str)
            .filter(|id| !done.contains(id) && needs.get(id).is_none_or(|needs| needs.is_subset(&done)))
            .collect();
        if ready.is_empty() {
            let rest: Vec<&str> =
                template.resources.keys().map(String::as_str).filter(|id| !done.contains(id)).collect();
            let message = format!("Circular dependency between resources: [{}]", rest.join(", "));
            return Err(Error::validation(message));
        }
        done.extend(&ready);
        order.extend(ready.into_iter().map(str::to_owned));
    }
    Ok(order)
}

/// What a value names.
#[derive(Default)]
struct Named {
    /// Parameters and resources.
    names: BTreeSet<String>,
    /// Attributes, with their resources.
    attributes: BTreeSet<Attribute>,
    conditions: BTreeSet<String>,
}

impl Named {
    fn of(&mut self, value: &Value) {
        match (value.as_only_entry(), value) {
            (Some(("Ref", Value::Text(name))), _) => drop(self.names.insert(name.clone())),
            (Some(("Condition", Value::Text(name))), _) => drop(self.conditions.insert(name.clone())),
            (Some(("Fn::GetAtt", Value::Text(name))), _) => self.attribute(name),
            (Some(("Fn::GetAtt", Value::List(list))), _) => match list.as_slice() {
                [Value::Text(resource), Value::Text(name)] => self.attribute(&format!("{resource}.{name}")),
                list => {
                    list.first().and_then(Value::as_text).into_iter().for_each(|name| self.attribute(name));
                    list.iter().skip(1).for_each(|it| self.of(it));
                }
            },
            (Some(("Fn::Sub", Value::Text(text))), _) => self.placeholders(text, None),
            (Some(("Fn::Sub", Value::List(list))), _) => {
                let own = list.get(1);
                list.first()
                    .and_then(Value::as_text)
                    .into_iter()
                    .for_each(|text| self.placeholders(text, own));
                list.iter().skip(1).for_each(|it| self.of(it));
            }
            (Some(("Fn::If", Value::List(list))), _) => {
                self.conditions.extend(list.first().and_then(Value::as_text).map(str::to_owned));
                list.iter().skip(1).for_each(|it| self.of(it));
            }
            (_, Value::Text(_)) => {}
            (_, Value::List(list)) => list.iter().for_each(|it| self.of(it)),
            (_, Value::Map(map)) => map.values().for_each(|it| self.of(it)),
        }
    }

    fn attribute(&mut self, name: &str) {
        let (resource, attribute) = name.split_once('.').unwrap_or((name, ""));
        self.names.insert(resource.to_owned());
        if !attribute.is_empty() {
            self.attributes.insert((resource.to_owned(), attribute.to_owned()));
        }
    }

    fn placeholders(&mut self, text: &str, own: Option<&Value>) {
        let own = own.and_then(Value::as_map);
        let is_own = |name: &str| own.is_some_and(|map| map.contains_key(name));
        for name in placeholders(text).filter(|name| !is_own(name)) {
            self.attribute(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_comes_first() {
        let template = Template::parse(
            "Resources:\n  A: {Type: X, Properties: {P: !Sub '${C.Arn}-${own}-${!not}'}}\n  \
             B: {Type: X, DependsOn: A}\n  C: {Type: X, Properties: {P: !Join ['', [!Ref D]]}}\n  D: {Type: X}\n\
             Parameters: {own: {Type: String}}\n",
        )
        .unwrap();
        assert_eq!(template.order, ["D", "C", "A", "B"]);
    }

    #[test]
    fn circles_and_what_is_not_there_are_refused() {
        for (text, why) in [
            (
                "A: {Type: X, Properties: {P: !Ref B}}\n  B: {Type: X, DependsOn: [A]}",
                "Circular dependency between resources: [A, B]",
            ),
            ("A: {Type: X, Properties: {P: !GetAtt A.B}}", "Circular"),
            ("A: {Type: X, Properties: {P: !GetAtt B.C}}", "[B]"),
            ("A: {Type: X, Properties: {P: !Sub '${Q}'}}", "[Q]"),
            ("A: {Type: X, DependsOn: Z}", "[Z]"),
            ("A: {Type: X, Condition: No}", "condition dependency No"),
            ("A: {Type: X, Properties: {P: !If [No, 1, 2]}}", "condition dependency No"),
        ] {
            let error = Template::parse(&format!("Resources:\n  {text}\n")).unwrap_err();
            assert!(error.message().contains(why), "{text}: {error}");
        }
    }
}
