//! A load balancer that is set up by its arguments, to be driven with curl, wrk or h2load:
//!
//! `fixed PORT WORKERS TARGET… [KEY=VALUE…]`, for instance
//! `fixed 8080 1 127.0.0.1:9001 127.0.0.1:9002 stickiness.enabled=true`.

#[path = "../tests/support/configuration.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod configuration;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use configuration::{OPTIONS, Setup};
use elbow_proxy::publisher::Publisher;
use elbow_proxy::{DataPlane, PassiveReports, Settings};
use elbow_telemetry::Metrics;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().ok_or("no port")?.parse()?;
    let workers: NonZeroUsize = arguments.next().ok_or("no workers")?.parse()?;
    let mut setup = Setup::new(port, &[]);
    for argument in arguments {
        match argument.split_once('=') {
            Some((key, value)) => {
                setup = setup.with(Box::leak(key.to_owned().into_boxed_str()), value);
            }
            None => {
                setup.targets.push(argument.parse()?);
                setup.deregistered.push(None);
            }
        }
    }
    let publisher = Publisher::new(1, setup.build(), &OPTIONS)?;
    let settings = Settings { workers, ..Settings::new(Arc::new(Metrics::new())) };
    let reports: Arc<dyn PassiveReports> = Arc::new(());
    let plane = DataPlane::start(&settings, &publisher, &reports)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        tokio::signal::ctrl_c().await?;
        plane.stop(Duration::from_secs(10));
        plane.stopped().await;
        Ok(())
    })
}
