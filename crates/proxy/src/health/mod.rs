//! Health checks of targets (B6-B19).
//!
//! [`Prober::run`] is one task on the control side. `schedule` says when each target is due, `check` asks one target
//! once, `roster` knows the targets and what has been found out about each. What changes goes to the
//! [`Publisher`](crate::publisher::Publisher), and with the next snapshot to every worker and to whoever asks for the
//! health of targets.
//!
//! Workers tell of connections that were refused through [`Refusals`]. The target leaves the rotation at once and is
//! checked at once. If its checks keep contradicting the refusals, it comes back at most twice in an interval: with the
//! regular check and with one additional one.
//!
//! What the results mean is decided by `elbow_routing::Machine`, not here.

mod check;
mod prober;
mod roster;
mod schedule;

pub use prober::{Prober, Refusals};
