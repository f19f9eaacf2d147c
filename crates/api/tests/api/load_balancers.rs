//! Load balancers and where they are placed.

use std::sync::Arc;

use elbow_api::ZoneSetting;
use elbow_model::{Entity, Subnet, SubnetId, Zone, limits};

use crate::world::{Parameters, World, forward, pool};

const TWO: [(&str, &str); 2] = [("Subnets.member.1", "subnet-1"), ("Subnets.member.2", "subnet-2")];
const GONE: &str =
    "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/gone/0123456789abcdef";

fn zone_setting(zone: &str, subnets: &[&str]) -> ZoneSetting {
    let subnets = subnets.iter().map(|subnet| SubnetId::parse(subnet).unwrap()).collect();
    ZoneSetting { zone: Zone::parse(zone).unwrap(), subnets }
}

/// A1: names and ARNs.
#[test]
fn a_load_balancer_is_created_shown_and_deleted() {
    let world = World::new();
    let mut parameters = vec![
        ("Name", "My-Shop"),
        ("Scheme", "internal"),
        ("Type", "application"),
        ("IpAddressType", "dualstack"),
        ("SecurityGroups.member.1", "sg-1"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "carts"),
    ];
    parameters.extend(TWO);
    let created = world.ok("CreateLoadBalancer", &parameters);
    let shown = world.ok("DescribeLoadBalancers", &[]);
    for answer in [&created, &shown] {
        let value = |name: &str| answer.value(&format!("LoadBalancers/member/{name}"));
        assert_eq!(value("LoadBalancerName"), "My-Shop");
        let dns = value("DNSName");
        assert!(dns.starts_with("internal-my-shop-") && dns.ends_with(".us-east-1.elb.localhost"), "{dns}");
        assert_eq!(value("Scheme"), "internal");
        assert_eq!(value("Type"), "application");
        assert_eq!(value("IpAddressType"), "dualstack");
        assert_eq!(value("State/Code"), "active");
        assert_eq!(value("VpcId"), "vpc-elbow");
        assert_eq!(value("CreatedTime"), "2015-08-30T12:36:00Z");
        assert_eq!(value("SecurityGroups/member"), "sg-1");
        assert_eq!(
            answer.values("LoadBalancers/member/AvailabilityZones/member/ZoneName"),
            ["us-east-1a", "us-east-1b"]
        );
    }
    let arn = created.value("LoadBalancers/member/LoadBalancerArn");
    assert_eq!(
        world
            .ok("DescribeTags", &[("ResourceArns.member.1", &arn)])
            .count("TagDescriptions/member/Tags/member"),
        1
    );
    world.ok("DeleteLoadBalancer", &[("LoadBalancerArn", &arn)]);
    world.ok("DeleteLoadBalancer", &[("LoadBalancerArn", &arn)]);
    world.refused(
        "DescribeLoadBalancers",
        &[("LoadBalancerArns.member.1", &arn)],
        "LoadBalancerNotFound",
        "not found",
    );
}

#[test]
fn creating_again_with_the_same_settings_succeeds() {
    let world = World::new();
    let arn = world.create_load_balancer("shop");
    let before = world.revision();
    assert_eq!(world.create_load_balancer("shop"), arn);
    let turned = [("Name", "shop"), ("Subnets.member.1", "subnet-2"), ("Subnets.member.2", "subnet-1")];
    world.ok("CreateLoadBalancer", &turned);
    assert_eq!(world.revision(), before);
    let other = [("Name", "shop"), ("Scheme", "internal"), TWO[0], TWO[1]];
    world.refused(
        "CreateLoadBalancer",
        &other,
        "DuplicateLoadBalancerName",
        "A load balancer with the same name 'shop' exists, but with different settings",
    );
}

