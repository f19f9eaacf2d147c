//! Target groups and their health checks.

use crate::world::{Parameters, World};

const GONE: &str = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/gone/0123456789abcdef";
const BASIC: [(&str, &str); 3] = [("Name", "carts"), ("Protocol", "HTTP"), ("Port", "80")];

/// B6, B7, B8, B9, B10, B11, B12, B13, B15.
#[test]
fn a_target_group_shows_its_defaults() {
    let world = World::new();
    let created = world.ok("CreateTargetGroup", &BASIC);
    let value = |name: &str| created.value(&format!("TargetGroups/member/{name}"));
    for (name, expected) in [
        ("TargetGroupName", "carts"),
        ("Protocol", "HTTP"),
        ("ProtocolVersion", "HTTP1"),
        ("Port", "80"),
        ("VpcId", "vpc-elbow"),
        ("TargetType", "instance"),
        ("IpAddressType", "ipv4"),
        ("HealthCheckProtocol", "HTTP"),
        ("HealthCheckPort", "traffic-port"),
        ("HealthCheckEnabled", "true"),
        ("HealthCheckPath", "/"),
        ("HealthCheckIntervalSeconds", "30"),
        ("HealthCheckTimeoutSeconds", "5"),
        ("HealthyThresholdCount", "5"),
        ("UnhealthyThresholdCount", "2"),
        ("Matcher/HttpCode", "200"),
        ("LoadBalancerArns", ""),
    ] {
        assert_eq!(value(name), expected, "{name}");
    }
}

#[test]
fn creating_again_with_the_same_settings_succeeds() {
    let world = World::new();
    let arn = world.create_target_group("carts");
    let before = world.revision();
    assert_eq!(world.create_target_group("carts"), arn);
    assert_eq!(world.revision(), before);
    let code = "DuplicateTargetGroupName";
    world.refused("CreateTargetGroup", &BASIC, code, "A target group with the same name 'carts' exists");
}

