//! Instances of Classic Load Balancers: register, deregister, drain, and how they do.

use elbow_model::key::TargetGroupKey;
use elbow_model::{HealthReason, HealthState};

use crate::world::{World, block_on, listener};

const NAME: (&str, &str) = ("LoadBalancerName", "shop");
const FIRST: (&str, &str) = ("Instances.member.1.InstanceId", "i-1");
const STOPPED: &str =
    "Instance is in stopped state: the instance directory does not have it; see 'elbow instance list'.";
const SECOND: (&str, &str) = ("Instances.member.1.InstanceId", "i-2");

/// A load balancer with a listener and two instances that the directory knows.
fn shop() -> World {
    let world = World::new();
    world.create_classic("shop", "HTTP", "80");
    world.put_instance("i-1", "us-east-1a");
    world.put_instance("i-2", "us-east-1a");
    world
}

fn told(world: &World, id: &str) -> (String, String, String) {
    let parameters = [NAME, ("Instances.member.1.InstanceId", id)];
    let answer = world.classic("DescribeInstanceHealth", &parameters);
    let value = |name: &str| answer.value(&format!("InstanceStates/member/{name}"));
    (value("State"), value("ReasonCode"), value("Description"))
}

/// The target groups of the listeners.
fn groups(world: &World) -> Vec<TargetGroupKey> {
    let configuration = &world.state.current().configuration;
    let balancers = configuration.classic_load_balancers.values();
    balancers.flat_map(|it| it.listeners.values().map(|listener| listener.group)).collect()
}

#[test]
fn instances_come_and_go() {
    let world = shop();
    let answer = world.classic("RegisterInstancesWithLoadBalancer", &[NAME, FIRST]);
    assert_eq!(answer.values("Instances/member/InstanceId"), ["i-1"]);
    let answer = world.classic("RegisterInstancesWithLoadBalancer", &[NAME, SECOND]);
    assert_eq!(answer.values("Instances/member/InstanceId"), ["i-1", "i-2"]);
    world.classic("RegisterInstancesWithLoadBalancer", &[NAME, SECOND]);
    let all = world.classic("DescribeInstanceHealth", &[NAME]);
    assert_eq!(all.values("InstanceStates/member/InstanceId"), ["i-1", "i-2"]);
    assert_eq!(told(&world, "i-1"), ("InService".into(), "N/A".into(), "N/A".into()));
    let answer = world.classic("DeregisterInstancesFromLoadBalancer", &[NAME, FIRST]);
    assert_eq!(answer.values("Instances/member/InstanceId"), ["i-2"]);
    world.classic("DeregisterInstancesFromLoadBalancer", &[NAME, FIRST]);
    let (state, _, description) = told(&world, "i-1");
    assert_eq!(state, "OutOfService");
    assert_eq!(description, "Instance is not currently registered with the LoadBalancer.");
}

#[test]
fn an_instance_that_nobody_knows_is_refused() {
    let world = shop();
    let unknown = [NAME, ("Instances.member.1.InstanceId", "i-9")];
    let message = "Could not find EC2 instance i-9: it is not in the instance directory; add it with 'elbow instance put i-9'";
    world.classic_refused("RegisterInstancesWithLoadBalancer", &unknown, "InvalidInstance", message);
    let message = "Could not find EC2 instance i-9";
    world.classic_refused("DeregisterInstancesFromLoadBalancer", &unknown, "InvalidInstance", message);
    world.classic_refused("DescribeInstanceHealth", &unknown, "InvalidInstance", message);
    let malformed = [NAME, ("Instances.member.1.InstanceId", "x")];
    world.classic_refused("RegisterInstancesWithLoadBalancer", &malformed, "InvalidInstance", "'x'");
    world.classic_refused("RegisterInstancesWithLoadBalancer", &[NAME], "ValidationError", "'instances'");
}

#[test]
fn a_deregistered_instance_drains_for_the_timeout() {
    let world = shop();
    let enabled = ("LoadBalancerAttributes.ConnectionDraining.Enabled", "true");
    let timeout = ("LoadBalancerAttributes.ConnectionDraining.Timeout", "20");
    world.classic("ModifyLoadBalancerAttributes", &[NAME, enabled, timeout]);
    world.classic("RegisterInstancesWithLoadBalancer", &[NAME, FIRST]);
    let answer = world.classic("DeregisterInstancesFromLoadBalancer", &[NAME, FIRST]);
    assert_eq!(answer.count("Instances/member"), 0);
    let draining = "Instance deregistration currently in progress.".to_owned();
    assert_eq!(told(&world, "i-1"), ("InService".into(), "N/A".into(), draining));
    world.pass_seconds(19);
    assert_eq!(block_on(world.api.forget_drained()).unwrap(), 0);
    world.pass_seconds(1);
    assert_eq!(told(&world, "i-1").0, "OutOfService");
    assert_eq!(block_on(world.api.forget_drained()).unwrap(), 1);
    assert_eq!(block_on(world.api.forget_drained()).unwrap(), 0);
}

