//! How the zone of a subnet is recorded.

use elbow_model::{Region, Subnet, SubnetId, Zone};
use serde::{Deserialize, Serialize};

use super::field::{Wrong, field};

/// Version 1.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubnetRecord {
    region: String,
    id: String,
    zone: String,
}

impl From<&Subnet> for SubnetRecord {
    fn from(subnet: &Subnet) -> Self {
        Self {
            region: subnet.region.as_str().to_owned(),
            id: subnet.id.as_str().to_owned(),
            zone: subnet.zone.to_string(),
        }
    }
}

impl TryFrom<SubnetRecord> for Subnet {
    type Error = Wrong;

    fn try_from(record: SubnetRecord) -> Result<Self, Wrong> {
        Ok(Self {
            region: field("region", Region::parse(&record.region))?,
            id: field("id", SubnetId::parse(&record.id))?,
            zone: field("zone", Zone::parse(&record.zone))?,
        })
    }
}
