//! How a stack of CloudFormation is recorded, its resources, events and change sets included.

use std::collections::BTreeMap;

use elbow_model::key::StackKey;
use elbow_model::{
    ChangeSet, ChangedPart, PlannedAction, PlannedChange, Stack, StackArn, StackEvent, StackName,
    StackOutput, StackResource, StackSource, StackStatus, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::field::{Texts, Wrong, field, key, tags, texts, word};
use super::secret::{Sealing, Written};

/// Version 2. Version 1 did not say what a template is for and which parameters it hides, nor did it know calls by tokens.
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Those that may be told.
    parameters: Texts,
    /// The others; `None` only in version 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hidden: Option<BTreeMap<String, HiddenRecord>>,
    tags: Texts,
}

/// The value of a parameter with `NoEcho`: sealed in a database, in clear in an export, not there in one without secrets.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HiddenRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed_secret: Option<String>,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<String>,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlannedChangeRecord {
    action: String,
    logical_id: String,
    physical_id: Option<String>,
    kind: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scope: Vec<String>,
}

/// Where the values that a stack hides go, and what their seals are bound to.
struct Vault<'a> {
    sealing: Option<&'a Sealing<'a>>,
    owner: String,
}

impl Vault<'_> {
    fn write(&self, name: &str, value: &str) -> Result<HiddenRecord, Wrong> {
        let Some(sealing) = self.sealing else {
            return Ok(HiddenRecord { secret: None, sealed_secret: None });
        };
        let Written { secret, sealed_secret } = sealing.write(&format!("{}/{name}", self.owner), value)?;
        Ok(HiddenRecord { secret, sealed_secret })
    }

    /// `None`: it was left out.
    fn read(&self, name: &str, record: HiddenRecord) -> Result<Option<String>, Wrong> {
        let HiddenRecord { secret, sealed_secret } = record;
        match self.sealing.filter(|_| secret.is_some() || sealed_secret.is_some()) {
            Some(sealing) => {
                sealing.read(&format!("{}/{name}", self.owner), Written { secret, sealed_secret }).map(Some)
            }
            None => Ok(None),
        }
    }
}

impl StackRecord {
    /// Writes a stack, its hidden values with `sealing`, or not at all.
    pub(crate) fn new(stack: &Stack, sealing: Option<&Sealing<'_>>) -> Result<Self, Wrong> {
        let owner = format!("stack/{}", stack.arn.key);
        let output = |(name, it): (&String, &StackOutput)| {
            (name.clone(), OutputRecord { value: it.value.clone(), description: it.description.clone() })
        };
        let set = |(name, it): (&StackName, &ChangeSet)| {
            let vault = Vault { sealing, owner: format!("{owner}/{}", it.key) };
            Ok((name.to_string(), ChangeSetRecord::new(it, &vault)?))
        };
        let source = SourceRecord::new(&stack.source, &Vault { sealing, owner: owner.clone() })?;
        Ok(Self {
            arn: stack.arn.to_string(),
            created_ms: stack.created.as_millis(),
            updated_ms: stack.updated.map(Timestamp::as_millis),
            status: stack.status.as_str().to_owned(),
            reason: stack.reason.clone(),
            source,
            outputs: stack.outputs.iter().map(output).collect(),
            resources: stack.resources.iter().map(ResourceRecord::from).collect(),
            events: stack.events.iter().map(EventRecord::from).collect(),
            event_count: stack.event_count,
            change_sets: stack.change_sets.iter().map(set).collect::<Result<_, Wrong>>()?,
            keeps_failures: stack.keeps_failures,
            is_protected: stack.is_protected,
        })
    }

