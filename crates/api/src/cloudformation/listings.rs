//! What belongs to a stack, and what happened to it.

use elbow_model::{Stack, StackEvent, StackResource};

use super::paging::{MOST, Page, latest_first};
use crate::call::Call;
use crate::error::Error;
use crate::v2::iso8601;
use crate::wire::{Params, Xml};

/// `DescribeStackEvents`, latest first.
pub(crate) fn events(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let stack = call.stack_of(params)?;
    let mut xml = Xml::new();
    Page::cut(params, &stack.events, |event| latest_first(event.number))?.show(
        &mut xml,
        "StackEvents",
        |xml, event| show_event(xml, stack, event),
    );
    Ok(xml)
}

/// `DescribeStackResources`: of a stack, or of the stack that has a resource. It has no pages; `ListStackResources` has.
pub(crate) fn resources(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let physical = params.text("PhysicalResourceId");
    let stack = match (params.text("StackName"), physical) {
        (Some(name), None) => call.stack(name)?,
        (None, Some(id)) => {
            let mut stacks = call.stacks();
            let found = stacks.find(|stack| stack.resources.iter().any(|it| it.physical_id == id));
            found.ok_or_else(|| Error::validation(format!("Stack for {id} does not exist")))?
        }
        _ => {
            return Err(Error::validation(
                "Either StackName or PhysicalResourceId must be specified, and not both",
            ));
        }
    };
    let logical = params.text("LogicalResourceId");
    let chosen = stack.resources.iter().filter(|it| logical.is_none_or(|id| it.logical_id == id)).take(MOST);
    let mut xml = Xml::new();
    xml.list("StackResources", chosen, |xml, resource| {
        of_stack(xml, stack);
        show(xml, resource);
        xml.text("Timestamp", iso8601(resource.touched));
    });
    Ok(xml)
}

/// `DescribeStackResource`
pub(crate) fn resource(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let stack = call.stack_of(params)?;
    let id = params.required("LogicalResourceId")?;
    let resource = stack.resources.iter().rev().find(|it| it.logical_id == id);
    let resource = resource.ok_or_else(|| {
        Error::validation(format!("Resource {id} does not exist for stack {}", stack.arn.name))
    })?;
    let mut xml = Xml::new();
    xml.element("StackResourceDetail", |xml| {
        of_stack(xml, stack);
        show(xml, resource);
        xml.text("LastUpdatedTimestamp", iso8601(resource.touched));
    });
    Ok(xml)
}

/// `ListStackResources`
pub(crate) fn list_resources(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let stack = call.stack_of(params)?;
    let mut xml = Xml::new();
    let page = Page::cut(params, &stack.resources, |it| format!("{}/{}", it.logical_id, it.physical_id))?;
    page.show(&mut xml, "StackResourceSummaries", |xml, resource| {
        show(xml, resource);
        xml.text("LastUpdatedTimestamp", iso8601(resource.touched));
    });
    Ok(xml)
}

fn of_stack(xml: &mut Xml, stack: &Stack) {
    xml.text("StackId", &stack.arn);
    xml.text("StackName", &stack.arn.name);
}

fn show(xml: &mut Xml, resource: &StackResource) {
    xml.text("LogicalResourceId", &resource.logical_id);
    xml.text("PhysicalResourceId", &resource.physical_id);
    xml.text("ResourceType", &resource.kind);
    xml.text("ResourceStatus", resource.status.as_str());
    xml.element("DriftInformation", |xml| xml.text("StackResourceDriftStatus", "NOT_CHECKED"));
}

fn show_event(xml: &mut Xml, stack: &Stack, event: &StackEvent) {
    of_stack(xml, stack);
    xml.text("EventId", format_args!("{}-{}", stack.arn.key, event.number));
    xml.text("LogicalResourceId", &event.logical_id);
    xml.text("PhysicalResourceId", &event.physical_id);
    xml.text("ResourceType", &event.kind);
    xml.text("Timestamp", iso8601(event.at));
    xml.text("ResourceStatus", event.status.as_str());
    xml.optional("ResourceStatusReason", event.reason.as_ref());
    xml.optional("ClientRequestToken", event.token.as_ref());
}
