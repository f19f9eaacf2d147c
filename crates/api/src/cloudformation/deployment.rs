//! Brings the resources of a stack to what a template says, one after the other, on a stage.

use std::collections::{BTreeMap, BTreeSet};

use elbow_model::{
    PlannedAction, PlannedChange, Stack, StackArn, StackOutput, StackResource, StackStatus, Tags, Timestamp,
};

use super::journal::{Journal, Subject};
use super::needs::Pause;
use super::request::Wanted;
use super::resources::{self, Change, Kind, Naming};
use super::stage::Stage;
use super::template::functions::{Functions, Given, Resources, SoFar};
use super::template::value::{Map, Value};
use super::template::{Resource, Template};
use crate::error::{Code, Error};

/// Longest value of an output, in bytes.
const OUTPUT_BYTES: usize = 16 << 10;

/// What is to be deployed, and where.
pub(super) struct Deployment<'a> {
    /// The stack.
    pub(super) arn: &'a StackArn,
    /// What belongs to it by now.
    pub(super) old: &'a [StackResource],
    /// What it is to be made of.
    pub(super) wanted: &'a Wanted,
    /// Whether what was done before a failure is of use.
    pub(super) keeps_failures: bool,
    /// When it happens.
    pub(super) now: Timestamp,
}

/// How a deployment ended. The stage has what it did.
pub(super) struct Deployed {
    /// What belongs to the stack now.
    pub(super) resources: Vec<StackResource>,
    /// What it tells.
    pub(super) outputs: BTreeMap<String, StackOutput>,
    /// What was done to which resource.
    pub(super) planned: Vec<PlannedChange>,
    /// What happened.
    pub(super) journal: Journal,
    /// The resource that failed and why; nothing after it was tried.
    pub(super) failure: Option<String>,
}

impl Deployed {
    /// Whether the stack is what was wanted already.
    pub(super) fn is_nothing(&self, stack: &Stack, wanted: &Wanted) -> bool {
        self.failure.is_none()
            && self.planned.is_empty()
            && self.outputs == stack.outputs
            && wanted.source.tags == stack.source.tags
            && stack.status != StackStatus::UpdateFailed
            && stack.status != StackStatus::CreateFailed
    }
}

/// Why a step was not taken.
enum Stop {
    /// Something must be known first.
    Needs(Pause),
    /// It failed.
    Failed(String),
}

/// A deployment that is under way.
struct Run<'a, 'b> {
    deployment: &'b Deployment<'b>,
    stage: &'b mut Stage<'a>,
    given: Given<'b>,
    made: Vec<StackResource>,
    planned: Vec<PlannedChange>,
    journal: Journal,
}

/// What functions see of the resources that were made.
struct View<'a, 'b> {
    stage: &'b Stage<'a>,
    made: &'b [StackResource],
}

impl Resources for View<'_, '_> {
    fn reference(&self, logical_id: &str) -> Option<String> {
        self.made.iter().find(|it| it.logical_id == logical_id).map(|it| it.physical_id.clone())
    }

    fn attribute(&self, logical_id: &str, name: &str) -> Option<Value> {
        let resource = self.made.iter().find(|it| it.logical_id == logical_id)?;
        resources::find(&resource.kind).ok()?.attribute(self.stage, &resource.physical_id, name)
    }
}

impl Deployment<'_> {
    /// Carries it out on `stage`.
    ///
    /// # Errors
    /// Something must be known first. What is refused is no error here, but the failure of the resource.
    pub(super) fn carry_out(&self, stage: &mut Stage<'_>) -> Result<Deployed, Pause> {
        let given = given(stage, self.arn, self.wanted);
        let mut run = Run {
            deployment: self,
            stage,
            given,
            made: Vec::new(),
            planned: Vec::new(),
            journal: Journal::default(),
        };
        let failure = match run.go() {
            Ok(outputs) => {
                let Run { made, planned, journal, .. } = run;
                return Ok(Deployed { resources: made, outputs, planned, journal, failure: None });
            }
            Err(Stop::Needs(pause)) => return Err(pause),
            Err(Stop::Failed(failure)) => failure,
        };
        let Run { mut made, planned, journal, .. } = run;
        // What was not reached belongs to the stack as before; so does what was replaced and is not deleted yet. It comes
        // after what was: that is what it may need, and deletion goes backwards.
        let is_made: BTreeSet<String> = made.iter().map(|it| it.physical_id.clone()).collect();
        made.extend(self.old.iter().filter(|it| !is_made.contains(&it.physical_id)).cloned());
        let outputs = BTreeMap::new();
        Ok(Deployed { resources: made, outputs, planned, journal, failure: Some(failure) })
    }

    /// The resource that had this name last.
    fn old(&self, logical_id: &str) -> Option<&StackResource> {
        self.old.iter().rev().find(|it| it.logical_id == logical_id)
    }
}

