//! A world of its own for each test: a data plane on a free port, targets that do what the test says, clients that
//! write raw bytes, and everything that telemetry was told.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail loudly")]

pub(crate) mod client;
pub(crate) mod configuration;
pub(crate) mod day;
pub(crate) mod http2;
pub(crate) mod http2_target;
pub(crate) mod pattern;
pub(crate) mod pki;
pub(crate) mod target;
pub(crate) mod tls;

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use elbow_model::key::{LoadBalancerKey, TargetGroupKey, TargetKey};
use elbow_model::{Configuration, HealthReason, HealthState, TargetHealth};
use elbow_proxy::publisher::{HealthReport, Publisher};
use elbow_proxy::{DataPlane, PassiveReports, Settings, Verdict};
use elbow_telemetry::{AnsweredBy, ExecutedAction, MatchedRule, Metrics, RequestFinished, Sink};
use socket2::{Domain, Socket, Type};

use client::Client;
use configuration::{GROUP, Setup};

/// Nothing in these tests takes this long; what does has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// For [`World::report`].
pub(crate) const HEALTHY: TargetHealth = TargetHealth { state: HealthState::Healthy, reason: None };
/// For [`World::report`].
pub(crate) const UNHEALTHY: TargetHealth =
    TargetHealth { state: HealthState::Unhealthy, reason: Some(HealthReason::FailedHealthChecks) };

/// A running data plane.
pub(crate) struct World {
    pub(crate) plane: DataPlane,
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) events: Arc<Events>,
    pub(crate) setup: Setup,
    _reserved: Socket,
}

/// Waits until something is so, and fails if it never is.
pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "waited for ever until {what}");
        std::thread::yield_now();
    }
}

/// A port that stays ours: it is bound, but nobody listens until the data plane does.
pub(crate) fn reserve() -> (Socket, u16) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.set_reuse_port(true).unwrap();
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
    let port = socket.local_addr().unwrap().as_socket().unwrap().port();
    (socket, port)
}

impl World {
    /// One worker in front of these targets.
    pub(crate) fn new(targets: &[SocketAddr]) -> Self {
        Self::with(targets, |setup| setup)
    }

    /// One worker, and a set-up that the test changes.
    pub(crate) fn with(targets: &[SocketAddr], change: impl FnOnce(Setup) -> Setup) -> Self {
        Self::with_settings(targets, change, |settings| settings)
    }

    pub(crate) fn with_settings(
        targets: &[SocketAddr],
        change: impl FnOnce(Setup) -> Setup,
        settings: impl FnOnce(Settings) -> Settings,
    ) -> Self {
        let (reserved, port) = reserve();
        let setup = change(Setup::new(port, targets));
        let publisher = Arc::new(Publisher::new(1, setup.build(), &setup.options()).unwrap());
        let metrics = Arc::new(Metrics::new());
        let events = Arc::new(Events::default());
        let sink: Arc<dyn Sink + Send + Sync> = events.clone();
        let base =
            Settings { workers: NonZeroUsize::MIN, sink: Some(sink), ..Settings::new(Arc::clone(&metrics)) };
        let reports: Arc<dyn PassiveReports> = events.clone();
        let plane = DataPlane::start(&settings(base), &publisher, &reports).unwrap();
        assert_eq!(plane.problems().len(), 0, "{:?}", plane.problems());
        Self { plane, publisher, metrics, events, setup, _reserved: reserved }
    }

    /// Publishes a changed set-up.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Setup)) {
        change(&mut self.setup);
        self.publisher.configure(2, self.setup.build()).unwrap();
    }

    /// Publishes a configuration without load balancers.
    pub(crate) fn delete_everything(&mut self) {
        let mut configuration = Configuration::clone(&self.setup.build());
        configuration.load_balancers.clear();
        configuration.listeners.clear();
        configuration.target_groups.clear();
        configuration.targets.clear();
        self.publisher.configure(3, Arc::new(configuration)).unwrap();
    }

    /// Reports that targets of [`GROUP`] are in these states.
    pub(crate) fn report(&self, health: &[(u64, TargetHealth)]) {
        let reports: Vec<HealthReport> = health
            .iter()
            .map(|&(target, health)| HealthReport {
                group: GROUP,
                target: TargetKey::new(target),
                health: Some(health.into()),
            })
            .collect();
        self.publisher.report(&reports);
    }

    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.setup.port))
    }

    /// A new connection.
    pub(crate) fn client(&self) -> Client {
        Client::connect(self.address())
    }
}

