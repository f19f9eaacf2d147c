//! What every store must do, told once and asked of all of them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "what helps a test may fail loudly, too")]

/// Runs a story for each store, as a test of its own.
macro_rules! for_every_store {
    ($($story:ident),* $(,)?) => {
        mod memory {
            $(#[test] fn $story() { super::run(super::$story(&elbow_store::Memory::new())); })*
        }
        mod sqlite {
            $(#[test] fn $story() { super::run(super::$story(&tempfile::tempdir().unwrap())); })*
        }
    };
}

mod operations;
mod updates;

use std::sync::Arc;
use std::time::Duration;

use elbow_model::{
    AccessKeyId, Change, Configuration, Credential, Entity, EntityKey, Instance, InstanceId, InstanceSource,
};
use elbow_model::{Secret, Timestamp, Zone};
use elbow_store::{CommitError, Memory, Revision, Snapshot, Sqlite, Store};

/// Longer than any store may take to notice what another process did.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somewhere that a state is kept. Opening it twice is what two processes do.
trait Place {
    type Store: Store;
    fn open(&self) -> Self::Store;
}

impl Place for Memory {
    type Store = Self;

    fn open(&self) -> Self {
        self.clone()
    }
}

impl Place for tempfile::TempDir {
    type Store = Sqlite;

    fn open(&self) -> Sqlite {
        Sqlite::open(self.path()).unwrap()
    }
}

for_every_store!(
    a_new_store_is_empty,
    a_commit_is_shown_before_it_is_acknowledged,
    what_was_acknowledged_is_there_after_a_restart,
    the_slower_of_two_changes_nothing_and_learns_where_the_store_is,
    changes_are_taken_in_their_order,
    no_change_is_no_new_revision,
    another_process_is_noticed,
    a_commit_on_what_another_process_did_is_taken,
    secrets_come_back,
);

fn run<T>(story: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(story)
}

fn instance(number: u32, address: u8) -> Entity {
    Entity::Instance(Arc::new(Instance {
        id: InstanceId::parse(&format!("i-{number}")).unwrap(),
        address: [10, 0, 0, address].into(),
        zone: Zone::parse("us-east-1a").unwrap(),
        source: InstanceSource::Operator,
    }))
}

fn put(number: u32) -> Change {
    Change::Put(instance(number, 1))
}

fn remove(number: u32) -> Change {
    Change::Remove(instance(number, 1).key())
}

fn seen(store: &impl Store) -> Snapshot {
    store.watch().borrow().clone()
}

async fn a_new_store_is_empty(place: &impl Place) {
    let store = place.open();
    let start = Snapshot { revision: Revision::START, configuration: Arc::default() };
    assert_eq!(store.load().await.unwrap(), start);
    assert_eq!(seen(&store), start);
}

async fn a_commit_is_shown_before_it_is_acknowledged(place: &impl Place) {
    let store = place.open();
    let mut watch = store.watch();
    let revision = store.commit(Revision::START, vec![put(1)]).await.unwrap();
    assert!(revision > Revision::START);
    assert!(watch.has_changed().unwrap());
    let shown = watch.borrow_and_update().clone();
    assert_eq!(shown.revision, revision);
    assert_eq!(shown.configuration.entities().collect::<Vec<_>>(), [instance(1, 1)]);
    assert_eq!(store.load().await.unwrap(), shown);
}

async fn what_was_acknowledged_is_there_after_a_restart(place: &impl Place) {
    let store = place.open();
    let one = store.commit(Revision::START, vec![put(1), put(2)]).await.unwrap();
    store.commit(one, vec![Change::Put(instance(1, 7)), remove(2), put(3)]).await.unwrap();
    let before = seen(&store);
    drop(store);
    let store = place.open();
    assert_eq!(seen(&store), before);
    assert_eq!(before.configuration.entities().collect::<Vec<_>>(), [instance(1, 7), instance(3, 1)]);
}

async fn the_slower_of_two_changes_nothing_and_learns_where_the_store_is(place: &impl Place) {
    let store = place.open();
    let current = store.commit(Revision::START, vec![put(1)]).await.unwrap();
    for stale in [Revision::START, Revision::new(current.get() + 1), Revision::new(u64::MAX)] {
        for changes in [vec![], vec![put(2)]] {
            let answer = store.commit(stale, changes).await;
            assert!(
                matches!(answer, Err(CommitError::Conflict { current: told }) if told == current),
                "{answer:?}"
            );
        }
    }
    assert_eq!(store.load().await.unwrap().configuration.instances.len(), 1);
}

async fn changes_are_taken_in_their_order(place: &impl Place) {
    let store = place.open();
    let changes = vec![remove(1), put(1), put(2), remove(2), remove(9), Change::Put(instance(1, 5))];
    store.commit(Revision::START, changes).await.unwrap();
    assert_eq!(seen(&store).configuration.entities().collect::<Vec<_>>(), [instance(1, 5)]);
    assert_eq!(seen(&place.open()), seen(&store));
}

async fn no_change_is_no_new_revision(place: &impl Place) {
    let store = place.open();
    assert_eq!(store.commit(Revision::START, vec![]).await.unwrap(), Revision::START);
    assert!(!store.watch().has_changed().unwrap());
}

async fn another_process_is_noticed(place: &impl Place) {
    let (server, command) = (place.open(), place.open());
    let mut watch = server.watch();
    command.commit(Revision::START, vec![put(1)]).await.unwrap();
    drop(command);
    tokio::time::timeout(PATIENCE, watch.wait_for(|it| it.configuration.instances.len() == 1))
        .await
        .unwrap()
        .unwrap();
}

async fn a_commit_on_what_another_process_did_is_taken(place: &impl Place) {
    let (one, other) = (place.open(), place.open());
    let revision = one.commit(Revision::START, vec![put(1)]).await.unwrap();
    let revision = other.commit(revision, vec![put(2)]).await.unwrap();
    let conflict = one.commit(Revision::START, vec![put(3)]).await;
    assert!(
        matches!(conflict, Err(CommitError::Conflict { current }) if current == revision),
        "{conflict:?}"
    );
    assert_eq!(seen(&one), seen(&other), "a conflict shows the state that it is about");
    assert_eq!(one.load().await.unwrap().configuration.instances.len(), 2);
}

async fn secrets_come_back(place: &impl Place) {
    let credential = elbow_store::generate::credential(Timestamp::from_secs(5)).unwrap();
    let generation =
        elbow_store::generate::key_generation(7, Timestamp::from_secs(5), Timestamp::from_secs(9)).unwrap();
    let given = Credential {
        id: AccessKeyId::parse("given").unwrap(),
        secret: Secret::parse("a{\"secret\"}").unwrap(),
        created: Timestamp::default(),
    };
    let mut wanted = Configuration::default();
    let entities = [
        Entity::Credential(Arc::new(credential)),
        Entity::Credential(Arc::new(given)),
        Entity::KeyGeneration(Arc::new(generation)),
    ];
    let changes: Vec<Change> = entities.into_iter().map(Change::Put).collect();
    changes.iter().cloned().for_each(|change| wanted.apply(change));
    place.open().commit(Revision::START, changes).await.unwrap();
    let store = place.open();
    assert_eq!(*seen(&store).configuration, wanted);
    let gone = EntityKey::Credential(AccessKeyId::parse("given").unwrap());
    store.commit(seen(&store).revision, vec![Change::Remove(gone)]).await.unwrap();
    assert_eq!(seen(&place.open()).configuration.credentials.len(), 1);
}
