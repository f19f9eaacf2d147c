//! Listeners (L1).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::attribute::listener::HTTP2_CLEARTEXT;
use crate::key::RuleKey;
use crate::{
    Actions, Attributes, CertificateArn, ClientCertificates, Invalid, ListenerArn, Port, RuleArn, SslPolicy,
    Tags,
};

/// What clients, or targets, speak. The last two are Classic Load Balancers' alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// HTTP/1.0 and HTTP/1.1 in clear.
    Http,
    /// The same over TLS.
    Https,
    /// Anything, in clear; nobody looks into it.
    Tcp,
    /// Anything, over TLS.
    Ssl,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Http, Self::Https, Self::Tcp, Self::Ssl];

    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Https => "HTTPS",
            Self::Tcp => "TCP",
            Self::Ssl => "SSL",
        }
    }

    /// Whether it is spoken over TLS.
    pub const fn is_secure(self) -> bool {
        matches!(self, Self::Https | Self::Ssl)
    }

    /// Whether it is HTTP; the others are bytes that are passed on as they are.
    pub const fn is_http(self) -> bool {
        matches!(self, Self::Http | Self::Https)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How the connections of a listener are encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secure {
    /// Which versions of TLS and which ciphers are agreed to.
    pub policy: &'static SslPolicy,
    /// Which of the policy's ciphers are agreed to, by OpenSSL's names; `None`: all.
    pub only: Option<BTreeSet<&'static str>>,
    /// What is shown to a client that asks for no name, or for one that no certificate has (R28).
    pub certificate: CertificateArn,
    /// What is shown to those who ask for its names (R28).
    pub more: BTreeSet<CertificateArn>,
    /// What is done with the certificates of clients (R32).
    pub client_certificates: ClientCertificates,
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
    /// How it is encrypted: there if, and only if, the protocol is [`Protocol::Https`].
    pub secure: Option<Secure>,
    /// What the default rule does with requests that no other rule matches (L1).
    pub default_actions: Actions,
    /// Attributes of section 7.3 of the facts.
    pub attributes: Attributes,
    /// Tags.
    pub tags: Tags,
}

impl Listener {
    /// Whether clients can speak HTTP/2 to it: over TLS, or in clear if that is switched on.
    pub fn takes_http2(&self) -> bool {
        self.protocol == Protocol::Https || self.attributes.flag(HTTP2_CLEARTEXT)
    }

    /// A rule between attributes that are not what they were `before`: headers that targets are told something by have names of
    /// their own (R27, R32). Names from before there was this rule stay until they are changed.
    // AWS: unknown whether it takes one name for two headers. We refuse it: a target would read a client's subject as its
    // issuer.
    pub fn check_header_names(&self, before: &Attributes) -> Result<(), Invalid> {
        let is_new = |key: &str| self.attributes.text(key) != before.text(key);
        let mut named: BTreeMap<String, &str> = BTreeMap::new();
        for (key, value) in self.attributes.iter() {
            let usual =
                key.strip_prefix("routing.http.request.").and_then(|it| it.strip_suffix(".header_name"));
            let Some(usual) = usual else { continue };
            let name = if value.is_empty() { usual } else { value };
            let other = named.insert(name.to_ascii_lowercase().replace('-', "_"), key);
            if let Some(other) = other.filter(|other| is_new(key) || is_new(other)) {
                return Err(Invalid::new(format!(
                    "'{key}' and '{other}' cannot both name the header '{}'",
                    name.replace('_', "-")
                )));
            }
        }
        Ok(())
    }

    /// The ARN of its default rule. That rule lives and dies with the listener and has its key.
    pub fn default_rule(&self) -> RuleArn {
        RuleArn { listener: self.arn.clone(), key: RuleKey::new(self.arn.key.get()) }
    }
}