    /// Reads a stack whose hidden values were written with `sealing`.
    pub(crate) fn read(self, sealing: &Sealing<'_>) -> Result<Stack, Wrong> {
        let record = self;
        let arn = StackArn::parse(&record.arn);
        let arn =
            arn.ok_or_else(|| Wrong::new("arn", format!("'{}' is not the ARN of a stack", record.arn)))?;
        let output = |(name, it): (String, OutputRecord)| {
            (name, StackOutput { value: it.value, description: it.description })
        };
        let owner = format!("stack/{}", arn.key);
        let set = |(name, it): (String, ChangeSetRecord)| {
            let vault = Vault { sealing: Some(sealing), owner: format!("{owner}/{}", it.key) };
            let set = it.read(&vault).map_err(|wrong| wrong.within(format_args!("change_sets.{name}")))?;
            Ok((field("change_sets", StackName::parse(&name))?, set))
        };
        let resources = record.resources.into_iter().enumerate();
        let events = record.events.into_iter().enumerate();
        let vault = Vault { sealing: Some(sealing), owner: owner.clone() };
        Ok(Stack {
            arn,
            created: Timestamp::from_millis(record.created_ms),
            updated: record.updated_ms.map(Timestamp::from_millis),
            status: status(&record.status)?,
            reason: record.reason,
            source: record.source.read(&vault).map_err(|wrong| wrong.within("source"))?,
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

impl SourceRecord {
    fn new(source: &StackSource, vault: &Vault<'_>) -> Result<Self, Wrong> {
        let mut parameters = source.parameters.clone();
        let mut hidden = BTreeMap::new();
        for name in &source.hidden {
            let record = match parameters.remove(name) {
                Some(value) => vault.write(name, &value)?,
                None => HiddenRecord { secret: None, sealed_secret: None },
            };
            hidden.insert(name.clone(), record);
        }
        Ok(Self {
            template: source.template.clone(),
            description: source.description.clone(),
            parameters,
            hidden: Some(hidden),
            tags: texts(source.tags.iter()),
        })
    }

    fn read(self, vault: &Vault<'_>) -> Result<StackSource, Wrong> {
        let mut parameters = self.parameters;
        // Version 1 did not tell which ones: all are, until the next deployment says.
        let hidden = match self.hidden {
            None => parameters.keys().cloned().collect(),
            Some(records) => {
                let names = records.keys().cloned().collect();
                for (name, record) in records {
                    if let Some(value) = vault.read(&name, record)? {
                        parameters.insert(name, value);
                    }
                }
                names
            }
        };
        Ok(StackSource {
            template: self.template,
            description: self.description,
            parameters,
            hidden,
            tags: tags(&self.tags)?,
        })
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
            token: event.token.clone(),
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
            token: self.token,
        })
    }
}

impl ChangeSetRecord {
    fn new(set: &ChangeSet, vault: &Vault<'_>) -> Result<Self, Wrong> {
        let change = |it: &PlannedChange| PlannedChangeRecord {
            action: it.action.as_str().to_owned(),
            logical_id: it.logical_id.clone(),
            physical_id: it.physical_id.clone(),
            kind: it.kind.clone(),
            scope: it.scope.iter().map(|part| part.as_str().to_owned()).collect(),
        };
        Ok(Self {
            key: set.key.to_string(),
            created_ms: set.created.as_millis(),
            description: set.description.clone(),
            source: SourceRecord::new(&set.source, vault)?,
            changes: set.changes.iter().map(change).collect(),
            failure: set.failure.clone(),
            token: set.token.clone(),
        })
    }

    fn read(self, vault: &Vault<'_>) -> Result<ChangeSet, Wrong> {
        let part = |it: &String| word("scope", it, ChangedPart::ALL, ChangedPart::as_str);
        let change = |it: PlannedChangeRecord| {
            Ok(PlannedChange {
                action: word("action", &it.action, PlannedAction::ALL, PlannedAction::as_str)?,
                logical_id: it.logical_id,
                physical_id: it.physical_id,
                kind: it.kind,
                scope: it.scope.iter().map(part).collect::<Result<_, Wrong>>()?,
            })
        };
        Ok(ChangeSet {
            key: key("key", &self.key, StackKey::parse)?,
            created: Timestamp::from_millis(self.created_ms),
            description: self.description,
            source: self.source.read(vault).map_err(|wrong| wrong.within("source"))?,
            changes: self.changes.into_iter().map(change).collect::<Result<_, Wrong>>()?,
            failure: self.failure,
            token: self.token,
        })
    }
}

fn status(text: &str) -> Result<StackStatus, Wrong> {
    word("status", text, StackStatus::ALL, StackStatus::as_str)
}
