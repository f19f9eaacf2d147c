//! What must be remembered, and how changes to it become durable.
//!
//! A [`Store`] keeps one [`elbow_model::Configuration`] and the [`Revision`] it is at. A change is committed against
//! the revision it was decided on and is refused if somebody was faster; once it is acknowledged it is on the disk.
//! Whoever serves from the configuration watches it and gets whole [`Snapshot`]s.
//!
//! Callers use [`State`], which evaluates a step again when somebody was faster. Below it is [`Sqlite`], which keeps a
//! data directory, or [`Memory`], for tests and simulations. [`ServerLock`] keeps a second server away from a data
//! directory; [`generate`] draws what a first start needs; [`export`] and [`import`] move a whole configuration.
//!
//! This crate does not judge what a configuration means: that is done where a change is decided.

mod data_dir;
mod document;
mod error;
pub mod export;
pub mod generate;
pub mod import;
mod master_key;
mod memory;
mod record;
mod server_lock;
mod snapshot;
mod sqlite;
mod state;
mod store;

pub use error::{CommitError, OpenError, UpdateError};
pub use memory::Memory;
pub use record::Wrong;
pub use server_lock::ServerLock;
pub use snapshot::{Revision, Snapshot};
pub use sqlite::Sqlite;
pub use state::State;
pub use store::{Answer, Store};
