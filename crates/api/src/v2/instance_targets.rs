//! Targets that are instances: where they are, according to the instance directory, or else to EC2.

use std::collections::{BTreeMap, BTreeSet};

use elbow_model::{Instance, InstanceId, TargetId, TargetZone};

use super::targets::{Named, read_all};
use crate::call::Call;
use crate::error::{Code, Error};
use crate::instances::{self, Described};
use crate::wire::Params;

/// Most instances of one call that EC2 is asked for, so that the call is answered in time: AWS's quota for a whole group.
const UNKNOWN: usize = 1_000;

/// Instances that EC2 knows and the directory does not, as they will stand in it.
pub(super) type Learned<'a> = BTreeMap<&'a InstanceId, Instance>;

/// The instances of a call that the directory does not know: EC2 is to be asked where they are.
pub(crate) fn unknown(call: &Call<'_>, params: &Params<'_>) -> Result<Vec<InstanceId>, Error> {
    let targets = read_all(call, call.target_group_of(params)?, params)?;
    let unknown: Vec<InstanceId> = absent(call, &targets).into_iter().cloned().collect();
    if unknown.len() > UNKNOWN {
        let message = format!(
            "A call cannot register more than {UNKNOWN} instances that are not in the instance directory"
        );
        return Err(Error::new(Code::TooManyTargets, message));
    }
    Ok(unknown)
}

/// What the directory learns by this call.
///
/// # Errors
/// One of the instances cannot be a target.
pub(super) fn learned<'a>(call: &Call<'_>, targets: &'a [Named]) -> Result<Learned<'a>, Error> {
    let (mut learned, mut down) = (Learned::new(), Vec::new());
    for id in absent(call, targets) {
        match call.found.and_then(|found| found.get(id)) {
            Some(Described::Running { address, zone }) => {
                learned.insert(id, instances::learned(id, *address, zone));
            }
            Some(Described::Down) => down.push(format!("'{id}'")),
            None => return Err(nobody_knows(call, id)),
        }
    }
    if down.is_empty() {
        return Ok(learned);
    }
    Err(Error::new(
        Code::InvalidTarget,
        format!(
            "The following targets are not in a running state and cannot be registered: {}",
            down.join(", ")
        ),
    ))
}

/// The zone to keep: the one that was named; for an instance, its own.
pub(super) fn zone(call: &Call<'_>, learned: &Learned<'_>, named: &Named) -> Option<TargetZone> {
    let TargetId::Instance(id) = &named.id else { return named.zone.clone() };
    let known = call.configuration.instances.get(id).map(|known| &**known).or_else(|| learned.get(id));
    known.map(|instance| TargetZone::In(instance.zone.clone()))
}

/// Each instance once that the directory does not know.
fn absent<'a>(call: &Call<'_>, targets: &'a [Named]) -> BTreeSet<&'a InstanceId> {
    let instances = targets.iter().filter_map(|named| match &named.id {
        TargetId::Instance(id) => Some(id),
        TargetId::Ip(_) | TargetId::LoadBalancer(_) => None,
    });
    instances.filter(|id| !call.configuration.instances.contains_key(*id)).collect()
}

fn nobody_knows(call: &Call<'_>, id: &InstanceId) -> Error {
    let nobody = match call.surroundings.instances {
        Some(_) => "neither in the instance directory nor known at the EC2 endpoint",
        None => "not in the instance directory",
    };
    Error::new(
        Code::InvalidTarget,
        format!("The instance '{id}' is {nobody}; add it with 'elbow instance put {id}'"),
    )
}
