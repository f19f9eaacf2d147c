//! What happens to updates that arrive while others are being written.

use std::sync::atomic::{AtomicUsize, Ordering};

use elbow_model::{Entity, Region, Subnet, SubnetId, Zone};
use tokio::sync::Semaphore;

use super::*;
use crate::{Answer, Memory};

/// A store whose commits wait for a permit, and fail if they are told so.
struct Gated {
    memory: Memory,
    permits: Semaphore,
    commits: AtomicUsize,
    failures: AtomicUsize,
}

impl Store for Gated {
    fn load(&self) -> Answer<'_, Result<Snapshot, CommitError>> {
        self.memory.load()
    }

    fn commit(&self, expected: Revision, changes: Vec<Change>) -> Answer<'_, Result<Revision, CommitError>> {
        Box::pin(async move {
            self.permits.acquire().await.unwrap().forget();
            self.commits.fetch_add(1, Ordering::SeqCst);
            if self.failures.swap(0, Ordering::SeqCst) > 0 {
                return Err(CommitError::Unavailable("the disk is full".to_owned()));
            }
            self.memory.commit(expected, changes).await
        })
    }

    fn watch(&self) -> watch::Receiver<Snapshot> {
        self.memory.watch()
    }
}

fn gated(permits: usize, failures: usize) -> (Arc<Gated>, Arc<State>) {
    let store = Arc::new(Gated {
        memory: Memory::new(),
        permits: Semaphore::new(permits),
        commits: AtomicUsize::new(0),
        failures: AtomicUsize::new(failures),
    });
    (store.clone(), Arc::new(State::new(store)))
}

fn put(number: usize) -> Change {
    Change::Put(Entity::Subnet(Arc::new(Subnet {
        region: Region::parse("us-east-1").unwrap(),
        id: SubnetId::parse(&format!("subnet-{number}")).unwrap(),
        zone: Zone::parse("us-east-1a").unwrap(),
    })))
}

/// Adds one subnet and says how many there were; refuses beyond `most`.
async fn add(state: &State, most: usize) -> Result<usize, UpdateError<usize>> {
    let step = |configuration: &Configuration| match configuration.subnets.len() {
        count if count >= most => Err(count),
        count => Ok((vec![put(count)], count)),
    };
    state.update(step).await
}

/// Starts updates and lets each of them get as far as it can.
async fn start(state: &Arc<State>, count: usize, most: usize) -> Vec<tokio::task::JoinHandle<String>> {
    let mut started = Vec::new();
    for _ in 0..count {
        let state = state.clone();
        started.push(tokio::spawn(async move { format!("{:?}", add(&state, most).await) }));
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    }
    started
}

async fn all(started: Vec<tokio::task::JoinHandle<String>>) -> Vec<String> {
    let mut answers = Vec::new();
    for update in started {
        answers.push(update.await.unwrap());
    }
    answers
}

#[tokio::test]
async fn updates_that_wait_see_each_other_and_are_written_together() {
    let (store, state) = gated(0, 0);
    let started = start(&state, 5, 100).await;
    assert_eq!(state.current().revision, Revision::START, "nothing is shown before it is durable");
    store.permits.add_permits(2);
    assert_eq!(all(started).await, ["Ok(0)", "Ok(1)", "Ok(2)", "Ok(3)", "Ok(4)"]);
    assert_eq!(store.commits.load(Ordering::SeqCst), 2, "the first, then all that waited for it");
    assert_eq!(state.current().configuration.subnets.len(), 5);
}

#[tokio::test]
async fn a_refusal_waits_until_what_it_rests_on_is_durable() {
    let (store, state) = gated(0, 0);
    let started = start(&state, 3, 2).await;
    assert!(started.iter().all(|update| !update.is_finished()));
    store.permits.add_permits(2);
    assert_eq!(all(started).await, ["Ok(0)", "Ok(1)", "Err(Refused(2))"]);
    assert!(matches!(add(&state, 2).await, Err(UpdateError::Refused(2))), "and at once when all is quiet");
}

#[tokio::test]
async fn a_failure_is_told_to_all_who_waited_and_the_next_update_starts_afresh() {
    let (store, state) = gated(0, 1);
    let started = start(&state, 3, 100).await;
    store.permits.add_permits(2);
    for answer in all(started).await {
        assert!(answer.contains("the disk is full"), "{answer}");
    }
    assert_eq!(add(&state, 100).await.unwrap(), 0);
    assert_eq!(state.current().configuration.subnets.len(), 1);
}

#[tokio::test]
async fn when_another_process_was_faster_all_are_decided_again() {
    let (store, state) = gated(0, 0);
    let started = start(&state, 3, 100).await;
    store.memory.commit(Revision::START, vec![put(7)]).await.unwrap();
    store.permits.add_permits(10);
    let mut answers = all(started).await;
    answers.sort_unstable();
    assert_eq!(answers, ["Ok(1)", "Ok(2)", "Ok(3)"], "in whatever order");
    assert_eq!(state.current().configuration.subnets.len(), 4);
}

#[tokio::test]
async fn an_update_whose_caller_went_away_is_finished_and_holds_nobody_up() {
    let (store, state) = gated(0, 0);
    let started = start(&state, 3, 100).await;
    started.iter().for_each(tokio::task::JoinHandle::abort);
    store.permits.add_permits(10);
    assert_eq!(add(&state, 100).await.unwrap(), 3);
    assert_eq!(state.current().configuration.subnets.len(), 4);
}

#[test]
fn a_runtime_that_ends_half_way_leaves_the_state_usable() {
    let (store, state) = gated(0, 0);
    let runtime = || tokio::runtime::Builder::new_current_thread().build().unwrap();
    let first = runtime();
    first.block_on(async { drop(start(&state, 2, 100).await) });
    drop(first);
    store.permits.add_permits(10);
    assert_eq!(runtime().block_on(add(&state, 100)).unwrap(), 0);
}
