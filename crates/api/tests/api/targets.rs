//! Targets: registering, draining, health.

use crate::world::{Answer, World};

/// Targets as `id` or `id port`.
fn named<'a>(group: &'a str, targets: &[&'a str]) -> Vec<(String, &'a str)> {
    let mut parameters = vec![("TargetGroupArn".to_owned(), group)];
    for (number, target) in (1..).zip(targets) {
        let mut parts = target.split(' ');
        parameters.push((format!("Targets.member.{number}.Id"), parts.next().unwrap()));
        if let Some(port) = parts.next() {
            parameters.push((format!("Targets.member.{number}.Port"), port));
        }
    }
    parameters
}

fn ok(world: &World, action: &str, group: &str, targets: &[&str]) -> Answer {
    let parameters = named(group, targets);
    let parameters: Vec<_> = parameters.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    world.ok(action, &parameters)
}

fn refused(world: &World, action: &str, group: &str, targets: &[&str], code: &str, message: &str) {
    let parameters = named(group, targets);
    let parameters: Vec<_> = parameters.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    world.refused(action, &parameters, code, message);
}

/// `id port state reason` of each target.
fn health(world: &World, group: &str, targets: &[&str]) -> Vec<String> {
    let answer = ok(world, "DescribeTargetHealth", group, targets);
    let list = "TargetHealthDescriptions/member";
    let column = |name: &str| answer.values(&format!("{list}/{name}"));
    let (ids, ports, states) = (column("Target/Id"), column("Target/Port"), column("TargetHealth/State"));
    let mut reasons = column("TargetHealth/Reason").into_iter();
    let rows = ids.into_iter().zip(ports).zip(states);
    rows.map(|((id, port), state)| {
        let reason = if state == "healthy" { String::new() } else { reasons.next().unwrap() };
        format!("{id} {port} {state} {reason}").trim_end().to_owned()
    })
    .collect()
}

/// A group that a load balancer uses.
fn used_group(world: &World) -> String {
    let group = world.create_target_group("carts");
    world.create_listener(&world.create_load_balancer("shop"), "80", &group);
    group
}

#[test]
fn a_target_is_an_id_and_a_port() {
    let world = World::new();
    let group = used_group(&world);
    ok(&world, "RegisterTargets", &group, &["127.0.0.1 9001", "127.0.0.1 9002", "10.0.0.1"]);
    let before = world.revision();
    ok(&world, "RegisterTargets", &group, &["127.0.0.1 9001", "10.0.0.1 80", "10.0.0.1"]);
    assert_eq!(world.revision(), before, "nothing new was registered");
    assert_eq!(
        health(&world, &group, &[]),
        ["10.0.0.1 80 healthy", "127.0.0.1 9001 healthy", "127.0.0.1 9002 healthy"]
    );
    ok(&world, "DeregisterTargets", &group, &["127.0.0.1", "10.9.9.9"]);
    assert_eq!(world.revision(), before, "neither was registered");
}

#[test]
fn targets_that_cannot_be_are_refused() {
    let world = World::new();
    let group = used_group(&world);
    let action = "RegisterTargets";
    refused(&world, action, &group, &[], "ValidationError", "'targets'");
    refused(&world, action, &group, &["i-1"], "ValidationError", "The IP address 'i-1' is not valid");
    refused(&world, action, &group, &["10.0.0.1 0"], "ValidationError", "'targets.1.member.port'");
    for address in ["0.0.0.0", "::", "224.0.0.1", "255.255.255.255"] {
        refused(&world, action, &group, &["10.0.0.1", address], "InvalidTarget", address);
    }
    let zone = [
        ("TargetGroupArn", group.as_str()),
        ("Targets.member.1.Id", "10.0.0.1"),
        ("Targets.member.1.AvailabilityZone", "eu-west-1a"),
    ];
    world.refused(action, &zone, "ValidationError", "'eu-west-1a'");
    let gone = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/gone/0123456789abcdef";
    for action in ["RegisterTargets", "DeregisterTargets", "DescribeTargetHealth"] {
        refused(&world, action, gone, &["10.0.0.1"], "TargetGroupNotFound", "not found");
    }
}

#[test]
fn a_target_shows_the_zone_it_was_registered_with() {
    let world = World::new();
    let group = used_group(&world);
    for zone in ["all", "us-east-1b"] {
        let parameters = [
            ("TargetGroupArn", group.as_str()),
            ("Targets.member.1.Id", "10.0.0.1"),
            ("Targets.member.1.AvailabilityZone", zone),
        ];
        world.ok("RegisterTargets", &parameters);
        let shown = ok(&world, "DescribeTargetHealth", &group, &[]);
        assert_eq!(shown.value("TargetHealthDescriptions/member/Target/AvailabilityZone"), zone);
        assert_eq!(shown.value("TargetHealthDescriptions/member/HealthCheckPort"), "80");
    }
}

#[test]
fn configuration_goes_before_observation() {
    let world = World::new();
    let group = world.create_target_group("carts");
    ok(&world, "RegisterTargets", &group, &["10.0.0.1"]);
    assert_eq!(health(&world, &group, &[]), ["10.0.0.1 80 unused Target.NotInUse"]);
    world.create_listener(&world.create_load_balancer("shop"), "80", &group);
    assert_eq!(health(&world, &group, &[]), ["10.0.0.1 80 healthy"]);
    let asked = health(&world, &group, &["10.0.0.1 81", "10.0.0.1"]);
    assert_eq!(asked, ["10.0.0.1 81 unused Target.NotRegistered", "10.0.0.1 80 healthy"]);
    let include = [("TargetGroupArn", group.as_str()), ("Include.member.1", "Everything")];
    world.refused("DescribeTargetHealth", &include, "ValidationError", "[AnomalyDetection, All]");
}

