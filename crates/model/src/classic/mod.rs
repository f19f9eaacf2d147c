//! Classic Load Balancers, as their API knows them, and how they become the nouns that everything else works with.
//!
//! A [`ClassicLoadBalancer`] is what is remembered. Requests are served by what it is lowered to
//! ([`ClassicLoadBalancer::lower`]): a load balancer, and for each listener a listener with a target group of its own. That is
//! where the differences between the two kinds of load balancers end; what remains of them are policy values of
//! those nouns.

mod attributes;
mod health_check;
mod lower;
mod lowered;
mod name;
mod policy;
mod ssl_switches;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

pub use self::attributes::{AccessLog, ClassicAttributes, ConnectionDraining, DesyncMitigation};
pub use self::health_check::{CheckTarget, ClassicHealthCheck};
pub use self::lowered::Lowered;
pub use self::name::PolicyName;
pub use self::policy::{PolicyAttribute, PolicyKind, SslNegotiation};
pub use self::ssl_switches::{SERVER_ORDER, SSL_PROTOCOLS, ssl_switches};
use crate::key::{ListenerKey, TargetGroupKey, TargetKey};
use crate::{
    CertificateArn, InstanceId, Invalid, LoadBalancerArn, Port, Protocol, Scheme, Tags, Timestamp, Zone,
    ZonePlacement,
};

/// A Classic Load Balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassicLoadBalancer {
    /// Its ARN, of the kind that has no key in it; its API works by name.
    pub arn: LoadBalancerArn,
    /// The name clients reach it by; see [`crate::LoadBalancer::dns_name`].
    pub dns_name: String,
    /// When it was created.
    pub created: Timestamp,
    /// Whom it is for.
    pub scheme: Scheme,
    /// The virtual private cloud that its subnets are in; informative.
    pub vpc: String,
    /// The zones it is enabled in; one that was named without a subnet has the default one of that zone.
    pub zones: Vec<ZonePlacement>,
    /// Security groups; kept and read back, not enforced.
    pub security_groups: Vec<String>,
    /// Its own address out of the address pool; `None`: it shares the node's listen address.
    pub address: Option<IpAddr>,
    /// Its listeners, by the port that clients connect to.
    pub listeners: BTreeMap<Port, ClassicListener>,
    /// Its policies, in force or not.
    pub policies: BTreeMap<PolicyName, PolicyKind>,
    /// The policies in force for a port of its instances.
    pub back_end_policies: BTreeMap<Port, BTreeSet<PolicyName>>,
    /// How its instances are checked.
    pub health_check: ClassicHealthCheck,
    /// Its instances, those that are draining included.
    pub instances: BTreeMap<InstanceId, Registration>,
    /// Its attributes.
    pub attributes: ClassicAttributes,
    /// Tags.
    pub tags: Tags,
}

/// A listener of a Classic Load Balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassicListener {
    /// Identity of the listener that it is lowered to.
    pub key: ListenerKey,
    /// Identity of the target group that it is lowered to.
    pub group: TargetGroupKey,
    /// What clients speak.
    pub protocol: Protocol,
    /// What instances speak.
    pub instance_protocol: Protocol,
    /// The port of instances.
    pub instance_port: Port,
    /// What is shown to clients; there is one with HTTPS and SSL, and only there.
    pub certificate: Option<CertificateArn>,
    /// The policies in force, in the order they were set.
    pub policies: Vec<PolicyName>,
}

/// An instance that is registered with a Classic Load Balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Identity of the target that it is in each of the target groups.
    pub key: TargetKey,
    /// When it was registered.
    pub registered: Timestamp,
    /// When it was deregistered, while requests in progress may still finish.
    pub deregistered: Option<Timestamp>,
    /// When its zone was disabled, while requests in progress may still finish.
    pub zone_disabled: Option<Timestamp>,
}

impl ClassicListener {
    /// Checks that what clients and what instances speak go together: HTTP and HTTPS, or TCP and SSL.
    pub fn validate(&self) -> Result<(), Invalid> {
        let Self { protocol, instance_protocol, .. } = self;
        if protocol.is_http() == instance_protocol.is_http() {
            return Ok(());
        }
        Err(Invalid::new(format!(
            "A listener with protocol {protocol} cannot have instance protocol {instance_protocol}: HTTP and HTTPS go \
             together, and TCP and SSL"
        )))
    }
}

impl ClassicLoadBalancer {
    /// Checks that instances are spoken to over TLS by all listeners for one port of them, or by none (facts of the APIs,
    /// section 9); and that they are told of clients by the proxy protocol only where they are spoken to over TCP or SSL (AWS,
    /// "Configure proxy protocol for your Classic Load Balancer").
    pub fn validate_instance_ports(&self) -> Result<(), Invalid> {
        let mut secure = BTreeMap::new();
        for listener in self.listeners.values() {
            let port = listener.instance_port;
            let told = |kind: &PolicyKind| matches!(kind, PolicyKind::ProxyProtocol { version: Some(_) });
            if listener.protocol.is_http() && self.back_end_policies_of(port).any(|(_, kind)| told(kind)) {
                return Err(Invalid::new(format!(
                    "The proxy protocol can only be enabled on ports that are spoken to over TCP or SSL, and InstancePort {port} \
                     is spoken to over {}; HTTP tells the client's address in X-Forwarded-For",
                    listener.instance_protocol
                )));
            }
            let is_secure = listener.instance_protocol.is_secure();
            if *secure.entry(listener.instance_port).or_insert(is_secure) != is_secure {
                return Err(Invalid::new(format!(
                    "Listeners with the same InstancePort {} must have secure instance protocols (HTTPS, SSL) or none of them",
                    listener.instance_port
                )));
            }
        }
        Ok(())
    }

    /// Whether instances in this zone are sent requests.
    pub fn is_enabled_in(&self, zone: &Zone) -> bool {
        self.zones.iter().any(|placement| placement.zone == *zone)
    }

    /// Policies in force on a listener, without names that are of no policy.
    pub fn policies_of<'a>(
        &'a self,
        listener: &'a ClassicListener,
    ) -> impl Iterator<Item = (&'a PolicyName, &'a PolicyKind)> {
        listener.policies.iter().filter_map(|name| self.policies.get_key_value(name))
    }

    /// Policies in force for a port of the instances.
    pub fn back_end_policies_of(&self, port: Port) -> impl Iterator<Item = (&PolicyName, &PolicyKind)> {
        let names = self.back_end_policies.get(&port).into_iter().flatten();
        names.filter_map(|name| self.policies.get_key_value(name))
    }

    /// Whether a policy is in force, on a listener, for a port of the instances, or as a part of one that is.
    pub fn is_in_force(&self, policy: &PolicyName) -> bool {
        let on_listener = self.listeners.values().any(|listener| listener.policies.contains(policy));
        let of_instances = || self.back_end_policies.values().any(|names| names.contains(policy));
        let part = || {
            self.policies.values().any(|kind| match kind {
                PolicyKind::BackEndAuthentication { public_keys } => public_keys.contains(policy),
                _ => false,
            })
        };
        on_listener || of_instances() || part()
    }
}
