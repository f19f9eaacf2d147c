//! The zones of subnets that calls name. Those of the settings are in [`crate::Settings`].

use std::collections::BTreeMap;
use std::sync::Arc;

use elbow_model::{Change, Entity, Subnet, SubnetId, Zone, ZonePlacement, limits};

use crate::call::Call;
use crate::error::{Code, Error};

/// Adds the zone of each subnet to those that a load balancer is in already. A subnet that nobody has seen gets a zone
/// now; the changes remember it. Two in one zone are refused with the message `same_zone`.
pub(crate) fn place(
    call: &Call<'_>,
    ids: &[&str],
    mut placements: Vec<ZonePlacement>,
    same_zone: &str,
) -> Result<(Vec<ZonePlacement>, Vec<Change>), Error> {
    let mut changes = Vec::new();
    for id in ids {
        let subnet = parse(id)?;
        let zone = match known_zone(call, &subnet) {
            Some(zone) => zone,
            None => {
                let zone = assign(call, &placements)?;
                let (region, id) = (call.scope.region.clone(), subnet.clone());
                let seen = Subnet { region, id, zone: zone.clone() };
                changes.push(Change::Put(Entity::Subnet(Arc::new(seen))));
                zone
            }
        };
        if placements.iter().any(|placed| placed.zone == zone) {
            return Err(Error::new(Code::InvalidConfigurationRequest, same_zone));
        }
        placements.push(ZonePlacement { zone, subnet });
    }
    Ok((placements, changes))
}

/// Reads the id of a subnet.
pub(crate) fn parse(id: &str) -> Result<SubnetId, Error> {
    SubnetId::parse(id).map_err(|it| Error::new(Code::InvalidSubnet, it.message()))
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
