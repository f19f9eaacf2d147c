//! Classic Load Balancers: create, describe, delete; listeners, zones, attributes, tags.

use crate::world::{World, listener, pool};

const NAME: (&str, &str) = ("LoadBalancerName", "shop");
const DESCRIPTION: &str = "LoadBalancerDescriptions/member";

/// What is described of the only load balancer.
fn described(world: &World, path: &str) -> Vec<String> {
    world.classic("DescribeLoadBalancers", &[]).values(&format!("{DESCRIPTION}/{path}"))
}

#[test]
fn what_was_created_is_described() {
    let world = World::new();
    let parameters = [
        NAME,
        ("AvailabilityZones.member.1", "us-east-1a"),
        ("AvailabilityZones.member.2", "us-east-1b"),
        ("Listeners.member.1.Protocol", "http"),
        ("Listeners.member.1.LoadBalancerPort", "80"),
        ("Listeners.member.1.InstancePort", "8080"),
        ("Listeners.member.2.Protocol", "Tcp"),
        ("Listeners.member.2.LoadBalancerPort", "5432"),
        ("Listeners.member.2.InstanceProtocol", "tcp"),
        ("Listeners.member.2.InstancePort", "5432"),
        ("SecurityGroups.member.1", "sg-1"),
        ("Scheme", "internal"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "carts"),
    ];
    let dns = world.classic("CreateLoadBalancer", &parameters).value("DNSName");
    assert!(dns.starts_with("internal-shop-") && dns.ends_with(".us-east-1.elb.localhost"), "{dns}");
    let answer = world.classic("DescribeLoadBalancers", &[("LoadBalancerNames.member.1", "shop")]);
    let value = |path: &str| answer.value(&format!("{DESCRIPTION}/{path}"));
    let values = |path: &str| answer.values(&format!("{DESCRIPTION}/{path}"));
    assert_eq!(value("LoadBalancerName"), "shop");
    assert_eq!((value("DNSName"), value("CanonicalHostedZoneName")), (dns.clone(), dns));
    assert_eq!(values("ListenerDescriptions/member/Listener/Protocol"), ["HTTP", "TCP"]);
    assert_eq!(values("ListenerDescriptions/member/Listener/InstanceProtocol"), ["HTTP", "TCP"]);
    assert_eq!(values("ListenerDescriptions/member/Listener/InstancePort"), ["8080", "5432"]);
    assert_eq!(values("AvailabilityZones/member"), ["us-east-1a", "us-east-1b"]);
    assert_eq!(values("Subnets/member"), ["subnet-us-east-1a", "subnet-us-east-1b"]);
    assert_eq!(values("SecurityGroups/member"), ["sg-1"]);
    assert_eq!((value("Scheme"), value("VPCId")), ("internal".to_owned(), "vpc-elbow".to_owned()));
    assert_eq!(value("HealthCheck/Target"), "TCP:8080");
    assert_eq!(
        (value("HealthCheck/HealthyThreshold"), value("HealthCheck/Interval")),
        ("10".into(), "30".into())
    );
    assert_eq!(values("SourceSecurityGroup").len(), 0, "tools would ask EC2 for it");
    for empty in ["Instances", "BackendServerDescriptions", "Policies/OtherPolicies"] {
        assert_eq!(answer.count(&format!("{DESCRIPTION}/{empty}")), 1, "{empty} is there and empty");
    }
    let tags = world.classic("DescribeTags", &[("LoadBalancerNames.member.1", "shop")]);
    assert_eq!(tags.pairs("TagDescriptions/member/Tags"), [("team".to_owned(), "carts".to_owned())]);
}

