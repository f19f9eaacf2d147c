//! Why a change was not made.

use crate::Revision;

/// Why a commit was not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Somebody else was faster. Nothing was changed: decide again on the current state.
    #[error("the configuration has changed meanwhile; it is at revision {current} now")]
    Conflict {
        /// Where the store is now.
        current: Revision,
    },
    /// Too many commits wait already. Nothing was changed: try again later.
    #[error("too many changes are waiting to be stored")]
    Busy,
    /// The store failed. Whether the changes were made is unknown; a later [`crate::Store::load`] tells.
    #[error("the configuration cannot be stored: {0}")]
    Unavailable(String),
}

/// Why an update was not made. `E` is what the caller's own step refused with.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError<E> {
    /// The step refused; nothing was changed.
    #[error("refused")]
    Refused(E),
    /// The store did not take it.
    #[error(transparent)]
    Store(#[from] CommitError),
}
