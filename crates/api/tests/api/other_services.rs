//! What tools ask STS and EC2 on the same endpoint, before and after they set up a load balancer.

use bytes::Bytes;
use elbow_api::ZoneSetting;
use elbow_api::sigv4::{self, Service};
use elbow_model::{SubnetId, Zone};
use http::Request;

use crate::world::{Answer, Parameters, World};

impl World {
    fn ask(&self, service: Service, action: &str, parameters: Parameters<'_>) -> Answer {
        let version = if service == Service::Ec2 { "2016-11-15" } else { "2011-06-15" };
        self.ask_signed_for(service, version, action, parameters)
    }

    /// A call that is signed for a service, be it the right one or not.
    pub(crate) fn ask_signed_for(
        &self,
        service: Service,
        version: &str,
        action: &str,
        parameters: Parameters<'_>,
    ) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", action).append_pair("Version", version).extend_pairs(parameters);
        let body = Bytes::from(form.finish());
        let (mut parts, ()) = Request::post("/").header("host", "127.0.0.1").body(()).unwrap().into_parts();
        sigv4::sign_for(service, &mut parts, &body, &self.credential, &self.region, self.now());
        self.send(Request::from_parts(parts, body))
    }

    fn ec2(&self, action: &str, parameters: Parameters<'_>) -> Answer {
        let answer = self.ask(Service::Ec2, action, parameters);
        assert_eq!(answer.status, 200, "{action} {parameters:?}: {}", answer.text);
        answer
    }
}

fn zones(names: &[(&str, &[&str])]) -> Vec<ZoneSetting> {
    let subnets = |ids: &[&str]| ids.iter().map(|id| SubnetId::parse(id).unwrap()).collect();
    let zone = |(name, ids): &(&str, &[&str])| ZoneSetting {
        zone: Zone::parse(name).unwrap(),
        subnets: subnets(ids),
    };
    names.iter().map(zone).collect()
}

#[test]
fn a_caller_is_told_who_it_is() {
    let answer = World::new().ask(Service::Sts, "GetCallerIdentity", &[]);
    assert_eq!(answer.name(), "GetCallerIdentityResponse");
    assert_eq!(answer.value("Account"), "000000000000");
    assert_eq!(answer.value("Arn"), "arn:aws:iam::000000000000:root");
}

#[test]
fn a_load_balancer_can_be_placed_in_what_ec2_describes() {
    let world = World::new();
    let zones = world.ec2("DescribeAvailabilityZones", &[]).values("availabilityZoneInfo/item/zoneName");
    assert_eq!(zones, ["us-east-1a", "us-east-1b", "us-east-1c"]);
    let vpc = world
        .ec2("DescribeVpcs", &[("Filter.1.Name", "is-default"), ("Filter.1.Value.1", "true")])
        .value("vpcSet/item/vpcId");
    let subnets = world.ec2("DescribeSubnets", &[("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", &vpc)]);
    assert_eq!(subnets.values("subnetSet/item/availabilityZone"), zones);
    let ids = subnets.values("subnetSet/item/subnetId");
    let created = world.ok(
        "CreateLoadBalancer",
        &[("Name", "shop"), ("Subnets.member.1", &ids[2]), ("Subnets.member.2", &ids[0])],
    );
    let placed = created.values("LoadBalancers/member/AvailabilityZones/member/ZoneName");
    assert_eq!(placed, ["us-east-1c", "us-east-1a"]);
}

#[test]
fn settings_and_calls_say_which_subnets_there_are() {
    let world = World::with(|settings| {
        settings.zones = zones(&[("z1", &["subnet-a", "subnet-b"]), ("z2", &[])]);
    });
    let parameters = [("Name", "shop"), ("Subnets.member.1", "subnet-a"), ("Subnets.member.2", "subnet-new")];
    world.ok("CreateLoadBalancer", &parameters);
    let all = world.ec2("DescribeSubnets", &[]);
    assert_eq!(all.values("subnetSet/item/subnetId"), ["subnet-a", "subnet-b", "subnet-z2", "subnet-new"]);
    let mut ranges = all.values("subnetSet/item/cidrBlock");
    ranges.dedup();
    assert_eq!(ranges.len(), 4);
    let named = world.ec2("DescribeSubnets", &[("SubnetId.1", "subnet-b"), ("SubnetId.2", "subnet-new")]);
    assert_eq!(named.values("subnetSet/item/availabilityZone"), ["z1", "z2"]);
    assert_eq!(world.in_region("eu-west-1").ec2("DescribeSubnets", &[]).count("subnetSet/item"), 3);
}