#[test]
fn bad_parameters_are_named() {
    let world = World::new();
    let table: &[(Parameters<'_>, &str, &str)] = &[
        (&[], "ValidationError", "Value null at 'name'"),
        (&[("Name", "")], "ValidationError", "cannot be empty"),
        (&[("Name", "a_b")], "ValidationError", "alphanumeric"),
        (&[("Name", "internal-x")], "ValidationError", "internal-"),
        (&[("Name", "x"), ("Type", "network")], "InvalidConfigurationRequest", "'network'"),
        (&[("Name", "x"), ("Type", "classic")], "ValidationError", "[application, network, gateway]"),
        (&[("Name", "x"), ("Scheme", "hidden")], "ValidationError", "[internet-facing, internal]"),
        (&[("Name", "x"), ("IpAddressType", "x")], "ValidationError", "Value 'x' at 'ipAddressType'"),
        (
            &[("Name", "x"), ("IpAddressType", "dualstack-without-public-ipv4"), ("Scheme", "internal")],
            "InvalidConfigurationRequest",
            "internal",
        ),
        (&[("Name", "x"), ("SecurityGroups.member.1", "x")], "InvalidSecurityGroup", "'x'"),
        (
            &[("Name", "x"), ("CustomerOwnedIpv4Pool", "x")],
            "InvalidConfigurationRequest",
            "CustomerOwnedIpv4Pool",
        ),
        (&[("Name", "x"), ("Tags.member.1.Value", "x")], "ValidationError", "tags.1.member.key"),
        (
            &[("Name", "x"), ("Tags.member.1.Key", "k"), ("Tags.member.2.Key", "k")],
            "DuplicateTagKeys",
            "more than once",
        ),
        (&[("Name", "x")], "ValidationError", "At least two subnets"),
        (&[("Name", "x"), ("Subnets", "")], "ValidationError", "At least two subnets"),
        (&[("Name", "x"), TWO[0]], "ValidationError", "At least two subnets"),
        (&[("Name", "x"), ("Subnets.member.1", "net")], "InvalidSubnet", "'net'"),
        (
            &[
                ("Name", "x"),
                TWO[0],
                ("Subnets.member.2", "subnet-2"),
                ("SubnetMappings.member.1.SubnetId", "subnet-3"),
            ],
            "ValidationError",
            "not both",
        ),
        (
            &[("Name", "x"), ("SubnetMappings.member.1.AllocationId", "eipalloc-1")],
            "InvalidConfigurationRequest",
            "AllocationId",
        ),
    ];
    for (parameters, code, message) in table {
        world.refused("CreateLoadBalancer", parameters, code, message);
    }
}

#[test]
fn a_protected_load_balancer_is_not_deleted() {
    let world = World::new();
    let arn = world.create_load_balancer("shop");
    let protect = |value: &'static str| {
        let parameters = [
            ("LoadBalancerArn", arn.as_str()),
            ("Attributes.member.1.Key", "deletion_protection.enabled"),
            ("Attributes.member.1.Value", value),
        ];
        world.ok("ModifyLoadBalancerAttributes", &parameters);
    };
    protect("true");
    world.refused(
        "DeleteLoadBalancer",
        &[("LoadBalancerArn", &arn)],
        "OperationNotPermitted",
        "deletion protection",
    );
    protect("false");
    world.ok("DeleteLoadBalancer", &[("LoadBalancerArn", &arn)]);
}

#[test]
fn deleting_takes_the_listeners_along_and_leaves_the_target_group() {
    let world = World::new();
    let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    let listener = world.create_listener(&balancer, "80", &group);
    world.ok("DeleteLoadBalancer", &[("LoadBalancerArn", &balancer)]);
    world.refused(
        "DescribeListeners",
        &[("ListenerArns.member.1", &listener)],
        "ListenerNotFound",
        "not found",
    );
    let shown = world.ok("DescribeTargetGroups", &[("TargetGroupArns.member.1", &group)]);
    assert_eq!(shown.count("TargetGroups/member/LoadBalancerArns/member"), 0);
    world.ok("DeleteTargetGroup", &[("TargetGroupArn", &group)]);
}

#[test]
fn describing_takes_names_or_arns_and_knows_what_is_none() {
    let world = World::new();
    let arn = world.create_load_balancer("shop");
    let by_both = [("Names.member.1", "shop"), ("LoadBalancerArns.member.1", arn.as_str())];
    world.refused("DescribeLoadBalancers", &by_both, "ValidationError", "same request");
    let twice = world.ok("DescribeLoadBalancers", &[("Names.member.1", "shop"), ("Names.member.2", "shop")]);
    assert_eq!(twice.count("LoadBalancers/member"), 1);
    let named = [("Names.member.1", "none")];
    world.refused(
        "DescribeLoadBalancers",
        &named,
        "LoadBalancerNotFound",
        "Load balancers '[none]' not found",
    );
    world.refused(
        "DescribeLoadBalancers",
        &[("LoadBalancerArns.member.1", GONE)],
        "LoadBalancerNotFound",
        "",
    );
    let no_arn = [("LoadBalancerArns.member.1", "shop")];
    world.refused(
        "DescribeLoadBalancers",
        &no_arn,
        "ValidationError",
        "'shop' is not a valid load balancer ARN",
    );
}

