//! What a change concerns, so that everything else can be used again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use elbow_model::key::{ListenerKey, LoadBalancerKey, TargetGroupKey};
use elbow_model::{Configuration, InstanceId, TargetId, TargetType};

/// The parts of a table that a change concerns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    load_balancers: BTreeSet<LoadBalancerKey>,
    listeners: BTreeSet<ListenerKey>,
    groups: BTreeSet<TargetGroupKey>,
}

impl Touched {
    /// Nothing yet.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// What differs between two configurations. Entries that both share are not looked into.
    pub fn between(old: &Configuration, new: &Configuration) -> Self {
        let mut touched = Self {
            load_balancers: differing(&old.load_balancers, &new.load_balancers).copied().collect(),
            listeners: differing(&old.listeners, &new.listeners).copied().collect(),
            groups: differing(&old.target_groups, &new.target_groups).copied().collect(),
        };
        touched.listeners.extend(differing(&old.rules, &new.rules).map(|&(listener, _)| listener));
        touched.groups.extend(differing(&old.targets, &new.targets).map(|&(group, _)| group));
        let instances: BTreeSet<&InstanceId> = differing(&old.instances, &new.instances).collect();
        if !instances.is_empty() {
            let moved = |id: &TargetId| matches!(id, TargetId::Instance(id) if instances.contains(id));
            let targets = new.targets.values().filter(|target| moved(&target.id));
            touched.groups.extend(targets.map(|target| target.group));
        }
        touched.add_layers(old, new);
        touched
    }

    /// Where a load balancer that is a target is reached, and whether requests would come back, depends on all
    /// listeners, rules and groups of that kind.
    fn add_layers(&mut self, old: &Configuration, new: &Configuration) {
        let layers = || new.target_groups.values().filter(|group| group.target_type == TargetType::Alb);
        let of_kind = |key: &TargetGroupKey| {
            let group = new.target_groups.get(key).or_else(|| old.target_groups.get(key));
            group.is_some_and(|group| group.target_type == TargetType::Alb)
        };
        let concerned = self.any_listener()
            || self.groups.iter().any(of_kind)
            || differing(&old.rules, &new.rules).next().is_some();
        if concerned {
            self.groups.extend(layers().map(|group| group.arn.key));
        }
    }

    /// Also this group: its settings, its targets or their health.
    pub fn add_group(&mut self, group: TargetGroupKey) {
        self.groups.insert(group);
    }

    /// Whether nothing is concerned.
    pub fn is_nothing(&self) -> bool {
        !self.any_listener() && self.groups.is_empty()
    }

    pub(crate) fn any_listener(&self) -> bool {
        !self.load_balancers.is_empty() || !self.listeners.is_empty()
    }

    pub(crate) fn listener(&self, listener: ListenerKey, load_balancer: LoadBalancerKey) -> bool {
        self.listeners.contains(&listener) || self.load_balancers.contains(&load_balancer)
    }

    pub(crate) fn groups(&self) -> impl Iterator<Item = TargetGroupKey> {
        self.groups.iter().copied()
    }
}

/// Keys that only one of the maps has, or whose values differ. Shared values are equal without being looked into.
fn differing<'a, K: Ord, V: Eq>(
    old: &'a BTreeMap<K, Arc<V>>,
    new: &'a BTreeMap<K, Arc<V>>,
) -> impl Iterator<Item = &'a K> {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    std::iter::from_fn(move || {
        loop {
            let (before, after) = match (old.peek(), new.peek()) {
                (None, None) => return None,
                (Some(_), None) => return old.next().map(|(key, _)| key),
                (None, Some(_)) => return new.next().map(|(key, _)| key),
                (Some(before), Some(after)) => (*before, *after),
            };
            match before.0.cmp(after.0) {
                std::cmp::Ordering::Less => return old.next().map(|(key, _)| key),
                std::cmp::Ordering::Greater => return new.next().map(|(key, _)| key),
                std::cmp::Ordering::Equal => {
                    old.next();
                    new.next();
                    if !Arc::ptr_eq(before.1, after.1) && before.1 != after.1 {
                        return Some(before.0);
                    }
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{
        Put, balancer, group, group_key, instance, instance_target, listener, one_group, path_rule, target,
        target_key,
    };

    fn after(change: impl FnOnce(&mut Configuration)) -> Touched {
        let mut old = one_group(3);
        old.put(group(2));
        old.put(instance_target(2, 9, "i-1"));
        let mut new = old.clone();
        change(&mut new);
        Touched::between(&old, &new)
    }

    #[test]
    fn a_change_concerns_what_it_changes_and_nothing_else() {
        let groups = |keys: &[u64]| Touched {
            groups: keys.iter().copied().map(group_key).collect(),
            ..Touched::nothing()
        };
        let remove = |new: &mut Configuration| drop(new.targets.remove(&(group_key(1), target_key(2))));
        assert_eq!(after(|_| ()), Touched::nothing());
        assert_eq!(after(|new| new.put(target(1, 1))), Touched::nothing(), "the same value anew");
        assert_eq!(after(|new| new.put(target(1, 4))), groups(&[1]));
        assert_eq!(after(remove), groups(&[1]));
        assert_eq!(after(|new| new.put(group(3))), groups(&[3]));
        assert_eq!(after(|new| new.target_groups.clear()), groups(&[1, 2]));
        assert_eq!(after(|new| new.put(instance("i-1", [10, 0, 0, 1]))), groups(&[2]));
        assert_eq!(after(|new| new.put(instance("i-2", [10, 0, 0, 1]))), groups(&[]));

        let balancer = after(|new| new.put(elbow_model::LoadBalancer { vpc: "vpc-1".into(), ..balancer(1) }));
        assert!(balancer.groups.is_empty() && balancer.any_listener());
        assert!(balancer.listener(ListenerKey::new(1), LoadBalancerKey::new(1)));
        assert!(!balancer.listener(ListenerKey::new(1), LoadBalancerKey::new(2)));
        let listener = after(|new| new.put(listener(7, 1, 81, 1)));
        assert!(listener.groups.is_empty() && listener.any_listener());
        assert!(listener.listener(ListenerKey::new(7), LoadBalancerKey::new(1)));
        assert!(!listener.listener(ListenerKey::new(1), LoadBalancerKey::new(1)));
        let rule = after(|new| new.put(path_rule(5, 1, "/a", 2)));
        assert!(rule.groups.is_empty() && rule.listener(ListenerKey::new(1), LoadBalancerKey::new(9)));
        assert!(!rule.listener(ListenerKey::new(2), LoadBalancerKey::new(1)));
    }
}