/// One finished request, owned.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) load_balancer: Option<LoadBalancerKey>,
    pub(crate) rule: Option<MatchedRule>,
    pub(crate) status: u16,
    pub(crate) target_status: Option<u16>,
    pub(crate) answered_by: AnsweredBy,
    pub(crate) target: Option<u64>,
    pub(crate) outcome: &'static str,
    pub(crate) refused: u8,
    pub(crate) received: u64,
    pub(crate) sent: u64,
    pub(crate) uri: String,
    pub(crate) version: &'static str,
    pub(crate) classification: &'static str,
    pub(crate) classification_reason: &'static str,
    pub(crate) upgraded: bool,
    pub(crate) reached_target: bool,
    pub(crate) group: Option<u64>,
    pub(crate) action: Option<ExecutedAction>,
    pub(crate) rule_evaluations: u32,
    pub(crate) redirect_url: String,
    pub(crate) error_reason: Option<&'static str>,
    pub(crate) transformed: (String, String),
    pub(crate) transform_status: Option<&'static str>,
}

/// Everything that was told.
#[derive(Debug, Default)]
pub(crate) struct Events {
    finished: Mutex<Vec<Event>>,
    refused: Mutex<Vec<u64>>,
    unanswered: Mutex<Vec<u64>>,
    more: Condvar,
}

impl Events {
    /// The first `count` requests that finished, as soon as there are so many; and no more by then.
    pub(crate) fn wait(&self, count: usize) -> Vec<Event> {
        let start = Instant::now();
        let mut events = self.finished.lock().unwrap();
        while events.len() < count {
            assert!(start.elapsed() < PATIENCE, "{} of {count} requests finished: {events:#?}", events.len());
            events = self.more.wait_timeout(events, PATIENCE).unwrap().0;
        }
        assert_eq!(events.len(), count, "{events:#?}");
        events.clone()
    }

    /// How many requests have finished.
    pub(crate) fn count(&self) -> usize {
        self.finished.lock().unwrap().len()
    }

    /// Targets whose refusals were reported.
    pub(crate) fn refused(&self) -> Vec<u64> {
        self.refused.lock().unwrap().clone()
    }

    /// Targets that were reported because they said nothing.
    pub(crate) fn unanswered(&self) -> Vec<u64> {
        self.unanswered.lock().unwrap().clone()
    }
}

impl Sink for Events {
    fn request_finished(&self, event: &RequestFinished<'_>) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let event = Event {
            load_balancer: event.load_balancer,
            rule: event.rule,
            status: event.status,
            target_status: event.target_status,
            answered_by: event.answered_by,
            target: event.target.map(|(key, _)| key.get()),
            outcome: event.outcome,
            refused: event.refused_connections,
            received: event.received_bytes,
            sent: event.sent_bytes,
            uri: text(event.uri),
            version: event.version,
            classification: event.classification,
            classification_reason: event.classification_reason,
            upgraded: event.upgraded,
            reached_target: event.times.is_some(),
            group: event.target_group.map(TargetGroupKey::get),
            action: event.action,
            rule_evaluations: event.rule_evaluations,
            redirect_url: text(event.redirect_url),
            error_reason: event.error_reason,
            transformed: (text(event.transformed_host), text(event.transformed_uri)),
            transform_status: event.request_transform_status,
        };
        self.finished.lock().unwrap().push(event);
        self.more.notify_all();
    }
}

impl PassiveReports for Events {
    fn refused(&self, _: TargetGroupKey, target: TargetKey) {
        self.refused.lock().unwrap().push(target.get());
    }

    /// Nobody checks anything.
    fn unanswered(&self, group: TargetGroupKey, target: TargetKey) -> Verdict {
        self.unanswered.lock().unwrap().push(target.get());
        ().unanswered(group, target)
    }
}
