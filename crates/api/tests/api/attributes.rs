//! Attributes of load balancers, target groups and listeners.

use std::sync::Arc;

use elbow_model::attribute::{listener, load_balancer, target_group};
use elbow_model::{Entity, Listener};

use crate::world::World;

/// Resources of one world, by the noun in the names of actions and parameters.
fn resources(world: &World) -> [(&'static str, &'static str, String); 3] {
    let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    let listener = world.create_listener(&balancer, "80", &group);
    [
        ("LoadBalancer", "LoadBalancerArn", balancer),
        ("TargetGroup", "TargetGroupArn", group),
        ("Listener", "ListenerArn", listener),
    ]
}

fn set<'a>(parameter: &'a str, arn: &'a str, key: &'a str, value: &'a str) -> [(&'a str, &'a str); 3] {
    [(parameter, arn), ("Attributes.member.1.Key", key), ("Attributes.member.1.Value", value)]
}

/// S15, S16, S17, S18, S19, B20.
#[test]
fn every_attribute_is_read_back_with_its_default_and_can_be_set_to_it() {
    let world = World::new();
    let tables = [load_balancer::TABLE, target_group::TABLE, listener::TABLE];
    for ((noun, parameter, arn), table) in resources(&world).into_iter().zip(tables) {
        let shown = world.ok(&format!("Describe{noun}Attributes"), &[(parameter, &arn)]).pairs("Attributes");
        let defaults = table.iter().map(|it| (it.key.to_owned(), it.default.to_owned()));
        assert_eq!(shown, defaults.collect::<Vec<_>>(), "{noun}");
        for (key, value) in &shown {
            let answer = world.ok(&format!("Modify{noun}Attributes"), &set(parameter, &arn, key, value));
            assert_eq!(answer.pairs("Attributes"), shown, "{noun} {key}");
        }
    }
}

#[test]
fn only_an_internal_load_balancer_is_made_without_a_way_in_from_internet_gateways() {
    let world = World::new();
    for (name, scheme, expected) in [("inside", "internal", "true"), ("outside", "internet-facing", "false")]
    {
        let subnets = [("Subnets.member.1", "subnet-1"), ("Subnets.member.2", "subnet-2")];
        let parameters = [[("Name", name), ("Scheme", scheme)], subnets].concat();
        let arn = world.ok("CreateLoadBalancer", &parameters).value("LoadBalancers/member/LoadBalancerArn");
        let described = world.ok("DescribeLoadBalancerAttributes", &[("LoadBalancerArn", &arn)]);
        let shown = described.pairs("Attributes");
        let key = load_balancer::DENY_GATEWAYS;
        assert!(shown.contains(&(key.to_owned(), expected.to_owned())), "{scheme}: {shown:?}");
        let changed = set("LoadBalancerArn", &arn, key, "false");
        world.ok("ModifyLoadBalancerAttributes", &changed);
    }
}

