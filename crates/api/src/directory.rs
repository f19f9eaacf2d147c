//! The instance directory as registrations see it: what it knows, and what it learns from EC2 by a call.

use std::collections::{BTreeMap, BTreeSet};

use elbow_model::{Instance, InstanceId};

use crate::call::Call;
use crate::instances::{self, Described};

/// Most instances of one call that EC2 is asked for, so that the call is answered in time: AWS's quota for a whole target
/// group, or for a whole Classic Load Balancer.
pub(crate) const UNKNOWN: usize = 1_000;

/// Instances that EC2 knows and the directory does not, as they will stand in it.
pub(crate) type Learned<'a> = BTreeMap<&'a InstanceId, Instance>;

/// Why instances cannot be registered.
pub(crate) enum Unfit<'a> {
    /// Nobody knows it.
    Unknown(&'a InstanceId),
    /// They do not run.
    Down(Vec<&'a InstanceId>),
}

/// Each instance once that the directory does not know.
pub(crate) fn absent<'a>(
    call: &Call<'_>,
    ids: impl Iterator<Item = &'a InstanceId>,
) -> BTreeSet<&'a InstanceId> {
    ids.filter(|id| !call.configuration.instances.contains_key(*id)).collect()
}

/// What the directory learns by this call.
///
/// # Errors
/// One of the instances cannot be registered.
pub(crate) fn learned<'a>(
    call: &Call<'_>,
    ids: impl Iterator<Item = &'a InstanceId>,
) -> Result<Learned<'a>, Unfit<'a>> {
    let (mut learned, mut down) = (Learned::new(), Vec::new());
    for id in absent(call, ids) {
        match call.found.and_then(|found| found.get(id)) {
            Some(Described::Running { address, zone }) => {
                learned.insert(id, instances::learned(id, *address, zone));
            }
            Some(Described::Down) => down.push(id),
            None => return Err(Unfit::Unknown(id)),
        }
    }
    if down.is_empty() { Ok(learned) } else { Err(Unfit::Down(down)) }
}

/// Who does not know an instance, to be read after its name.
pub(crate) fn nobody(call: &Call<'_>) -> &'static str {
    match call.surroundings.instances {
        Some(_) => "is neither in the instance directory nor known at the EC2 endpoint",
        None => "is not in the instance directory",
    }
}
