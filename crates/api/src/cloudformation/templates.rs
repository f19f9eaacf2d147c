//! Templates as callers see them: what a stack was made of, and what a text declares.

use std::collections::BTreeSet;

use super::request;
use super::template::Template;
use crate::call::Call;
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

/// `GetTemplate`
pub(crate) fn get(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let stack = call.stack_of(params)?;
    let body = match params.text("ChangeSetName") {
        None => &stack.source.template,
        Some(name) => {
            let mut sets = stack.change_sets.iter();
            let found = sets.find(|(known, _)| known.as_str() == name).map(|(_, set)| &set.source.template);
            let none = || Error::new(Code::ChangeSetNotFound, format!("ChangeSet [{name}] does not exist"));
            found.ok_or_else(none)?
        }
    };
    let mut xml = Xml::new();
    xml.text("TemplateBody", body);
    xml.texts("StagesAvailable", ["Original", "Processed"]);
    Ok(xml)
}

/// `GetTemplateSummary`: of a text or of a stack.
pub(crate) fn summary(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let template = match (params.text("TemplateBody"), params.text("StackName")) {
        (Some(body), None) => request::parse(body)?,
        (None, Some(name)) => request::parse(&call.stack(name)?.source.template)?,
        _ => return Err(neither("TemplateBody or StackName")),
    };
    let mut xml = Xml::new();
    xml.list("Parameters", &template.parameters, |xml, (name, declared)| {
        xml.text("ParameterKey", name);
        xml.optional("DefaultValue", declared.default.as_ref());
        xml.text("ParameterType", &declared.kind);
        xml.text("NoEcho", declared.is_hidden);
        xml.optional("Description", declared.description.as_ref());
        xml.element("ParameterConstraints", |xml| {
            if !declared.allowed.is_empty() {
                xml.texts("AllowedValues", &declared.allowed);
            }
        });
    });
    describe(&mut xml, &template);
    let kinds: BTreeSet<&str> = template.resources.values().map(|it| it.kind.as_str()).collect();
    xml.texts("ResourceTypes", kinds);
    xml.element("ResourceIdentifierSummaries", |_| {});
    xml.text("Version", "2010-09-09");
    Ok(xml)
}

/// `ValidateTemplate`
pub(crate) fn validate(_: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let body = params.text("TemplateBody").ok_or_else(|| neither("TemplateBody"))?;
    let template = request::parse(body)?;
    let mut xml = Xml::new();
    xml.list("Parameters", &template.parameters, |xml, (name, declared)| {
        xml.text("ParameterKey", name);
        xml.optional("DefaultValue", declared.default.as_ref());
        xml.text("NoEcho", declared.is_hidden);
        xml.optional("Description", declared.description.as_ref());
    });
    describe(&mut xml, &template);
    Ok(xml)
}

fn describe(xml: &mut Xml, template: &Template) {
    xml.optional("Description", template.description.as_ref());
    xml.element("Capabilities", |_| {});
    xml.element("DeclaredTransforms", |_| {});
}

fn neither(what: &str) -> Error {
    Error::validation(format!("Exactly one of these must be specified: {what}; Elbow reads no TemplateURL"))
}
