//! A time of day that a test sets, for what takes hours.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use elbow_proxy::TimeOfDay;

use super::configuration::Setup;
use super::{World, until};

/// Ahead of the system's time by what has passed at once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Day {
    ahead_s: Arc<AtomicU64>,
}

impl Day {
    /// A world whose time goes by this.
    pub(crate) fn world(&self, targets: &[SocketAddr], change: impl FnOnce(Setup) -> Setup) -> World {
        let ahead_s = Arc::clone(&self.ahead_s);
        let time_of_day: TimeOfDay =
            Arc::new(move || SystemTime::now() + Duration::from_secs(ahead_s.load(Ordering::SeqCst)));
        World::with_settings(targets, change, |mut settings| {
            settings.time_of_day = time_of_day;
            settings
        })
    }

    /// Lets so many seconds pass, and waits until the world's answers say so. They count as requests.
    pub(crate) fn pass(&self, world: &World, seconds: u64) {
        let before = date(world);
        self.ahead_s.fetch_add(seconds, Ordering::SeqCst);
        until("the worker's next tick", || date(world) >= before + Duration::from_secs(seconds));
    }
}

fn date(world: &World) -> SystemTime {
    let response = world.client().send("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n").response();
    httpdate::parse_http_date(response.header("Date").unwrap()).unwrap()
}