/// Names are unique among Classic Load Balancers, and among all others (AWS's guides say so of each kind).
#[test]
fn a_name_may_be_that_of_a_load_balancer_of_the_other_kind() {
    let world = World::new();
    world.create_classic("shop", "HTTP", "80");
    world.create_load_balancer("shop");
    world.create_load_balancer("carts");
    world.create_classic("carts", "HTTP", "81");
    let described = world.ok("DescribeLoadBalancers", &[("Names.member.1", "shop")]);
    let classic = world.classic("DescribeLoadBalancers", &[("LoadBalancerNames.member.1", "shop")]);
    assert_eq!(classic.values(&format!("{DESCRIPTION}/LoadBalancerName")), ["shop"]);
    let dns = described.value("LoadBalancers/member/DNSName");
    assert_ne!(classic.value(&format!("{DESCRIPTION}/DNSName")), dns);
    world.classic("DeleteLoadBalancer", &[NAME]);
    assert_eq!(world.ok("DescribeLoadBalancers", &[]).count("LoadBalancers/member"), 2);
}

#[test]
fn creating_again_succeeds_only_with_the_same_settings() {
    let world = World::new();
    let dns = world.create_classic("shop", "HTTP", "80").value("DNSName");
    let revision = world.revision();
    assert_eq!(world.create_classic("shop", "http", "80").value("DNSName"), dns);
    assert_eq!(world.revision(), revision);
    let mut other = vec![NAME, ("AvailabilityZones.member.1", "us-east-1a")];
    other.extend(listener("HTTP", "81"));
    world.classic_refused(
        "CreateLoadBalancer",
        &other,
        "DuplicateLoadBalancerName",
        "named shop already exists",
    );
    world.create_load_balancer("shop");
    let elsewhere = world.in_region("eu-west-1");
    assert_eq!(
        elsewhere.classic("DescribeLoadBalancers", &[]).count(DESCRIPTION),
        0,
        "a name of its own there"
    );
}

#[test]
fn what_cannot_be_created_is_refused() {
    let world = World::new();
    let zone = ("AvailabilityZones.member.1", "us-east-1a");
    let subnet = ("Subnets.member.1", "subnet-1");
    let refused = |parameters: &[(&str, &str)], code: &str, message: &str| {
        world.classic_refused("CreateLoadBalancer", &[&[NAME], parameters].concat(), code, message);
    };
    let http = listener("HTTP", "80");
    refused(&[zone], "ValidationError", "Value null at 'listeners'");
    refused(&http, "ValidationError", "Either AvailabilityZones or SubnetIds must be specified");
    refused(
        &[&http[..], &[zone, subnet]].concat(),
        "ValidationError",
        "Only one of SubnetIds or AvailabilityZones",
    );
    refused(
        &[&http[..], &[("AvailabilityZones.member.1", "x")]].concat(),
        "ValidationError",
        "Availability Zone: x",
    );
    refused(&[&http[..], &[("Subnets.member.1", "x")]].concat(), "InvalidSubnet", "'x'");
    refused(
        &[&http[..], &[zone, ("Scheme", "x")]].concat(),
        "ValidationError",
        "[internet-facing, internal]",
    );
    refused(&[&listener("UDP", "80")[..], &[zone]].concat(), "ValidationError", "[HTTP, HTTPS, TCP, SSL]");
    refused(&[&listener("HTTP", "0")[..], &[zone]].concat(), "ValidationError", "loadBalancerPort");
    refused(
        &[&listener("HTTPS", "443")[..], &[zone]].concat(),
        "ValidationError",
        "Secure Listeners need to specify",
    );
    let mixed = ("Listeners.member.1.InstanceProtocol", "TCP");
    refused(
        &[&http[..], &[zone, mixed]].concat(),
        "ValidationError",
        "protocol HTTP cannot have instance protocol TCP",
    );
    let missing = ("Listeners.member.1.SSLCertificateId", "arn:aws:iam::000000000000:server-certificate/x");
    let https = listener("HTTPS", "443");
    refused(
        &[&https[..], &[zone, missing]].concat(),
        "CertificateNotFound",
        "not found for the key: arn:aws:iam",
    );
    let twice = [
        ("Listeners.member.2.Protocol", "TCP"),
        ("Listeners.member.2.LoadBalancerPort", "80"),
        ("Listeners.member.2.InstancePort", "1"),
    ];
    refused(&[&http[..], &twice, &[zone]].concat(), "ValidationError", "a LoadBalancerPort of its own");
    world.refuse_port(81);
    refused(
        &[&listener("HTTP", "81")[..], &[zone]].concat(),
        "InvalidConfigurationRequest",
        "--listener-port-offset",
    );
}

