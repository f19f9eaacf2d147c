//! The routing table: everything a request is routed by, at one moment.

use std::sync::Arc;

use elbow_model::key::{ListenerKey, LoadBalancerKey, TargetGroupKey, TargetKey};
use elbow_model::{Configuration, HealthReason, HealthState, TargetHealth};

use crate::{Bindings, Group, HealthView, KeyMap, ListenerRoutes, Options, Touched};

/// The routing table. Immutable; shared by all workers; tables that follow each other share what did not change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    options: Options,
    bindings: Arc<Bindings>,
    listeners: Arc<KeyMap<ListenerKey, Arc<ListenerRoutes>>>,
    /// Groups that a rule of a listener sends requests to.
    used: Arc<KeyMap<TargetGroupKey, LoadBalancerKey>>,
    groups: KeyMap<TargetGroupKey, Arc<Group>>,
}

impl Table {
    /// Compiles everything.
    pub fn compile(configuration: &Configuration, health: &HealthView, options: &Options) -> Self {
        let nothing = Configuration::default();
        let empty = Self {
            options: *options,
            bindings: Arc::default(),
            listeners: Arc::default(),
            used: Arc::default(),
            groups: KeyMap::default(),
        };
        empty.recompiled(configuration, health, &Touched::between(&nothing, configuration))
    }

    /// The table after a change. `configuration` and `health` are the new state of everything, and `touched` names all
    /// in which it differs from the state this table was compiled from; the rest is shared with this table.
    pub fn recompiled(&self, configuration: &Configuration, health: &HealthView, touched: &Touched) -> Self {
        let mut table = self.clone();
        if touched.any_listener() {
            table.compile_listeners(configuration, touched);
        }
        for key in touched.groups() {
            match configuration.target_groups.get(&key) {
                Some(settings) => {
                    let previous = table.groups.get(&key).map(AsRef::as_ref);
                    let group = Group::compile(settings, configuration, health, &self.options, previous);
                    table.groups.insert(key, Arc::new(group));
                }
                None => drop(table.groups.remove(&key)),
            }
        }
        table
    }

    fn compile_listeners(&mut self, configuration: &Configuration, touched: &Touched) {
        let mut listeners = KeyMap::default();
        for (&key, listener) in &configuration.listeners {
            let balancer = listener.arn.load_balancer.key;
            let Some(settings) = configuration.load_balancers.get(&balancer) else { continue };
            let routes = match self.listeners.get(&key) {
                Some(known) if !touched.listener(key, balancer) => known.clone(),
                _ => {
                    let rules = configuration.rules_of(key);
                    Arc::new(ListenerRoutes::compile(listener, settings, rules))
                }
            };
            listeners.insert(key, routes);
        }
        let mut used = KeyMap::default();
        for routes in listeners.values() {
            for group in routes.target_groups() {
                let user: &mut LoadBalancerKey = used.entry(group).or_insert(routes.load_balancer);
                *user = routes.load_balancer.min(*user);
            }
        }
        let bindings = Bindings::compile(configuration, &listeners, &self.options);
        self.listeners = Arc::new(listeners);
        replace_if_different(&mut self.used, used);
        replace_if_different(&mut self.bindings, bindings);
    }

    /// The sockets that are wanted, and the listeners on each.
    pub fn bindings(&self) -> &Arc<Bindings> {
        &self.bindings
    }

    /// The listener with this key; `None` if it is not configured (any more).
    pub fn listener(&self, key: ListenerKey) -> Option<&Arc<ListenerRoutes>> {
        self.listeners.get(&key)
    }

    /// All listeners, in no particular order.
    pub fn listeners(&self) -> impl Iterator<Item = &Arc<ListenerRoutes>> {
        self.listeners.values()
    }

    /// The target group with this key; `None` if it is not configured (any more).
    pub fn group(&self, key: TargetGroupKey) -> Option<&Arc<Group>> {
        self.groups.get(&key)
    }

    /// All target groups, in no particular order.
    pub fn groups(&self) -> impl Iterator<Item = &Arc<Group>> {
        self.groups.values()
    }

    /// Whether a rule of a listener sends requests to this group. The targets of others are not checked.
    pub fn is_used(&self, group: TargetGroupKey) -> bool {
        self.used.contains_key(&group)
    }

    /// The load balancer that sends requests to this group: there is one at most (facts, section 8).
    pub fn user(&self, group: TargetGroupKey) -> Option<LoadBalancerKey> {
        self.used.get(&group).copied()
    }