/// S16, S17, S18, S23, A2, B2.
#[test]
fn what_cannot_be_is_refused_with_the_words_that_tools_look_for() {
    let world = World::new();
    let [(_, _, balancer), (_, _, group), (_, _, listener)] = resources(&world);
    let invalid = "InvalidConfigurationRequest";
    let table: &[(&str, &str, &str, &str)] = &[
        ("no.such.key", "x", "ValidationError", "Target group attribute key 'no.such.key' is not recognized"),
        ("stickiness.enabled", "yes", "ValidationError", "[true, false]"),
        (
            "stickiness.type",
            "source_ip",
            invalid,
            "Stickiness type 'source_ip' is not supported for target groups with the HTTP protocol",
        ),
        (
            "stickiness.type",
            "magic",
            "ValidationError",
            "'Stickiness type' must be one of [app_cookie, lb_cookie, source_ip]",
        ),
        ("stickiness.lb_cookie.duration_seconds", "0", "ValidationError", "between '1-604800' inclusive"),
        (
            "stickiness.lb_cookie.duration_seconds",
            "604801",
            "ValidationError",
            "between '1-604800' inclusive",
        ),
        ("stickiness.app_cookie.cookie_name", "AWSALB", "ValidationError", "reserved"),
        ("deregistration_delay.timeout_seconds", "3601", "ValidationError", "between '0-3600' inclusive"),
        ("load_balancing.algorithm.anomaly_mitigation", "on", invalid, "round_robin"),
    ];
    for (key, value, code, message) in table {
        let parameters = set("TargetGroupArn", &group, key, value);
        world.refused("ModifyTargetGroupAttributes", &parameters, code, message);
    }
    for (key, code, message) in [
        ("no.such.key", "ValidationError", "Load balancer attribute key 'no.such.key' is not recognized"),
        (
            "dns_record.client_routing_policy",
            invalid,
            "is not supported on load balancers with type 'application'",
        ),
        ("load_balancing.cross_zone.enabled", "ValidationError", "cannot be changed"),
        ("access_logs.s3.enabled", "ValidationError", "[true, false]"),
    ] {
        let parameters = set("LoadBalancerArn", &balancer, key, "x");
        world.refused("ModifyLoadBalancerAttributes", &parameters, code, message);
    }
    let no_bucket = set("LoadBalancerArn", &balancer, "access_logs.s3.enabled", "true");
    world.refused("ModifyLoadBalancerAttributes", &no_bucket, invalid, "'access_logs.s3.bucket' must be set");
    let too_long = "x".repeat(1025);
    let header = "routing.http.response.x_frame_options.header_value";
    let parameters = set("ListenerArn", &listener, header, &too_long);
    world.refused("ModifyListenerAttributes", &parameters, "ValidationError", header);
    let subject = "routing.http.request.x_amzn_mtls_clientcert_subject.header_name";
    for taken in [
        "Content-Length",
        "host",
        "Transfer_Encoding",
        "Cookie",
        "X-Forwarded-For",
        "X-Amzn-Trace-Id",
        "sec_websocket-key",
        "Range",
        "Origin",
        "Proxy-Authorization",
        "a b",
    ] {
        let parameters = set("ListenerArn", &listener, subject, taken);
        world.refused("ModifyListenerAttributes", &parameters, "ValidationError", subject);
    }
    for free in ["X-Client-Subject", "X-Amzn-Mtls-Other", "Acceptor"] {
        world.ok("ModifyListenerAttributes", &set("ListenerArn", &listener, subject, free));
    }
    for named_already in ["x-amzn-mtls-clientcert-issuer", "X_Amzn_TLS-Version"] {
        let parameters = set("ListenerArn", &listener, subject, named_already);
        world.refused("ModifyListenerAttributes", &parameters, invalid, "cannot both name the header");
    }
    world.refused(
        "ModifyListenerAttributes",
        &[("ListenerArn", &listener)],
        "ValidationError",
        "'attributes'",
    );
    let no_value = [("ListenerArn", listener.as_str()), ("Attributes.member.1.Key", header)];
    world.refused("ModifyListenerAttributes", &no_value, "ValidationError", "'attributes.1.member.value'");
}

#[test]
fn names_of_headers_from_before_a_rule_stay_until_they_are_changed() {
    let world = World::new();
    let [.., (_, _, listener)] = resources(&world);
    let (subject, issuer) = (listener::MTLS_SUBJECT_NAME, listener::MTLS_ISSUER_NAME);
    let mut old = Listener::clone(world.state.current().configuration.listeners.values().next().unwrap());
    for key in [subject, issuer] {
        old.attributes.restore(key, "Origin").unwrap();
    }
    world.put(&[Entity::Listener(Arc::new(old))]);
    let modify = "ModifyListenerAttributes";
    let change = |key, value| set("ListenerArn", &listener, key, value);
    world.ok(modify, &change(listener::SERVER_HEADER, "false"));
    world.ok(modify, &change(subject, "Origin"));
    world.refused(modify, &change(listener::MTLS_LEAF_NAME, "Origin"), "ValidationError", "nothing else");
    world.ok(modify, &change(subject, "X-Client"));
    world.refused(modify, &change(issuer, "X-Client"), "InvalidConfigurationRequest", "cannot both name");
    world.refused(modify, &change(subject, "Origin"), "ValidationError", "nothing else");
}

