//! The shards of all who count: each worker, and the one who checks the health of targets.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use elbow_model::Timestamp;
use elbow_model::key::{LoadBalancerKey, TargetGroupKey, TargetKey};

use crate::counter::{Counter, Histogram, Words};
use crate::keys::KeyMap;
use crate::sessions::Sessions;
use crate::{CheckFailure, HandshakeFailure, LiveSessions, Recorder, Snapshot, TargetCount};

/// The counts of all. Workers, and whoever checks targets, write through their [`Recorder`]; anybody may read with [`Metrics::snapshot`].
#[derive(Debug, Default)]
pub struct Metrics {
    shards: Mutex<Vec<Arc<Shard>>>,
    sessions: Arc<Sessions>,
}

impl Metrics {
    /// No counts yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A place to count for one more of them. Its counts stay when that one ends.
    pub fn recorder(&self) -> Recorder {
        let shard = Arc::new(Shard::default());
        lock(&self.shards).push(Arc::clone(&shard));
        Recorder::new(shard, Arc::clone(&self.sessions))
    }

    /// The sum over all, now.
    pub fn snapshot(&self) -> Snapshot {
        let mut snapshot = Snapshot::default();
        for shard in lock(&self.shards).iter() {
            shard.connections.add_to(&mut snapshot);
            lock(&shard.load_balancers)
                .iter()
                .for_each(|(key, counts)| snapshot.add_load_balancer(*key, counts));
            lock(&shard.target_groups)
                .iter()
                .for_each(|(key, counts)| snapshot.add_target_group(*key, counts));
            lock(&shard.targets).iter().for_each(|(key, counts)| snapshot.add_target(*key, counts));
        }
        snapshot
    }

    /// How many sessions live on these targets now.
    pub fn live_sessions(&self, of: impl IntoIterator<Item = TargetKey>, now: Timestamp) -> LiveSessions {
        self.sessions.live(of, now)
    }

    /// The counts of targets alone, summed over all workers.
    pub fn targets(&self) -> BTreeMap<TargetKey, TargetCount> {
        let mut snapshot = Snapshot::default();
        for shard in lock(&self.shards).iter() {
            lock(&shard.targets).iter().for_each(|(key, counts)| snapshot.add_target(*key, counts));
        }
        snapshot.targets
    }
}

/// What one worker counts. The maps are locked when a key is seen for the first time and when somebody reads.
#[derive(Debug, Default)]
pub(crate) struct Shard {
    pub(crate) connections: Connections,
    pub(crate) load_balancers: Mutex<KeyMap<LoadBalancerKey, Arc<LoadBalancerCounters>>>,
    pub(crate) target_groups: Mutex<KeyMap<TargetGroupKey, Arc<TargetGroupCounters>>>,
    pub(crate) targets: Mutex<KeyMap<TargetKey, Arc<TargetCounters>>>,
}

/// Connections of one worker.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    pub(crate) accepted: Counter,
    pub(crate) closed: Counter,
    pub(crate) rejected: Counter,
}

impl Connections {
    fn add_to(&self, snapshot: &mut Snapshot) {
        let closed = self.closed.read();
        snapshot.new_connections += self.accepted.read();
        snapshot.active_connections += self.accepted.read().saturating_sub(closed);
        snapshot.rejected_connections += self.rejected.read();
    }
}

/// Counts with the dimension of a load balancer (facts, 6.4).
#[derive(Debug, Default)]
pub(crate) struct LoadBalancerCounters {
    pub(crate) requests: Counter,
    pub(crate) grpc_requests: Counter,
    pub(crate) processed_bytes: Counter,
    pub(crate) non_sticky: Counter,
    pub(crate) app_cookie_non_sticky: Counter,
    pub(crate) dropped_invalid_names: Counter,
    pub(crate) forwarded_invalid_names: Counter,
    pub(crate) non_compliant: Counter,
    pub(crate) own_statuses: Statuses,
    pub(crate) own_codes: OwnCodes,
    pub(crate) rules: RuleCounters,
    pub(crate) tls: TlsCounters,
}

/// Handshakes of TLS with clients.
#[derive(Debug, Default)]
pub(crate) struct TlsCounters {
    /// By reason, in the order of [`HandshakeFailure::ALL`].
    pub(crate) failed: [Counter; HandshakeFailure::ALL.len()],
    pub(crate) resumed: Counter,
    pub(crate) v1_2: Counter,
    pub(crate) v1_3: Counter,
}

