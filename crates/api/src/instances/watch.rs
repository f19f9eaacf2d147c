//! Keeps what was learned of instances true: asks again, and acts on what has changed.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use elbow_model::{
    Change, Configuration, Entity, EntityKey, InstanceId, InstanceSource, Region, TargetId, Zone,
};
use elbow_store::State;

use super::{Described, InstanceReader};
use crate::api::refusal;
use crate::error::Error;

/// How many answers in a row have to leave an instance out before it is taken for gone. EC2 says of a terminated
/// instance that it is, for an hour or so, and may leave one out that is there: its answers are eventually consistent.
const ANSWERS_WITHOUT: u32 = 3;

/// Where an instance is; `None` if it is nowhere, so that its targets are `unused` (`Target.InvalidState`, B18).
type Whereabouts = Option<(IpAddr, Zone)>;

/// Asks again for the instances that targets are registered as.
///
/// Those that the operator has put into the directory are left alone. An answer that does not come changes nothing.
pub struct InstanceWatch {
    state: Arc<State>,
    reader: Arc<dyn InstanceReader>,
    /// How many answers in a row have left an instance out.
    left_out: BTreeMap<InstanceId, u32>,
}

impl InstanceWatch {
    /// A watch over the targets of `state`.
    pub fn new(state: Arc<State>, reader: Arc<dyn InstanceReader>) -> Self {
        Self { state, reader, left_out: BTreeMap::new() }
    }

    /// Asks once, makes durable what has changed, and says how many entries of the directory have. Call it again and
    /// again.
    ///
    /// # Errors
    /// Somebody did not answer: EC2 in one of the regions, the store. What was answered for other regions counts.
    pub async fn refresh(&mut self) -> Result<usize, Error> {
        let wanted = wanted(&self.state.current().configuration);
        let mut learned = BTreeMap::new();
        let mut failure = None;
        for (region, ids) in &wanted {
            match self.reader.describe(region, ids).await {
                Ok(mut found) => learned.extend(ids.iter().filter_map(|id| {
                    let described = found.remove(id);
                    Some((id.clone(), self.whereabouts(id, described)?))
                })),
                Err(unanswered) => failure = Some(Error::unanswered(&unanswered)),
            }
        }
        self.left_out.retain(|id, _| wanted.values().flatten().any(|wanted| wanted == id));
        let step = |configuration: &Configuration| {
            let changes = changes(configuration, &learned);
            let count = changes.len();
            Ok::<_, Error>((changes, count))
        };
        let count = self.state.update(step).await.map_err(refusal)?;
        failure.map_or(Ok(count), Err)
    }

    /// What an answer means; `None` if nothing follows from it yet.
    fn whereabouts(&mut self, id: &InstanceId, described: Option<Described>) -> Option<Whereabouts> {
        let Some(described) = described else {
            let answers = self.left_out.entry(id.clone()).or_default();
            *answers = answers.saturating_add(1);
            return (*answers >= ANSWERS_WITHOUT).then_some(None);
        };
        self.left_out.remove(id);
        match described {
            Described::Running { address, zone } => Some(Some((address, zone))),
            Described::Down => Some(None),
        }
    }
}

/// The instances that are registered and that the operator has not put into the directory, each in the region of something
/// that has it.
fn wanted(configuration: &Configuration) -> BTreeMap<Region, Vec<InstanceId>> {
    let mut regions: BTreeMap<Region, Vec<InstanceId>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (id, region) in registered(configuration) {
        if !is_operators(configuration, id) && seen.insert(id) {
            regions.entry(region.clone()).or_default().push(id.clone());
        }
    }
    regions
}

/// Every instance that is a target or is registered with a Classic Load Balancer, and in which region.
fn registered(configuration: &Configuration) -> impl Iterator<Item = (&InstanceId, &Region)> {
    let targets = configuration.targets.values().filter_map(|target| {
        let group = configuration.target_groups.get(&target.group)?;
        Some((instance_of(&target.id)?, &group.arn.scope.region))
    });
    let classic = configuration
        .classic_load_balancers
        .values()
        .flat_map(|balancer| balancer.instances.keys().map(|id| (id, &balancer.arn.scope.region)));
    targets.chain(classic)
}

/// What follows from what was learned, and that nobody is registered as some instances any more.
fn changes(configuration: &Configuration, learned: &BTreeMap<InstanceId, Whereabouts>) -> Vec<Change> {
    let targets: BTreeSet<&InstanceId> = registered(configuration).map(|(id, _)| id).collect();
    let remove = |id: &InstanceId| Change::Remove(EntityKey::Instance(id.clone()));
    let mut changes = Vec::new();
    for (id, whereabouts) in learned {
        if is_operators(configuration, id) || !targets.contains(id) {
            continue;
        }
        let known = configuration.instances.get(id);
        match whereabouts {
            Some((address, zone)) => {
                let instance = super::learned(id, *address, zone);
                if known.is_none_or(|known| **known != instance) {
                    changes.push(Change::Put(Entity::Instance(Arc::new(instance))));
                }
            }
            None => changes.extend(known.map(|_| remove(id))),
        }
    }
    let needless = configuration.instances.values().filter(|it| it.source == InstanceSource::Ec2);
    changes.extend(needless.filter(|it| !targets.contains(&it.id)).map(|it| remove(&it.id)));
    changes
}

fn instance_of(id: &TargetId) -> Option<&InstanceId> {
    match id {
        TargetId::Instance(id) => Some(id),
        TargetId::Ip(_) | TargetId::LoadBalancer(_) => None,
    }
}

fn is_operators(configuration: &Configuration, id: &InstanceId) -> bool {
    configuration.instances.get(id).is_some_and(|it| it.source == InstanceSource::Operator)
}
