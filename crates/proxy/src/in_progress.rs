//! A request in progress, for groups that count them (B1).

use std::rc::Rc;
use std::sync::Arc;

use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_routing::{Algorithm, Group};

use crate::worker::Worker;

/// A request that is with a target. Dropping it is its end, however the request ends.
pub(crate) struct InProgress {
    worker: Rc<Worker>,
    group: TargetGroupKey,
    target: TargetKey,
}

impl InProgress {
    /// Counts the request; `None` if the group's algorithm does not need to know.
    pub(crate) fn begin(worker: &Rc<Worker>, group: &Arc<Group>, target: TargetKey) -> Option<Self> {
        if group.algorithm() != Algorithm::LeastOutstandingRequests {
            return None;
        }
        let key = group.key();
        worker.with_picker(key, |picker| picker.begin(group, target));
        Some(Self { worker: Rc::clone(worker), group: key, target })
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        self.worker.with_picker(self.group, |picker| picker.end(self.target));
    }
}
