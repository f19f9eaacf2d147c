//! Groups made of configurations and health.

use std::time::Duration;

use elbow_model::attribute::target_group as key;
use elbow_model::{Configuration, HealthReason, HealthState, TargetId, TargetZone};

use super::*;
use crate::testing::{
    HEALTHY, OPTIONS, Put, UNHEALTHY, group, group_key, instance, instance_target, one_group, target,
    target_key,
};
use crate::{HealthView, Options, Table};
use elbow_stickiness::SameSite;

fn compiled(configuration: &Configuration, health: &HealthView) -> Arc<Group> {
    Table::compile(configuration, health, &OPTIONS).group(group_key(1)).unwrap().clone()
}

fn members(group: &Group, zone: Option<&str>) -> Vec<u64> {
    let zone = zone.map(|zone| Zone::parse(zone).unwrap());
    let rotation = group.rotation(zone.as_ref());
    rotation.members().iter().map(|at| group.at(*at).unwrap().key.get()).collect()
}

fn rotation(group: &Group) -> Vec<u64> {
    members(group, None)
}

/// One group with these attributes.
fn with_attributes(configuration: &mut Configuration, attributes: &[(&str, &str)]) {
    let mut settings = group(1);
    attributes.iter().for_each(|(key, value)| settings.attributes.set(key, value).unwrap());
    configuration.put(settings);
}

/// A group whose targets 1, 2, … have the states of these letters: `h`ealthy, `u`nhealthy, `i`nitial (no check
/// yet), `d`raining (and healthy), `x` an instance that nobody knows.
fn group_of(states: &str) -> Arc<Group> {
    group_with(states, &[])
}

/// As [`group_of`], with attributes.
fn group_with(states: &str, attributes: &[(&str, &str)]) -> Arc<Group> {
    let (mut configuration, mut health) = (one_group(0), HealthView::default());
    with_attributes(&mut configuration, attributes);
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
fn a_group_tells_the_state_of_every_registration() {
    let states: Vec<_> = group_of("huidx").conditions().map(|(state, _)| state.as_str()).collect();
    assert_eq!(states, ["healthy", "unhealthy", "initial", "draining", "unused"]);
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
        assert_eq!(group.rotation(None).health().routes_to_all, !states.contains('h'), "{states}");
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
    assert_eq!((rotation(&group), group.rotation(None).health().routes_to_all), (vec![1, 2], false));
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
        (key::STICKINESS_HTTPS_ONLY, "true"),
        (key::COOKIE_HTTP_ONLY, "true"),
        (key::COOKIE_SAME_SITE, "lax"),
        (key::HARDEN, "true"),
        (key::HARDEN_EXCEPT, "theme lang"),
        (key::DEREGISTRATION_DELAY, "5"),
    ] {
        settings.attributes.set(key, value).unwrap();
    }
    configuration.put(settings);
    let deregistered = Some(Timestamp::from_secs(10));
    configuration.put(elbow_model::Target { deregistered, ..target(1, 1) });

    let group = compiled(&configuration, &HealthView::default());
    let duration = Duration::from_secs(60);
    assert_eq!(
        group.stickiness(),
        &Policy::AppCookie { duration, cookie_name: "SID".to_owned(), https_only: true }
    );
    assert!(group.outcome_header());
    let form = CookieForm { http_only: true, same_site: Some(SameSite::Lax), ..CookieForm::default() };
    assert_eq!(group.cookie_form(), form);
    let hardening = group.hardening().unwrap();
    let left = [&b"theme"[..], b"lang", b"sid", b""].map(|name| hardening.leaves_alone(name));
    assert_eq!(left, [true, true, false, false]);
    assert_eq!(&**group.dimension(), "targetgroup/tg-1/0000000000000001");
    assert!(group.arn().ends_with(&**group.dimension()));
    assert_eq!(group.targets()[0].drains_until, Some(Timestamp::from_secs(15)));
    assert_eq!(group.check_address(&group.targets()[0]).to_string(), "10.0.0.1:9000");
}

