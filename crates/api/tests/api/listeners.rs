//! Listeners and their default actions.

use crate::world::{World, forward};

const GONE: &str =
    "arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/gone/0123456789abcdef/0123456789abcdef";

#[test]
fn an_action_with_one_group_comes_back_in_both_forms() {
    let world = World::new();
    let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    let parameters = [
        ("LoadBalancerArn", balancer.as_str()),
        ("Protocol", "HTTP"),
        ("Port", "80"),
        ("DefaultActions.member.1.Type", "forward"),
        ("DefaultActions.member.1.ForwardConfig.TargetGroups.member.1.TargetGroupArn", group.as_str()),
        ("DefaultActions.member.1.ForwardConfig.TargetGroupStickinessConfig.Enabled", "false"),
    ];
    let created = world.ok("CreateListener", &parameters);
    let shown = world.ok("DescribeListeners", &[("LoadBalancerArn", &balancer)]);
    for answer in [created, shown] {
        let action = "Listeners/member/DefaultActions/member";
        assert_eq!(answer.value("Listeners/member/Port"), "80");
        assert_eq!(answer.value("Listeners/member/Protocol"), "HTTP");
        assert_eq!(answer.value(&format!("{action}/Type")), "forward");
        assert_eq!(answer.value(&format!("{action}/TargetGroupArn")), group);
        assert_eq!(
            answer.value(&format!("{action}/ForwardConfig/TargetGroups/member/TargetGroupArn")),
            group
        );
        assert_eq!(answer.value(&format!("{action}/ForwardConfig/TargetGroups/member/Weight")), "1");
        let sticky = format!("{action}/ForwardConfig/TargetGroupStickinessConfig/Enabled");
        assert_eq!(answer.value(&sticky), "false");
    }
}

#[test]
fn creating_again_with_the_same_settings_succeeds() {
    let world = World::new();
    let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    let listener = world.create_listener(&balancer, "80", &group);
    assert_eq!(world.create_listener(&balancer, "80", &group), listener);
    let other = world.create_target_group("other");
    world.refused("CreateListener", &forward(&balancer, "80", &other), "DuplicateListener", "already exists");
    assert_ne!(world.create_listener(&balancer, "81", &group), listener);
}

/// L1.
#[test]
fn bad_parameters_are_named() {
    let world = World::new();
    let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    let good = forward(&balancer, "80", &group);
    let without = |name: &str| good.into_iter().filter(|(key, _)| !key.starts_with(name)).collect::<Vec<_>>();
    let with = |name: &'static str, value: &'static str| {
        let mut parameters = without(name);
        parameters.push((name, value));
        parameters
    };
    let action = "DefaultActions.member.1.Type";
    let table = [
        (without("LoadBalancerArn"), "ValidationError", "'loadBalancerArn'"),
        (without("Protocol"), "ValidationError", "A listener protocol must be specified"),
        (without("Port"), "ValidationError", "A listener port must be specified"),
        (without("DefaultActions"), "ValidationError", "'defaultActions'"),
        (without(action), "ValidationError", "'defaultActions.1.member.type'"),
        (without("DefaultActions.member.1.TargetGroupArn"), "InvalidLoadBalancerAction", "'ForwardConfig'"),
        (with("Port", "0"), "ValidationError", "'port'"),
        (with("Protocol", "TCP"), "ValidationError", "'HTTPS, HTTP'"),
        (with("Protocol", "SPDY"), "ValidationError", "enum value set"),
        (with(action, "redirect"), "InvalidLoadBalancerAction", "'redirect'"),
        (with(action, "authenticate-oidc"), "InvalidLoadBalancerAction", "must have an action of type"),
        (with(action, "drop"), "ValidationError", "enum value set"),
        (with("DefaultActions.member.2.Type", "forward"), "TooManyActions", "only one action"),
        (with("DefaultActions.member.1.Order", "0"), "ValidationError", "order"),
        (with("DefaultActions.member.1.TargetGroupArn", "x"), "ValidationError", "target group ARN"),
        (
            with("DefaultActions.member.1.ForwardConfig.TargetGroups.member.1.TargetGroupArn", "x"),
            "ValidationError",
            "target group ARN",
        ),
        (
            with("DefaultActions.member.1.ForwardConfig.TargetGroupStickinessConfig.Enabled", "true"),
            "ValidationError",
            "stickiness duration",
        ),
    ];
    for (parameters, code, message) in table {
        world.refused("CreateListener", &parameters, code, message);
    }
}

