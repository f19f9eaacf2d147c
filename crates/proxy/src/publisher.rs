//! One snapshot of everything that requests are served by, and its only writer on this node.
//!
//! The configuration, the results of health checks and the keys come together here. Workers take the newest
//! [`Snapshot`] with one atomic load. What was published stays in force until something newer is, so nothing here
//! needs a store that works.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_model::{Configuration, Lowered};
use elbow_routing::{Anomaly, Bindings, Condition, HealthView, Options, Table, Touched};
use elbow_stickiness::{Generation, Keyring, KeyringError};
use tokio::sync::watch;

use crate::tls::{SecureListeners, SecureTargets};

/// Everything that requests are served by at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The revision of the configuration.
    pub revision: u64,
    /// Where requests go.
    pub table: Arc<Table>,
    /// What seals and opens tokens.
    pub keyring: Arc<Keyring>,
    /// What listeners that speak HTTPS agree to.
    pub secure: Arc<SecureListeners>,
    /// What targets that speak HTTPS have to show.
    pub secure_targets: Arc<SecureTargets>,
}

/// Where the newest snapshot is found; see `arc_swap::Cache` for the cheapest way to read it.
pub type Snapshots = Arc<ArcSwap<Snapshot>>;

/// The writer of snapshots. Each method has published what it was given when it returns.
#[derive(Debug)]
pub struct Publisher {
    /// Held while a configuration is published, one after the other.
    lowered: Mutex<Lowered>,
    /// Held while a snapshot is made, which is short. It is locked second.
    latest: Mutex<Latest>,
    snapshots: Snapshots,
    sockets: watch::Sender<Wanted>,
    configured: watch::Sender<Arc<Table>>,
    published: watch::Sender<u64>,
}

/// The sockets that are wanted.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// The revision of the configuration since which they are.
    pub(crate) since: u64,
    /// They, and the listeners on each.
    pub(crate) bindings: Arc<Bindings>,
}

/// What the newest snapshot was made of.
#[derive(Debug)]
struct Latest {
    /// As lowered.
    configuration: Arc<Configuration>,
    health: HealthView,
}

/// One thing that health checks have to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthReport {
    /// The group.
    pub group: TargetGroupKey,
    /// Its target.
    pub target: TargetKey,
    /// How it does; `None`: it is not checked any more.
    pub health: Option<Condition>,
}

impl Publisher {
    /// Publishes the first snapshot, in which no target has been checked.
    ///
    /// # Errors
    ///
    /// The configuration's key generations are not a key ring; there has to be at least one.
    pub fn new(
        revision: u64,
        configuration: Arc<Configuration>,
        options: &Options,
    ) -> Result<Self, KeyringError> {
        let mut lowered = Lowered::default();
        let configuration = lowered.next(configuration);
        let keyring = Arc::new(keyring(&configuration)?);
        let health = HealthView::default();
        let table = Arc::new(Table::compile(&configuration, &health, options));
        let secure =
            Arc::new(SecureListeners::compile(&SecureListeners::default(), &configuration, &keyring));
        Ok(Self {
            sockets: watch::Sender::new(Wanted { since: revision, bindings: Arc::clone(table.bindings()) }),
            published: watch::Sender::new(revision),
            configured: watch::Sender::new(Arc::clone(&table)),
            snapshots: Arc::new(ArcSwap::from_pointee(Snapshot {
                revision,
                table,
                keyring,
                secure,
                secure_targets: Arc::new(SecureTargets::compile(&SecureTargets::default(), &configuration)),
            })),
            lowered: Mutex::new(lowered),
            latest: Mutex::new(Latest { configuration, health }),
        })
    }

