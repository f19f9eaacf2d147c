//! Amazon Resource Names of load balancers, listeners, rules, target groups and trust stores (A1).

use std::fmt;
use std::sync::Arc;

use crate::key::{ListenerKey, LoadBalancerKey, RuleKey, TargetGroupKey, TrustStoreKey};
use crate::{Invalid, LoadBalancerName, TargetGroupName, TrustStoreName};

/// A region's name, such as `us-east-1`: 1-32 lower-case letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(Arc<str>);

impl Region {
    /// Checks a name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if text.is_empty() || text.len() > 32 || !text.bytes().all(allowed) {
            return Err(Invalid::new(format!("'{text}' is not a region name such as us-east-1")));
        }
        Ok(Self(text.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An account's number: twelve digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(Arc<str>);

impl AccountId {
    /// Checks a number.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() != 12 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Invalid::new(format!("'{text}' is not an account number of twelve digits")));
        }
        Ok(Self(text.into()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The namespace that a resource lives in: names are unique within it, and a caller sees only its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope {
    /// The region, taken from the scope of the caller's signature.
    pub region: Region,
    /// The account.
    pub account: AccountId,
}

impl Scope {
    fn prefix(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "arn:aws:elasticloadbalancing:{}:{}:", self.region.as_str(), self.account.as_str())
    }
}

/// Kinds of load balancers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LoadBalancerKind {
    /// Application Load Balancers.
    Application,
    /// Classic Load Balancers.
    Classic,
}

/// ARN of a load balancer: `…:loadbalancer/app/NAME/KEY`, and `…:loadbalancer/NAME` of a Classic one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LoadBalancerArn {
    /// Region and account.
    pub scope: Scope,
    /// The load balancer's name.
    pub name: LoadBalancerName,
    /// The load balancer's key.
    pub key: LoadBalancerKey,
    /// Its kind.
    pub kind: LoadBalancerKind,
}

impl LoadBalancerArn {
    /// Its name in metrics: `app/NAME/KEY`, and `NAME` of a Classic one (facts of the APIs, section 4).
    pub fn dimension(&self) -> String {
        let Self { name, key, kind, .. } = self;
        match kind {
            LoadBalancerKind::Application => format!("app/{name}/{key}"),
            LoadBalancerKind::Classic => name.to_string(),
        }
    }
}

/// ARN of a listener: `…:listener/app/NAME/LOAD-BALANCER-KEY/KEY`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListenerArn {
    /// The load balancer that listens.
    pub load_balancer: LoadBalancerArn,
    /// The listener's key.
    pub key: ListenerKey,
}

/// ARN of a rule: `…:listener-rule/app/NAME/LOAD-BALANCER-KEY/LISTENER-KEY/KEY`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleArn {
    /// The listener that has the rule.
    pub listener: ListenerArn,
    /// The rule's key.
    pub key: RuleKey,
}

/// ARN of a target group: `…:targetgroup/NAME/KEY`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TargetGroupArn {
    /// Region and account.
    pub scope: Scope,
    /// The target group's name.
    pub name: TargetGroupName,
    /// The target group's key.
    pub key: TargetGroupKey,
}

/// ARN of a trust store: `…:truststore/NAME/KEY`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TrustStoreArn {
    /// Region and account.
    pub scope: Scope,
    /// The trust store's name.
    pub name: TrustStoreName,
    /// The trust store's key.
    pub key: TrustStoreKey,
}

impl TrustStoreArn {
    /// Reads an ARN. `None` for anything that is not exactly the ARN of a trust store.
    pub fn parse(text: &str) -> Option<Self> {
        match Arn::parse(text) {
            Some(Arn::TrustStore(arn)) => Some(arn),
            _ => None,
        }
    }
}

impl fmt::Display for LoadBalancerArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.scope.prefix(f)?;
        write!(f, "loadbalancer/{}", self.dimension())
    }
}

impl fmt::Display for ListenerArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LoadBalancerArn { scope, name, key, .. } = &self.load_balancer;
        scope.prefix(f)?;
        write!(f, "listener/app/{name}/{key}/{}", self.key)
    }
}

