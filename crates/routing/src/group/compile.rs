//! A group made of its configuration and the health of its targets.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use elbow_model::attribute::target_group as key;
use elbow_model::key::TargetKey;
use elbow_model::{
    Configuration, HealthReason, HealthState, StickinessSetting, TargetGroup, TargetHealth, TargetId,
    TargetZone, Zone,
};
use elbow_stickiness::{Policy, Standing};

use super::cookies::{self, Hardening};
use super::rotation::Thresholds;
use super::{Algorithm, Group, Rotation, Target};
use crate::{HealthView, Options, layer};

impl Group {
    /// Compiles one group. `previous` is the same group before the change, if there was one: what it has is used again.
    pub(crate) fn compile(
        settings: &Arc<TargetGroup>,
        configuration: &Configuration,
        health: &HealthView,
        options: &Options,
        previous: Option<&Self>,
    ) -> Self {
        let (mut targets, unresolved) = targets(settings, configuration, health, options, previous);
        // The load balancer's own setting is always on (B4).
        let zonal = settings.attributes.text(key::CROSS_ZONE) == "false";
        let (rotation, by_zone) = rotations(&targets, zonal, &Thresholds::read(settings));
        set_standings(&mut targets, &rotation, &by_zone);
        let index = (0..).zip(&targets).map(|(position, target)| (target.key, position)).collect();
        let https_only = settings.attributes.flag(key::STICKINESS_HTTPS_ONLY);
        let same = previous.filter(|previous| Arc::ptr_eq(&previous.settings, settings));
        Self {
            settings: settings.clone(),
            arn: same.map_or_else(|| settings.arn.to_string().into(), |group| group.arn.clone()),
            dimension: same.map_or_else(
                || format!("targetgroup/{}/{}", settings.arn.name, settings.arn.key).into(),
                |group| group.dimension.clone(),
            ),
            stickiness: policy(settings, https_only),
            https_only,
            algorithm: algorithm(settings),
            outcome_header: settings.attributes.flag(key::OUTCOME_HEADER),
            cookie_form: cookies::form(&settings.attributes),
            hardening: Hardening::read(&settings.attributes),
            targets: targets.into(),
            index,
            rotation,
            by_zone,
            zonal,
            unresolved: unresolved.into(),
        }
    }
}

/// Those that can be reached, and the keys of those that cannot.
fn targets(
    settings: &Arc<TargetGroup>,
    configuration: &Configuration,
    health: &HealthView,
    options: &Options,
    previous: Option<&Group>,
) -> (Vec<Target>, Vec<TargetKey>) {
    let mut targets = Vec::new();
    let mut unresolved = Vec::new();
    for target in configuration.targets_of(settings.arn.key) {
        let Some((address, zone)) = resolve(target, configuration, options) else {
            unresolved.push(target.key);
            continue;
        };
        let known = previous.and_then(|group| group.target(target.key));
        let known = known.filter(|known| Arc::ptr_eq(&known.registration, target));
        let seen = health.seen(settings.arn.key, target.key);
        targets.push(Target {
            key: target.key,
            address,
            id: known.map_or_else(|| id_text(target), |known| known.id.clone()),
            zone,
            health: presumed(settings, target, options, checked(settings, seen.map(|seen| seen.health))),
            ramps_since: seen.and_then(|seen| seen.ramps_since),
            anomaly: seen.map(|seen| seen.anomaly).unwrap_or_default(),
            drains_until: target.deregistered.map(|since| since + settings.deregistration_delay()),
            standing: Standing::Gone,
            registration: target.clone(),
        });
    }
    (targets, unresolved)
}

/// The rotation of all zones; if requests stay in their zone, one of each zone that has targets, and the first one is
/// for the other zones.
fn rotations(targets: &[Target], zonal: bool, thresholds: &Thresholds) -> (Rotation, Box<[Rotation]>) {
    if !zonal {
        return (Rotation::compile(0, None, targets, |_| true, thresholds), Box::default());
    }
    let mut zones: Vec<&Zone> = targets.iter().filter_map(|target| target.zone.as_ref()).collect();
    zones.sort_unstable();
    zones.dedup();
    let of_zone = |(number, zone): (usize, &Zone)| {
        let counts = |target: &Target| target.zone.as_ref().is_none_or(|of| of == zone);
        Rotation::compile(number, Some(zone.clone()), targets, counts, thresholds)
    };
    let rest = Rotation::compile(0, None, targets, |target| target.zone.is_none(), thresholds);
    (rest, (1..).zip(zones).map(of_zone).collect())
}