#[test]
fn pages_hold_while_load_balancers_come_and_go() {
    let world = World::new();
    for name in ["a", "b", "c", "d", "e"] {
        world.create_load_balancer(name);
    }
    let names = "LoadBalancers/member/LoadBalancerName";
    let first = world.ok("DescribeLoadBalancers", &[("PageSize", "2")]);
    assert_eq!(first.values(names), ["a", "b"]);
    let gone = world.create_load_balancer("b");
    world.ok("DeleteLoadBalancer", &[("LoadBalancerArn", &gone)]);
    world.create_load_balancer("aa");
    let marker = first.value("NextMarker");
    let second = world.ok("DescribeLoadBalancers", &[("PageSize", "2"), ("Marker", &marker)]);
    assert_eq!(second.values(names), ["c", "d"]);
    let marker = second.value("NextMarker");
    let third = world.ok("DescribeLoadBalancers", &[("PageSize", "2"), ("Marker", &marker)]);
    assert_eq!((third.values(names), third.count("NextMarker")), (vec!["e".to_owned()], 0));
    for bad in [("PageSize", "0"), ("PageSize", "401"), ("PageSize", "-1"), ("Marker", "zz")] {
        world.refused("DescribeLoadBalancers", &[bad], "ValidationError", "");
    }
}

#[test]
fn a_subnet_stays_in_the_zone_it_was_first_seen_in() {
    let world = World::new();
    let zones = |answer: &crate::world::Answer| {
        answer.values("LoadBalancers/member/AvailabilityZones/member/ZoneName")
    };
    let create = |name: &str, subnets: [&str; 2]| {
        let parameters = [("Name", name), ("Subnets.member.1", subnets[0]), ("Subnets.member.2", subnets[1])];
        world.ok("CreateLoadBalancer", &parameters)
    };
    assert_eq!(zones(&create("one", ["subnet-a", "subnet-b"])), ["us-east-1a", "us-east-1b"]);
    assert_eq!(zones(&create("two", ["subnet-c", "subnet-a"])), ["us-east-1c", "us-east-1a"]);
    assert_eq!(zones(&create("three", ["subnet-d", "subnet-c"])), ["us-east-1a", "us-east-1c"]);
    let parameters = [("Name", "four"), ("Subnets.member.1", "subnet-d"), ("Subnets.member.2", "subnet-a")];
    world.refused(
        "CreateLoadBalancer",
        &parameters,
        "InvalidConfigurationRequest",
        "the same Availability Zone",
    );
}

#[test]
fn there_is_a_limit_to_subnets_that_nobody_named() {
    let world = World::new();
    world.create_load_balancer("before");
    let zone = Zone::parse("us-east-1a").unwrap();
    let subnet = |number| {
        let id = SubnetId::parse(&format!("subnet-x{number}")).unwrap();
        Entity::Subnet(Arc::new(Subnet { region: world.region.clone(), id, zone: zone.clone() }))
    };
    world.put(&(0..limits::SUBNETS).map(subnet).collect::<Vec<_>>());
    world.create_load_balancer("after");
    let new = [("Name", "x"), ("Subnets.member.1", "subnet-1"), ("Subnets.member.2", "subnet-new")];
    world.refused("CreateLoadBalancer", &new, "InvalidConfigurationRequest", "more than 10000 subnets");
}

#[test]
fn settings_say_where_subnets_are() {
    let world = World::with(|settings| {
        settings.zones =
            vec![zone_setting("north", &["subnet-1", "subnet-3"]), zone_setting("south", &["subnet-2"])];
    });
    let zones = "LoadBalancers/member/AvailabilityZones/member/ZoneName";
    world.create_load_balancer("shop");
    assert_eq!(world.ok("DescribeLoadBalancers", &[]).values(zones), ["north", "south"]);
    let same_zone = [("Name", "x"), ("Subnets.member.1", "subnet-1"), ("Subnets.member.2", "subnet-3")];
    world.refused(
        "CreateLoadBalancer",
        &same_zone,
        "InvalidConfigurationRequest",
        "the same Availability Zone",
    );
    let three = [("Name", "x"), TWO[0], TWO[1], ("Subnets.member.3", "subnet-9")];
    world.refused(
        "CreateLoadBalancer",
        &three,
        "InvalidConfigurationRequest",
        "more subnets than Availability Zones",
    );
}

