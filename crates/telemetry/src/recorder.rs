//! The sink that counts.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use elbow_model::key::{LoadBalancerKey, TargetGroupKey, TargetKey};

use crate::metrics::{LoadBalancerCounters, Retire, Shard, TargetCounters, TargetGroupCounters, entry};
use crate::{AnsweredBy, NonSticky, RequestFinished, Sink};

/// The desync class that is not counted as non-compliant.
const COMPLIANT: &str = "Compliant";

/// Counts for one worker, on its thread only.
#[derive(Debug)]
pub struct Recorder {
    shard: Arc<Shard>,
    own: RefCell<Own>,
}

/// The worker's own handles on its counters, found without a lock.
#[derive(Debug, Default)]
struct Own {
    load_balancers: HashMap<LoadBalancerKey, Arc<LoadBalancerCounters>>,
    target_groups: HashMap<TargetGroupKey, Arc<TargetGroupCounters>>,
    targets: HashMap<TargetKey, Arc<TargetCounters>>,
}

impl Recorder {
    pub(crate) fn new(shard: Arc<Shard>) -> Self {
        Self { shard, own: RefCell::default() }
    }

    /// A client's connection was accepted.
    pub fn connection_accepted(&self) {
        self.shard.connections.accepted.add(1);
    }

    /// A client's connection was closed.
    pub fn connection_closed(&self) {
        self.shard.connections.closed.add(1);
    }

    /// A client's connection was refused because a limit was reached.
    pub fn connection_rejected(&self) {
        self.shard.connections.rejected.add(1);
    }

    /// Drops handles on what [`Metrics::retain`](crate::Metrics::retain) has forgotten. For the worker's tick.
    pub fn prune(&self) {
        let mut own = self.own.borrow_mut();
        own.load_balancers.retain(|_, counters| !counters.is_retired());
        own.target_groups.retain(|_, counters| !counters.is_retired());
        own.targets.retain(|_, counters| !counters.is_retired());
    }
}

impl Sink for Recorder {
    fn request_finished(&self, event: &RequestFinished<'_>) {
        let own = &mut *self.own.borrow_mut();
        if let Some(key) = event.load_balancer {
            count_load_balancer(entry(&mut own.load_balancers, &self.shard.load_balancers, key), event);
        }
        if let Some(key) = event.target_group {
            count_target_group(entry(&mut own.target_groups, &self.shard.target_groups, key), event);
        }
        if let Some((key, _)) = event.target.filter(|_| event.times.is_some()) {
            entry(&mut own.targets, &self.shard.targets, key).requests.add(1);
        }
    }
}

fn count_load_balancer(counters: &LoadBalancerCounters, event: &RequestFinished<'_>) {
    if event.times.is_some() {
        counters.requests.add(1);
    }
    counters.processed_bytes.add(event.received_bytes.wrapping_add(event.sent_bytes));
    match event.non_sticky {
        Some(NonSticky::LbCookie) => counters.non_sticky.add(1),
        Some(NonSticky::AppCookie) => counters.app_cookie_non_sticky.add(1),
        None => {}
    }
    if !matches!(event.classification, COMPLIANT | "") {
        counters.non_compliant.add(1);
    }
    if event.answered_by == AnsweredBy::LoadBalancer {
        counters.own_statuses.add(event.status);
        match event.status {
            500 => counters.own_codes.code_500.add(1),
            502 => counters.own_codes.code_502.add(1),
            503 => counters.own_codes.code_503.add(1),
            504 => counters.own_codes.code_504.add(1),
            _ => {}
        }
    }
}

fn count_target_group(counters: &TargetGroupCounters, event: &RequestFinished<'_>) {
    if event.times.is_some() {
        counters.requests.add(1);
    }
    if let Some(status) = event.target_status {
        counters.statuses.add(status);
    }
    if let Some(time) = event.times.and_then(|times| times.target) {
        counters.response_time.add(time);
    }
    counters.connection_errors.add(u64::from(event.refused_connections));
    counters.outcomes.add(event.outcome);
}