/// Decides who is eligible.
///
/// A target that has not been checked yet gets no new clients, but keeps those it has: only a node that found it
/// healthy can have bound them to it. Otherwise every restart of a node would move the sessions of all targets but the
/// first one that passes its check.
// AWS: unknown whether a session stays on an unhealthy target while the group routes to all. We let it: its state is
// there, and the other targets are no better.
fn set_standings(targets: &mut [Target], rotation: &Rotation, by_zone: &[Rotation]) {
    for target in targets {
        let own = by_zone.iter().find(|rotation| rotation.zone() == target.zone.as_ref());
        target.standing = match target.health.state {
            _ if target.drains_until.is_some() => Standing::Draining,
            HealthState::Unhealthy if !own.unwrap_or(rotation).health().routes_to_all => Standing::Unhealthy,
            _ => Standing::Eligible,
        };
    }
}

/// What is said of a target's health, its registration left aside.
fn checked(settings: &TargetGroup, seen: Option<TargetHealth>) -> TargetHealth {
    if !settings.health_check.enabled {
        let reason = Some(HealthReason::HealthCheckDisabled);
        return TargetHealth { state: HealthState::Unavailable, reason };
    }
    seen.unwrap_or(TargetHealth {
        state: HealthState::Initial,
        reason: Some(HealthReason::RegistrationInProgress),
    })
}

/// The same, unless it is not known and the target was there before this node, see [`Options::started`].
fn presumed(
    settings: &TargetGroup,
    target: &elbow_model::Target,
    options: &Options,
    health: TargetHealth,
) -> TargetHealth {
    let is_older = target.registered < options.started;
    match health.state {
        HealthState::Initial if is_older && !settings.policies.fails_open => {
            TargetHealth { state: HealthState::Healthy, reason: None }
        }
        _ => health,
    }
}

/// Where a target is reached and counts; `None` for an instance that the directory does not know and for a load
/// balancer that cannot be reached.
fn resolve(
    target: &elbow_model::Target,
    configuration: &Configuration,
    options: &Options,
) -> Option<(SocketAddr, Option<Zone>)> {
    let address = |ip: IpAddr| SocketAddr::new(ip, target.port.get());
    match &target.id {
        TargetId::Ip(ip) => {
            let zone = match &target.zone {
                Some(TargetZone::In(zone)) => Some(zone.clone()),
                Some(TargetZone::All) | None => None,
            };
            Some((address(*ip), zone))
        }
        TargetId::Instance(id) => {
            let instance = configuration.instances.get(id)?;
            Some((address(instance.address), Some(instance.zone.clone())))
        }
        TargetId::LoadBalancer(arn) => Some((layer::socket(target, arn, configuration, options)?, None)),
    }
}

fn id_text(target: &elbow_model::Target) -> Arc<str> {
    match &target.id {
        TargetId::Ip(ip) => SocketAddr::new(*ip, target.port.get()).to_string().into(),
        TargetId::Instance(id) => format!("{id}:{}", target.port).into(),
        TargetId::LoadBalancer(arn) => format!("{arn}:{}", target.port).into(),
    }
}

fn policy(settings: &TargetGroup, https_only: bool) -> Policy {
    match settings.stickiness() {
        StickinessSetting::ClassicDuration { period } => Policy::ClassicDuration { period },
        StickinessSetting::ClassicApplication { cookie_name } => Policy::ClassicApplication { cookie_name },
        StickinessSetting::Off => Policy::None,
        StickinessSetting::LbCookie { duration } => Policy::LbCookie { duration, https_only },
        StickinessSetting::AppCookie { cookie_name, duration } => {
            Policy::AppCookie { duration, cookie_name, https_only }
        }
    }
}

/// Only the three words can have been set; anything else is the default.
fn algorithm(settings: &TargetGroup) -> Algorithm {
    let attributes = &settings.attributes;
    match attributes.text(key::ALGORITHM) {
        "least_outstanding_requests" => Algorithm::LeastOutstandingRequests,
        "weighted_random" => {
            Algorithm::WeightedRandom { mitigates: attributes.text(key::ANOMALY_MITIGATION) == "on" }
        }
        _ => {
            let slow_start = attributes.seconds(key::SLOW_START);
            Algorithm::RoundRobin { slow_start: (slow_start > Duration::ZERO).then_some(slow_start) }
        }
    }
}