    /// What is known of the health of a target that is registered, not draining, and whose group is in use (B17, B18):
    /// that much is asked of the configuration first, which may be newer than this table. What this table has not heard
    /// of yet is being registered.
    pub fn target_health(&self, group: TargetGroupKey, target: TargetKey) -> TargetHealth {
        let tell = |state, reason| TargetHealth { state, reason: Some(reason) };
        match self.group(group).map(|group| (group, group.target(target))) {
            Some((_, Some(target))) => target.health,
            Some((group, None)) if group.is_unresolved(target) => {
                tell(HealthState::Unused, HealthReason::InvalidState)
            }
            Some((_, None)) | None => tell(HealthState::Initial, HealthReason::RegistrationInProgress),
        }
    }
}

/// Keeps the shared value if the new one says the same, so that a look at the address tells whether anything changed.
fn replace_if_different<T: Eq>(shared: &mut Arc<T>, new: T) {
    if **shared != new {
        *shared = Arc::new(new);
    }
}

#[cfg(test)]
mod tests {
    use elbow_model::{
        Action as ConfiguredAction, Actions, Forward, Target, TargetGroup, TargetType, Timestamp,
    };

    use super::*;
    use crate::testing::{
        Chance, HEALTHY, OPTIONS, Put, UNHEALTHY, balancer, balancer_target, group, group_key, instance,
        instance_target, listener, one_group, path_rule, target, target_key,
    };

    #[test]
    fn every_target_has_a_health_in_the_words_of_aws() {
        let mut configuration = one_group(3);
        configuration.put(instance_target(1, 4, "i-unknown"));
        let mut health = HealthView::default();
        health.set(group_key(1), target_key(1), UNHEALTHY);
        health.set(group_key(1), target_key(3), HEALTHY);
        let table = Table::compile(&configuration, &health, &OPTIONS);

        let told = |group, target| {
            let health = table.target_health(group_key(group), target_key(target));
            (health.state.as_str(), health.reason.map(HealthReason::code))
        };
        assert_eq!(told(1, 1), ("unhealthy", Some("Target.FailedHealthChecks")));
        assert_eq!(told(1, 2), ("initial", Some("Elb.RegistrationInProgress")));
        assert_eq!(told(1, 3), ("healthy", None));
        assert_eq!(told(1, 4), ("unused", Some("Target.InvalidState")));
        // The configuration is ahead of the table.
        assert_eq!(told(1, 5), ("initial", Some("Elb.RegistrationInProgress")));
        assert_eq!(told(2, 6), ("initial", Some("Elb.RegistrationInProgress")));
    }

    #[test]
    fn a_group_that_only_a_rule_names_is_used() {
        let mut configuration = one_group(1);
        configuration.put(group(2));
        configuration.put(path_rule(1, 1, "/a", 2));
        let used = |configuration: &Configuration| {
            let table = Table::compile(configuration, &HealthView::default(), &OPTIONS);
            [1, 2, 3].map(|number| table.is_used(group_key(number)))
        };
        assert_eq!(used(&configuration), [true, true, false]);
        configuration.rules.clear();
        assert_eq!(used(&configuration), [true, false, false]);
    }

    #[test]
    fn a_listener_of_no_load_balancer_is_not_there() {
        let mut configuration = one_group(1);
        configuration.load_balancers.clear();
        let table = Table::compile(&configuration, &HealthView::default(), &OPTIONS);
        assert_eq!(table.listener(ListenerKey::new(1)), None);
        assert_eq!(table.bindings().iter().count(), 0);
        assert!(!table.is_used(group_key(1)));
    }

    /// What two tables do not share, as (listeners, groups, bindings).
    fn rebuilt(old: &Table, new: &Table) -> (usize, usize, bool) {
        let fresh =
            |known: Option<&Arc<ListenerRoutes>>, routes| known.is_none_or(|it| !Arc::ptr_eq(it, routes));
        let listeners = new.listeners.iter().filter(|(key, routes)| fresh(old.listener(**key), routes));
        let fresh = |known: Option<&Arc<Group>>, group| known.is_none_or(|it| !Arc::ptr_eq(it, group));
        let groups = new.groups.iter().filter(|(key, group)| fresh(old.group(**key), group));
        (listeners.count(), groups.count(), !Arc::ptr_eq(&old.bindings, &new.bindings))
    }