#[test]
fn instances_are_those_of_the_directory() {
    let world = World::new();
    world.put_instance("i-1", "us-east-1a");
    world.put_instance("i-2", "us-east-1b");
    let instances = "reservationSet/item/instancesSet/item";
    let all = world.ec2("DescribeInstances", &[]);
    assert_eq!(all.values(&format!("{instances}/instanceId")), ["i-1", "i-2"]);
    assert_eq!(all.values(&format!("{instances}/instanceState/name")), ["running", "running"]);
    let filters = [
        ("Filter.1.Name", "instance-state-name"),
        ("Filter.1.Value.1", "pending"),
        ("Filter.1.Value.2", "running"),
        ("Filter.2.Name", "availability-zone"),
        ("Filter.2.Value.1", "*b"),
    ];
    let found = world.ec2("DescribeInstances", &filters);
    assert_eq!(found.values(&format!("{instances}/instanceId")), ["i-2"]);
    let tagged = world.ec2("DescribeInstances", &[("Filter.1.Name", "tag:Name"), ("Filter.1.Value.1", "*")]);
    assert_eq!(tagged.count(instances), 0);
}

/// Those that the data sources of Terraform's AWS provider send, with what each has to find.
#[test]
fn the_filters_of_terraform_find_what_there_is() {
    let world = World::new();
    let vpc = ("vpcSet/item/vpcId", "vpc-elbow");
    let subnet = ("subnetSet/item/subnetId", "subnet-us-east-1b");
    let group = ("securityGroupInfo/item/groupId", "sg-default");
    for (action, name, value, (list, wanted)) in [
        ("DescribeVpcs", "vpc-id", "vpc-elbow", vpc),
        ("DescribeVpcs", "isDefault", "true", vpc),
        ("DescribeVpcs", "state", "available", vpc),
        ("DescribeVpcs", "cidr", "172.31.0.0/16", vpc),
        ("DescribeVpcs", "dhcp-options-id", "dopt-default", vpc),
        ("DescribeSubnets", "subnet-id", "subnet-us-east-1b", subnet),
        ("DescribeSubnets", "availabilityZone", "us-east-1b", subnet),
        ("DescribeSubnets", "availability-zone", "us-east-1b", subnet),
        ("DescribeSubnets", "availabilityZoneId", "us-east-1-az2", subnet),
        ("DescribeSubnets", "availability-zone-id", "us-east-1-az2", subnet),
        ("DescribeSubnets", "cidrBlock", "172.31.0.64/26", subnet),
        ("DescribeSecurityGroups", "group-id", "sg-default", group),
        ("DescribeSecurityGroups", "group-name", "default", group),
        ("DescribeSecurityGroups", "vpc-id", "vpc-elbow", group),
        (
            "DescribeAvailabilityZones",
            "zone-id",
            "us-east-1-az3",
            ("availabilityZoneInfo/item/zoneName", "us-east-1c"),
        ),
    ] {
        let filtered =
            |value| world.ec2(action, &[("Filter.1.Name", name), ("Filter.1.Value.1", value)]).values(list);
        assert_eq!(filtered(value), [wanted], "{action} {name}");
        assert!(filtered("other").is_empty(), "{action} {name}");
    }
    for name in ["defaultForAz", "default-for-az", "state", "vpc-id", "tag:Name"] {
        let filter = [("Filter.1.Name", name), ("Filter.1.Value.1", "no")];
        assert_eq!(world.ec2("DescribeSubnets", &filter).count("subnetSet/item"), 0, "{name}");
    }
}

#[test]
fn what_is_not_there_is_refused_in_the_words_of_ec2() {
    let world = World::new();
    for (action, name, value, code) in [
        ("DescribeVpcs", "VpcId.1", "vpc-other", "InvalidVpcID.NotFound"),
        ("DescribeSubnets", "SubnetId.1", "subnet-other", "InvalidSubnetID.NotFound"),
        ("DescribeSecurityGroups", "GroupId.1", "sg-other", "InvalidGroup.NotFound"),
        ("DescribeSecurityGroups", "GroupId.1", "default", "InvalidGroupId.Malformed"),
        ("DescribeSecurityGroups", "GroupName.1", "other", "InvalidGroup.NotFound"),
        ("DescribeInstances", "InstanceId.1", "i-other", "InvalidInstanceID.NotFound"),
        ("DescribeInstances", "InstanceId.1", "web", "InvalidInstanceID.Malformed"),
        ("DescribeInstances", "Filter.1.Name", "colour", "InvalidParameterValue"),
        ("DescribeInstances", "MaxResults", "4", "InvalidParameterValue"),
        ("DescribeSubnets", "NextToken", "x", "InvalidParameterValue"),
        ("DescribeNetworkInterfaces", "NetworkInterfaceId.1", "eni-1", "InvalidNetworkInterfaceID.NotFound"),
        ("DescribeAvailabilityZones", "ZoneName.1", "us-east-1z", "InvalidParameterValue"),
        ("DescribeAccountAttributes", "AttributeName.1", "x", "InvalidParameterValue"),
        ("DescribeVpcAttribute", "Attribute", "x", "InvalidParameterValue"),
        ("DescribeSubnets", "Filter.1.Name", "colour", "InvalidParameterValue"),
        ("DescribeSubnets", "Filter.x.Name", "vpc-id", "InvalidParameterValue"),
        ("DescribeSubnets", "DryRun", "true", "DryRunOperation"),
        ("RunInstances", "ImageId", "ami-1", "InvalidAction"),
    ] {
        let answer = world.ask(Service::Ec2, action, &[(name, value), ("VpcId", "vpc-elbow")]);
        assert_eq!(answer.name(), "Response", "{}", answer.text);
        assert_eq!(answer.value("Errors/Error/Code"), code, "{action} {name}: {}", answer.text);
        assert_eq!(answer.value("RequestID"), answer.request_id);
    }
}

