//! What the tests of this crate share: configurations in a few words, and reproducible chance.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use elbow_model::attribute::{listener, load_balancer, target_group};
use elbow_model::key::{ListenerKey, LoadBalancerKey, RuleKey, TargetGroupKey, TargetKey};
use elbow_model::{
    AccountId, Action, Actions, Attributes, CertificateArn, Change, Condition, Conditions, Configuration,
    Entity, Forward, GroupPolicies, HealthCheck, HealthState, Instance, InstanceId, InstanceSource,
    IpAddressType, Listener, ListenerArn, LoadBalancer, LoadBalancerArn, LoadBalancerKind, LoadBalancerName,
    Port, Priority, Protocol, ProtocolVersion, Region, Rule, RuleArn, Scheme, Scope, Secure, SslPolicy, Tags,
    Target, TargetGroup, TargetGroupArn, TargetGroupName, TargetHealth, TargetId, TargetType, Timestamp,
    Transforms, Zone,
};

use crate::Options;

/// Listens on 127.0.0.1 with ports as they are.
pub(crate) const OPTIONS: Options = Options {
    listen_address: IpAddr::V4(Ipv4Addr::LOCALHOST),
    listener_port_offset: 0,
    started: Timestamp::from_millis(0),
};

/// Passes its checks.
pub(crate) const HEALTHY: TargetHealth = TargetHealth { state: HealthState::Healthy, reason: None };
/// Fails them.
pub(crate) const UNHEALTHY: TargetHealth = TargetHealth {
    state: HealthState::Unhealthy,
    reason: Some(elbow_model::HealthReason::FailedHealthChecks),
};

/// A number as the key of a target.
pub(crate) fn target_key(number: u64) -> TargetKey {
    TargetKey::new(number)
}

/// A number as the key of a target group.
pub(crate) fn group_key(number: u64) -> TargetGroupKey {
    TargetGroupKey::new(number)
}

fn scope() -> Scope {
    let region = Region::parse("us-east-1").unwrap();
    Scope { region, account: AccountId::parse("000000000000").unwrap() }
}

fn balancer_arn(number: u64) -> LoadBalancerArn {
    let name = LoadBalancerName::parse(&format!("lb-{number}")).unwrap();
    LoadBalancerArn {
        scope: scope(),
        name,
        key: LoadBalancerKey::new(number),
        kind: LoadBalancerKind::Application,
    }
}

/// A load balancer created `number` seconds after the epoch, called `lb-NUMBER.elb.localhost`.
pub(crate) fn balancer(number: u64) -> LoadBalancer {
    LoadBalancer {
        arn: balancer_arn(number),
        dns_name: format!("lb-{number}.elb.localhost"),
        created: Timestamp::from_secs(number),
        scheme: Scheme::InternetFacing,
        ip_address_type: IpAddressType::Ipv4,
        vpc: String::new(),
        zones: Vec::new(),
        security_groups: Vec::new(),
        address: None,
        attributes: Attributes::new(load_balancer::TABLE),
        tags: Tags::default(),
    }
}

/// The same over HTTPS.
pub(crate) fn secure(listener: Listener) -> Listener {
    let certificate = CertificateArn::parse("arn:aws:iam::000000000000:server-certificate/shop").unwrap();
    let secure = Secure {
        policy: SslPolicy::by_default(),
        certificate,
        more: [].into(),
        only: None,
        client_certificates: elbow_model::ClientCertificates::Ignored,
    };
    Listener { protocol: Protocol::Https, secure: Some(secure), ..listener }
}

/// A listener of load balancer `of` that forwards to `group`.
pub(crate) fn listener(number: u64, of: u64, port: u16, group: u64) -> Listener {
    Listener {
        arn: ListenerArn { load_balancer: balancer_arn(of), key: ListenerKey::new(number) },
        port: Port::new(port).unwrap(),
        protocol: Protocol::Http,
        secure: None,
        default_actions: Actions::only(Action::Forward(Forward::to(group_key(group)))),
        attributes: Attributes::new(listener::TABLE),
        tags: Tags::default(),
    }
}

