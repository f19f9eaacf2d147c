//! The language of templates: what a text declares, and what its functions come to.
//!
//! [`Template::parse`] reads a text as a whole and refuses what it does not know by name; [`parameters`] gives its parameters
//! values, [`functions`] evaluates. Nothing here knows what a resource is.

pub(super) mod functions;
pub(super) mod parameters;
pub(super) mod references;
mod usage;
pub(super) mod value;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};

use elbow_model::ChangedPart;
use elbow_model::limits::TEMPLATE_BYTES;

use crate::error::Error;
use parameters::Declaration;
use value::{Map, Value};

/// Most resources of a template (AWS's quota).
const RESOURCES: usize = 500;
/// Most outputs of a template (AWS's quota).
const OUTPUTS: usize = 200;
/// Most mappings of a template (AWS's quota).
const MAPPINGS: usize = 200;
/// Longest description, in bytes (AWS's quota).
const DESCRIPTION_BYTES: usize = 1_024;
/// Longest logical id, in characters (AWS's quota).
const LOGICAL_ID_CHARS: usize = 255;
/// The only version there is.
const VERSION: &str = "2010-09-09";

/// Sections that are read, or that say nothing to Elbow.
const SECTIONS: &[&str] = &[
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
];
/// What is said of a resource.
const OF_RESOURCE: &[&str] =
    &["Condition", "DeletionPolicy", "DependsOn", "Metadata", "Properties", "Type", "UpdateReplacePolicy"];

/// What is said of a resource beside its properties; a change of one of these is an update, as at AWS.
const ATTRIBUTES: &[ChangedPart] =
    &[ChangedPart::DeletionPolicy, ChangedPart::Metadata, ChangedPart::UpdateReplacePolicy];

/// A template that was read.
#[derive(Debug)]
pub(crate) struct Template {
    /// What it is for.
    pub(crate) description: Option<String>,
    /// Its parameters.
    pub(crate) parameters: BTreeMap<String, Declaration>,
    mappings: Map,
    /// Its conditions.
    pub(crate) conditions: Map,
    /// Its resources, by their logical ids.
    pub(crate) resources: BTreeMap<String, Resource>,
    /// What it tells.
    pub(crate) outputs: BTreeMap<String, Output>,
    /// The logical ids of its resources, each after those it needs.
    pub(crate) order: Vec<String>,
    /// The attributes that it asks for.
    pub(crate) attributes: BTreeSet<references::Attribute>,
}

/// A resource as a template declares it.
#[derive(Debug)]
pub(crate) struct Resource {
    /// Its type.
    pub(crate) kind: String,
    /// Its properties, with functions.
    pub(crate) properties: Map,
    /// The condition under which it is there.
    pub(crate) condition: Option<String>,
    /// Whether it stays when it leaves the stack.
    pub(crate) is_retained: bool,
    /// Whether it stays when another takes its place.
    pub(crate) is_retained_when_replaced: bool,
    /// Those of [`ATTRIBUTES`] that are given.
    attributes: Map,
    depends_on: Vec<String>,
}

impl Resource {
    /// The attributes that are others than they were.
    pub(crate) fn attributes_other_than<'a>(
        &'a self,
        before: &'a Self,
    ) -> impl Iterator<Item = ChangedPart> + 'a {
        let is_other =
            |part: ChangedPart| self.attributes.get(part.as_str()) != before.attributes.get(part.as_str());
        ATTRIBUTES.iter().copied().filter(move |part| is_other(*part))
    }
}

/// An output as a template declares it.
#[derive(Debug)]
pub(crate) struct Output {
    /// What it tells, with functions.
    pub(crate) value: Value,
    /// What it means.
    pub(crate) description: Option<String>,
    /// The condition under which it is there.
    pub(crate) condition: Option<String>,
}

