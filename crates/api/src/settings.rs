//! What the API is told once, by those who run it.

use std::path::PathBuf;

use elbow_model::{AccountId, Credential, Region, SubnetId, Zone};

use crate::address_pool::AddressPool;

/// Settings of the API.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The account that every resource belongs to.
    pub account: AccountId,
    /// The regions that are served. Empty: any; each is a namespace of its own.
    pub regions: Vec<Region>,
    /// The zones and the subnets in them. Empty: three zones named after the caller's region, with no subnets.
    pub zones: Vec<ZoneSetting>,
    /// The virtual private cloud that load balancers are shown in, and target groups that name none.
    pub vpc: String,
    /// Where load balancers get an address of their own from. `None`: all share the node's.
    pub address_pool: Option<AddressPool>,
    /// Pairs that may sign requests beside those of the store.
    pub credentials: Vec<Credential>,
    /// Where the node keeps its files.
    pub files: NodeFiles,
}

/// Where a node keeps its files, for commands that work on them. `None`: it keeps none.
#[derive(Clone, Debug, Default)]
pub struct NodeFiles {
    /// The data directory.
    pub data_directory: Option<PathBuf>,
    /// The file of the master key, if that is elsewhere.
    pub master_key_file: Option<PathBuf>,
}

/// A zone and the subnets that are known to be in it.
#[derive(Clone, Debug)]
pub struct ZoneSetting {
    /// The zone.
    pub zone: Zone,
    /// Its subnets.
    pub subnets: Vec<SubnetId>,
}

/// How many zones a region has if the settings name none.
const DEFAULT_ZONES: &[char] = &['a', 'b', 'c'];

impl Settings {
    /// The zones of a region.
    pub(crate) fn zones_of(&self, region: &Region) -> Vec<Zone> {
        if self.zones.is_empty() {
            let names = DEFAULT_ZONES.iter().map(|letter| format!("{}{letter}", region.as_str()));
            return names.filter_map(|name| Zone::parse(&name).ok()).collect();
        }
        self.zones.iter().map(|setting| setting.zone.clone()).collect()
    }

    /// The subnets of a region, each with its zone. A zone for which the settings name none has one of its own name, as
    /// zones of AWS's default network have.
    pub(crate) fn subnets_of(&self, region: &Region) -> Vec<(Zone, SubnetId)> {
        let mut subnets = Vec::new();
        for zone in self.zones_of(region) {
            let named = self.zones.iter().find(|setting| setting.zone == zone);
            match named.map(|setting| setting.subnets.as_slice()).unwrap_or_default() {
                [] => subnets.extend(own_subnet(&zone).map(|id| (zone, id))),
                named => subnets.extend(named.iter().map(|id| (zone.clone(), id.clone()))),
            }
        }
        subnets
    }

    /// The zone that the settings put a subnet in.
    pub(crate) fn zone_of(&self, region: &Region, subnet: &SubnetId) -> Option<Zone> {
        self.subnets_of(region).into_iter().find(|(_, id)| id == subnet).map(|(zone, _)| zone)
    }

    /// Whether a region is served.
    pub(crate) fn serves(&self, region: &Region) -> bool {
        self.regions.is_empty() || self.regions.contains(region)
    }
}

fn own_subnet(zone: &Zone) -> Option<SubnetId> {
    SubnetId::parse(&format!("subnet-{zone}")).ok()
}
