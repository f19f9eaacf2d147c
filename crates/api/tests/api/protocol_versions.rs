//! Target groups of version HTTP2 and GRPC, and which listeners may send requests to them (L4, R19).

use crate::world::{Parameters, World, forward};

const BASIC: [(&str, &str); 3] = [("Name", "grpc"), ("Protocol", "HTTP"), ("Port", "50051")];
const GRPC: (&str, &str) = ("ProtocolVersion", "GRPC");
const CLEARTEXT: &str = "elbow.http2.cleartext";
const CLEAR: &str =
    "Listener protocol 'HTTP' is not supported with a target group with the protocol-version 'GRPC'";

impl World {
    /// A target group of version GRPC, by its ARN.
    fn create_grpc_group(&self) -> String {
        self.ok("CreateTargetGroup", &with(&[GRPC])).value("TargetGroups/member/TargetGroupArn")
    }

    fn set_cleartext(&self, listener: &str, value: &str) {
        self.ok("ModifyListenerAttributes", &cleartext(listener, value));
    }
}

/// The parameters of a target group, and more.
fn with(more: Parameters<'static>) -> Vec<(&'static str, &'static str)> {
    [&BASIC, more].concat()
}

fn cleartext<'a>(listener: &'a str, value: &'a str) -> [(&'a str, &'a str); 3] {
    let (key, of) = ("Attributes.member.1.Key", "Attributes.member.1.Value");
    [("ListenerArn", listener), (key, CLEARTEXT), (of, value)]
}

/// B8, B14, R19.
#[test]
fn a_grpc_group_has_a_check_of_its_own() {
    let world = World::new();
    let created = world.ok("CreateTargetGroup", &with(&[GRPC]));
    let value = |name: &str| created.value(&format!("TargetGroups/member/{name}"));
    let shown = ["ProtocolVersion", "HealthCheckProtocol", "HealthCheckPath", "Matcher/GrpcCode"].map(value);
    assert_eq!(shown, ["GRPC", "HTTP", "/AWS.ALB/healthcheck", "12"]);
    assert_eq!(created.count("TargetGroups/member/Matcher/HttpCode"), 0);
    let arn = value("TargetGroupArn");
    let change = [
        ("TargetGroupArn", arn.as_str()),
        ("HealthCheckPath", "/grpc.health.v1.Health/Check"),
        ("Matcher.GrpcCode", "0,12"),
    ];
    let modified = world.ok("ModifyTargetGroup", &change);
    assert_eq!(modified.value("TargetGroups/member/Matcher/GrpcCode"), "0,12");
    assert_eq!(modified.value("TargetGroups/member/ProtocolVersion"), "GRPC");

    let http2 =
        world.ok("CreateTargetGroup", &[("Name", "h2"), BASIC[1], BASIC[2], ("ProtocolVersion", "HTTP2")]);
    let value = |name: &str| http2.value(&format!("TargetGroups/member/{name}"));
    let shown = ["ProtocolVersion", "HealthCheckPath", "Matcher/HttpCode"].map(value);
    assert_eq!(shown, ["HTTP2", "/", "200"]);
}

