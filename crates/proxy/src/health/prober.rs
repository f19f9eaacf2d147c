//! The task that has targets checked.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_routing::Table;
use elbow_telemetry::{Recorder, Sink};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::check::{Finding, check};
use super::roster::{Job, Roster};
use super::{log, record};
use crate::publisher::Publisher;
use crate::tls::TargetTls;
use crate::{Owed, PassiveReports, Settings, Verdict};

/// Checks under way at once. More than are due at any time, unless thousands of targets hang; then checks wait.
const CHECKS_AT_ONCE: usize = 1024;
/// Reports of workers that wait to be taken in at most.
const REPORTS: usize = 1024;

/// Checks the targets of the published configuration, and publishes how they do.
pub struct Prober {
    publisher: Arc<Publisher>,
    configured: watch::Receiver<Arc<Table>>,
    reports: mpsc::Receiver<Report>,
    roster: Roster,
    checks: JoinSet<(Job, io::Result<Finding>)>,
    recorder: Recorder,
    sink: Option<Arc<dyn Sink + Send + Sync>>,
}

/// Where workers tell of targets that failed a request.
#[derive(Clone, Debug)]
pub struct Reports(mpsc::Sender<Report>);

#[derive(Debug)]
struct Report {
    group: TargetGroupKey,
    target: TargetKey,
    at: Instant,
    what: What,
}

#[derive(Debug)]
enum What {
    Refused,
    Unanswered(Owed),
}

impl Reports {
    /// Never waits. When too many reports wait, this one is lost; the target will fail again.
    fn send(&self, group: TargetGroupKey, target: TargetKey, what: What) {
        let _ = self.0.try_send(Report { group, target, at: now(), what });
    }
}

impl PassiveReports for Reports {
    fn refused(&self, group: TargetGroupKey, target: TargetKey) {
        self.send(group, target, What::Refused);
    }

    fn unanswered(&self, group: TargetGroupKey, target: TargetKey) -> Verdict {
        let (owed, verdict) = Verdict::owed();
        self.send(group, target, What::Unanswered(owed));
        verdict
    }
}

impl Prober {
    /// A prober for what this publisher publishes. Its checks are counted and told where the data plane's requests are,
    /// for a health-check log (O6).
    pub fn new(publisher: Arc<Publisher>, settings: &Settings) -> (Self, Reports) {
        let (sender, reports) = mpsc::channel(REPORTS);
        let mut configured = publisher.configured();
        configured.mark_changed();
        let prober = Self {
            publisher,
            configured,
            reports,
            roster: Roster::default(),
            checks: JoinSet::new(),
            recorder: settings.metrics.recorder(),
            sink: settings.sink.clone(),
        };
        (prober, Reports(sender))
    }

    /// Checks targets for ever. Drop the future to stop; checks under way stop with it.
    pub async fn run(mut self) {
        loop {
            self.start_due_checks();
            self.publish();
            let next_start = self.next_start();
            tokio::select! {
                Ok(()) = self.configured.changed() => self.follow(),
                Some(report) = self.reports.recv() => self.take_in_reports(report),
                Some(done) = self.checks.join_next() => self.take_in_results(done),
                () = sleep_until(next_start) => {}
            }
        }
    }

    fn follow(&mut self) {
        let table = Arc::clone(&self.configured.borrow_and_update());
        self.roster.follow(&table, now());
        self.recorder.retain(|_| true, |group| table.group(group).is_some(), |_| true);
    }

    fn start_due_checks(&mut self) {
        while self.checks.len() < CHECKS_AT_ONCE {
            let Some(job) = self.roster.next_job(now()) else { return };
            let targets = Arc::clone(&self.publisher.snapshots().load().secure_targets);
            self.checks.spawn(async move {
                let group = &job.group;
                let tls = TargetTls::any(&targets, group.key());
                let result = check(group.health_check(), group.protocol_version(), job.address, tls).await;
                (job, result)
            });
        }
    }

    /// When a check can start next; `None` if one has to finish, or something else to happen, before that.
    fn next_start(&self) -> Option<Instant> {
        self.roster.next_due().filter(|_| self.checks.len() < CHECKS_AT_ONCE)
    }

    /// Takes in this report and all others that are there, so that they are published together.
    fn take_in_reports(&mut self, first: Report) {
        let mut next = Some(first);
        while let Some(Report { group, target, at, what }) = next {
            match what {
                What::Refused => self.roster.refused(group, target, at, now()),
                What::Unanswered(owed) => self.roster.unanswered(group, target, at, now(), owed),
            }
            next = self.reports.try_recv().ok();
        }
    }