    /// However much is configured, a change rebuilds only what it concerns.
    #[test]
    fn the_work_of_a_change_does_not_grow_with_what_is_configured() {
        for size in [1, 10, 1000] {
            let mut configuration = Configuration::default();
            for number in 1..=size {
                configuration.put(balancer(number));
                configuration.put(listener(number, number, 80, number));
                configuration.put(path_rule(1, number, "/img/*", number));
                configuration.put(group(number));
                (0..3).for_each(|n| configuration.put(target(number, number * 10 + n)));
            }
            let mut health = HealthView::default();
            let table = Table::compile(&configuration, &health, &OPTIONS);
            let step = |change: &dyn Fn(&mut Configuration)| {
                let mut new = configuration.clone();
                change(&mut new);
                let touched = Touched::between(&configuration, &new);
                rebuilt(&table, &table.recompiled(&new, &HealthView::default(), &touched))
            };
            assert_eq!(step(&|_| ()), (0, 0, false));
            assert_eq!(step(&|new| new.put(target(1, 5))), (0, 1, false));
            assert_eq!(step(&|new| new.put(group(size + 1))), (0, 1, false));
            assert_eq!(step(&|new| new.put(listener(size + 1, 1, 81, 1))), (1, 0, true));
            let mut renamed = balancer(1);
            renamed.vpc = "vpc-1".to_owned();
            assert_eq!(step(&|new| new.put(renamed.clone())), (1, 0, false));
            assert_eq!(step(&|new| new.put(path_rule(2, 1, "/a", 1))), (1, 0, true));
            assert_eq!(step(&|new| drop(new.rules.pop_first())), (1, 0, true));

            health.set(group_key(1), target_key(10), HEALTHY);
            let mut touched = Touched::nothing();
            touched.add_group(group_key(1));
            assert_eq!(rebuilt(&table, &table.recompiled(&configuration, &health, &touched)), (0, 1, false));
        }
    }

    /// The group of [`World`] whose targets are load balancers.
    const LAYERED: u64 = 4;

    /// Steps through a world of a few of everything, one random change at a time.
    struct World {
        chance: Chance,
        configuration: Configuration,
        health: HealthView,
    }

    impl World {
        /// Makes one change, and says which group's health it was, if it was that.
        fn step(&mut self) -> Option<TargetGroupKey> {
            let (one, other) = (1 + self.chance.below(4), 1 + self.chance.below(4));
            let (group_of, target_of) = (group_key(one), target_key(10 * one + other));
            match self.chance.below(16) {
                0 => self.configuration.put(balancer(one)),
                1 => drop(self.configuration.load_balancers.pop_last()),
                2 | 3 => self.configuration.put(self.listener(one, other)),
                4 => drop(self.configuration.listeners.pop_last()),
                5 if one == LAYERED => {
                    let target_type = TargetType::Alb;
                    self.configuration.put(TargetGroup { target_type, ..group(one) });
                }
                5 => self.configuration.put(group(one)),
                6 => drop(self.configuration.target_groups.remove(&group_of)),
                7 => self.configuration.put(target(one, target_of.get())),
                8 => self.configuration.put(instance_target(one, target_of.get(), "i-1")),
                9 => drop(self.configuration.targets.remove(&(group_of, target_of))),
                10 => match self.configuration.instances.pop_first() {
                    Some(_) => {}
                    None => self.configuration.put(instance("i-1", [10, 9, 9, 9])),
                },
                11 => {
                    let target = balancer_target(LAYERED, 10 * LAYERED + other, 1 + one % 2, 81);
                    self.configuration.put(target);
                }
                12 => self.configuration.put(path_rule(other as u16, one, "/a", 1 + (one + other) % 4)),
                13 => drop(self.configuration.rules.pop_first()),
                14 => self.configuration.put(Target {
                    deregistered: Some(Timestamp::from_secs(other)),
                    ..target(one, target_of.get())
                }),
                _ => {
                    let health = if other > 2 { HEALTHY } else { UNHEALTHY };
                    self.health.set(group_of, target_of, health);
                    return Some(group_of);
                }
            }
            None
        }

        fn listener(&self, one: u64, other: u64) -> elbow_model::Listener {
            let default_actions = Actions::only(ConfiguredAction::Forward(Forward::to(group_key(other))));
            elbow_model::Listener {
                default_actions,
                ..listener(one, 1 + one % 2, if one > 2 { 81 } else { 80 }, other)
            }
        }
    }

    #[test]
    fn a_table_that_followed_every_change_is_the_table_compiled_at_once() {
        for seed in 0..20 {
            let chance = Chance::seeded(seed);
            let (configuration, health) = (Configuration::default(), HealthView::default());
            let mut world = World { chance, configuration, health };
            let mut table = Table::compile(&world.configuration, &world.health, &OPTIONS);
            for _ in 0..300 {
                let before = world.configuration.clone();
                let checked = world.step();
                let mut touched = Touched::between(&before, &world.configuration);
                checked.into_iter().for_each(|group| touched.add_group(group));
                table = table.recompiled(&world.configuration, &world.health, &touched);
                let whole = Table::compile(&world.configuration, &world.health, &OPTIONS);
                assert!(table == whole, "after {before:?} became {:?}", world.configuration);
            }
        }
    }
}
