//! What a handler gets and what it gives.

use std::sync::Arc;

use elbow_model::{Change, Configuration, InstanceId, Scope, Timestamp};
use serde_json::Value;

use crate::cloudformation::needs::{Gathered, Pause};
use crate::downloads::{Download, Downloads};
use crate::error::{Code, Error};
use crate::instances::Found;
use crate::objects::{Against, Draft, Fetched, Wanted};
use crate::origin::Origin;
use crate::wire::{Input, Params, Xml};
use crate::{Settings, Surroundings};

/// One call of an action, decided on one configuration.
pub(crate) struct Call<'a> {
    /// The state that the call is decided on.
    pub(crate) configuration: &'a Configuration,
    /// The caller's namespace.
    pub(crate) scope: &'a Scope,
    /// The time of the call.
    pub(crate) now: Timestamp,
    /// The settings of the API.
    pub(crate) settings: &'a Settings,
    /// The outside.
    pub(crate) surroundings: &'a Surroundings,
    /// What EC2 was asked for this call. `None`: it was not asked.
    pub(crate) found: Option<&'a Found>,
    /// The files that were fetched for this call, in the order in which it names them.
    pub(crate) fetched: &'a [Fetched],
    /// How the caller has reached us; `None`: it does not say.
    pub(crate) origin: Option<&'a Origin>,
    /// Addresses of files.
    pub(crate) downloads: &'a Downloads,
}

/// What a call that changes something decided: the changes, and the result to show once they are durable.
pub(crate) type Decision = (Vec<Change>, Xml);

/// The same of a call in the JSON protocol.
pub(crate) type JsonDecision = (Vec<Change>, Value);

/// Carries out an action. Handlers decide and do nothing else: a handler that changes something is asked again when
/// the configuration has changed meanwhile.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Handler {
    /// Only looks.
    Reads(fn(&Call<'_>, &Params<'_>) -> Result<Xml, Error>),
    /// Decides on changes.
    Changes(fn(&Call<'_>, &Params<'_>) -> Result<Decision, Error>),
    /// Decides on changes, once it was asked where these instances are.
    Asks(
        fn(&Call<'_>, &Params<'_>) -> Result<Vec<InstanceId>, Error>,
        fn(&Call<'_>, &Params<'_>) -> Result<Decision, Error>,
    ),
    /// Decides on changes, once these files were fetched.
    Fetches(
        fn(&Call<'_>, &Params<'_>) -> Result<Wanted, Error>,
        fn(&Call<'_>, &Params<'_>) -> Result<Decision, Error>,
    ),
    /// Decides on changes, once this file was written, if there is one.
    Writes(
        fn(&Call<'_>, &Params<'_>) -> Result<Option<Draft>, Error>,
        fn(&Call<'_>, &Params<'_>) -> Result<Decision, Error>,
    ),
    /// Decides on changes to a stack, once it knows what it needs, which it says.
    Deploys(fn(&Call<'_>, &Params<'_>, &Gathered) -> Result<Decision, Pause>),
    /// Only looks; in the JSON protocol.
    ReadsJson(fn(&Call<'_>, &Input) -> Result<Value, Error>),
    /// Decides on changes; in the JSON protocol.
    ChangesJson(fn(&Call<'_>, &Input) -> Result<JsonDecision, Error>),
    /// Known to AWS, not here yet.
    NotYet,
}

impl<'a> Call<'a> {
    /// A number for a new key.
    pub(crate) fn random(&self) -> u64 {
        (self.surroundings.random)()
    }

    /// An address at which the caller can fetch a file for a while.
    ///
    /// # Errors
    /// The call does not say which host it was sent to.
    pub(crate) fn location(&self, download: Download) -> Result<String, Error> {
        let message =
            "The header Host must name the host that the call is sent to, and a port if it needs one";
        let origin = self.origin.ok_or_else(|| Error::validation(message))?;
        Ok(self.downloads.location(origin, download, self.now))
    }

    /// The files that were fetched, if what they were checked against is still that which `against` tells.
    ///
    /// # Errors
    /// `ServiceUnavailable`, after which clients ask again: it has changed meanwhile.
    pub(crate) fn fetched_against(&self, against: &Against) -> Result<&'a [Fetched], Error> {
        if self.fetched.iter().all(|file| file.against == *against) {
            return Ok(self.fetched);
        }
        let message = "The trust store was changed while the file was being checked with it; try again";
        Err(Error::new(Code::ServiceUnavailable, message))
    }

    /// A copy of a shared value, to change it.
    pub(crate) fn copy<T: Clone>(shared: &Arc<T>) -> T {
        T::clone(shared)
    }
}
