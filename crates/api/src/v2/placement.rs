//! Where a load balancer is placed: subnets and their zones, security groups, kinds of addresses.

use std::net::IpAddr;
use std::sync::Arc;

use elbow_model::{Change, Entity, IpAddressType, LoadBalancer, Scheme, ZonePlacement};

use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::security_groups::security_groups;
use crate::subnets;
use crate::wire::{Params, Xml};

const IP_ADDRESS_TYPES: &[&str] = &["ipv4", "dualstack", "dualstack-without-public-ipv4"];
/// Members of a subnet mapping that only Network Load Balancers have.
const FOREIGN: &[&str] = &["AllocationId", "PrivateIPv4Address", "IPv6Address", "SourceNatIpv6Prefix"];
/// Zones that a load balancer needs at least.
const ZONES: usize = 2;
const MOST_SUBNETS: usize = 50;
const SAME_ZONE: &str =
    "A load balancer cannot be attached to multiple subnets in the same Availability Zone";

/// `SetSubnets`
pub(crate) fn set_subnets(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let balancer = call.load_balancer_of(params)?;
    let ip_address_type = ip_address_type(params, balancer.scheme)?.unwrap_or(balancer.ip_address_type);
    let (zones, mut changes) = place(call, params)?;
    let mut xml = Xml::new();
    show_zones(&mut xml, &zones, balancer.address);
    xml.text("IpAddressType", ip_address_type.as_str());
    changes.push(put(LoadBalancer { zones, ip_address_type, ..Call::copy(balancer) }));
    Ok((changes, xml))
}

/// `SetSecurityGroups`
pub(crate) fn set_security_groups(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let balancer = call.load_balancer_of(params)?;
    params.required_list("SecurityGroups")?;
    let security_groups = security_groups(params)?.unwrap_or_default();
    let mut xml = Xml::new();
    xml.texts("SecurityGroupIds", &security_groups);
    Ok((vec![put(LoadBalancer { security_groups, ..Call::copy(balancer) })], xml))
}

/// `SetIpAddressType`
pub(crate) fn set_ip_address_type(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let balancer = call.load_balancer_of(params)?;
    let ip_address_type = params.required_word("IpAddressType", IP_ADDRESS_TYPES, IpAddressType::parse)?;
    check_ip_address_type(ip_address_type, balancer.scheme)?;
    let mut xml = Xml::new();
    xml.text("IpAddressType", ip_address_type.as_str());
    Ok((vec![put(LoadBalancer { ip_address_type, ..Call::copy(balancer) })], xml))
}

/// Reads `IpAddressType`.
pub(super) fn ip_address_type(params: &Params<'_>, scheme: Scheme) -> Result<Option<IpAddressType>, Error> {
    let kind = params.word("IpAddressType", IP_ADDRESS_TYPES, IpAddressType::parse)?;
    kind.map_or(Ok(()), |kind| check_ip_address_type(kind, scheme))?;
    Ok(kind)
}

fn check_ip_address_type(kind: IpAddressType, scheme: Scheme) -> Result<(), Error> {
    if kind == IpAddressType::DualstackWithoutPublicIpv4 && scheme == Scheme::Internal {
        return Err(Error::new(
            Code::InvalidConfigurationRequest,
            "IP address type 'dualstack-without-public-ipv4' is not supported for internal load balancers",
        ));
    }
    Ok(())
}

/// Finds the zone of each subnet that `Subnets` or `SubnetMappings` names.
pub(super) fn place(
    call: &Call<'_>,
    params: &Params<'_>,
) -> Result<(Vec<ZonePlacement>, Vec<Change>), Error> {
    let (placements, changes) = subnets::place(call, &subnets(params)?, Vec::new(), SAME_ZONE)?;
    if placements.len() < ZONES {
        return Err(Error::validation(
            "At least two subnets in two different Availability Zones must be specified",
        ));
    }
    Ok((placements, changes))
}

/// Writes the list `AvailabilityZones`. AWS shows no addresses of Application Load Balancers; one that got its own out
/// of the address pool shows it with each zone, because its DNS name does not lead there.
pub(super) fn show_zones(xml: &mut Xml, zones: &[ZonePlacement], address: Option<IpAddr>) {
    xml.list("AvailabilityZones", zones, |xml, placement| {
        xml.text("ZoneName", &placement.zone);
        xml.text("SubnetId", placement.subnet.as_str());
        xml.list("LoadBalancerAddresses", address, |xml, address| xml.text("IpAddress", address));
    });
}

fn subnets<'a>(params: &Params<'a>) -> Result<Vec<&'a str>, Error> {
    let subnets = params.texts("Subnets")?.unwrap_or_default();
    let mappings = params.list("SubnetMappings")?.unwrap_or_default();
    if !subnets.is_empty() && !mappings.is_empty() {
        return Err(Error::validation("You can specify either subnets or subnet mappings, but not both"));
    }
    if subnets.len() + mappings.len() > MOST_SUBNETS {
        return Err(Error::validation(format!(
            "A load balancer cannot have more than {MOST_SUBNETS} subnets"
        )));
    }
    if mappings.is_empty() {
        return Ok(subnets);
    }
    let mapped = mappings.iter().map(|mapping| match FOREIGN.iter().find(|name| mapping.has(name)) {
        Some(foreign) => Err(Error::new(
            Code::InvalidConfigurationRequest,
            format!("{foreign} is not supported for load balancers of type 'application'"),
        )),
        None => mapping.required("SubnetId"),
    });
    mapped.collect()
}

fn put(balancer: LoadBalancer) -> Change {
    Change::Put(Entity::LoadBalancer(Arc::new(balancer)))
}
