//! Load balancers.

use std::net::IpAddr;

use crate::{Attributes, LoadBalancerArn, Tags, Timestamp, ZonePlacement};

/// Whom a load balancer is for. It decides the DNS name only: Elbow binds where its settings say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Reached from anywhere.
    InternetFacing,
    /// Reached from within.
    Internal,
}

impl Scheme {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InternetFacing => "internet-facing",
            Self::Internal => "internal",
        }
    }

    /// Reads AWS's word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::InternetFacing, Self::Internal].into_iter().find(|scheme| scheme.as_str() == text)
    }
}

/// Which kinds of addresses a load balancer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IpAddressType {
    /// IPv4 only.
    Ipv4,
    /// IPv4 and IPv6.
    Dualstack,
    /// IPv6 to the public, IPv4 within.
    DualstackWithoutPublicIpv4,
}

impl IpAddressType {
    /// All of them, in the order in which AWS lists them in messages.
    pub const ALL: [Self; 3] = [Self::Ipv4, Self::Dualstack, Self::DualstackWithoutPublicIpv4];

    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ipv4 => "ipv4",
            Self::Dualstack => "dualstack",
            Self::DualstackWithoutPublicIpv4 => "dualstack-without-public-ipv4",
        }
    }

    /// Reads AWS's word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// An Application Load Balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancer {
    /// Its ARN.
    pub arn: LoadBalancerArn,
    /// The name clients reach it by, `<name>-<id>.<region>.elb.localhost` in lower case; where several load balancers
    /// listen on one address and port, the Host header picks the one of that name.
    pub dns_name: String,
    /// When it was created.
    pub created: Timestamp,
    /// Whom it is for.
    pub scheme: Scheme,
    /// Its kinds of addresses.
    pub ip_address_type: IpAddressType,
    /// The virtual private cloud that its subnets are in; informative.
    pub vpc: String,
    /// The zones it is enabled in, at least two.
    pub zones: Vec<ZonePlacement>,
    /// Security groups; kept and read back, not enforced.
    pub security_groups: Vec<String>,
    /// Its own address out of the address pool; `None`: it shares the node's listen address.
    pub address: Option<IpAddr>,
    /// Attributes of section 7.1 of the facts.
    pub attributes: Attributes,
    /// Tags.
    pub tags: Tags,
}
