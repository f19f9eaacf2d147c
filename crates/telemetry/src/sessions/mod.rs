//! How many sessions live on each target, without a table of them.
//!
//! Each target has a ring of [`Sketch`]es, one for each slice of the time for which a session lives without a request. A request
//! puts its session's id into the newest one; those whose sessions are all over fall off the other end. Who asks gets the
//! union of what is left.
//!
//! A worker keeps the newest sketch of each target at hand, so that a request takes no lock; sketches themselves have any
//! number of writers.

mod sketch;

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use elbow_model::Timestamp;
use elbow_model::key::TargetKey;

use self::sketch::{Sketch, Union};
use crate::keys::KeyMap;
use crate::metrics::lock;

/// Slices of a session's life. A session counts until it is over, and for one slice more at most.
const SLICES: u64 = 8;
/// Sessions that live for longer count as live for this long after a request.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// Slices are not shorter than this.
const SHORTEST_SLICE: Duration = Duration::from_secs(1);
/// Sketches of all targets together, each of eight kilobytes. What finds no room is not counted.
const SKETCHES: usize = 8192;

/// A request of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionSeen {
    /// Eight bytes of its random id.
    pub id: u64,
    /// For how long it goes on without another request.
    pub lives: Duration,
}

/// Live sessions of targets, counted by all workers.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    targets: Mutex<KeyMap<TargetKey, VecDeque<Arc<Slice>>>>,
    sketches: Arc<AtomicUsize>,
}

/// One slice of time of one target.
#[derive(Debug)]
pub(crate) struct Slice {
    begins: Timestamp,
    ends: Timestamp,
    /// When the last of its sessions is over.
    over: Timestamp,
    lives: Duration,
    sketch: Sketch,
    _counted: Counted,
}

/// Counts one sketch for as long as somebody has it.
#[derive(Debug)]
struct Counted(Arc<AtomicUsize>);

/// How many sessions live, about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveSessions {
    /// On all targets together; one that has moved counts once.
    pub total: u64,
    /// On each target that there are any on.
    pub targets: BTreeMap<TargetKey, u64>,
    /// There is no room for more; some are not counted.
    pub incomplete: bool,
}

impl Slice {
    /// Counts a session, if it was seen within this slice and lives as long as its others.
    pub(crate) fn takes(&self, seen: SessionSeen, now: Timestamp) -> bool {
        let fits = self.begins <= now && now < self.ends && self.lives == seen.lives;
        if fits {
            self.sketch.insert(seen.id);
        }
        fits
    }
}

impl Sessions {
    /// The slice for a session that is seen now; `None` if there is no room for it.
    pub(crate) fn slice(&self, target: TargetKey, seen: SessionSeen, now: Timestamp) -> Option<Arc<Slice>> {
        let mut targets = lock(&self.targets);
        let slices = targets.entry(target).or_default();
        slices.retain(|slice| now < slice.over);
        if let Some(slice) = slices.iter().rev().find(|slice| slice.takes(seen, now)) {
            return Some(Arc::clone(slice));
        }
        let counted = Counted::one_more(&self.sketches).or_else(|| {
            targets.values_mut().for_each(|slices| slices.retain(|slice| now < slice.over));
            Counted::one_more(&self.sketches)
        })?;
        let slices = targets.entry(target).or_default();
        let lives = seen.lives.min(LONGEST);
        let width = (lives / SLICES as u32).max(SHORTEST_SLICE);
        let width_ms = width.as_millis() as u64;
        let begins = Timestamp::from_millis(now.as_millis() - now.as_millis() % width_ms);
        let ends = begins + width;
        let slice = Slice {
            begins,
            ends,
            over: ends + lives,
            lives: seen.lives,
            sketch: Sketch::new(),
            _counted: counted,
        };
        slice.takes(seen, now);
        let slice = Arc::new(slice);
        slices.push_back(Arc::clone(&slice));
        Some(slice)
    }

    /// How many live now on these targets.
    pub(crate) fn live(&self, of: impl IntoIterator<Item = TargetKey>, now: Timestamp) -> LiveSessions {
        let mut live = LiveSessions::default();
        let mut all = Union::new();
        for (target, slices) in self.of_targets(of, now).into_iter().filter(|(_, slices)| !slices.is_empty())
        {
            let mut union = Union::new();
            slices.iter().for_each(|slice| union.add(&slice.sketch));
            live.targets.insert(target, union.estimate());
            all.merge(&union);
        }
        live.total = all.estimate();
        live.incomplete = self.sketches.load(Ordering::Relaxed) >= SKETCHES;
        live
    }

