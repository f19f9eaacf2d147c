//! How targets do.

use std::sync::Arc;

use elbow_model::{
    AnomalyDetection, HealthCheckPort, HealthReason, HealthState, Target, TargetGroup, TargetHealth,
    TargetId, TargetZone,
};

use super::targets::{self, Named, Roll};
use super::usage;
use crate::call::Call;
use crate::error::Error;
use crate::wire::{Params, Xml};

/// What `Include` may ask for beside health (B2).
const INCLUDES: &[&str] = &["AnomalyDetection", "All"];

/// `DescribeTargetHealth`
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let group = call.target_group_of(params)?;
    let include = params.texts("Include")?.unwrap_or_default();
    if let Some(word) = include.iter().find(|it| !INCLUDES.contains(it)) {
        return Err(params.unfit_word("Include", word, INCLUDES));
    }
    let roll = Roll::of(call, group);
    let asked = params.list("Targets")?.unwrap_or_default();
    let mut found: Vec<Found> = Vec::new();
    if asked.is_empty() {
        found.extend(roll.iter().map(|target| Found::Registered(Arc::clone(target))));
        found.sort_by_key(Found::order);
    }
    for member in asked {
        let named = targets::read(call, group, &member)?;
        let target = roll.find(&named).map(Arc::clone);
        found.push(target.map_or_else(|| Found::Absent(named), Found::Registered));
    }
    let used = usage::in_use(call.configuration, group.arn.key);
    let mut xml = Xml::new();
    xml.list("TargetHealthDescriptions", &found, |xml, found| {
        show(call, xml, group, found, used);
        if !include.is_empty() {
            show_anomaly(call, xml, found);
        }
    });
    Ok(xml)
}

enum Found {
    Registered(Arc<Target>),
    Absent(Named),
}

impl Found {
    fn order(&self) -> Option<(elbow_model::Timestamp, TargetId, u16)> {
        match self {
            Self::Registered(target) => Some((target.registered, target.id.clone(), target.port.get())),
            Self::Absent(_) => None,
        }
    }
}

fn show(call: &Call<'_>, xml: &mut Xml, group: &TargetGroup, found: &Found, used: bool) {
    let (id, port, zone) = match found {
        Found::Registered(target) => (&target.id, target.port, &target.zone),
        Found::Absent(named) => (&named.id, named.port, &named.zone),
    };
    xml.element("Target", |xml| {
        xml.text("Id", id);
        xml.text("Port", port);
        match zone {
            Some(TargetZone::All) => xml.text("AvailabilityZone", "all"),
            Some(TargetZone::In(zone)) => xml.text("AvailabilityZone", zone),
            None => {}
        }
    });
    match group.health_check.port {
        HealthCheckPort::Traffic => xml.text("HealthCheckPort", port),
        HealthCheckPort::Fixed(port) => xml.text("HealthCheckPort", port),
    }
    let TargetHealth { state, reason } = health(call, found, used);
    xml.element("TargetHealth", |xml| {
        xml.text("State", state.as_str());
        xml.optional("Reason", reason.map(HealthReason::code));
        xml.optional("Description", reason.map(HealthReason::description));
    });
}

fn show_anomaly(call: &Call<'_>, xml: &mut Xml, found: &Found) {
    let anomaly = match found {
        Found::Absent(_) => AnomalyDetection::default(),
        Found::Registered(target) => call.surroundings.health.anomaly(target.group, target.key),
    };
    xml.element("AnomalyDetection", |xml| {
        xml.text("Result", if anomaly.anomalous { "anomalous" } else { "normal" });
        xml.text("MitigationInEffect", if anomaly.mitigated { "yes" } else { "no" });
    });
}

/// How each of these targets of one group does, which are registered or drain.
pub(crate) fn of_each<'t>(
    call: &Call<'_>,
    group: &TargetGroup,
    targets: impl Iterator<Item = &'t Arc<Target>>,
) -> impl Iterator<Item = (&'t Arc<Target>, TargetHealth)> {
    let used = usage::in_use(call.configuration, group.arn.key);
    targets.map(move |target| (target, health(call, &Found::Registered(Arc::clone(target)), used)))
}

/// What is configured goes before what is observed.
fn health(call: &Call<'_>, found: &Found, used: bool) -> TargetHealth {
    let because = |state, reason| TargetHealth { state, reason: Some(reason) };
    match found {
        Found::Absent(_) => because(HealthState::Unused, HealthReason::NotRegistered),
        Found::Registered(target) if target.deregistered.is_some() => {
            because(HealthState::Draining, HealthReason::DeregistrationInProgress)
        }
        Found::Registered(_) if !used => because(HealthState::Unused, HealthReason::NotInUse),
        Found::Registered(target) => call.surroundings.health.health(target.group, target.key),
    }
}
