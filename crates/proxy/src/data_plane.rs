//! The handle that the rest of the program holds on the data plane.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use std::{io, thread};

use tokio::sync::{mpsc, watch};

use crate::addresses::{Addresses, BindError};
use crate::publisher::Publisher;
use crate::worker::{Parts, Stop};
use crate::{PassiveReports, Settings};

/// Stops that wait for one worker: a graceful one, a second one, and that of [`Drop`].
const STOPS: usize = 4;

/// The running data plane. It follows the publisher by itself. Dropping it stops all workers at once.
#[derive(Debug)]
pub struct DataPlane {
    workers: Vec<Handle>,
    addresses: Arc<Addresses>,
    /// How many workers run.
    running: watch::Receiver<usize>,
}

#[derive(Debug)]
struct Handle {
    stops: mpsc::Sender<Stop>,
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
        let mut plane = Self { workers: Vec::new(), addresses, running };
        for index in 0..settings.workers.get() {
            let (stops, inbox) = mpsc::channel(STOPS);
            let parts = Parts::new(settings, publisher, reports, &plane.addresses)?;
            let (running, ready) = (Arc::clone(&running_sender), ready.clone());
            let thread = thread::Builder::new().name(format!("worker-{index}")).spawn(move || {
                parts.run(inbox, &ready);
                running.send_modify(|running| *running -= 1);
            })?;
            plane.workers.push(Handle { stops, thread: Some(thread) });
        }
        // An error means that a worker has ended, which its thread has reported.
        for _ in 0..settings.workers.get() {
            let _ = listening.recv();
        }
        Ok(plane)
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
