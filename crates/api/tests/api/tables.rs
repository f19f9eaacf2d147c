//! What is the same for everybody: quotas and security policies.

use crate::world::World;

#[test]
fn quotas_are_shown_in_pages() {
    let world = World::new();
    let all = world.ok("DescribeAccountLimits", &[]);
    let names = all.values("Limits/member/Name");
    assert!(names.contains(&"application-load-balancers".to_owned()), "{names:?}");
    assert_eq!(all.values("Limits/member/Max").len(), names.len());
    let first = world.ok("DescribeAccountLimits", &[("PageSize", "1")]);
    let marker = first.value("NextMarker");
    let rest = world.ok("DescribeAccountLimits", &[("Marker", &marker)]);
    assert_eq!([first.values("Limits/member/Name"), rest.values("Limits/member/Name")].concat(), names);
}

#[test]
fn security_policies_are_those_of_aws() {
    let world = World::new();
    let all = world.ok("DescribeSSLPolicies", &[]);
    assert!(all.count("SslPolicies/member") > 20);
    let one =
        world.ok("DescribeSSLPolicies", &[("Names.member.1", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06")]);
    assert_eq!(one.values("SslPolicies/member/SslProtocols/member"), ["TLSv1.3", "TLSv1.2"]);
    assert_eq!(
        one.values("SslPolicies/member/Ciphers/member/Name"),
        [
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-RSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-RSA-AES256-GCM-SHA384",
        ]
    );
    assert_eq!(one.values("SslPolicies/member/Ciphers/member/Priority"), ["1", "2", "3", "4", "5", "6", "7"]);
    world.refused(
        "DescribeSSLPolicies",
        &[("Names.member.1", "TLS13-1-2-Res-2021-06")],
        "SSLPolicyNotFound",
        "not found",
    );
    let network = world.ok("DescribeSSLPolicies", &[("LoadBalancerType", "network")]);
    assert_eq!(network.count("SslPolicies/member"), 0);
    world.refused("DescribeSSLPolicies", &[("LoadBalancerType", "x")], "ValidationError", "enum value set");
}
