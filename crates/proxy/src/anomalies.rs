//! Comparing how the targets of a group answer (B2): every five seconds, on the control side.
//!
//! Workers count, as they do for metrics. [`AnomalyWatch`] takes the differences, `elbow_routing::AnomalyDetector` decides
//! what they mean, and the [`Publisher`] tells workers and whoever asks for the health of targets.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use elbow_model::HealthState;
use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_routing::{Algorithm, Anomaly, AnomalyDetector, Group, KeyMap, Tally};
use elbow_telemetry::{Metrics, TargetCount};
use tokio::time::{MissedTickBehavior, interval};

use crate::publisher::Publisher;

/// Time between two comparisons (B2).
const STEP: Duration = Duration::from_secs(5);

/// Compares the targets of every group that is in use.
#[derive(Debug)]
pub struct AnomalyWatch {
    publisher: Arc<Publisher>,
    metrics: Arc<Metrics>,
    detectors: KeyMap<TargetGroupKey, AnomalyDetector>,
    /// At the last step.
    counts: BTreeMap<TargetKey, TargetCount>,
}

impl AnomalyWatch {
    /// A watch on what these metrics count.
    pub fn new(publisher: Arc<Publisher>, metrics: Arc<Metrics>) -> Self {
        let counts = metrics.targets();
        Self { publisher, metrics, detectors: KeyMap::default(), counts }
    }

    /// Steps for ever. Drop the future to stop.
    pub async fn run(mut self) {
        let mut tick = interval(STEP);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            self.step();
        }
    }

    /// Compares what has happened since the last step, and publishes what was found.
    pub fn step(&mut self) {
        let table = Arc::clone(&self.publisher.snapshots().load().table);
        let counts = self.metrics.targets();
        self.detectors.retain(|key, _| table.is_used(*key));
        let mut found = Vec::new();
        for group in table.groups().filter(|group| table.is_used(group.key())) {
            let detector = self.detectors.entry(group.key()).or_default();
            compare(group, detector, &self.counts, &counts, &mut found);
        }
        self.counts = counts;
        if !found.is_empty() {
            self.publisher.report_anomalies(&found);
        }
    }
}

/// One step of one group; appends what has changed.
fn compare(
    group: &Group,
    detector: &mut AnomalyDetector,
    before: &BTreeMap<TargetKey, TargetCount>,
    now: &BTreeMap<TargetKey, TargetCount>,
    found: &mut Vec<(TargetGroupKey, TargetKey, Anomaly)>,
) {
    let mitigates = group.algorithm() == Algorithm::WeightedRandom { mitigates: true };
    let healthy = group
        .targets()
        .iter()
        .filter(|target| target.drains_until.is_none() && target.health.state == HealthState::Healthy);
    let tallies = healthy.map(|target| (target.key, tally(before.get(&target.key), now.get(&target.key))));
    let results: KeyMap<TargetKey, Anomaly> = detector.step(tallies, mitigates).collect();
    for target in group.targets() {
        let anomaly = results.get(&target.key).copied().unwrap_or_default();
        if anomaly != target.anomaly {
            if anomaly.anomalous != target.anomaly.anomalous {
                let is = if anomaly.anomalous { "anomalous" } else { "normal" };
                tracing::info!("target {} of {} is {is}: its errors, compared", target.id, group.dimension());
            }
            found.push((group.key(), target.key, anomaly));
        }
    }
}

/// What has happened between two counts; one that was begun anew began at zero.
fn tally(before: Option<&TargetCount>, now: Option<&TargetCount>) -> Tally {
    let (before, now) = (before.cloned().unwrap_or_default(), now.cloned().unwrap_or_default());
    let more = |count: fn(&TargetCount) -> u64| {
        let (before, now) = (count(&before), count(&now));
        now.checked_sub(before).unwrap_or(now)
    };
    let refusals = more(|count| count.refusals);
    Tally {
        requests: more(|count| count.requests).saturating_add(refusals),
        errors: more(|count| count.failures).saturating_add(refusals),
    }
}