impl Template {
    /// Reads a text in YAML or JSON.
    ///
    /// # Errors
    /// `ValidationError` with what is wrong, in AWS's words where they are known.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        if text.is_empty() || text.len() > TEMPLATE_BYTES {
            return Err(Error::validation(format!(
                "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length \
                 between 1 and {TEMPLATE_BYTES}"
            )));
        }
        let root = yaml::read(text)?;
        let root = root.as_map().ok_or_else(|| format_error("it must be a map"))?;
        if let Some(unknown) = root.keys().find(|name| !SECTIONS.contains(&name.as_str())) {
            let message = format!("Invalid template property or properties [{unknown}]");
            return Err(Error::validation(message));
        }
        if root.get("AWSTemplateFormatVersion").is_some_and(|it| it.as_text() != Some(VERSION)) {
            return Err(format_error(format!("AWSTemplateFormatVersion must be {VERSION}")));
        }
        let description = text_of(root, "Description")?;
        if description.as_ref().is_some_and(|text| text.len() > DESCRIPTION_BYTES) {
            return Err(format_error(format!("Description must have at most {DESCRIPTION_BYTES} bytes")));
        }
        let empty = Map::new();
        let section = |name: &str| match root.get(name) {
            None => Ok(&empty),
            Some(value) => value.as_map().ok_or_else(|| format_error(format!("{name} must be a map"))),
        };
        section("Mappings")?.keys().try_for_each(|name| check_name("Mappings", name))?;
        let mut template = Self {
            description,
            parameters: parameters::read(section("Parameters")?)?,
            mappings: bounded("mappings", MAPPINGS, section("Mappings")?)?.clone(),
            conditions: section("Conditions")?.clone(),
            resources: resources(section("Resources")?)?,
            outputs: outputs(bounded("outputs", OUTPUTS, section("Outputs")?)?)?,
            order: Vec::new(),
            attributes: BTreeSet::new(),
        };
        usage::check(&template)?;
        (template.order, template.attributes) = references::order(&template)?;
        Ok(template)
    }
}

fn bounded<'a>(what: &str, most: usize, map: &'a Map) -> Result<&'a Map, Error> {
    if map.len() > most {
        return Err(format_error(format!("a template cannot have more than {most} {what}")));
    }
    Ok(map)
}

fn resources(section: &Map) -> Result<BTreeMap<String, Resource>, Error> {
    if section.is_empty() {
        return Err(format_error("At least one Resources member must be defined."));
    }
    bounded("resources", RESOURCES, section)?;
    section.iter().map(|(id, value)| Ok((id.clone(), resource(id, value)?))).collect()
}

fn resource(id: &str, value: &Value) -> Result<Resource, Error> {
    let at = |why: &str| format_error(format!("[/Resources/{id}] {why}"));
    check_name("Resource", id)?;
    let map = value.as_map().ok_or_else(|| at("a resource must be a map"))?;
    if let Some(unknown) = map.keys().find(|name| !OF_RESOURCE.contains(&name.as_str())) {
        return Err(at(&format!("'{unknown}' is not supported of a resource")));
    }
    let depends_on = match map.get("DependsOn") {
        None => Some(Vec::new()),
        Some(Value::Text(one)) => Some(vec![one.clone()]),
        Some(Value::List(list)) => list.iter().map(|it| it.as_text().map(str::to_owned)).collect(),
        Some(Value::Map(_)) => None,
    };
    let properties = match map.get("Properties") {
        None => Map::new(),
        Some(value) => value.as_map().ok_or_else(|| at("Properties must be a map"))?.clone(),
    };
    let is_retained = |name: &str| match text_of(map, name)?.as_deref() {
        None | Some("Delete") => Ok(false),
        Some("Retain") => Ok(true),
        // What was made by an operation that is taken back is not there, whatever its policy.
        Some("RetainExceptOnCreate") if name == "DeletionPolicy" => Ok(true),
        Some(other) => Err(at(&format!("{name} must be Delete or Retain, not {other}"))),
    };
    let attributes =
        map.iter().filter(|(name, _)| ATTRIBUTES.iter().any(|part| part.as_str() == name.as_str()));
    Ok(Resource {
        kind: text_of(map, "Type")?
            .ok_or_else(|| at("Every Resources object must contain a Type member."))?,
        properties,
        condition: text_of(map, "Condition")?,
        is_retained: is_retained("DeletionPolicy")?,
        is_retained_when_replaced: is_retained("UpdateReplacePolicy")?,
        attributes: attributes.map(|(name, value)| (name.clone(), value.clone())).collect(),
        depends_on: depends_on.ok_or_else(|| at("DependsOn must be a text or a list of texts"))?,
    })
}

