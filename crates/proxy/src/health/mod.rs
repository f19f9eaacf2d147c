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
//! They also tell of requests that a target left without an answer. That alone proves nothing, so the target is only
//! checked at once; if the check gets no answer either, it leaves the rotation without waiting for the threshold. A
//! client that was failed like this waits for the verdict before its next request goes to that target, so that a frozen
//! target fails a connection once. Such checks keep the distance of the check's timeout from each other: an application
//! with slow pages causes a few more checks, and nothing else.
//!
//! What the results mean is decided by `elbow_routing::Machine`, not here.

mod check;
mod log;
mod prober;
mod record;
mod roster;
mod schedule;

pub use prober::{Prober, Reports};
