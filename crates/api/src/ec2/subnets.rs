//! `DescribeSubnets`: the subnets of the settings and those that calls have named.

use elbow_model::{SubnetId, Zone};

use super::filters::{Filters, Names};
use super::network::zone_id;
use super::paging::Page;
use super::{Ids, named};
use crate::call::Call;
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

/// Each subnet is shown with 64 addresses of the range of the virtual private cloud, of which AWS keeps five.
const SUBNETS_IN_RANGE: usize = 1024;
const FREE_ADDRESSES: u8 = 59;

/// A subnet as answers show it.
struct Subnet {
    id: SubnetId,
    zone: Zone,
    range: String,
}

const SUBNET_IDS: Ids =
    Ids { parameter: "SubnetId", noun: "subnet ID", unknown: Code::InvalidSubnetIdNotFound, form: None };
const SUBNET_FILTERS: Names = &[
    "availability-zone",
    "availability-zone-id",
    "availabilityZone",
    "availabilityZoneId",
    "available-ip-address-count",
    "cidr",
    "cidr-block",
    "cidrBlock",
    "customer-owned-ipv4-pool",
    "default-for-az",
    "defaultForAz",
    "enable-dns64",
    "enable-lni-at-device-index",
    "ipv6-cidr-block-association.",
    "ipv6-native",
    "map-customer-owned-ip-on-launch",
    "map-public-ip-on-launch",
    "outpost-arn",
    "owner-id",
    "private-dns-name-options-on-launch.",
    "state",
    "subnet-arn",
    "subnet-id",
    "vpc-id",
];

/// `DescribeSubnets`
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let vpc = &call.settings.vpc;
    let subnets = named(params, &SUBNET_IDS, all_subnets(call), |it| it.id.as_str())?;
    let subnets = Filters::read(params, SUBNET_FILTERS)?.keep(subnets, |subnet, name| {
        let value = match name {
            "subnet-id" => subnet.id.as_str(),
            "vpc-id" => vpc,
            "availability-zone" | "availabilityZone" => subnet.zone.as_str(),
            "availability-zone-id" | "availabilityZoneId" => return vec![zone_id(call, &subnet.zone)],
            "available-ip-address-count" => return vec![FREE_ADDRESSES.to_string()],
            "subnet-arn" => return vec![subnet_arn(call, &subnet.id)],
            "enable-dns64" | "ipv6-native" | "map-customer-owned-ip-on-launch" => "false",
            "default-for-az" | "defaultForAz" | "map-public-ip-on-launch" => "true",
            "state" => "available",
            "cidr-block" | "cidr" | "cidrBlock" => &subnet.range,
            "owner-id" => call.scope.account.as_str(),
            _ => return Vec::new(),
        };
        vec![value.to_owned()]
    });
    let page = Page::cut(params, subnets, |it| it.id.as_str())?;
    Ok(page.show("subnetSet", |xml, subnet| show_subnet(call, xml, &subnet)))
}

fn show_subnet(call: &Call<'_>, xml: &mut Xml, Subnet { id, zone, range }: &Subnet) {
    xml.text("subnetId", id.as_str());
    xml.text("subnetArn", subnet_arn(call, id));
    xml.text("state", "available");
    xml.text("vpcId", &call.settings.vpc);
    xml.text("ownerId", call.scope.account.as_str());
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

fn subnet_arn(call: &Call<'_>, id: &SubnetId) -> String {
    let (account, region) = (call.scope.account.as_str(), call.scope.region.as_str());
    format!("arn:aws:ec2:{region}:{account}:subnet/{}", id.as_str())
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
