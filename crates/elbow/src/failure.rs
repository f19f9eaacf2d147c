//! How the program ends when it cannot do what it was asked: one line that says what is wrong and what to do.

use std::fmt;
use std::io::Write;
use std::process::ExitCode;

use clap::error::ErrorKind;
use elbow_store::UpdateError;

/// Exit status for a wrong command line or setting.
const WRONG_USE: u8 = 2;
/// Exit status for everything else.
const FAILED: u8 = 1;

/// Why the program ends early.
#[derive(Debug)]
pub(crate) struct Failure {
    status: u8,
    message: String,
}

impl Failure {
    /// The user has to ask for something else.
    pub(crate) fn wrong_use(message: impl Into<String>) -> Self {
        Self { status: WRONG_USE, message: message.into() }
    }

    /// What was asked for could not be done.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { status: FAILED, message: message.into() }
    }

    /// A change of the configuration was not made.
    pub(crate) fn of_update<E: Into<Self>>(error: UpdateError<E>) -> Self {
        match error {
            UpdateError::Refused(reason) => reason.into(),
            UpdateError::Store(error) => error.into(),
        }
    }

    /// Tells the user and gives the exit status.
    pub(crate) fn report(self) -> ExitCode {
        tell(&self.message);
        ExitCode::from(self.status)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            message = format!("{message}: {cause}");
            source = cause.source();
        }
        Self::failed(message)
    }
}

/// Shows help and version as they are, and everything else as one line.
pub(crate) fn of_command_line(error: &clap::Error) -> ExitCode {
    let help = [
        ErrorKind::DisplayHelp,
        ErrorKind::DisplayVersion,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
    ];
    if help.contains(&error.kind()) {
        let shown = error.print();
        return ExitCode::from(if error.use_stderr() || shown.is_err() { WRONG_USE } else { 0 });
    }
    let text = error.to_string();
    let lines = text.lines().map(str::trim);
    let said =
        lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"));
    let line = said.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
    tell(line.strip_prefix("error: ").unwrap_or(&line));
    ExitCode::from(WRONG_USE)
}

fn tell(message: &str) {
    // Nobody is left to tell when standard error is gone.
    let _ = writeln!(std::io::stderr().lock(), "elbow: {}", OneLine(message));
}

struct OneLine<'a>(&'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.0.lines();
        f.write_str(lines.next().unwrap_or_default())?;
        lines.try_for_each(|line| write!(f, " {}", line.trim()))
    }
}
