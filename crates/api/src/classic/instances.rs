//! Instances: registering, deregistering, and forgetting those whose connection draining is over.

use std::sync::Arc;
use std::time::Duration;

use elbow_model::key::TargetKey;
use elbow_model::{
    Change, ClassicLoadBalancer, Configuration, Entity, InstanceId, Registration, Timestamp, Zone, limits,
};

use super::find::{self, put};
use crate::call::{Call, Decision};
use crate::directory::{self, UNKNOWN, Unfit};
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

/// The instances of a call that the directory does not know: EC2 is to be asked where they are.
pub(crate) fn unknown(call: &Call<'_>, params: &Params<'_>) -> Result<Vec<InstanceId>, Error> {
    call.classic_of(params)?;
    let given = find::instances(&params.required_list("Instances")?)?;
    let unknown: Vec<InstanceId> = directory::absent(call, given.iter()).into_iter().cloned().collect();
    if unknown.len() > UNKNOWN {
        let message = format!(
            "A call cannot register more than {UNKNOWN} instances that are not in the instance directory"
        );
        return Err(Error::new(Code::InvalidInstance, message));
    }
    Ok(unknown)
}

/// `RegisterInstancesWithLoadBalancer`: one that is registered is no error.
// AWS: unknown for one that is draining, we take its deregistration back, so that its sessions and requests in progress
// go on.
pub(crate) fn register(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut balancer = Call::copy(call.classic_of(params)?);
    let given = find::instances(&params.required_list("Instances")?)?;
    let learned = directory::learned(call, given.iter()).map_err(|unfit| refusal(call, &unfit))?;
    let mut changes: Vec<Change> =
        learned.values().cloned().map(|it| Change::Put(Entity::Instance(Arc::new(it)))).collect();
    forget(&mut balancer, call.now);
    for id in &given {
        let new = || Registration {
            key: TargetKey::new(call.random()),
            registered: call.now,
            deregistered: None,
            zone_disabled: None,
        };
        balancer.instances.entry(id.clone()).or_insert_with(new).deregistered = None;
    }
    if balancer.instances.len() > limits::CLASSIC_INSTANCES {
        let most = limits::CLASSIC_INSTANCES;
        return Err(Error::validation(format!("A load balancer cannot have more than {most} instances")));
    }
    let xml = show(&balancer);
    changes.push(put(balancer));
    Ok((changes, xml))
}

/// `DeregisterInstancesFromLoadBalancer`: one that is known and not registered is no error. While connection draining is
/// enabled, requests in progress may finish first.
pub(crate) fn deregister(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut balancer = Call::copy(call.classic_of(params)?);
    let drains = balancer.attributes.connection_draining.enabled;
    forget(&mut balancer, call.now);
    for id in find::instances(&params.required_list("Instances")?)? {
        match balancer.instances.get_mut(&id) {
            Some(registration) if drains => {
                registration.deregistered.get_or_insert(call.now);
            }
            Some(_) => drop(balancer.instances.remove(&id)),
            None if call.configuration.instances.contains_key(&id) => {}
            None => return Err(unknown_instance(&id, "it is not registered")),
        }
    }
    let xml = show(&balancer);
    Ok((vec![put(balancer)], xml))
}

/// Every load balancer without the instances whose connection draining is over, if it has such.
pub(crate) fn drained(configuration: &Configuration, now: Timestamp) -> Vec<Change> {
    let over = |balancer: &Arc<ClassicLoadBalancer>| {
        let is_over = |it: &Registration| is_over(balancer, it, now) || is_cut_off(balancer, it, now);
        let any = balancer.instances.values().any(is_over);
        any.then(|| {
            let mut balancer = Call::copy(balancer);
            forget(&mut balancer, now);
            put(balancer)
        })
    };
    configuration.classic_load_balancers.values().filter_map(over).collect()
}

/// The refusal of an instance that cannot be found.
pub(super) fn unknown_instance(id: &InstanceId, why: &str) -> Error {
    Error::new(Code::InvalidInstance, format!("Could not find EC2 instance {id}: {why}."))
}

/// Whether requests in progress have had their time.
pub(super) fn is_over(balancer: &ClassicLoadBalancer, registration: &Registration, now: Timestamp) -> bool {
    registration.deregistered.is_some_and(|since| since + delay(balancer) <= now)
}

/// The same for one whose zone was disabled.
pub(super) fn is_cut_off(
    balancer: &ClassicLoadBalancer,
    registration: &Registration,
    now: Timestamp,
) -> bool {
    registration.zone_disabled.is_some_and(|since| since + delay(balancer) <= now)
}

fn delay(balancer: &ClassicLoadBalancer) -> Duration {
    let draining = balancer.attributes.connection_draining;
    if draining.enabled { draining.timeout } else { Duration::ZERO }
}

/// Instances whose zone is enabled no more, while it was `before`: with connection draining, what is in progress there may
/// finish. Those whose zone is enabled again go on.
pub(super) fn follow_zones(
    call: &Call<'_>,
    before: &ClassicLoadBalancer,
    balancer: &mut ClassicLoadBalancer,
) {
    let drains = balancer.attributes.connection_draining.enabled;
    let zones: Vec<Zone> = balancer.zones.iter().map(|placement| placement.zone.clone()).collect();
    for (id, registration) in &mut balancer.instances {
        let Some(instance) = call.configuration.instances.get(id) else { continue };
        if zones.contains(&instance.zone) {
            registration.zone_disabled = None;
        } else if drains && before.is_enabled_in(&instance.zone) {
            registration.zone_disabled = Some(call.now);
        }
    }
}

fn forget(balancer: &mut ClassicLoadBalancer, now: Timestamp) {
    let mut instances = std::mem::take(&mut balancer.instances);
    instances.retain(|_, registration| !is_over(balancer, registration, now));
    let cut_off = instances.values_mut().filter(|registration| is_cut_off(balancer, registration, now));
    cut_off.for_each(|registration| registration.zone_disabled = None);
    balancer.instances = instances;
}

fn refusal(call: &Call<'_>, unfit: &Unfit<'_>) -> Error {
    match unfit {
        Unfit::Unknown(id) => {
            let nobody = directory::nobody(call);
            unknown_instance(id, &format!("it {nobody}; add it with 'elbow instance put {id}'"))
        }
        Unfit::Down(down) => {
            let down: Vec<&str> = down.iter().map(|id| id.as_str()).collect();
            Error::new(
                Code::InvalidInstance,
                format!("Instances that do not run cannot be registered: {}", down.join(", ")),
            )
        }
    }
}

fn show(balancer: &ClassicLoadBalancer) -> Xml {
    let mut xml = Xml::new();
    let registered =
        balancer.instances.iter().filter(|(_, registration)| registration.deregistered.is_none());
    xml.list("Instances", registered, |xml, (id, _)| xml.text("InstanceId", id));
    xml
}
