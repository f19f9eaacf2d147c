//! A Classic Load Balancer in the nouns that requests are served by.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::{ClassicListener, ClassicLoadBalancer, PolicyKind, SslNegotiation};
use crate::attribute::{load_balancer as of_balancer, target_group as of_group};
use crate::{
    Action, Actions, Attributes, ClientCertificates, Entity, Forward, GroupPolicies, IpAddressType, Listener,
    ListenerArn, LoadBalancer, Port, Protocol, ProtocolVersion, Secure, SslPolicy, StickinessSetting, Tags,
    Target, TargetGroup, TargetGroupArn, TargetGroupName, TargetId, TargetType, attribute,
};

/// There is no limit to a client's connection but its idle timeout; this is the longest that can be said.
const CLIENT_KEEP_ALIVE: &str = "604800";

impl ClassicLoadBalancer {
    /// The load balancer, its listeners, and for each a target group with all instances.
    pub fn lower(&self) -> Vec<Entity> {
        let mut entities = vec![Entity::LoadBalancer(Arc::new(self.balancer()))];
        for (&port, listener) in &self.listeners {
            let Some(group) = self.group(port, listener) else { continue };
            entities.push(Entity::Listener(Arc::new(self.listener(port, listener))));
            entities.push(Entity::TargetGroup(Arc::new(group)));
            entities.extend(self.targets(listener).map(|target| Entity::Target(Arc::new(target))));
        }
        entities
    }

    fn balancer(&self) -> LoadBalancer {
        let mut attributes = Attributes::new(attribute::load_balancer::TABLE);
        set(&mut attributes, of_balancer::IDLE_TIMEOUT, &seconds(self.attributes.idle_timeout));
        set(&mut attributes, of_balancer::CLIENT_KEEP_ALIVE, CLIENT_KEEP_ALIVE);
        set(&mut attributes, of_balancer::DESYNC_MODE, self.attributes.desync_mitigation.as_str());
        set(&mut attributes, of_balancer::HTTP2, "false");
        set(&mut attributes, of_balancer::PRESERVE_HOST, "true");
        // Where the logs go is not for those who serve requests.
        set(&mut attributes, of_balancer::ACCESS_LOGS, flag(self.attributes.access_log.enabled));
        LoadBalancer {
            arn: self.arn.clone(),
            dns_name: self.dns_name.clone(),
            created: self.created,
            scheme: self.scheme,
            ip_address_type: IpAddressType::Ipv4,
            vpc: self.vpc.clone(),
            zones: self.zones.clone(),
            security_groups: self.security_groups.clone(),
            address: self.address,
            attributes,
            tags: self.tags.clone(),
        }
    }

    fn listener(&self, port: Port, listener: &ClassicListener) -> Listener {
        Listener {
            arn: ListenerArn { load_balancer: self.arn.clone(), key: listener.key },
            port,
            protocol: listener.protocol,
            secure: listener.certificate.clone().map(|certificate| Secure {
                policy: self.ssl_policy(listener),
                only: self.ciphers(listener),
                certificate,
                more: Default::default(),
                client_certificates: ClientCertificates::Ignored,
            }),
            default_actions: Actions::only(Action::Forward(Forward::to(listener.group))),
            attributes: Attributes::new(attribute::listener::TABLE),
            tags: Tags::default(),
        }
    }

