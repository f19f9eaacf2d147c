//! Targets: what requests are sent to.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU16;

use crate::key::{TargetGroupKey, TargetKey};
use crate::{InstanceId, LoadBalancerArn, Timestamp, Zone};

/// A TCP port, 1-65535.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Port(NonZeroU16);

impl Port {
    /// The port with this number; `None` for 0.
    pub const fn new(number: u16) -> Option<Self> {
        match NonZeroU16::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// Its number.
    pub const fn get(self) -> u16 {
        self.0.get()
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How a target was named when it was registered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TargetId {
    /// An address.
    Ip(IpAddr),
    /// An instance; its address is in the instance directory.
    Instance(InstanceId),
    /// Another load balancer, which has a listener on the target's port.
    LoadBalancer(LoadBalancerArn),
}

impl fmt::Display for TargetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(address) => address.fmt(f),
            Self::Instance(id) => id.fmt(f),
            Self::LoadBalancer(arn) => arn.fmt(f),
        }
    }
}

/// Where a target counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetZone {
    /// In every zone (`all`).
    All,
    /// In this one.
    In(Zone),
}

/// One registration of a target with a target group. Within a group, id and port are unique among the registrations
/// that are not draining.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The group it is registered with.
    pub group: TargetGroupKey,
    /// The identity that sessions are bound to.
    pub key: TargetKey,
    /// What it was registered as.
    pub id: TargetId,
    /// The port that receives traffic.
    pub port: Port,
    /// The zone it was registered with; for an instance, that of the directory.
    pub zone: Option<TargetZone>,
    /// When it was registered.
    pub registered: Timestamp,
    /// When it was deregistered: since then it is draining, until the group's deregistration delay is over (B22).
    pub deregistered: Option<Timestamp>,
}
