//! Configurations in a few words, for tests and examples from outside the crate.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test may fail loudly")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use elbow_model::attribute::{listener, load_balancer, target_group};
use elbow_model::key::{ListenerKey, LoadBalancerKey, RuleKey, TargetGroupKey, TargetKey};
use elbow_model::{
    AccountId, Action, Actions, Attributes, Certificate, Change, Condition, Conditions, Configuration,
    Entity, Forward, GroupPolicies, HealthCheck, HealthCheckProtocol, IpAddressType, KeyGeneration, Listener,
    ListenerArn, LoadBalancer, LoadBalancerArn, LoadBalancerKind, LoadBalancerName, Port, Priority, Protocol,
    ProtocolVersion, ProxyProtocol, Region, Rule, RuleArn, Scheme, Scope, Secure, SubnetId, Tags, Target,
    TargetGroup, TargetGroupArn, TargetGroupName, TargetId, TargetType, TargetZone, Timestamp, Transforms,
    TrustStore, Zone, ZonePlacement,
};
use elbow_routing::Options;

/// Listens on 127.0.0.1 with ports as they are.
pub(crate) const OPTIONS: Options = Options {
    listen_address: IpAddr::V4(Ipv4Addr::LOCALHOST),
    listener_port_offset: 0,
    started: Timestamp::from_millis(0),
};

/// The target group of [`Setup`].
pub(crate) const GROUP: TargetGroupKey = TargetGroupKey::new(1);
/// The load balancer of [`Setup`].
pub(crate) const LOAD_BALANCER: LoadBalancerKey = LoadBalancerKey::new(1);

/// One load balancer with one listener in front of one target group.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    /// Where it listens.
    pub(crate) port: u16,
    /// The port of its listener, if that is not where it listens.
    pub(crate) listener_port: Option<u16>,
    /// Its targets, registered with the keys 1, 2, 3 …
    pub(crate) targets: Vec<SocketAddr>,
    /// When each target was deregistered.
    pub(crate) deregistered: Vec<Option<Timestamp>>,
    /// Attributes of the load balancer, the target groups or the listener, wherever the key belongs.
    pub(crate) attributes: Vec<(&'static str, String)>,
    /// The targets of further groups, which have the keys 2, 3 …; their targets have 200, 201 …, 300, 301 …
    pub(crate) groups: Vec<Vec<SocketAddr>>,
    /// What the default rule does; to forward to [`GROUP`] if nothing else is said.
    pub(crate) default_action: Action,
    /// Rules, with their priorities.
    pub(crate) rules: Vec<(u16, Vec<Condition>, Transforms, Action)>,
    /// The zones of the load balancer.
    pub(crate) zones: Vec<&'static str>,
    /// The zone of each target; those beyond the end have none.
    pub(crate) target_zones: Vec<&'static str>,
    /// How its connections are encrypted, if it speaks HTTPS, and its certificates.
    pub(crate) secure: Option<(Secure, Vec<Certificate>)>,
    /// Whom clients or targets may have to be vouched for by.
    pub(crate) trust_stores: Vec<TrustStore>,
    /// Key generations beside the one that is in force.
    pub(crate) more_keys: Vec<KeyGeneration>,
    /// What targets speak, their checks included.
    pub(crate) target_protocol: (Protocol, HealthCheckProtocol),
    /// What clients speak, if it is not HTTP or HTTPS.
    pub(crate) protocol: Option<Protocol>,
    /// Which kind of load balancer it is.
    pub(crate) kind: LoadBalancerKind,
    /// What target groups have no attributes for.
    pub(crate) policies: GroupPolicies,
    /// Which version of it.
    pub(crate) target_version: ProtocolVersion,
    /// Whether targets are checked.
    pub(crate) checked: bool,
}

impl Setup {
    /// A group without stickiness.
    pub(crate) fn new(port: u16, targets: &[SocketAddr]) -> Self {
        Self {
            port,
            listener_port: None,
            targets: targets.to_vec(),
            deregistered: vec![None; targets.len()],
            attributes: Vec::new(),
            groups: Vec::new(),
            default_action: Action::Forward(Forward::to(GROUP)),
            rules: Vec::new(),
            zones: Vec::new(),
            target_zones: Vec::new(),
            secure: None,
            trust_stores: Vec::new(),
            more_keys: Vec::new(),
            target_protocol: (Protocol::Http, HealthCheckProtocol::Http),
            protocol: None,
            kind: LoadBalancerKind::Application,
            policies: GroupPolicies::default(),
            target_version: ProtocolVersion::Http1,
            checked: false,
        }
    }