/// B20, B21: which of the two thresholds is breached, and who is chosen from then.
#[test]
fn too_few_healthy_targets_mean_that_all_are_used() {
    let (count, percentage) = (key::UNHEALTHY_ROUTING_COUNT, key::UNHEALTHY_ROUTING_PERCENTAGE);
    let (dns_count, dns_percentage) = (key::DNS_FAILOVER_COUNT, key::DNS_FAILOVER_PERCENTAGE);
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], bool, bool);
    let table: &[Row<'_>] = &[
        ("huuu", &[], false, false),
        ("uuuu", &[], true, true),
        ("uuuu", &[(dns_count, "off")], true, false),
        ("hhuu", &[(count, "2")], false, false),
        ("huuu", &[(count, "2")], true, false),
        ("huuu", &[(count, "2"), (dns_count, "2")], true, true),
        // One of four is not a quarter too few.
        ("huuu", &[(percentage, "25")], false, false),
        ("huuu", &[(percentage, "26")], true, false),
        ("hhhu", &[(dns_percentage, "76")], false, true),
        // Either is enough.
        ("hhuu", &[(count, "1"), (percentage, "51")], true, false),
        ("hhuu", &[(count, "3"), (percentage, "50")], true, false),
        // Those that drain are not counted, neither as healthy nor as registered.
        ("hhdd", &[(percentage, "100")], false, false),
        ("hudd", &[(count, "2")], true, false),
    ];
    for (states, attributes, routes_to_all, fails_over) in table {
        let group = group_with(states, attributes);
        let health = group.rotation(None).health();
        assert_eq!(
            (health.routes_to_all, health.fails_over),
            (*routes_to_all, *fails_over),
            "{states} {attributes:?}"
        );
        let used = states.chars().filter(|state| *state == 'h' || *routes_to_all && *state == 'u').count();
        assert_eq!(rotation(&group).len(), used, "{states} {attributes:?}");
        let unhealthy = states.find('u').map(|at| group.standing(target_key(at as u64 + 1)));
        let expected = if *routes_to_all { Standing::Eligible } else { Standing::Unhealthy };
        assert!(unhealthy.is_none_or(|standing| standing == expected), "{states} {attributes:?}");
    }
}

/// B4, S25: targets 1 and 2 are in zone a, 3 in zone b.
fn in_zones(cross_zone: &str, unhealthy: &[u64]) -> Arc<Group> {
    let (mut configuration, mut health) = (one_group(0), HealthView::default());
    with_attributes(&mut configuration, &[(key::CROSS_ZONE, cross_zone)]);
    for (number, zone) in (1..).zip(["us-east-1a", "us-east-1a", "us-east-1b"]) {
        let zone = Some(TargetZone::In(Zone::parse(zone).unwrap()));
        configuration.put(elbow_model::Target { zone, ..target(1, number) });
        let state = if unhealthy.contains(&number) { UNHEALTHY } else { HEALTHY };
        health.set(group_key(1), target_key(number), state);
    }
    compiled(&configuration, &health)
}

#[test]
fn with_cross_zone_off_a_zone_uses_its_own_targets() {
    for cross_zone in ["true", "use_load_balancer_configuration"] {
        let group = in_zones(cross_zone, &[]);
        assert!(!group.is_zonal());
        assert_eq!(members(&group, Some("us-east-1b")), [1, 2, 3]);
    }
    let group = in_zones("false", &[]);
    assert!(group.is_zonal());
    assert_eq!(members(&group, Some("us-east-1a")), [1, 2]);
    assert_eq!(members(&group, Some("us-east-1b")), [3]);
    assert_eq!(members(&group, Some("us-east-1c")), [0; 0], "nobody: 503");
}

