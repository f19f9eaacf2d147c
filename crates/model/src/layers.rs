//! Load balancers behind load balancers: which listeners a request may come to, one after the other, because a target
//! group has a load balancer as its target.
//!
//! A request that comes back to where it was would go round for ever. The API refuses what makes such a loop, and a
//! node does not resolve a target that closes one; both ask here. The work is bounded by the number of listeners: each
//! is visited once.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::key::{ListenerKey, LoadBalancerKey, TargetGroupKey};
use crate::{Configuration, Listener, Port, TargetId};

impl Configuration {
    /// The listener of a load balancer on a port.
    pub fn listener_at(&self, balancer: LoadBalancerKey, port: Port) -> Option<&Arc<Listener>> {
        self.listeners_of(balancer).find(|listener| listener.port == port)
    }

    /// The listeners that a request may come to after it is sent to a target of `group`.
    pub fn listeners_behind(&self, group: TargetGroupKey) -> BTreeSet<ListenerKey> {
        self.visited(self.next(group))
    }

    /// Whether a request that comes to `listener` may be sent to a target of `group`, there or further on.
    pub fn leads_to(&self, listener: ListenerKey, group: TargetGroupKey) -> bool {
        let visited = self.visited([listener]);
        visited.into_iter().any(|listener| self.groups_of(listener).contains(&group))
    }

    /// Everything that can be reached from these listeners, themselves included.
    fn visited(&self, from: impl IntoIterator<Item = ListenerKey>) -> BTreeSet<ListenerKey> {
        let mut visited = BTreeSet::new();
        let mut waiting: Vec<ListenerKey> = from.into_iter().collect();
        while let Some(listener) = waiting.pop() {
            if visited.insert(listener) {
                waiting.extend(self.groups_of(listener).into_iter().flat_map(|group| self.next(group)));
            }
        }
        visited
    }

    /// The target groups that the default actions and the rules of a listener name.
    fn groups_of(&self, listener: ListenerKey) -> BTreeSet<TargetGroupKey> {
        let default =
            self.listeners.get(&listener).into_iter().flat_map(|it| it.default_actions.target_groups());
        let rules = self.rules_of(listener).flat_map(|rule| rule.actions.target_groups());
        default.chain(rules).collect()
    }

    /// The listeners that are targets of a group.
    fn next(&self, group: TargetGroupKey) -> impl Iterator<Item = ListenerKey> {
        self.targets_of(group).filter_map(|target| match &target.id {
            TargetId::LoadBalancer(arn) => Some(self.listener_at(arn.key, target.port)?.arn.key),
            TargetId::Ip(_) | TargetId::Instance(_) => None,
        })
    }
}
