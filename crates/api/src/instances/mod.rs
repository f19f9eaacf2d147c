//! Instances that only EC2 knows: asking for them, reading the answer, and asking again.
//!
//! Somebody else makes the requests: an [`InstanceReader`] comes in with the [`Surroundings`](crate::Surroundings). It
//! writes its question with [`question`] and reads the answer with [`answer`]. `RegisterTargets` asks before it decides;
//! from then on an [`InstanceWatch`] keeps what was learned true. What was learned is kept in the instance directory,
//! durably, so that traffic goes on when the endpoint or Elbow itself goes away.

pub mod answer;
pub mod document;
mod question;
mod watch;

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::pin::Pin;

use elbow_model::{Instance, InstanceId, InstanceSource, Region, Zone};

pub use question::{IDS_PER_QUESTION, question};
pub use watch::InstanceWatch;

/// What EC2 says of an instance that it knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Described {
    /// It runs, and its ports are reached here.
    Running {
        /// Its private address.
        address: IpAddr,
        /// Its zone.
        zone: Zone,
    },
    /// It does not run, or has no address: it can be no target.
    Down,
}

/// The entry of the directory for an instance that runs.
pub(crate) fn learned(id: &InstanceId, address: IpAddr, zone: &Zone) -> Instance {
    Instance { id: id.clone(), address, zone: zone.clone(), source: InstanceSource::Ec2 }
}

/// What was found, by id. An id that is missing is one that nobody knows.
pub type Found = BTreeMap<InstanceId, Described>;

/// What an [`InstanceReader`] promises to answer.
pub type FoundAnswer<'a> = Pin<Box<dyn Future<Output = Result<Found, Unanswered>> + Send + 'a>>;

/// Knows the instances of EC2.
pub trait InstanceReader: Send + Sync {
    /// What is known of `ids` in `region`, and of nothing else.
    fn describe<'a>(&'a self, region: &'a Region, ids: &'a [InstanceId]) -> FoundAnswer<'a>;
}

/// Nobody can say now where an instance is. The text tells whom was asked, what was wrong and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered(String);

impl Unanswered {
    /// An explanation, for callers of the API and for the log.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unanswered {}
