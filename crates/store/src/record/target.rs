//! How a registration of a target is recorded.

use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_model::{Arn, InstanceId, Target, TargetId, TargetZone, Timestamp, Zone};
use serde::{Deserialize, Serialize};

use super::field::{Wrong, field, key, parse, port};

/// The word for "in every zone".
const EVERY_ZONE: &str = "all";

/// Version 1.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TargetRecord {
    group: String,
    key: String,
    id: String,
    port: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    registered_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deregistered_ms: Option<u64>,
}

impl From<&Target> for TargetRecord {
    fn from(target: &Target) -> Self {
        Self {
            group: target.group.to_string(),
            key: target.key.to_string(),
            id: target.id.to_string(),
            port: target.port.get(),
            zone: target.zone.as_ref().map(|zone| match zone {
                TargetZone::All => EVERY_ZONE.to_owned(),
                TargetZone::In(zone) => zone.to_string(),
            }),
            registered_ms: target.registered.as_millis(),
            deregistered_ms: target.deregistered.map(Timestamp::as_millis),
        }
    }
}

impl TryFrom<TargetRecord> for Target {
    type Error = Wrong;

    fn try_from(record: TargetRecord) -> Result<Self, Wrong> {
        let zone = record.zone.map(|text| match text.as_str() {
            EVERY_ZONE => Ok(TargetZone::All),
            name => field("zone", Zone::parse(name)).map(TargetZone::In),
        });
        Ok(Self {
            group: key("group", &record.group, TargetGroupKey::parse)?,
            key: key("key", &record.key, TargetKey::parse)?,
            id: id(&record.id)?,
            port: port("port", record.port)?,
            zone: zone.transpose()?,
            registered: Timestamp::from_millis(record.registered_ms),
            deregistered: record.deregistered_ms.map(Timestamp::from_millis),
        })
    }
}

fn id(text: &str) -> Result<TargetId, Wrong> {
    if text.starts_with("i-") {
        return field("id", InstanceId::parse(text)).map(TargetId::Instance);
    }
    if let Some(Arn::LoadBalancer(arn)) = Arn::parse(text) {
        return Ok(TargetId::LoadBalancer(arn));
    }
    parse("id", text, "an IP address, the id of an instance or the ARN of a load balancer").map(TargetId::Ip)
}
