//! Random forms made of known names and values: whatever comes, the answer is well-formed XML with a code of AWS's
//! model, is never our fault, and a refused call changes nothing.

use elbow_api::{ACTIONS, Action, Version};
use proptest::prelude::*;
use proptest::sample::select;

use crate::world::World;

const NAMES: &[&str] = &[
    "Name",
    "Names",
    "Names.member.1",
    "Names.member.4294967295",
    "Type",
    "Scheme",
    "Marker",
    "PageSize",
    "Subnets",
    "Subnets.member.1",
    "Subnets.member.2",
    "Subnets.member.x",
    "SubnetMappings.member.1.SubnetId",
    "SubnetMappings.member.2.AllocationId",
    "SecurityGroups.member.1",
    "IpAddressType",
    "Tags.member.1.Key",
    "Tags.member.1.Value",
    "Tags.member.2.Key",
    "TagKeys.member.1",
    "TrustStoreArn",
    "ResourceArn",
    "RevocationIds.member.1",
    "MinimumLoadBalancerCapacity.CapacityUnits",
    "ResetCapacityReservation",
    "IpamPools.Ipv4IpamPoolId",
    "RemoveIpamPools.member.1",
    "Filter.1.Name",
    "Filter.1.Value.1",
    "Filter.x.Name",
    "VpcId",
    "VpcId.1",
    "SubnetId.1",
    "InstanceId.1",
    "GroupId.1",
    "ZoneName.1",
    "Attribute",
    "AttributeName.1",
    "DryRun",
    "ResourceArns.member.1",
    "LoadBalancerArn",
    "LoadBalancerArns.member.1",
    "ListenerArn",
    "ListenerArns.member.1",
    "TargetGroupArn",
    "TargetGroupArns.member.1",
    "Protocol",
    "ProtocolVersion",
    "Port",
    "VpcId",
    "TargetType",
    "HealthCheckProtocol",
    "HealthCheckPort",
    "HealthCheckPath",
    "HealthCheckEnabled",
    "HealthCheckIntervalSeconds",
    "HealthCheckTimeoutSeconds",
    "HealthyThresholdCount",
    "UnhealthyThresholdCount",
    "Matcher",
    "Matcher.HttpCode",
    "Matcher.GrpcCode",
    "Targets.member.1.Id",
    "Targets.member.1.Port",
    "Targets.member.1.AvailabilityZone",
    "Targets.member.2.Id",
    "Include.member.1",
    "Attributes.member.1.Key",
    "Attributes.member.1.Value",
    "Attributes.member.2.Key",
    "SslPolicy",
    "Certificates.member.1.CertificateArn",
    "Certificates.member.2.CertificateArn",
    "AlpnPolicy.member.1",
    "MutualAuthentication.Mode",
    "ServerCertificateName",
    "CertificateBody",
    "PrivateKey",
    "NewPath",
    "PathPrefix",
    "MaxItems",
    "DefaultActions",
    "DefaultActions.member.1",
    "DefaultActions.member.1.Type",
    "DefaultActions.member.1.Order",
    "DefaultActions.member.1.TargetGroupArn",
    "DefaultActions.member.2.Type",
    "DefaultActions.member.1.ForwardConfig.TargetGroups.member.1.TargetGroupArn",
    "DefaultActions.member.1.ForwardConfig.TargetGroups.member.1.Weight",
    "DefaultActions.member.1.ForwardConfig.TargetGroupStickinessConfig.Enabled",
    "RuleArn",
    "RuleArns.member.1",
    "Priority",
    "RulePriorities.member.1.RuleArn",
    "RulePriorities.member.1.Priority",
    "ResetTransforms",
    "Conditions.member.1.Field",
    "Conditions.member.1.Values.member.1",
    "Conditions.member.1.RegexValues.member.1",
    "Conditions.member.1.PathPatternConfig.Values.member.1",
    "Conditions.member.1.HttpHeaderConfig.HttpHeaderName",
    "Conditions.member.1.HttpHeaderConfig.Values.member.1",
    "Conditions.member.1.QueryStringConfig.Values.member.1.Value",
    "Conditions.member.1.SourceIpConfig.Values.member.1",
    "Actions.member.1.Type",
    "Actions.member.1.TargetGroupArn",
    "Actions.member.1.FixedResponseConfig.StatusCode",
    "Actions.member.1.RedirectConfig.StatusCode",
    "Actions.member.1.RedirectConfig.Port",
    "Actions.member.1.ForwardConfig.TargetGroups.member.1.TargetGroupArn",
    "Actions.member.1.ForwardConfig.TargetGroupStickinessConfig.DurationSeconds",
    "Transforms.member.1.Type",
    "Transforms.member.1.UrlRewriteConfig.Rewrites.member.1.Regex",
    "Transforms.member.1.UrlRewriteConfig.Rewrites.member.1.Replace",
    "SslPolicy",
    "Certificates",
    "LoadBalancerType",
    "LoadBalancerName",
    "LoadBalancerNames.member.1",
    "AvailabilityZones.member.1",
    "LoadBalancerPort",
    "LoadBalancerPorts.member.1",
    "InstancePort",
    "Listeners.member.1.Protocol",
    "Listeners.member.1.LoadBalancerPort",
    "Listeners.member.1.InstancePort",
    "Listeners.member.1.InstanceProtocol",
    "Listeners.member.1.SSLCertificateId",
    "Instances.member.1.InstanceId",
    "HealthCheck.Target",
    "HealthCheck.Interval",
    "HealthCheck.Timeout",
    "HealthCheck.UnhealthyThreshold",
    "HealthCheck.HealthyThreshold",
    "PolicyName",
    "PolicyNames",
    "PolicyNames.member.1",
    "PolicyTypeName",
    "PolicyTypeNames.member.1",
    "PolicyAttributes.member.1.AttributeName",
    "PolicyAttributes.member.1.AttributeValue",
    "CookieName",
    "CookieExpirationPeriod",
    "SSLCertificateId",
    "LoadBalancerAttributes.CrossZoneLoadBalancing.Enabled",
    "LoadBalancerAttributes.AccessLog.Enabled",
    "LoadBalancerAttributes.AccessLog.EmitInterval",
    "LoadBalancerAttributes.ConnectionDraining.Enabled",
    "LoadBalancerAttributes.ConnectionDraining.Timeout",
    "LoadBalancerAttributes.ConnectionSettings.IdleTimeout",
    "LoadBalancerAttributes.AdditionalAttributes.member.1.Key",
    "Unknown",
    "Unknown.member.1",
    "",
    ".",
    "..",
    "a.b.c.d.e.f.g.h.i.j.k.l.m",
];

