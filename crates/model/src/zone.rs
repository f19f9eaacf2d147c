//! Zones and the subnets in them.

use std::fmt;
use std::sync::Arc;

use crate::{Invalid, Region};

/// The name of an availability zone, such as `us-east-1a`: 1-64 letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Zone(Arc<str>);

impl Zone {
    /// Checks a name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        plain(text, 64).map(Self).ok_or_else(|| {
            Invalid::new(format!("'{text}' is not the name of an availability zone such as us-east-1a"))
        })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a subnet: `subnet-` and 1-64 letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubnetId(Arc<str>);

impl SubnetId {
    /// Checks an id.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let known = text.strip_prefix("subnet-").and_then(|rest| plain(rest, 64)).is_some();
        if known {
            Ok(Self(text.into()))
        } else {
            Err(Invalid::new(format!("The subnet ID '{text}' is not valid")))
        }
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A subnet that the settings do not name: its zone was assigned when it was first seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subnet {
    /// The region it was seen in; each region is a namespace of its own.
    pub region: Region,
    /// The subnet.
    pub id: SubnetId,
    /// Its zone.
    pub zone: Zone,
}

fn plain(text: &str, max: usize) -> Option<Arc<str>> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    ((1..=max).contains(&text.len()) && text.bytes().all(allowed)).then(|| text.into())
}

/// A zone that a load balancer is enabled in, by the subnet it was given there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZonePlacement {
    /// The zone.
    pub zone: Zone,
    /// The subnet in that zone.
    pub subnet: SubnetId,
}
