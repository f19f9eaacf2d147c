//! What a call says that a stack is to be made of: a template, values of its parameters, tags.

use std::collections::BTreeMap;

use elbow_model::{Stack, StackSource};

use super::resources;
use super::template::Template;
use super::template::parameters;
use crate::error::Error;
use crate::v2::tags;
use crate::wire::Params;

/// Parameters of AWS that promise something that Elbow does not do.
const FOREIGN: &[&str] = &[
    "ImportExistingResources",
    "ResourcesToImport",
    "RollbackConfiguration",
    "StackPolicyBody",
    "StackPolicyDuringUpdateBody",
    "StackPolicyDuringUpdateURL",
    "StackPolicyURL",
    "TemplateURL",
];

/// A template that was read, with values for its parameters.
pub(super) struct Wanted {
    /// What is to be remembered of it.
    pub(super) source: StackSource,
    /// What it says.
    pub(super) template: Template,
}

/// Reads what a call wants; what it does not say, a stack that is there has.
///
/// # Errors
/// The template cannot be read, a parameter has no value, or the call asks for what Elbow does not have.
pub(super) fn read(params: &Params<'_>, existing: Option<&Stack>) -> Result<Wanted, Error> {
    check_foreign(params)?;
    let text = match params.flag("UsePreviousTemplate")? {
        Some(true) => {
            let existing = existing.filter(|stack| !stack.source.template.is_empty());
            existing
                .ok_or_else(|| Error::validation("There is no previous template"))?
                .source
                .template
                .as_str()
        }
        _ => params.text("TemplateBody").ok_or_else(|| {
            Error::validation(
                "Either Template URL or Template Body must be specified; Elbow takes only a TemplateBody",
            )
        })?,
    };
    let template = parse(text)?;
    let previous = existing.map(|stack| &stack.source.parameters);
    let parameters = parameters::values(&template.parameters, &given(params, previous)?)?;
    let tags = match existing.filter(|_| !params.has("Tags")) {
        Some(stack) => stack.source.tags.clone(),
        None if params.list("Tags")?.is_none_or(|list| list.is_empty()) => elbow_model::Tags::default(),
        None => tags::read(params)?,
    };
    let hidden = template.parameters.iter().filter(|(_, declared)| declared.is_hidden);
    let source = StackSource {
        template: text.to_owned(),
        description: template.description.clone(),
        parameters,
        hidden: hidden.map(|(name, _)| name.clone()).collect(),
        tags,
    };
    Ok(Wanted { source, template })
}

/// Reads a template all of whose resources are of types that are here, and have the attributes that are asked for.
pub(super) fn parse(text: &str) -> Result<Template, Error> {
    let template = Template::parse(text)?;
    template.resources.values().try_for_each(|resource| resources::find(&resource.kind).map(drop))?;
    for (id, attribute) in &template.attributes {
        let resource = template.resources.get(id).ok_or_else(|| {
            Error::validation(format!(
                "Template error: instance of Fn::GetAtt references undefined resource {id}"
            ))
        })?;
        if !resources::find(&resource.kind)?.has_attribute(attribute) {
            let message = format!(
                "Template error: resource {id} does not support attribute type {attribute} in Fn::GetAtt"
            );
            return Err(Error::validation(message));
        }
    }
    Ok(template)
}

fn check_foreign(params: &Params<'_>) -> Result<(), Error> {
    let foreign = FOREIGN.iter().find(|name| match params.text(name) {
        Some("" | "false") => false,
        Some(_) => true,
        None => params.structure(name).is_some(),
    });
    let notified = params.texts("NotificationARNs")?.unwrap_or_default();
    match foreign.copied().or((!notified.is_empty()).then_some("NotificationARNs")) {
        Some(foreign) => Err(Error::validation(format!(
            "The parameter {foreign} is not in Elbow; docs/guide/templates.md says what is"
        ))),
        None => Ok(()),
    }
}

/// The values that a call gives to parameters.
fn given(
    params: &Params<'_>,
    previous: Option<&BTreeMap<String, String>>,
) -> Result<BTreeMap<String, String>, Error> {
    let mut given = BTreeMap::new();
    for member in params.list("Parameters")?.unwrap_or_default() {
        let name = member.required("ParameterKey")?;
        let value = if member.flag("UsePreviousValue")? == Some(true) {
            let value = previous.and_then(|previous| previous.get(name));
            let none = || Error::validation(format!("Parameter '{name}' has no previous value to be used"));
            value.ok_or_else(none)?.clone()
        } else {
            member.required("ParameterValue")?.to_owned()
        };
        given.insert(name.to_owned(), value);
    }
    Ok(given)
}
