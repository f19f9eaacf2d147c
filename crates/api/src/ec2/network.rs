//! Virtual private cloud, subnets, zones and security groups.

use std::collections::BTreeSet;

use elbow_model::{SubnetId, Zone};

use super::filters::Filters;
use super::named;
use crate::call::Call;
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

/// The range that everything is said to be in: that of AWS's default network.
const RANGE: &str = "172.31.0.0/16";
const DHCP_OPTIONS: &str = "dopt-default";
/// Each subnet is shown with 64 addresses of it, of which AWS keeps five.
const SUBNETS_IN_RANGE: usize = 1024;
const FREE_ADDRESSES: u8 = 59;
/// The security group of those who name none.
const DEFAULT_GROUP: &str = "sg-default";
const BOOLEANS: &[&str] = &["enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics"];

/// `DescribeVpcs`
pub(crate) fn vpcs(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let vpcs = vec![call.settings.vpc.as_str()];
    let vpcs = named(params, "VpcId", vpcs, |vpc| vpc, (Code::InvalidVpcIdNotFound, "vpc ID"))?;
    let vpcs = Filters::read(params)?.keep(vpcs, |vpc, name| {
        let value = match name {
            "vpc-id" => vpc,
            "is-default" | "isDefault" => "true",
            "state" => "available",
            "cidr" | "cidr-block-association.cidr-block" => RANGE,
            "dhcp-options-id" | "dhcpOptionsId" => DHCP_OPTIONS,
            "owner-id" => call.scope.account.as_str(),
            _ => return None,
        };
        Some(vec![value.to_owned()])
    })?;
    let mut xml = Xml::new();
    xml.items("vpcSet", vpcs, |xml, vpc| {
        xml.text("vpcId", vpc);
        xml.text("ownerId", call.scope.account.as_str());
        xml.text("state", "available");
        xml.text("cidrBlock", RANGE);
        xml.text("dhcpOptionsId", DHCP_OPTIONS);
        xml.text("instanceTenancy", "default");
        xml.text("isDefault", true);
        xml.items("cidrBlockAssociationSet", [RANGE], |xml, range| {
            xml.text("associationId", "vpc-cidr-assoc-default");
            xml.text("cidrBlock", range);
            xml.element("cidrBlockState", |xml| xml.text("state", "associated"));
        });
        xml.element("tagSet", |_| {});
    });
    Ok(xml)
}

/// `DescribeVpcAttribute`
pub(crate) fn vpc_attribute(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let id = params.required("VpcId")?;
    if id != call.settings.vpc {
        return Err(Error::new(Code::InvalidVpcIdNotFound, format!("The vpc ID '{id}' does not exist")));
    }
    let name = params.required("Attribute")?;
    if !BOOLEANS.contains(&name) {
        return Err(params.unfit_word("Attribute", name, BOOLEANS));
    }
    let mut xml = Xml::new();
    xml.text("vpcId", id);
    xml.element(name, |xml| xml.text("value", name == "enableDnsSupport"));
    Ok(xml)
}

/// A subnet as answers show it.
struct Subnet {
    id: SubnetId,
    zone: Zone,
    range: String,
}

/// `DescribeSubnets`: those of the settings and those that calls have named.
pub(crate) fn subnets(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let vpc = &call.settings.vpc;
    let all = all_subnets(call);
    let subnets =
        named(params, "SubnetId", all, |it| it.id.as_str(), (Code::InvalidSubnetIdNotFound, "subnet ID"))?;
    let subnets = Filters::read(params)?.keep(subnets, |subnet, name| {
        let value = match name {
            "subnet-id" => subnet.id.as_str(),
            "vpc-id" => vpc,
            "availability-zone" | "availabilityZone" => subnet.zone.as_str(),
            "availability-zone-id" | "availabilityZoneId" => return Some(vec![zone_id(call, &subnet.zone)]),
            "default-for-az" | "defaultForAz" | "map-public-ip-on-launch" => "true",
            "state" => "available",
            "cidr-block" | "cidr" | "cidrBlock" => &subnet.range,
            "owner-id" => call.scope.account.as_str(),
            _ => return None,
        };
        Some(vec![value.to_owned()])
    })?;
    let mut xml = Xml::new();
    xml.items("subnetSet", subnets, |xml, subnet| show_subnet(call, xml, &subnet));
    Ok(xml)
}

fn show_subnet(call: &Call<'_>, xml: &mut Xml, Subnet { id, zone, range }: &Subnet) {
    let (id, account, region) = (id.as_str(), call.scope.account.as_str(), call.scope.region.as_str());
    xml.text("subnetId", id);
    xml.text("subnetArn", format_args!("arn:aws:ec2:{region}:{account}:subnet/{id}"));
    xml.text("state", "available");
    xml.text("vpcId", &call.settings.vpc);
    xml.text("ownerId", account);
    xml.text("cidrBlock", range);
    xml.text("availableIpAddressCount", FREE_ADDRESSES);
    xml.text("availabilityZone", zone);
    xml.text("availabilityZoneId", zone_id(call, zone));
    for (name, value) in [
        ("defaultForAz", true),
        ("mapPublicIpOnLaunch", true),
        ("assignIpv6AddressOnCreation", false),
        ("enableDns64", false),
        ("ipv6Native", false),
        ("mapCustomerOwnedIpOnLaunch", false),
    ] {
        xml.text(name, value);
    }
    xml.element("ipv6CidrBlockAssociationSet", |_| {});
    xml.element("tagSet", |_| {});
}

