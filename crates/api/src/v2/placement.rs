//! Where a load balancer is placed: subnets and their zones, security groups, kinds of addresses.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use elbow_model::{
    Change, Entity, IpAddressType, LoadBalancer, Scheme, Subnet, SubnetId, Zone, ZonePlacement, limits,
};

use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

const IP_ADDRESS_TYPES: &[&str] = &["ipv4", "dualstack", "dualstack-without-public-ipv4"];
/// Members of a subnet mapping that only Network Load Balancers have.
const FOREIGN: &[&str] = &["AllocationId", "PrivateIPv4Address", "IPv6Address", "SourceNatIpv6Prefix"];
/// Zones that a load balancer needs at least.
const ZONES: usize = 2;
const SECURITY_GROUP_CHARS: usize = 64;
const MOST_SECURITY_GROUPS: usize = 50;
const MOST_SUBNETS: usize = 50;

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

/// Reads `SecurityGroups`, each once.
pub(super) fn security_groups(params: &Params<'_>) -> Result<Option<Vec<String>>, Error> {
    let Some(given) = params.texts("SecurityGroups")? else { return Ok(None) };
    let mut groups: Vec<String> = Vec::new();
    for id in given {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        let plain = id.strip_prefix("sg-").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(allowed));
        if !plain || id.len() > SECURITY_GROUP_CHARS {
            return Err(Error::new(
                Code::InvalidSecurityGroup,
                format!("The security group ID '{id}' is not valid"),
            ));
        }
        if !groups.iter().any(|known| known == id) {
            groups.push(id.to_owned());
        }
    }
    if groups.len() > MOST_SECURITY_GROUPS {
        return Err(Error::new(
            Code::InvalidConfigurationRequest,
            format!("A load balancer cannot have more than {MOST_SECURITY_GROUPS} security groups"),
        ));
    }
    Ok(Some(groups))
}

/// Finds the zone of each subnet that `Subnets` or `SubnetMappings` names. A subnet that nobody has seen gets a zone
/// now; the changes remember it.
pub(super) fn place(
    call: &Call<'_>,
    params: &Params<'_>,
) -> Result<(Vec<ZonePlacement>, Vec<Change>), Error> {
    let mut placements: Vec<ZonePlacement> = Vec::new();
    let mut changes = Vec::new();
    for id in subnets(params)? {
        let subnet = SubnetId::parse(id).map_err(|it| Error::new(Code::InvalidSubnet, it.message()))?;
        let zone = match known_zone(call, &subnet) {
            Some(zone) => zone,
            None => {
                let zone = assign(call, &placements)?;
                let (region, id) = (call.scope.region.clone(), subnet.clone());
                changes.push(Change::Put(Entity::Subnet(Arc::new(Subnet {
                    region,
                    id,
                    zone: zone.clone(),
                }))));
                zone
            }
        };
        if placements.iter().any(|placed| placed.zone == zone) {
            return Err(Error::new(
                Code::InvalidConfigurationRequest,
                "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
            ));
        }
        placements.push(ZonePlacement { zone, subnet });
    }
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

/// The zone that the settings or an earlier call put a subnet in. A zone that the settings no longer name counts for
/// nothing.
fn known_zone(call: &Call<'_>, subnet: &SubnetId) -> Option<Zone> {
    if let Some(zone) = call.settings.zone_of(&call.scope.region, subnet) {
        return Some(zone);
    }
    let key = (call.scope.region.clone(), subnet.clone());
    let zone = &call.configuration.subnets.get(&key)?.zone;
    call.settings.zones_of(&call.scope.region).contains(zone).then(|| zone.clone())
}

/// The zone for a new subnet: one that this load balancer is not in yet, of those the one with the fewest subnets.
fn assign(call: &Call<'_>, placed: &[ZonePlacement]) -> Result<Zone, Error> {
    if call.configuration.subnets.len() >= limits::SUBNETS {
        return Err(Error::new(
            Code::InvalidConfigurationRequest,
            format!("There cannot be more than {} subnets beside those that --zone names", limits::SUBNETS),
        ));
    }
    let region = &call.scope.region;
    let mut load: BTreeMap<&Zone, usize> = BTreeMap::new();
    for setting in &call.settings.zones {
        *load.entry(&setting.zone).or_default() += setting.subnets.len();
    }
    for subnet in call.configuration.subnets.values().filter(|subnet| subnet.region == *region) {
        *load.entry(&subnet.zone).or_default() += 1;
    }
    let free = |zone: &Zone| !placed.iter().any(|it| it.zone == *zone);
    let zones = call.settings.zones_of(region).into_iter().filter(free);
    let fewest = zones.min_by_key(|zone| load.get(zone).copied().unwrap_or_default());
    fewest.ok_or_else(|| {
        Error::new(
            Code::InvalidConfigurationRequest,
            "There are more subnets than Availability Zones; a load balancer has one subnet in each",
        )
    })
}

fn put(balancer: LoadBalancer) -> Change {
    Change::Put(Entity::LoadBalancer(Arc::new(balancer)))
}
