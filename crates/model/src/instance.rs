//! The instance directory: where targets of type `instance` live, and who says so.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use crate::{Invalid, Zone};

/// The id of an instance: `i-` and 1-64 letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstanceId(Arc<str>);

impl InstanceId {
    /// Checks an id.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let rest = text.strip_prefix("i-").unwrap_or_default();
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if !(1..=64).contains(&rest.len()) || !rest.bytes().all(allowed) {
            return Err(Invalid::new(format!("The instance ID '{text}' is not valid")));
        }
        Ok(Self(text.into()))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An entry of the instance directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The instance.
    pub id: InstanceId,
    /// Where its ports are reached.
    pub address: IpAddr,
    /// The zone it runs in.
    pub zone: Zone,
    /// Who says so.
    pub source: InstanceSource,
}

/// Who says where an instance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstanceSource {
    /// Whoever runs Elbow. It holds until they say otherwise.
    Operator,
    /// The EC2 endpoint. It is asked again, for as long as a target is registered as this instance.
    Ec2,
}
