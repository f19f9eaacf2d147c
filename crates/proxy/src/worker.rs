//! One worker: a thread with its own event loop, sockets, pools, timers and counters.
//!
//! Workers share the snapshot, which they only read, and nothing else. Everything in [`Worker`] belongs to one thread,
//! so cells do where locks would be needed.

mod clients;

use std::cell::{Cell, RefCell};
use std::io;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use elbow_model::key::{LoadBalancerKey, TargetGroupKey, TargetKey};
use elbow_routing::{KeyMap, KeySet, Picker, Table};
use elbow_stickiness::{Standing, Targets};
use elbow_telemetry::{LogWriter, Metrics, Recorder, RequestFinished, Sink};
use rand_chacha::ChaCha12Rng;
use rand_core::{Rng, SeedableRng};
use tokio::runtime::{Builder, LocalOptions, LocalRuntime};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::access_log::LoggedListeners;
use crate::addresses::Addresses;
use crate::buffer::BufferPool;
use crate::clock::{Clock, Moment, TimeOfDay};
use crate::exchange::ExchangePool;
use crate::listener::Sockets;
use crate::publisher::{Publisher, Snapshot, Snapshots, Wanted};
use crate::seldom::{Few, Seldom};
use crate::splice::Pipes;
use crate::timer::{Alarm, TICK, Timers};
use crate::upstream::Pool;
use crate::{PassiveReports, Settings};

/// When a graceful stop begins, idle clients may send one more request for this long.
const IDLE_LINGER: Duration = Duration::from_secs(5);
/// Ticks between two looks at pooled connections and counters.
const SWEEP_TICKS: u32 = 10;
/// Events that are taken up at once. All of them are read before the first is answered (see [`crate::turn`]): fewer would
/// wake their readers more often, more would hold more buffers and leave the processor's cache.
const EVENTS_PER_TURN: usize = 64;
/// Tasks that run before the event loop looks for more: each event's twice, to read and to write.
const TASKS_PER_TURN: u32 = 2 * EVENTS_PER_TURN as u32;
/// Turns of the event loop that requests get to end after they were told to stop.
const STOP_TURNS: usize = 64;

/// Tells a worker to stop within this time; at once if it is the second time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stop {
    pub(crate) grace: Duration,
}

/// What a worker is made of, before it is on its thread.
pub(crate) struct Parts {
    snapshots: Snapshots,
    sockets: watch::Receiver<Wanted>,
    settled: watch::Sender<u64>,
    addresses: Arc<Addresses>,
    metrics: Arc<Metrics>,
    sink: Option<Arc<dyn Sink + Send + Sync>>,
    logs: Option<LogWriter>,
    reports: Arc<dyn PassiveReports>,
    max_connections: usize,
    max_half_heads: usize,
    rng: ChaCha12Rng,
    time_of_day: TimeOfDay,
}

/// How far a worker's stop has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It serves.
    Serving,
    /// It finishes what it has.
    Draining,
    /// It ends.
    Stopped,
}

/// The snapshot that a worker's requests use. Each of them counts on it within this worker alone: the shared count
/// would move between cores.
#[derive(Debug)]
pub(crate) struct Current(Arc<Snapshot>);

