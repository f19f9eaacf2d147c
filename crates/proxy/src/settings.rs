//! What the data plane is started with.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::SystemTime;

use elbow_telemetry::{AccessLogs, Metrics, Sink};

use crate::TimeOfDay;

/// Client connections that one worker holds at most, unless it is set otherwise.
pub const MAX_CLIENT_CONNECTIONS: usize = 100_000;

/// How the data plane runs; what it serves is in the snapshots.
#[derive(Clone)]
pub struct Settings {
    /// Worker threads, each with its own event loop and sockets. Best one for each core.
    pub workers: NonZeroUsize,
    /// Client connections that one worker holds at most. When another one comes, those that have been idle longest
    /// are closed; if none is idle, the new one is closed.
    pub max_connections: usize,
    /// Listen on addresses that another process of the same user listens on, which then stops: a restart that refuses
    /// nobody. Otherwise such an address is in use, like that of any other program.
    pub takes_over: bool,
    /// Where requests are counted.
    pub metrics: Arc<Metrics>,
    /// Where each request is told as well. It must not block.
    pub sink: Option<Arc<dyn Sink + Send + Sync>>,
    /// Where workers write access logs; `None`: nowhere.
    pub access_logs: Option<Arc<AccessLogs>>,
    /// What time it is to cookies, dates and the client keep-alive: the system's time of day, unless a test sets it.
    /// Asked once a tick. Timeouts do not go by it.
    pub time_of_day: TimeOfDay,
}

impl Settings {
    /// One worker for each core, and counts only.
    pub fn new(metrics: Arc<Metrics>) -> Self {
        let workers = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self {
            workers,
            max_connections: MAX_CLIENT_CONNECTIONS,
            takes_over: false,
            metrics,
            sink: None,
            access_logs: None,
            time_of_day: Arc::new(SystemTime::now),
        }
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("workers", &self.workers)
            .field("max_connections", &self.max_connections)
            .field("takes_over", &self.takes_over)
            .field("sink", &self.sink.is_some())
            .finish_non_exhaustive()
    }
}
