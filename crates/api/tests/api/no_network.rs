//! Actions about AWS's own network, which Elbow has not: tools call them in passing and get a true answer.

use crate::world::World;

#[test]
fn nothing_is_reserved_and_nothing_can_be() {
    let world = World::new();
    let balancer = world.create_load_balancer("shop");
    let arn = ("LoadBalancerArn", balancer.as_str());
    let units = |units| ("MinimumLoadBalancerCapacity.CapacityUnits", units);
    let reset = ("ResetCapacityReservation", "true");
    assert_eq!(world.ok("DescribeCapacityReservation", &[arn]).count("CapacityReservationState"), 1);
    assert_eq!(
        world.ok("ModifyCapacityReservation", &[arn, reset]).count("CapacityReservationState/member"),
        0
    );
    world.ok("ModifyCapacityReservation", &[arn, units("0")]);
    let refused = |parameters: &[(&str, &str)], code, message| {
        world.refused("ModifyCapacityReservation", parameters, code, message);
    };
    refused(&[arn, units("100")], "CapacityUnitsLimitExceeded", "more than the 0");
    refused(&[arn, units("1"), reset], "InvalidConfigurationRequest", "same request");
    refused(&[arn], "ValidationError", "must be specified");
    let gone = balancer.replace("/shop/", "/other/");
    world.refused(
        "DescribeCapacityReservation",
        &[("LoadBalancerArn", &gone)],
        "LoadBalancerNotFound",
        "not found",
    );
}

#[test]
fn address_pools_are_not_here() {
    let world = World::new();
    let balancer = world.create_load_balancer("shop");
    let arn = ("LoadBalancerArn", balancer.as_str());
    assert_eq!(world.ok("ModifyIpPools", &[arn, ("RemoveIpamPools.member.1", "ipv4")]).count("IpamPools"), 1);
    let pool = ("IpamPools.Ipv4IpamPoolId", "ipam-pool-1");
    world.refused("ModifyIpPools", &[arn, pool], "ValidationError", "--address-pool");
    world.refused(
        "ModifyIpPools",
        &[arn, ("RemoveIpamPools.member.1", "x")],
        "ValidationError",
        "enum value set",
    );
}

#[test]
fn a_listener_for_http_has_no_certificates() {
    let world = World::new();
    let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    let listener = world.create_listener(&balancer, "80", &group);
    let shown = world.ok("DescribeListenerCertificates", &[("ListenerArn", &listener)]);
    assert_eq!((shown.count("Certificates"), shown.count("Certificates/member")), (1, 0));
    world.refused("DescribeListenerCertificates", &[], "ValidationError", "listenerArn");
}
