//! What the program can do, one file for each.

pub(crate) mod certificate;
pub(crate) mod console;
pub(crate) mod credentials;
mod data;
pub(crate) mod demo;
pub(crate) mod explain;
pub(crate) mod instance;
pub(crate) mod keys;
pub(crate) mod manual;
pub(crate) mod migrate;
mod remote;
pub(crate) mod serve;
pub(crate) mod sessions;
pub(crate) mod transfer;

use std::io::Write;

use crate::failure::Failure;

/// Writes one line to standard output.
fn say(line: impl std::fmt::Display) -> Result<(), Failure> {
    writeln!(std::io::stdout().lock(), "{line}").map_err(|error| Failure::of_output(&error))
}

/// Writes a document to standard output.
fn write(document: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(document).and_then(|()| out.flush()).map_err(|error| Failure::of_output(&error))
}

/// A runtime for a command that does little.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}