    /// Takes in this result and all others that are there, so that they are published together.
    fn take_in_results(&mut self, first: Result<(Job, io::Result<Finding>), tokio::task::JoinError>) {
        let mut next = Some(first);
        while let Some(done) = next {
            if let Ok((job, result)) = &done {
                let event = record::of(job, result, now());
                self.recorder.health_checked(&event);
                self.sink.iter().for_each(|sink| sink.health_checked(&event));
            }
            match done {
                Ok((job, Ok(finding))) => self.roster.finished(&job, finding.observation),
                Ok((job, Err(error))) => tracing::warn!("cannot check {}: {error}", job.address),
                Err(error) => tracing::error!("a health check ended badly: {error}"),
            }
            next = self.checks.try_join_next();
        }
    }

    fn publish(&mut self) {
        let settled = self.roster.take_settled();
        let reports = self.roster.take_reports();
        if !reports.is_empty() {
            let snapshots = self.publisher.snapshots();
            let before = Arc::clone(&snapshots.load().table);
            self.publisher.report(&reports);
            log::write(&before, &snapshots.load().table, &reports);
        }
        // Those who waited for a verdict look into the snapshot now.
        drop(settled);
    }
}

/// The clock of this task, which tests can stop.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

async fn sleep_until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::time::Duration;

    use elbow_model::{Configuration, Entity, HealthCheck, HealthState};
    use elbow_telemetry::{CheckFailure, Metrics};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::testing::{GROUP, OPTIONS, configuration, put, target};

    const TARGET: TargetKey = TargetKey::new(5);

    /// How long a test waits for what must come, before it fails.
    const PATIENCE: Duration = Duration::from_secs(30);

    /// Answers every connection until it is dropped.
    async fn serve(listener: TcpListener, answer: &'static [u8]) {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(answer).await;
            });
        }
    }

    const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

    /// Checks every 20 ms; two failures, three successes.
    fn often() -> HealthCheck {
        let interval = Duration::from_millis(20);
        HealthCheck { interval, healthy_threshold: 3, ..HealthCheck::default() }
    }

    fn start(configuration: &Configuration) -> (Arc<Publisher>, Reports, JoinSet<()>) {
        let publisher = Publisher::new(1, Arc::new(configuration.clone()), &OPTIONS).unwrap();
        let publisher = Arc::new(publisher);
        let (prober, reports) = Prober::new(Arc::clone(&publisher), &Settings::new(Arc::default()));
        let mut running = JoinSet::new();
        running.spawn(prober.run());
        (publisher, reports, running)
    }

    fn put_target(configuration: &mut Configuration, key: u64, address: SocketAddr) {
        put(configuration, Entity::Target(Arc::new(target(key, address))));
    }

    fn state(publisher: &Publisher, key: TargetKey) -> Option<HealthState> {
        let snapshot = publisher.snapshots().load_full();
        snapshot.table.group(GROUP)?.target(key).map(|target| target.health.state)
    }

    async fn until(what: &str, is_so: impl Fn() -> bool) {
        let patience = Instant::now() + PATIENCE;
        while !is_so() {
            assert!(Instant::now() < patience, "{what} did not happen");
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_target_dies_and_comes_back() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut server = JoinSet::new();
        server.spawn(serve(listener, OK));
        let mut configuration = configuration(often());
        put_target(&mut configuration, TARGET.get(), address);
        let (publisher, _reports, _running) = start(&configuration);
        let is = |expected| state(&publisher, TARGET) == Some(expected);

        until("the first check passes", || is(HealthState::Healthy)).await;
        server.shutdown().await;
        until("checks fail", || is(HealthState::Unhealthy)).await;
        server.spawn(serve(TcpListener::bind(address).await.unwrap(), OK));
        until("checks pass again", || is(HealthState::Healthy)).await;
    }

    #[tokio::test]
    async fn a_refused_target_leaves_at_once_and_returns_with_the_next_check() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut configuration = configuration(HealthCheck::default());
        put_target(&mut configuration, TARGET.get(), listener.local_addr().unwrap());
        let mut server = JoinSet::new();
        server.spawn(serve(listener, OK));
        let (publisher, reports, _running) = start(&configuration);
        let is = |expected| state(&publisher, TARGET) == Some(expected);

        until("the first check passes", || is(HealthState::Healthy)).await;
        // The interval is 30 s: what follows is the doing of the refusal alone.
        reports.refused(GROUP, TARGET);
        until("it is out", || is(HealthState::Unhealthy)).await;
        until("it is back", || is(HealthState::Healthy)).await;
    }

    #[tokio::test]
    async fn a_verdict_is_in_the_snapshot_when_it_is_reached() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let timeout = Duration::from_millis(50);
        let mut configuration = configuration(HealthCheck { timeout, ..HealthCheck::default() });
        put_target(&mut configuration, TARGET.get(), address);
        let mut server = JoinSet::new();
        server.spawn(serve(listener, OK));
        let (publisher, reports, _running) = start(&configuration);
        until("it is healthy", || state(&publisher, TARGET) == Some(HealthState::Healthy)).await;

        reports.unanswered(GROUP, TARGET).reached().await;
        assert_eq!(state(&publisher, TARGET), Some(HealthState::Healthy), "the check has passed");
        // Frozen: the kernel takes connections, and nobody answers.
        server.shutdown().await;
        let _frozen = TcpListener::bind(address).await.unwrap();
        reports.unanswered(GROUP, TARGET).reached().await;
        assert_eq!(state(&publisher, TARGET), Some(HealthState::Unhealthy));
        reports.unanswered(GROUP, TargetKey::new(99)).reached().await;
    }

    /// Keeps the words of each check.
    #[derive(Default)]
    struct Log(std::sync::Mutex<Vec<String>>);

    impl Sink for Log {
        fn request_finished(&self, _: &elbow_telemetry::RequestFinished<'_>) {}

        fn health_checked(&self, event: &elbow_telemetry::HealthChecked<'_>) {
            let (status, reason) = (event.status.unwrap_or_default(), event.failure.map(|it| it.as_str()));
            let (name, balancer) = (event.target_group.1, event.load_balancer.map(|key| key.get()));
            let line =
                format!("{} {name} {balancer:?} {} {status} {reason:?}", event.protocol, event.result());
            self.0.lock().unwrap().push(line);
        }
    }

    #[tokio::test]
    async fn each_check_is_told_o6() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut configuration = configuration(HealthCheck::default());
        put_target(&mut configuration, 1, listener.local_addr().unwrap());
        // Nobody listens on that port.
        put_target(&mut configuration, 2, SocketAddr::from(([127, 0, 0, 1], 1)));
        let mut running = JoinSet::new();
        running.spawn(serve(listener, OK));
        let publisher = Arc::new(Publisher::new(1, Arc::new(configuration.clone()), &OPTIONS).unwrap());
        let (log, metrics) = (Arc::new(Log::default()), Arc::new(Metrics::new()));
        let settings = Settings { sink: Some(log.clone()), ..Settings::new(Arc::clone(&metrics)) };
        let (prober, _reports) = Prober::new(Arc::clone(&publisher), &settings);
        running.spawn(prober.run());
        until("both are checked", || log.0.lock().unwrap().len() >= 2).await;
        let mut lines = log.0.lock().unwrap().clone();
        lines.sort_unstable();
        let failed = "http tg Some(1) FAIL 0 Some(\"ConnectionReset\")";
        assert_eq!(lines, [failed, "http tg Some(1) PASS 200 None"]);

        let counted = &metrics.snapshot().target_groups[&GROUP];
        let refused = counted.health_checks_failed[&CheckFailure::ConnectionReset];
        assert_eq!((counted.health_checks_passed, refused), (1, 1));
        configuration.target_groups.clear();
        publisher.configure(2, Arc::new(configuration)).unwrap();
        until("a deleted group is forgotten", || metrics.snapshot().target_groups.is_empty()).await;
    }

    #[tokio::test]
    async fn targets_come_and_go_while_it_runs() {
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut server = JoinSet::new();
        server.spawn(serve(listener, OK));
        let mut configuration = configuration(HealthCheck::default());
        let (publisher, _reports, _running) = start(&configuration);
        let healthy = |numbers: std::ops::RangeInclusive<u64>| {
            numbers.into_iter().all(|n| state(&publisher, TargetKey::new(n)) == Some(HealthState::Healthy))
        };
        // Each has an address of its own, and all are the one server.
        for number in 1..=100_u8 {
            put_target(&mut configuration, number.into(), SocketAddr::from(([127, 0, 1, number], port)));
        }
        publisher.configure(2, Arc::new(configuration.clone())).unwrap();
        until("all are healthy", || healthy(1..=100)).await;

        configuration.targets.remove(&(GROUP, TargetKey::new(1)));
        put_target(&mut configuration, 101, SocketAddr::from(([127, 0, 1, 101], port)));
        publisher.configure(3, Arc::new(configuration)).unwrap();
        until("the new one is healthy too", || healthy(2..=101)).await;
        assert_eq!(state(&publisher, TargetKey::new(1)), None);
    }

    #[tokio::test]
    async fn a_flood_of_refusals_is_cut_off_and_does_no_harm() {
        let configuration = configuration(HealthCheck::default());
        let (publisher, reports, _running) = start(&configuration);
        for number in 0..10 * u64::try_from(REPORTS).unwrap() {
            reports.refused(GROUP, TargetKey::new(number));
        }
        until("all are taken in", || reports.0.capacity() == REPORTS).await;
        assert_eq!(state(&publisher, TARGET), None);
    }
}
