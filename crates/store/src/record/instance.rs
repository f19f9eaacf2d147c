//! How an entry of the instance directory is recorded.

use elbow_model::{Instance, InstanceId, InstanceSource, Zone};
use serde::{Deserialize, Serialize};

use super::field::{Wrong, field, parse};

/// Version 2. In version 1 whoever runs Elbow was the only source.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InstanceRecord {
    id: String,
    address: String,
    zone: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
}

/// Every source but the operator.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Source {
    Ec2,
}

impl From<&Instance> for InstanceRecord {
    fn from(instance: &Instance) -> Self {
        Self {
            id: instance.id.to_string(),
            address: instance.address.to_string(),
            zone: instance.zone.to_string(),
            source: match instance.source {
                InstanceSource::Operator => None,
                InstanceSource::Ec2 => Some(Source::Ec2),
            },
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
            source: match record.source {
                None => InstanceSource::Operator,
                Some(Source::Ec2) => InstanceSource::Ec2,
            },
        })
    }
}
