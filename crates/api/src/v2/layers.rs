//! Load balancers behind load balancers: no change may make requests go round, or take away the listener of a target.

use std::sync::Arc;

use elbow_model::key::{ListenerKey, TargetGroupKey};
use elbow_model::{Change, Configuration, Entity, EntityKey, Listener, Target, TargetId, TargetType};

use crate::error::{Code, Error};

/// Refuses changes that take the listener of a target away, and those after which a request could come back to a
/// listener that it has passed.
///
/// AWS: unknown for loops, we refuse: such a request would come back until every connection is taken.
pub(crate) fn check(configuration: &Configuration, changes: &[Change]) -> Result<(), Error> {
    let layered = configuration.target_groups.values().any(|group| group.target_type == TargetType::Alb);
    if !layered {
        return Ok(());
    }
    changes.iter().try_for_each(|change| check_needed(configuration, change))?;
    if !changes.iter().any(leads_on) {
        return Ok(());
    }
    let mut after = configuration.clone();
    changes.iter().cloned().for_each(|change| after.apply(change));
    changes.iter().try_for_each(|change| match change {
        Change::Put(Entity::Target(target)) => check_target(&after, target),
        Change::Put(Entity::Listener(it)) => {
            check_listener(&after, it.arn.key, it.default_actions.target_groups())
        }
        Change::Put(Entity::Rule(it)) => {
            check_listener(&after, it.arn.listener.key, it.actions.target_groups())
        }
        _ => Ok(()),
    })
}

/// A listener stays where it is while its load balancer is a target on its port.
// AWS refuses DeleteListener in these words. AWS: unknown for a listener that is moved or goes with its load balancer, we
// refuse that alike.
fn check_needed(before: &Configuration, change: &Change) -> Result<(), Error> {
    let (key, stays_on) = match change {
        Change::Remove(EntityKey::Listener(key)) => (key, None),
        Change::Put(Entity::Listener(listener)) => (&listener.arn.key, Some(listener.port)),
        _ => return Ok(()),
    };
    let Some(listener) = before.listeners.get(key).filter(|it| stays_on != Some(it.port)) else {
        return Ok(());
    };
    match target_at(before, listener) {
        Some(target) => Err(Error::new(
            Code::ResourceInUse,
            format!(
                "Listener port '{}' is in use by registered target '{}' and cannot be removed.",
                listener.port, target.id
            ),
        )),
        None => Ok(()),
    }
}

/// A registration that this listener answers for.
fn target_at<'a>(configuration: &'a Configuration, listener: &Listener) -> Option<&'a Arc<Target>> {
    let layers = configuration.target_groups.values().filter(|group| group.target_type == TargetType::Alb);
    let mut targets = layers.flat_map(|group| configuration.targets_of(group.arn.key));
    targets.find(|target| {
        let is_balancer =
            matches!(&target.id, TargetId::LoadBalancer(arn) if *arn == listener.arn.load_balancer);
        is_balancer && target.port == listener.port && target.deregistered.is_none()
    })
}

fn leads_on(change: &Change) -> bool {
    matches!(change, Change::Put(Entity::Target(_) | Entity::Listener(_) | Entity::Rule(_)))
}

fn check_target(after: &Configuration, target: &Arc<Target>) -> Result<(), Error> {
    let TargetId::LoadBalancer(arn) = &target.id else { return Ok(()) };
    let listener = after.listener_at(arn.key, target.port);
    if listener.is_some_and(|listener| after.leads_to(listener.arn.key, target.group)) {
        return Err(Error::new(
            Code::InvalidTarget,
            format!(
                "The load balancer '{arn}' on port {} sends requests back to this target group",
                target.port
            ),
        ));
    }
    Ok(())
}

fn check_listener(
    after: &Configuration,
    listener: ListenerKey,
    mut groups: impl Iterator<Item = TargetGroupKey>,
) -> Result<(), Error> {
    if groups.any(|group| after.listeners_behind(group).contains(&listener)) {
        return Err(Error::new(
            Code::InvalidLoadBalancerAction,
            "A target group of these actions sends requests back to this listener, through the load balancer that is \
             its target",
        ));
    }
    Ok(())
}
