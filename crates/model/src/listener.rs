//! Listeners (L1).

use std::fmt;

use crate::{Action, Attributes, ListenerArn, Port, Tags};

/// What clients speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// HTTP/1.0 and HTTP/1.1 in clear.
    Http,
}

impl Protocol {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A port that a load balancer accepts connections on, and what happens to requests there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Its ARN, which names its load balancer.
    pub arn: ListenerArn,
    /// The port as the API names it; see `--listener-port-offset` for the port that is bound.
    pub port: Port,
    /// What clients speak.
    pub protocol: Protocol,
    /// The action of the default rule.
    pub default_action: Action,
    /// Attributes of section 7.3 of the facts.
    pub attributes: Attributes,
    /// Tags.
    pub tags: Tags,
}