    fn ssl_policy(&self, listener: &ClassicListener) -> &'static SslPolicy {
        let of_kind = |kind: &PolicyKind| match kind {
            PolicyKind::SslNegotiation(SslNegotiation::Reference(policy)) => Some(*policy),
            _ => None,
        };
        self.policies_of(listener).find_map(|(_, kind)| of_kind(kind)).unwrap_or_else(SslPolicy::by_default)
    }

    /// What a policy of the user's own leaves of the default one's ciphers; nothing without TLS 1.2, which is the only version
    /// of Classic Load Balancers that is spoken here.
    fn ciphers(&self, listener: &ClassicListener) -> Option<BTreeSet<&'static str>> {
        let own = self.policies_of(listener).find_map(|(_, kind)| match kind {
            PolicyKind::SslNegotiation(SslNegotiation::Own(switches)) => Some(switches),
            _ => None,
        })?;
        Some(SslNegotiation::agreed(own))
    }

    /// `None` only if the load balancer's name is no name of a target group, which it always is.
    fn group(&self, port: Port, listener: &ClassicListener) -> Option<TargetGroup> {
        let name = TargetGroupName::parse(self.arn.name.as_str()).ok()?;
        let draining = self.attributes.connection_draining;
        let delay = if draining.enabled { draining.timeout } else { Duration::ZERO };
        let algorithm = match listener.instance_protocol {
            Protocol::Http | Protocol::Https => "least_outstanding_requests",
            Protocol::Tcp | Protocol::Ssl => "round_robin",
        };
        let mut attributes = Attributes::new(attribute::target_group::TABLE);
        set(&mut attributes, of_group::DEREGISTRATION_DELAY, &seconds(delay));
        set(&mut attributes, of_group::ALGORITHM, algorithm);
        set(&mut attributes, of_group::CROSS_ZONE, flag(self.attributes.cross_zone));
        Some(TargetGroup {
            arn: TargetGroupArn { scope: self.arn.scope.clone(), name, key: listener.group },
            created: self.created,
            target_type: TargetType::Instance,
            protocol: listener.instance_protocol,
            protocol_version: ProtocolVersion::Http1,
            port,
            vpc: self.vpc.clone(),
            health_check: self.health_check.lower(),
            attributes,
            policies: self.group_policies(listener),
            tags: Tags::default(),
        })
    }

    fn group_policies(&self, listener: &ClassicListener) -> GroupPolicies {
        let mut policies = GroupPolicies { fails_open: false, ..GroupPolicies::default() };
        for (_, kind) in self.policies_of(listener) {
            match kind {
                PolicyKind::LbCookie { period } => {
                    policies.stickiness = Some(StickinessSetting::ClassicDuration { period: *period });
                }
                PolicyKind::AppCookie { cookie_name } => {
                    let cookie_name = cookie_name.clone();
                    policies.stickiness = Some(StickinessSetting::ClassicApplication { cookie_name });
                }
                _ => {}
            }
        }
        for (_, kind) in self.back_end_policies_of(listener.instance_port) {
            match kind {
                PolicyKind::ProxyProtocol { version } => policies.proxy_protocol = *version,
                PolicyKind::BackEndAuthentication { public_keys } => {
                    let key = |name| match self.policies.get(name) {
                        Some(PolicyKind::PublicKey { key }) => Some(key.clone()),
                        _ => None,
                    };
                    policies.public_keys = Some(public_keys.iter().filter_map(key).collect());
                }
                _ => {}
            }
        }
        policies
    }

    fn targets(&self, listener: &ClassicListener) -> impl Iterator<Item = Target> {
        self.instances.iter().map(|(id, registration)| Target {
            group: listener.group,
            key: registration.key,
            id: TargetId::Instance(id.clone()),
            port: listener.instance_port,
            zone: None,
            registered: registration.registered,
            deregistered: registration.deregistered.or(registration.zone_disabled),
        })
    }
}

fn seconds(duration: Duration) -> String {
    duration.as_secs().to_string()
}

const fn flag(set: bool) -> &'static str {
    if set { "true" } else { "false" }
}

