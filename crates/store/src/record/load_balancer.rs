//! How a load balancer is recorded.

use elbow_model::attribute::load_balancer::TABLE;
use elbow_model::{IpAddressType, LoadBalancer, Scheme, SubnetId, Timestamp, Zone, ZonePlacement};
use serde::{Deserialize, Serialize};

use super::field::{Texts, Wrong, attributes, field, load_balancer_arn, parse, tags, texts, word};

/// Version 1.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoadBalancerRecord {
    arn: String,
    dns_name: String,
    created_ms: u64,
    scheme: String,
    ip_address_type: String,
    vpc: String,
    zones: Vec<PlacementRecord>,
    security_groups: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    attributes: Texts,
    tags: Texts,
}

/// The words of the scheme.
pub(super) const SCHEMES: [Scheme; 2] = [Scheme::InternetFacing, Scheme::Internal];

/// A zone with its subnet.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlacementRecord {
    zone: String,
    subnet: String,
}

impl From<&LoadBalancer> for LoadBalancerRecord {
    fn from(balancer: &LoadBalancer) -> Self {
        Self {
            arn: balancer.arn.to_string(),
            dns_name: balancer.dns_name.clone(),
            created_ms: balancer.created.as_millis(),
            scheme: balancer.scheme.as_str().to_owned(),
            ip_address_type: balancer.ip_address_type.as_str().to_owned(),
            vpc: balancer.vpc.clone(),
            zones: balancer.zones.iter().map(PlacementRecord::from).collect(),
            security_groups: balancer.security_groups.clone(),
            address: balancer.address.map(|address| address.to_string()),
            attributes: texts(balancer.attributes.explicit()),
            tags: texts(balancer.tags.iter()),
        }
    }
}

impl TryFrom<LoadBalancerRecord> for LoadBalancer {
    type Error = Wrong;

    fn try_from(record: LoadBalancerRecord) -> Result<Self, Wrong> {
        let address = record.address.map(|text| parse("address", &text, "an IP address"));
        Ok(Self {
            arn: load_balancer_arn("arn", &record.arn)?,
            created: Timestamp::from_millis(record.created_ms),
            scheme: word("scheme", &record.scheme, &SCHEMES, Scheme::as_str)?,
            ip_address_type: word(
                "ip_address_type",
                &record.ip_address_type,
                &IpAddressType::ALL,
                IpAddressType::as_str,
            )?,
            zones: placements(&record.zones)?,
            address: address.transpose()?,
            attributes: attributes(TABLE, &record.attributes)?,
            tags: tags(&record.tags)?,
            dns_name: record.dns_name,
            vpc: record.vpc,
            security_groups: record.security_groups,
        })
    }
}

impl From<&ZonePlacement> for PlacementRecord {
    fn from(placement: &ZonePlacement) -> Self {
        Self { zone: placement.zone.to_string(), subnet: placement.subnet.as_str().to_owned() }
    }
}

/// Reads the field `zones`.
pub(super) fn placements(records: &[PlacementRecord]) -> Result<Vec<ZonePlacement>, Wrong> {
    let numbered = records.iter().enumerate();
    let read =
        numbered.map(|(i, zone)| placement(zone).map_err(|wrong| wrong.within(format_args!("zones[{i}]"))));
    read.collect()
}

fn placement(record: &PlacementRecord) -> Result<ZonePlacement, Wrong> {
    Ok(ZonePlacement {
        zone: field("zone", Zone::parse(&record.zone))?,
        subnet: field("subnet", SubnetId::parse(&record.subnet))?,
    })
}