#[test]
fn a_target_group_belongs_to_one_load_balancer() {
    let world = World::new();
    let (one, other) = (world.create_load_balancer("one"), world.create_load_balancer("other"));
    let group = world.create_target_group("carts");
    world.create_listener(&one, "80", &group);
    let code = "TargetGroupAssociationLimit";
    world.refused("CreateListener", &forward(&other, "80", &group), code, "more than one load balancer");
}

#[test]
fn a_port_that_cannot_be_bound_is_refused_before_anything_is_stored() {
    let world = World::new();
    let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    world.refuse_port(80);
    let code = "InvalidConfigurationRequest";
    world.refused("CreateListener", &forward(&balancer, "80", &group), code, "--listener-port-offset");
    let listener = world.create_listener(&balancer, "8080", &group);
    world.refused(
        "ModifyListener",
        &[("ListenerArn", &listener), ("Port", "80")],
        code,
        "--listener-port-offset",
    );
}

#[test]
fn a_listener_is_modified_in_part_and_deleted() {
    let world = World::new();
    let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    let other = world.create_target_group("other");
    let (first, second) =
        (world.create_listener(&balancer, "80", &group), world.create_listener(&balancer, "81", &group));
    let moved = world.ok("ModifyListener", &[("ListenerArn", &first), ("Port", "82")]);
    assert_eq!(moved.value("Listeners/member/Port"), "82");
    assert_eq!(moved.value("Listeners/member/DefaultActions/member/TargetGroupArn"), group);
    let turned = world.ok(
        "ModifyListener",
        &[
            ("ListenerArn", &first),
            ("DefaultActions.member.1.Type", "forward"),
            ("DefaultActions.member.1.TargetGroupArn", &other),
        ],
    );
    assert_eq!(turned.value("Listeners/member/DefaultActions/member/TargetGroupArn"), other);
    world.refused(
        "ModifyListener",
        &[("ListenerArn", &second), ("Port", "82")],
        "DuplicateListener",
        "already exists",
    );
    world.refused(
        "ModifyListener",
        &[("ListenerArn", GONE)],
        "ListenerNotFound",
        "One or more listeners not found",
    );
    world.refused("ModifyListener", &[("ListenerArn", &balancer)], "ValidationError", "listener ARN");
    world.ok("DeleteListener", &[("ListenerArn", &first)]);
    world.refused("DeleteListener", &[("ListenerArn", &first)], "ListenerNotFound", "not found");
    let left = world.ok("DescribeListeners", &[("LoadBalancerArn", &balancer)]);
    assert_eq!(left.values("Listeners/member/ListenerArn"), [second]);
    world.refused("DescribeListeners", &[], "ValidationError", "either listener ARNs or a load balancer ARN");
}

#[test]
fn a_listener_does_not_move_to_where_its_redirects_lead_l16() {
    let world = World::new();
    let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    let redirect = |port| {
        [("Type", "redirect"), ("RedirectConfig.StatusCode", "HTTP_301"), ("RedirectConfig.Port", port)]
    };
    let listener = world.create_listener(&balancer, "80", &group);
    let members = |list: &str, port| {
        redirect(port).map(|(name, value)| (format!("{list}.member.1.{name}"), value.to_owned()))
    };
    let send = |action: &str, own: &[(&str, &str)], members: &[(String, String)]| {
        let members = members.iter().map(|(name, value)| (&**name, &**value));
        world.ok(action, &own.iter().copied().chain(members).collect::<Vec<_>>());
    };
    send("ModifyListener", &[("ListenerArn", &listener)], &members("DefaultActions", "81"));
    let rule = [
        ("ListenerArn", &*listener),
        ("Priority", "1"),
        ("Conditions.member.1.Field", "path-pattern"),
        ("Conditions.member.1.Values.member.1", "/old"),
    ];
    send("CreateRule", &rule, &members("Actions", "82"));
    for port in ["81", "82"] {
        let moved = [("ListenerArn", &*listener), ("Port", port)];
        world.refused("ModifyListener", &moved, "InvalidLoadBalancerAction", "creates a loop");
    }
    world.ok("ModifyListener", &[("ListenerArn", &listener), ("Port", "83")]);
}

#[test]
fn there_is_a_quota() {
    let world = World::new();
    let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    for port in 1..=elbow_model::limits::LISTENERS_PER_LOAD_BALANCER {
        world.create_listener(&balancer, &port.to_string(), &group);
    }
    world.refused("CreateListener", &forward(&balancer, "8080", &group), "TooManyListeners", "50");
    let first = world.ok("DescribeListeners", &[("LoadBalancerArn", &balancer), ("PageSize", "49")]);
    let marker = first.value("NextMarker");
    let rest = world.ok("DescribeListeners", &[("LoadBalancerArn", &balancer), ("Marker", &marker)]);
    assert_eq!(rest.count("Listeners/member"), 1);
}
