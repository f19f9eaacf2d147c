//! The sink that counts.

use std::cell::RefCell;
use std::sync::Arc;

use elbow_model::key::{LoadBalancerKey, TargetGroupKey, TargetKey};
use elbow_model::{Timestamp, TlsVersion};

use crate::keys::KeyMap;
use crate::metrics::{LoadBalancerCounters, Shard, TargetCounters, TargetGroupCounters, entry, retain};
use crate::sessions::{Sessions, Slice};
use crate::{
    AnsweredBy, ExecutedAction, Handshake, HealthChecked, InvalidNames, NonSticky, RequestFinished,
    SessionSeen, Sink,
};

/// The desync class that is not counted as non-compliant.
const COMPLIANT: &str = "Compliant";

/// Counts for one worker, on its thread only, or for the task that checks targets.
#[derive(Debug)]
pub struct Recorder {
    shard: Arc<Shard>,
    sessions: Arc<Sessions>,
    own: RefCell<Own>,
}

/// The worker's own handles on its counters, found without a lock.
#[derive(Debug, Default)]
struct Own {
    load_balancers: KeyMap<LoadBalancerKey, Arc<LoadBalancerCounters>>,
    target_groups: KeyMap<TargetGroupKey, Arc<TargetGroupCounters>>,
    targets: KeyMap<TargetKey, Arc<TargetCounters>>,
    /// Where the sessions of each target are counted at the moment.
    slices: KeyMap<TargetKey, Arc<Slice>>,
}

impl Recorder {
    pub(crate) fn new(shard: Arc<Shard>, sessions: Arc<Sessions>) -> Self {
        Self { shard, sessions, own: RefCell::default() }
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

    /// A target refused the connection of a request.
    pub fn connection_refused(&self, target: TargetKey) {
        let own = &mut *self.own.borrow_mut();
        entry(&mut own.targets, &self.shard.targets, target).refusals.add(1);
    }

    /// An attempt to agree on TLS with a client of this load balancer is over.
    pub fn handshake(&self, load_balancer: LoadBalancerKey, handshake: Handshake) {
        let own = &mut *self.own.borrow_mut();
        let counters = &entry(&mut own.load_balancers, &self.shard.load_balancers, load_balancer).tls;
        match handshake {
            Handshake::Failed(failure) => counters.add_failure(failure),
            Handshake::Agreed { version, resumed } => {
                let of_version = if version == TlsVersion::V1_3 { &counters.v1_3 } else { &counters.v1_2 };
                of_version.add(1);
                counters.resumed.add(u64::from(resumed));
            }
        }
    }

    /// A target of this group took a connection and did not agree on TLS.
    pub fn target_handshake_failed(&self, group: TargetGroupKey) {
        let own = &mut *self.own.borrow_mut();
        entry(&mut own.target_groups, &self.shard.target_groups, group).tls_errors.add(1);
    }

    /// Forgets this worker's counts of what does not exist any more, so that they do not pile up. A request that ends
    /// later is counted from zero.
    pub fn retain(
        &self,
        load_balancer: impl Fn(LoadBalancerKey) -> bool,
        target_group: impl Fn(TargetGroupKey) -> bool,
        target: impl Fn(TargetKey) -> bool,
    ) {
        let own = &mut *self.own.borrow_mut();
        retain(&mut own.load_balancers, &self.shard.load_balancers, load_balancer);
        retain(&mut own.target_groups, &self.shard.target_groups, target_group);
        own.slices.retain(|key, _| target(*key));
        self.sessions.retain(&target);
        retain(&mut own.targets, &self.shard.targets, target);
    }
}

impl Recorder {
    fn count_session(
        &self,
        slices: &mut KeyMap<TargetKey, Arc<Slice>>,
        target: TargetKey,
        seen: SessionSeen,
        now: Timestamp,
    ) {
        if slices.get(&target).is_some_and(|slice| slice.takes(seen, now)) {
            return;
        }
        match self.sessions.slice(target, seen, now) {
            Some(slice) => drop(slices.insert(target, slice)),
            None => drop(slices.remove(&target)),
        }
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
            let counters = entry(&mut own.targets, &self.shard.targets, key);
            counters.requests.add(1);
            counters.failures.add(u64::from(is_failure(event)));
        }
        if let (Some((key, _)), Some(seen)) = (event.target, event.session) {
            self.count_session(&mut own.slices, key, seen, event.finished);
        }
    }

    fn health_checked(&self, event: &HealthChecked<'_>) {
        let own = &mut *self.own.borrow_mut();
        let group = entry(&mut own.target_groups, &self.shard.target_groups, event.target_group.0);
        group.health_checks.add(event.failure);
    }
}

/// Whether a request that was sent to a target failed there: 5xx, a broken connection or answer (502), or none in time.
fn is_failure(event: &RequestFinished<'_>) -> bool {
    match event.target_status {
        Some(status) => status >= 500,
        None => matches!(event.status, 502 | 504),
    }
}

fn count_load_balancer(counters: &LoadBalancerCounters, event: &RequestFinished<'_>) {
    if event.times.is_some() {
        counters.requests.add(1);
        counters.grpc_requests.add(u64::from(event.grpc));
    }
    counters.processed_bytes.add(event.received_bytes.wrapping_add(event.sent_bytes));
    match event.non_sticky {
        Some(NonSticky::LbCookie) => counters.non_sticky.add(1),
        Some(NonSticky::AppCookie) => counters.app_cookie_non_sticky.add(1),
        None => {}
    }
    match event.invalid_names {
        Some(InvalidNames::Dropped) => counters.dropped_invalid_names.add(1),
        Some(InvalidNames::Forwarded) => counters.forwarded_invalid_names.add(1),
        None => {}
    }
    if !matches!(event.classification, COMPLIANT | "") {
        counters.non_compliant.add(1);
    }
    if event.rule_evaluations > 0 {
        counters.rules.evaluations.add(event.rule_evaluations.into());
    }
    match event.action {
        Some(ExecutedAction::Redirect) if event.redirect_url.is_empty() => {
            counters.rules.redirect_url_limit_exceeded.add(1);
        }
        Some(ExecutedAction::Redirect) => counters.rules.redirects.add(1),
        Some(ExecutedAction::FixedResponse) => counters.rules.fixed_responses.add(1),
        Some(ExecutedAction::Forward) | None => {}
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
        counters.grpc_requests.add(u64::from(event.grpc));
        counters.unhealthy_routing.add(u64::from(event.unhealthy_routing));
    }
    counters.insecure_replays.add(u64::from(event.insecure_replay));
    if let Some(status) = event.target_status {
        counters.statuses.add(status);
    }
    if let Some(time) = event.times.and_then(|times| times.target) {
        counters.response_time.add(time);
    }
    counters.connection_errors.add(u64::from(event.refused_connections));
    counters.outcomes.add(event.outcome);
}
