//! What must be remembered, and how changes to it become durable.
//!
//! A [`Store`] keeps one [`elbow_model::Configuration`] and the [`Revision`] it is at. A change is committed against
//! the revision it was decided on and is refused if somebody was faster; once it is acknowledged it is on the disk.
//! Whoever serves from the configuration watches it and gets whole [`Snapshot`]s.
//!
//! Callers use [`State`], which evaluates a step again when somebody was faster. Below it is [`Memory`], for tests
//! and simulations.
//!
//! This crate does not judge what a configuration means: that is done where a change is decided.

mod error;
mod memory;
mod snapshot;
mod state;
mod store;

pub use error::{CommitError, UpdateError};
pub use memory::Memory;
pub use snapshot::{Revision, Snapshot};
pub use state::State;
pub use store::{Answer, Store};