#[test]
fn pages_are_in_the_order_of_ids_and_end() {
    let world = World::new();
    let ids: Vec<String> = (10..22).map(|number| format!("i-{number}")).collect();
    ids.iter().rev().for_each(|id| world.put_instance(id, "us-east-1a"));
    let mut found = Vec::new();
    let mut token = String::new();
    loop {
        let page = world.ec2("DescribeInstances", &[("MaxResults", "5"), ("NextToken", &token)]);
        found.extend(page.values("reservationSet/item/instancesSet/item/instanceId"));
        match page.values("nextToken").first() {
            Some(next) => token.clone_from(next),
            None => break,
        }
    }
    assert_eq!(found, ids);
    for action in ["DescribeVpcs", "DescribeSubnets", "DescribeSecurityGroups", "DescribeNetworkInterfaces"] {
        assert_eq!(world.ec2(action, &[("MaxResults", "1000")]).count("nextToken"), 0, "{action}");
    }
}

/// In AWS's words: an instance that is named is not looked for in pages.
#[test]
fn what_is_named_does_not_come_in_pages() {
    let world = World::new();
    for (action, parameter, value) in [
        ("DescribeInstances", "InstanceId.1", "i-1"),
        ("DescribeNetworkInterfaces", "NetworkInterfaceId.1", "eni-1"),
    ] {
        let answer = world.ask(Service::Ec2, action, &[(parameter, value), ("MaxResults", "5")]);
        assert_eq!(answer.value("Errors/Error/Code"), "InvalidParameterCombination", "{}", answer.text);
    }
}

#[test]
fn all_ids_that_nobody_has_are_named() {
    let world = World::new();
    world.put_instance("i-1", "us-east-1a");
    let ids = [("InstanceId.1", "i-1"), ("InstanceId.2", "i-2"), ("InstanceId.3", "i-3")];
    let answer = world.ask(Service::Ec2, "DescribeInstances", &ids);
    assert_eq!(answer.value("Errors/Error/Message"), "The instance IDs 'i-2, i-3' do not exist");
}

#[test]
fn an_instance_is_found_by_what_is_known_of_it() {
    let world = World::new();
    world.put_instance("i-1", "us-east-1b");
    for (name, value, fits) in [
        ("availability-zone-id", "us-east-1-az2", 1),
        ("private-ip-address", "10.0.0.5", 1),
        ("ipv6-address", "*", 0),
        ("network-interface.vpc-id", "vpc-elbow", 1),
        ("reservation-id", "r-1", 1),
        ("tenancy", "default", 1),
        ("instance-type", "*", 0),
        ("tag:Name", "*", 0),
    ] {
        let found = world.ec2("DescribeInstances", &[("Filter.1.Name", name), ("Filter.1.Value.1", value)]);
        assert_eq!(found.count("reservationSet/item"), fits, "{name}={value}");
    }
}

#[test]
fn a_signature_is_good_for_its_own_service_only() {
    let world = World::new();
    let version = "2015-12-01";
    let refused = world.ask_signed_for(Service::Ec2, version, "DescribeLoadBalancers", &[]);
    assert_eq!(refused.value("Error/Code"), "SignatureDoesNotMatch", "{}", refused.text);
    let refused = world.ask_signed_for(Service::LoadBalancing, "2016-11-15", "DescribeVpcs", &[]);
    assert_eq!(refused.value("Errors/Error/Code"), "SignatureDoesNotMatch", "{}", refused.text);
    let mut stranger = world.credential.clone();
    stranger.secret = elbow_model::Secret::parse("another-secret").unwrap();
    let refused = world.with_credential(stranger).ask(Service::Ec2, "DescribeVpcs", &[]);
    assert_eq!(refused.value("Errors/Error/Code"), "SignatureDoesNotMatch", "{}", refused.text);
}
