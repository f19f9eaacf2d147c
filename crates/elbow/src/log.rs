//! The log: lines on standard error, as much as `ELBOW_LOG` asks for.

use tracing_subscriber::EnvFilter;

/// Starts it. `ELBOW_LOG` is a filter such as `debug` or `warn,elbow_proxy=debug`; without it, `info`.
pub(crate) fn start() {
    begin("info");
}

/// The same, but without `ELBOW_LOG` only what goes wrong.
pub(crate) fn quiet() {
    begin("error");
}

fn begin(default: &str) {
    let filter = EnvFilter::try_from_env("ELBOW_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let lines =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // Only the first one in a process counts, which is all that is wanted.
    let _ = lines.try_init();
}