    /// The slices that are not over; adding them up takes longer than a worker may wait for the lock.
    fn of_targets(
        &self,
        of: impl IntoIterator<Item = TargetKey>,
        now: Timestamp,
    ) -> Vec<(TargetKey, Vec<Arc<Slice>>)> {
        let targets = lock(&self.targets);
        let slices = |target| targets.get(&target).into_iter().flatten().filter(|slice| now < slice.over);
        of.into_iter().map(|target| (target, slices(target).cloned().collect())).collect()
    }

    /// Forgets the targets that `keep` does not want.
    pub(crate) fn retain(&self, keep: impl Fn(TargetKey) -> bool) {
        lock(&self.targets).retain(|target, _| keep(*target));
    }
}

impl Counted {
    fn one_more(sketches: &Arc<AtomicUsize>) -> Option<Self> {
        let before = sketches.fetch_add(1, Ordering::Relaxed);
        let counted = Self(Arc::clone(sketches));
        // Dropped, it takes its number back.
        (before < SKETCHES).then_some(counted)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);
    const ONE: TargetKey = TargetKey::new(1);
    const OTHER: TargetKey = TargetKey::new(2);

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_secs(1_700_000_000 + seconds)
    }

    /// A random id for each number.
    fn id(number: u64) -> u64 {
        number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17).wrapping_mul(0xbf58_476d_1ce4_e5b9)
    }

    fn see(sessions: &Sessions, target: TargetKey, number: u64, lives: Duration, now: Timestamp) {
        sessions.slice(target, SessionSeen { id: id(number), lives }, now).unwrap();
    }

    #[test]
    fn a_session_lives_for_its_time_after_its_last_request() {
        let sessions = Sessions::default();
        let live = |seconds| sessions.live([ONE], at(seconds)).total;
        (0..100).for_each(|number| see(&sessions, ONE, number, HOUR, at(0)));
        assert!((97..=103).contains(&live(0)), "{}", live(0));
        (0..50).for_each(|number| see(&sessions, ONE, number, HOUR, at(1800)));
        assert!((97..=103).contains(&live(3500)), "nobody is over: {}", live(3500));
        let half = live(3600 + 450);
        assert!((48..=52).contains(&half), "a slice later the others are: {half}");
        assert_eq!(live(1800 + 3600 + 450), 0);
    }

    #[test]
    fn one_that_has_moved_is_counted_with_both_targets_and_once_in_all() {
        let sessions = Sessions::default();
        (0..100).for_each(|number| see(&sessions, ONE, number, HOUR, at(0)));
        (0..100).for_each(|number| see(&sessions, OTHER, number, HOUR, at(60)));
        let live = sessions.live([ONE, OTHER], at(60));
        assert_eq!(live.targets.len(), 2);
        assert!((97..=103).contains(&live.total), "{live:?}");
        assert!(!live.incomplete);
    }

    #[test]
    fn a_worker_may_keep_a_slice_as_long_as_it_takes_sessions() {
        let sessions = Sessions::default();
        let seen = SessionSeen { id: id(1), lives: HOUR };
        let slice = sessions.slice(ONE, seen, at(0)).unwrap();
        assert!(slice.takes(seen, at(1)));
        assert!(!slice.takes(seen, at(450)), "the next one has begun");
        assert!(!slice.takes(SessionSeen { lives: 2 * HOUR, ..seen }, at(1)), "they are longer now");
        assert!(Arc::ptr_eq(&slice, &sessions.slice(ONE, seen, at(2)).unwrap()));
    }

    #[test]
    fn there_is_an_end_to_memory() {
        let sessions = Sessions::default();
        for target in 0..SKETCHES as u64 {
            see(&sessions, TargetKey::new(target), 1, HOUR, at(0));
        }
        let one_more =
            |now| sessions.slice(TargetKey::new(u64::MAX), SessionSeen { id: 1, lives: HOUR }, now);
        assert!(one_more(at(0)).is_none() && sessions.live([ONE], at(0)).incomplete);
        assert!(one_more(at(2 * 3600)).is_some(), "those that are over make room");
        assert!(!sessions.live([ONE], at(0)).incomplete);
        sessions.retain(|_| false);
        assert_eq!(sessions.sketches.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn very_short_and_very_long_lives_have_slices_of_their_own() {
        let sessions = Sessions::default();
        see(&sessions, ONE, 1, Duration::ZERO, at(0));
        see(&sessions, OTHER, 1, Duration::from_secs(u64::MAX / 4000), at(0));
        let live = |target, seconds| sessions.live([target], at(seconds)).total;
        assert_eq!((live(ONE, 0), live(ONE, 2)), (1, 0));
        assert_eq!((live(OTHER, 86_400), live(OTHER, 2 * 86_400)), (1, 0), "for a day");
    }
}
