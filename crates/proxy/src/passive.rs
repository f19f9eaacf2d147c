//! What the data plane tells the health prober without being asked.

use elbow_model::key::{TargetGroupKey, TargetKey};
use tokio::sync::oneshot;

/// Hears of targets that fail requests, before their next health check would tell.
///
/// Called on a worker while a request waits: it must not block, and may forget reports when there are too many.
pub trait PassiveReports: Send + Sync + std::fmt::Debug {
    /// A target refused a connection, or reset it before anything was sent. It leaves rotation at once.
    fn refused(&self, group: TargetGroupKey, target: TargetKey);

    /// A target left a request without an answer: it said nothing in time, or broke the connection. That may be the
    /// fault of one slow page, so nothing follows but a health check.
    fn unanswered(&self, group: TargetGroupKey, target: TargetKey) -> Verdict;
}

/// What a report of a request without an answer asks for: a health check that begins after it.
#[derive(Debug)]
pub struct Verdict(oneshot::Receiver<()>);

/// A verdict that somebody waits for. Dropping it tells that snapshots hold the check's result, or that there will be
/// no check.
#[derive(Debug)]
pub struct Owed(oneshot::Sender<()>);

impl Verdict {
    /// A verdict, and what owes it.
    pub fn owed() -> (Owed, Self) {
        let (sender, receiver) = oneshot::channel();
        (Owed(sender), Self(receiver))
    }

    /// Completes when it is there.
    pub(crate) async fn reached(&mut self) {
        // Nothing is ever sent: the end of the sender is the message.
        let _ = (&mut self.0).await;
    }
}

impl Owed {
    /// Whether nobody waits for it any more.
    pub(crate) fn is_void(&self) -> bool {
        self.0.is_closed()
    }
}

/// Nobody listens.
impl PassiveReports for () {
    fn refused(&self, _: TargetGroupKey, _: TargetKey) {}

    fn unanswered(&self, _: TargetGroupKey, _: TargetKey) -> Verdict {
        Verdict::owed().1
    }
}
