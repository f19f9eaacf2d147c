//! Configurations in a few words, for the tests of the control side.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use elbow_model::attribute::{listener, load_balancer, target_group};
use elbow_model::key::{ListenerKey, LoadBalancerKey, TargetGroupKey, TargetKey};
use elbow_model::{
    AccountId, Action, Actions, Attributes, Change, Configuration, Entity, Forward, GroupPolicies,
    HealthCheck, IpAddressType, KeyGeneration, Listener, ListenerArn, LoadBalancer, LoadBalancerArn,
    LoadBalancerKind, LoadBalancerName, Port, Protocol, ProtocolVersion, Region, Scheme, Scope, Tags, Target,
    TargetGroup, TargetGroupArn, TargetGroupName, TargetId, TargetType, Timestamp,
};
use elbow_routing::Options;
use socket2::{Domain, Socket, Type};

/// Listens on 127.0.0.1 with ports as they are.
pub(crate) const OPTIONS: Options = Options {
    listen_address: IpAddr::V4(Ipv4Addr::LOCALHOST),
    listener_port_offset: 0,
    started: Timestamp::from_millis(0),
};

/// The one target group.
pub(crate) const GROUP: TargetGroupKey = TargetGroupKey::new(1);

/// A port that nobody else gets. It is in nobody's way, because it is bound and does not listen.
pub(crate) fn reserve() -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.set_reuse_port(true).unwrap();
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, address)
}

fn scope() -> Scope {
    let region = Region::parse("us-east-1").unwrap();
    Scope { region, account: AccountId::parse("000000000000").unwrap() }
}

fn balancer_arn() -> LoadBalancerArn {
    let name = LoadBalancerName::parse("lb").unwrap();
    LoadBalancerArn {
        scope: scope(),
        name,
        key: LoadBalancerKey::new(1),
        kind: LoadBalancerKind::Application,
    }
}

/// A key generation that is in force.
pub(crate) fn generation(id: u32) -> KeyGeneration {
    KeyGeneration { id, secret: [7; 16], created: Timestamp::default(), promoted: Timestamp::default() }
}

/// A listener on this port that forwards to [`GROUP`].
pub(crate) fn listener(port: u16) -> Listener {
    let key = ListenerKey::new(port.into());
    Listener {
        arn: ListenerArn { load_balancer: balancer_arn(), key },
        port: Port::new(port).unwrap(),
        protocol: Protocol::Http,
        secure: None,
        default_actions: Actions::only(Action::Forward(Forward::to(GROUP))),
        attributes: Attributes::new(listener::TABLE),
        tags: Tags::default(),
    }
}

/// [`GROUP`] with this health check.
pub(crate) fn group(health_check: HealthCheck) -> TargetGroup {
    let name = TargetGroupName::parse("tg").unwrap();
    TargetGroup {
        arn: TargetGroupArn { scope: scope(), name, key: GROUP },
        created: Timestamp::default(),
        target_type: TargetType::Ip,
        protocol: Protocol::Http,
        protocol_version: ProtocolVersion::Http1,
        port: Port::new(80).unwrap(),
        vpc: String::new(),
        health_check,
        attributes: Attributes::new(target_group::TABLE),
        policies: GroupPolicies::default(),
        tags: Tags::default(),
    }
}

/// A target of [`GROUP`].
pub(crate) fn target(key: u64, address: SocketAddr) -> Target {
    Target {
        group: GROUP,
        key: TargetKey::new(key),
        id: TargetId::Ip(address.ip()),
        port: Port::new(address.port()).unwrap(),
        zone: None,
        registered: Timestamp::default(),
        deregistered: None,
    }
}

/// A load balancer with a listener on port 80, one key generation, and [`GROUP`] without targets.
pub(crate) fn configuration(health_check: HealthCheck) -> Configuration {
    let mut configuration = Configuration::default();
    put(&mut configuration, Entity::KeyGeneration(Arc::new(generation(1))));
    put(&mut configuration, Entity::Listener(Arc::new(listener(80))));
    put(&mut configuration, Entity::TargetGroup(Arc::new(group(health_check))));
    let balancer = LoadBalancer {
        arn: balancer_arn(),
        dns_name: "lb.elb.localhost".to_owned(),
        created: Timestamp::default(),
        scheme: Scheme::InternetFacing,
        ip_address_type: IpAddressType::Ipv4,
        vpc: String::new(),
        zones: Vec::new(),
        security_groups: Vec::new(),
        address: None,
        attributes: Attributes::new(load_balancer::TABLE),
        tags: Tags::default(),
    };
    put(&mut configuration, Entity::LoadBalancer(Arc::new(balancer)));
    configuration
}

/// Adds or replaces something.
pub(crate) fn put(configuration: &mut Configuration, entity: Entity) {
    configuration.apply(Change::Put(entity));
}