fn outputs(section: &Map) -> Result<BTreeMap<String, Output>, Error> {
    let output = |(name, value): (&String, &Value)| {
        check_name("Outputs", name)?;
        let at = |why: &str| format_error(format!("[/Outputs/{name}] {why}"));
        let map = value.as_map().ok_or_else(|| at("an output must be a map"))?;
        if let Some(unknown) =
            map.keys().find(|key| !["Condition", "Description", "Value"].contains(&key.as_str()))
        {
            return Err(at(&format!("'{unknown}' is not supported of an output")));
        }
        let value =
            map.get("Value").ok_or_else(|| at("Every Outputs member must contain a Value object"))?.clone();
        let (description, condition) = (text_of(map, "Description")?, text_of(map, "Condition")?);
        Ok((name.clone(), Output { value, description, condition }))
    };
    section.iter().map(output).collect()
}

/// Checks the name of something that a template declares.
fn check_name(what: &str, name: &str) -> Result<(), Error> {
    if name.len() > LOGICAL_ID_CHARS || name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(format_error(format!("{what} name {name} is non alphanumeric.")));
    }
    Ok(())
}

fn text_of(map: &Map, name: &str) -> Result<Option<String>, Error> {
    match map.get(name) {
        None => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format_error(format!("{name} must be a text"))),
    }
}

/// The refusal of a template.
fn format_error(why: impl std::fmt::Display) -> Error {
    Error::validation(format!("Template format error: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange(
            pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60),
            rest in ".{0,40}",
        ) {
            let _ = Template::parse(&format!("{}{rest}", pieces.concat()));
        }
    }

    /// What templates are made of.
    const PIECES: &[&str] = &[
        "Resources:",
        "Parameters:",
        "Outputs:",
        "Conditions:",
        "\n",
        "\n  ",
        "\n    ",
        "A:",
        "Type: X",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "!Ref A",
        "!GetAtt A.B",
        "!Sub '${A}'",
        "!If [A, 1, 2]",
        "Fn::Join",
        ": ",
        "'",
        "\"",
        "Properties:",
        "DependsOn: A",
        "&a",
        "*a",
        "- ",
        "|",
        ">",
        "null",
        "Type: String",
        "Default: 1",
        "---",
        "<<: ",
    ];

    #[test]
    fn what_is_not_known_is_refused_by_its_name() {
        for (text, why) in [
            ("Resources: {}", "At least one"),
            ("Resources: {A: {Type: X}}\nTransform: AWS::Serverless-2016-10-31", "[Transform]"),
            ("Resources: {A: {Type: X, CreationPolicy: {}}}", "'CreationPolicy'"),
            ("Resources: {A: {Type: X, DeletionPolicy: Snapshot}}", "not Snapshot"),
            ("Resources: {A_b: {Type: X}}", "non alphanumeric"),
            ("Resources: {A: {}}", "Type member"),
            (
                "Resources: {A: {Type: X}}\nParameters: {p-1: {Type: String}}",
                "Parameter name p-1 is non alphanumeric",
            ),
            ("Resources: {A: {Type: X}}\nParameters: {'': {Type: String}}", "Parameter name"),
            (
                "Resources: {A: {Type: X}}\nMappings: {m_1: {a: {b: c}}}",
                "Mappings name m_1 is non alphanumeric",
            ),
            ("Resources: {A: {Type: X}}\nOutputs: {o.1: {Value: a}}", "Outputs name o.1 is non alphanumeric"),
            ("Resources: {A: {Type: X}}\nOutputs: {O: {Value: 1, Export: {Name: n}}}", "'Export'"),
            ("AWSTemplateFormatVersion: 2011-01-01\nResources: {A: {Type: X}}", "2010-09-09"),
            ("- a", "must be a map"),
        ] {
            let error = Template::parse(text).unwrap_err();
            assert!(error.message().contains(why), "{text}: {error}");
        }
        let many: String = (0..=RESOURCES).map(|n| format!("  R{n}: {{Type: X}}\n")).collect();
        assert!(
            Template::parse(&format!("Resources:\n{many}")).unwrap_err().message().contains("more than 500")
        );
        assert!(Template::parse(&"#".repeat(TEMPLATE_BYTES + 1)).unwrap_err().message().contains("51200"));
    }
}