#[test]
fn an_invalid_configuration_has_another_status_than_in_the_other_api() {
    let world = World::new();
    world.refuse_port(81);
    let mut parameters = vec![NAME, ("AvailabilityZones.member.1", "us-east-1a")];
    parameters.extend(listener("HTTP", "81"));
    assert_eq!(world.call_version("2012-06-01", "CreateLoadBalancer", &parameters).status, 409);
}

#[test]
fn a_load_balancer_that_is_not_there_is_no_error_only_to_delete() {
    let world = World::new();
    world.create_classic("shop", "HTTP", "80");
    world.classic("DeleteLoadBalancer", &[NAME]);
    let revision = world.revision();
    world.classic("DeleteLoadBalancer", &[NAME]);
    assert_eq!(world.revision(), revision);
    let message = "There is no ACTIVE Load Balancer named 'shop'";
    let names = ("LoadBalancerNames.member.1", "shop");
    world.classic_refused("DescribeLoadBalancers", &[names], "LoadBalancerNotFound", message);
    world.classic_refused("DescribeLoadBalancerAttributes", &[NAME], "LoadBalancerNotFound", message);
    world.classic_refused("DescribeTags", &[names], "LoadBalancerNotFound", message);
}

#[test]
fn load_balancers_come_in_pages() {
    let world = World::new();
    for (name, port) in [("b", "80"), ("a", "80"), ("c", "80")] {
        world.create_classic(name, "HTTP", port);
    }
    let first = world.classic("DescribeLoadBalancers", &[("PageSize", "2")]);
    assert_eq!(first.values(&format!("{DESCRIPTION}/LoadBalancerName")), ["a", "b"]);
    let marker = first.value("NextMarker");
    let rest = world.classic("DescribeLoadBalancers", &[("PageSize", "2"), ("Marker", &marker)]);
    assert_eq!(rest.values(&format!("{DESCRIPTION}/LoadBalancerName")), ["c"]);
    assert_eq!(rest.count("NextMarker"), 0);
}

#[test]
fn listeners_come_and_go() {
    let world = World::new();
    world.create_classic("shop", "HTTP", "80");
    let add = |protocol, port| [&[NAME][..], &listener(protocol, port)].concat();
    world.classic("CreateLoadBalancerListeners", &add("TCP", "81"));
    let revision = world.revision();
    world.classic("CreateLoadBalancerListeners", &add("tcp", "81"));
    assert!(world.revision() >= revision, "the same again");
    let ports = "ListenerDescriptions/member/Listener/LoadBalancerPort";
    assert_eq!(described(&world, ports), ["80", "81"]);
    let message = "A listener already exists for shop with LoadBalancerPort 81, but with a different InstancePort, Protocol";
    world.classic_refused("CreateLoadBalancerListeners", &add("HTTP", "81"), "DuplicateListener", message);
    let secure = [&add("HTTP", "82")[..], &[("Listeners.member.1.InstanceProtocol", "HTTPS")]].concat();
    let message = "the same InstancePort 8080";
    world.classic_refused("CreateLoadBalancerListeners", &secure, "InvalidConfigurationRequest", message);
    let ports_given = [NAME, ("LoadBalancerPorts.member.1", "80"), ("LoadBalancerPorts.member.2", "9")];
    world.classic("DeleteLoadBalancerListeners", &ports_given);
    assert_eq!(described(&world, ports), ["81"]);
}