impl fmt::Display for RuleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LoadBalancerArn { scope, name, key, .. } = &self.listener.load_balancer;
        scope.prefix(f)?;
        write!(f, "listener-rule/app/{name}/{key}/{}/{}", self.listener.key, self.key)
    }
}

impl fmt::Display for TargetGroupArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.scope.prefix(f)?;
        write!(f, "targetgroup/{}/{}", self.name, self.key)
    }
}

impl fmt::Display for TrustStoreArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.scope.prefix(f)?;
        write!(f, "truststore/{}/{}", self.name, self.key)
    }
}

/// Any ARN that names one of our resources.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Arn {
    /// A load balancer.
    LoadBalancer(LoadBalancerArn),
    /// A listener.
    Listener(ListenerArn),
    /// A rule.
    Rule(RuleArn),
    /// A target group.
    TargetGroup(TargetGroupArn),
    /// A trust store.
    TrustStore(TrustStoreArn),
}

impl Arn {
    /// Reads an ARN. `None` for anything that is not exactly an ARN of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("arn:aws:elasticloadbalancing:")?;
        let (region, rest) = rest.split_once(':')?;
        let (account, resource) = rest.split_once(':')?;
        let scope = Scope { region: Region::parse(region).ok()?, account: AccountId::parse(account).ok()? };
        let parts: Vec<&str> = resource.split('/').collect();
        match parts.as_slice() {
            ["loadbalancer", "app", name, key] => load_balancer(scope, name, key).map(Self::LoadBalancer),
            ["listener", "app", name, balancer, key] => {
                listener(scope, name, balancer, key).map(Self::Listener)
            }
            ["listener-rule", "app", name, balancer, of, key] => Some(Self::Rule(RuleArn {
                listener: listener(scope, name, balancer, of)?,
                key: RuleKey::parse(key)?,
            })),
            ["targetgroup", name, key] => Some(Self::TargetGroup(TargetGroupArn {
                scope,
                name: TargetGroupName::parse(name).ok()?,
                key: TargetGroupKey::parse(key)?,
            })),
            ["truststore", name, key] => Some(Self::TrustStore(TrustStoreArn {
                scope,
                name: TrustStoreName::parse(name).ok()?,
                key: TrustStoreKey::parse(key)?,
            })),
            _ => None,
        }
    }
}

fn load_balancer(scope: Scope, name: &str, key: &str) -> Option<LoadBalancerArn> {
    let (name, key) = (LoadBalancerName::parse(name).ok()?, LoadBalancerKey::parse(key)?);
    Some(LoadBalancerArn { scope, name, key, kind: LoadBalancerKind::Application })
}

fn listener(scope: Scope, name: &str, balancer: &str, key: &str) -> Option<ListenerArn> {
    let load_balancer = load_balancer(scope, name, balancer)?;
    Some(ListenerArn { load_balancer, key: ListenerKey::parse(key)? })
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoadBalancer(arn) => arn.fmt(f),
            Self::Listener(arn) => arn.fmt(f),
            Self::Rule(arn) => arn.fmt(f),
            Self::TargetGroup(arn) => arn.fmt(f),
            Self::TrustStore(arn) => arn.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &[&str] = &[
        "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/shop/50dc6c495c0c9188",
        "arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2",
        "arn:aws:elasticloadbalancing:us-east-1:000000000000:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee",
        "arn:aws:elasticloadbalancing:eu-west-2:123456789012:targetgroup/carts/73e2d6bc24d8a067",
        "arn:aws:elasticloadbalancing:eu-west-2:123456789012:truststore/staff/73e2d6bc24d8a067",
    ];

    #[test]
    fn an_arn_reads_back_what_it_writes() {
        for text in GOOD {
            assert_eq!(Arn::parse(text).expect(text).to_string(), **text);
        }
    }

    #[test]
    fn anything_else_is_not_an_arn() {
        for text in GOOD {
            for end in 0..text.len() {
                assert_eq!(Arn::parse(&text[..end]), None, "{}", &text[..end]);
            }
            assert_eq!(Arn::parse(&format!("{text}0")), None);
            assert_eq!(Arn::parse(&format!("{text}/")), None);
        }
    }
}
