//! Targets that are instances: where they are, according to the instance directory, or else to EC2.

use elbow_model::{InstanceId, TargetId, TargetZone};

use super::targets::{Named, read_all};
use crate::call::Call;
use crate::directory::{self, Learned, UNKNOWN, Unfit};
use crate::error::{Code, Error};
use crate::wire::Params;

/// The instances of a call that the directory does not know: EC2 is to be asked where they are.
pub(crate) fn unknown(call: &Call<'_>, params: &Params<'_>) -> Result<Vec<InstanceId>, Error> {
    let targets = read_all(call, call.target_group_of(params)?, params)?;
    let unknown: Vec<InstanceId> = directory::absent(call, ids(&targets)).into_iter().cloned().collect();
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
    directory::learned(call, ids(targets)).map_err(|unfit| {
        let message = match unfit {
            Unfit::Unknown(id) => format!(
                "The instance '{id}' {}; add it with 'elbow instance put {id}'",
                directory::nobody(call)
            ),
            Unfit::Down(down) => {
                let down: Vec<String> = down.iter().map(|id| format!("'{id}'")).collect();
                format!(
                    "The following targets are not in a running state and cannot be registered: {}",
                    down.join(", ")
                )
            }
        };
        Error::new(Code::InvalidTarget, message)
    })
}

/// The zone to keep: the one that was named; for an instance, its own.
pub(super) fn zone(call: &Call<'_>, learned: &Learned<'_>, named: &Named) -> Option<TargetZone> {
    let TargetId::Instance(id) = &named.id else { return named.zone.clone() };
    let known = call.configuration.instances.get(id).map(|known| &**known).or_else(|| learned.get(id));
    known.map(|instance| TargetZone::In(instance.zone.clone()))
}

fn ids(targets: &[Named]) -> impl Iterator<Item = &InstanceId> {
    targets.iter().filter_map(|named| match &named.id {
        TargetId::Instance(id) => Some(id),
        TargetId::Ip(_) | TargetId::LoadBalancer(_) => None,
    })
}
