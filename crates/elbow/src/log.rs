//! The log: lines on standard error, as much as `ELBOW_LOG` asks for.

use std::env::VarError;
use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::failure::Failure;

/// The variable that says how much.
const VARIABLE: &str = "ELBOW_LOG";

/// Starts it. `ELBOW_LOG` is a filter such as `debug` or `warn,elbow_proxy=debug`; without it, `info`.
pub(crate) fn start() -> Result<(), Failure> {
    begin("info")
}

/// The same, but without `ELBOW_LOG` only what goes wrong.
pub(crate) fn quiet() -> Result<(), Failure> {
    begin("error")
}

fn begin(default: &str) -> Result<(), Failure> {
    let wanted = match std::env::var(VARIABLE) {
        Ok(wanted) if !wanted.trim().is_empty() => wanted,
        Ok(_) | Err(VarError::NotPresent) => default.to_owned(),
        Err(VarError::NotUnicode(_)) => return Err(unusable("it is not UTF-8")),
    };
    let filter = EnvFilter::builder().parse(&wanted).map_err(|error| unusable(&error.to_string()))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    // Only the first one in a process counts, which is all that is wanted.
    let _ = lines.try_init();
    Ok(())
}

fn unusable(reason: &str) -> Failure {
    Failure::wrong_use(format!("{VARIABLE} is not a filter such as info or warn,elbow_proxy=debug: {reason}"))
}
