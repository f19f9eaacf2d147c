//! Forwarding to target groups by weight (L15), and staying with the chosen one (S20).

use std::time::Duration;

use crate::key::TargetGroupKey;
use crate::limits::TARGET_GROUPS_PER_ACTION;
use crate::{Invalid, StickinessSetting};

/// The longest time that a client stays with a target group, in seconds (S20).
const MAX_STICKINESS_SECONDS: u64 = 604_800;

/// Where a request is forwarded to: one to five target groups, each named once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    target_groups: Box<[WeightedTargetGroup]>,
    stickiness: GroupStickiness,
}

/// A target group and its share of the requests: its weight divided by the sum of all weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeightedTargetGroup {
    /// The target group.
    pub target_group: TargetGroupKey,
    /// Its weight.
    pub weight: Weight,
}

/// The weight of a target group in a forward action, 0-999; with 0 it gets nothing new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight(u16);

/// Whether a client stays with the target group that was chosen for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupStickiness {
    /// It does not. A duration that was given all the same is shown again.
    Off {
        /// 1-604,800 s.
        duration: Option<Duration>,
    },
    /// It does, until it is silent for longer.
    On {
        /// 1-604,800 s.
        duration: Duration,
    },
}

/// Why the stickiness of a target group does not go with an action that names it beside others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardConflict {
    /// Clients of a sticky target group must stay with the group, too (S21).
    NotSticky,
    /// Stickiness by the application's cookie does not work with several target groups (S28).
    ApplicationCookie,
}

impl Forward {
    /// Checks a list of target groups.
    pub fn new(
        target_groups: Vec<WeightedTargetGroup>,
        stickiness: GroupStickiness,
    ) -> Result<Self, Invalid> {
        if target_groups.is_empty() {
            return Err(Invalid::new("A forward action must name at least one target group"));
        }
        if target_groups.len() > TARGET_GROUPS_PER_ACTION {
            return Err(Invalid::new(format!(
                "A forward action can name at most '{TARGET_GROUPS_PER_ACTION}' target groups"
            )));
        }
        let named_before = |(position, group): (usize, &WeightedTargetGroup)| {
            target_groups.iter().take(position).any(|other| other.target_group == group.target_group)
        };
        if target_groups.iter().enumerate().any(named_before) {
            return Err(Invalid::new("A forward action cannot name the same target group more than once"));
        }
        Ok(Self { target_groups: target_groups.into(), stickiness })
    }

    /// To one target group, as a caller who names nothing else means it.
    pub fn to(target_group: TargetGroupKey) -> Self {
        let only = WeightedTargetGroup { target_group, weight: Weight::ONE };
        Self { target_groups: [only].into(), stickiness: GroupStickiness::Off { duration: None } }
    }

    /// What is wrong if `group` has this stickiness; nothing if the action does not name the group, or no other.
    pub fn conflict(&self, group: TargetGroupKey, setting: &StickinessSetting) -> Option<ForwardConflict> {
        let named = self.target_groups.iter().any(|it| it.target_group == group);
        if !named || self.target_groups.len() == 1 || *setting == StickinessSetting::Off {
            return None;
        }
        match (self.stickiness, setting) {
            (GroupStickiness::Off { .. }, _) => Some(ForwardConflict::NotSticky),
            (_, StickinessSetting::AppCookie { .. }) => Some(ForwardConflict::ApplicationCookie),
            _ => None,
        }
    }

    /// The target groups in the caller's order; never empty.
    pub fn target_groups(&self) -> &[WeightedTargetGroup] {
        &self.target_groups
    }

    /// Whether clients stay with their target group.
    pub const fn stickiness(&self) -> GroupStickiness {
        self.stickiness
    }
}

impl Weight {
    /// What a group weighs if its caller does not say.
    pub const ONE: Self = Self(1);
    /// The highest weight.
    pub const MAX: u16 = 999;

    /// Checks a number.
    pub fn new(number: u16) -> Result<Self, Invalid> {
        if number <= Self::MAX {
            return Ok(Self(number));
        }
        Err(Invalid::new(format!(
            "The weight for each target group must be between 0 and {}, inclusive",
            Self::MAX
        )))
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl GroupStickiness {
    /// Checks what a caller gave.
    pub fn new(enabled: bool, duration: Option<Duration>) -> Result<Self, Invalid> {
        let in_range =
            duration.is_none_or(|duration| (1..=MAX_STICKINESS_SECONDS).contains(&duration.as_secs()));
        match (enabled, duration) {
            (false, duration) if in_range => Ok(Self::Off { duration }),
            (true, Some(duration)) if in_range => Ok(Self::On { duration }),
            _ => Err(Invalid::new(format!(
                "Target group stickiness duration must be between 1 and {MAX_STICKINESS_SECONDS} seconds"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(keys: &[u64]) -> Vec<WeightedTargetGroup> {
        let group =
            |&key| WeightedTargetGroup { target_group: TargetGroupKey::new(key), weight: Weight::ONE };
        keys.iter().map(group).collect()
    }

    #[test]
    fn one_to_five_different_groups_may_be_named() {
        let off = GroupStickiness::Off { duration: None };
        for good in [&[1][..], &[1, 2, 3, 4, 5]] {
            assert_eq!(Forward::new(groups(good), off).unwrap().target_groups(), groups(good));
        }
        for bad in [&[][..], &[1, 1], &[1, 2, 3, 4, 5, 6]] {
            assert!(Forward::new(groups(bad), off).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_sticky_group_among_others_needs_group_stickiness_s21_s28() {
        let duration = Duration::from_secs(60);
        let (off, on) = (GroupStickiness::Off { duration: None }, GroupStickiness::On { duration });
        let cookie = StickinessSetting::LbCookie { duration };
        let application = StickinessSetting::AppCookie { cookie_name: "sid".to_owned(), duration };
        for (keys, stickiness, setting, expected) in [
            (&[1][..], off, &cookie, None),
            (&[1], off, &application, None),
            (&[1, 2], off, &StickinessSetting::Off, None),
            (&[1, 2], off, &cookie, Some(ForwardConflict::NotSticky)),
            (&[2, 3], off, &cookie, None),
            (&[1, 2], on, &cookie, None),
            (&[1, 2], on, &application, Some(ForwardConflict::ApplicationCookie)),
        ] {
            let forward = Forward::new(groups(keys), stickiness).unwrap();
            assert_eq!(
                forward.conflict(TargetGroupKey::new(1), setting),
                expected,
                "{keys:?} {stickiness:?}"
            );
        }
    }

    #[test]
    fn weights_and_durations_keep_to_their_ranges() {
        assert!(Weight::new(0).is_ok() && Weight::new(999).is_ok() && Weight::new(1000).is_err());
        let seconds = |enabled, seconds| GroupStickiness::new(enabled, Some(Duration::from_secs(seconds)));
        let on = |it| GroupStickiness::On { duration: Duration::from_secs(it) };
        assert_eq!(seconds(true, 1), Ok(on(1)));
        assert_eq!(seconds(true, 604_800), Ok(on(604_800)));
        assert!(seconds(true, 0).is_err() && seconds(false, 604_801).is_err());
        assert!(GroupStickiness::new(true, None).is_err(), "S20: a duration is mandatory");
        assert_eq!(GroupStickiness::new(false, None), Ok(GroupStickiness::Off { duration: None }));
    }
}
