//! What runs beside the requests for as long as the server does.

use std::sync::Arc;
use std::time::Duration;

use elbow_api::instances::InstanceWatch;
use elbow_api::{Api, Counted};
use elbow_model::Configuration;
use elbow_proxy::publisher::{Publisher, Snapshots};
use elbow_routing::{Group, Table};
use elbow_store::{Snapshot, State};
use elbow_telemetry::{GroupNow, Step};
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::metrics_page::in_use;
use crate::clock::now;
use crate::failure::Failure;
use crate::{key_ring, random};

/// How often the age of the stickiness key is looked at.
const KEY_AGE_CHECK: Duration = Duration::from_secs(60);
/// How often what was counted is put into the history.
const HISTORY_STEP: Duration = Step::TenSeconds.duration();
/// How often it is looked for targets whose draining is over.
const DRAIN_CHECK: Duration = Duration::from_millis(500);

/// Longest pause between two questions for instances while nobody answers, unless the setting is longer.
const LONGEST_REFRESH_PAUSE: Duration = Duration::from_secs(60);

/// Hands every configuration that is newer than what `seen` was last read at to the data plane.
pub(super) async fn publish(mut seen: watch::Receiver<Snapshot>, publisher: Arc<Publisher>) {
    while seen.changed().await.is_ok() {
        let snapshot = seen.borrow_and_update().clone();
        let publisher = Arc::clone(&publisher);
        // The revocation lists of a trust store take seconds. The API answers other calls meanwhile.
        let publish =
            spawn_blocking(move || publisher.configure(snapshot.revision.get(), snapshot.configuration));
        match publish.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(
                    "the stickiness keys of the store cannot be used, the last ones stay: {error}"
                );
            }
            Err(error) => tracing::error!("a configuration was not published, the last one stays: {error}"),
        }
    }
}

/// Replaces the stickiness key when it is `max_age` old.
pub(super) async fn rotate_keys(state: Arc<State>, max_age: Duration) {
    let mut tick = every(KEY_AGE_CHECK);
    loop {
        tick.tick().await;
        match rotate(&state, max_age).await {
            Ok(false) => {}
            Ok(true) => tracing::info!("the stickiness key was replaced; cookies of the old ones stay good"),
            Err(error) => {
                tracing::error!("the stickiness key cannot be replaced, the old one is kept: {error}");
            }
        }
    }
}

/// Keeps what is counted, step by step, and how targets did then.
pub(super) async fn keep_history(counted: Counted, snapshots: Snapshots) {
    let mut tick = every(HISTORY_STEP);
    loop {
        tick.tick().await;
        let (counted, snapshots) = (counted.clone(), snapshots.clone());
        // Adding up the sessions of many targets takes some milliseconds.
        let step = move || counted.history.sample(&counted.metrics, &groups(&snapshots.load().table), now());
        if let Err(error) = spawn_blocking(step).await {
            tracing::error!("a step of the history is missing: {error}");
        }
    }
}

/// The target groups that are in use.
fn groups(table: &Table) -> Vec<GroupNow> {
    let now = |(group, health): (&Arc<Group>, _)| GroupNow {
        health,
        targets: group.targets().iter().map(|target| target.key).collect(),
    };
    in_use(table).map(now).collect()
}

async fn rotate(state: &State, max_age: Duration) -> Result<bool, Failure> {
    let mut rng = random::generator()?;
    let step = |configuration: &Configuration| {
        let changes = key_ring::rotation(configuration, now(), |ring| ring.due(now(), max_age), &mut rng)?;
        let rotated = !changes.is_empty();
        Ok::<_, Failure>((changes, rotated))
    };
    state.update(step).await.map_err(Failure::of_update)
}

/// Forgets targets whose draining is over.
pub(super) async fn forget_drained(api: Arc<Api>) {
    let mut tick = every(DRAIN_CHECK);
    loop {
        tick.tick().await;
        if let Err(error) = api.forget_drained().await {
            tracing::error!("drained targets cannot be forgotten: {error}");
        }
    }
}

/// Asks for the instances of targets again every `period`, and less and less often while nobody answers.
pub(super) async fn refresh_instances(mut watch: InstanceWatch, period: Duration) {
    let mut pause = period;
    loop {
        match watch.refresh().await {
            Ok(changed) => {
                if changed > 0 {
                    tracing::info!(changed, "instances of targets have come, moved or gone");
                }
                pause = period;
            }
            Err(error) => {
                pause = pause.saturating_mul(2).min(LONGEST_REFRESH_PAUSE.max(period));
                tracing::warn!(
                    "instances stay where they were, asked again in {} s: {error}",
                    pause.as_secs()
                );
            }
        }
        tokio::time::sleep(pause).await;
    }
}

fn every(period: Duration) -> Interval {
    let mut tick = interval(period);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick
}
