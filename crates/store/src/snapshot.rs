//! A configuration and the moment in its history that it belongs to.

use std::fmt;
use std::sync::Arc;

use elbow_model::Configuration;

/// A point in the history of a store. A new store is at [`Revision::START`]; every commit that changes something goes
/// to a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Revision(u64);

impl Revision {
    /// Where every store begins.
    pub const START: Self = Self(0);

    /// The revision with this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The one after this.
    pub(crate) const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Everything that was configured at one revision. Cheap to copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The revision.
    pub revision: Revision,
    /// What was configured.
    pub configuration: Arc<Configuration>,
}

impl Snapshot {
    /// A store in which nothing was ever changed.
    pub(crate) fn start() -> Self {
        Self { revision: Revision::START, configuration: Arc::default() }
    }
}
