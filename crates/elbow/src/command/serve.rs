//! `elbow serve`: runs until it is told to stop.

use tokio::signal::unix::{SignalKind, signal};

use super::say;
use crate::failure::Failure;
use crate::server::Server;
use crate::settings::{Secrets, Settings};
use crate::{cli, log};

/// Runs the server until SIGTERM or SIGINT; the second one ends it at once.
pub(crate) fn run(serve: cli::Serve) -> Result<(), Failure> {
    let secrets = Secrets::of_environment();
    let settings = serve.given.complete(serve.config.as_deref(), secrets).map_err(Failure::wrong_use)?;
    log::start()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve_until_stopped(&settings))
}

async fn serve_until_stopped(settings: &Settings) -> Result<(), Failure> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let server = Server::start(settings).await?;
    let dir = settings.data_dir.display();
    let key = settings.master_key_file.as_ref();
    let key = key.map_or_else(String::new, |file| format!(" --master-key-file '{}'", file.display()));
    let sign = match settings.credential {
        Some(_) => String::new(),
        None => format!("\nSign calls with: eval \"$(elbow credentials env --data-dir '{dir}'{key})\""),
    };
    say(format_args!("Elbow API on http://{}{sign}", server.api_address()))?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!(grace = ?settings.shutdown_grace, "stopping: requests in flight are finished");
    tokio::select! {
        () = server.stop(settings.shutdown_grace) => {}
        _ = terminate.recv() => tracing::warn!("told a second time: stopped at once"),
        _ = interrupt.recv() => tracing::warn!("told a second time: stopped at once"),
    }
    Ok(())
}
