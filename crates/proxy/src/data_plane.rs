//! The handle that the rest of the program holds on the data plane.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use std::{io, thread};

use tokio::sync::{mpsc, watch};

use crate::addresses::{Addresses, BindError};
use crate::publisher::{Publisher, Wanted};
use crate::worker::{Parts, Stop};
use crate::{PassiveReports, Settings};

/// Stops that wait for one worker: a graceful one, a second one, and that of [`Drop`].
const STOPS: usize = 4;

/// The running data plane. It follows the publisher by itself. Dropping it stops all workers at once.
#[derive(Debug)]
pub struct DataPlane {
    workers: Vec<Handle>,
    addresses: Arc<Addresses>,
    published: watch::Receiver<u64>,
    wanted: watch::Receiver<Wanted>,
    /// How many workers run.
    running: watch::Receiver<usize>,
}

#[derive(Debug)]
struct Handle {
    stops: mpsc::Sender<Stop>,
    /// The revision whose sockets it has opened, with no others left; closed when it has ended.
    settled: watch::Receiver<u64>,
    thread: Option<thread::JoinHandle<()>>,
}

impl DataPlane {
    /// Starts the workers, and returns when they listen on the sockets of the present snapshot, except for those that
    /// [`DataPlane::problems`] names. From then on sockets are opened and closed as the publisher wants them.
    ///
    /// # Errors
    ///
    /// A thread or its event loop cannot be created, or the system gives no random bytes.
    pub fn start(
        settings: &Settings,
        publisher: &Publisher,
        reports: &Arc<dyn PassiveReports>,
    ) -> io::Result<Self> {
        let (running_sender, running) = watch::channel(settings.workers.get());
        let running_sender = Arc::new(running_sender);
        let (ready, listening) = std::sync::mpsc::channel();
        let addresses = Arc::new(Addresses::new(settings.takes_over));
        let (published, wanted) = (publisher.published(), publisher.sockets());
        let mut plane = Self { workers: Vec::new(), addresses, published, wanted, running };
        for index in 0..settings.workers.get() {
            let (stops, inbox) = mpsc::channel(STOPS);
            let (settled_sender, settled) = watch::channel(0);
            let parts = Parts::new(settings, publisher, reports, &plane.addresses, settled_sender)?;
            let (running, ready) = (Arc::clone(&running_sender), ready.clone());
            let thread = thread::Builder::new().name(format!("worker-{index}")).spawn(move || {
                parts.run(inbox, ready);
                running.send_modify(|running| *running -= 1);
            })?;
            plane.workers.push(Handle { stops, settled, thread: Some(thread) });
        }
        drop(ready);
        // Each lets go of its sender after its word; one that ends without a word has panicked, which its thread has
        // reported.
        listening.iter().collect::<io::Result<()>>()?;
        Ok(plane)
    }

    /// Completes when every worker acts on the configuration of this revision, or of a later one: the next request on
    /// any of them is routed by it, the sockets that it wants are open, except for those that [`DataPlane::problems`]
    /// names, and those that it does not want are closed. Nobody waits for workers that stop.
    pub async fn acts_on(&self, revision: u64) {
        // An error means that the publisher is gone.
        if self.published.clone().wait_for(|published| *published >= revision).await.is_err() {
            return;
        }
        let since = self.wanted.borrow().since;
        for worker in &self.workers {
            // An error means that it has ended.
            let _ = worker.settled.clone().wait_for(|settled| *settled >= since).await;
        }
    }

    /// Whether the address is listened on or could be, for an API that must refuse what cannot work.
    ///
    /// # Errors
    ///
    /// What stands in the way.
    pub fn can_bind(&self, address: SocketAddr) -> Result<(), BindError> {
        self.addresses.check(address)
    }

    /// Sockets that are wanted and could not be opened. They are tried again every second.
    pub fn problems(&self) -> Vec<Arc<BindError>> {
        self.addresses.problems()
    }

    /// Begins a graceful stop: listening sockets close; requests that run, or arrive on connections that are open, are
    /// answered, with `Connection: close`; connections that stay silent are closed after a while; what is left after
    /// `grace` is cut off. A second call cuts everything off at once.
    ///
    /// A process that takes over ([`Settings::takes_over`]) may listen before this is called, so that nobody is refused. A
    /// connection that is just being opened at the moment when the old socket closes is lost, unless the kernel hands
    /// it over: `sysctl net.ipv4.tcp_migrate_req=1`.
    pub fn stop(&self, grace: Duration) {
        for worker in &self.workers {
            // A full queue holds stops already; a closed one belongs to a worker that has ended.
            let _ = worker.stops.try_send(Stop { grace });
        }
    }

    /// Completes when no worker runs any more.
    pub async fn stopped(&self) {
        let mut running = self.running.clone();
        // The sender lives in the workers: if it is gone, so are they.
        let _ = running.wait_for(|running| *running == 0).await;
    }
}

impl Drop for DataPlane {
    fn drop(&mut self) {
        self.stop(Duration::ZERO);
        for worker in &mut self.workers {
            if let Some(thread) = worker.thread.take() {
                // A panic was already reported by the thread that had it.
                let _ = thread.join();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use elbow_model::{Configuration, Entity, HealthCheck};
    use elbow_telemetry::Metrics;

    use super::*;
    use crate::testing::{OPTIONS, configuration, listener, put, reserve};

    const WORKERS: usize = 3;

    fn start(configuration: &Configuration) -> (Publisher, DataPlane) {
        let publisher = Publisher::new(1, Arc::new(configuration.clone()), &OPTIONS).unwrap();
        let settings = Settings::new(Arc::new(Metrics::new()));
        let settings = Settings { workers: NonZeroUsize::new(WORKERS).unwrap(), ..settings };
        let reports: Arc<dyn PassiveReports> = Arc::new(());
        let plane = DataPlane::start(&settings, &publisher, &reports).unwrap();
        (publisher, plane)
    }

    #[tokio::test]
    async fn who_has_waited_for_a_revision_finds_the_sockets_of_every_worker_as_it_wants_them() {
        let (_reserved, address) = reserve();
        let mut without = configuration(HealthCheck::default());
        without.listeners.clear();
        let mut with = without.clone();
        put(&mut with, Entity::Listener(Arc::new(listener(address.port()))));
        let (publisher, plane) = start(&without);
        for revision in (2..200).step_by(2) {
            publisher.configure(revision, Arc::new(with.clone())).unwrap();
            plane.acts_on(revision).await;
            assert_eq!(plane.addresses.sockets(address), WORKERS);
            publisher.configure(revision + 1, Arc::new(without.clone())).unwrap();
            plane.acts_on(revision + 1).await;
            assert_eq!(plane.addresses.sockets(address), 0);
        }
    }

    #[tokio::test]
    async fn nobody_waits_for_a_socket_that_cannot_be_opened_or_a_worker_that_stops() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let (_reserved, address) = reserve();
        let mut configuration = configuration(HealthCheck::default());
        configuration.listeners.clear();
        let (publisher, plane) = start(&configuration);
        let port = taken.local_addr().unwrap().port();
        put(&mut configuration, Entity::Listener(Arc::new(listener(port))));
        publisher.configure(2, Arc::new(configuration.clone())).unwrap();
        plane.acts_on(2).await;
        assert_eq!(plane.problems().iter().map(|problem| problem.address.port()).collect::<Vec<_>>(), [port]);

        plane.stop(Duration::from_secs(60));
        put(&mut configuration, Entity::Listener(Arc::new(listener(address.port()))));
        publisher.configure(3, Arc::new(configuration)).unwrap();
        plane.acts_on(3).await;
    }
}
