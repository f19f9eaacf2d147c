//! The health of targets: how results of checks become states, and the states of all targets at one moment.
//!
//! Checks themselves are made elsewhere; nothing here reads a clock or opens a socket. Start with [`Machine`].

mod machine;
mod view;

pub use machine::{Failure, Machine, Observation, Transition};
pub use view::HealthView;
