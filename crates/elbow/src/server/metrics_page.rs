//! What `GET /metrics` answers: what was counted since the start, and how targets do now.

use std::fmt;
use std::sync::Arc;

use elbow_proxy::publisher::Snapshots;
use elbow_routing::Table;
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

/// The groups that are in use, in the order of their keys.
fn health(table: &Table) -> Vec<TargetGroupHealth> {
    let in_use = table.groups().filter_map(|group| {
        let user = table.user(group.key())?;
        Some(TargetGroupHealth::new(user, group.key(), group.conditions()))
    });
    let mut groups: Vec<_> = in_use.collect();
    groups.sort_unstable_by_key(|group| group.target_group);
    groups
}
