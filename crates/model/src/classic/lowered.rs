//! The configuration that requests are served by: Classic Load Balancers in the nouns of the others.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::ClassicLoadBalancer;
use crate::key::LoadBalancerKey;
use crate::{Change, Configuration, Entity, EntityKey, TargetId};

/// Lowers one configuration after the other. What did not change from one to the next is shared between the results.
#[derive(Debug, Default)]
pub struct Lowered {
    known: BTreeMap<LoadBalancerKey, (Arc<ClassicLoadBalancer>, Vec<Entity>)>,
}

impl Lowered {
    /// The same configuration with everything that its Classic Load Balancers are lowered to. It is the same value if there
    /// are none.
    pub fn next(&mut self, configuration: Arc<Configuration>) -> Arc<Configuration> {
        self.known.retain(|key, _| configuration.classic_load_balancers.contains_key(key));
        if configuration.classic_load_balancers.is_empty() {
            return configuration;
        }
        let mut lowered = Configuration::clone(&configuration);
        for (&key, balancer) in &configuration.classic_load_balancers {
            let entities = self.entities(key, balancer);
            let reached = entities.iter().filter(|entity| is_reached(&configuration, balancer, entity));
            reached.cloned().for_each(|entity| lowered.apply(Change::Put(entity)));
        }
        Arc::new(lowered)
    }

    fn entities(&mut self, key: LoadBalancerKey, balancer: &Arc<ClassicLoadBalancer>) -> &[Entity] {
        let known = self.known.get(&key);
        if !known.is_some_and(|(known, _)| Arc::ptr_eq(known, balancer)) {
            let before = known.map(|(_, entities)| entities.as_slice()).unwrap_or_default();
            let before: HashMap<EntityKey, &Entity> =
                before.iter().map(|entity| (entity.key(), entity)).collect();
            let entities = balancer.lower().into_iter().map(|entity| shared(&before, entity)).collect();
            self.known.insert(key, (Arc::clone(balancer), entities));
        }
        self.known.get(&key).map(|(_, entities)| entities.as_slice()).unwrap_or_default()
    }
}

/// Whether a target is no instance in a zone that the load balancer is not enabled in; those are sent nothing, but for what
/// is in progress.
fn is_reached(configuration: &Configuration, balancer: &ClassicLoadBalancer, entity: &Entity) -> bool {
    let Entity::Target(target) = entity else { return true };
    let TargetId::Instance(id) = &target.id else { return true };
    if target.deregistered.is_some() {
        return true;
    }
    configuration.instances.get(id).is_none_or(|instance| balancer.is_enabled_in(&instance.zone))
}

/// The same entity from before the change, if it is still like that.
fn shared(before: &HashMap<EntityKey, &Entity>, entity: Entity) -> Entity {
    let known = before.get(&entity.key()).filter(|known| ***known == entity);
    known.map_or(entity, |known| Entity::clone(known))
}