#[test]
fn a_listener_of_tcp_has_its_socket_for_itself() {
    let world = World::new();
    world.create_classic("db", "TCP", "5432");
    world.create_classic("web", "HTTP", "80");
    world.create_classic("also-web", "HTTP", "80");
    let message = "Port 5432 of this address is taken by the TCP listener of load balancer 'db'";
    let at = |name, protocol, port| {
        let mut parameters = vec![("LoadBalancerName", name), ("AvailabilityZones.member.1", "us-east-1a")];
        parameters.extend(listener(protocol, port));
        parameters
    };
    for protocol in ["HTTP", "TCP"] {
        let parameters = at("other", protocol, "5432");
        world.classic_refused("CreateLoadBalancer", &parameters, "InvalidConfigurationRequest", message);
    }
    let (balancer, group) = (world.create_load_balancer("alb"), world.create_target_group("carts"));
    let forward = crate::world::forward(&balancer, "5432", &group);
    world.refused("CreateListener", &forward, "InvalidConfigurationRequest", message);
    world.create_listener(&balancer, "443", &group);
    let message = "taken by the HTTP listener of load balancer 'alb'";
    world.classic_refused(
        "CreateLoadBalancer",
        &at("o", "TCP", "443"),
        "InvalidConfigurationRequest",
        message,
    );
    let message = "--address-pool";
    world.classic_refused(
        "CreateLoadBalancer",
        &at("o", "TCP", "80"),
        "InvalidConfigurationRequest",
        message,
    );
}

#[test]
fn load_balancers_of_both_kinds_share_one_pool_of_addresses() {
    let world = World::with(|settings| settings.address_pool = Some(pool("127.8.0.0/30")));
    world.create_classic("db", "TCP", "5432");
    world.create_load_balancer("alb");
    let mut third = vec![("LoadBalancerName", "third"), ("AvailabilityZones.member.1", "us-east-1a")];
    third.extend(listener("TCP", "5432"));
    world.classic_refused("CreateLoadBalancer", &third, "TooManyLoadBalancers", "Every address of the pool");
    world.classic("DeleteLoadBalancer", &[("LoadBalancerName", "db")]);
    world.classic("CreateLoadBalancer", &third);
}

#[test]
fn zones_are_enabled_by_name_and_by_subnet() {
    let world = World::new();
    world.create_classic("shop", "HTTP", "80");
    let enable =
        [NAME, ("AvailabilityZones.member.1", "us-east-1b"), ("AvailabilityZones.member.2", "us-east-1a")];
    let answer = world.classic("EnableAvailabilityZonesForLoadBalancer", &enable);
    assert_eq!(answer.values("AvailabilityZones/member"), ["us-east-1a", "us-east-1b"]);
    let answer =
        world.classic("AttachLoadBalancerToSubnets", &[NAME, ("Subnets.member.1", "subnet-us-east-1c")]);
    assert_eq!(answer.count("Subnets/member"), 3);
    let detach = [NAME, ("Subnets.member.1", "subnet-us-east-1c")];
    assert_eq!(world.classic("DetachLoadBalancerFromSubnets", &detach).count("Subnets/member"), 2);
    let disable = [NAME, ("AvailabilityZones.member.1", "us-east-1a")];
    let answer = world.classic("DisableAvailabilityZonesForLoadBalancer", &disable);
    assert_eq!(answer.values("AvailabilityZones/member"), ["us-east-1b"]);
    let last = [NAME, ("AvailabilityZones.member.1", "us-east-1b")];
    let message = "at least one Availability Zone";
    world.classic_refused(
        "DisableAvailabilityZonesForLoadBalancer",
        &last,
        "InvalidConfigurationRequest",
        message,
    );
    let subnet = described(&world, "Subnets/member").remove(0);
    let last = [NAME, ("Subnets.member.1", subnet.as_str())];
    world.classic_refused("DetachLoadBalancerFromSubnets", &last, "InvalidConfigurationRequest", message);
    let world = World::with(|settings| {
        let zone = |zone, subnets: &[&str]| elbow_api::ZoneSetting {
            zone: elbow_model::Zone::parse(zone).unwrap(),
            subnets: subnets.iter().map(|id| elbow_model::SubnetId::parse(id).unwrap()).collect(),
        };
        settings.zones = vec![zone("us-east-1a", &["subnet-1", "subnet-2"])];
    });
    world.create_classic("shop", "HTTP", "80");
    assert_eq!(described(&world, "Subnets/member"), ["subnet-1"]);
    let second = [NAME, ("Subnets.member.1", "subnet-2")];
    let message = "ELB cannot be attached to multiple subnets in the same AZ";
    world.classic_refused("AttachLoadBalancerToSubnets", &second, "InvalidConfigurationRequest", message);
}