#[test]
fn a_deregistration_is_taken_back_while_the_instance_drains() {
    let world = shop();
    let enabled = ("LoadBalancerAttributes.ConnectionDraining.Enabled", "true");
    world.classic("ModifyLoadBalancerAttributes", &[NAME, enabled]);
    world.classic("RegisterInstancesWithLoadBalancer", &[NAME, FIRST]);
    let key = || {
        let configuration = &world.state.current().configuration;
        let balancer = configuration.classic_load_balancers.values().next();
        balancer.unwrap().instances.values().next().map(|registration| registration.key)
    };
    let before = key();
    world.classic("DeregisterInstancesFromLoadBalancer", &[NAME, FIRST]);
    world.classic("RegisterInstancesWithLoadBalancer", &[NAME, FIRST]);
    assert_eq!(key(), before, "its sessions stay");
    world.classic("DeregisterInstancesFromLoadBalancer", &[NAME, FIRST]);
    world.pass_seconds(300);
    world.classic("RegisterInstancesWithLoadBalancer", &[NAME, FIRST]);
    assert_ne!(key(), before, "its time was over");
}

#[test]
fn health_is_told_in_words_of_classic() {
    let world = shop();
    world.classic("CreateLoadBalancerListeners", &[&[NAME][..], &listener("TCP", "81")].concat());
    world.classic("RegisterInstancesWithLoadBalancer", &[NAME, FIRST]);
    let [_, second] = groups(&world)[..] else { panic!("two listeners") };
    let table = [
        (
            HealthState::Initial,
            HealthReason::RegistrationInProgress,
            "ELB",
            "Instance registration is still in progress.",
        ),
        (
            HealthState::Initial,
            HealthReason::InitialHealthChecking,
            "Instance",
            "Instance has not passed the configured HealthyThreshold number of health checks consecutively.",
        ),
        (
            HealthState::Unhealthy,
            HealthReason::Timeout,
            "Instance",
            "Instance has failed at least the UnhealthyThreshold number of health checks consecutively.",
        ),
        (HealthState::Unused, HealthReason::InvalidState, "Instance", STOPPED),
    ];
    for (state, reason, code, description) in table {
        world.tell_health(second, state, reason);
        assert_eq!(told(&world, "i-1"), ("OutOfService".into(), code.into(), description.into()));
    }
}

#[test]
fn what_is_in_progress_in_a_disabled_zone_may_finish() {
    let world = shop();
    world.put_instance("i-3", "us-east-1b");
    world.classic(
        "EnableAvailabilityZonesForLoadBalancer",
        &[NAME, ("AvailabilityZones.member.1", "us-east-1b")],
    );
    world.classic("RegisterInstancesWithLoadBalancer", &[NAME, ("Instances.member.1.InstanceId", "i-3")]);
    let disable = || {
        let zone = ("AvailabilityZones.member.1", "us-east-1b");
        world.classic("DisableAvailabilityZonesForLoadBalancer", &[NAME, zone]);
    };
    let other_zone = "Instance is in the EC2 Availability Zone for which LoadBalancer is not configured to route traffic to.";
    disable();
    assert_eq!(told(&world, "i-3").2, other_zone, "without connection draining it is over at once");
    let enable = || {
        let zone = ("AvailabilityZones.member.1", "us-east-1b");
        world.classic("EnableAvailabilityZonesForLoadBalancer", &[NAME, zone]);
    };
    enable();
    let enabled = ("LoadBalancerAttributes.ConnectionDraining.Enabled", "true");
    let timeout = ("LoadBalancerAttributes.ConnectionDraining.Timeout", "20");
    world.classic("ModifyLoadBalancerAttributes", &[NAME, enabled, timeout]);
    disable();
    let draining = "Disable Availability Zone is currently in progress.";
    assert_eq!(told(&world, "i-3"), ("OutOfService".into(), "ELB".into(), draining.into()));
    world.pass_seconds(19);
    disable();
    assert_eq!(block_on(world.api.forget_drained()).unwrap(), 0, "asked for again, it takes no longer");
    world.pass_seconds(1);
    assert_eq!(told(&world, "i-3").2, other_zone);
    assert_eq!(block_on(world.api.forget_drained()).unwrap(), 1);
    assert_eq!(block_on(world.api.forget_drained()).unwrap(), 0);
    enable();
    assert_eq!(told(&world, "i-3").0, "InService", "it is registered still");
}

#[test]
fn what_is_not_reached_is_out_of_service() {
    let world = shop();
    world.put_instance("i-3", "us-east-1b");
    world.classic("RegisterInstancesWithLoadBalancer", &[NAME, ("Instances.member.1.InstanceId", "i-3")]);
    let (state, code, description) = told(&world, "i-3");
    assert_eq!((state.as_str(), code.as_str()), ("OutOfService", "ELB"));
    assert!(
        description.contains("Availability Zone for which LoadBalancer is not configured"),
        "{description}"
    );
    world.classic("RegisterInstancesWithLoadBalancer", &[NAME, FIRST]);
    world.classic("DeleteLoadBalancerListeners", &[NAME, ("LoadBalancerPorts.member.1", "80")]);
    assert_eq!(told(&world, "i-1").2, "Instance registration is still in progress.");
}
