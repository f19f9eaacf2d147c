//! Which load balancers send requests to which target groups, by rules and by default actions.

use std::collections::{BTreeMap, BTreeSet};

use elbow_model::key::{LoadBalancerKey, TargetGroupKey};
use elbow_model::{Configuration, LoadBalancerArn};

use super::any_rule::AnyRule;

/// The load balancers of every target group that is in use.
pub(super) struct Usage<'a>(BTreeMap<TargetGroupKey, BTreeSet<&'a LoadBalancerArn>>);

impl<'a> Usage<'a> {
    /// Looks at every rule once.
    pub(super) fn of(configuration: &'a Configuration) -> Self {
        let mut users: BTreeMap<TargetGroupKey, BTreeSet<_>> = BTreeMap::new();
        for rule in AnyRule::all(configuration) {
            for group in rule.actions().target_groups() {
                users.entry(group).or_default().insert(rule.load_balancer());
            }
        }
        Self(users)
    }

    /// The load balancers that send requests to a group.
    pub(super) fn load_balancers(&self, group: TargetGroupKey) -> impl Iterator<Item = &'a LoadBalancerArn> {
        self.0.get(&group).into_iter().flatten().copied()
    }
}

/// Whether any rule sends requests to the group.
pub(super) fn in_use(configuration: &Configuration, group: TargetGroupKey) -> bool {
    AnyRule::all(configuration).any(|rule| rule.names(group))
}

/// The target groups that rules of the load balancer send requests to.
pub(super) fn target_groups_of(
    configuration: &Configuration,
    balancer: LoadBalancerKey,
) -> BTreeSet<TargetGroupKey> {
    let rules = AnyRule::of_load_balancer(configuration, balancer);
    rules.flat_map(|rule| rule.actions().target_groups()).collect()
}
