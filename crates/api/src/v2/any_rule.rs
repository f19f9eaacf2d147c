//! Rules as callers see them: those that were created, and the default one of each listener, which lives in the listener.

use std::sync::Arc;

use elbow_model::key::{LoadBalancerKey, TargetGroupKey};
use elbow_model::{Actions, Configuration, Listener, ListenerArn, LoadBalancerArn, Rule, RuleArn};

/// A rule of either kind.
#[derive(Clone, Copy)]
pub(super) enum AnyRule<'a> {
    /// One that was created.
    Own(&'a Arc<Rule>),
    /// The default rule of a listener.
    Default(&'a Arc<Listener>),
}

impl<'a> AnyRule<'a> {
    /// Every rule of every listener.
    pub(super) fn all(configuration: &'a Configuration) -> impl Iterator<Item = Self> {
        let defaults = configuration.listeners.values().map(Self::Default);
        defaults.chain(configuration.rules.values().map(Self::Own))
    }

    /// Every rule of one listener.
    pub(super) fn of_listener(
        configuration: &'a Configuration,
        listener: &'a Arc<Listener>,
    ) -> impl Iterator<Item = Self> {
        let own = configuration.rules_of(listener.arn.key).map(Self::Own);
        own.chain([Self::Default(listener)])
    }

    /// Every rule of one load balancer.
    pub(super) fn of_load_balancer(
        configuration: &'a Configuration,
        balancer: LoadBalancerKey,
    ) -> impl Iterator<Item = Self> {
        let listeners = configuration.listeners_of(balancer);
        listeners.flat_map(|listener| Self::of_listener(configuration, listener))
    }

    /// Its ARN.
    pub(super) fn arn(self) -> RuleArn {
        match self {
            Self::Own(rule) => rule.arn.clone(),
            Self::Default(listener) => listener.default_rule(),
        }
    }

    /// Whether it has this ARN.
    pub(super) fn is(self, arn: &RuleArn) -> bool {
        match self {
            Self::Own(rule) => rule.arn == *arn,
            Self::Default(listener) => listener.arn == arn.listener && listener.default_rule() == *arn,
        }
    }

    /// Whether it sends requests to the target group.
    pub(super) fn names(self, group: TargetGroupKey) -> bool {
        self.actions().target_groups().any(|key| key == group)
    }

    /// The listener that has it.
    pub(super) fn listener(self) -> &'a ListenerArn {
        match self {
            Self::Own(rule) => &rule.arn.listener,
            Self::Default(listener) => &listener.arn,
        }
    }

    /// The load balancer that has it.
    pub(super) fn load_balancer(self) -> &'a LoadBalancerArn {
        &self.listener().load_balancer
    }

    /// What it does.
    pub(super) fn actions(self) -> &'a Actions {
        match self {
            Self::Own(rule) => &rule.actions,
            Self::Default(listener) => &listener.default_actions,
        }
    }
}
