//! `elbow instance`: the directory that targets of type `instance` are looked up in.

use std::sync::Arc;

use elbow_model::{Change, Entity, EntityKey, Instance, InstanceId, InstanceSource, TargetId, Zone};

use super::{data, say};
use crate::cli;
use crate::failure::Failure;

/// Runs one of the commands.
pub(crate) fn run(command: cli::Instance) -> Result<(), Failure> {
    match command {
        cli::Instance::Put { id, address, zone, data } => {
            let wrong = |error: elbow_model::Invalid| Failure::wrong_use(error.message());
            let instance = Instance {
                id: InstanceId::parse(&id).map_err(wrong)?,
                address,
                zone: Zone::parse(&zone).map_err(wrong)?,
                source: InstanceSource::Operator,
            };
            put(data, instance)
        }
        cli::Instance::List { data } => list(data),
        cli::Instance::Remove { id, data } => {
            remove(data, &InstanceId::parse(&id).map_err(|error| Failure::wrong_use(error.message()))?)
        }
    }
}

fn put(data: cli::Data, instance: Instance) -> Result<(), Failure> {
    let state = data::open_or_create(data)?;
    let change = Change::Put(Entity::Instance(Arc::new(instance)));
    data::update(&state, |_| Ok::<_, Failure>(vec![change.clone()]))
}

fn list(data: cli::Data) -> Result<(), Failure> {
    for instance in data::open(data)?.current().configuration.instances.values() {
        let source = match instance.source {
            InstanceSource::Operator => "operator",
            InstanceSource::Ec2 => "ec2",
        };
        say(format_args!("{}\t{}\t{}\t{source}", instance.id, instance.address, instance.zone))?;
    }
    Ok(())
}

fn remove(data: cli::Data, id: &InstanceId) -> Result<(), Failure> {
    let state = data::open(data)?;
    data::update(&state, |configuration| {
        if !configuration.instances.contains_key(id) {
            return Err(Refused::Unknown);
        }
        let registered = |target: &Arc<elbow_model::Target>| target.id == TargetId::Instance(id.clone());
        let mut of_classic = configuration.classic_load_balancers.values().flat_map(|it| it.instances.keys());
        if configuration.targets.values().any(registered) || of_classic.any(|it| it == id) {
            return Err(Refused::Registered);
        }
        Ok(vec![Change::Remove(EntityKey::Instance(id.clone()))])
    })
}

/// Why an instance stays.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("the directory has no such instance; `elbow instance list` shows them")]
    Unknown,
    #[error("the instance is registered with a target group; deregister it first, and let its draining end")]
    Registered,
}