#[test]
fn each_load_balancer_gets_the_lowest_free_address() {
    let world = World::with(|settings| settings.address_pool = Some(pool("127.8.0.0/30")));
    let address = |name: &str| {
        let configuration = world.state.current().configuration;
        let found = configuration.load_balancers.values().find(|balancer| balancer.arn.name.as_str() == name);
        found.and_then(|balancer| balancer.address).map(|address| address.to_string())
    };
    let first = world.create_load_balancer("one");
    world.in_region("eu-west-2").create_load_balancer("two");
    assert_eq!(
        (address("one").as_deref(), address("two").as_deref()),
        (Some("127.8.0.1"), Some("127.8.0.2"))
    );
    let shown = world.ok("DescribeLoadBalancers", &[("Names.member.1", "one")]);
    let path = "LoadBalancers/member/AvailabilityZones/member/LoadBalancerAddresses/member/IpAddress";
    assert_eq!(shown.values(path), ["127.8.0.1"; 2], "with each zone, because its name leads elsewhere");
    world.refused(
        "CreateLoadBalancer",
        &[("Name", "three"), TWO[0], TWO[1]],
        "TooManyLoadBalancers",
        "127.8.0.0/30",
    );
    world.ok("DeleteLoadBalancer", &[("LoadBalancerArn", &first)]);
    world.create_load_balancer("three");
    assert_eq!(address("three").as_deref(), Some("127.8.0.1"));
}

#[test]
fn placement_is_set_anew() {
    let world = World::new();
    let arn = world.create_load_balancer("shop");
    let mappings = [
        ("LoadBalancerArn", arn.as_str()),
        ("SubnetMappings.member.1.SubnetId", "subnet-1"),
        ("SubnetMappings.member.2.SubnetId", "subnet-7"),
    ];
    let subnets = world.ok("SetSubnets", &mappings);
    assert_eq!(subnets.values("AvailabilityZones/member/SubnetId"), ["subnet-1", "subnet-7"]);
    assert_eq!(subnets.value("IpAddressType"), "ipv4");
    let groups = [
        ("LoadBalancerArn", arn.as_str()),
        ("SecurityGroups.member.1", "sg-2"),
        ("SecurityGroups.member.2", "sg-2"),
    ];
    assert_eq!(world.ok("SetSecurityGroups", &groups).values("SecurityGroupIds/member"), ["sg-2"]);
    let kind = [("LoadBalancerArn", arn.as_str()), ("IpAddressType", "dualstack")];
    assert_eq!(world.ok("SetIpAddressType", &kind).value("IpAddressType"), "dualstack");
    let shown = world.ok("DescribeLoadBalancers", &[]);
    assert_eq!(shown.value("LoadBalancers/member/IpAddressType"), "dualstack");
    assert_eq!(shown.value("LoadBalancers/member/SecurityGroups/member"), "sg-2");

    let lb = ("LoadBalancerArn", arn.as_str());
    world.refused("SetSubnets", &[lb], "ValidationError", "At least two subnets");
    world.refused("SetSubnets", &[("LoadBalancerArn", GONE), TWO[0], TWO[1]], "LoadBalancerNotFound", "");
    world.refused("SetSecurityGroups", &[lb], "ValidationError", "'securityGroups'");
    world.refused("SetSecurityGroups", &[lb, ("SecurityGroups.member.1", "x")], "InvalidSecurityGroup", "");
    world.refused("SetIpAddressType", &[lb], "ValidationError", "'ipAddressType'");
    for kind in ["ipv6", ""] {
        world.refused(
            "SetIpAddressType",
            &[lb, ("IpAddressType", kind)],
            "ValidationError",
            "enum value set",
        );
    }
}

#[test]
fn a_load_balancer_that_is_gone_has_no_listeners() {
    let world = World::new();
    let group = world.create_target_group("carts");
    world.refused("CreateListener", &forward(GONE, "80", &group), "LoadBalancerNotFound", "not found");
    world.refused("DescribeListeners", &[("LoadBalancerArn", GONE)], "LoadBalancerNotFound", "not found");
}

#[test]
fn callers_who_create_the_same_at_once_get_the_same() {
    let world = World::new();
    let arns: Vec<String> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..8).map(|_| scope.spawn(|| world.create_load_balancer("shop"))).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    assert!(arns.iter().all(|arn| *arn == arns[0]), "{arns:?}");
}