#[test]
fn attributes_are_told_and_changed_part_by_part() {
    let world = World::new();
    world.create_classic("shop", "HTTP", "80");
    let told = |path: &str| {
        let answer = world.classic("DescribeLoadBalancerAttributes", &[NAME]);
        answer.value(&format!("LoadBalancerAttributes/{path}"))
    };
    assert_eq!(told("CrossZoneLoadBalancing/Enabled"), "false");
    assert_eq!(
        (told("ConnectionDraining/Enabled"), told("ConnectionDraining/Timeout")),
        ("false".into(), "300".into())
    );
    assert_eq!(told("ConnectionSettings/IdleTimeout"), "60");
    assert_eq!(told("AccessLog/Enabled"), "false");
    assert_eq!(told("AdditionalAttributes/member/Value"), "defensive");
    let modify = |parameters: &[(&str, &str)]| {
        world.classic("ModifyLoadBalancerAttributes", &[&[NAME], parameters].concat())
    };
    let answer = modify(&[
        ("LoadBalancerAttributes.ConnectionDraining.Enabled", "true"),
        ("LoadBalancerAttributes.ConnectionDraining.Timeout", "20"),
    ]);
    assert_eq!(answer.value("LoadBalancerAttributes/ConnectionDraining/Timeout"), "20");
    assert_eq!(answer.count("LoadBalancerAttributes/CrossZoneLoadBalancing"), 0, "only what was changed");
    modify(&[
        ("LoadBalancerAttributes.ConnectionDraining.Enabled", "false"),
        ("LoadBalancerAttributes.ConnectionDraining.Timeout", "9"),
    ]);
    assert_eq!(
        (told("ConnectionDraining/Enabled"), told("ConnectionDraining/Timeout")),
        ("false".into(), "20".into())
    );
    let key = ("LoadBalancerAttributes.AdditionalAttributes.member.1.Key", "elb.http.desyncmitigationmode");
    modify(&[key, ("LoadBalancerAttributes.AdditionalAttributes.member.1.Value", "strictest")]);
    assert_eq!(told("AdditionalAttributes/member/Value"), "strictest");
    let refused = |name, value, code, message| {
        world.classic_refused("ModifyLoadBalancerAttributes", &[NAME, (name, value)], code, message);
    };
    refused("LoadBalancerAttributes.ConnectionSettings.IdleTimeout", "0", "ValidationError", "idleTimeout");
    refused("LoadBalancerAttributes.AccessLog.Enabled", "true", "ValidationError", "S3BucketName");
    refused("LoadBalancerAttributes.CrossZoneLoadBalancing.Enabled", "on", "ValidationError", "boolean");
    let unknown = "LoadBalancerAttributes.AdditionalAttributes.member.1.Key";
    refused(unknown, "x", "LoadBalancerAttributeNotFound", "'x' is not recognized");
}

