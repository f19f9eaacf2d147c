//! Random sequences of operations against the simplest model there is.

use elbow_model::Configuration;
use proptest::prelude::*;

use super::*;

/// How many sequences are tried with each store. A commit to a database waits for the disk.
const CASES: u32 = 48;

#[derive(Clone, Debug)]
enum Operation {
    /// A commit through the first or the second of two open stores.
    Commit { second: bool, changes: Vec<(bool, u32, u8)> },
    /// A commit against a revision that lies so far back.
    Late { second: bool, behind: u64 },
    /// Everybody restarts.
    Reopen,
}

fn operation() -> impl Strategy<Value = Operation> {
    let change = (any::<bool>(), 0..6u32, 1..4u8);
    prop_oneof![
        6 => (any::<bool>(), prop::collection::vec(change, 0..5))
            .prop_map(|(second, changes)| Operation::Commit { second, changes }),
        2 => (any::<bool>(), 1..4u64).prop_map(|(second, behind)| Operation::Late { second, behind }),
        1 => Just(Operation::Reopen),
    ]
}

fn change((puts, number, address): (bool, u32, u8)) -> Change {
    if puts { Change::Put(instance(number, address)) } else { remove(number) }
}

async fn replay(place: &impl Place, operations: Vec<Operation>) {
    let mut model = Configuration::default();
    let mut revision = Revision::START;
    let mut stores = [place.open(), place.open()];
    for operation in operations {
        match operation {
            Operation::Commit { second, changes } => {
                let changes: Vec<Change> = changes.into_iter().map(change).collect();
                changes.iter().cloned().for_each(|change| model.apply(change));
                let store = &stores[usize::from(second)];
                let next = store.commit(revision, changes.clone()).await.unwrap();
                assert_eq!(next > revision, !changes.is_empty());
                revision = next;
                assert_eq!((seen(store).revision, &*seen(store).configuration), (revision, &model));
            }
            Operation::Late { second, behind } => {
                let late = Revision::new(revision.get().wrapping_sub(behind));
                let answer = stores[usize::from(second)].commit(late, vec![put(0)]).await;
                assert!(matches!(answer, Err(CommitError::Conflict { current }) if current == revision));
            }
            Operation::Reopen => {
                drop(stores);
                stores = [place.open(), place.open()];
            }
        }
        for store in &stores {
            let now = store.load().await.unwrap();
            assert_eq!((now.revision, &*now.configuration), (revision, &model));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) })]

    #[test]
    fn memory_does_what_the_model_does(operations in prop::collection::vec(operation(), 0..16)) {
        run(replay(&Memory::new(), operations));
    }

    #[test]
    fn sqlite_does_what_the_model_does(operations in prop::collection::vec(operation(), 0..16)) {
        run(replay(&tempfile::tempdir().unwrap(), operations));
    }
}
