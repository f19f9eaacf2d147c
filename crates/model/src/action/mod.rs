//! What a rule does with a request (L3).

mod fixed_response;
mod forward;
mod redirect;

pub use fixed_response::{ContentType, FixedResponse};
pub use forward::{Forward, ForwardConflict, GroupStickiness, Weight, WeightedTargetGroup};
pub use redirect::{Redirect, RedirectKeyword, RedirectParts, RedirectStatus};

use crate::key::TargetGroupKey;
use crate::{Invalid, Port, Protocol};

/// The actions of a rule, in the order in which they are taken.
///
/// The last one decides where the request goes; there is always exactly one of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actions {
    /// Where the routing action says it stands, if its caller gave a number; it is shown again.
    pub order: Option<ActionOrder>,
    /// The routing action.
    pub routing: Action,
}

/// A routing action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Sends the request to a target.
    Forward(Forward),
    /// Sends the client elsewhere.
    Redirect(Redirect),
    /// Answers at once.
    FixedResponse(FixedResponse),
}

/// Where an action stands among those of its rule: 1-50,000, lowest first (L3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ActionOrder(u16);

impl Actions {
    /// Only this routing action, without a number.
    pub fn only(routing: Action) -> Self {
        Self { order: None, routing }
    }

    /// Where requests are forwarded to, if they are.
    pub const fn forward(&self) -> Option<&Forward> {
        match &self.routing {
            Action::Forward(forward) => Some(forward),
            Action::Redirect(_) | Action::FixedResponse(_) => None,
        }
    }

    /// Checks that they do not send clients of a listener back to it for ever; see [`Redirect::check_for`].
    pub fn check_for(&self, protocol: Protocol, port: Port) -> Result<(), Invalid> {
        match &self.routing {
            Action::Redirect(redirect) => redirect.check_for(protocol, port),
            Action::Forward(_) | Action::FixedResponse(_) => Ok(()),
        }
    }

    /// The target groups that requests may be sent to.
    pub fn target_groups(&self) -> impl Iterator<Item = TargetGroupKey> + '_ {
        self.forward().into_iter().flat_map(Forward::target_groups).map(|group| group.target_group)
    }
}

impl ActionOrder {
    /// The highest number.
    pub const MAX: u16 = 50_000;

    /// Checks a number.
    pub fn new(number: u16) -> Result<Self, Invalid> {
        if (1..=Self::MAX).contains(&number) {
            return Ok(Self(number));
        }
        Err(Invalid::new(format!("Action order '{number}' must be between '1' and '{}'", Self::MAX)))
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_keeps_to_its_range() {
        assert!([1, 50_000].into_iter().all(|number| ActionOrder::new(number).is_ok()));
        assert!([0, 50_001].into_iter().all(|number| ActionOrder::new(number).is_err()));
    }

    #[test]
    fn only_a_forward_names_target_groups() {
        let key = TargetGroupKey::new(7);
        let forward = Actions::only(Action::Forward(Forward::to(key)));
        assert_eq!(forward.target_groups().collect::<Vec<_>>(), [key]);
        let answer = FixedResponse::new(200, None, "hello").unwrap();
        assert_eq!(Actions::only(Action::FixedResponse(answer)).target_groups().count(), 0);
    }
}