#[test]
fn with_cross_zone_off_each_zone_has_its_own_health() {
    let group = in_zones("false", &[1, 3]);
    assert_eq!(members(&group, Some("us-east-1a")), [2]);
    assert_eq!(members(&group, Some("us-east-1b")), [3], "all of them are unhealthy");
    assert_eq!(group.standing(target_key(1)), Standing::Unhealthy);
    assert_eq!(group.standing(target_key(3)), Standing::Eligible);
    let health: Vec<_> = group
        .rotations()
        .map(|rotation| (rotation.zone().map(Zone::as_str), rotation.health()))
        .map(|(zone, health)| (zone, health.registered, health.healthy, health.routes_to_all))
        .collect();
    let expected = [(None, 0, 0, true), (Some("us-east-1a"), 2, 1, false), (Some("us-east-1b"), 1, 0, true)];
    assert_eq!(health, expected);
}

#[test]
fn a_group_that_does_not_fail_open_refuses_when_nobody_is_healthy() {
    let (mut configuration, mut health) = (one_group(3), HealthView::default());
    assert_eq!(rotation(&compiled(&configuration, &health)), [1, 2, 3], "others fail open");
    let mut settings = group(1);
    settings.policies.fails_open = false;
    configuration.put(settings);
    assert_eq!(rotation(&compiled(&configuration, &health)), [0; 0]);
    health.set(group_key(1), target_key(2), HEALTHY);
    assert_eq!(rotation(&compiled(&configuration, &health)), [2]);
}

#[test]
fn a_node_that_starts_takes_targets_of_such_a_group_for_healthy_until_it_knows_better() {
    let (mut configuration, mut health) = (one_group(3), HealthView::default());
    let mut settings = group(1);
    settings.policies.fails_open = false;
    configuration.put(settings);
    let started = Timestamp::from_secs(100);
    configuration.put(elbow_model::Target { registered: started, ..target(1, 3) });
    let compiled = |health: &HealthView| {
        let options = Options { started, ..OPTIONS };
        Table::compile(&configuration, health, &options).group(group_key(1)).unwrap().clone()
    };
    assert_eq!(rotation(&compiled(&health)), [1, 2], "the third one is new");
    health.set(group_key(1), target_key(1), UNHEALTHY);
    assert_eq!(rotation(&compiled(&health)), [2]);
}

#[test]
fn a_target_of_no_known_zone_counts_in_every_zone() {
    let (mut configuration, mut health) = (one_group(1), HealthView::default());
    with_attributes(&mut configuration, &[(key::CROSS_ZONE, "false")]);
    let zone = Some(TargetZone::In(Zone::parse("us-east-1a").unwrap()));
    configuration.put(elbow_model::Target { zone, ..target(1, 2) });
    (1..=2).for_each(|number| health.set(group_key(1), target_key(number), HEALTHY));
    let group = compiled(&configuration, &health);
    assert_eq!(members(&group, Some("us-east-1a")), [1, 2]);
    assert_eq!(members(&group, Some("us-east-1c")), [1]);
}

#[test]
fn the_algorithm_is_read_from_the_attributes() {
    let algorithm = |attributes: &[(&str, &str)]| group_with("h", attributes).algorithm();
    let minute = Some(Duration::from_secs(60));
    assert_eq!(algorithm(&[]), Algorithm::RoundRobin { slow_start: None });
    assert_eq!(algorithm(&[(key::SLOW_START, "60")]), Algorithm::RoundRobin { slow_start: minute });
    let least = &[(key::ALGORITHM, "least_outstanding_requests")];
    assert_eq!(algorithm(least), Algorithm::LeastOutstandingRequests);
    let random = &[(key::ALGORITHM, "weighted_random")];
    assert_eq!(algorithm(random), Algorithm::WeightedRandom { mitigates: false });
    let mitigating = &[(key::ALGORITHM, "weighted_random"), (key::ANOMALY_MITIGATION, "on")];
    assert_eq!(algorithm(mitigating), Algorithm::WeightedRandom { mitigates: true });
}