/// One worker.
pub(crate) struct Worker {
    pub(crate) clock: Clock,
    pub(crate) timers: Rc<Timers>,
    pub(crate) buffers: BufferPool,
    pub(crate) pipes: Pipes,
    pub(crate) exchanges: ExchangePool,
    pub(crate) pool: Pool,
    pub(crate) rng: RefCell<ChaCha12Rng>,
    pub(crate) reports: Arc<dyn PassiveReports>,
    pub(crate) recorder: Recorder,
    /// Targets with which there was no agreement on TLS or HTTP/2, for the log.
    pub(crate) disagreements: Seldom,
    /// Clients whose certificates were refused, for the log: by whose listener, and why.
    pub(crate) refused_clients: Few<(Option<LoadBalancerKey>, &'static str)>,
    sink: Option<Arc<dyn Sink + Send + Sync>>,
    logs: Option<LogWriter>,
    /// What its lines tell of listeners.
    pub(crate) logged_listeners: LoggedListeners,
    snapshots: Snapshots,
    snapshot: RefCell<Rc<Current>>,
    /// Somebody took up a newer snapshot since the last tick.
    renewed: Cell<bool>,
    /// The snapshot at the last sweep.
    swept: RefCell<Rc<Current>>,
    pickers: RefCell<KeyMap<TargetGroupKey, Picker>>,
    /// Connections admitted so far; each number stands for a zone.
    arrivals: Cell<u16>,
    phase: Cell<Phase>,
    /// Seconds since the start, for the pool.
    pub(crate) seconds: Cell<u32>,
    /// How long an idle client may stay while the worker drains.
    linger: Cell<Duration>,
    connections: Cell<usize>,
    /// Requests of HTTP/2 that are served.
    streams: Cell<usize>,
    /// Listening sockets that are not closed yet.
    pub(crate) accepting: Cell<usize>,
    max_connections: usize,
    /// Memory of heads that have not arrived completely.
    half_heads: Cell<usize>,
    max_half_heads: usize,
    /// Memory of bodies that windows may be filled with, beyond those that every connection has.
    lent: Cell<usize>,
    /// A listening socket has closed, or the last connection of a draining worker.
    closed: Notify,
}

impl Parts {
    pub(crate) fn new(
        settings: &Settings,
        publisher: &Publisher,
        reports: &Arc<dyn PassiveReports>,
        addresses: &Arc<Addresses>,
        settled: watch::Sender<u64>,
    ) -> io::Result<Self> {
        Ok(Self {
            snapshots: publisher.snapshots(),
            sockets: publisher.sockets(),
            settled,
            addresses: Arc::clone(addresses),
            metrics: Arc::clone(&settings.metrics),
            sink: settings.sink.clone(),
            logs: settings.access_logs.as_ref().map(|logs| logs.writer()),
            reports: Arc::clone(reports),
            max_connections: settings.max_connections,
            max_half_heads: clients::half_heads_share(settings.workers),
            rng: ChaCha12Rng::from_seed(seed()?),
            time_of_day: Arc::clone(&settings.time_of_day),
        })
    }

    /// Runs the worker on this thread until it has stopped. `ready` is told when its sockets are open, or why they never
    /// will be.
    pub(crate) fn run(self, stops: mpsc::Receiver<Stop>, ready: std::sync::mpsc::Sender<io::Result<()>>) {
        match event_loop() {
            Ok(runtime) => self.run_on(&runtime, stops, ready),
            // Nobody waits any more if the start has failed elsewhere.
            Err(error) => drop(ready.send(Err(error))),
        }
    }

    pub(crate) fn run_on(
        self,
        runtime: &LocalRuntime,
        stops: mpsc::Receiver<Stop>,
        ready: std::sync::mpsc::Sender<io::Result<()>>,
    ) {
        let snapshot = Rc::new(Current(self.snapshots.load_full()));
        let worker = Rc::new(Worker {
            clock: Clock::new(self.time_of_day),
            timers: Timers::new(),
            buffers: BufferPool::default(),
            pipes: Pipes::default(),
            exchanges: ExchangePool::default(),
            pool: Pool::default(),
            rng: RefCell::new(self.rng),
            reports: self.reports,
            recorder: self.metrics.recorder(),
            disagreements: Seldom::default(),
            refused_clients: Few::default(),
            sink: self.sink,
            logs: self.logs,
            logged_listeners: LoggedListeners::default(),
            snapshots: self.snapshots,
            swept: RefCell::new(Rc::clone(&snapshot)),
            snapshot: RefCell::new(snapshot),
            renewed: Cell::new(false),
            pickers: RefCell::default(),
            arrivals: Cell::new(0),
            phase: Cell::new(Phase::Serving),
            seconds: Cell::new(0),
            linger: Cell::new(IDLE_LINGER),
            connections: Cell::new(0),
            streams: Cell::new(0),
            accepting: Cell::new(0),
            max_connections: self.max_connections,
            half_heads: Cell::new(0),
            max_half_heads: self.max_half_heads,
            lent: Cell::new(0),
            closed: Notify::new(),
        });
        runtime.block_on(async {
            let mut sockets = Sockets::new(Rc::clone(&worker), self.sockets, self.settled, self.addresses);
            sockets.follow();
            sockets.report();
            drop(ready.send(Ok(())));
            // The start waits until each worker has let go of it.
            drop(ready);
            worker.control(stops, sockets).await;
        });
    }
}

impl Deref for Current {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.0
    }
}

