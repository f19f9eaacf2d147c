//! Target groups whose targets are other load balancers of the same Elbow.

use crate::world::{World, forward};

impl World {
    fn create_layer(&self, name: &str) -> String {
        let parameters = [("Name", name), ("Protocol", "HTTP"), ("Port", "80"), ("TargetType", "alb")];
        self.ok("CreateTargetGroup", &parameters).value("TargetGroups/member/TargetGroupArn")
    }
}

fn target<'a>(group: &'a str, balancer: &'a str, port: &'a str) -> [(&'a str, &'a str); 3] {
    [("TargetGroupArn", group), ("Targets.member.1.Id", balancer), ("Targets.member.1.Port", port)]
}

#[test]
fn a_load_balancer_is_a_target_by_its_arn() {
    let world = World::new();
    let (edge, inner) = (world.create_load_balancer("edge"), world.create_load_balancer("inner"));
    let (layer, carts) = (world.create_layer("layer"), world.create_target_group("carts"));
    world.create_listener(&edge, "80", &layer);
    world.create_listener(&inner, "81", &carts);
    world.ok("RegisterTargets", &target(&layer, &inner, "81"));
    let shown = world.ok("DescribeTargetGroups", &[("TargetGroupArns.member.1", &layer)]);
    assert_eq!(shown.value("TargetGroups/member/TargetType"), "alb");
    let health = world.ok("DescribeTargetHealth", &[("TargetGroupArn", &layer)]);
    let description = "TargetHealthDescriptions/member";
    assert_eq!(health.value(&format!("{description}/Target/Id")), inner);
    assert_eq!(health.value(&format!("{description}/Target/Port")), "81");
    assert_eq!(health.value(&format!("{description}/TargetHealth/State")), "healthy");
}

#[test]
fn a_listener_stays_while_its_load_balancer_is_a_target_on_its_port() {
    let world = World::new();
    let (inner, layer) = (world.create_load_balancer("inner"), world.create_layer("layer"));
    let carts = world.create_target_group("carts");
    let other = world.create_listener(&inner, "82", &carts);
    let listener = world.create_listener(&inner, "81", &carts);
    world.ok("RegisterTargets", &target(&layer, &inner, "81"));
    let in_use =
        format!("Listener port '81' is in use by registered target '{inner}' and cannot be removed.");
    for (action, parameters) in [
        ("DeleteListener", vec![("ListenerArn", listener.as_str())]),
        ("ModifyListener", vec![("ListenerArn", &listener), ("Port", "83")]),
        ("DeleteLoadBalancer", vec![("LoadBalancerArn", &inner)]),
    ] {
        world.refused(action, &parameters, "ResourceInUse", &in_use);
    }
    world.ok("ModifyListener", &[("ListenerArn", &listener), ("Port", "81")]);
    world.ok("DeleteListener", &[("ListenerArn", &other)]);
    world.ok("DeregisterTargets", &target(&layer, &inner, "81"));
    world.ok("DeleteListener", &[("ListenerArn", &listener)]);
    world.ok("DeleteLoadBalancer", &[("LoadBalancerArn", &inner)]);
}

#[test]
fn only_a_load_balancer_that_listens_is_taken() {
    let world = World::new();
    let (inner, layer) = (world.create_load_balancer("inner"), world.create_layer("layer"));
    let carts = world.create_target_group("carts");
    world.create_listener(&inner, "81", &carts);
    let gone = inner.replace("/inner/", "/other/");
    let foreign = inner.replace("us-east-1", "eu-west-1");
    for (id, port, code, message) in [
        ("10.0.0.1", "81", "ValidationError", "not a valid load balancer ARN"),
        (carts.as_str(), "81", "ValidationError", "not a valid load balancer ARN"),
        (inner.as_str(), "80", "InvalidTarget", "no listener on port 80"),
        (gone.as_str(), "81", "InvalidTarget", "does not exist"),
        (foreign.as_str(), "81", "InvalidTarget", "does not exist"),
    ] {
        world.refused("RegisterTargets", &target(&layer, id, port), code, message);
    }
    let [group, id, port] = target(&layer, &inner, "81");
    let zone = ("Targets.member.1.AvailabilityZone", "all");
    world.refused("RegisterTargets", &[group, id, port, zone], "ValidationError", "of type 'alb'");
    world.refused("RegisterTargets", &target(&carts, &inner, "81"), "ValidationError", "IP address");
}

#[test]
fn requests_cannot_be_made_to_go_round() {
    let world = World::new();
    let (edge, inner) = (world.create_load_balancer("edge"), world.create_load_balancer("inner"));
    let (layer, back) = (world.create_layer("layer"), world.create_layer("back"));
    let carts = world.create_target_group("carts");
    let listener = world.create_listener(&edge, "80", &layer);
    world.refused(
        "RegisterTargets",
        &target(&layer, &edge, "80"),
        "InvalidTarget",
        "back to this target group",
    );

    let behind = world.create_listener(&inner, "81", &carts);
    world.ok("RegisterTargets", &target(&layer, &inner, "81"));
    world.ok("RegisterTargets", &target(&back, &edge, "80"));
    let to_back = [
        ("ListenerArn", behind.as_str()),
        ("DefaultActions.member.1.Type", "forward"),
        ("DefaultActions.member.1.TargetGroupArn", &back),
    ];
    world.refused("ModifyListener", &to_back, "InvalidLoadBalancerAction", "back to this listener");
    world.ok("CreateListener", &forward(&inner, "82", &back));
    world.refused(
        "RegisterTargets",
        &target(&layer, &inner, "82"),
        "InvalidTarget",
        "back to this target group",
    );
    world.ok("DeregisterTargets", &target(&back, &edge, "80"));
    world.ok("DeleteListener", &[("ListenerArn", &listener)]);
    world.ok("ModifyListener", &to_back);
}
