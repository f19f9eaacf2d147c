//! What `GET /metrics` answers: what was counted since the start, and how targets do now.

use std::fmt;
use std::sync::Arc;

use elbow_proxy::publisher::Snapshots;
use elbow_routing::{Group, Table};
use elbow_telemetry::{AccessLogs, Metrics, TargetGroupHealth};

/// Where the numbers come from.
#[derive(Clone)]
pub(crate) struct MetricsPage {
    pub(super) metrics: Arc<Metrics>,
    pub(super) logs: Arc<AccessLogs>,
    pub(super) snapshots: Snapshots,
}

impl MetricsPage {
    /// The numbers now, in Prometheus' text format.
    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        self.metrics.snapshot().write_prometheus(&mut text)?;
        self.logs.write_prometheus(&mut text)?;
        TargetGroupHealth::write_prometheus(&health(&self.snapshots.load().table), &mut text)?;
        Ok(text)
    }
}

/// The groups that are in use, and how their targets do.
pub(super) fn in_use(table: &Table) -> impl Iterator<Item = (&Arc<Group>, TargetGroupHealth)> {
    table.groups().filter_map(|group| {
        let user = table.user(group.key())?;
        Some((group, TargetGroupHealth::new(user, group.key(), group.conditions())))
    })
}

/// How the targets of the groups that are in use do, in the order of the groups' keys.
fn health(table: &Table) -> Vec<TargetGroupHealth> {
    let mut groups: Vec<_> = in_use(table).map(|(_, health)| health).collect();
    groups.sort_unstable_by_key(|group| group.target_group);
    groups
}
