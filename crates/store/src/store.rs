//! The trait that every store fulfils; one suite of tests holds all of them to it.

use std::pin::Pin;

use elbow_model::Change;
use tokio::sync::watch;

use crate::{CommitError, Revision, Snapshot};

/// What a [`Store`] promises to answer.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Keeps a configuration. Several processes may have the same store open.
pub trait Store: Send + Sync + 'static {
    /// The state as it is now, changes that others committed before the call included. [`Store::watch`] shows it by
    /// the time this answers.
    fn load(&self) -> Answer<'_, Result<Snapshot, CommitError>>;

    /// Takes all of `changes`, in their order, or none of them, if the store still is at `expected`.
    ///
    /// Once this answers with the new revision, the changes are durable and [`Store::watch`] shows them. No changes
    /// at all lead to no new revision. Dropping the future does not call the changes back.
    fn commit(&self, expected: Revision, changes: Vec<Change>) -> Answer<'_, Result<Revision, CommitError>>;

    /// The last known state. It changes at once for commits through this store, and within a second for those of
    /// other processes. It stays readable when the store fails.
    fn watch(&self) -> watch::Receiver<Snapshot>;
}
