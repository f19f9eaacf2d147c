//! A store that forgets everything when it is dropped. For tests and simulations.

use std::sync::Arc;

use elbow_model::Change;
use tokio::sync::watch;

use crate::{Answer, CommitError, Revision, Snapshot, Store};

/// A store in memory. Copies share their state, as two processes share a data directory.
#[derive(Clone, Debug)]
pub struct Memory {
    state: watch::Sender<Snapshot>,
}

impl Memory {
    /// An empty store.
    pub fn new() -> Self {
        Self { state: watch::Sender::new(Snapshot::start()) }
    }

    fn take(&self, expected: Revision, changes: Vec<Change>) -> Result<Revision, CommitError> {
        let mut answer = Ok(expected);
        self.state.send_if_modified(|snapshot| {
            if snapshot.revision != expected {
                answer = Err(CommitError::Conflict { current: snapshot.revision });
            } else if !changes.is_empty() {
                let configuration = Arc::make_mut(&mut snapshot.configuration);
                changes.into_iter().for_each(|change| configuration.apply(change));
                snapshot.revision = expected.next();
                answer = Ok(snapshot.revision);
            }
            matches!(answer, Ok(revision) if revision != expected)
        });
        answer
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl Store for Memory {
    fn load(&self) -> Answer<'_, Result<Snapshot, CommitError>> {
        Box::pin(async { Ok(self.state.borrow().clone()) })
    }

    fn commit(&self, expected: Revision, changes: Vec<Change>) -> Answer<'_, Result<Revision, CommitError>> {
        Box::pin(async move { self.take(expected, changes) })
    }

    fn watch(&self) -> watch::Receiver<Snapshot> {
        self.state.subscribe()
    }
}