impl TlsCounters {
    pub(crate) fn add_failure(&self, failure: HandshakeFailure) {
        let of_reason = HandshakeFailure::ALL.iter().zip(&self.failed).find(|(known, _)| **known == failure);
        of_reason.iter().for_each(|(_, counter)| counter.add(1));
    }

    /// Those reasons that there were.
    pub(crate) fn failures(&self) -> impl Iterator<Item = (HandshakeFailure, u64)> {
        let all = HandshakeFailure::ALL.into_iter().zip(self.failed.iter().map(Counter::read));
        all.filter(|(_, count)| *count > 0)
    }
}

/// What rules did.
#[derive(Debug, Default)]
pub(crate) struct RuleCounters {
    pub(crate) evaluations: Counter,
    pub(crate) redirects: Counter,
    pub(crate) redirect_url_limit_exceeded: Counter,
    pub(crate) fixed_responses: Counter,
}

/// Own answers that have a metric of their own.
#[derive(Debug, Default)]
pub(crate) struct OwnCodes {
    pub(crate) code_500: Counter,
    pub(crate) code_502: Counter,
    pub(crate) code_503: Counter,
    pub(crate) code_504: Counter,
}

/// Counts with the dimension of a target group.
#[derive(Debug, Default)]
pub(crate) struct TargetGroupCounters {
    pub(crate) requests: Counter,
    pub(crate) grpc_requests: Counter,
    pub(crate) statuses: Statuses,
    pub(crate) connection_errors: Counter,
    pub(crate) tls_errors: Counter,
    pub(crate) insecure_replays: Counter,
    pub(crate) unhealthy_routing: Counter,
    pub(crate) response_time: Histogram,
    pub(crate) outcomes: Words,
    pub(crate) health_checks: HealthCheckCounters,
}

/// Health checks by their result (O6).
#[derive(Debug, Default)]
pub(crate) struct HealthCheckCounters {
    pub(crate) passed: Counter,
    failed: [Counter; CheckFailure::ALL.len()],
}

impl HealthCheckCounters {
    pub(crate) fn add(&self, failure: Option<CheckFailure>) {
        let Some(failure) = failure else { return self.passed.add(1) };
        let counts = CheckFailure::ALL.iter().zip(&self.failed);
        counts.filter(|(of, _)| **of == failure).for_each(|(_, count)| count.add(1));
    }

    pub(crate) fn failed(&self) -> impl Iterator<Item = (CheckFailure, u64)> {
        CheckFailure::ALL.into_iter().zip(&self.failed).map(|(of, count)| (of, count.read()))
    }
}

/// Counts of one target.
#[derive(Debug, Default)]
pub(crate) struct TargetCounters {
    pub(crate) requests: Counter,
    pub(crate) failures: Counter,
    pub(crate) refusals: Counter,
}

/// Counts by the first digit of a status, 1xx to 5xx.
#[derive(Debug, Default)]
pub(crate) struct Statuses([Counter; 5]);

impl Statuses {
    pub(crate) fn add(&self, status: u16) {
        if let Some(count) = usize::from(status / 100).checked_sub(1).and_then(|class| self.0.get(class)) {
            count.add(1);
        }
    }

    pub(crate) fn read(&self) -> [u64; 5] {
        self.0.each_ref().map(Counter::read)
    }
}

/// The entry for `key`, made if need be, from the worker's own map or the shared one.
pub(crate) fn entry<'a, K: Copy + Eq + Hash, C: Default>(
    own: &'a mut KeyMap<K, Arc<C>>,
    shared: &Mutex<KeyMap<K, Arc<C>>>,
    key: K,
) -> &'a C {
    own.entry(key).or_insert_with(|| Arc::clone(lock(shared).entry(key).or_default()))
}

/// Removes the entries that `keep` does not want from both maps.
pub(crate) fn retain<K: Copy + Eq + Hash, C>(
    own: &mut KeyMap<K, Arc<C>>,
    shared: &Mutex<KeyMap<K, Arc<C>>>,
    keep: impl Fn(K) -> bool,
) {
    let before = own.len();
    own.retain(|key, _| keep(*key));
    if own.len() < before {
        lock(shared).retain(|key, _| own.contains_key(key));
    }
}

/// Locks; a panic elsewhere cannot leave a count half written, so poison means nothing here.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