    /// Places the load balancer, and its targets in this order, in zones.
    pub(crate) fn in_zones(mut self, zones: &[&'static str], target_zones: &[&'static str]) -> Self {
        (self.zones, self.target_zones) = (zones.to_vec(), target_zones.to_vec());
        self
    }

    /// Speaks HTTPS with targets, and checks them so.
    pub(crate) fn secure_targets(mut self) -> Self {
        self.target_protocol = (Protocol::Https, HealthCheckProtocol::Https);
        self
    }

    /// Is a Classic Load Balancer.
    pub(crate) fn classic(mut self) -> Self {
        self.kind = LoadBalancerKind::Classic;
        self
    }

    /// Passes on what clients say in TCP or SSL, in the same protocol.
    pub(crate) fn passes_on(mut self, protocol: Protocol) -> Self {
        self.protocol = Some(protocol);
        self.target_protocol.0 = protocol;
        self
    }

    /// Tells targets who the client is.
    pub(crate) fn telling(mut self, version: ProxyProtocol) -> Self {
        self.policies.proxy_protocol = Some(version);
        self
    }

    /// Refuses what comes while no target is healthy.
    pub(crate) fn without_fail_open(mut self) -> Self {
        self.policies.fails_open = false;
        self
    }

    /// Speaks this version with targets, and takes clients of HTTP/2 in clear.
    pub(crate) fn of_version(mut self, version: ProtocolVersion) -> Self {
        self.target_version = version;
        self.with("elbow.http2.cleartext", "true")
    }

    /// Switches health checks on: targets are in the states that are reported.
    pub(crate) fn checked(mut self) -> Self {
        self.checked = true;
        self
    }

    /// Adds a target group.
    pub(crate) fn group(mut self, targets: &[SocketAddr]) -> Self {
        self.groups.push(targets.to_vec());
        self
    }

    /// Sets what the default rule does.
    pub(crate) fn by_default(mut self, action: Action) -> Self {
        self.default_action = action;
        self
    }

    /// Adds a rule for a path.
    pub(crate) fn rule(self, priority: u16, path: &str, action: Action) -> Self {
        self.transformed(priority, path, Transforms::default(), action)
    }

    /// Adds a rule for a path, with transforms.
    pub(crate) fn transformed(
        mut self,
        priority: u16,
        path: &str,
        transforms: Transforms,
        action: Action,
    ) -> Self {
        let conditions = vec![Condition::path_pattern(&[path], &[]).unwrap()];
        self.rules.push((priority, conditions, transforms, action));
        self
    }

    /// Adds a rule for any condition.
    pub(crate) fn when(mut self, priority: u16, condition: Condition, action: Action) -> Self {
        self.rules.push((priority, vec![condition], Transforms::default(), action));
        self
    }

    /// Sets an attribute.
    pub(crate) fn with(mut self, key: &'static str, value: &str) -> Self {
        self.attributes.push((key, value.to_owned()));
        self
    }

    /// Switches `lb_cookie` stickiness on.
    pub(crate) fn sticky(self) -> Self {
        self.with("stickiness.enabled", "true")
    }

    /// Listens where it listens, whatever the listener's port is.
    pub(crate) fn options(&self) -> Options {
        Options { listener_port_offset: self.listener_port.map_or(0, |port| self.port - port), ..OPTIONS }
    }

