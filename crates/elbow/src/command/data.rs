//! The database of a data directory, for commands that read or change it beside a running server.

use std::sync::Arc;

use elbow_model::{Change, Configuration};
use elbow_store::{Sqlite, State};

use super::runtime;
use crate::cli::Data;
use crate::failure::Failure;
use crate::settings::Given;

/// Opens the database; it must be there.
pub(super) fn open(data: Data) -> Result<State, Failure> {
    let dir = Given::data_dir(data.data_dir.clone());
    if !Sqlite::exists(&dir) {
        return Err(Failure::failed(format!(
            "there is no database in {}: start `elbow serve` once, or name the directory with --data-dir",
            dir.display()
        )));
    }
    open_or_create(data)
}

/// Opens the database; it is made if it is not there.
pub(super) fn open_or_create(data: Data) -> Result<State, Failure> {
    let dir = Given::data_dir(data.data_dir);
    let store = Sqlite::open_with_key(&dir, data.master_key_file.as_deref());
    Ok(State::new(Arc::new(store.map_err(Failure::of_data_dir)?)))
}

/// Makes the changes that `step` decides on; they are durable when this returns.
pub(super) fn update<E: Into<Failure>>(
    state: &State,
    mut step: impl FnMut(&Configuration) -> Result<Vec<Change>, E>,
) -> Result<(), Failure> {
    let update = state.update(|configuration| step(configuration).map(|changes| (changes, ())));
    runtime()?.block_on(update).map_err(Failure::of_update)
}
