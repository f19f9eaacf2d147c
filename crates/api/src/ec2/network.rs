//! Virtual private cloud, zones and security groups.

use std::collections::BTreeSet;

use elbow_model::Zone;

use super::filters::{Filters, Names};
use super::paging::{Page, check_apart};
use super::{Ids, named};
use crate::call::Call;
use crate::error::{Code, Error};
use crate::security_groups::DEFAULT_GROUP;
use crate::wire::{Params, Xml};

/// The range that everything is said to be in: that of AWS's default network.
const RANGE: &str = "172.31.0.0/16";
const DHCP_OPTIONS: &str = "dopt-default";
const BOOLEANS: &[&str] = &["enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics"];

const VPC_IDS: Ids =
    Ids { parameter: "VpcId", noun: "vpc ID", unknown: Code::InvalidVpcIdNotFound, form: None };
const VPC_FILTERS: Names = &[
    "cidr",
    "cidr-block-association.",
    "dhcp-options-id",
    "dhcpOptionsId",
    "ipv6-cidr-block-association.",
    "is-default",
    "isDefault",
    "owner-id",
    "state",
    "vpc-id",
];
const RANGE_ASSOCIATION: &str = "vpc-cidr-assoc-default";
const RANGE_STATE: &str = "associated";

/// `DescribeVpcs`
pub(crate) fn vpcs(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let vpcs = vec![call.settings.vpc.as_str()];
    let vpcs = named(params, &VPC_IDS, vpcs, |vpc| vpc)?;
    let vpcs = Filters::read(params, VPC_FILTERS)?.keep(vpcs, |vpc, name| {
        let value = match name {
            "vpc-id" => vpc,
            "is-default" | "isDefault" => "true",
            "state" => "available",
            "cidr" | "cidr-block-association.cidr-block" => RANGE,
            "cidr-block-association.association-id" => RANGE_ASSOCIATION,
            "cidr-block-association.state" => RANGE_STATE,
            "dhcp-options-id" | "dhcpOptionsId" => DHCP_OPTIONS,
            "owner-id" => call.scope.account.as_str(),
            _ => return Vec::new(),
        };
        vec![value.to_owned()]
    });
    let page = Page::cut(params, vpcs, |vpc| vpc)?;
    Ok(page.show("vpcSet", |xml, vpc| {
        xml.text("vpcId", vpc);
        xml.text("ownerId", call.scope.account.as_str());
        xml.text("state", "available");
        xml.text("cidrBlock", RANGE);
        xml.text("dhcpOptionsId", DHCP_OPTIONS);
        xml.text("instanceTenancy", "default");
        xml.text("isDefault", true);
        xml.items("cidrBlockAssociationSet", [RANGE], |xml, range| {
            xml.text("associationId", RANGE_ASSOCIATION);
            xml.text("cidrBlock", range);
            xml.element("cidrBlockState", |xml| xml.text("state", RANGE_STATE));
        });
        xml.element("tagSet", |_| {});
    }))
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

const ZONE_NAMES: Ids = Ids {
    parameter: "ZoneName",
    noun: "availability zone",
    unknown: Code::InvalidParameterValue,
    form: None,
};
const ZONE_IDS: Ids = Ids { parameter: "ZoneId", noun: "availability zone ID", ..ZONE_NAMES };
const ZONE_FILTERS: Names = &[
    "group-long-name",
    "group-name",
    "message",
    "opt-in-status",
    "parent-zone-id",
    "parent-zone-name",
    "region-name",
    "state",
    "zone-id",
    "zone-name",
    "zone-type",
];

/// `DescribeAvailabilityZones`
pub(crate) fn zones(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let region = call.scope.region.as_str();
    let zones = call.settings.zones_of(&call.scope.region).into_iter();
    let zones: Vec<(Zone, String)> = zones.map(|zone| (zone.clone(), zone_id(call, &zone))).collect();
    let zones = named(params, &ZONE_NAMES, zones, |(zone, _)| zone.as_str())?;
    let zones = named(params, &ZONE_IDS, zones, |(_, id)| id)?;
    let zones = Filters::read(params, ZONE_FILTERS)?.keep(zones, |(zone, id), name| {
        let value = match name {
            "zone-name" => zone.as_str(),
            "zone-id" => id,
            "region-name" | "group-name" => region,
            "state" => "available",
            "opt-in-status" => "opt-in-not-required",
            "zone-type" => "availability-zone",
            _ => return Vec::new(),
        };
        vec![value.to_owned()]
    });
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
pub(super) fn zone_id(call: &Call<'_>, zone: &Zone) -> String {
    let region = &call.scope.region;
    let number = call.settings.zones_of(region).iter().position(|it| it == zone).unwrap_or_default() + 1;
    format!("{}-az{number}", region.as_str())
}

const GROUP_IDS: Ids = Ids {
    parameter: "GroupId",
    noun: "security group",
    unknown: Code::InvalidGroupNotFound,
    form: Some(("sg-", Code::InvalidGroupIdMalformed)),
};
const GROUP_NAMES: Ids = Ids { parameter: "GroupName", form: None, ..GROUP_IDS };
const GROUP_FILTERS: Names = &[
    "description",
    "egress.ip-permission.",
    "group-id",
    "group-name",
    "ip-permission.",
    "owner-id",
    "vpc-id",
];

/// `DescribeSecurityGroups`: a default one and those that load balancers name. They are not enforced.
pub(crate) fn security_groups(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let used = call.configuration.load_balancers.values().filter(|it| it.arn.scope == *call.scope);
    let ids: BTreeSet<&str> =
        used.flat_map(|it| &it.security_groups).map(String::as_str).chain([DEFAULT_GROUP]).collect();
    let groups = named(params, &GROUP_IDS, ids.into_iter().collect(), |id| id)?;
    let groups = named(params, &GROUP_NAMES, groups, |id| group_name(id))?;
    let groups = Filters::read(params, GROUP_FILTERS)?.keep(groups, |id, name| {
        let value = match name {
            "group-id" => id,
            "group-name" | "description" => group_name(id),
            "vpc-id" => call.settings.vpc.as_str(),
            "owner-id" => call.scope.account.as_str(),
            _ => return Vec::new(),
        };
        vec![value.to_owned()]
    });
    let page = Page::cut(params, groups, |id| id)?;
    Ok(page.show("securityGroupInfo", |xml, id| {
        xml.text("groupId", id);
        xml.text("groupName", group_name(id));
        xml.text("groupDescription", group_name(id));
        xml.text("ownerId", call.scope.account.as_str());
        xml.text("vpcId", &call.settings.vpc);
        xml.element("ipPermissions", |_| {});
        xml.element("ipPermissionsEgress", |_| {});
        xml.element("tagSet", |_| {});
    }))
}

fn group_name(id: &str) -> &str {
    if id == DEFAULT_GROUP { "default" } else { id }
}

const INTERFACE_IDS: Ids = Ids {
    parameter: "NetworkInterfaceId",
    noun: "networkInterface ID",
    unknown: Code::InvalidNetworkInterfaceIdNotFound,
    form: None,
};

/// `DescribeNetworkInterfaces`: Terraform waits until those of a deleted load balancer are gone. There are none.
pub(crate) fn interfaces(_: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    check_apart(params, INTERFACE_IDS.parameter, "networkInterfaceSet")?;
    named(params, &INTERFACE_IDS, Vec::<&str>::new(), |id| id)?;
    let mut xml = Xml::new();
    xml.element("networkInterfaceSet", |_| {});
    Ok(xml)
}

const ATTRIBUTE_NAMES: Ids = Ids {
    parameter: "AttributeName",
    noun: "account attribute",
    unknown: Code::InvalidParameterValue,
    form: None,
};

/// `DescribeAccountAttributes`. The figures are those of a new account of AWS; nothing here depends on them.
pub(crate) fn account(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let attributes = vec![
        ("supported-platforms", "VPC"),
        ("default-vpc", call.settings.vpc.as_str()),
        ("max-instances", "20"),
        ("vpc-max-security-groups-per-interface", "5"),
        ("max-elastic-ips", "5"),
        ("vpc-max-elastic-ips", "5"),
    ];
    let attributes = named(params, &ATTRIBUTE_NAMES, attributes, |(name, _)| name)?;
    let mut xml = Xml::new();
    xml.items("accountAttributeSet", attributes, |xml, (name, value)| {
        xml.text("attributeName", name);
        xml.items("attributeValueSet", [value], |xml, value| xml.text("attributeValue", value));
    });
    Ok(xml)
}
