//! What can go wrong, whose fault it is and what to do next.

use std::io;
use std::path::{Path, PathBuf};

use crate::Revision;

/// Why a data directory was not opened. Whatever it is, nothing that was there has been changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The operating system refused.
    #[error("cannot {what} {}", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// There is a database, but the key to its secrets is gone.
    #[error(
        "{} is missing, and without it the secrets in {} cannot be read. Put it back from your backup",
        key.display(), database.display()
    )]
    KeyMissing {
        /// Where the key should be.
        key: PathBuf,
        /// The database that needs it.
        database: PathBuf,
    },
    /// Others may read the key.
    #[error("{0} has mode {mode:04o}, but only its owner may read it. Run: chmod 600 {0}", path.display())]
    KeyMode {
        /// The key file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// That is no key.
    #[error("{} is not a key of {expected} bytes. Put the right file back from your backup", path.display())]
    KeyLength {
        /// The key file.
        path: PathBuf,
        /// How long it should be, in bytes.
        expected: usize,
    },
    /// Key and database do not belong together.
    #[error(
        "the secrets in {} do not open with {}. The two belong together: put both back from the same backup",
        database.display(), key.display()
    )]
    KeyMismatch {
        /// The key file.
        key: PathBuf,
        /// The database.
        database: PathBuf,
    },
    /// The file is something else.
    #[error("{} is not a database of Elbow. It was left untouched; choose another data directory", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A later Elbow has written it.
    #[error(
        "{} was written by a later version of Elbow: {detail}. It was left untouched. Start that version again; to go \
         back, let it export the configuration and import that here into another data directory",
        path.display()
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// How that is known.
        detail: String,
    },
    /// Something has destroyed it.
    #[error(
        "{} is damaged: {detail}. It was left untouched. Restore it and its key from a backup, or choose another data \
         directory and import your last export there",
        path.display()
    )]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// The database cannot be read for a reason that may pass.
    #[error("cannot open {}: {detail}", path.display())]
    Database {
        /// The database.
        path: PathBuf,
        /// The database engine's reason.
        detail: String,
    },
    /// Another server has the data directory.
    #[error("another server is running on {}. Stop it, or choose another data directory", path.display())]
    InUse {
        /// The data directory.
        path: PathBuf,
    },
}

impl OpenError {
    pub(crate) fn io(what: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { what, path: path.to_owned(), source }
    }
}

/// Why a commit was not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