const VALUES: &[&str] = &[
    "",
    "x",
    "shop",
    "carts",
    "0",
    "1",
    "80",
    "65535",
    "65536",
    "-1",
    "+1",
    "1e3",
    "99999999999999999999",
    "true",
    "false",
    "HTTP",
    "HTTPS",
    "tcp",
    "SSL",
    "TCP:80",
    "classic",
    "sticky",
    "LBCookieStickinessPolicyType",
    "SSLNegotiationPolicyType",
    "GRPC",
    "ip",
    "instance",
    "forward",
    "redirect",
    "fixed-response",
    "path-pattern",
    "host-header",
    "http-header",
    "query-string",
    "source-ip",
    "url-rewrite",
    "HTTP_301",
    "10.0.0.0/8",
    "/*",
    "(a",
    "internal",
    "ipv4",
    "dualstack",
    "subnet-1",
    "subnet-2",
    "sg-1",
    "vpc-1",
    "10.0.0.1",
    "::1",
    "0.0.0.0",
    "i-1",
    "all",
    "us-east-1a",
    "200",
    "200-299",
    "/",
    "traffic-port",
    "stickiness.enabled",
    "stickiness.type",
    "idle_timeout.timeout_seconds",
    "app_cookie",
    "on",
    "\u{0}\u{1}\u{7f}\u{fffe}",
    "<&>\"'\r\n]]>",
    "💥",
    "aws:x",
    "@balancer",
    "@listener",
    "@group",
    "@rule",
];

fn pair() -> impl Strategy<Value = (String, String)> {
    let value = prop_oneof![
        8 => select(VALUES).prop_map(str::to_owned),
        1 => ".{0,40}",
        1 => (0..3000usize).prop_map(|length| "y".repeat(length)),
    ];
    (select(NAMES).prop_map(str::to_owned), value)
}

/// The actions whose parameters come in forms.
fn in_forms() -> Vec<&'static Action> {
    ACTIONS.iter().filter(|action| action.version != Version::Acm).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn a_random_form_gets_an_answer_that_is_not_our_fault(
        calls in prop::collection::vec((select(in_forms()), prop::collection::vec(pair(), 0..12)), 1..4),
    ) {
        let world = World::new();
        let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
        let listener = world.create_listener(&balancer, "80", &group);
        let rule = world.create_rule(&listener, "1");
        world.create_classic("classic", "HTTP", "81");
        world.classic("CreateLBCookieStickinessPolicy", &[("LoadBalancerName", "classic"), ("PolicyName", "sticky")]);
        for (action, pairs) in calls {
            let parameters: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), match value.as_str() {
                "@balancer" => &balancer,
                "@listener" => &listener,
                "@group" => &group,
                "@rule" => &rule,
                value => value,
            })).collect();
            let before = world.state.current();
            let answer = world.ask_signed_for(
                action.version.service(),
                action.version.as_str(),
                action.name,
                &parameters,
            );
            prop_assert!(answer.status < 500, "{}", answer.text);
            if answer.status != 200 {
                let (name, code) = match action.version {
                    Version::Ec2 => ("Response", "Errors/Error/Code"),
                    _ => ("ErrorResponse", "Error/Code"),
                };
                prop_assert_eq!(answer.name(), name);
                prop_assert!(!answer.value(code).is_empty());
                prop_assert_eq!(world.state.current(), before);
            }
        }
    }

    #[test]
    fn random_bytes_are_refused(body in prop::collection::vec(any::<u8>(), 0..300)) {
        let answer = World::new().post(&body);
        prop_assert_eq!(answer.status, 400, "{}", answer.text);
    }
}
