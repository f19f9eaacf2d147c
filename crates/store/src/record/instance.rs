//! How an entry of the instance directory is recorded.

use elbow_model::{Instance, InstanceId, Zone};
use serde::{Deserialize, Serialize};

use super::field::{Wrong, field, parse};

/// Version 1.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InstanceRecord {
    id: String,
    address: String,
    zone: String,
}

impl From<&Instance> for InstanceRecord {
    fn from(instance: &Instance) -> Self {
        Self {
            id: instance.id.to_string(),
            address: instance.address.to_string(),
            zone: instance.zone.to_string(),
        }
    }
}

impl TryFrom<InstanceRecord> for Instance {
    type Error = Wrong;

    fn try_from(record: InstanceRecord) -> Result<Self, Wrong> {
        Ok(Self {
            id: field("id", InstanceId::parse(&record.id))?,
            address: parse("address", &record.address, "an IP address")?,
            zone: field("zone", Zone::parse(&record.zone))?,
        })
    }
}
