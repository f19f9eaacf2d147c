//! A target group as requests see it: its targets, their standing, and who is in rotation.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use elbow_model::attribute::target_group::OUTCOME_HEADER;
use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_model::{
    Configuration, HealthCheck, HealthCheckPort, HealthReason, HealthState, StickinessSetting, TargetGroup,
    TargetHealth, TargetId, TargetZone, Timestamp, Zone,
};
use elbow_stickiness::{Policy, Standing, Targets};

use crate::{HealthView, KeyMap, Options, layer};

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
    /// If it was deregistered: when its requests in flight have to end, by the delay that its group has now (B22, E1).
    pub drains_until: Option<Timestamp>,
    standing: Standing,
    registration: Arc<elbow_model::Target>,
}

/// A target group, compiled. Immutable; a change makes a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    settings: Arc<TargetGroup>,
    arn: Arc<str>,
    dimension: Arc<str>,
    stickiness: Policy,
    outcome_header: bool,
    /// In the order of their keys.
    targets: Box<[Target]>,
    /// Positions in `targets`.
    index: KeyMap<TargetKey, u32>,
    /// Positions in `targets` of those that are chosen from.
    rotation: Box<[u32]>,
    fails_open: bool,
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

    /// Its name as metrics have it: `targetgroup/NAME/KEY` (facts, section 6.4).
    pub fn dimension(&self) -> &Arc<str> {
        &self.dimension
    }

    /// How clients stay with their target.
    pub fn stickiness(&self) -> &Policy {
        &self.stickiness
    }

    /// Whether requests to its targets carry `X-Elbow-Stickiness`.
    pub fn outcome_header(&self) -> bool {
        self.outcome_header
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
        self.targets.get(usize::try_from(*self.index.get(&key)?).ok()?)
    }

    /// How many targets are chosen from. None: every request is answered with 503 (E3).
    pub fn rotation_length(&self) -> usize {
        self.rotation.len()
    }

    /// The target at a position below [`Self::rotation_length`].
    pub(crate) fn in_rotation(&self, position: usize) -> Option<&Target> {
        self.targets.get(usize::try_from(*self.rotation.get(position)?).ok()?)
    }

    /// Whether no target is healthy, so that all are used that are registered and not draining (B19).
    pub fn fails_open(&self) -> bool {
        self.fails_open
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

impl Group {
    /// Compiles one group. `previous` is the same group before the change, if there was one: what it has is used again.
    pub(crate) fn compile(
        settings: &Arc<TargetGroup>,
        configuration: &Configuration,
        health: &HealthView,
        options: &Options,
        previous: Option<&Self>,
    ) -> Self {
        let mut targets = Vec::new();
        let mut unresolved = Vec::new();
        for target in configuration.targets_of(settings.arn.key) {
            match resolve(target, configuration, options) {
                Some((address, zone)) => {
                    let known = previous.and_then(|group| group.target(target.key));
                    let known = known.filter(|known| Arc::ptr_eq(&known.registration, target));
                    targets.push(Target {
                        key: target.key,
                        address,
                        id: known.map_or_else(|| id_text(target), |known| known.id.clone()),
                        zone,
                        health: checked(settings, target.key, health),
                        drains_until: target
                            .deregistered
                            .map(|since| since + settings.deregistration_delay()),
                        standing: Standing::Gone,
                        registration: target.clone(),
                    });
                }
                None => unresolved.push(target.key),
            }
        }
        let fails_open = set_standings(&mut targets);
        let numbered = || (0..).zip(&targets);
        let index = numbered().map(|(position, target)| (target.key, position)).collect();
        let chosen = |target: &Target| match target.standing {
            Standing::Eligible => fails_open || target.is_in_service(),
            _ => false,
        };
        let rotation =
            numbered().filter(|(_, target)| chosen(target)).map(|(position, _)| position).collect();
        let same = previous.filter(|previous| Arc::ptr_eq(&previous.settings, settings));
        Self {
            settings: settings.clone(),
            arn: same.map_or_else(|| settings.arn.to_string().into(), |group| group.arn.clone()),
            dimension: same.map_or_else(
                || format!("targetgroup/{}/{}", settings.arn.name, settings.arn.key).into(),
                |group| group.dimension.clone(),
            ),
            stickiness: policy(settings),
            outcome_header: settings.attributes.flag(OUTCOME_HEADER),
            targets: targets.into(),
            index,
            rotation,
            fails_open,
            unresolved: unresolved.into(),
        }
    }
}

impl Target {
    /// Whether new clients are sent to it while the group does not fail open.
    fn is_in_service(&self) -> bool {
        matches!(self.health.state, HealthState::Healthy | HealthState::Unavailable)
    }
}

/// Decides who is eligible, and returns whether the group fails open.
///
/// A target that has not been checked yet gets no new clients, but keeps those it has: only a node that found it
/// healthy can have bound them to it. Otherwise every restart of a node would move the sessions of all targets but the
/// first one that passes its check.
fn set_standings(targets: &mut [Target]) -> bool {
    let fails_open = !targets.iter().any(|target| target.drains_until.is_none() && target.is_in_service());
    for target in targets {
        target.standing = match target.health.state {
            _ if target.drains_until.is_some() => Standing::Draining,
            HealthState::Unhealthy if !fails_open => Standing::Unhealthy,
            _ => Standing::Eligible,
        };
    }
    fails_open
}

/// What is said of a target's health, its registration left aside.
fn checked(settings: &TargetGroup, target: TargetKey, health: &HealthView) -> TargetHealth {
    if !settings.health_check.enabled {
        let reason = Some(HealthReason::HealthCheckDisabled);
        return TargetHealth { state: HealthState::Unavailable, reason };
    }
    health.of(settings.arn.key, target).unwrap_or(TargetHealth {
        state: HealthState::Initial,
        reason: Some(HealthReason::RegistrationInProgress),
    })
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

fn policy(settings: &TargetGroup) -> Policy {
    match settings.stickiness() {
        StickinessSetting::Off => Policy::None,
        StickinessSetting::LbCookie { duration } => Policy::LbCookie { duration },
        StickinessSetting::AppCookie { cookie_name, duration } => Policy::AppCookie { duration, cookie_name },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use elbow_model::attribute::target_group as key;

    use super::*;
    use crate::Table;
    use crate::testing::{
        HEALTHY, OPTIONS, Put, UNHEALTHY, group, group_key, instance, instance_target, one_group, target,
        target_key,
    };

    fn compiled(configuration: &Configuration, health: &HealthView) -> Arc<Group> {
        Table::compile(configuration, health, &OPTIONS).group(group_key(1)).unwrap().clone()
    }

    fn rotation(group: &Group) -> Vec<u64> {
        (0..group.rotation_length()).map(|at| group.in_rotation(at).unwrap().key.get()).collect()
    }

    /// A group whose targets 1, 2, … have the states of these letters: `h`ealthy, `u`nhealthy, `i`nitial (no check
    /// yet), `d`raining (and healthy), `x` an instance that nobody knows.
    fn group_of(states: &str) -> Arc<Group> {
        let (mut configuration, mut health) = (one_group(0), HealthView::default());
        for (number, state) in (1..).zip(states.chars()) {
            let mut target = if state == 'x' { instance_target(1, number, "i-0") } else { target(1, number) };
            target.deregistered = (state == 'd').then_some(Timestamp::from_secs(7));
            configuration.put(target);
            match state {
                'h' | 'd' => health.set(group_key(1), target_key(number), HEALTHY),
                'u' => health.set(group_key(1), target_key(number), UNHEALTHY),
                _ => {}
            }
        }
        compiled(&configuration, &health)
    }

    #[test]
    fn states_decide_who_is_in_rotation_and_whom_a_session_may_follow() {
        use Standing::{Draining, Eligible, Gone, Unhealthy};
        let table: &[(&str, &[u64], &[Standing])] = &[
            ("hh", &[1, 2], &[Eligible, Eligible]),
            ("hu", &[1], &[Eligible, Unhealthy]),
            ("hd", &[1], &[Eligible, Draining]),
            // Not checked yet: gets nobody new, keeps whom it has.
            ("hi", &[1], &[Eligible, Eligible]),
            ("hx", &[1], &[Eligible, Gone]),
            // Fail-open: all that are registered, never those that drain.
            ("uu", &[1, 2], &[Eligible, Eligible]),
            ("ii", &[1, 2], &[Eligible, Eligible]),
            ("uid", &[1, 2], &[Eligible, Eligible, Draining]),
            // Nobody: 503.
            ("", &[], &[]),
            ("d", &[], &[Draining]),
            ("dx", &[], &[Draining, Gone]),
        ];
        for (states, chosen_from, standings) in table {
            let group = group_of(states);
            assert_eq!(rotation(&group), *chosen_from, "{states}");
            let found: Vec<_> = (1..).take(states.len()).map(|key| group.standing(target_key(key))).collect();
            assert_eq!(found, *standings, "{states}");
            assert_eq!(group.fails_open(), !states.contains('h'), "{states}");
            assert_eq!(group.standing(target_key(99)), Gone);
        }
    }

    #[test]
    fn a_request_sees_targets_it_failed_on_as_unreachable() {
        let (group, failed) = (group_of("hh"), [target_key(1)]);
        assert_eq!(group.without(&failed).standing(target_key(1)), Standing::Unreachable);
        assert_eq!(group.without(&failed).standing(target_key(2)), Standing::Eligible);
    }

    #[test]
    fn without_checks_every_target_is_used() {
        let mut configuration = one_group(2);
        let mut settings = group(1);
        settings.health_check.enabled = false;
        configuration.put(settings);
        let mut health = HealthView::default();
        health.set(group_key(1), target_key(1), UNHEALTHY);
        let group = compiled(&configuration, &health);
        assert_eq!((rotation(&group).as_slice(), group.fails_open()), ([1, 2].as_slice(), false));
        let reason = Some(HealthReason::HealthCheckDisabled);
        assert_eq!(group.targets()[0].health, TargetHealth { state: HealthState::Unavailable, reason });
    }

    #[test]
    fn targets_are_found_by_their_address_or_in_the_instance_directory() {
        let mut configuration = one_group(0);
        let zone = TargetZone::In(Zone::parse("us-east-1a").unwrap());
        configuration.put(elbow_model::Target { zone: Some(zone), ..target(1, 1) });
        configuration.put(elbow_model::Target { zone: Some(TargetZone::All), ..target(1, 2) });
        let six = TargetId::Ip("fd00::7".parse().unwrap());
        configuration.put(elbow_model::Target { id: six, ..target(1, 3) });
        configuration.put(instance_target(1, 4, "i-known"));
        configuration.put(instance_target(1, 5, "i-unknown"));
        configuration.put(instance("i-known", [10, 9, 9, 9]));

        let group = compiled(&configuration, &HealthView::default());
        let found: Vec<_> = group
            .targets()
            .iter()
            .map(|target| (target.address.to_string(), &*target.id, target.zone.as_ref().map(Zone::as_str)))
            .collect();
        let expected = [
            ("10.0.0.1:80".to_owned(), "10.0.0.1:80", Some("us-east-1a")),
            ("10.0.0.2:80".to_owned(), "10.0.0.2:80", None),
            ("[fd00::7]:80".to_owned(), "[fd00::7]:80", None),
            ("10.9.9.9:80".to_owned(), "i-known:80", Some("us-east-1b")),
        ];
        assert_eq!(found, expected);
        assert!(group.is_unresolved(target_key(5)) && !group.is_unresolved(target_key(4)));
    }

    #[test]
    fn settings_are_read_from_the_attributes() {
        let mut configuration = one_group(1);
        let mut settings = group(1);
        settings.health_check.port = HealthCheckPort::Fixed(elbow_model::Port::new(9000).unwrap());
        for (key, value) in [
            (key::STICKINESS_ENABLED, "true"),
            (key::STICKINESS_TYPE, "app_cookie"),
            (key::APP_COOKIE_NAME, "SID"),
            (key::APP_COOKIE_DURATION, "60"),
            (key::OUTCOME_HEADER, "true"),
            (key::DEREGISTRATION_DELAY, "5"),
        ] {
            settings.attributes.set(key, value).unwrap();
        }
        configuration.put(settings);
        let deregistered = Some(Timestamp::from_secs(10));
        configuration.put(elbow_model::Target { deregistered, ..target(1, 1) });

        let group = compiled(&configuration, &HealthView::default());
        let duration = Duration::from_secs(60);
        assert_eq!(group.stickiness(), &Policy::AppCookie { duration, cookie_name: "SID".to_owned() });
        assert!(group.outcome_header());
        assert_eq!(&**group.dimension(), "targetgroup/tg-1/0000000000000001");
        assert!(group.arn().ends_with(&**group.dimension()));
        assert_eq!(group.targets()[0].drains_until, Some(Timestamp::from_secs(15)));
        assert_eq!(group.check_address(&group.targets()[0]).to_string(), "10.0.0.1:9000");
    }
}
