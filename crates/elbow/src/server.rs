//! The server put together: store, API and data plane, and the tasks between them.
//!
//! Changes flow one way: API → store → publisher → workers. Health flows back: prober → publisher → workers, and to
//! the API for those who ask. An API call is answered when its change has gone the whole way; see [`Endpoint`].

mod endpoint;
mod explainer;
mod glue;
mod metrics_page;
mod tasks;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use elbow_api::instances::{InstanceReader, InstanceWatch};
use elbow_api::{Api, Counted, Surroundings};
use elbow_model::{Change, Configuration, Credential, Entity};
use elbow_proxy::anomalies::AnomalyWatch;
use elbow_proxy::health::Prober;
use elbow_proxy::publisher::Publisher;
use elbow_proxy::{DataPlane, PassiveReports};
use elbow_routing::Options;
use elbow_store::{ServerLock, Sqlite, State, generate};
use elbow_telemetry::{AccessLogs, Metrics};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

pub(crate) use self::endpoint::Endpoint;
pub(crate) use self::metrics_page::MetricsPage;
use crate::access_logs::Delivery;
use crate::clock::now;
use crate::console::Console;
use crate::ec2_endpoint::Ec2Endpoint;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::{access_logs, descriptors, http_server, key_ring, random};

/// A running server.
pub(crate) struct Server {
    endpoint: Arc<Endpoint>,
    console: Arc<Console>,
    api_address: SocketAddr,
    state: Arc<State>,
    plane: Arc<DataPlane>,
    stop_api: watch::Sender<bool>,
    tasks: JoinSet<()>,
    access_logs: Delivery,
    _lock: ServerLock,
}

impl Server {
    /// Opens the data directory, starts the data plane, then the API. When this returns, both answer.
    pub(crate) async fn start(settings: &Settings) -> Result<Self, Failure> {
        descriptors::raise_limit();
        let lock = ServerLock::acquire(&settings.data_dir).map_err(Failure::of_data_dir)?;
        let store = Sqlite::open_with_key(&settings.data_dir, settings.master_key_file.as_deref());
        let store = store.map_err(Failure::of_data_dir)?;
        let state = Arc::new(State::new(Arc::new(store)));
        first_start(&state, settings.credential.is_none()).await?;
        let options = Options {
            listen_address: settings.listen_address,
            listener_port_offset: settings.listener_port_offset,
            started: now(),
        };
        let mut configurations = state.watch();
        let snapshot = configurations.borrow_and_update().clone();
        let publisher = Arc::new(Publisher::new(snapshot.revision.get(), snapshot.configuration, &options)?);
        let (metrics, logs) = (Arc::new(Metrics::new()), Arc::new(AccessLogs::new()));
        let plane_settings = plane_settings(settings, &metrics, &logs);
        let (prober, reports) = Prober::new(Arc::clone(&publisher), &plane_settings);
        let reports: Arc<dyn PassiveReports> = Arc::new(reports);
        let plane = Arc::new(DataPlane::start(&plane_settings, &publisher, &reports)?);
        let ec2 = settings
            .ec2
            .clone()
            .map(|ec2| -> Arc<dyn InstanceReader> { Arc::new(Ec2Endpoint::new(ec2.url, ec2.keys, ec2.tls)) });
        let counted = Counted { metrics: Arc::clone(&metrics), history: Arc::default() };
        let surroundings = surroundings(&publisher, &plane, options, ec2.clone(), settings, counted.clone())?;
        let access_logs = Delivery::start(access_logs::Parts {
            logs: Arc::clone(&logs),
            objects: Arc::clone(&settings.objects.0),
            configurations: state.watch(),
            nodes: settings.listen_address,
            random: Arc::clone(&surroundings.random),
        });
        let api = Arc::new(Api::new(Arc::clone(&state), settings.for_api(), surroundings));
        let listener = bind_api(settings.api_address).await?;
        let api_address = listener.local_addr()?;

        let (stop_api, stop) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(prober.run());
        tasks.spawn(AnomalyWatch::new(Arc::clone(&publisher), Arc::clone(&metrics)).run());
        let metrics = MetricsPage { metrics, logs, snapshots: publisher.snapshots() };
        tasks.spawn(tasks::keep_history(counted, publisher.snapshots()));
        tasks.spawn(tasks::publish(configurations, publisher));
        tasks.spawn(tasks::rotate_keys(Arc::clone(&state), settings.key_rotation));
        tasks.spawn(tasks::forget_drained(Arc::clone(&api)));
        if let (Some(setting), Some(reader)) = (&settings.ec2, ec2) {
            let watch = InstanceWatch::new(Arc::clone(&state), reader);
            tasks.spawn(tasks::refresh_instances(watch, setting.refresh));
        }
        let console = Arc::new(Console::new(Arc::clone(&api)));
        let endpoint = Arc::new(Endpoint { api, state: Arc::clone(&state), plane: Arc::clone(&plane) });
        let served =
            http_server::Served { endpoint: Arc::clone(&endpoint), metrics, console: Arc::clone(&console) };
        tasks.spawn(http_server::serve(listener, served, stop));
        Ok(Self { endpoint, console, api_address, state, plane, stop_api, tasks, access_logs, _lock: lock })
    }

