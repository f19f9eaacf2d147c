//! The shards of all workers.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use elbow_model::key::{LoadBalancerKey, TargetGroupKey, TargetKey};

use crate::counter::{Counter, Histogram, Words};
use crate::{Recorder, Snapshot};

/// Counts of all workers. Workers write through their [`Recorder`]; anybody may read with [`Metrics::snapshot`].
#[derive(Debug, Default)]
pub struct Metrics {
    shards: Mutex<Vec<Arc<Shard>>>,
}

impl Metrics {
    /// No counts yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A place to count for one more worker. Its counts stay when the worker ends.
    pub fn recorder(&self) -> Recorder {
        let shard = Arc::new(Shard::default());
        lock(&self.shards).push(Arc::clone(&shard));
        Recorder::new(shard)
    }

    /// The sum over all workers, now.
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

    /// Forgets what does not exist any more, so that counts of deleted things do not pile up. A request that ends
    /// later is counted again under a new entry.
    pub fn retain(
        &self,
        load_balancer: impl Fn(LoadBalancerKey) -> bool,
        target_group: impl Fn(TargetGroupKey) -> bool,
        target: impl Fn(TargetKey) -> bool,
    ) {
        for shard in lock(&self.shards).iter() {
            lock(&shard.load_balancers).retain(|key, counts| counts.retire(load_balancer(*key)));
            lock(&shard.target_groups).retain(|key, counts| counts.retire(target_group(*key)));
            lock(&shard.targets).retain(|key, counts| counts.retire(target(*key)));
        }
    }
}

/// What one worker counts. The maps are locked when a key is seen for the first time and when somebody reads.
#[derive(Debug, Default)]
pub(crate) struct Shard {
    pub(crate) connections: Connections,
    pub(crate) load_balancers: Mutex<HashMap<LoadBalancerKey, Arc<LoadBalancerCounters>>>,
    pub(crate) target_groups: Mutex<HashMap<TargetGroupKey, Arc<TargetGroupCounters>>>,
    pub(crate) targets: Mutex<HashMap<TargetKey, Arc<TargetCounters>>>,
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
    pub(crate) processed_bytes: Counter,
    pub(crate) non_sticky: Counter,
    pub(crate) app_cookie_non_sticky: Counter,
    pub(crate) non_compliant: Counter,
    pub(crate) own_statuses: Statuses,
    pub(crate) own_codes: OwnCodes,
    retired: Counter,
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
    pub(crate) statuses: Statuses,
    pub(crate) connection_errors: Counter,
    pub(crate) response_time: Histogram,
    pub(crate) outcomes: Words,
    retired: Counter,
}

/// Counts of one target.
#[derive(Debug, Default)]
pub(crate) struct TargetCounters {
    pub(crate) requests: Counter,
    retired: Counter,
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

/// Counters that are told when what they count is gone, so that the worker drops its own handle.
pub(crate) trait Retire {
    /// Remembers whether the thing still exists, and says so again.
    fn retire(&self, exists: bool) -> bool;
    /// Whether [`Retire::retire`] was told that it does not.
    fn is_retired(&self) -> bool;
}

macro_rules! retire {
    ($($counters:ty),*) => {
        $(impl Retire for $counters {
            fn retire(&self, exists: bool) -> bool {
                if !exists {
                    self.retired.add(1);
                }
                exists
            }

            fn is_retired(&self) -> bool {
                self.retired.read() > 0
            }
        })*
    };
}

retire!(LoadBalancerCounters, TargetGroupCounters, TargetCounters);

/// The entry for `key`, made if need be, from the worker's own map or the shared one.
pub(crate) fn entry<'a, K: Copy + Eq + Hash, C: Default + Retire>(
    own: &'a mut HashMap<K, Arc<C>>,
    shared: &Mutex<HashMap<K, Arc<C>>>,
    key: K,
) -> &'a C {
    let counters = own.entry(key).or_insert_with(|| Arc::clone(lock(shared).entry(key).or_default()));
    if counters.is_retired() {
        *counters = Arc::clone(lock(shared).entry(key).or_default());
    }
    counters
}

/// Locks; a panic elsewhere cannot leave a count half written, so poison means nothing here.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
