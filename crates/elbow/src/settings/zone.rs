//! Zones as the user names them: `us-east-1a=subnet-1,subnet-2`.

use std::collections::BTreeSet;
use std::str::FromStr;

use elbow_model::{SubnetId, Zone};

/// One zone and the subnets in it.
#[derive(Clone, Debug)]
pub(crate) struct ZoneSetting {
    zone: Zone,
    subnets: Vec<SubnetId>,
}

impl FromStr for ZoneSetting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, subnets) = text.split_once('=').unwrap_or((text, ""));
        let zone = Zone::parse(name).map_err(|error| error.to_string())?;
        let ids = subnets.split(',').filter(|id| !id.is_empty());
        let subnets: Result<_, _> = ids.map(SubnetId::parse).collect();
        Ok(Self { zone, subnets: subnets.map_err(|error| error.to_string())? })
    }
}

impl<'de> serde::Deserialize<'de> for ZoneSetting {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The settings as a list, each zone and each subnet once.
pub(super) fn distinct(settings: Vec<ZoneSetting>) -> Result<Vec<(Zone, Vec<SubnetId>)>, String> {
    let (mut zones, mut subnets) = (BTreeSet::new(), BTreeSet::new());
    for setting in &settings {
        if !zones.insert(&setting.zone) {
            return Err(format!("zone '{}' is named twice", setting.zone));
        }
        if let Some(id) = setting.subnets.iter().find(|id| !subnets.insert(*id)) {
            return Err(format!("subnet '{}' is named twice", id.as_str()));
        }
    }
    Ok(settings.into_iter().map(|setting| (setting.zone, setting.subnets)).collect())
}
