//! How a Classic Load Balancer is recorded: as its API knows it, not as what it is lowered to.

use std::collections::BTreeMap;
use std::time::Duration;

use elbow_model::key::{ListenerKey, LoadBalancerKey, TargetGroupKey, TargetKey};
use elbow_model::{
    AccessLog, AccountId, CertificateArn, CheckTarget, ClassicAttributes, ClassicHealthCheck,
    ClassicListener, ClassicLoadBalancer, ConnectionDraining, DesyncMitigation, InstanceId, LoadBalancerArn,
    LoadBalancerKind, LoadBalancerName, PolicyAttribute, PolicyKind, PolicyName, Port, Protocol, Region,
    Registration, Scheme, Scope, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::field::{Texts, Wrong, field, key, parse, port, tags, texts, word};
use super::load_balancer::{PlacementRecord, SCHEMES, placements};

/// Version 1.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClassicLoadBalancerRecord {
    region: String,
    account: String,
    name: String,
    key: String,
    dns_name: String,
    created_ms: u64,
    scheme: String,
    vpc: String,
    zones: Vec<PlacementRecord>,
    security_groups: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    listeners: Vec<ListenerRecord>,
    policies: BTreeMap<String, PolicyRecord>,
    /// Names of policies, by ports.
    back_end_policies: BTreeMap<u16, Vec<String>>,
    health_check: HealthCheckRecord,
    instances: BTreeMap<String, RegistrationRecord>,
    attributes: AttributesRecord,
    tags: Texts,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListenerRecord {
    port: u16,
    key: String,
    group: String,
    protocol: String,
    instance_protocol: String,
    instance_port: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
    policies: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyRecord {
    #[serde(rename = "type")]
    kind: String,
    /// Names and values; a name may come more than once.
    attributes: Vec<(String, String)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HealthCheckRecord {
    target: String,
    interval_s: u64,
    timeout_s: u64,
    unhealthy_threshold: u8,
    healthy_threshold: u8,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RegistrationRecord {
    key: String,
    registered_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deregistered_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone_disabled_ms: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AttributesRecord {
    cross_zone: bool,
    access_log: AccessLogRecord,
    draining: bool,
    draining_timeout_s: u64,
    idle_timeout_s: u64,
    desync_mitigation: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccessLogRecord {
    enabled: bool,
    bucket: String,
    prefix: String,
    emit_minutes: u8,
}

impl From<&ClassicLoadBalancer> for ClassicLoadBalancerRecord {
    fn from(balancer: &ClassicLoadBalancer) -> Self {
        let LoadBalancerArn { scope, name, key, .. } = &balancer.arn;
        let names = |names: &mut dyn Iterator<Item = &PolicyName>| names.map(PolicyName::to_string).collect();
        let of_port = |(port, policies): (&Port, &std::collections::BTreeSet<PolicyName>)| {
            (port.get(), names(&mut policies.iter()))
        };
        Self {
            region: scope.region.as_str().to_owned(),
            account: scope.account.as_str().to_owned(),
            name: name.to_string(),
            key: key.to_string(),
            dns_name: balancer.dns_name.clone(),
            created_ms: balancer.created.as_millis(),
            scheme: balancer.scheme.as_str().to_owned(),
            vpc: balancer.vpc.clone(),
            zones: balancer.zones.iter().map(PlacementRecord::from).collect(),
            security_groups: balancer.security_groups.clone(),
            address: balancer.address.map(|address| address.to_string()),
            listeners: balancer.listeners.iter().map(ListenerRecord::from).collect(),
            policies: balancer.policies.iter().map(|(name, it)| (name.to_string(), it.into())).collect(),
            back_end_policies: balancer.back_end_policies.iter().map(of_port).collect(),
            health_check: HealthCheckRecord::from(&balancer.health_check),
            instances: balancer.instances.iter().map(|(id, it)| (id.to_string(), it.into())).collect(),
            attributes: AttributesRecord::from(&balancer.attributes),
            tags: texts(balancer.tags.iter()),
        }
    }
}

impl TryFrom<ClassicLoadBalancerRecord> for ClassicLoadBalancer {
    type Error = Wrong;

    fn try_from(record: ClassicLoadBalancerRecord) -> Result<Self, Wrong> {
        let scope = Scope {
            region: field("region", Region::parse(&record.region))?,
            account: field("account", AccountId::parse(&record.account))?,
        };
        let arn = LoadBalancerArn {
            scope,
            name: field("name", LoadBalancerName::parse_classic(&record.name))?,
            key: key("key", &record.key, LoadBalancerKey::parse)?,
            kind: LoadBalancerKind::Classic,
        };
        let address = record.address.map(|text| parse("address", &text, "an IP address"));
        let listeners = record
            .listeners
            .into_iter()
            .enumerate()
            .map(|(i, it)| listener(it).map_err(|wrong| wrong.within(format_args!("listeners[{i}]"))));
        let policies = record.policies.into_iter().map(|(name, it)| {
            policy(&name, it).map_err(|wrong| wrong.within(format_args!("policies.{name}")))
        });
        let back_end = record.back_end_policies.into_iter().map(|(number, names)| {
            let names = names.iter().map(|it| policy_name(it)).collect::<Result<_, _>>();
            Ok((port("back_end_policies", number)?, names?))
        });
        let instances = record.instances.into_iter().map(|(id, it)| {
            registration(&id, &it).map_err(|wrong| wrong.within(format_args!("instances.{id}")))
        });
        Ok(Self {
            arn,
            created: Timestamp::from_millis(record.created_ms),
            scheme: word("scheme", &record.scheme, &SCHEMES, Scheme::as_str)?,
            zones: placements(&record.zones)?,
            address: address.transpose()?,
            listeners: listeners.collect::<Result<_, _>>()?,
            policies: policies.collect::<Result<_, _>>()?,
            back_end_policies: back_end.collect::<Result<_, Wrong>>()?,
            health_check: health_check(&record.health_check).map_err(|wrong| wrong.within("health_check"))?,
            instances: instances.collect::<Result<_, _>>()?,
            attributes: attributes(record.attributes).map_err(|wrong| wrong.within("attributes"))?,
            tags: tags(&record.tags)?,
            dns_name: record.dns_name,
            vpc: record.vpc,
            security_groups: record.security_groups,
        })
    }
}

impl From<(&Port, &ClassicListener)> for ListenerRecord {
    fn from((port, listener): (&Port, &ClassicListener)) -> Self {
        Self {
            port: port.get(),
            key: listener.key.to_string(),
            group: listener.group.to_string(),
            protocol: listener.protocol.as_str().to_owned(),
            instance_protocol: listener.instance_protocol.as_str().to_owned(),
            instance_port: listener.instance_port.get(),
            certificate: listener.certificate.as_ref().map(CertificateArn::to_string),
            policies: listener.policies.iter().map(PolicyName::to_string).collect(),
        }
    }
}

fn listener(record: ListenerRecord) -> Result<(Port, ClassicListener), Wrong> {
    let protocol = |name, text: &str| word(name, text, &Protocol::ALL, Protocol::as_str);
    let certificate = record.certificate.map(|text| {
        CertificateArn::parse(&text)
            .ok_or_else(|| Wrong::new("certificate", format!("'{text}' is not the ARN of a certificate")))
    });
    let listener = ClassicListener {
        key: key("key", &record.key, ListenerKey::parse)?,
        group: key("group", &record.group, TargetGroupKey::parse)?,
        protocol: protocol("protocol", &record.protocol)?,
        instance_protocol: protocol("instance_protocol", &record.instance_protocol)?,
        instance_port: port("instance_port", record.instance_port)?,
        certificate: certificate.transpose()?,
        policies: record.policies.iter().map(|name| policy_name(name)).collect::<Result<_, _>>()?,
    };
    if listener.protocol.is_http() != listener.instance_protocol.is_http() {
        return Err(Wrong::new("instance_protocol", format!("it does not fit '{}'", record.protocol)));
    }
    if listener.protocol.is_secure() != listener.certificate.is_some() {
        return Err(Wrong::new("certificate", "HTTPS and SSL need one, and nothing else has one"));
    }
    Ok((port("port", record.port)?, listener))
}

fn policy_name(text: &str) -> Result<PolicyName, Wrong> {
    field("policies", PolicyName::parse(text))
}

impl From<&PolicyKind> for PolicyRecord {
    fn from(policy: &PolicyKind) -> Self {
        let attributes = policy.attributes().into_iter().map(|it| (it.name, it.value)).collect();
        Self { kind: policy.type_name().to_owned(), attributes }
    }
}

fn policy(name: &str, record: PolicyRecord) -> Result<(PolicyName, PolicyKind), Wrong> {
    let attribute = |(name, value)| PolicyAttribute { name, value };
    let attributes: Vec<_> = record.attributes.into_iter().map(attribute).collect();
    let kind = PolicyKind::read(&record.kind, &attributes)
        .ok_or_else(|| Wrong::new("type", format!("'{}' is not a type of policies", record.kind)))?;
    Ok((policy_name(name)?, field("attributes", kind)?))
}

impl From<&ClassicHealthCheck> for HealthCheckRecord {
    fn from(check: &ClassicHealthCheck) -> Self {
        Self {
            target: check.target.to_string(),
            interval_s: check.interval.as_secs(),
            timeout_s: check.timeout.as_secs(),
            unhealthy_threshold: check.unhealthy_threshold,
            healthy_threshold: check.healthy_threshold,
        }
    }
}

fn health_check(record: &HealthCheckRecord) -> Result<ClassicHealthCheck, Wrong> {
    let check = ClassicHealthCheck {
        target: field("target", CheckTarget::parse(&record.target))?,
        interval: Duration::from_secs(record.interval_s),
        timeout: Duration::from_secs(record.timeout_s),
        unhealthy_threshold: record.unhealthy_threshold,
        healthy_threshold: record.healthy_threshold,
    };
    field("interval_s", check.validate()).map(|()| check)
}

impl From<&Registration> for RegistrationRecord {
    fn from(registration: &Registration) -> Self {
        Self {
            key: registration.key.to_string(),
            registered_ms: registration.registered.as_millis(),
            deregistered_ms: registration.deregistered.map(Timestamp::as_millis),
            zone_disabled_ms: registration.zone_disabled.map(Timestamp::as_millis),
        }
    }
}

fn registration(id: &str, record: &RegistrationRecord) -> Result<(InstanceId, Registration), Wrong> {
    let registration = Registration {
        key: key("key", &record.key, TargetKey::parse)?,
        registered: Timestamp::from_millis(record.registered_ms),
        deregistered: record.deregistered_ms.map(Timestamp::from_millis),
        zone_disabled: record.zone_disabled_ms.map(Timestamp::from_millis),
    };
    Ok((field("id", InstanceId::parse(id))?, registration))
}

impl From<&ClassicAttributes> for AttributesRecord {
    fn from(attributes: &ClassicAttributes) -> Self {
        let AccessLog { enabled, bucket, prefix, emit_minutes } = attributes.access_log.clone();
        Self {
            cross_zone: attributes.cross_zone,
            access_log: AccessLogRecord { enabled, bucket, prefix, emit_minutes },
            draining: attributes.connection_draining.enabled,
            draining_timeout_s: attributes.connection_draining.timeout.as_secs(),
            idle_timeout_s: attributes.idle_timeout.as_secs(),
            desync_mitigation: attributes.desync_mitigation.as_str().to_owned(),
        }
    }
}

fn attributes(record: AttributesRecord) -> Result<ClassicAttributes, Wrong> {
    let AccessLogRecord { enabled, bucket, prefix, emit_minutes } = record.access_log;
    let words = &DesyncMitigation::ALL;
    let attributes = ClassicAttributes {
        cross_zone: record.cross_zone,
        access_log: AccessLog { enabled, bucket, prefix, emit_minutes },
        connection_draining: ConnectionDraining {
            enabled: record.draining,
            timeout: Duration::from_secs(record.draining_timeout_s),
        },
        idle_timeout: Duration::from_secs(record.idle_timeout_s),
        desync_mitigation: word(
            "desync_mitigation",
            &record.desync_mitigation,
            words,
            DesyncMitigation::as_str,
        )?,
    };
    field("idle_timeout_s", attributes.validate()).map(|()| attributes)
}