    /// Where the API is.
    pub(crate) fn api_address(&self) -> SocketAddr {
        self.api_address
    }

    /// The API itself.
    pub(crate) fn endpoint(&self) -> Arc<Endpoint> {
        Arc::clone(&self.endpoint)
    }

    /// The console on the API address.
    pub(crate) fn console(&self) -> &Console {
        &self.console
    }

    /// The oldest pair that may sign API calls.
    pub(crate) fn first_credential(&self) -> Option<Arc<Credential>> {
        self.state.current().configuration.first_credential().cloned()
    }

    /// Takes no more requests and returns when those in flight are answered, or cut off after `grace`.
    pub(crate) async fn stop(mut self, grace: Duration) {
        self.stop_api.send_replace(true);
        self.plane.stop(grace);
        self.plane.stopped().await;
        self.access_logs.finish().await;
        self.tasks.shutdown().await;
    }
}

/// Makes what every server needs and a new data directory lacks: a stickiness key, and a pair if none is given.
async fn first_start(state: &State, needs_credential: bool) -> Result<(), Failure> {
    let mut rng = random::generator()?;
    let step = |configuration: &Configuration| {
        let mut changes = key_ring::rotation(configuration, now(), |_| false, &mut rng)?;
        if needs_credential && configuration.credentials.is_empty() {
            changes.push(Change::Put(Entity::Credential(Arc::new(generate::credential(now())?))));
        }
        Ok::<_, Failure>((changes, ()))
    };
    state.update(step).await.map_err(Failure::of_update)
}

fn plane_settings(
    settings: &Settings,
    metrics: &Arc<Metrics>,
    logs: &Arc<AccessLogs>,
) -> elbow_proxy::Settings {
    let workers = NonZeroUsize::new(settings.workers).unwrap_or(NonZeroUsize::MIN);
    let access_logs = Some(Arc::clone(logs));
    elbow_proxy::Settings { workers, access_logs, ..elbow_proxy::Settings::new(Arc::clone(metrics)) }
}

fn surroundings(
    publisher: &Publisher,
    plane: &Arc<DataPlane>,
    options: Options,
    instances: Option<Arc<dyn InstanceReader>>,
    settings: &Settings,
    counted: Counted,
) -> Result<Surroundings, Failure> {
    Ok(Surroundings {
        clock: Arc::new(now),
        random: random::numbers()?,
        health: Arc::new(glue::LiveHealth(publisher.snapshots())),
        admission: Arc::new(glue::Sockets { plane: Arc::clone(plane), options }),
        instances,
        objects: Arc::clone(&settings.objects.0),
        keys: Arc::new(key_ring::Keys { max_age: settings.key_rotation }),
        counted,
        explainer: Arc::new(explainer::LiveExplainer(publisher.snapshots())),
    })
}

async fn bind_api(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::failed(format!(
            "the API cannot listen on {address}: {error}; choose another with --api-address"
        ))
    })
}