    /// Publishes a newer configuration. Only the parts in which it differs from the last one are compiled, so whoever
    /// has several may pass on the newest alone.
    ///
    /// # Errors
    ///
    /// The key generations are not a key ring. Everything else is published, with the keys there were.
    pub fn configure(&self, revision: u64, configuration: Arc<Configuration>) -> Result<(), KeyringError> {
        let mut lowered = locked(&self.lowered);
        let configuration = lowered.next(configuration);
        let old = Arc::clone(&locked(&self.latest).configuration);
        // What is not the table is changed here alone. To read revocation lists may take seconds, in which health is published.
        let current = self.snapshots.load_full();
        let ring = match old.key_generations == configuration.key_generations {
            true => Ok(Arc::clone(&current.keyring)),
            false => keyring(&configuration).map(Arc::new),
        };
        let keyring = Arc::clone(ring.as_ref().unwrap_or(&current.keyring));
        let secure = secured(&current, &old, &configuration, &keyring);
        let secure_targets = secured_targets(&current, &old, &configuration);

        let mut latest = locked(&self.latest);
        let current = self.snapshots.load_full();
        let touched = Touched::between(&old, &configuration);
        let table = recompiled(&current.table, &configuration, &latest.health, &touched);
        let snapshot = Snapshot { revision, table: Arc::clone(&table), keyring, secure, secure_targets };
        self.snapshots.store(Arc::new(snapshot));
        latest.configuration = configuration;
        if !Arc::ptr_eq(table.bindings(), current.table.bindings()) {
            self.sockets.send_replace(Wanted { since: revision, bindings: Arc::clone(table.bindings()) });
        }
        if !touched.is_nothing() {
            self.configured.send_replace(table);
        }
        // Last: whoever sees it finds everything else.
        self.published.send_replace(revision);
        ring.map(drop)
    }

    /// Publishes how targets do, all reports at once.
    pub fn report(&self, reports: &[HealthReport]) {
        let mut latest = locked(&self.latest);
        let mut touched = Touched::nothing();
        for &HealthReport { group, target, health } in reports {
            match health {
                Some(health) => latest.health.set(group, target, health),
                None => latest.health.remove(group, target),
            }
            touched.add_group(group);
        }
        self.publish_health(&latest, &touched);
    }

    fn publish_health(&self, latest: &Latest, touched: &Touched) {
        let current = self.snapshots.load_full();
        let table = recompiled(&current.table, &latest.configuration, &latest.health, touched);
        self.snapshots.store(Arc::new(Snapshot { table, ..Snapshot::clone(&current) }));
    }

    /// Publishes how the errors of targets compare, as far as that is news.
    pub fn report_anomalies(&self, found: &[(TargetGroupKey, TargetKey, Anomaly)]) {
        let mut latest = locked(&self.latest);
        let mut touched = Touched::nothing();
        for &(group, target, anomaly) in found {
            if latest.health.set_anomaly(group, target, anomaly) {
                touched.add_group(group);
            }
        }
        self.publish_health(&latest, &touched);
    }

    /// Where workers, and whoever asks for the health of targets, find the newest snapshot.
    pub fn snapshots(&self) -> Snapshots {
        Arc::clone(&self.snapshots)
    }

    /// Changes when other sockets are wanted, or other listeners on them.
    pub(crate) fn sockets(&self) -> watch::Receiver<Wanted> {
        self.sockets.subscribe()
    }

    /// The revision of the configuration that is published.
    pub(crate) fn published(&self) -> watch::Receiver<u64> {
        self.published.subscribe()
    }

    /// Changes with the configuration, but not with the health of targets: what to check is read from here.
    pub fn configured(&self) -> watch::Receiver<Arc<Table>> {
        self.configured.subscribe()
    }
}

/// A panic elsewhere cannot leave what is locked half changed in a way that matters: the next publication replaces it.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn recompiled(
    table: &Arc<Table>,
    configuration: &Configuration,
    health: &HealthView,
    touched: &Touched,
) -> Arc<Table> {
    if touched.is_nothing() {
        return Arc::clone(table);
    }
    Arc::new(table.recompiled(configuration, health, touched))
}

/// What listeners agree to in the configuration `new`.
fn secured(
    current: &Snapshot,
    old: &Configuration,
    new: &Configuration,
    keyring: &Arc<Keyring>,
) -> Arc<SecureListeners> {
    let same = old.listeners == new.listeners
        && old.certificates == new.certificates
        && old.trust_stores == new.trust_stores
        && old.load_balancers == new.load_balancers;
    if same && Arc::ptr_eq(&current.keyring, keyring) {
        return Arc::clone(&current.secure);
    }
    Arc::new(SecureListeners::compile(&current.secure, new, keyring))
}

/// What targets have to show in the configuration `new`.
fn secured_targets(current: &Snapshot, old: &Configuration, new: &Configuration) -> Arc<SecureTargets> {
    if old.target_groups == new.target_groups && old.trust_stores == new.trust_stores {
        return Arc::clone(&current.secure_targets);
    }
    Arc::new(SecureTargets::compile(&current.secure_targets, new))
}

