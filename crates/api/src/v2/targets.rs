//! Targets: registering, deregistering, and forgetting those whose deregistration delay is over.

use std::collections::BTreeMap;
use std::sync::Arc;

use elbow_model::attribute::target_group::CROSS_ZONE;
use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_model::{
    Arn, Change, Configuration, Entity, EntityKey, InstanceId, Port, Target, TargetGroup, TargetId,
    TargetType, TargetZone, Timestamp, limits,
};

use super::{find, instance_targets, iso8601, usage};
use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::instances::answer::is_of_one_host;
use crate::wire::{Params, Xml};

const ALL_ZONES: &str = "all";

/// A target as a caller names it.
pub(super) struct Named {
    pub(super) id: TargetId,
    pub(super) port: Port,
    pub(super) zone: Option<TargetZone>,
}

/// The targets of a group by what callers call them.
pub(crate) struct Roll {
    registered: BTreeMap<(TargetId, Port), Arc<Target>>,
    draining: BTreeMap<(TargetId, Port), Arc<Target>>,
}

/// `RegisterTargets`
pub(crate) fn register(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let group = call.target_group_of(params)?;
    let mut roll = Roll::of(call, group);
    let mut changes = forgotten(call.configuration, group.arn.key, call.now);
    let targets = read_all(call, group, params)?;
    let learned = instance_targets::learned(call, &targets)?;
    changes.extend(learned.values().cloned().map(|it| Change::Put(Entity::Instance(Arc::new(it)))));
    for named in &targets {
        check_address(named)?;
        check_load_balancer(call, named)?;
        let zone = instance_targets::zone(call, &learned, named);
        check_zone(group, zone.as_ref())?;
        let target = match roll.registered.get(&named.pair()) {
            Some(target) if zone.is_none() || target.zone == zone => continue,
            Some(target) => Target { zone, ..Call::copy(target) },
            None => {
                check_not_draining(group, named, &roll)?;
                new(call, group, named, zone)
            }
        };
        let target = Arc::new(target);
        changes.push(Change::Put(Entity::Target(Arc::clone(&target))));
        roll.registered.insert((target.id.clone(), target.port), target);
    }
    check_count(roll.registered.len())?;
    Ok((changes, Xml::new()))
}

/// `DeregisterTargets`: those that are not registered are no error. In a group that is in use a target drains for the
/// deregistration delay first (B22).
pub(crate) fn deregister(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let group = call.target_group_of(params)?;
    let at_once = group.deregistration_delay().is_zero() || !usage::in_use(call.configuration, group.arn.key);
    let mut roll = Roll::of(call, group);
    let mut changes = forgotten(call.configuration, group.arn.key, call.now);
    for named in read_all(call, group, params)? {
        let Some(target) = roll.registered.remove(&named.pair()) else { continue };
        changes.push(if at_once {
            Change::Remove(EntityKey::Target(target.group, target.key))
        } else {
            let deregistered = Some(call.now);
            Change::Put(Entity::Target(Arc::new(Target { deregistered, ..Call::copy(&target) })))
        });
    }
    Ok((changes, Xml::new()))
}

/// The removal of every target of every group whose deregistration delay is over.
pub(crate) fn drained(configuration: &Configuration, now: Timestamp) -> Vec<Change> {
    configuration.target_groups.keys().flat_map(|group| forgotten(configuration, *group, now)).collect()
}

/// When a target is forgotten; `None` while it is registered.
fn end(group: &TargetGroup, target: &Target) -> Option<Timestamp> {
    target.deregistered.map(|since| since + group.deregistration_delay())
}

/// A quota.
fn check_count(targets: usize) -> Result<(), Error> {
    let most = limits::TARGETS_PER_TARGET_GROUP;
    if targets <= most {
        return Ok(());
    }
    Err(Error::new(Code::TooManyTargets, format!("A target group cannot have more than {most} targets")))
}

/// Reads the targets of a call; there must be one.
pub(super) fn read_all(
    call: &Call<'_>,
    group: &TargetGroup,
    params: &Params<'_>,
) -> Result<Vec<Named>, Error> {
    params.required_list("Targets")?.iter().map(|member| read(call, group, member)).collect()
}

/// Reads a `TargetDescription`. Without a port the group's is meant: a target is an id and a port.
pub(super) fn read(call: &Call<'_>, group: &TargetGroup, member: &Params<'_>) -> Result<Named, Error> {
    let text = member.required("Id")?;
    let id = match group.target_type {
        TargetType::Instance => TargetId::Instance(InstanceId::parse(text)?),
        TargetType::Alb => match Arn::parse(text) {
            Some(Arn::LoadBalancer(arn)) => TargetId::LoadBalancer(arn),
            _ => return Err(find::malformed(text, "load balancer")),
        },
        TargetType::Ip => {
            let address = text.parse();
            TargetId::Ip(
                address.map_err(|_| Error::validation(format!("The IP address '{text}' is not valid")))?,
            )
        }
    };
    let port = member.number("Port", 1, u16::MAX)?.and_then(Port::new).unwrap_or(group.port);
    if member.has("QuicServerId") {
        let what = "The parameter QuicServerId";
        return Err(Error::not_here_yet(Code::InvalidTarget, what));
    }
    let zone = member.text("AvailabilityZone").map(|text| named_zone(call, group, text)).transpose()?;
    Ok(Named { id, port, zone })
}