impl Worker {
    /// Follows the publisher, the tick and stops, until the worker has stopped.
    async fn control(self: Rc<Self>, mut stops: mpsc::Receiver<Stop>, mut sockets: Sockets) {
        let start = Instant::now();
        let (mut ticks, mut deadline) = (0, None);
        loop {
            tokio::select! {
                stop = stops.recv() => match stop {
                    Some(Stop { grace }) if self.phase.get() == Phase::Serving => {
                        sockets.close();
                        self.drain(grace);
                        deadline = Some(Instant::now() + grace);
                    }
                    Some(_) | None => break,
                },
                () = sockets.changed() => sockets.follow(),
                () = sleep_until(start + TICK * (ticks + 1)) => {
                    // A thread that was held up catches up.
                    while start + TICK * (ticks + 1) <= Instant::now() {
                        ticks += 1;
                        self.timers.advance();
                    }
                    self.tick();
                    if ticks % SWEEP_TICKS == 0 {
                        self.sweep(ticks / SWEEP_TICKS);
                        sockets.retry();
                    }
                }
                () = self.closed.notified() => {}
            }
            sockets.report();
            let over = deadline.is_some_and(|deadline| deadline <= Instant::now());
            if self.phase.get() == Phase::Draining && (over || self.is_empty()) {
                break;
            }
        }
        self.phase.set(Phase::Stopped);
        // Requests that run are told, so that each still ends with its event.
        self.timers.ring_all(Alarm::Stopped);
        self.pool.http2.close();
        for _ in 0..STOP_TURNS {
            tokio::task::yield_now().await;
        }
    }

    fn tick(&self) {
        self.clock.tick();
        let snapshot = self.snapshot();
        if self.renewed.take() {
            self.timers.ring_targets(|served| match snapshot.table.group(served.group) {
                Some(group) => match group.standing(served.target) {
                    Standing::Gone => Some(Alarm::Deregistered),
                    Standing::Unhealthy => Some(Alarm::Unhealthy),
                    _ => None,
                },
                // AWS: unknown what becomes of connections whose listener is deleted. A request may end in peace; what is
                // passed on might last for ever, and nobody could end it any more.
                None => served.passes.then_some(Alarm::Deregistered),
            });
        }
    }

    /// Once a second: gives back what is not needed any more.
    fn sweep(&self, seconds: u32) {
        self.seconds.set(seconds);
        self.disagreements.sweep(seconds);
        self.refused_clients.sweep(seconds, |(load_balancer, code), left_out| {
            let load_balancer = load_balancer.map(|it| it.to_string()).unwrap_or_default();
            tracing::info!(load_balancer, code, left_out, "more clients' certificates were refused");
        });
        if let Some(logs) = &self.logs {
            logs.flush();
        }
        let snapshot = self.snapshot();
        let table = &snapshot.table;
        self.pool.sweep(seconds, |group, target| {
            let target = table.group(group).and_then(|group| group.target(target));
            target.is_some_and(|target| target.drains_until.is_none())
        });
        if !Rc::ptr_eq(&snapshot, &self.swept.borrow()) {
            self.forget_the_deleted(table);
            self.swept.replace(snapshot);
        }
    }

