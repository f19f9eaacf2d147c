//! Access logs, from the workers' lines to files in buckets.
//!
//! Workers hand over lines ([`elbow_telemetry::AccessLogs`]). The [`Ledger`] keeps them by load balancer until their file is
//! due, which is pure; this task is its clock, and carries the files to where trust stores' bundles come from, again and
//! again if need be. What has not arrived when the server stops is tried for a while longer.
//!
//! Where the lines of a load balancer go, how its files are called and how often there is one is its [`Destination`]. Those of
//! another kind of load balancer are one more way to make one.

mod destination;
mod ledger;

use std::sync::Arc;
use std::time::Duration;

use elbow_api::objects::{ObjectStore, Unwritten};
use elbow_store::Snapshot;
use elbow_telemetry::AccessLogs;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};

pub(crate) use self::destination::Nodes;
use self::ledger::{File, Ledger};
use crate::clock::now;

/// How often workers' lines are taken. Their queues hold what a busy worker writes in this time.
const TICK: Duration = Duration::from_millis(100);
/// Files that are on their way at once.
const WRITES_AT_ONCE: usize = 4;
/// How long a stopping server tries to deliver what it still has.
const LAST_DELIVERY: Duration = Duration::from_secs(10);

/// What the task works with.
pub(crate) struct Parts {
    /// Where workers write.
    pub(crate) logs: Arc<AccessLogs>,
    /// Where files go.
    pub(crate) objects: Arc<dyn ObjectStore>,
    /// Who logs.
    pub(crate) configurations: watch::Receiver<Snapshot>,
    /// Where load balancers listen.
    pub(crate) nodes: Nodes,
    /// Names of files end in one of these.
    pub(crate) random: Arc<dyn Fn() -> u64 + Send + Sync>,
}

/// The running task.
pub(crate) struct Delivery {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Delivery {
    /// Starts it.
    pub(crate) fn start(parts: Parts) -> Self {
        let (stop, stopped) = watch::channel(false);
        let ledger = Ledger::new(Arc::clone(&parts.logs), Arc::clone(&parts.random));
        let courier = Courier { parts, ledger, writes: JoinSet::new() };
        Self { stop, task: tokio::spawn(courier.run(stopped)) }
    }

    /// Delivers what there is, for a while. Workers must have stopped, or what they still write is lost.
    pub(crate) async fn finish(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(
                "the task that delivers access logs has failed, and their last lines are lost: {error}"
            );
        }
    }
}

/// Carries files.
struct Courier {
    parts: Parts,
    ledger: Ledger,
    writes: JoinSet<(File, Result<(), Unwritten>)>,
}

impl Courier {
    async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.configure();
        while !*stop.borrow_and_update() {
            tokio::select! {
                _ = tick.tick() => {}
                // An error means that the server is gone.
                changed = stop.changed() => if changed.is_err() { break },
                // At once, so that a log is known that is switched off again soon.
                Ok(()) = self.parts.configurations.changed() => self.configure(),
                Some(written) = self.writes.join_next() => self.account(written),
            }
            self.turn();
        }
        self.turn();
        self.ledger.cut_all();
        let deadline = Instant::now() + LAST_DELIVERY;
        while self.ledger.has_files() || !self.writes.is_empty() {
            self.ledger.hurry();
            self.send();
            let Ok(written) = timeout_at(deadline, self.writes.join_next()).await else { break };
            let failed = matches!(written, Some(Ok((_, Err(_)))));
            written.into_iter().for_each(|written| self.account(written));
            // Who fails at once need not be asked as fast as that.
            if failed && timeout_at(deadline, tick.tick()).await.is_err() {
                break;
            }
        }
        self.writes.abort_all();
        let lost = self.ledger.lines();
        if lost > 0 {
            tracing::error!(lost, "lines of access logs could not be delivered before the end and are lost");
        }
    }

    /// Takes lines, makes files of those that are due, and sends those off.
    fn turn(&mut self) {
        if self.parts.configurations.has_changed().unwrap_or_default() {
            self.configure();
        }
        let (ledger, now) = (&mut self.ledger, now());
        self.parts.logs.take(|key, bytes, lines| ledger.add(key, bytes, lines, now));
        ledger.cut_due(now);
        self.send();
    }

    fn configure(&mut self) {
        let snapshot = self.parts.configurations.borrow_and_update().clone();
        self.ledger.configure(destination::all(&snapshot.configuration, &self.parts.nodes), now());
    }

    fn send(&mut self) {
        while self.writes.len() < WRITES_AT_ONCE {
            let Some(file) = self.ledger.next_file(now()) else { return };
            let objects = Arc::clone(&self.parts.objects);
            self.writes.spawn(async move {
                let region = &file.destination.scope.region;
                let written = objects.write(region, &file.name, file.content.clone()).await;
                (file, written)
            });
        }
    }

    fn account(&mut self, written: Result<(File, Result<(), Unwritten>), tokio::task::JoinError>) {
        match written {
            Ok((file, Ok(()))) => {
                tracing::debug!(file = %file.name, lines = file.lines, "delivered an access log");
                self.ledger.delivered(&file);
            }
            Ok((file, Err(Unwritten(why)))) => self.ledger.failed(file, &why, now()),
            Err(error) => tracing::error!("an access log was not delivered: {error}"),
        }
    }
}