impl Roll {
    /// The targets of `group` that are registered or draining.
    pub(crate) fn of(call: &Call<'_>, group: &TargetGroup) -> Self {
        let mut roll = Self { registered: BTreeMap::new(), draining: BTreeMap::new() };
        for target in call.configuration.targets_of(group.arn.key) {
            let pair = (target.id.clone(), target.port);
            match end(group, target) {
                None => drop(roll.registered.insert(pair, Arc::clone(target))),
                Some(end) if end > call.now => drop(roll.draining.insert(pair, Arc::clone(target))),
                Some(_) => {}
            }
        }
        roll
    }

    /// The target of this name; a registration counts before one that is draining.
    pub(super) fn find(&self, named: &Named) -> Option<&Arc<Target>> {
        let pair = named.pair();
        self.registered.get(&pair).or_else(|| self.draining.get(&pair))
    }

    /// All, so that a name that is registered again while it drains comes twice.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Target>> {
        self.registered.values().chain(self.draining.values())
    }

    /// Each name once, as [`Roll::find`] does.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Target>> {
        let draining = self.draining.iter().filter(|(pair, _)| !self.registered.contains_key(pair));
        self.registered.values().chain(draining.map(|(_, target)| target))
    }
}

impl Named {
    fn pair(&self) -> (TargetId, Port) {
        (self.id.clone(), self.port)
    }
}

fn new(call: &Call<'_>, group: &TargetGroup, named: &Named, zone: Option<TargetZone>) -> Target {
    Target {
        group: group.arn.key,
        key: TargetKey::new(call.random()),
        id: named.id.clone(),
        port: named.port,
        zone,
        registered: call.now,
        deregistered: None,
    }
}

fn forgotten(configuration: &Configuration, group: TargetGroupKey, now: Timestamp) -> Vec<Change> {
    let Some(settings) = configuration.target_groups.get(&group) else { return Vec::new() };
    let targets = configuration.targets_of(group);
    let over = targets.filter(|target| end(settings, target).is_some_and(|end| end <= now));
    over.map(|target| Change::Remove(EntityKey::Target(group, target.key))).collect()
}

fn named_zone(call: &Call<'_>, group: &TargetGroup, text: &str) -> Result<TargetZone, Error> {
    if group.target_type != TargetType::Ip {
        let kind = group.target_type.as_str();
        return Err(Error::validation(format!(
            "You cannot specify an Availability Zone for a target of type '{kind}'"
        )));
    }
    if text == ALL_ZONES {
        return Ok(TargetZone::All);
    }
    let zones = call.settings.zones_of(&call.scope.region);
    let zone = zones.into_iter().find(|zone| zone.as_str() == text).map(TargetZone::In);
    zone.ok_or_else(|| Error::validation(format!("The Availability Zone '{text}' is not valid")))
}

/// AWS takes private addresses only; a server of one's own needs loopback and any other address of one host.
fn check_address(named: &Named) -> Result<(), Error> {
    let TargetId::Ip(address) = &named.id else { return Ok(()) };
    if !is_of_one_host(address) {
        return Err(Error::new(
            Code::InvalidTarget,
            format!("The IP address '{address}' is not the address of one host"),
        ));
    }
    Ok(())
}

/// A load balancer must be the caller's and listen on the target's port.
fn check_load_balancer(call: &Call<'_>, named: &Named) -> Result<(), Error> {
    let TargetId::LoadBalancer(arn) = &named.id else { return Ok(()) };
    let refuse = |message| Err(Error::new(Code::InvalidTarget, message));
    if call.seek_load_balancer(&arn.to_string())?.is_none() {
        return refuse(format!("The load balancer '{arn}' does not exist"));
    }
    match call.configuration.listener_at(arn.key, named.port) {
        Some(_) => Ok(()),
        None => refuse(format!("The load balancer '{arn}' has no listener on port {}", named.port)),
    }
}

/// While requests stay in their zone, so must targets (B4).
fn check_zone(group: &TargetGroup, zone: Option<&TargetZone>) -> Result<(), Error> {
    if zone != Some(&TargetZone::All) || group.attributes.text(CROSS_ZONE) != "false" {
        return Ok(());
    }
    Err(Error::new(
        Code::InvalidTarget,
        format!(
            "You cannot register targets in the Availability Zone '{ALL_ZONES}' when cross-zone load balancing is off"
        ),
    ))
}

/// An address that is draining cannot be registered again before the delay is over (B22); an instance can.
fn check_not_draining(group: &TargetGroup, named: &Named, roll: &Roll) -> Result<(), Error> {
    let draining = roll.draining.get(&named.pair()).filter(|_| group.target_type == TargetType::Ip);
    match draining.and_then(|target| end(group, target)) {
        Some(end) => Err(Error::new(
            Code::InvalidTarget,
            format!(
                "The target '{}:{}' is draining and cannot be registered again before {}, when its deregistration \
                 delay is over",
                named.id,
                named.port,
                iso8601(end)
            ),
        )),
        None => Ok(()),
    }
}
