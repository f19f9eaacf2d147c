//! How a target group is recorded.

use std::time::Duration;

use elbow_model::attribute::target_group::TABLE;
use elbow_model::{
    Codes, GroupPolicies, HealthCheck, HealthCheckPort, HealthCheckProtocol, Matcher, Protocol,
    ProtocolVersion, TargetGroup, TargetType, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::field::{Texts, Wrong, attributes, field, parse, port, tags, target_group_arn, texts, word};

/// The word for "the port that receives traffic" (B7).
const TRAFFIC_PORT: &str = "traffic-port";

/// Version 3: targets may speak HTTP/2 and gRPC. In version 2 they could only speak HTTP/1.1, in version 1 only in clear.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TargetGroupRecord {
    arn: String,
    created_ms: u64,
    target_type: String,
    protocol: String,
    protocol_version: String,
    port: u16,
    vpc: String,
    health_check: HealthCheckRecord,
    attributes: Texts,
    tags: Texts,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HealthCheckRecord {
    enabled: bool,
    protocol: String,
    port: String,
    path: String,
    interval_s: u64,
    timeout_s: u64,
    healthy_threshold: u8,
    unhealthy_threshold: u8,
    matcher: String,
}

impl From<&TargetGroup> for TargetGroupRecord {
    fn from(group: &TargetGroup) -> Self {
        Self {
            arn: group.arn.to_string(),
            created_ms: group.created.as_millis(),
            target_type: group.target_type.as_str().to_owned(),
            protocol: group.protocol.as_str().to_owned(),
            protocol_version: group.protocol_version.as_str().to_owned(),
            port: group.port.get(),
            vpc: group.vpc.clone(),
            health_check: HealthCheckRecord::from(&group.health_check),
            attributes: texts(group.attributes.explicit()),
            tags: texts(group.tags.iter()),
        }
    }
}

impl TryFrom<TargetGroupRecord> for TargetGroup {
    type Error = Wrong;

    fn try_from(record: TargetGroupRecord) -> Result<Self, Wrong> {
        let version = word(
            "protocol_version",
            &record.protocol_version,
            &ProtocolVersion::ALL,
            ProtocolVersion::as_str,
        )?;
        let health_check = health_check(record.health_check, version.codes())
            .map_err(|wrong| wrong.within("health_check"))?;
        Ok(Self {
            arn: target_group_arn("arn", &record.arn)?,
            created: Timestamp::from_millis(record.created_ms),
            target_type: word("target_type", &record.target_type, &TargetType::ALL, TargetType::as_str)?,
            protocol: word(
                "protocol",
                &record.protocol,
                &[Protocol::Http, Protocol::Https],
                Protocol::as_str,
            )?,
            protocol_version: version,
            port: port("port", record.port)?,
            vpc: record.vpc,
            health_check,
            attributes: attributes(TABLE, &record.attributes)?,
            policies: GroupPolicies::default(),
            tags: tags(&record.tags)?,
        })
    }
}

impl From<&HealthCheck> for HealthCheckRecord {
    fn from(check: &HealthCheck) -> Self {
        Self {
            enabled: check.enabled,
            protocol: check.protocol.as_str().to_owned(),
            port: match check.port {
                HealthCheckPort::Traffic => TRAFFIC_PORT.to_owned(),
                HealthCheckPort::Fixed(port) => port.to_string(),
            },
            path: check.path.clone(),
            interval_s: check.interval.as_secs(),
            timeout_s: check.timeout.as_secs(),
            healthy_threshold: check.healthy_threshold,
            unhealthy_threshold: check.unhealthy_threshold,
            matcher: check.matcher.as_str().to_owned(),
        }
    }
}

/// The codes of its matcher are those of the group's version.
fn health_check(record: HealthCheckRecord, codes: Codes) -> Result<HealthCheck, Wrong> {
    let protocols = [HealthCheckProtocol::Http, HealthCheckProtocol::Https];
    Ok(HealthCheck {
        enabled: record.enabled,
        protocol: word("protocol", &record.protocol, &protocols, HealthCheckProtocol::as_str)?,
        port: match record.port.as_str() {
            TRAFFIC_PORT => HealthCheckPort::Traffic,
            text => HealthCheckPort::Fixed(port("port", parse("port", text, "a port")?)?),
        },
        path: record.path,
        interval: Duration::from_secs(record.interval_s),
        timeout: Duration::from_secs(record.timeout_s),
        healthy_threshold: record.healthy_threshold,
        unhealthy_threshold: record.unhealthy_threshold,
        first_threshold: HealthCheck::default().first_threshold,
        matcher: field("matcher", Matcher::parse(codes, &record.matcher))?,
    })
}
