//! Stacks as callers see them.

use std::sync::Arc;

use elbow_model::{Stack, StackSource};

use super::paging::{Page, latest_first};
use crate::call::Call;
use crate::error::Error;
use crate::v2::iso8601;
use crate::wire::{Params, Xml};

/// Stands for the value of a parameter that is not shown, as at AWS.
pub(super) const HIDDEN: &str = "****";

/// `DescribeStacks`
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let chosen: Vec<&Arc<Stack>> = match params.text("StackName").filter(|name| !name.is_empty()) {
        Some(name) => vec![call.stack(name)?],
        None => call.stacks().collect(),
    };
    let mut xml = Xml::new();
    Page::cut(params, chosen, |stack| latest(stack))?.show(&mut xml, "Stacks", |xml, stack| show(xml, stack));
    Ok(xml)
}

/// `ListStacks`
pub(crate) fn list(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let statuses = params.texts("StackStatusFilter")?.unwrap_or_default();
    let chosen = call.stacks().filter(|it| statuses.is_empty() || statuses.contains(&it.status.as_str()));
    let mut xml = Xml::new();
    Page::cut(params, chosen, |stack| latest(stack))?.show(&mut xml, "StackSummaries", |xml, stack| {
        xml.text("StackId", &stack.arn);
        xml.text("StackName", &stack.arn.name);
        xml.optional("TemplateDescription", stack.source.description.as_ref());
        head(xml, stack);
    });
    Ok(xml)
}

/// The parameters of a template; the values of those with `NoEcho` are not told.
pub(super) fn show_parameters(xml: &mut Xml, source: &StackSource) {
    xml.list("Parameters", &source.parameters, |xml, (name, value)| {
        xml.text("ParameterKey", name);
        xml.text("ParameterValue", if source.hidden.contains(name) { HIDDEN } else { value });
    });
}

fn show(xml: &mut Xml, stack: &Stack) {
    xml.text("StackId", &stack.arn);
    xml.text("StackName", &stack.arn.name);
    xml.optional("Description", stack.source.description.as_ref());
    show_parameters(xml, &stack.source);
    head(xml, stack);
    xml.text("DisableRollback", stack.keeps_failures);
    xml.element("NotificationARNs", |_| {});
    xml.element("Capabilities", |_| {});
    xml.list("Outputs", &stack.outputs, |xml, (name, output)| {
        xml.text("OutputKey", name);
        xml.text("OutputValue", &output.value);
        xml.optional("Description", output.description.as_ref());
    });
    xml.list("Tags", stack.source.tags.iter(), |xml, (key, value)| {
        xml.text("Key", key);
        xml.text("Value", value);
    });
    xml.text("EnableTerminationProtection", stack.is_protected);
}

/// Times and status.
fn head(xml: &mut Xml, stack: &Stack) {
    xml.text("CreationTime", iso8601(stack.created));
    xml.optional("LastUpdatedTime", stack.updated.map(iso8601));
    xml.text("StackStatus", stack.status.as_str());
    xml.optional("StackStatusReason", stack.reason.as_ref());
    xml.element("DriftInformation", |xml| xml.text("StackDriftStatus", "NOT_CHECKED"));
}

/// Those that were made last come first.
fn latest(stack: &Stack) -> String {
    format!("{}/{}", latest_first(stack.created.as_millis()), stack.arn.key)
}
