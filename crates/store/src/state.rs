//! The way in for everybody who reads or changes the configuration.
//!
//! Waiting for the disk takes a thousand times longer than deciding. So the updates that arrive while others are being
//! written are decided at once, on the state as it will be, and written together: see [`Line`].

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use elbow_model::{Change, Configuration};
use tokio::sync::watch;

use crate::{CommitError, Revision, Snapshot, Store, UpdateError};

/// How often an update is decided before it gives up because other processes keep being faster.
const ATTEMPTS: usize = 16;
/// Most changes that wait to be written together. One update may bring more, but then it is the last.
const WAITING_CHANGES: usize = 10_000;

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
    line: Arc<Line>,
}

impl State {
    /// The state that `store` keeps.
    pub fn new(store: Arc<dyn Store>) -> Self {
        let seen = store.watch();
        Self { line: Arc::new(Line { store, seen, tip: Mutex::new(None) }) }
    }

    /// The last known state. It shows every update that was answered.
    pub fn current(&self) -> Snapshot {
        self.line.current()
    }

    /// Tells of every new state; see [`Store::watch`].
    pub fn watch(&self) -> watch::Receiver<Snapshot> {
        self.line.store.watch()
    }

    /// Makes the changes that `step` decides on, all or none, and hands on what else it returns.
    ///
    /// `step` is called again on the newer state if another process was faster, so it must do nothing but decide.
    /// When this answers, the changes are durable and [`State::current`] shows them; so is all that a refusal rests
    /// on. Dropping the future does not call the changes back. Must be called within a tokio runtime.
    pub async fn update<T, E>(
        &self,
        mut step: impl FnMut(&Configuration) -> Result<(Vec<Change>, T), E>,
    ) -> Result<T, UpdateError<E>> {
        let mut attempt = 1;
        loop {
            let (decision, outcome) = self.line.join(&mut step)?;
            match settled(outcome).await {
                Ok(()) => return decision.map_err(UpdateError::Refused),
                Err(CommitError::Conflict { .. }) if attempt < ATTEMPTS => {
                    self.line.store.load().await?;
                    attempt += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// How a batch of changes ended; `None` until it did.
type Ending = Option<Result<(), CommitError>>;

/// Where to hear of it.
type Outcome = watch::Receiver<Ending>;

async fn settled(outcome: Option<Outcome>) -> Result<(), CommitError> {
    let Some(mut outcome) = outcome else { return Ok(()) };
    let stopped = || CommitError::Unavailable("the program is ending".to_owned());
    let settled = outcome.wait_for(Option::is_some).await.map_err(|_| stopped())?;
    settled.clone().unwrap_or_else(|| Err(stopped()))
}

/// Where updates wait while earlier ones are written.
struct Line {
    store: Arc<dyn Store>,
    seen: watch::Receiver<Snapshot>,
    /// `None` while nothing is being written.
    tip: Mutex<Option<Tip>>,
}

/// What the next batch will be.
struct Tip {
    /// The state as it will be once all that is being written or waits is written.
    configuration: Configuration,
    /// What waits.
    changes: Vec<Change>,
    /// Tells those who wait.
    outcome: watch::Sender<Ending>,
}

impl Tip {
    fn apply(&mut self, changes: Vec<Change>) {
        changes.iter().cloned().for_each(|change| self.configuration.apply(change));
        self.changes.extend(changes);
    }
}

impl Line {
    fn current(&self) -> Snapshot {
        self.seen.borrow().clone()
    }

    fn tip(&self) -> MutexGuard<'_, Option<Tip>> {
        self.tip.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Decides on the newest state there is and queues the changes. The decision holds once the outcome is good, at
    /// once if there is none to wait for.
    fn join<T, E>(
        self: &Arc<Self>,
        step: &mut impl FnMut(&Configuration) -> Result<(Vec<Change>, T), E>,
    ) -> Result<(Result<T, E>, Option<Outcome>), CommitError> {
        let mut tip = self.tip();
        let Some(waiting) = tip.as_mut() else {
            let Snapshot { revision, configuration } = self.current();
            let (changes, result) = match step(&configuration) {
                Ok((changes, result)) if changes.is_empty() => return Ok((Ok(result), None)),
                Ok(decided) => decided,
                Err(refusal) => return Ok((Err(refusal), None)),
            };
            let outcome = watch::Sender::new(None);
            let first = outcome.subscribe();
            let next = tip.insert(Tip { configuration: (*configuration).clone(), changes: vec![], outcome });
            next.apply(changes);
            tokio::spawn(Writer { line: self.clone(), done: false }.run(revision));
            return Ok((Ok(result), Some(first)));
        };
        if waiting.changes.len() >= WAITING_CHANGES {
            return Err(CommitError::Busy);
        }
        let decision = step(&waiting.configuration).map(|(changes, result)| {
            waiting.apply(changes);
            result
        });
        Ok((decision, Some(waiting.outcome.subscribe())))
    }
}

/// Writes batch after batch until nothing waits.
struct Writer {
    line: Arc<Line>,
    done: bool,
}

impl Writer {
    async fn run(mut self, mut revision: Revision) {
        while let Some((changes, outcome)) = self.next() {
            let answer = self.line.store.commit(revision, changes).await;
            match &answer {
                Ok(reached) => revision = *reached,
                Err(error) => self.give_up(error),
            }
            debug_assert!(
                answer.is_err() || self.line.current().revision >= revision,
                "acknowledged is shown"
            );
            outcome.send_replace(Some(answer.map(drop)));
        }
    }

    /// Takes what waits; `None` at the end.
    fn next(&mut self) -> Option<(Vec<Change>, watch::Sender<Ending>)> {
        let mut tip = self.line.tip();
        let waiting = tip.as_mut().filter(|_| !self.done)?;
        let outcome = std::mem::replace(&mut waiting.outcome, watch::Sender::new(None));
        let changes = std::mem::take(&mut waiting.changes);
        if changes.is_empty() {
            // Whoever waits has decided to change nothing, on a state that is written by now.
            *tip = None;
            self.done = true;
            outcome.send_replace(Some(Ok(())));
            return None;
        }
        Some((changes, outcome))
    }

    /// What waits was decided on changes that were not made: it is told the same and starts afresh.
    fn give_up(&mut self, error: &CommitError) {
        if let Some(waiting) = self.line.tip().take() {
            waiting.outcome.send_replace(Some(Err(error.clone())));
        }
        self.done = true;
    }
}

impl Drop for Writer {
    /// A runtime that ends may drop this half-way: whoever waits must not wait for ever.
    fn drop(&mut self) {
        if !self.done {
            *self.line.tip() = None;
        }
    }
}

#[cfg(test)]
mod tests;