#[test]
fn anomalies_are_shown_to_those_who_ask_b2() {
    let world = World::new();
    let group = used_group(&world);
    ok(&world, "RegisterTargets", &group, &["10.0.0.1"]);
    let shown = ok(&world, "DescribeTargetHealth", &group, &[]);
    assert!(!shown.text.contains("AnomalyDetection"));
    let include = [("TargetGroupArn", group.as_str()), ("Include.member.1", "AnomalyDetection")];
    let shown = world.ok("DescribeTargetHealth", &include);
    let told = |what| shown.value(&format!("TargetHealthDescriptions/member/AnomalyDetection/{what}"));
    assert_eq!([told("Result"), told("MitigationInEffect")], ["anomalous", "no"]);
}

#[test]
fn a_target_drains_for_the_whole_delay() {
    let world = World::new();
    let group = used_group(&world);
    ok(&world, "RegisterTargets", &group, &["10.0.0.1", "10.0.0.2"]);
    ok(&world, "DeregisterTargets", &group, &["10.0.0.1"]);
    let draining = ["10.0.0.1 80 draining Target.DeregistrationInProgress", "10.0.0.2 80 healthy"];
    world.pass_seconds(299);
    assert_eq!(health(&world, &group, &[]), draining);
    refused(&world, "RegisterTargets", &group, &["10.0.0.1"], "InvalidTarget", "before 2015-08-30T12:41:00Z");
    world.pass_seconds(1);
    assert_eq!(health(&world, &group, &["10.0.0.1"]), ["10.0.0.1 80 unused Target.NotRegistered"]);
    let key = || *world.state.current().configuration.targets.keys().next().unwrap();
    let old = key();
    ok(&world, "RegisterTargets", &group, &["10.0.0.1"]);
    assert_ne!(key(), old, "a later registration is another target");
    assert_eq!(world.state.current().configuration.targets.len(), 2);
}

#[test]
fn drained_targets_are_forgotten() {
    let world = World::new();
    let group = used_group(&world);
    ok(&world, "RegisterTargets", &group, &["10.0.0.1", "10.0.0.2"]);
    ok(&world, "DeregisterTargets", &group, &["10.0.0.1", "10.0.0.2"]);
    let forget = || crate::world::block_on(world.api.forget_drained()).unwrap();
    assert_eq!(forget(), 0);
    world.pass_seconds(300);
    assert_eq!((forget(), forget()), (2, 0));
    assert!(world.state.current().configuration.targets.is_empty());
}

#[test]
fn without_delay_or_use_a_target_goes_at_once() {
    let world = World::new();
    let group = world.create_target_group("carts");
    ok(&world, "RegisterTargets", &group, &["10.0.0.1"]);
    ok(&world, "DeregisterTargets", &group, &["10.0.0.1"]);
    assert!(world.state.current().configuration.targets.is_empty(), "no load balancer uses the group");

    world.create_listener(&world.create_load_balancer("shop"), "80", &group);
    let no_delay = [
        ("TargetGroupArn", group.as_str()),
        ("Attributes.member.1.Key", "deregistration_delay.timeout_seconds"),
        ("Attributes.member.1.Value", "0"),
    ];
    world.ok("ModifyTargetGroupAttributes", &no_delay);
    ok(&world, "RegisterTargets", &group, &["10.0.0.1"]);
    ok(&world, "DeregisterTargets", &group, &["10.0.0.1", "10.0.0.1"]);
    assert!(world.state.current().configuration.targets.is_empty());
}

#[test]
fn instances_come_from_the_directory_and_return_before_they_have_drained() {
    let world = World::new();
    let created = world.ok("CreateTargetGroup", &[("Name", "carts"), ("Protocol", "HTTP"), ("Port", "80")]);
    let group = created.value("TargetGroups/member/TargetGroupArn");
    world.create_listener(&world.create_load_balancer("shop"), "80", &group);
    refused(&world, "RegisterTargets", &group, &["i-1"], "InvalidTarget", "elbow instance put i-1");
    refused(
        &world,
        "RegisterTargets",
        &group,
        &["10.0.0.1"],
        "ValidationError",
        "The instance ID '10.0.0.1' is not valid",
    );
    world.put_instance("i-1", "us-east-1b");
    ok(&world, "RegisterTargets", &group, &["i-1"]);
    let shown = ok(&world, "DescribeTargetHealth", &group, &[]);
    assert_eq!(shown.value("TargetHealthDescriptions/member/Target/AvailabilityZone"), "us-east-1b");
    ok(&world, "DeregisterTargets", &group, &["i-1"]);
    assert_eq!(health(&world, &group, &[]), ["i-1 80 draining Target.DeregistrationInProgress"]);
    ok(&world, "RegisterTargets", &group, &["i-1"]);
    assert_eq!(health(&world, &group, &[]), ["i-1 80 healthy"]);
    assert_eq!(world.state.current().configuration.targets.len(), 2);
}
