//! How instances do, in the words of Classic Load Balancers.

use elbow_model::{
    ClassicListener, ClassicLoadBalancer, HealthReason, HealthState, InstanceId, Registration, TargetHealth,
};

use super::find;
use super::instances::{is_cut_off, is_over, unknown_instance};
use crate::call::Call;
use crate::error::Error;
use crate::wire::{Params, Xml};

/// What is said of an instance.
#[derive(Clone, Copy)]
struct Told {
    state: &'static str,
    reason: &'static str,
    description: &'static str,
}

const IN_SERVICE: Told = Told { state: "InService", reason: "N/A", description: "N/A" };
const DRAINING: Told =
    Told { state: "InService", reason: "N/A", description: "Instance deregistration currently in progress." };
const REGISTERING: Told = out("ELB", "Instance registration is still in progress.");
const NOT_REGISTERED: Told = out("Instance", "Instance is not currently registered with the LoadBalancer.");
const OTHER_ZONE: Told = out(
    "ELB",
    "Instance is in the EC2 Availability Zone for which LoadBalancer is not configured to route traffic to.",
);
const NOT_YET_PASSED: Told = out(
    "Instance",
    "Instance has not passed the configured HealthyThreshold number of health checks consecutively.",
);
const FAILED: Told = out(
    "Instance",
    "Instance has failed at least the UnhealthyThreshold number of health checks consecutively.",
);
const ZONE_DRAINING: Told = out("ELB", "Disable Availability Zone is currently in progress.");
// The directory has only instances that run: whether this one was stopped, terminated or taken out it does not know.
const STOPPED: Told = out(
    "Instance",
    "Instance is in stopped state: the instance directory does not have it; see 'elbow instance list'.",
);

const fn out(reason: &'static str, description: &'static str) -> Told {
    Told { state: "OutOfService", reason, description }
}

/// `DescribeInstanceHealth`
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let balancer = call.classic_of(params)?;
    let asked = find::instances(&params.list("Instances")?.unwrap_or_default())?;
    let there = |it: &Registration| !is_over(balancer, it, call.now);
    let mut told: Vec<(&InstanceId, Told)> = Vec::new();
    if asked.is_empty() {
        let registered = balancer.instances.iter().filter(|(_, registration)| there(registration));
        told.extend(registered.map(|(id, registration)| (id, tell(call, balancer, id, registration))));
    }
    for id in &asked {
        match balancer.instances.get(id).filter(|registration| there(registration)) {
            Some(registration) => told.push((id, tell(call, balancer, id, registration))),
            None if call.configuration.instances.contains_key(id) => told.push((id, NOT_REGISTERED)),
            None => return Err(unknown_instance(id, "it is not registered")),
        }
    }
    let mut xml = Xml::new();
    xml.list("InstanceStates", told, |xml, (id, told)| {
        xml.text("InstanceId", id);
        xml.text("State", told.state);
        xml.text("ReasonCode", told.reason);
        xml.text("Description", told.description);
    });
    Ok(xml)
}

/// What is configured goes before what is observed. Each listener has the instance as a target of its own; the one that does
/// worst counts.
// AWS: unknown for a load balancer without listeners, we tell that registration is in progress: nothing is checked.
fn tell(
    call: &Call<'_>,
    balancer: &ClassicLoadBalancer,
    id: &InstanceId,
    registration: &Registration,
) -> Told {
    if registration.deregistered.is_some() {
        return DRAINING;
    }
    let instance = call.configuration.instances.get(id);
    if instance.is_some_and(|instance| !balancer.is_enabled_in(&instance.zone)) {
        let drains = registration.zone_disabled.is_some() && !is_cut_off(balancer, registration, call.now);
        return if drains { ZONE_DRAINING } else { OTHER_ZONE };
    }
    let health = |group| call.surroundings.health.health(group, registration.key);
    let listeners = balancer.listeners.values();
    let worst = listeners.map(|listener| health(listener.group)).max_by_key(badness);
    worst.map_or(REGISTERING, words)
}

/// How an instance does as a target of one listener.
pub(crate) fn of_listener(
    call: &Call<'_>,
    listener: &ClassicListener,
    registration: &Registration,
) -> TargetHealth {
    if registration.deregistered.is_some() || registration.zone_disabled.is_some() {
        let reason = Some(HealthReason::DeregistrationInProgress);
        return TargetHealth { state: HealthState::Draining, reason };
    }
    call.surroundings.health.health(listener.group, registration.key)
}

fn badness(health: &TargetHealth) -> u8 {
    match health.state {
        HealthState::Healthy => 0,
        HealthState::Draining | HealthState::Unavailable => 1,
        HealthState::Initial => 2,
        HealthState::Unhealthy => 3,
        HealthState::Unused => 4,
    }
}

fn words(health: TargetHealth) -> Told {
    match (health.state, health.reason) {
        (HealthState::Healthy | HealthState::Unavailable, _) => IN_SERVICE,
        (HealthState::Draining, _) => DRAINING,
        (HealthState::Initial, Some(HealthReason::InitialHealthChecking)) => NOT_YET_PASSED,
        (HealthState::Initial, _) => REGISTERING,
        (HealthState::Unhealthy, _) => FAILED,
        (HealthState::Unused, _) => STOPPED,
    }
}
