//! What health checks have changed, in words.

use elbow_model::TargetHealth;
use elbow_routing::{Group, Rotation, Table, ZoneHealth};

use crate::publisher::HealthReport;

/// Says how the targets of these reports do now, and whose group has crossed one of its thresholds (B20, B21).
pub(super) fn write(before: &Table, after: &Table, reports: &[HealthReport]) {
    reports.iter().for_each(|report| target(after, report));
    let mut groups: Vec<_> = reports.iter().map(|report| report.group).collect();
    groups.sort_unstable();
    groups.dedup();
    for group in groups.into_iter().filter_map(|key| after.group(key)) {
        let known = before.group(group.key());
        for rotation in group.rotations() {
            let was = known.map(|group| group.rotation(rotation.zone()).health());
            thresholds(group, rotation, was.unwrap_or_default());
        }
    }
}

fn target(table: &Table, report: &HealthReport) {
    let Some(TargetHealth { state, reason }) = report.health.map(|it| it.health) else { return };
    let Some(group) = table.group(report.group) else { return };
    let Some(target) = group.target(report.target) else { return };
    let (id, of, state) = (&target.id, group.dimension(), state.as_str());
    match reason {
        Some(reason) => tracing::info!("target {id} of {of} is {state}: {}", reason.description()),
        None => tracing::info!("target {id} of {of} is {state}"),
    }
}

fn thresholds(group: &Group, rotation: &Rotation, was: ZoneHealth) {
    let now = rotation.health();
    let zone = rotation.zone().map(|zone| format!(" in {zone}")).unwrap_or_default();
    let (of, healthy, registered) = (group.dimension(), now.healthy, now.registered);
    match (was.routes_to_all, now.routes_to_all) {
        (false, true) => tracing::warn!(
            "{healthy} of {registered} targets of {of}{zone} are healthy, too few: requests go to all of them"
        ),
        (true, false) => tracing::info!(
            "{healthy} of {registered} targets of {of}{zone} are healthy: requests go to those"
        ),
        _ => {}
    }
    match (was.fails_over, now.fails_over) {
        (false, true) => {
            tracing::warn!(
                "{healthy} of {registered} targets of {of}{zone} are healthy: DNS would fail over"
            );
        }
        (true, false) => {
            tracing::info!("{healthy} of {registered} targets of {of}{zone} are healthy: DNS would use them");
        }
        _ => {}
    }
}