/// B6, B7, B8, B9, B10, B11, B12, B13, B14, B15.
#[test]
fn bad_parameters_are_named() {
    let world = World::new();
    let table: &[(Parameters<'_>, &str, &str)] = &[
        (&[("Protocol", "HTTP"), ("Port", "80")], "ValidationError", "'name'"),
        (&[("Name", "x-"), BASIC[1], BASIC[2]], "ValidationError", "'-'"),
        (&[("Name", "x"), BASIC[2]], "ValidationError", "A protocol must be specified"),
        (&[("Name", "x"), BASIC[1]], "ValidationError", "A port must be specified"),
        (&[("Name", "x"), BASIC[1], ("Port", "0")], "ValidationError", "'port'"),
        (&[("Name", "x"), BASIC[1], ("Port", "65536")], "ValidationError", "'port'"),
        (&[("Name", "x"), ("Protocol", "TCP"), BASIC[2]], "InvalidConfigurationRequest", "TCP"),
        (&[("Name", "x"), ("Protocol", "FTP"), BASIC[2]], "ValidationError", "enum value set"),
    ];
    for (parameters, code, message) in table {
        world.refused("CreateTargetGroup", parameters, code, message);
    }
    let extra = [
        ("TargetType", "lambda", "InvalidConfigurationRequest", "'lambda'"),
        ("TargetType", "pod", "ValidationError", "enum value set"),
        ("ProtocolVersion", "HTTP3", "ValidationError", "enum value set"),
        ("IpAddressType", "ipv6", "InvalidConfigurationRequest", "ipv6"),
        ("TargetControlPort", "3000", "InvalidConfigurationRequest", "TargetControlPort"),
        ("VpcId", "net-1", "ValidationError", "'net-1'"),
        ("HealthCheckProtocol", "TCP", "InvalidConfigurationRequest", "'HTTP, HTTPS'"),
        ("HealthCheckPort", "http", "ValidationError", "traffic-port"),
        ("HealthCheckPort", "0", "ValidationError", "traffic-port"),
        ("HealthCheckPath", "", "ValidationError", "length"),
        ("HealthCheckPath", "x", "ValidationError", "start with '/'"),
        ("HealthCheckIntervalSeconds", "4", "ValidationError", "greater than or equal to 5"),
        ("HealthCheckIntervalSeconds", "301", "ValidationError", "less than or equal to 300"),
        ("HealthCheckTimeoutSeconds", "121", "ValidationError", "less than or equal to 120"),
        ("HealthCheckTimeoutSeconds", "30", "ValidationError", "must be smaller than the interval '30'"),
        ("HealthyThresholdCount", "11", "ValidationError", "10"),
        ("UnhealthyThresholdCount", "1", "ValidationError", "2"),
        ("HealthCheckEnabled", "false", "InvalidConfigurationRequest", "must be true"),
        ("HealthCheckEnabled", "no", "ValidationError", "boolean"),
        ("Matcher.HttpCode", "199", "ValidationError", "200-499"),
        ("Matcher.GrpcCode", "0", "ValidationError", "Health check matcher HTTP code cannot be empty"),
    ];
    for (name, value, code, message) in extra {
        world.refused("CreateTargetGroup", &[BASIC[0], BASIC[1], BASIC[2], (name, value)], code, message);
    }
}

#[test]
fn what_is_not_given_stays_when_a_group_is_modified() {
    let world = World::new();
    let arn = world.create_target_group("carts");
    let changes = [
        ("TargetGroupArn", arn.as_str()),
        ("HealthCheckPath", "/up"),
        ("HealthCheckPort", "9000"),
        ("Matcher.HttpCode", "200-299"),
        ("HealthCheckIntervalSeconds", "10"),
    ];
    let modified = world.ok("ModifyTargetGroup", &changes);
    let again = world.ok("ModifyTargetGroup", &[("TargetGroupArn", &arn), ("HealthyThresholdCount", "2")]);
    for answer in [&modified, &again] {
        assert_eq!(answer.value("TargetGroups/member/HealthCheckPath"), "/up");
        assert_eq!(answer.value("TargetGroups/member/HealthCheckPort"), "9000");
        assert_eq!(answer.value("TargetGroups/member/Matcher/HttpCode"), "200-299");
    }
    assert_eq!(again.value("TargetGroups/member/HealthyThresholdCount"), "2");
    let bad = [("TargetGroupArn", arn.as_str()), ("HealthCheckTimeoutSeconds", "10")];
    world.refused(
        "ModifyTargetGroup",
        &bad,
        "ValidationError",
        "'10' must be smaller than the interval '10'",
    );
    world.refused("ModifyTargetGroup", &[("TargetGroupArn", GONE)], "TargetGroupNotFound", "");
    world.refused("ModifyTargetGroup", &[], "ValidationError", "'targetGroupArn'");
}

#[test]
fn describing_takes_one_way_to_choose() {
    let world = World::new();
    let (carts, other) = (world.create_target_group("carts"), world.create_target_group("other"));
    let balancer = world.create_load_balancer("shop");
    world.create_listener(&balancer, "80", &carts);
    let names = |parameters: &[(&str, &str)]| {
        world.ok("DescribeTargetGroups", parameters).values("TargetGroups/member/TargetGroupName")
    };
    assert_eq!(names(&[]), ["carts", "other"]);
    assert_eq!(names(&[("LoadBalancerArn", &balancer)]), ["carts"]);
    assert_eq!(names(&[("TargetGroupArns.member.1", &other)]), ["other"]);
    assert_eq!(names(&[("Names.member.1", "other"), ("Names.member.2", "carts")]), ["carts", "other"]);
    assert_eq!(names(&[("PageSize", "1")]), ["carts"]);
    let action = "DescribeTargetGroups";
    world.refused(
        action,
        &[("Names.member.1", "none")],
        "TargetGroupNotFound",
        "One or more target groups not found",
    );
    world.refused(action, &[("TargetGroupArns.member.1", GONE)], "TargetGroupNotFound", "");
    world.refused(
        action,
        &[("TargetGroupArns.member.1", "x")],
        "ValidationError",
        "'x' is not a valid target group ARN",
    );
    let both = [("Names.member.1", "carts"), ("LoadBalancerArn", balancer.as_str())];
    world.refused(action, &both, "ValidationError", "Only one");
}

#[test]
fn a_group_in_use_is_not_deleted() {
    let world = World::new();
    let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    let listener = world.create_listener(&balancer, "80", &group);
    world.ok("RegisterTargets", &[("TargetGroupArn", &group), ("Targets.member.1.Id", "10.0.0.1")]);
    let message = format!("The target group '{group}' is currently in use by a listener or a rule");
    world.refused("DeleteTargetGroup", &[("TargetGroupArn", &group)], "ResourceInUse", &message);
    world.ok("DeleteListener", &[("ListenerArn", &listener)]);
    world.ok("DeleteTargetGroup", &[("TargetGroupArn", &group)]);
    world.ok("DeleteTargetGroup", &[("TargetGroupArn", &group)]);
    assert!(world.state.current().configuration.targets.is_empty());
}

/// R31.
#[test]
fn targets_and_their_health_checks_speak_https() {
    let world = World::new();
    let parameters =
        [("Name", "x"), ("Protocol", "HTTPS"), ("Port", "443"), ("HealthCheckProtocol", "HTTPS")];
    let created = world.ok("CreateTargetGroup", &parameters);
    assert_eq!(created.value("TargetGroups/member/Protocol"), "HTTPS");
    assert_eq!(created.value("TargetGroups/member/HealthCheckProtocol"), "HTTPS");
}
