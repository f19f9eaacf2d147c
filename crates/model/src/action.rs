//! What a listener does with a request.

use crate::key::TargetGroupKey;

/// An action of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Sends the request to a target.
    Forward(Forward),
}

/// Where a request is forwarded to (L15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    /// The target group.
    pub target_group: TargetGroupKey,
}
