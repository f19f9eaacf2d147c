//! The zones of a Classic Load Balancer, by their own names or by those of subnets. A zone that is enabled by its name has
//! its default subnet, so that both ways lead to the same.

use elbow_model::{Change, ClassicLoadBalancer, SubnetId, Zone, ZonePlacement};

use super::find::{put, unfit};
use super::instances;
use crate::call::{Call, Decision};
use crate::error::Error;
use crate::subnets;
use crate::wire::{Params, Xml};

const SAME_ZONE: &str = "ELB cannot be attached to multiple subnets in the same AZ.";

/// `AttachLoadBalancerToSubnets`: those that are attached already are no error.
pub(crate) fn attach(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let before = call.classic_of(params)?;
    let mut balancer = Call::copy(before);
    let mut given = params.required_texts("Subnets")?;
    given.retain(|id| !balancer.zones.iter().any(|it| it.subnet.as_str() == *id));
    let (zones, mut changes) = subnets::place(call, &given, balancer.zones, SAME_ZONE)?;
    balancer.zones = zones;
    instances::follow_zones(call, before, &mut balancer);
    let xml = show_subnets(&balancer);
    changes.push(put(balancer));
    Ok((changes, xml))
}

/// `DetachLoadBalancerFromSubnets`: those that are not attached are no error; the last one stays.
pub(crate) fn detach(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let before = call.classic_of(params)?;
    let mut balancer = Call::copy(before);
    let given: Vec<SubnetId> =
        params.required_texts("Subnets")?.into_iter().map(SubnetId::parse).collect::<Result<_, _>>()?;
    balancer.zones.retain(|it| !given.contains(&it.subnet));
    check_some_remain(&balancer)?;
    instances::follow_zones(call, before, &mut balancer);
    let xml = show_subnets(&balancer);
    Ok((vec![put(balancer)], xml))
}

/// `EnableAvailabilityZonesForLoadBalancer`: those that are enabled already are no error.
pub(crate) fn enable(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let before = call.classic_of(params)?;
    let mut balancer = Call::copy(before);
    for placement in named(call, &params.required_texts("AvailabilityZones")?)? {
        if !balancer.is_enabled_in(&placement.zone) {
            balancer.zones.push(placement);
        }
    }
    instances::follow_zones(call, before, &mut balancer);
    let xml = show_zones(&balancer);
    Ok((vec![put(balancer)], xml))
}

/// `DisableAvailabilityZonesForLoadBalancer`: those that are not enabled are no error; the last one stays.
pub(crate) fn disable(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let before = call.classic_of(params)?;
    let mut balancer = Call::copy(before);
    let given: Vec<Zone> =
        params.required_texts("AvailabilityZones")?.into_iter().map(Zone::parse).collect::<Result<_, _>>()?;
    balancer.zones.retain(|it| !given.contains(&it.zone));
    check_some_remain(&balancer)?;
    instances::follow_zones(call, before, &mut balancer);
    let xml = show_zones(&balancer);
    Ok((vec![put(balancer)], xml))
}

/// Without a zone a load balancer would serve nobody.
fn check_some_remain(balancer: &ClassicLoadBalancer) -> Result<(), Error> {
    if balancer.zones.is_empty() {
        let message = "There must be at least one Availability Zone enabled for a load balancer at all times";
        return Err(unfit(message));
    }
    Ok(())
}

/// Where a new load balancer is placed: in `AvailabilityZones` or in `Subnets`.
pub(super) fn place(
    call: &Call<'_>,
    params: &Params<'_>,
) -> Result<(Vec<ZonePlacement>, Vec<Change>), Error> {
    let zones = params.texts("AvailabilityZones")?.unwrap_or_default();
    let subnets = params.texts("Subnets")?.unwrap_or_default();
    match (zones.as_slice(), subnets.as_slice()) {
        ([], []) => Err(Error::validation("Either AvailabilityZones or SubnetIds must be specified")),
        ([], subnets) => subnets::place(call, subnets, Vec::new(), SAME_ZONE),
        (zones, []) => Ok((named(call, zones)?, Vec::new())),
        _ => Err(Error::validation("Only one of SubnetIds or AvailabilityZones may be specified")),
    }
}

/// The zones with these names, each once, with their default subnets.
fn named(call: &Call<'_>, names: &[&str]) -> Result<Vec<ZonePlacement>, Error> {
    let known = call.settings.subnets_of(&call.scope.region);
    let mut placements: Vec<ZonePlacement> = Vec::new();
    for name in names {
        let found = known.iter().find(|(zone, _)| zone.as_str() == *name);
        let invalid = || Error::validation(format!("Invalid Availability Zone: {name}"));
        let (zone, subnet) = found.ok_or_else(invalid)?.clone();
        if !placements.iter().any(|it| it.zone == zone) {
            placements.push(ZonePlacement { zone, subnet });
        }
    }
    Ok(placements)
}

fn show_subnets(balancer: &ClassicLoadBalancer) -> Xml {
    let mut xml = Xml::new();
    xml.texts("Subnets", balancer.zones.iter().map(|placement| placement.subnet.as_str()));
    xml
}

fn show_zones(balancer: &ClassicLoadBalancer) -> Xml {
    let mut xml = Xml::new();
    xml.texts("AvailabilityZones", balancer.zones.iter().map(|placement| &placement.zone));
    xml
}
