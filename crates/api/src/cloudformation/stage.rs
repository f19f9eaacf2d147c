//! Where a stack's resources are made, changed and deleted before anything is: a copy of the configuration on which actions
//! are carried out one after the other.
//!
//! Every resource is carried out by the very actions that a caller would call, so that all that they check is checked. What they
//! decide is applied to the copy, so that the next sees it, and becomes durable all at once when the operation is over, or not
//! at all. So there is no half of a stack, whenever the program dies, and taking an operation back is forgetting the copy.

use std::collections::BTreeMap;

use elbow_model::{Change, Configuration, InstanceId};

use super::fields::Fields;
use super::needs::{Gathered, Need, Pause};
use crate::actions::{self, Version};
use crate::call::{Call, Decision, Handler};
use crate::error::{Code, Error};
use crate::instances::{Described, Found};
use crate::objects::Fetched;
use crate::v2::layers;
use crate::wire::Params;
use crate::wire::form::Form;

/// A configuration that is being changed.
pub(super) struct Stage<'a> {
    outer: &'a Call<'a>,
    gathered: &'a Gathered,
    configuration: Configuration,
    changes: Vec<Change>,
}

/// A state of a stage that one can go back to: how many changes there were.
pub(super) struct Mark(usize);

impl<'a> Stage<'a> {
    /// The configuration of a call as it is, and what was gathered for it.
    pub(super) fn new(outer: &'a Call<'a>, gathered: &'a Gathered) -> Self {
        Self { outer, gathered, configuration: outer.configuration.clone(), changes: Vec::new() }
    }

    /// The call that all of this is for.
    pub(super) const fn outer(&self) -> &'a Call<'a> {
        self.outer
    }

    /// The configuration as it is by now.
    pub(super) const fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// What was changed.
    pub(super) fn into_changes(self) -> Vec<Change> {
        self.changes
    }

    /// The state to go back to if what comes next fails.
    pub(super) fn mark(&self) -> Mark {
        Mark(self.changes.len())
    }

    /// Goes back.
    pub(super) fn back_to(&mut self, Mark(changes): Mark) {
        self.changes.truncate(changes);
        self.configuration = self.outer.configuration.clone();
        self.changes.iter().cloned().for_each(|change| self.configuration.apply(change));
    }

    /// Carries out an action with parameters that were made of a template, and tells what it changed.
    ///
    /// # Errors
    /// The action's own refusal, or what must be known before it can decide.
    pub(super) fn perform(
        &mut self,
        version: Version,
        action: &str,
        fields: Fields,
    ) -> Result<Vec<Change>, Pause> {
        let form = Form::of(fields.into_entries())?;
        let params = Params::new(form.root());
        let (changes, _) = self.decide(actions::find(action, version.as_str())?.handler, &params)?;
        layers::check(&self.configuration, &changes)?;
        changes.iter().cloned().for_each(|change| self.configuration.apply(change));
        self.changes.extend(changes.iter().cloned());
        Ok(changes)
    }

    fn decide(&self, handler: Handler, params: &Params<'_>) -> Result<Decision, Pause> {
        match handler {
            Handler::Changes(decide) => Ok(decide(&self.call(None, &[]), params)?),
            Handler::Asks(needs, decide) => {
                let ids = needs(&self.call(None, &[]), params)?;
                let found = self.found(ids)?;
                Ok(decide(&self.call(found.as_ref(), &[]), params)?)
            }
            Handler::Fetches(needs, decide) => {
                let wanted = needs(&self.call(None, &[]), params)?;
                match self.gathered.files(&wanted) {
                    Some(fetched) => Ok(decide(&self.call(None, fetched?), params)?),
                    None => Err(Pause::Needs(Need::Files(wanted))),
                }
            }
            Handler::Writes(draft, decide) => {
                if let Some(draft) = draft(&self.call(None, &[]), params)? {
                    match self.gathered.written(&draft.name) {
                        Some(written) => written?,
                        None => return Err(Pause::Needs(Need::Written(draft))),
                    }
                }
                Ok(decide(&self.call(None, &[]), params)?)
            }
            _ => Err(Error::new(Code::InvalidAction, "This action changes nothing").into()),
        }
    }

    /// Where instances are; `None` if there is nobody to ask, or nothing.
    fn found(&self, ids: Vec<InstanceId>) -> Result<Option<Found>, Pause> {
        if ids.is_empty() || self.outer.surroundings.instances.is_none() {
            return Ok(None);
        }
        let mut found: BTreeMap<InstanceId, Described> = BTreeMap::new();
        for id in &ids {
            match self.gathered.instance(id) {
                Some(Ok(Some(described))) => drop(found.insert(id.clone(), described.clone())),
                Some(Ok(None)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => return Err(Pause::Needs(Need::Instances(ids))),
            }
        }
        Ok(Some(found))
    }

    fn call<'b>(&'b self, found: Option<&'b Found>, fetched: &'b [Fetched]) -> Call<'b> {
        Call { configuration: &self.configuration, found, fetched, ..*self.outer }
    }
}
