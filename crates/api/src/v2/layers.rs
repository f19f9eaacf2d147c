//! Load balancers behind load balancers: no change may make requests go round.

use std::sync::Arc;

use elbow_model::key::{ListenerKey, TargetGroupKey};
use elbow_model::{Change, Configuration, Entity, Target, TargetId, TargetType};

use crate::error::{Code, Error};

/// Refuses changes after which a request could come back to a listener that it has passed.
///
/// AWS: unknown, we refuse: such a request would come back until every connection is taken.
pub(crate) fn check(configuration: &Configuration, changes: &[Change]) -> Result<(), Error> {
    let layered = configuration.target_groups.values().any(|group| group.target_type == TargetType::Alb);
    if !layered || !changes.iter().any(leads_on) {
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
