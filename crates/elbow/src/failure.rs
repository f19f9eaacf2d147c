//! How the program ends when it cannot do what it was asked: one line that says what is wrong and what to do.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;
use elbow_store::{OpenError, UpdateError};

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

    /// A data directory was not opened. One that cannot be a data directory was named by mistake; whatever else is wrong
    /// with it is no matter of settings.
    pub(crate) fn of_data_dir(error: OpenError) -> Self {
        let unusable = [
            io::ErrorKind::AlreadyExists,
            io::ErrorKind::InvalidFilename,
            io::ErrorKind::NotADirectory,
            io::ErrorKind::NotFound,
            io::ErrorKind::PermissionDenied,
            io::ErrorKind::ReadOnlyFilesystem,
        ];
        let is_mistake = match &error {
            OpenError::Io { source, .. } => unusable.contains(&source.kind()),
            _ => false,
        };
        let Self { status, message } = error.into();
        match is_mistake {
            true => Self::wrong_use(format!("{message}; choose another directory with --data-dir")),
            false => Self { status, message },
        }
    }

    /// The one who reads our output has gone, as `head` does: there is nobody to tell and nothing left to do.
    fn unread() -> Self {
        Self { status: FAILED, message: String::new() }
    }

    /// Standard output did not take what was written to it.
    pub(crate) fn of_output(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::unread(),
            _ => Self::failed(format!("cannot write to standard output: {error}")),
        }
    }

    /// Tells the user and gives the exit status.
    pub(crate) fn report(self) -> ExitCode {
        if !self.message.is_empty() {
            tell(&self.message);
        }
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
            let said = cause.to_string();
            // Some libraries repeat their cause.
            if !message.ends_with(&said) {
                message = format!("{message}: {said}");
            }
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
    tell(&one_line(&error.to_string()));
    ExitCode::from(WRONG_USE)
}

/// What clap says on many lines: what is wrong, what was probably meant, where to read on.
fn one_line(text: &str) -> String {
    let is_end = |line: &&str| line.starts_with("Usage:") || line.starts_with("For more information");
    let mut said = String::new();
    for line in text.lines().map(str::trim).take_while(|line| !is_end(line)).filter(|line| !line.is_empty()) {
        let joint = if said.is_empty() || said.ends_with(':') { "" } else { ";" };
        let space = if said.is_empty() { "" } else { " " };
        said = format!("{said}{joint}{space}{line}");
    }
    let said = said.strip_prefix("error: ").unwrap_or(&said);
    let words = text.lines().find_map(|line| line.trim().strip_prefix("Usage: ")).unwrap_or("elbow");
    let command: Vec<&str> = words
        .split(' ')
        .take_while(|word| word.starts_with(|first: char| first.is_ascii_lowercase()))
        .collect();
    format!("{said} (see `{} --help`)", command.join(" "))
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
