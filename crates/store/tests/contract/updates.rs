//! Many who change the same state at once, in two processes.

use elbow_store::{State, UpdateError};

use super::*;

const CALLERS: u32 = 4;
const UPDATES: u32 = 10;

for_every_store!(nobody_overwrites_anybody, a_refusal_changes_nothing);

/// Each caller takes the lowest free number, so a step decided on a stale state would take one twice.
async fn nobody_overwrites_anybody(place: &impl Place) {
    let states = [place.open(), place.open()].map(|store| Arc::new(State::new(Arc::new(store))));
    let callers = (0..CALLERS).map(|caller| {
        let state = states[caller as usize % states.len()].clone();
        tokio::spawn(async move {
            for _ in 0..UPDATES {
                let number = state.update(|it| Ok::<_, ()>(take_lowest(it))).await.unwrap();
                let id = InstanceId::parse(&format!("i-{number}")).unwrap();
                assert!(state.current().configuration.instances.contains_key(&id));
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    let all = place.open().load().await.unwrap();
    assert_eq!(all.configuration.instances.len(), (CALLERS * UPDATES) as usize);
    assert!(all.revision.get() <= u64::from(CALLERS * UPDATES), "some were written together");
}

fn take_lowest(configuration: &Configuration) -> (Vec<Change>, u32) {
    let taken = |number: &u32| {
        let id = InstanceId::parse(&format!("i-{number}")).unwrap();
        configuration.instances.contains_key(&id)
    };
    let number = (0..).find(|number| !taken(number)).unwrap();
    (vec![put(number)], number)
}

async fn a_refusal_changes_nothing(place: &impl Place) {
    let state = State::new(Arc::new(place.open()));
    let answer = state.update(|_| Err::<(Vec<Change>, ()), _>("no")).await;
    assert!(matches!(answer, Err(UpdateError::Refused("no"))), "{answer:?}");
    state.update(|_| Ok::<_, ()>((vec![], ()))).await.unwrap();
    assert_eq!(state.current().revision, Revision::START);
}