/// The values above are within the ranges of their attributes; one that is not would leave the default.
fn set(attributes: &mut Attributes, key: &str, value: &str) {
    let set = attributes.set(key, value);
    debug_assert!(set.is_ok(), "{key} {value}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classic::{
        ClassicAttributes, ClassicHealthCheck, ConnectionDraining, Lowered, PolicyAttribute, PolicyName,
        Registration,
    };
    use crate::key::{ListenerKey, LoadBalancerKey, TargetGroupKey, TargetKey};
    use crate::{
        AccountId, Change, Configuration, Instance, InstanceId, InstanceSource, LoadBalancerArn,
        LoadBalancerKind, LoadBalancerName, ProxyProtocol, Region, Scheme, Scope, SubnetId, Timestamp, Zone,
        ZonePlacement,
    };

    fn port(number: u16) -> Port {
        Port::new(number).unwrap()
    }

    fn policy(name: &str, kind: &str, value: (&str, &str)) -> (PolicyName, PolicyKind) {
        let attribute = PolicyAttribute { name: value.0.to_owned(), value: value.1.to_owned() };
        (PolicyName::parse(name).unwrap(), PolicyKind::read(kind, &[attribute]).unwrap().unwrap())
    }

    fn listener(number: u64, protocol: Protocol, policies: &[&str]) -> ClassicListener {
        ClassicListener {
            key: ListenerKey::new(number),
            group: TargetGroupKey::new(number),
            protocol,
            instance_protocol: protocol,
            instance_port: port(8080),
            certificate: None,
            policies: policies.iter().map(|name| PolicyName::parse(name).unwrap()).collect(),
        }
    }

    /// Listeners of HTTP and TCP, two instances, one of which is draining.
    fn balancer() -> ClassicLoadBalancer {
        let scope = Scope {
            region: Region::parse("us-east-1").unwrap(),
            account: AccountId::parse("000000000000").unwrap(),
        };
        let registration = |number, deregistered| Registration {
            key: TargetKey::new(number),
            registered: Timestamp::from_secs(1),
            deregistered,
            zone_disabled: None,
        };
        ClassicLoadBalancer {
            arn: LoadBalancerArn {
                scope,
                name: LoadBalancerName::parse("shop").unwrap(),
                key: LoadBalancerKey::new(7),
                kind: LoadBalancerKind::Classic,
            },
            dns_name: "shop-7.us-east-1.elb.localhost".to_owned(),
            created: Timestamp::from_secs(1),
            scheme: Scheme::InternetFacing,
            vpc: String::new(),
            zones: vec![],
            security_groups: vec![],
            address: None,
            listeners: [
                (port(80), listener(1, Protocol::Http, &["carts"])),
                (port(5432), listener(2, Protocol::Tcp, &[])),
            ]
            .into(),
            policies: [
                policy("carts", "AppCookieStickinessPolicyType", ("CookieName", "cart")),
                policy("proxy", "ProxyProtocolPolicyType", ("ProxyProtocol", "true")),
            ]
            .into(),
            back_end_policies: [(port(8080), [PolicyName::parse("proxy").unwrap()].into())].into(),
            health_check: ClassicHealthCheck::default_on(port(8080)),
            instances: [
                (InstanceId::parse("i-1").unwrap(), registration(1, None)),
                (InstanceId::parse("i-2").unwrap(), registration(2, Some(Timestamp::from_secs(9)))),
            ]
            .into(),
            attributes: ClassicAttributes::default(),
            tags: Tags::default(),
        }
    }

    fn configured(balancer: ClassicLoadBalancer) -> Arc<Configuration> {
        let mut configuration = Configuration::default();
        configuration.apply(Change::Put(Entity::ClassicLoadBalancer(Arc::new(balancer))));
        Arc::new(configuration)
    }

    #[test]
    fn each_listener_gets_a_target_group_with_every_instance() {
        let lowered = Lowered::default().next(configured(balancer()));
        assert_eq!((lowered.load_balancers.len(), lowered.listeners.len()), (1, 2));
        assert_eq!((lowered.target_groups.len(), lowered.targets.len()), (2, 4));
        let group = |number| &lowered.target_groups[&TargetGroupKey::new(number)];
        let cookie_name = "cart".to_owned();
        assert_eq!(group(1).stickiness(), StickinessSetting::ClassicApplication { cookie_name });
        assert_eq!(group(2).stickiness(), StickinessSetting::Off);
        assert!(!group(1).policies.fails_open && !group(2).policies.fails_open);
        assert_eq!(group(2).policies.proxy_protocol, Some(ProxyProtocol::V1));
        assert_eq!(group(1).attributes.text(of_group::ALGORITHM), "least_outstanding_requests");
        assert_eq!(group(2).attributes.text(of_group::ALGORITHM), "round_robin");
        assert_eq!(group(1).attributes.text(of_group::CROSS_ZONE), "false");
        let drains = |number| {
            let key = (TargetGroupKey::new(number), TargetKey::new(2));
            lowered.targets[&key].deregistered.is_some()
        };
        assert!(drains(1) && drains(2));
        let told = &lowered.load_balancers[&LoadBalancerKey::new(7)].arn;
        assert_eq!(told.to_string(), "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/shop");
        assert_eq!(told.dimension(), "shop");
    }

    #[test]
    fn requests_in_progress_may_finish_only_with_connection_draining() {
        let delay = |draining| {
            let attributes =
                ClassicAttributes { connection_draining: draining, ..ClassicAttributes::default() };
            let lowered =
                Lowered::default().next(configured(ClassicLoadBalancer { attributes, ..balancer() }));
            lowered.target_groups[&TargetGroupKey::new(1)].deregistration_delay()
        };
        let timeout = Duration::from_secs(20);
        assert_eq!(delay(ConnectionDraining { enabled: true, timeout }), timeout);
        assert_eq!(delay(ConnectionDraining { enabled: false, timeout }), Duration::ZERO);
    }

    #[test]
    fn what_does_not_change_is_shared() {
        let mut lowering = Lowered::default();
        let nothing = Arc::new(Configuration::default());
        assert!(Arc::ptr_eq(&lowering.next(Arc::clone(&nothing)), &nothing));
        let before = lowering.next(configured(balancer()));
        let mut changed = balancer();
        changed.listeners.remove(&port(5432));
        let after = lowering.next(configured(changed));
        let key = TargetGroupKey::new(1);
        assert!(Arc::ptr_eq(&before.target_groups[&key], &after.target_groups[&key]));
        assert_eq!((after.listeners.len(), after.targets.len()), (1, 2));
        assert_eq!(*lowering.next(Arc::clone(&nothing)), Configuration::default());
    }

    #[test]
    fn instances_in_other_zones_are_no_targets_but_for_what_is_in_progress() {
        let zone = |name| Zone::parse(name).unwrap();
        let targets = |zone_disabled, deregistered| {
            let zones = vec![ZonePlacement { zone: zone("a"), subnet: SubnetId::parse("subnet-a").unwrap() }];
            let mut balancer = ClassicLoadBalancer { zones, ..balancer() };
            for registration in balancer.instances.values_mut() {
                (registration.zone_disabled, registration.deregistered) = (None, None);
            }
            let other = balancer.instances.values_mut().last().unwrap();
            (other.zone_disabled, other.deregistered) = (zone_disabled, deregistered);
            let mut configuration = Configuration::clone(&configured(balancer));
            for (id, zone) in [("i-1", zone("a")), ("i-2", zone("b"))] {
                let id = InstanceId::parse(id).unwrap();
                let source = InstanceSource::Operator;
                let instance = Instance { id, address: [10, 0, 0, 1].into(), zone, source };
                configuration.apply(Change::Put(Entity::Instance(Arc::new(instance))));
            }
            let lowered = Lowered::default().next(Arc::new(configuration));
            let targets = lowered.targets.values().filter(|target| target.group.get() == 1);
            targets.map(|target| (target.key.get(), target.deregistered)).collect::<Vec<_>>()
        };
        let since = Some(Timestamp::from_secs(5));
        assert_eq!(targets(None, None), [(1, None)]);
        assert_eq!(targets(since, None), [(1, None), (2, since)]);
        assert_eq!(targets(None, since), [(1, None), (2, since)]);
    }
}