/// B14, R19.
#[test]
fn what_does_not_go_with_the_version_is_refused() {
    let world = World::new();
    let empty = "Health check matcher GRPC code cannot be empty";
    let table: &[(Parameters<'static>, &str, &str)] = &[
        (
            &[GRPC, ("Matcher.GrpcCode", "200")],
            "ValidationError",
            "GRPC code '200' must be within '0-99' inclusive",
        ),
        (&[GRPC, ("Matcher.GrpcCode", "5-1")], "ValidationError", "'0-99'"),
        (&[GRPC, ("Matcher.HttpCode", "200")], "ValidationError", empty),
        (&[GRPC, ("Matcher.GrpcCode", "")], "ValidationError", empty),
        (&[GRPC, ("TargetType", "alb")], "InvalidConfigurationRequest", "target type 'alb'"),
        (&[("ProtocolVersion", "grpc")], "ValidationError", "enum value set"),
    ];
    for (more, code, message) in table {
        world.refused("CreateTargetGroup", &with(more), code, message);
    }
    // The version is part of what a group is: another one is another group.
    world.create_grpc_group();
    let code = "DuplicateTargetGroupName";
    world.refused("CreateTargetGroup", &BASIC, code, "different settings");
}

/// L4.
#[test]
fn only_clients_who_may_speak_http_2_are_sent_to_such_a_group() {
    let world = World::new();
    let (balancer, plain) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    let group = world.create_grpc_group();
    let code = "InvalidLoadBalancerAction";
    world.refused("CreateListener", &forward(&balancer, "80", &group), code, CLEAR);

    let listener = world.create_listener(&balancer, "80", &plain);
    let rule = [
        ("ListenerArn", listener.as_str()),
        ("Priority", "1"),
        ("Conditions.member.1.Field", "path-pattern"),
        ("Conditions.member.1.Values.member.1", "/shop.Carts/*"),
        ("Actions.member.1.Type", "forward"),
        ("Actions.member.1.TargetGroupArn", &group),
    ];
    world.refused("CreateRule", &rule, code, CLEAR);
    let default = [
        ("ListenerArn", listener.as_str()),
        ("DefaultActions.member.1.Type", "forward"),
        ("DefaultActions.member.1.TargetGroupArn", &group),
    ];
    world.refused("ModifyListener", &default, code, CLEAR);

    world.set_cleartext(&listener, "true");
    let rule = world.ok("CreateRule", &rule).value("Rules/member/RuleArn");
    let off = cleartext(&listener, "false");
    world.refused("ModifyListenerAttributes", &off, "InvalidConfigurationRequest", CLEAR);
    world.ok("DeleteRule", &[("RuleArn", &rule)]);
    world.set_cleartext(&listener, "false");
}

/// L4.
#[test]
fn a_listener_of_https_does_not_become_one_of_http_in_front_of_such_a_group() {
    let world = World::new();
    let certificate = world.upload_certificate("shop");
    let (balancer, group) = (world.create_load_balancer("shop"), world.create_grpc_group());
    let mut parameters = forward(&balancer, "443", &group).to_vec();
    parameters.retain(|(name, _)| *name != "Protocol");
    parameters.extend([("Protocol", "HTTPS"), ("Certificates.member.1.CertificateArn", &certificate)]);
    let listener = world.ok("CreateListener", &parameters).value("Listeners/member/ListenerArn");
    let clear = [("ListenerArn", listener.as_str()), ("Protocol", "HTTP")];
    world.refused("ModifyListener", &clear, "InvalidLoadBalancerAction", CLEAR);
    // In clear as well, if that is allowed.
    world.set_cleartext(&listener, "true");
    world.ok("ModifyListener", &clear);
}

/// Groups of different versions share requests by weight: AWS documents no rule against it.
#[test]
fn versions_can_be_mixed_by_weight() {
    let world = World::new();
    let (balancer, plain) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    let (listener, group) = (world.create_listener(&balancer, "80", &plain), world.create_grpc_group());
    world.set_cleartext(&listener, "true");
    let groups = "DefaultActions.member.1.ForwardConfig.TargetGroups.member";
    let parameters = [
        ("ListenerArn".to_owned(), listener),
        ("DefaultActions.member.1.Type".to_owned(), "forward".to_owned()),
        (format!("{groups}.1.TargetGroupArn"), plain),
        (format!("{groups}.1.Weight"), "1".to_owned()),
        (format!("{groups}.2.TargetGroupArn"), group),
        (format!("{groups}.2.Weight"), "1".to_owned()),
    ];
    let parameters: Vec<(&str, &str)> =
        parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    world.ok("ModifyListener", &parameters);
}
