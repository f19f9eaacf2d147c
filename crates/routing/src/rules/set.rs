//! Sets of rules, by their position among the rules of a listener.

use std::ops::{BitAndAssign, BitOrAssign, Not};

use elbow_model::limits::RULES_PER_LOAD_BALANCER;

/// Words of a set.
const WORDS: usize = 16;

/// A set of positions below [`Set::CAPACITY`]. Copied, combined and looked through without memory of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Set([u64; WORDS]);

impl Set {
    /// Positions from here on are in no set.
    pub(super) const CAPACITY: usize = WORDS * 64;

    /// The positions below `count`.
    pub(super) fn below(count: usize) -> Self {
        let mut set = Self::default();
        (0..count.min(Self::CAPACITY)).for_each(|position| set.insert(position));
        set
    }

    /// Adds a position; nothing happens if it is not below the capacity.
    pub(super) fn insert(&mut self, position: usize) {
        if let Some(word) = self.0.get_mut(position / 64) {
            *word |= 1 << (position % 64);
        }
    }

    /// Whether there are no more than `count`. Looks at no more of them than it takes.
    pub(super) fn has_at_most(&self, count: usize) -> bool {
        self.iter().nth(count).is_none()
    }

    /// All positions, lowest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().zip((0..).step_by(64)).flat_map(|(&word, base)| {
            let mut left = word;
            std::iter::from_fn(move || {
                let lowest = left.trailing_zeros();
                left &= left.checked_sub(1)?;
                Some(base + lowest as usize)
            })
        })
    }
}

// Every rule that the API lets in has its place.
const _: () = assert!(RULES_PER_LOAD_BALANCER <= Set::CAPACITY);

impl BitOrAssign<&Self> for Set {
    fn bitor_assign(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, more)| *word |= more);
    }
}

impl BitAndAssign<&Self> for Set {
    fn bitand_assign(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, kept)| *word &= kept);
    }
}

impl Not for Set {
    type Output = Self;

    fn not(self) -> Self {
        Self(self.0.map(|word| !word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_inserted_is_listed_lowest_first() {
        let mut set = Set::default();
        for position in [1023, 0, 64, 63, 1024, usize::MAX] {
            set.insert(position);
        }
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 63, 64, 1023]);
        assert!(set.has_at_most(4) && !set.has_at_most(3));
        let mut both = Set::below(64);
        both &= &set;
        assert_eq!(both.iter().collect::<Vec<_>>(), [0, 63]);
        assert_eq!(Set::below(2000), !Set::default());
    }
}
