//! A target group as requests see it: its targets, their standing, and who is in rotation.
//!
//! Nothing is chosen here: [`Picker`](crate::Picker) does, from a [`Rotation`]. How a group is made of configuration
//! and health is in `compile`.

mod compile;
mod cookies;
mod rotation;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_model::{
    AnomalyDetection, HealthCheck, HealthCheckPort, HealthState, Protocol, ProtocolVersion, ProxyProtocol,
    TargetGroup, TargetHealth, Timestamp, Zone,
};
use elbow_stickiness::{CookieForm, Policy, Standing, Targets};

pub use self::cookies::Hardening;
pub use self::rotation::{Rotation, ZoneHealth};
use crate::{Anomaly, KeyMap};

/// A target that can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its identity.
    pub key: TargetKey,
    /// Where requests are sent.
    pub address: SocketAddr,
    /// What it was registered as, `id:port`: `10.0.0.7:8080`, `[fd00::7]:8080`, `i-0123:8080`.
    pub id: Arc<str>,
    /// The zone it counts in; `None` if it counts in all of them or none is known.
    pub zone: Option<Zone>,
    /// What health checks, and the group's settings for them, say of it.
    pub health: TargetHealth,
    /// When its slow start began, if it has one (B3).
    pub ramps_since: Option<Instant>,
    /// How its errors compare with those of its peers (B2).
    pub anomaly: Anomaly,
    /// If it was deregistered: when its requests in flight have to end, by the delay that its group has now (B22, E1).
    pub drains_until: Option<Timestamp>,
    standing: Standing,
    registration: Arc<elbow_model::Target>,
}

/// How a target is chosen (B1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// One after the other.
    RoundRobin {
        /// A target that becomes healthy gets to its full share over this time, 30-900 s (B3).
        slow_start: Option<Duration>,
    },
    /// The one with the fewest requests in progress.
    LeastOutstandingRequests,
    /// Any.
    WeightedRandom {
        /// Targets that fail more than others get less (B2).
        mitigates: bool,
    },
}

/// A target group, compiled. Immutable; a change makes a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    settings: Arc<TargetGroup>,
    arn: Arc<str>,
    dimension: Arc<str>,
    stickiness: Policy,
    https_only: bool,
    algorithm: Algorithm,
    outcome_header: bool,
    cookie_form: CookieForm,
    hardening: Option<Hardening>,
    /// In the order of their keys.
    targets: Box<[Target]>,
    /// Positions in `targets`.
    index: KeyMap<TargetKey, u32>,
    /// Who is chosen from, unless the request's zone has a rotation of its own.
    rotation: Rotation,
    /// With cross-zone load balancing off: those of each zone that has targets (B4).
    by_zone: Box<[Rotation]>,
    /// Whether requests stay in their zone.
    zonal: bool,
    /// Registered, but it is not known where they are reached; in the order of their keys.
    unresolved: Box<[TargetKey]>,
}

impl Group {
    /// Its identity.
    pub fn key(&self) -> TargetGroupKey {
        self.settings.arn.key
    }

    /// Its ARN.
    pub fn arn(&self) -> &Arc<str> {
        &self.arn
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.settings.arn.name.as_str()
    }

    /// Its name as metrics have it: `targetgroup/NAME/KEY` (facts, section 6.4).
    pub fn dimension(&self) -> &Arc<str> {
        &self.dimension
    }

    /// How clients stay with their target.
    pub fn stickiness(&self) -> &Policy {
        &self.stickiness
    }

    /// Whether stickiness cookies that were issued over HTTPS count as none over HTTP. Also of group cookies, which need no
    /// stickiness of the group itself.
    pub fn https_only(&self) -> bool {
        self.https_only
    }

    /// How a target is chosen for those who have none.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// How long a target takes to its full share once it is healthy; `None`: no time (B3).
    pub fn slow_start(&self) -> Option<Duration> {
        match self.algorithm {
            Algorithm::RoundRobin { slow_start } => slow_start,
            Algorithm::LeastOutstandingRequests | Algorithm::WeightedRandom { .. } => None,
        }
    }

    /// Whether requests to its targets carry `X-Elbow-Stickiness`.
    pub fn outcome_header(&self) -> bool {
        self.outcome_header
    }

    /// Attributes of the load balancer's own cookies.
    pub fn cookie_form(&self) -> CookieForm {
        self.cookie_form
    }