/// S22, S25, S26.
#[test]
fn attributes_of_one_request_are_judged_together() {
    let world = World::new();
    let [_, (_, _, group), _] = resources(&world);
    let alone = set("TargetGroupArn", &group, "stickiness.type", "app_cookie");
    let enabled = [("Attributes.member.2.Key", "stickiness.enabled"), ("Attributes.member.2.Value", "true")];
    let named = [
        ("Attributes.member.3.Key", "stickiness.app_cookie.cookie_name"),
        ("Attributes.member.3.Value", "JSESSIONID"),
    ];
    let action = "ModifyTargetGroupAttributes";
    let message = "You must set an application cookie name to enable stickiness of type 'app_cookie'";
    world.refused(action, &[&alone[..], &enabled].concat(), "InvalidConfigurationRequest", message);
    let shown = world.ok(action, &[&alone[..], &enabled, &named].concat()).pairs("Attributes");
    assert!(shown.contains(&("stickiness.app_cookie.cookie_name".to_owned(), "JSESSIONID".to_owned())));
    for (key, value, message) in [
        ("load_balancing.cross_zone.enabled", "false", "cross-zone"),
        ("load_balancing.algorithm.type", "weighted_random", "weighted random"),
    ] {
        let parameters = set("TargetGroupArn", &group, key, value);
        world.refused(action, &parameters, "InvalidConfigurationRequest", message);
    }
}

#[test]
fn a_target_of_all_zones_needs_cross_zone() {
    let world = World::new();
    let [_, (_, _, group), _] = resources(&world);
    let everywhere = [
        ("TargetGroupArn", group.as_str()),
        ("Targets.member.1.Id", "10.0.0.1"),
        ("Targets.member.1.AvailabilityZone", "all"),
    ];
    world.ok("RegisterTargets", &everywhere);
    let off = set("TargetGroupArn", &group, "load_balancing.cross_zone.enabled", "false");
    world.refused("ModifyTargetGroupAttributes", &off, "InvalidConfigurationRequest", "'all'");

    world.ok("DeregisterTargets", &everywhere);
    world.ok("ModifyTargetGroupAttributes", &off);
    world.refused("RegisterTargets", &everywhere, "InvalidTarget", "cross-zone load balancing is off");
    let slow_start = set("TargetGroupArn", &group, "slow_start.duration_seconds", "30");
    world.ok("ModifyTargetGroupAttributes", &slow_start);
}

#[test]
fn one_call_sets_at_most_as_many_attributes_of_a_load_balancer_as_at_aws() {
    let world = World::new();
    let balancer = world.create_load_balancer("shop");
    let names: Vec<[String; 2]> =
        (1..=21).map(|n| ["Key", "Value"].map(|part| format!("Attributes.member.{n}.{part}"))).collect();
    let pairs = |count: usize| {
        let given = names.iter().take(count);
        let attributes = given
            .flat_map(|[key, value]| [(key.as_str(), "waf.fail_open.enabled"), (value.as_str(), "true")]);
        attributes.chain([("LoadBalancerArn", balancer.as_str())]).collect::<Vec<_>>()
    };
    world.ok("ModifyLoadBalancerAttributes", &pairs(20));
    world.refused("ModifyLoadBalancerAttributes", &pairs(21), "ValidationError", "less than or equal to 20");
}

#[test]
fn resources_that_are_gone_have_none() {
    let world = World::new();
    for (noun, parameter, arn) in resources(&world) {
        let gone = arn.replace("us-east-1", "us-east-2");
        let code = format!("{noun}NotFound");
        world.refused(&format!("Describe{noun}Attributes"), &[(parameter, &gone)], &code, "not found");
        let key =
            if noun == "Listener" { listener::SERVER_HEADER } else { "load_balancing.cross_zone.enabled" };
        world.refused(
            &format!("Modify{noun}Attributes"),
            &set(parameter, &gone, key, "true"),
            &code,
            "not found",
        );
    }
}