impl Run<'_, '_> {
    fn go(&mut self) -> Result<BTreeMap<String, StackOutput>, Stop> {
        let template = &self.deployment.wanted.template;
        for id in &template.order {
            let Some(declared) = template.resources.get(id) else { continue };
            self.resource(id, declared)?;
        }
        let outputs = self.outputs(template).map_err(|error| Stop::Failed(error.message().to_owned()))?;
        self.leave()?;
        Ok(outputs)
    }

    fn resource(&mut self, id: &str, declared: &Resource) -> Result<(), Stop> {
        let subject = |physical_id: &str| Subject {
            logical_id: id.to_owned(),
            physical_id: physical_id.to_owned(),
            kind: declared.kind.clone(),
        };
        let old = self.deployment.old(id).filter(|it| it.kind == declared.kind);
        let failed = if old.is_some() { StackStatus::UpdateFailed } else { StackStatus::CreateFailed };
        let (kind, properties) = match self.evaluated(declared) {
            Ok(Some(evaluated)) => evaluated,
            Ok(None) => return Ok(()),
            Err(error) => return Err(self.failed(&subject(""), failed, &error)),
        };
        let text = Value::Map(properties.clone()).to_json().to_string();
        let Some(old) = old else {
            let action =
                if self.deployment.old(id).is_some() { PlannedAction::Replace } else { PlannedAction::Add };
            let made =
                self.step(&subject(""), action, |stage, naming| kind.create(stage, naming, &properties))?;
            self.keep(declared, subject(&made), text, StackStatus::CreateComplete);
            return Ok(());
        };
        if old.properties == text {
            self.made.push(StackResource { is_retained: declared.is_retained, ..old.clone() });
            return Ok(());
        }
        let before = properties_of(old);
        let change = Change { old: &before, new: &properties };
        let subject_of_old = subject(&old.physical_id);
        let made = if kind.replaces(&change) {
            self.step(&subject_of_old, PlannedAction::Replace, |stage, naming| {
                kind.replace(stage, naming, &change)
            })?
        } else {
            self.step(&subject_of_old, PlannedAction::Modify, |stage, _| {
                kind.update(stage, &old.physical_id, &change)?;
                Ok(old.physical_id.clone())
            })?
        };
        self.keep(declared, subject(&made), text, StackStatus::UpdateComplete);
        Ok(())
    }

    /// The type and the properties of a resource; `None` if its condition does not hold.
    fn evaluated(&self, declared: &Resource) -> Result<Option<(&'static Kind, Map)>, Error> {
        let view = View { stage: self.stage, made: &self.made };
        let functions = Functions::new(&self.given, &view);
        if !functions.is_there(declared.condition.as_ref())? {
            return Ok(None);
        }
        let kind = resources::find(&declared.kind)?;
        let mut properties = functions.map(&declared.properties)?;
        if kind.has_tags() {
            add_tags(&mut properties, &self.deployment.wanted.source.tags);
        }
        kind.check(&properties)?;
        Ok(Some((kind, properties)))
    }

    /// Makes or changes one resource; if what was done before it is of use, a failure leaves no trace of it.
    fn step(
        &mut self,
        subject: &Subject,
        action: PlannedAction,
        take: impl FnOnce(&mut Stage<'_>, &Naming<'_>) -> Result<String, Pause>,
    ) -> Result<String, Stop> {
        let (begun, failed) = match action {
            PlannedAction::Add => (StackStatus::CreateInProgress, StackStatus::CreateFailed),
            _ => (StackStatus::UpdateInProgress, StackStatus::UpdateFailed),
        };
        self.planned.push(PlannedChange {
            action,
            logical_id: subject.logical_id.clone(),
            physical_id: Some(subject.physical_id.clone()).filter(|id| !id.is_empty()),
            kind: subject.kind.clone(),
        });
        self.journal.of_resource(subject, begun, None);
        let naming = Naming { stack: &self.deployment.arn.name, logical_id: &subject.logical_id };
        let mark = self.stage.mark();
        let error = match take(self.stage, &naming) {
            Ok(physical_id) => return Ok(physical_id),
            Err(Pause::Refused(error)) => error,
            Err(needs) => return Err(Stop::Needs(needs)),
        };
        if self.deployment.keeps_failures {
            self.stage.back_to(mark);
        }
        Err(self.failed(subject, failed, &error))
    }