#[test]
fn access_logs_are_switched_on_where_a_test_file_can_be_written() {
    let world = World::new();
    world.create_classic("shop", "HTTP", "80");
    let log = |bucket, more: &[(&'static str, &'static str)]| {
        let set = [
            ("LoadBalancerAttributes.AccessLog.Enabled", "true"),
            ("LoadBalancerAttributes.AccessLog.S3BucketName", bucket),
        ];
        [&[NAME], set.as_slice(), more].concat()
    };
    let message = "Access Denied for bucket: denied. Please check S3bucket permission";
    let code = "InvalidConfigurationRequest";
    world.classic_refused("ModifyLoadBalancerAttributes", &log("denied", &[]), code, message);
    let told = || world.classic("DescribeLoadBalancerAttributes", &[NAME]);
    assert_eq!(told().value("LoadBalancerAttributes/AccessLog/Enabled"), "false");

    world.classic("ModifyLoadBalancerAttributes", &log("logs", &[]));
    let content = "Enable AccessLog for ELB: shop at 2015-08-30T12:36:00";
    let file = "s3://logs/AWSLogs/000000000000/ELBAccessLogTestFile";
    assert!(world.file(file).unwrap().starts_with(content));
    let prefix = [("LoadBalancerAttributes.AccessLog.S3BucketPrefix", "prod/eu/")];
    world.classic("ModifyLoadBalancerAttributes", &log("logs", &prefix));
    assert!(world.file("s3://logs/prod/eu/AWSLogs/000000000000/ELBAccessLogTestFile").is_some());

    // It is there already: nothing is tried again, and nothing when it is switched off.
    world.remove_file(file);
    let interval = [("LoadBalancerAttributes.AccessLog.EmitInterval", "5")];
    world.classic("ModifyLoadBalancerAttributes", &log("logs", &interval));
    let off = [NAME, ("LoadBalancerAttributes.AccessLog.Enabled", "false")];
    world.classic("ModifyLoadBalancerAttributes", &off);
    assert_eq!(world.file(file), None);
}

#[test]
fn health_checks_are_configured() {
    let world = World::new();
    world.create_classic("shop", "HTTP", "80");
    let check = |target, timeout| {
        [
            NAME,
            ("HealthCheck.Target", target),
            ("HealthCheck.Interval", "10"),
            ("HealthCheck.Timeout", timeout),
            ("HealthCheck.UnhealthyThreshold", "2"),
            ("HealthCheck.HealthyThreshold", "3"),
        ]
    };
    let answer = world.classic("ConfigureHealthCheck", &check("http:80/up", "5"));
    assert_eq!(answer.value("HealthCheck/Target"), "HTTP:80/up");
    assert_eq!(described(&world, "HealthCheck/HealthyThreshold"), ["3"]);
    let message = "timeout must be less than interval";
    world.classic_refused("ConfigureHealthCheck", &check("TCP:80", "10"), "ValidationError", message);
    world.classic_refused("ConfigureHealthCheck", &check("ICMP:80", "5"), "ValidationError", "'ICMP:80'");
    world.classic_refused("ConfigureHealthCheck", &[NAME], "ValidationError", "null at 'healthCheck'");
    for (index, value, message) in [
        (2, "4", "interval"),
        (2, "301", "interval"),
        (3, "1", "timeout"),
        (3, "61", "timeout"),
        (4, "1", "unhealthyThreshold"),
        (5, "11", "healthyThreshold"),
        (5, "x", "healthyThreshold"),
        (1, "HTTP:80", "HTTP:80"),
        (1, "TCP:0", "TCP:0"),
        (1, "TCP:80/up", "TCP:80/up"),
    ] {
        let mut given = check("TCP:80", "5");
        given[index].1 = value;
        world.classic_refused("ConfigureHealthCheck", &given, "ValidationError", message);
        let left = [&given[..index], &given[index + 1..]].concat();
        world.classic_refused("ConfigureHealthCheck", &left, "ValidationError", "null at");
    }
    assert_eq!(described(&world, "HealthCheck/HealthyThreshold"), ["3"], "nothing of it was taken");
}