fn keyring(configuration: &Configuration) -> Result<Keyring, KeyringError> {
    Keyring::new(configuration.key_generations.values().map(|kept| Generation::from(&**kept)).collect())
}

#[cfg(test)]
mod tests {
    use elbow_model::{Entity, HealthCheck, HealthState, TargetHealth};

    use super::*;
    use crate::testing::{GROUP, OPTIONS, configuration, generation, listener, put, target};

    const TARGET: TargetKey = TargetKey::new(5);
    const HEALTHY: TargetHealth = TargetHealth { state: HealthState::Healthy, reason: None };

    fn with_one_target() -> Configuration {
        let mut configuration = configuration(HealthCheck::default());
        let target = target(TARGET.get(), "127.0.0.1:9".parse().unwrap());
        put(&mut configuration, Entity::Target(Arc::new(target)));
        configuration
    }

    fn state(publisher: &Publisher) -> HealthState {
        let snapshot = publisher.snapshots().load_full();
        snapshot.table.group(GROUP).unwrap().target(TARGET).unwrap().health.state
    }

    #[test]
    fn what_was_published_is_there_when_the_call_returns() {
        let mut configuration = with_one_target();
        let publisher = Publisher::new(1, Arc::new(configuration.clone()), &OPTIONS).unwrap();
        assert_eq!(state(&publisher), HealthState::Initial);

        publisher.report(&[HealthReport { group: GROUP, target: TARGET, health: Some(HEALTHY.into()) }]);
        assert_eq!(state(&publisher), HealthState::Healthy);

        put(&mut configuration, Entity::Listener(Arc::new(listener(81))));
        publisher.configure(2, Arc::new(configuration)).unwrap();
        let snapshot = publisher.snapshots().load_full();
        assert_eq!((snapshot.revision, snapshot.table.bindings().iter().count()), (2, 2));
        assert_eq!(state(&publisher), HealthState::Healthy, "health outlives a change of the configuration");

        publisher.report(&[HealthReport { group: GROUP, target: TARGET, health: None }]);
        assert_eq!(state(&publisher), HealthState::Initial);
    }

    #[test]
    fn those_who_wait_wake_only_for_what_concerns_them() {
        let mut configuration = with_one_target();
        let publisher = Publisher::new(1, Arc::new(configuration.clone()), &OPTIONS).unwrap();
        let (mut sockets, mut configured) = (publisher.sockets(), publisher.configured());
        let mut woken = || {
            let woken = (sockets.has_changed().unwrap(), configured.has_changed().unwrap());
            sockets.mark_unchanged();
            configured.mark_unchanged();
            woken
        };

        publisher.report(&[HealthReport { group: GROUP, target: TARGET, health: Some(HEALTHY.into()) }]);
        assert_eq!(woken(), (false, false), "a report of health");
        put(&mut configuration, Entity::KeyGeneration(Arc::new(generation(2))));
        publisher.configure(2, Arc::new(configuration.clone())).unwrap();
        assert_eq!(woken(), (false, false), "a key generation");
        configuration.targets.clear();
        publisher.configure(3, Arc::new(configuration.clone())).unwrap();
        assert_eq!(woken(), (false, true), "a target");
        configuration.listeners.clear();
        publisher.configure(4, Arc::new(configuration)).unwrap();
        assert_eq!(woken(), (true, true), "a listener");
    }

    #[test]
    fn keys_follow_the_configuration_and_survive_a_bad_one() {
        let mut configuration = with_one_target();
        let publisher = Publisher::new(1, Arc::new(configuration.clone()), &OPTIONS).unwrap();
        let generations = || publisher.snapshots().load().keyring.generations().count();
        put(&mut configuration, Entity::KeyGeneration(Arc::new(generation(2))));
        publisher.configure(2, Arc::new(configuration.clone())).unwrap();
        assert_eq!(generations(), 2);

        configuration.key_generations.clear();
        configuration.targets.clear();
        let result = publisher.configure(3, Arc::new(configuration));
        assert_eq!((result, generations()), (Err(KeyringError::Empty), 2));
        let snapshot = publisher.snapshots().load_full();
        assert_eq!((snapshot.revision, snapshot.table.group(GROUP).unwrap().targets().len()), (3, 0));
    }

    #[test]
    fn nothing_can_be_published_without_a_key() {
        let configuration = Arc::new(Configuration::default());
        assert_eq!(Publisher::new(1, configuration, &OPTIONS).unwrap_err(), KeyringError::Empty);
    }
}
