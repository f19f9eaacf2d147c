//! What is done with a request, compiled.

use elbow_model::key::TargetGroupKey;
use elbow_model::{Actions, FixedResponse, GroupStickiness};
use elbow_stickiness::GroupPolicy;

use crate::Redirect;

/// What is done with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is sent to a target.
    Forward(Forward),
    /// Its client is sent elsewhere.
    Redirect(Redirect),
    /// It is answered at once.
    FixedResponse(FixedResponse),
}

/// The target groups of a forward action, with their shares of the requests (L15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    groups: Box<[Share]>,
    /// The sum of all weights.
    total: u32,
    stickiness: Option<GroupPolicy>,
}

/// A target group with the numbers below [`Forward::total`] that are its own: those below `end` that are not an
/// earlier group's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Share {
    group: TargetGroupKey,
    end: u32,
}

impl Action {
    pub(crate) fn compile(actions: &Actions) -> Self {
        match &actions.routing {
            elbow_model::Action::Forward(forward) => Self::Forward(Forward::compile(forward)),
            elbow_model::Action::Redirect(redirect) => Self::Redirect(Redirect::compile(redirect)),
            elbow_model::Action::FixedResponse(response) => Self::FixedResponse(response.clone()),
        }
    }

    /// The target groups that it may send requests to.
    pub(crate) fn target_groups(&self) -> impl Iterator<Item = TargetGroupKey> + '_ {
        let shares = if let Self::Forward(forward) = self { &forward.groups[..] } else { &[] };
        shares.iter().map(|share| share.group)
    }
}

impl Forward {
    fn compile(forward: &elbow_model::Forward) -> Self {
        let mut total = 0;
        let share = |weighted: &elbow_model::WeightedTargetGroup| {
            total += u32::from(weighted.weight.get());
            Share { group: weighted.target_group, end: total }
        };
        let groups = forward.target_groups().iter().map(share).collect();
        let stickiness = match forward.stickiness() {
            GroupStickiness::On { duration } => Some(GroupPolicy { duration }),
            GroupStickiness::Off { .. } => None,
        };
        Self { groups, total, stickiness }
    }

    /// Whether it names several target groups.
    pub fn is_weighted(&self) -> bool {
        self.groups.len() > 1
    }

    /// Whether and for how long a client stays with its target group.
    pub fn stickiness(&self) -> Option<GroupPolicy> {
        self.stickiness
    }

    /// The target groups that new clients go to, and what share of them each gets.
    pub fn shares(&self) -> impl Iterator<Item = (TargetGroupKey, f64)> {
        let ends = self.groups.iter().map(|share| share.end);
        let befores = std::iter::once(0).chain(ends);
        let shares = self.groups.iter().zip(befores).map(|(share, before)| {
            (share.group, f64::from(share.end.saturating_sub(before)) / f64::from(self.total.max(1)))
        });
        shares.filter(|(_, share)| *share > 0.0)
    }

    /// Whether it names this target group.
    pub fn names(&self, group: TargetGroupKey) -> bool {
        self.groups.iter().any(|share| share.group == group)
    }

    /// The target group for a new client: each with the probability of its weight divided by the sum of all. `random`
    /// is any number, all equally likely. There is no other choice if the group turns out to be empty (S52).
    ///
    /// `None` if all weights are zero.
    // AWS: unknown what becomes of a request when all weights are zero, for one group or several. Nobody wants new
    // requests then, so there is nowhere to send it: 503.
    pub fn choose(&self, random: u32) -> Option<TargetGroupKey> {
        let point = (u64::from(random) * u64::from(self.total)) >> u32::BITS;
        self.groups.iter().find(|share| point < u64::from(share.end)).map(|share| share.group)
    }
}

#[cfg(test)]
mod tests {
    use elbow_model::{Weight, WeightedTargetGroup};

    use super::*;
    use crate::testing::{Chance, group_key};

    fn forward(weights: &[u16]) -> Forward {
        let groups = (1..).zip(weights).map(|(number, &weight)| WeightedTargetGroup {
            target_group: group_key(number),
            weight: Weight::new(weight).unwrap(),
        });
        let off = GroupStickiness::Off { duration: None };
        Forward::compile(&elbow_model::Forward::new(groups.collect(), off).unwrap())
    }

    #[test]
    fn l15_groups_share_requests_by_weight() {
        let (mut chance, forward) = (Chance::seeded(1), forward(&[90, 0, 10]));
        let mut counts = [0; 4];
        for _ in 0..100_000 {
            let group = forward.choose(chance.number() as u32).unwrap();
            counts[group.get() as usize] += 1;
        }
        assert_eq!(counts[2], 0, "weight zero gets nothing new");
        assert!((89_000..91_000).contains(&counts[1]), "{counts:?}");
    }

    #[test]
    fn l15_every_number_belongs_to_a_group_unless_all_weights_are_zero() {
        for (weights, first, last) in [(&[1][..], 1, 1), (&[999; 5], 1, 5), (&[0, 3], 2, 2), (&[3, 0], 1, 1)]
        {
            let forward = forward(weights);
            assert_eq!(forward.choose(0), Some(group_key(first)), "{weights:?}");
            assert_eq!(forward.choose(u32::MAX), Some(group_key(last)), "{weights:?}");
        }
        assert_eq!(forward(&[0, 0]).choose(5), None);
        assert_eq!(forward(&[0]).choose(5), None);
    }
}