#[test]
fn tags_security_groups_and_limits() {
    let world = World::new();
    world.create_classic("shop", "HTTP", "80");
    let of = ("LoadBalancerNames.member.1", "shop");
    world.classic("AddTags", &[of, ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "carts")]);
    world.classic("AddTags", &[of, ("Tags.member.1.Key", "stage")]);
    world.classic("RemoveTags", &[of, ("Tags.member.1.Key", "team")]);
    let tags = world.classic("DescribeTags", &[of]);
    assert_eq!(tags.pairs("TagDescriptions/member/Tags"), [("stage".to_owned(), String::new())]);
    let twice = [of, ("Tags.member.1.Key", "a"), ("Tags.member.2.Key", "a")];
    world.classic_refused("AddTags", &twice, "DuplicateTagKeys", "");
    let keys: Vec<_> = (1..=10).map(|it| (format!("Tags.member.{it}.Key"), it.to_string())).collect();
    let tags = keys.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let ten: Vec<_> = std::iter::once(of).chain(tags).collect();
    world.classic_refused("AddTags", &ten, "TooManyTags", "more than 10 tags");
    let answer =
        world.classic("ApplySecurityGroupsToLoadBalancer", &[NAME, ("SecurityGroups.member.1", "sg-2")]);
    assert_eq!(answer.values("SecurityGroups/member"), ["sg-2"]);
    let bad = [NAME, ("SecurityGroups.member.1", "x")];
    world.classic_refused("ApplySecurityGroupsToLoadBalancer", &bad, "InvalidSecurityGroup", "'x'");
    let limits = world.classic("DescribeAccountLimits", &[]);
    let names = ["classic-listeners", "classic-load-balancers", "classic-registered-instances"];
    assert_eq!(limits.values("Limits/member/Name"), names);
}

#[test]
fn certificates_in_use_stay_and_are_followed() {
    let world = World::new();
    let (first, second) = (world.upload_certificate("first"), world.upload_certificate("second"));
    let mut parameters = vec![NAME, ("AvailabilityZones.member.1", "us-east-1a")];
    parameters.extend(listener("HTTPS", "443"));
    parameters.push(("Listeners.member.1.InstanceProtocol", "HTTP"));
    parameters.push(("Listeners.member.1.SSLCertificateId", &first));
    world.classic("CreateLoadBalancer", &parameters);
    assert_eq!(described(&world, "ListenerDescriptions/member/Listener/SSLCertificateId"), [first]);
    assert_eq!(
        described(&world, "ListenerDescriptions/member/PolicyNames/member"),
        ["ELBSecurityPolicy-2016-08"]
    );
    assert_eq!(described(&world, "Policies/OtherPolicies/member"), ["ELBSecurityPolicy-2016-08"]);
    let name = |name: &str| ("ServerCertificateName", name.to_owned());
    let kept = world.iam("DeleteServerCertificate", &[&name("first")]);
    assert_eq!(kept.value("Error/Code"), "DeleteConflict");
    let renamed = [&name("first"), &("NewServerCertificateName", "third".to_owned())];
    assert_eq!(world.iam("UpdateServerCertificate", &renamed).status, 200);
    let third = described(&world, "ListenerDescriptions/member/Listener/SSLCertificateId");
    assert!(third.first().is_some_and(|arn| arn.ends_with("/third")), "{third:?}");
    let set = [NAME, ("LoadBalancerPort", "443"), ("SSLCertificateId", &second)];
    world.classic("SetLoadBalancerListenerSSLCertificate", &set);
    assert_eq!(world.iam("DeleteServerCertificate", &[&name("third")]).status, 200);
    let nowhere = [NAME, ("LoadBalancerPort", "444"), ("SSLCertificateId", &second)];
    world.classic_refused("SetLoadBalancerListenerSSLCertificate", &nowhere, "ListenerNotFound", "port 444");
    world.classic("CreateLoadBalancerListeners", &[&[NAME][..], &listener("HTTP", "80")].concat());
    let in_clear = [NAME, ("LoadBalancerPort", "80"), ("SSLCertificateId", &second)];
    let code = "InvalidConfigurationRequest";
    world.classic_refused("SetLoadBalancerListenerSSLCertificate", &in_clear, code, "has no certificate");
}