/// A rule of listener `of` (on load balancer `of`) at priority `number`, which forwards to `group`.
pub(crate) fn rule(number: u16, of: u64, conditions: Vec<Condition>, group: u64) -> Rule {
    let listener = ListenerArn { load_balancer: balancer_arn(of), key: ListenerKey::new(of) };
    Rule {
        arn: RuleArn { listener, key: RuleKey::new(number.into()) },
        priority: Priority::new(number).unwrap(),
        conditions: Conditions::new(conditions).unwrap(),
        transforms: Transforms::default(),
        actions: Actions::only(Action::Forward(Forward::to(group_key(group)))),
        tags: Tags::default(),
    }
}

/// A rule as [`rule`] makes it, for a path.
pub(crate) fn path_rule(number: u16, of: u64, path: &str, group: u64) -> Rule {
    rule(number, of, vec![Condition::path_pattern(&[path], &[]).unwrap()], group)
}

/// A target group with all defaults.
pub(crate) fn group(number: u64) -> TargetGroup {
    let name = TargetGroupName::parse(&format!("tg-{number}")).unwrap();
    TargetGroup {
        arn: TargetGroupArn { scope: scope(), name, key: group_key(number) },
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
    }
}

/// A target at `10.x.y.z:80`, the address made of its number.
pub(crate) fn target(group: u64, number: u64) -> Target {
    let [.., x, y, z] = number.to_be_bytes();
    Target {
        group: group_key(group),
        key: target_key(number),
        id: TargetId::Ip(Ipv4Addr::new(10, x, y, z).into()),
        port: Port::new(80).unwrap(),
        zone: None,
        registered: Timestamp::default(),
        deregistered: None,
    }
}

/// A target that is an instance.
pub(crate) fn instance_target(group: u64, number: u64, instance: &str) -> Target {
    Target { id: TargetId::Instance(InstanceId::parse(instance).unwrap()), ..target(group, number) }
}

/// A target that is load balancer `of`, on this port.
pub(crate) fn balancer_target(group: u64, number: u64, of: u64, port: u16) -> Target {
    let port = Port::new(port).unwrap();
    Target { id: TargetId::LoadBalancer(balancer_arn(of)), port, ..target(group, number) }
}

/// An entry of the instance directory.
pub(crate) fn instance(id: &str, address: [u8; 4]) -> Instance {
    let (id, zone) = (InstanceId::parse(id).unwrap(), Zone::parse("us-east-1b").unwrap());
    Instance { id, address: address.into(), zone, source: InstanceSource::Operator }
}

/// Adds to a configuration, one thing after the other.
pub(crate) trait Put {
    /// Adds or replaces a load balancer, listener, rule, group, target or instance.
    fn put(&mut self, thing: impl Into<Thing>);
}

/// Whatever [`Put`] takes.
pub(crate) struct Thing(Entity);

macro_rules! thing {
    ($($kind:ident)*) => {
        $(impl From<$kind> for Thing {
            fn from(it: $kind) -> Self {
                Self(Entity::$kind(Arc::new(it)))
            }
        })*
    };
}
thing!(LoadBalancer Listener Rule TargetGroup Target Instance);

impl Put for Configuration {
    fn put(&mut self, thing: impl Into<Thing>) {
        self.apply(Change::Put(thing.into().0));
    }
}

/// One load balancer with a listener on port 80, and one group with targets 1 to `targets`.
pub(crate) fn one_group(targets: u64) -> Configuration {
    let mut configuration = Configuration::default();
    configuration.put(balancer(1));
    configuration.put(listener(1, 1, 80, 1));
    configuration.put(group(1));
    (1..=targets).for_each(|number| configuration.put(target(1, number)));
    configuration
}

/// Chance that a seed repeats (splitmix64).
pub(crate) struct Chance(u64);

impl Chance {
    /// Begins from a seed, and prints it so that a failure can be repeated.
    pub(crate) fn seeded(seed: u64) -> Self {
        println!("seed {seed}");
        Self(seed)
    }

    /// Any number.
    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.number() % end
    }
}