    /// The configuration. Unless they are switched on, health checks are off, so that every target is in rotation.
    pub(crate) fn build(&self) -> Arc<Configuration> {
        let mut configuration = Configuration::default();
        let mut put = |entity| configuration.apply(Change::Put(entity));
        put(Entity::LoadBalancer(Arc::new(LoadBalancer {
            arn: LoadBalancerArn { kind: self.kind, ..balancer_arn() },
            dns_name: "lb-1.us-east-1.elb.localhost".to_owned(),
            created: Timestamp::default(),
            scheme: Scheme::Internal,
            ip_address_type: IpAddressType::Ipv4,
            vpc: String::new(),
            zones: self.zones.iter().map(|zone| placement(zone)).collect(),
            security_groups: Vec::new(),
            address: None,
            attributes: self.attributes(load_balancer::TABLE),
            tags: Tags::default(),
        })));
        put(Entity::Listener(Arc::new(Listener {
            arn: ListenerArn { load_balancer: balancer_arn(), key: ListenerKey::new(1) },
            port: Port::new(self.listener_port.unwrap_or(self.port)).unwrap(),
            protocol: match (self.protocol, &self.secure) {
                (Some(protocol), _) => protocol,
                (None, Some(_)) => Protocol::Https,
                (None, None) => Protocol::Http,
            },
            secure: self.secure.as_ref().map(|(secure, _)| secure.clone()),
            default_actions: Actions::only(self.default_action.clone()),
            attributes: self.attributes(listener::TABLE),
            tags: Tags::default(),
        })));
        for certificate in self.secure.iter().flat_map(|(_, certificates)| certificates) {
            put(Entity::Certificate(Arc::new(certificate.clone())));
        }
        for store in &self.trust_stores {
            put(Entity::TrustStore(Arc::new(store.clone())));
        }
        put(Entity::TargetGroup(Arc::new(self.target_group(GROUP))));
        for (number, targets) in (2..).zip(&self.groups) {
            let group = TargetGroupKey::new(number);
            put(Entity::TargetGroup(Arc::new(self.target_group(group))));
            for (n, address) in (0..).zip(targets) {
                put(Entity::Target(Arc::new(target(group, number * 100 + n, *address))));
            }
        }
        for (priority, conditions, transforms, action) in &self.rules {
            let listener = ListenerArn { load_balancer: balancer_arn(), key: ListenerKey::new(1) };
            put(Entity::Rule(Arc::new(Rule {
                arn: RuleArn { listener, key: RuleKey::new((*priority).into()) },
                priority: Priority::new(*priority).unwrap(),
                conditions: Conditions::new(conditions.clone()).unwrap(),
                transforms: transforms.clone(),
                actions: Actions::only(action.clone()),
                tags: Tags::default(),
            })));
        }
        for (n, (address, deregistered)) in self.targets.iter().zip(&self.deregistered).enumerate() {
            let target = target(GROUP, n as u64 + 1, *address);
            let zone = self.target_zones.get(n).map(|zone| TargetZone::In(Zone::parse(zone).unwrap()));
            put(Entity::Target(Arc::new(Target { deregistered: *deregistered, zone, ..target })));
        }
        put(Entity::KeyGeneration(Arc::new(KeyGeneration {
            id: 1,
            secret: [7; 16],
            created: Timestamp::default(),
            promoted: Timestamp::default(),
        })));
        self.more_keys.iter().for_each(|keys| put(Entity::KeyGeneration(Arc::new(keys.clone()))));
        Arc::new(configuration)
    }

    fn target_group(&self, key: TargetGroupKey) -> TargetGroup {
        TargetGroup {
            arn: TargetGroupArn { scope: scope(), name: TargetGroupName::parse("tg").unwrap(), key },
            created: Timestamp::default(),
            target_type: TargetType::Ip,
            protocol: self.target_protocol.0,
            protocol_version: self.target_version,
            port: Port::new(80).unwrap(),
            vpc: String::new(),
            health_check: HealthCheck {
                enabled: self.checked,
                protocol: self.target_protocol.1,
                ..HealthCheck::default_of(self.target_version)
            },
            attributes: self.attributes(target_group::TABLE),
            policies: self.policies.clone(),
            tags: Tags::default(),
        }
    }

    fn attributes(&self, table: &'static [elbow_model::attribute::Attribute]) -> Attributes {
        let has =
            |table: &[elbow_model::attribute::Attribute], key: &str| table.iter().any(|it| it.key == key);
        // A key of both is meant for the target group: the load balancer's cannot be changed.
        let taken = |key| std::ptr::eq(table, load_balancer::TABLE) && has(target_group::TABLE, key);
        let mut attributes = Attributes::new(table);
        for (key, value) in &self.attributes {
            if has(table, key) && !taken(key) {
                attributes.set(key, value).unwrap();
            }
        }
        attributes
    }
}

fn target(group: TargetGroupKey, key: u64, address: SocketAddr) -> Target {
    Target {
        group,
        key: TargetKey::new(key),
        id: TargetId::Ip(address.ip()),
        port: Port::new(address.port()).unwrap(),
        zone: None,
        registered: Timestamp::default(),
        deregistered: None,
    }
}

pub(crate) fn scope() -> Scope {
    Scope { region: Region::parse("us-east-1").unwrap(), account: AccountId::parse("000000000000").unwrap() }
}

fn placement(zone: &str) -> ZonePlacement {
    let subnet = SubnetId::parse(&format!("subnet-{zone}")).unwrap();
    ZonePlacement { zone: Zone::parse(zone).unwrap(), subnet }
}

fn balancer_arn() -> LoadBalancerArn {
    LoadBalancerArn {
        scope: scope(),
        name: LoadBalancerName::parse("lb").unwrap(),
        key: LOAD_BALANCER,
        kind: LoadBalancerKind::Application,
    }
}
