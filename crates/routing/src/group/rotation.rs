//! Who is chosen from, in one zone or in all: as many as the group's health there allows (B4, B19-B21).

use elbow_model::attribute::target_group as key;
use elbow_model::{HealthState, TargetGroup, Zone};

use super::Target;

/// The targets of a group that requests are sent to, either those of one zone or those of all zones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Its place among the rotations of its group.
    number: usize,
    zone: Option<Zone>,
    /// Positions in the group's targets.
    members: Box<[u32]>,
    /// The members that are not in slow start.
    steady: Box<[u32]>,
    health: ZoneHealth,
}

/// How a group does, in one zone or in all together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ZoneHealth {
    /// Targets that are registered and not draining.
    pub registered: u64,
    /// Those of them that are healthy, or not checked because checks are off.
    pub healthy: u64,
    /// Too few are healthy, by `unhealthy_state_routing`: requests are sent to all (B21). None being healthy is the
    /// case that is always so, called fail-open (B19).
    pub routes_to_all: bool,
    /// Too few are healthy, by `dns_failover`: the addresses of the zone would leave its DNS name, were there another
    /// zone that does better (B21). Elbow has no DNS: connections are given to the other zones
    /// ([`crate::ListenerRoutes::zone`]).
    pub fails_over: bool,
}

/// The four attributes `target_group_health.*` (B20).
#[derive(Clone, Copy, Debug)]
pub(super) struct Thresholds {
    routing: Threshold,
    dns: Threshold,
}

/// At least so many have to be healthy; a breach of either is enough (B21).
#[derive(Clone, Copy, Debug)]
struct Threshold {
    count: Option<u64>,
    percentage: Option<u64>,
}

impl Rotation {
    /// The zone whose requests these targets take; `None`: those of all zones that have no rotation of their own.
    pub fn zone(&self) -> Option<&Zone> {
        self.zone.as_ref()
    }

    /// How many targets are chosen from. None: every request is answered with 503 (E3).
    pub fn length(&self) -> usize {
        self.members.len()
    }

    /// How the group does there.
    pub fn health(&self) -> ZoneHealth {
        self.health
    }

    pub(crate) fn number(&self) -> usize {
        self.number
    }

    /// Places of those chosen from among the group's targets.
    pub fn members(&self) -> &[u32] {
        &self.members
    }

    /// Those of [`Self::members`] that are not in slow start.
    pub(crate) fn steady(&self) -> &[u32] {
        &self.steady
    }

    /// Those of `targets` that `counts` in the zone.
    pub(super) fn compile(
        number: usize,
        zone: Option<Zone>,
        targets: &[Target],
        counts: impl Fn(&Target) -> bool,
        thresholds: &Thresholds,
    ) -> Self {
        let numbered = || (0_u32..).zip(targets);
        let there = || numbered().filter(|(_, target)| target.drains_until.is_none() && counts(target));
        let registered = there().count() as u64;
        let healthy = there().filter(|(_, target)| target.is_in_service()).count() as u64;
        let health = ZoneHealth {
            registered,
            healthy,
            routes_to_all: thresholds.routing.is_breached(healthy, registered),
            fails_over: thresholds.dns.is_breached(healthy, registered),
        };
        let chosen = || there().filter(|(_, target)| health.routes_to_all || target.is_in_service());
        let steady = chosen().filter(|(_, target)| target.ramps_since.is_none());
        Self {
            number,
            zone,
            members: chosen().map(|(position, _)| position).collect(),
            steady: steady.map(|(position, _)| position).collect(),
            health,
        }
    }
}

impl Target {
    /// Whether new clients are sent to it while its group does not route to all.
    fn is_in_service(&self) -> bool {
        matches!(self.health.state, HealthState::Healthy | HealthState::Unavailable)
    }
}

impl Thresholds {
    pub(super) fn read(settings: &TargetGroup) -> Self {
        let attributes = &settings.attributes;
        // `off` is not a number.
        let number = |key| attributes.text(key).parse().ok();
        Self {
            routing: match settings.policies.fails_open {
                true => Threshold {
                    count: number(key::UNHEALTHY_ROUTING_COUNT),
                    percentage: number(key::UNHEALTHY_ROUTING_PERCENTAGE),
                },
                false => Threshold { count: None, percentage: None },
            },
            dns: Threshold {
                count: number(key::DNS_FAILOVER_COUNT),
                percentage: number(key::DNS_FAILOVER_PERCENTAGE),
            },
        }
    }
}

impl Threshold {
    fn is_breached(self, healthy: u64, registered: u64) -> bool {
        self.count.is_some_and(|count| healthy < count)
            || self
                .percentage
                .is_some_and(|percentage| healthy.saturating_mul(100) < percentage.saturating_mul(registered))
    }
}
