//! How a stack of CloudFormation is recorded, its resources, events and change sets included.

use std::collections::BTreeMap;

use elbow_model::key::StackKey;
use elbow_model::{
    ChangeSet, PlannedAction, PlannedChange, Stack, StackArn, StackEvent, StackName, StackOutput,
    StackResource, StackSource, StackStatus, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::field::{Texts, Wrong, field, key, tags, texts, word};

/// Version 1.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StackRecord {
    arn: String,
    created_ms: u64,
    updated_ms: Option<u64>,
    status: String,
    reason: Option<String>,
    source: SourceRecord,
    outputs: BTreeMap<String, OutputRecord>,
    resources: Vec<ResourceRecord>,
    events: Vec<EventRecord>,
    event_count: u64,
    change_sets: BTreeMap<String, ChangeSetRecord>,
    keeps_failures: bool,
    is_protected: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceRecord {
    template: String,
    parameters: Texts,
    tags: Texts,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutputRecord {
    value: String,
    description: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ResourceRecord {
    logical_id: String,
    physical_id: String,
    kind: String,
    status: String,
    touched_ms: u64,
    properties: String,
    is_retained: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventRecord {
    number: u64,
    at_ms: u64,
    logical_id: String,
    physical_id: String,
    kind: String,
    status: String,
    reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeSetRecord {
    key: String,
    created_ms: u64,
    description: Option<String>,
    source: SourceRecord,
    changes: Vec<PlannedChangeRecord>,
    failure: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlannedChangeRecord {
    action: String,
    logical_id: String,
    physical_id: Option<String>,
    kind: String,
}

impl From<&Stack> for StackRecord {
    fn from(stack: &Stack) -> Self {
        let output = |(name, it): (&String, &StackOutput)| {
            (name.clone(), OutputRecord { value: it.value.clone(), description: it.description.clone() })
        };
        let set = |(name, it): (&StackName, &ChangeSet)| (name.to_string(), ChangeSetRecord::from(it));
        Self {
            arn: stack.arn.to_string(),
            created_ms: stack.created.as_millis(),
            updated_ms: stack.updated.map(Timestamp::as_millis),
            status: stack.status.as_str().to_owned(),
            reason: stack.reason.clone(),
            source: SourceRecord::from(&stack.source),
            outputs: stack.outputs.iter().map(output).collect(),
            resources: stack.resources.iter().map(ResourceRecord::from).collect(),
            events: stack.events.iter().map(EventRecord::from).collect(),
            event_count: stack.event_count,
            change_sets: stack.change_sets.iter().map(set).collect(),
            keeps_failures: stack.keeps_failures,
            is_protected: stack.is_protected,
        }
    }
}

impl TryFrom<StackRecord> for Stack {
    type Error = Wrong;

    fn try_from(record: StackRecord) -> Result<Self, Wrong> {
        let arn = StackArn::parse(&record.arn);
        let arn =
            arn.ok_or_else(|| Wrong::new("arn", format!("'{}' is not the ARN of a stack", record.arn)))?;
        let output = |(name, it): (String, OutputRecord)| {
            (name, StackOutput { value: it.value, description: it.description })
        };
        let set = |(name, it): (String, ChangeSetRecord)| {
            let set = it.read().map_err(|wrong| wrong.within(format_args!("change_sets.{name}")))?;
            Ok((field("change_sets", StackName::parse(&name))?, set))
        };
        let resources = record.resources.into_iter().enumerate();
        let events = record.events.into_iter().enumerate();
        Ok(Self {
            arn,
            created: Timestamp::from_millis(record.created_ms),
            updated: record.updated_ms.map(Timestamp::from_millis),
            status: status(&record.status)?,
            reason: record.reason,
            source: record.source.read().map_err(|wrong| wrong.within("source"))?,
            outputs: record.outputs.into_iter().map(output).collect(),
            resources: resources
                .map(|(i, it)| it.read().map_err(|wrong| wrong.within(format_args!("resources[{i}]"))))
                .collect::<Result<_, _>>()?,
            events: events
                .map(|(i, it)| it.read().map_err(|wrong| wrong.within(format_args!("events[{i}]"))))
                .collect::<Result<_, _>>()?,
            event_count: record.event_count,
            change_sets: record.change_sets.into_iter().map(set).collect::<Result<_, Wrong>>()?,
            keeps_failures: record.keeps_failures,
            is_protected: record.is_protected,
        })
    }
}

impl From<&StackSource> for SourceRecord {
    fn from(source: &StackSource) -> Self {
        Self {
            template: source.template.clone(),
            parameters: source.parameters.clone(),
            tags: texts(source.tags.iter()),
        }
    }
}

impl SourceRecord {
    fn read(self) -> Result<StackSource, Wrong> {
        Ok(StackSource { template: self.template, parameters: self.parameters, tags: tags(&self.tags)? })
    }
}

impl From<&StackResource> for ResourceRecord {
    fn from(resource: &StackResource) -> Self {
        Self {
            logical_id: resource.logical_id.clone(),
            physical_id: resource.physical_id.clone(),
            kind: resource.kind.clone(),
            status: resource.status.as_str().to_owned(),
            touched_ms: resource.touched.as_millis(),
            properties: resource.properties.clone(),
            is_retained: resource.is_retained,
        }
    }
}

impl ResourceRecord {
    fn read(self) -> Result<StackResource, Wrong> {
        Ok(StackResource {
            status: status(&self.status)?,
            logical_id: self.logical_id,
            physical_id: self.physical_id,
            kind: self.kind,
            touched: Timestamp::from_millis(self.touched_ms),
            properties: self.properties,
            is_retained: self.is_retained,
        })
    }
}

impl From<&StackEvent> for EventRecord {
    fn from(event: &StackEvent) -> Self {
        Self {
            number: event.number,
            at_ms: event.at.as_millis(),
            logical_id: event.logical_id.clone(),
            physical_id: event.physical_id.clone(),
            kind: event.kind.clone(),
            status: event.status.as_str().to_owned(),
            reason: event.reason.clone(),
        }
    }
}

impl EventRecord {
    fn read(self) -> Result<StackEvent, Wrong> {
        Ok(StackEvent {
            status: status(&self.status)?,
            number: self.number,
            at: Timestamp::from_millis(self.at_ms),
            logical_id: self.logical_id,
            physical_id: self.physical_id,
            kind: self.kind,
            reason: self.reason,
        })
    }
}

impl From<&ChangeSet> for ChangeSetRecord {
    fn from(set: &ChangeSet) -> Self {
        let change = |it: &PlannedChange| PlannedChangeRecord {
            action: it.action.as_str().to_owned(),
            logical_id: it.logical_id.clone(),
            physical_id: it.physical_id.clone(),
            kind: it.kind.clone(),
        };
        Self {
            key: set.key.to_string(),
            created_ms: set.created.as_millis(),
            description: set.description.clone(),
            source: SourceRecord::from(&set.source),
            changes: set.changes.iter().map(change).collect(),
            failure: set.failure.clone(),
        }
    }
}

impl ChangeSetRecord {
    fn read(self) -> Result<ChangeSet, Wrong> {
        let change = |it: PlannedChangeRecord| {
            Ok(PlannedChange {
                action: word("action", &it.action, PlannedAction::ALL, PlannedAction::as_str)?,
                logical_id: it.logical_id,
                physical_id: it.physical_id,
                kind: it.kind,
            })
        };
        Ok(ChangeSet {
            key: key("key", &self.key, StackKey::parse)?,
            created: Timestamp::from_millis(self.created_ms),
            description: self.description,
            source: self.source.read().map_err(|wrong| wrong.within("source"))?,
            changes: self.changes.into_iter().map(change).collect::<Result<_, Wrong>>()?,
            failure: self.failure,
        })
    }
}

fn status(text: &str) -> Result<StackStatus, Wrong> {
    word("status", text, StackStatus::ALL, StackStatus::as_str)
}
