//! Least outstanding requests (B1): which target has the fewest requests of this worker in progress.
//!
//! Exact, and every step takes the same time for any number of targets. Members of a rotation lie in one row, in the
//! order of their counts; a count that changes by one moves its target to the edge of its neighbours with the same
//! count, which is one exchange of two places.

use std::sync::Arc;

use elbow_model::key::TargetKey;

use super::chance::Chance;
use crate::{Group, KeyMap, Rotation, Target};

/// Requests in progress, by target, and the order that follows from them.
#[derive(Debug, Default)]
pub(super) struct Outstanding {
    /// What counts: only targets with a request in progress. It outlives changes of the group.
    busy: KeyMap<TargetKey, u32>,
    /// The group that the rankings are made of.
    ranked: Option<Arc<Group>>,
    /// By rotation.
    rankings: Vec<Ranking>,
}

/// Members of a rotation by their count. Targets are named by their position in the group.
#[derive(Debug, Default)]
struct Ranking {
    /// Members in the order of their counts.
    row: Vec<u32>,
    /// Where in `row` each target is; [`NOWHERE`] if it is not a member.
    places: Vec<u32>,
    /// The count of each target.
    counts: Vec<u32>,
    /// How many members have a lower count than the index.
    lower: Vec<u32>,
}

/// The place of a target that is not a member.
const NOWHERE: u32 = u32::MAX;

impl Outstanding {
    /// A member with the fewest requests in progress, any of those that have as few.
    // AWS: unknown which of several it takes. We take any: otherwise the first one would get all requests of workers
    // that have few.
    pub(super) fn least<'group>(
        &mut self,
        group: &'group Arc<Group>,
        rotation: &Rotation,
        chance: &mut Chance,
        excluded: &[TargetKey],
    ) -> Option<&'group Target> {
        self.follow(group);
        let ranking = self.rankings.get(rotation.number())?;
        ranking.least(chance, excluded.len(), |position| {
            group.at(position).filter(|target| !excluded.contains(&target.key))
        })
    }

    /// One more.
    pub(super) fn begin(&mut self, group: &Arc<Group>, target: TargetKey) {
        self.follow(group);
        *self.busy.entry(target).or_default() += 1;
        self.for_each_ranking(target, Ranking::raise);
    }

    /// One fewer.
    pub(super) fn end(&mut self, target: TargetKey) {
        let Some(count) = self.busy.get_mut(&target) else { return };
        *count -= 1;
        if *count == 0 {
            self.busy.remove(&target);
        }
        self.for_each_ranking(target, Ranking::lower);
    }

    fn for_each_ranking(&mut self, target: TargetKey, change: impl Fn(&mut Ranking, usize)) {
        let position = self.ranked.as_ref().and_then(|group| group.position(target));
        let Some(position) = position.and_then(|position| usize::try_from(position).ok()) else { return };
        self.rankings.iter_mut().for_each(|ranking| change(ranking, position));
    }

    /// Ranks anew if the group has changed.
    fn follow(&mut self, group: &Arc<Group>) {
        if self.ranked.as_ref().is_some_and(|ranked| Arc::ptr_eq(ranked, group)) {
            return;
        }
        self.rankings.resize_with(group.rotations().count(), Ranking::default);
        for (ranking, rotation) in self.rankings.iter_mut().zip(group.rotations()) {
            let busy = self.busy.iter().filter_map(|(key, count)| Some((group.position(*key)?, *count)));
            ranking.rebuild(rotation.members(), group.targets().len(), busy);
        }
        self.ranked = Some(Arc::clone(group));
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "positions and places index each other, and nothing comes from outside"
)]
impl Ranking {
    fn rebuild(&mut self, members: &[u32], targets: usize, busy: impl Iterator<Item = (u32, u32)>) {
        self.counts.clear();
        self.counts.resize(targets, 0);
        busy.for_each(|(position, count)| self.counts[position as usize] = count);
        self.places.clear();
        self.places.resize(targets, NOWHERE);
        self.row.clear();
        self.row.extend_from_slice(members);
        let counts = &self.counts;
        self.row.sort_unstable_by_key(|position| counts[*position as usize]);
        self.lower.clear();
        self.lower.push(0);
        for (place, position) in (0_u32..).zip(&self.row) {
            self.places[*position as usize] = place;
            while self.lower.len() <= self.counts[*position as usize] as usize {
                self.lower.push(place);
            }
        }
        self.lower.push(self.row.len() as u32);
    }

    /// Any member that `find` takes among those with the lowest count, or else with the next one. At most `misses` of
    /// them are not taken.
    fn least<T>(&self, chance: &mut Chance, misses: usize, find: impl Fn(u32) -> Option<T>) -> Option<T> {
        let (mut start, mut left) = (0, misses.saturating_add(1));
        while start < self.row.len() && left > 0 {
            let count = self.counts[self.row[start] as usize] as usize;
            let end = self.lower[count + 1] as usize;
            let same = &self.row[start..end];
            let found = chance.any_of(same, left - 1, &find);
            if found.is_some() {
                return found;
            }
            left -= same.len().min(left);
            start = end;
        }
        None
    }

    /// One more for this target: it becomes the last with its old count, and then the first with the new one.
    fn raise(&mut self, position: usize) {
        let count = self.counts[position] as usize;
        self.counts[position] += 1;
        if self.places[position] == NOWHERE {
            return;
        }
        if self.lower.len() <= count + 2 {
            self.lower.push(self.row.len() as u32);
        }
        self.lower[count + 1] -= 1;
        self.swap(position, self.lower[count + 1]);
    }

    /// One fewer: it becomes the first with its old count, and then the last with the new one.
    fn lower(&mut self, position: usize) {
        let count = self.counts[position] as usize;
        self.counts[position] -= 1;
        if self.places[position] == NOWHERE {
            return;
        }
        self.swap(position, self.lower[count]);
        self.lower[count] += 1;
    }

    fn swap(&mut self, position: usize, place: u32) {
        let from = self.places[position];
        let other = self.row[place as usize];
        self.row.swap(from as usize, place as usize);
        self.places[position] = place;
        self.places[other as usize] = from;
    }
}