    /// Whether and how cookies of its targets are hardened on their way over HTTPS.
    pub fn hardening(&self) -> Option<&Hardening> {
        self.hardening.as_ref()
    }

    /// What its targets speak.
    pub fn protocol(&self) -> Protocol {
        self.settings.protocol
    }

    /// How its targets are told the address of the client before the first byte of a connection, if they are.
    pub fn proxy_protocol(&self) -> Option<ProxyProtocol> {
        self.settings.policies.proxy_protocol
    }

    /// Which version of it (R18).
    pub fn protocol_version(&self) -> ProtocolVersion {
        self.settings.protocol_version
    }

    /// How its targets are checked.
    pub fn health_check(&self) -> &HealthCheck {
        &self.settings.health_check
    }

    /// Where a target of this group is checked.
    pub fn check_address(&self, target: &Target) -> SocketAddr {
        match self.health_check().port {
            HealthCheckPort::Traffic => target.address,
            HealthCheckPort::Fixed(port) => SocketAddr::new(target.address.ip(), port.get()),
        }
    }

    /// All its targets that can be reached, those that are draining included, in the order of their keys.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The target with this key; `None` if it is not registered (any more) or cannot be reached. One hash look-up.
    pub fn target(&self, key: TargetKey) -> Option<&Target> {
        self.at(self.position(key)?)
    }

    /// State and anomaly of each registration, as `DescribeTargetHealth` tells them of a group that is in use.
    pub fn conditions(&self) -> impl Iterator<Item = (HealthState, AnomalyDetection)> {
        let unresolved = self.unresolved.iter().map(|_| (HealthState::Unused, AnomalyDetection::default()));
        self.targets.iter().map(|target| (target.state(), target.anomaly.told())).chain(unresolved)
    }

    /// The place of this key among [`Self::targets`].
    pub(crate) fn position(&self, key: TargetKey) -> Option<u32> {
        self.index.get(&key).copied()
    }

    /// The target at a place among [`Self::targets`].
    pub(crate) fn at(&self, position: u32) -> Option<&Target> {
        self.targets.get(usize::try_from(position).ok()?)
    }

    /// Whether requests stay in the zone they came in (cross-zone load balancing is off, B4).
    pub fn is_zonal(&self) -> bool {
        self.zonal
    }

    /// Who requests of this zone are sent to. A zone without targets has only those that count in every zone; if there
    /// is none of them either, its requests are answered with 503 (B4, E3).
    pub fn rotation(&self, zone: Option<&Zone>) -> &Rotation {
        self.by_zone.iter().find(|rotation| rotation.zone() == zone).unwrap_or(&self.rotation)
    }

    /// Whether requests that stay in this zone would meet too few targets there, so that others do better (B21).
    pub fn fails_over(&self, zone: &Zone) -> bool {
        self.zonal && self.rotation(Some(zone)).health().fails_over
    }

    /// Every rotation: the one for all zones, and with cross-zone load balancing off those of each zone.
    pub fn rotations(&self) -> impl Iterator<Item = &Rotation> {
        std::iter::once(&self.rotation).chain(&self.by_zone)
    }

    /// Whether it is not known where this registration is reached: its instance is missing from the instance directory,
    /// or its load balancer does not listen, shares its socket, or would send requests back here.
    pub(crate) fn is_unresolved(&self, key: TargetKey) -> bool {
        self.unresolved.binary_search(&key).is_ok()
    }

    /// This group as a request sees it that has failed on `excluded`: those are unreachable.
    pub fn without<'a>(&'a self, excluded: &'a [TargetKey]) -> Without<'a> {
        Without { group: self, excluded }
    }
}

impl Target {
    fn state(&self) -> HealthState {
        if self.drains_until.is_some() { HealthState::Draining } else { self.health.state }
    }
}

impl Targets for Group {
    fn standing(&self, key: TargetKey) -> Standing {
        self.target(key).map_or(Standing::Gone, |target| target.standing)
    }
}

/// See [`Group::without`].
#[derive(Clone, Copy, Debug)]
pub struct Without<'a> {
    group: &'a Group,
    excluded: &'a [TargetKey],
}

impl Targets for Without<'_> {
    fn standing(&self, key: TargetKey) -> Standing {
        if self.excluded.contains(&key) { Standing::Unreachable } else { self.group.standing(key) }
    }
}