fn all_subnets(call: &Call<'_>) -> Vec<Subnet> {
    let region = &call.scope.region;
    let zones = call.settings.zones_of(region);
    let configured = call.settings.subnets_of(region);
    let seen =
        call.configuration.subnets.values().filter(|it| it.region == *region && zones.contains(&it.zone));
    let seen: Vec<_> = seen
        .filter(|seen| !configured.iter().any(|(_, id)| *id == seen.id))
        .map(|seen| (seen.zone.clone(), seen.id.clone()))
        .collect();
    let subnets = configured.into_iter().chain(seen).enumerate();
    subnets.map(|(number, (zone, id))| Subnet { id, zone, range: range(number) }).collect()
}

/// The 64 addresses that are shown for the subnet with this number.
fn range(number: usize) -> String {
    let first = number % SUBNETS_IN_RANGE * 64;
    format!("172.31.{}.{}/26", first / 256, first % 256)
}

/// `DescribeAvailabilityZones`
pub(crate) fn zones(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let region = call.scope.region.as_str();
    let code = Code::InvalidParameterValue;
    let zones = call.settings.zones_of(&call.scope.region).into_iter();
    let zones: Vec<(Zone, String)> = zones.map(|zone| (zone.clone(), zone_id(call, &zone))).collect();
    let zones = named(params, "ZoneName", zones, |(zone, _)| zone.as_str(), (code, "availability zone"))?;
    let zones = named(params, "ZoneId", zones, |(_, id)| id, (code, "availability zone ID"))?;
    let zones = Filters::read(params)?.keep(zones, |(zone, id), name| {
        let value = match name {
            "zone-name" => zone.as_str(),
            "zone-id" => id,
            "region-name" | "group-name" => region,
            "state" => "available",
            "opt-in-status" => "opt-in-not-required",
            "zone-type" => "availability-zone",
            _ => return None,
        };
        Some(vec![value.to_owned()])
    })?;
    let mut xml = Xml::new();
    xml.items("availabilityZoneInfo", zones, |xml, (zone, id)| {
        xml.text("zoneName", zone);
        xml.text("zoneId", id);
        xml.text("zoneState", "available");
        xml.text("zoneType", "availability-zone");
        xml.text("optInStatus", "opt-in-not-required");
        xml.text("regionName", region);
        xml.text("groupName", region);
        xml.text("networkBorderGroup", region);
        xml.element("messageSet", |_| {});
    });
    Ok(xml)
}

/// Zones have no other identity than their name here; AWS's form of ids is kept.
fn zone_id(call: &Call<'_>, zone: &Zone) -> String {
    let region = &call.scope.region;
    let number = call.settings.zones_of(region).iter().position(|it| it == zone).unwrap_or_default() + 1;
    format!("{}-az{number}", region.as_str())
}

/// `DescribeSecurityGroups`: a default one and those that load balancers name. They are not enforced.
pub(crate) fn security_groups(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let used = call.configuration.load_balancers.values().filter(|it| it.arn.scope == *call.scope);
    let ids: BTreeSet<&str> =
        used.flat_map(|it| &it.security_groups).map(String::as_str).chain([DEFAULT_GROUP]).collect();
    let unknown = (Code::InvalidGroupNotFound, "security group");
    let groups = named(params, "GroupId", ids.into_iter().collect(), |id| id, unknown)?;
    let groups = named(params, "GroupName", groups, |id| group_name(id), unknown)?;
    let groups = Filters::read(params)?.keep(groups, |id, name| {
        let value = match name {
            "group-id" => id,
            "group-name" | "description" => group_name(id),
            "vpc-id" => call.settings.vpc.as_str(),
            "owner-id" => call.scope.account.as_str(),
            _ => return None,
        };
        Some(vec![value.to_owned()])
    })?;
    let mut xml = Xml::new();
    xml.items("securityGroupInfo", groups, |xml, id| {
        xml.text("groupId", id);
        xml.text("groupName", group_name(id));
        xml.text("groupDescription", group_name(id));
        xml.text("ownerId", call.scope.account.as_str());
        xml.text("vpcId", &call.settings.vpc);
        xml.element("ipPermissions", |_| {});
        xml.element("ipPermissionsEgress", |_| {});
        xml.element("tagSet", |_| {});
    });
    Ok(xml)
}

fn group_name(id: &str) -> &str {
    if id == DEFAULT_GROUP { "default" } else { id }
}

/// `DescribeNetworkInterfaces`: Terraform waits until those of a deleted load balancer are gone. There are none.
pub(crate) fn interfaces(_: &Call<'_>, _: &Params<'_>) -> Result<Xml, Error> {
    let mut xml = Xml::new();
    xml.element("networkInterfaceSet", |_| {});
    Ok(xml)
}

/// `DescribeAccountAttributes`
pub(crate) fn account(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let attributes = [("supported-platforms", "VPC"), ("default-vpc", call.settings.vpc.as_str())];
    let unknown = (Code::InvalidParameterValue, "account attribute");
    let attributes = named(params, "AttributeName", attributes.to_vec(), |(name, _)| name, unknown)?;
    let mut xml = Xml::new();
    xml.items("accountAttributeSet", attributes, |xml, (name, value)| {
        xml.text("attributeName", name);
        xml.items("attributeValueSet", [value], |xml, value| xml.text("attributeValue", value));
    });
    Ok(xml)
}
