//! One target group and what it needs, for the simulation and the benchmarks.

#![allow(dead_code, reason = "each user needs its own part")]
#![allow(clippy::unwrap_used, reason = "what helps a test may fail loudly")]

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use elbow_model::attribute::target_group;
use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_model::{
    AccountId, Attributes, Change, Configuration, Entity, GroupPolicies, HealthCheck, HealthState, Port,
    Protocol, ProtocolVersion, Region, Scope, Tags, Target, TargetGroup, TargetGroupArn, TargetGroupName,
    TargetHealth, TargetId, TargetType, Timestamp,
};
use elbow_routing::{Group, HealthView, Options, Table};

pub(crate) const GROUP: TargetGroupKey = TargetGroupKey::new(1);
pub(crate) const OPTIONS: Options = Options {
    listen_address: IpAddr::V4(Ipv4Addr::LOCALHOST),
    listener_port_offset: 0,
    started: Timestamp::from_millis(0),
};
pub(crate) const HEALTHY: TargetHealth = TargetHealth { state: HealthState::Healthy, reason: None };

/// The group with these attributes.
pub(crate) fn settings(attributes: &[(&str, &str)]) -> TargetGroup {
    let scope = Scope {
        region: Region::parse("us-east-1").unwrap(),
        account: AccountId::parse("000000000000").unwrap(),
    };
    let name = TargetGroupName::parse("tg").unwrap();
    let mut group = TargetGroup {
        arn: TargetGroupArn { scope, name, key: GROUP },
        created: Timestamp::default(),
        target_type: TargetType::Ip,
        protocol: Protocol::Http,
        protocol_version: ProtocolVersion::Http1,
        port: Port::new(80).unwrap(),
        vpc: String::new(),
        health_check: HealthCheck::default(),
        attributes: Attributes::new(target_group::TABLE),
        policies: GroupPolicies::default(),
        tags: Tags::default(),
    };
    attributes.iter().for_each(|(key, value)| group.attributes.set(key, value).unwrap());
    group
}

/// A target at an address made of its number.
pub(crate) fn target(number: u64) -> Target {
    let [.., x, y, z] = number.to_be_bytes();
    Target {
        group: GROUP,
        key: TargetKey::new(number),
        id: TargetId::Ip(Ipv4Addr::new(10, x, y, z).into()),
        port: Port::new(80).unwrap(),
        zone: None,
        registered: Timestamp::default(),
        deregistered: None,
    }
}

pub(crate) fn put(configuration: &mut Configuration, entity: Entity) {
    configuration.apply(Change::Put(entity));
}

pub(crate) fn compiled(configuration: &Configuration, health: &HealthView) -> Arc<Group> {
    Arc::clone(Table::compile(configuration, health, &OPTIONS).group(GROUP).unwrap())
}

/// A group of so many healthy targets.
pub(crate) fn healthy_group(targets: u64, attributes: &[(&str, &str)]) -> Arc<Group> {
    let (mut configuration, mut health) = (Configuration::default(), HealthView::default());
    put(&mut configuration, Entity::TargetGroup(Arc::new(settings(attributes))));
    for number in 1..=targets {
        put(&mut configuration, Entity::Target(Arc::new(target(number))));
        health.set(GROUP, TargetKey::new(number), HEALTHY);
    }
    compiled(&configuration, &health)
}
