//! From an ARN in a request to the resource. A caller sees only its own region and account: all else is not found.

use std::sync::Arc;

use elbow_model::{Arn, Listener, LoadBalancer, TargetGroup, TrustStore};

use super::any_rule::AnyRule;
use crate::call::Call;
use crate::error::{Code, Error};
use crate::wire::Params;

/// What the text of an ARN leads to: malformed text is an error, an unknown resource is `None`.
pub(super) type Found<'a, T> = Result<Option<&'a Arc<T>>, Error>;

impl<'a> Call<'a> {
    /// The load balancer with this ARN.
    pub(super) fn seek_load_balancer(&self, text: &str) -> Found<'a, LoadBalancer> {
        let Some(Arn::LoadBalancer(arn)) = Arn::parse(text) else {
            return Err(malformed(text, "load balancer"));
        };
        Ok(self
            .configuration
            .load_balancers
            .get(&arn.key)
            .filter(|it| it.arn == arn && arn.scope == *self.scope))
    }

    /// The listener with this ARN.
    pub(super) fn seek_listener(&self, text: &str) -> Found<'a, Listener> {
        let Some(Arn::Listener(arn)) = Arn::parse(text) else { return Err(malformed(text, "listener")) };
        let found = self.configuration.listeners.get(&arn.key);
        Ok(found.filter(|it| it.arn == arn && arn.load_balancer.scope == *self.scope))
    }

    /// The rule with this ARN, which must be there; the default rule of a listener is one, too.
    pub(super) fn rule(&self, text: &str) -> Result<AnyRule<'a>, Error> {
        let Some(Arn::Rule(arn)) = Arn::parse(text) else { return Err(malformed(text, "listener rule")) };
        let key = (arn.listener.key, arn.key);
        let own = self.configuration.rules.get(&key).filter(|it| it.arn == arn).map(AnyRule::Own);
        let default = || {
            let listener = self.configuration.listeners.get(&arn.listener.key);
            listener.filter(|it| it.default_rule() == arn).map(AnyRule::Default)
        };
        let visible = arn.listener.load_balancer.scope == *self.scope;
        own.or_else(default).filter(|_| visible).ok_or_else(no_rule)
    }

    /// The target group with this ARN.
    pub(super) fn seek_target_group(&self, text: &str) -> Found<'a, TargetGroup> {
        let Some(Arn::TargetGroup(arn)) = Arn::parse(text) else {
            return Err(malformed(text, "target group"));
        };
        Ok(self
            .configuration
            .target_groups
            .get(&arn.key)
            .filter(|it| it.arn == arn && arn.scope == *self.scope))
    }

    /// The trust store with this ARN.
    pub(super) fn seek_trust_store(&self, text: &str) -> Found<'a, TrustStore> {
        let Some(Arn::TrustStore(arn)) = Arn::parse(text) else {
            return Err(malformed(text, "trust store"));
        };
        Ok(self
            .configuration
            .trust_stores
            .get(&arn.key)
            .filter(|it| it.arn == arn && arn.scope == *self.scope))
    }

    /// The load balancer with this ARN, which must be there.
    pub(crate) fn load_balancer(&self, text: &str) -> Result<&'a Arc<LoadBalancer>, Error> {
        self.seek_load_balancer(text)?.ok_or_else(no_load_balancer)
    }

    /// The listener with this ARN, which must be there.
    pub(crate) fn listener(&self, text: &str) -> Result<&'a Arc<Listener>, Error> {
        self.seek_listener(text)?.ok_or_else(no_listener)
    }

    /// The target group with this ARN, which must be there.
    pub(crate) fn target_group(&self, text: &str) -> Result<&'a Arc<TargetGroup>, Error> {
        self.seek_target_group(text)?.ok_or_else(no_target_group)
    }

    /// The trust store with this ARN, which must be there.
    pub(super) fn trust_store(&self, text: &str) -> Result<&'a Arc<TrustStore>, Error> {
        self.seek_trust_store(text)?.ok_or_else(no_trust_store)
    }

    /// The load balancer that the parameter `LoadBalancerArn` names.
    pub(super) fn load_balancer_of(&self, params: &Params<'_>) -> Result<&'a Arc<LoadBalancer>, Error> {
        self.load_balancer(params.required("LoadBalancerArn")?)
    }

    /// The listener that the parameter `ListenerArn` names.
    pub(super) fn listener_of(&self, params: &Params<'_>) -> Result<&'a Arc<Listener>, Error> {
        self.listener(params.required("ListenerArn")?)
    }

    /// The target group that the parameter `TargetGroupArn` names.
    pub(super) fn target_group_of(&self, params: &Params<'_>) -> Result<&'a Arc<TargetGroup>, Error> {
        self.target_group(params.required("TargetGroupArn")?)
    }

    /// The trust store that the parameter `TrustStoreArn` names.
    pub(super) fn trust_store_of(&self, params: &Params<'_>) -> Result<&'a Arc<TrustStore>, Error> {
        self.trust_store(params.required("TrustStoreArn")?)
    }

    /// Every trust store that the caller sees.
    pub(super) fn trust_stores(&self) -> impl Iterator<Item = &'a Arc<TrustStore>> {
        self.configuration.trust_stores.values().filter(|it| it.arn.scope == *self.scope)
    }

    /// Every load balancer that the caller sees.
    pub(super) fn load_balancers(&self) -> impl Iterator<Item = &'a Arc<LoadBalancer>> {
        self.configuration.load_balancers.values().filter(|it| it.arn.scope == *self.scope)
    }

    /// Every target group that the caller sees.
    pub(super) fn target_groups(&self) -> impl Iterator<Item = &'a Arc<TargetGroup>> {
        self.configuration.target_groups.values().filter(|it| it.arn.scope == *self.scope)
    }
}

/// The refusal of a text that is not an ARN of the kind that is asked for.
pub(super) fn malformed(text: &str, noun: &str) -> Error {
    Error::validation(format!("'{text}' is not a valid {noun} ARN"))
}

fn no_load_balancer() -> Error {
    Error::new(Code::LoadBalancerNotFound, "One or more load balancers not found")
}

fn no_listener() -> Error {
    Error::new(Code::ListenerNotFound, "One or more listeners not found")
}

fn no_rule() -> Error {
    Error::new(Code::RuleNotFound, "One or more rules not found")
}

/// The refusal of a trust store that is not there.
pub(super) fn no_trust_store() -> Error {
    Error::new(Code::TrustStoreNotFound, "One or more trust stores not found")
}

/// The refusal of a target group that is not there.
pub(super) fn no_target_group() -> Error {
    Error::new(Code::TargetGroupNotFound, "One or more target groups not found")
}