    fn keep(&mut self, declared: &Resource, subject: Subject, properties: String, status: StackStatus) {
        self.journal.of_resource(&subject, status, None);
        let Subject { logical_id, physical_id, kind } = subject;
        self.made.push(StackResource {
            logical_id,
            physical_id,
            kind,
            status,
            touched: self.deployment.now,
            properties,
            is_retained: declared.is_retained,
        });
    }

    fn failed(&mut self, subject: &Subject, status: StackStatus, error: &Error) -> Stop {
        self.journal.of_resource(subject, status, Some(&reason(error)));
        Stop::Failed(format!("The following resource(s) failed: [{}]. ", subject.logical_id))
    }

    fn outputs(&self, template: &Template) -> Result<BTreeMap<String, StackOutput>, Error> {
        let view = View { stage: self.stage, made: &self.made };
        let functions = Functions::new(&self.given, &view);
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

    /// Deletes what the template has no more and what was replaced, latest first.
    fn leave(&mut self) -> Result<(), Stop> {
        let is_made: BTreeSet<String> = self.made.iter().map(|it| it.physical_id.clone()).collect();
        for old in self.deployment.old.iter().rev().filter(|it| !is_made.contains(&it.physical_id)) {
            let successor = self.made.iter().any(|it| it.logical_id == old.logical_id);
            if !successor {
                self.planned.push(PlannedChange {
                    action: PlannedAction::Remove,
                    logical_id: old.logical_id.clone(),
                    physical_id: Some(old.physical_id.clone()),
                    kind: old.kind.clone(),
                });
            }
            let declared = self.deployment.wanted.template.resources.get(&old.logical_id);
            let stays = match declared.filter(|_| successor) {
                Some(declared) => declared.is_retained_when_replaced,
                None => old.is_retained,
            };
            delete(self.stage, &mut self.journal, old, stays)?;
        }
        Ok(())
    }
}

/// Deletes all resources of a stack but those that stay, latest first. The failure tells which and why.
///
/// # Errors
/// Something must be known first.
pub(super) fn delete_all(
    stage: &mut Stage<'_>,
    journal: &mut Journal,
    resources: &[StackResource],
    retained: &[&str],
) -> Result<Option<String>, Pause> {
    for resource in resources.iter().rev() {
        let stays = resource.is_retained || retained.contains(&resource.logical_id.as_str());
        match delete(stage, journal, resource, stays) {
            Ok(()) => {}
            Err(Stop::Failed(failure)) => return Ok(Some(failure)),
            Err(Stop::Needs(pause)) => return Err(pause),
        }
    }
    Ok(None)
}

fn delete(
    stage: &mut Stage<'_>,
    journal: &mut Journal,
    resource: &StackResource,
    stays: bool,
) -> Result<(), Stop> {
    let subject = subject_of(resource);
    if stays {
        journal.of_resource(&subject, StackStatus::DeleteSkipped, None);
        return Ok(());
    }
    journal.of_resource(&subject, StackStatus::DeleteInProgress, None);
    let deleted = match resources::find(&resource.kind) {
        Ok(kind) => kind.delete(stage, &resource.physical_id, &properties_of(resource)),
        Err(error) => Err(error.into()),
    };
    match deleted {
        Ok(()) => {
            journal.of_resource(&subject, StackStatus::DeleteComplete, None);
            Ok(())
        }
        Err(Pause::Refused(error)) => {
            journal.of_resource(&subject, StackStatus::DeleteFailed, Some(&reason(&error)));
            Err(Stop::Failed(format!(
                "The following resource(s) failed to delete: [{}]. ",
                subject.logical_id
            )))
        }
        Err(needs) => Err(Stop::Needs(needs)),
    }
}

/// A resource as events name it.
pub(super) fn subject_of(resource: &StackResource) -> Subject {
    Subject {
        logical_id: resource.logical_id.clone(),
        physical_id: resource.physical_id.clone(),
        kind: resource.kind.clone(),
    }
}

/// The properties that a resource was made with.
fn properties_of(resource: &StackResource) -> Map {
    let json = serde_json::from_str(&resource.properties).unwrap_or_default();
    match Value::of_json(json) {
        Ok(Value::Map(map)) => map,
        _ => Map::new(),
    }
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

/// Why an action refused a resource, with its code.
fn reason(error: &Error) -> String {
    match error.code() {
        Code::ValidationError => error.message().to_owned(),
        code => format!("{} (Error Code: {})", error.message(), code.as_str()),
    }
}

fn given<'b>(stage: &Stage<'_>, arn: &StackArn, wanted: &'b Wanted) -> Given<'b> {
    let call = stage.outer();
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