    /// Counters and pickers of what is not configured any more.
    fn forget_the_deleted(&self, table: &Table) {
        let load_balancers: KeySet<LoadBalancerKey> =
            table.listeners().map(|listener| listener.load_balancer).collect();
        let targets = table.groups().flat_map(|group| group.targets());
        let targets: KeySet<TargetKey> = targets.map(|target| target.key).collect();
        self.recorder.retain(
            |load_balancer| load_balancers.contains(&load_balancer),
            |group| table.group(group).is_some(),
            |target| targets.contains(&target),
        );
        self.pickers.borrow_mut().retain(|group, _| table.group(*group).is_some());
    }

    /// Tells those that wait that a stop has begun.
    fn drain(&self, grace: Duration) {
        self.phase.set(Phase::Draining);
        self.linger.set(IDLE_LINGER.min(grace / 2));
        self.timers.ring_resting(usize::MAX, Alarm::Draining);
    }

    /// How long an idle client may stay if the worker drains; `None` if it serves.
    pub(crate) fn linger(&self) -> Option<Duration> {
        (self.phase.get() != Phase::Serving).then(|| self.linger.get())
    }

    /// The present snapshot.
    pub(crate) fn snapshot(&self) -> Rc<Current> {
        let mut known = self.snapshot.borrow_mut();
        let latest = self.snapshots.load();
        if !Arc::ptr_eq(&latest, &known.0) {
            *known = Rc::new(Current(Arc::clone(&latest)));
            self.renewed.set(true);
            self.logged_listeners.forget();
        }
        Rc::clone(&known)
    }

    /// The present moment, as exact as a turn of a task.
    pub(crate) fn moment(&self) -> Moment {
        self.clock.moment(self.timers.turn())
    }

    /// Runs `pick` with this worker's picker of a group.
    pub(crate) fn with_picker<T>(&self, group: TargetGroupKey, pick: impl FnOnce(&mut Picker) -> T) -> T {
        let mut pickers = self.pickers.borrow_mut();
        let picker = pickers.entry(group).or_insert_with(|| Picker::new(self.rng.borrow_mut().next_u64()));
        pick(picker)
    }

    /// The number of the next connection, counted from zero and round again.
    pub(crate) fn arrival(&self) -> u16 {
        self.arrivals.replace(self.arrivals.get().wrapping_add(1))
    }

    /// One request is over.
    pub(crate) fn finished(&self, event: &RequestFinished<'_>) {
        self.recorder.request_finished(event);
        if let Some(sink) = &self.sink {
            sink.request_finished(event);
        }
        if let Some(logs) = &self.logs {
            logs.request_finished(event);
        }
    }

    /// Wakes the end of a graceful stop when nothing is left to be waited for.
    pub(crate) fn notice_empty(&self) {
        if self.phase.get() == Phase::Draining && self.is_empty() {
            self.closed.notify_one();
        }
    }

    /// Counts a listening socket that is closed.
    pub(crate) fn socket_closed(&self) {
        self.accepting.set(self.accepting.get() - 1);
        self.closed.notify_one();
    }

    fn is_empty(&self) -> bool {
        self.connections.get() == 0 && self.accepting.get() == 0
    }
}

/// A worker's tasks never leave its thread, so they need neither locks nor a scheduler of their own above the runtime's.
pub(crate) fn event_loop() -> io::Result<LocalRuntime> {
    Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_io_events_per_tick(EVENTS_PER_TURN)
        .event_interval(TASKS_PER_TURN)
        .build_local(LocalOptions::default())
}

/// Random bytes from the system; if it has none, the worker must not seal anything.
fn seed() -> io::Result<[u8; 32]> {
    let mut seed = [0; 32];
    aws_lc_rs::rand::fill(&mut seed).map_err(|_| io::Error::other("the system gives no random bytes"))?;
    Ok(seed)
}
