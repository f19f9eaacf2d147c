//! The way in for everybody who reads or changes the configuration.

use std::sync::Arc;

use elbow_model::{Change, Configuration};
use tokio::sync::{Mutex, watch};

use crate::{CommitError, Snapshot, Store, UpdateError};

/// How often an update is decided before it gives up because others keep being faster. Updates of one process take
/// turns, so only other processes count.
const ATTEMPTS: usize = 16;

/// A [`Store`] for its users: reading costs nothing, and a change is decided on the state it is applied to.
///
/// ```
/// # use std::sync::Arc;
/// # use elbow_model::{Change, Entity, Region, Subnet, SubnetId, Zone};
/// # use elbow_store::{Memory, State};
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let state = State::new(Arc::new(Memory::new()));
/// let (region, id) = (Region::parse("us-east-1").unwrap(), SubnetId::parse("subnet-1").unwrap());
/// let zone = Zone::parse("us-east-1a").unwrap();
/// let subnet = Arc::new(Subnet { region: region.clone(), id: id.clone(), zone });
/// let subnet = state
///     .update(|configuration| match configuration.subnets.get(&(region.clone(), id.clone())) {
///         Some(known) => Ok((vec![], known.clone())),
///         None if configuration.subnets.len() > 1000 => Err("too many subnets"),
///         None => Ok((vec![Change::Put(Entity::Subnet(subnet.clone()))], subnet.clone())),
///     })
///     .await;
/// assert_eq!(subnet.unwrap().zone.as_str(), "us-east-1a");
/// assert_eq!(state.current().configuration.subnets.len(), 1);
/// # });
/// ```
pub struct State {
    store: Arc<dyn Store>,
    seen: watch::Receiver<Snapshot>,
    turn: Mutex<()>,
}

impl State {
    /// The state that `store` keeps.
    pub fn new(store: Arc<dyn Store>) -> Self {
        let seen = store.watch();
        Self { store, seen, turn: Mutex::new(()) }
    }

    /// The last known state. It shows every update that was answered.
    pub fn current(&self) -> Snapshot {
        self.seen.borrow().clone()
    }

    /// Tells of every new state; see [`Store::watch`].
    pub fn watch(&self) -> watch::Receiver<Snapshot> {
        self.store.watch()
    }

    /// Makes the changes that `step` decides on, all or none, and hands on what else it returns.
    ///
    /// `step` is called again on the newer state if another process was faster, so it must do nothing but decide.
    /// When this answers, the changes are durable and [`State::current`] shows them.
    pub async fn update<T, E>(
        &self,
        mut step: impl FnMut(&Configuration) -> Result<(Vec<Change>, T), E>,
    ) -> Result<T, UpdateError<E>> {
        let _turn = self.turn.lock().await;
        let mut snapshot = self.current();
        for _ in 1..ATTEMPTS {
            match self.attempt(&snapshot, &mut step).await {
                Err(UpdateError::Store(CommitError::Conflict { .. })) => snapshot = self.store.load().await?,
                answer => return answer,
            }
        }
        self.attempt(&snapshot, &mut step).await
    }

    async fn attempt<T, E>(
        &self,
        snapshot: &Snapshot,
        step: &mut impl FnMut(&Configuration) -> Result<(Vec<Change>, T), E>,
    ) -> Result<T, UpdateError<E>> {
        let (changes, result) = step(&snapshot.configuration).map_err(UpdateError::Refused)?;
        if !changes.is_empty() {
            let revision = self.store.commit(snapshot.revision, changes).await?;
            debug_assert!(self.current().revision >= revision, "a commit is seen before it is acknowledged");
        }
        Ok(result)
    }
}
