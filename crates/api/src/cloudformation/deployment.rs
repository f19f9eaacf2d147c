//! Brings the resources of a stack to what a template says, one after the other, on a stage.

use std::collections::{BTreeMap, BTreeSet};

use elbow_model::{
    ChangedPart, PlannedAction, PlannedChange, Stack, StackArn, StackOutput, StackResource, StackStatus,
    Timestamp,
};

use super::deletion::{self, delete};
use super::evaluation::{self, View};
use super::journal::{Journal, Subject};
use super::needs::Pause;
use super::request::Wanted;
use super::resources::{Change, Naming, properties_of};
use super::stage::Stage;
use super::template::functions::{Functions, Given};
use super::template::value::Value;
use super::template::{Resource, Template};
use crate::error::Error;

/// What is to be deployed, and where.
pub(super) struct Deployment<'a> {
    /// The stack.
    pub(super) arn: &'a StackArn,
    /// What belongs to it by now.
    pub(super) old: &'a [StackResource],
    /// What that was made of, if it can be read.
    pub(super) before: Option<&'a Template>,
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
    /// What is wrong with the properties of that resource, if it is these and no action has refused them.
    pub(super) invalid: Option<String>,
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
pub(super) enum Stop {
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
    invalid: Option<String>,
}

impl Deployment<'_> {
    /// Carries it out on `stage`.
    ///
    /// # Errors
    /// Something must be known first, or the template makes no sense with these parameters. What an action refuses is no
    /// error here, but the failure of the resource.
    pub(super) fn carry_out(&self, stage: &mut Stage<'_>) -> Result<Deployed, Pause> {
        evaluation::preflight(stage.outer(), self.arn, self.wanted)?;
        let given = evaluation::given(stage.outer(), self.arn, self.wanted);
        let mut run = Run {
            deployment: self,
            stage,
            given,
            made: Vec::new(),
            planned: Vec::new(),
            journal: Journal::default(),
            invalid: None,
        };
        let failure = match run.go() {
            Ok(outputs) => {
                let Run { made: resources, planned, journal, .. } = run;
                return Ok(Deployed { resources, outputs, planned, journal, failure: None, invalid: None });
            }
            Err(Stop::Needs(pause)) => return Err(pause),
            Err(Stop::Failed(failure)) => failure,
        };
        let Run { made: mut resources, planned, journal, invalid, .. } = run;
        // What was not reached belongs to the stack as before; so does what was replaced and is not deleted yet. It comes
        // after what was: that is what it may need, and deletion goes backwards.
        let is_made: BTreeSet<String> = resources.iter().map(|it| it.physical_id.clone()).collect();
        resources.extend(self.old.iter().filter(|it| !is_made.contains(&it.physical_id)).cloned());
        let outputs = BTreeMap::new();
        Ok(Deployed { resources, outputs, planned, journal, failure: Some(failure), invalid })
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
        let outputs = self.functions(|functions| evaluation::outputs(functions, template));
        let outputs = outputs.map_err(|error| Stop::Failed(error.message().to_owned()))?;
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
        let tags = &self.deployment.wanted.source.tags;
        let evaluated = self.functions(|functions| evaluation::properties(functions, declared, tags));
        let (kind, properties) = match evaluated {
            Ok(Some(evaluated)) => evaluated,
            Ok(None) => return Ok(()),
            Err(error) => {
                self.invalid = Some(format!("{id}: {}", error.message()));
                return Err(self.failed(&subject(""), failed, &error));
            }
        };
        let text = Value::Map(properties.clone()).to_json().to_string();
        let Some(old) = old else {
            let action =
                if self.deployment.old(id).is_some() { PlannedAction::Replace } else { PlannedAction::Add };
            let made = self.step(&subject(""), (action, [].into()), |stage, naming| {
                kind.create(stage, naming, &properties)
            })?;
            self.keep(declared, subject(&made), text, StackStatus::CreateComplete);
            return Ok(());
        };
        if old.properties == text {
            let scope = self.other_attributes(id, declared);
            if !scope.is_empty() {
                self.plan(&subject(&old.physical_id), PlannedAction::Modify, scope);
            }
            self.made.push(StackResource { is_retained: declared.is_retained, ..old.clone() });
            return Ok(());
        }
        let before = properties_of(old);
        let change = Change { old: &before, new: &properties };
        let subject_of_old = subject(&old.physical_id);
        let mut scope = self.other_attributes(id, declared);
        scope.extend(change.parts());
        let made = if kind.replaces(&change) {
            self.step(&subject_of_old, (PlannedAction::Replace, scope), |stage, naming| {
                kind.replace(stage, naming, &change)
            })?
        } else {
            self.step(&subject_of_old, (PlannedAction::Modify, scope), |stage, _| {
                kind.update(stage, &old.physical_id, &change)?;
                Ok(old.physical_id.clone())
            })?
        };
        self.keep(declared, subject(&made), text, StackStatus::UpdateComplete);
        Ok(())
    }

    /// Evaluates something by what there is by now.
    fn functions<T>(&self, evaluate: impl FnOnce(&Functions<'_>) -> Result<T, Error>) -> Result<T, Error> {
        evaluate(&Functions::new(&self.given, &View { stage: self.stage, made: &self.made }))
    }

    /// Makes or changes one resource; if what was done before it is of use, a failure leaves no trace of it.
    fn step(
        &mut self,
        subject: &Subject,
        (action, scope): (PlannedAction, BTreeSet<ChangedPart>),
        take: impl FnOnce(&mut Stage<'_>, &Naming<'_>) -> Result<String, Pause>,
    ) -> Result<String, Stop> {
        let (begun, failed) = match action {
            PlannedAction::Add => (StackStatus::CreateInProgress, StackStatus::CreateFailed),
            _ => (StackStatus::UpdateInProgress, StackStatus::UpdateFailed),
        };
        self.plan(subject, action, scope);
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

    /// What is said in another way of a resource beside its properties, which is noted and nothing more.
    fn other_attributes(&self, id: &str, declared: &Resource) -> BTreeSet<ChangedPart> {
        let before = self.deployment.before.and_then(|before| before.resources.get(id));
        before.map(|before| declared.attributes_other_than(before).collect()).unwrap_or_default()
    }

    fn plan(&mut self, subject: &Subject, action: PlannedAction, scope: BTreeSet<ChangedPart>) {
        self.planned.push(PlannedChange {
            action,
            logical_id: subject.logical_id.clone(),
            physical_id: Some(subject.physical_id.clone()).filter(|id| !id.is_empty()),
            kind: subject.kind.clone(),
            scope,
        });
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
        self.journal.of_resource(subject, status, Some(&deletion::reason(error)));
        Stop::Failed(format!("The following resource(s) failed: [{}]. ", subject.logical_id))
    }

    /// Deletes what the template has no more and what was replaced, latest first.
    fn leave(&mut self) -> Result<(), Stop> {
        let is_made: BTreeSet<String> = self.made.iter().map(|it| it.physical_id.clone()).collect();
        for old in self.deployment.old.iter().rev().filter(|it| !is_made.contains(&it.physical_id)) {
            let successor = self.made.iter().any(|it| it.logical_id == old.logical_id);
            if !successor {
                self.plan(&Subject::from(old), PlannedAction::Remove, [].into());
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
