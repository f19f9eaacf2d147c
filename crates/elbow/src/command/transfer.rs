//! `elbow export` and `elbow import`: the whole configuration as JSON.

use std::io::Read;
use std::path::Path;

use elbow_store::export::Secrets;
use elbow_store::import::{Existing, NotEmpty};
use elbow_store::{export, import};

use super::{data, write};
use crate::cli;
use crate::failure::Failure;

/// What to do about a configuration that is there.
const NOT_EMPTY: &str = "there is a configuration already: give --replace to replace it, or --data-dir to import into \
                         another directory";
/// Largest document that is read, in bytes.
const MAX_DOCUMENT_BYTES: u64 = 1 << 30;

/// Writes the configuration to standard output.
pub(crate) fn export(command: cli::Export) -> Result<(), Failure> {
    let secrets = if command.with_secrets { Secrets::Include } else { Secrets::Omit };
    let snapshot = data::open(command.data)?.current();
    let text = export::write(&snapshot.configuration, secrets)?;
    write(text.as_bytes())
}

/// Replaces the configuration by that of a document.
pub(crate) fn import(command: cli::Import) -> Result<(), Failure> {
    let shown = command.file.display();
    let document = import::read(&read(&command.file)?).map_err(|wrong| {
        Failure::failed(format!("{shown} is not what `elbow export` writes; nothing was imported: {wrong}"))
    })?;
    let existing = if command.replace { Existing::Replace } else { Existing::Keep };
    let state = data::open_or_create(command.data)?;
    data::update(&state, |configuration| {
        import::changes(configuration, &document, existing).map_err(|NotEmpty| Failure::failed(NOT_EMPTY))
    })
}

fn read(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let shown = path.display();
    let read = match path.to_str() {
        Some("-") => std::io::stdin().lock().take(MAX_DOCUMENT_BYTES).read_to_string(&mut text),
        _ => {
            std::fs::File::open(path).and_then(|file| file.take(MAX_DOCUMENT_BYTES).read_to_string(&mut text))
        }
    };
    read.map_err(|error| Failure::failed(format!("cannot read {shown}: {error}")))?;
    Ok(text)
}
