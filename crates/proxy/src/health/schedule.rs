//! When each target is due.
//!
//! A new target is due at once, and then at fixed times that lie an interval apart: neither the time an answer takes
//! nor a late start shifts them (B16). Where those times lie within the interval is different for each target, so that
//! thousands of targets that were registered together are not checked together for ever.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::time::{Duration, Instant};

/// The times at which checks are due, by key.
#[derive(Debug)]
pub(super) struct Schedule<K> {
    queue: BTreeSet<(Instant, K)>,
    plans: HashMap<K, Plan>,
}

#[derive(Clone, Copy, Debug)]
struct Plan {
    interval: Duration,
    /// The next regular check.
    next: Instant,
    /// The first check has not been made.
    new: bool,
    /// Where in the interval regular checks lie.
    spread: Spread,
    /// The additional check that is asked for.
    extra: Option<Instant>,
    /// When the last additional one was due.
    last_extra: Option<Instant>,
}

/// A share of one half: a number out of 2^32.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spread(pub(super) u32);

impl Spread {
    /// From one half of the interval to all of it.
    fn of(self, interval: Duration) -> Duration {
        let half = interval / 2;
        half + half.mul_f64(f64::from(self.0) / f64::from(u32::MAX))
    }
}

impl<K> Default for Schedule<K> {
    fn default() -> Self {
        Self { queue: BTreeSet::new(), plans: HashMap::new() }
    }
}

impl<K: Copy + Ord + Hash> Schedule<K> {
    /// Adds a key that is due now; one that is there already is due anew.
    pub(super) fn add(&mut self, key: K, interval: Duration, spread: Spread, now: Instant) {
        self.remove(key);
        self.plans
            .insert(key, Plan { interval, next: now, new: true, spread, extra: None, last_extra: None });
        self.queue.insert((now, key));
    }

    /// Forgets a key.
    pub(super) fn remove(&mut self, key: K) {
        if let Some(plan) = self.plans.remove(&key) {
            self.queue.remove(&(plan.next, key));
            if let Some(extra) = plan.extra {
                self.queue.remove(&(extra, key));
            }
        }
    }

    /// Goes over to another interval, from the next check on.
    pub(super) fn set_interval(&mut self, key: K, interval: Duration, now: Instant) {
        let Some(plan) = self.plans.get_mut(&key) else { return };
        if plan.interval == interval {
            return;
        }
        plan.interval = interval;
        let next = plan.next.min(now + plan.spread.of(interval));
        self.queue.remove(&(plan.next, key));
        self.queue.insert((next, key));
        plan.next = next;
    }

    /// Asks for one additional check, now, or when so much time will have passed since the last additional one.
    pub(super) fn hurry(&mut self, key: K, gap: Duration, now: Instant) {
        let Some(plan) = self.plans.get_mut(&key) else { return };
        let due = plan.last_extra.map_or(now, |last| now.max(last + gap));
        match plan.extra {
            Some(extra) if extra <= due => return,
            Some(extra) if extra != plan.next => drop(self.queue.remove(&(extra, key))),
            _ => {}
        }
        plan.extra = Some(due);
        self.queue.insert((due, key));
    }

    /// Takes out a key that is due.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<K> {
        let (due, key) = *self.queue.first().filter(|(due, _)| *due <= now)?;
        self.queue.pop_first();
        let plan = self.plans.get_mut(&key)?;
        if plan.extra == Some(due) {
            (plan.extra, plan.last_extra) = (None, plan.extra);
        }
        if plan.next == due {
            let step = if plan.new { plan.spread.of(plan.interval) } else { plan.interval };
            plan.new = false;
            plan.next = following(due, step, plan.interval, now);
            self.queue.insert((plan.next, key));
        }
        Some(key)
    }

    /// When the next key is due.
    pub(super) fn next(&self) -> Option<Instant> {
        self.queue.first().map(|(due, _)| *due)
    }
}

/// The first of the times `due + step`, and intervals after it, that is yet to come: what was missed is not made up.
fn following(due: Instant, step: Duration, interval: Duration, now: Instant) -> Instant {
    let next = due + step;
    let Some(late) = now.checked_duration_since(next) else { return next };
    let missed = late.as_nanos().checked_div(interval.as_nanos()).unwrap_or_default() + 1;
    next + interval.saturating_mul(u32::try_from(missed).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const INTERVAL: Duration = Duration::from_secs(30);
    const FULL: Spread = Spread(u32::MAX);

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Takes everything as soon as it is due, until `end`; returns the seconds at which each key was.
    fn taken(schedule: &mut Schedule<u32>, start: Instant, end: Duration) -> BTreeMap<u32, Vec<u64>> {
        let mut taken = BTreeMap::<u32, Vec<u64>>::new();
        while let Some(now) = schedule.next().filter(|next| *next <= start + end) {
            let key = schedule.take_due(now).unwrap();
            taken.entry(key).or_default().push((now - start).as_secs());
        }
        taken
    }

    #[test]
    fn a_target_is_checked_at_once_and_then_every_interval() {
        let (mut schedule, start) = (Schedule::default(), Instant::now());
        schedule.add(1, INTERVAL, FULL, start);
        assert_eq!(taken(&mut schedule, start, secs(95))[&1], [0, 30, 60, 90]);
    }

    #[test]
    fn a_late_start_shifts_nothing_and_missed_checks_are_not_made_up() {
        let (mut schedule, start) = (Schedule::default(), Instant::now());
        schedule.add(1, INTERVAL, FULL, start);
        assert_eq!(schedule.take_due(start + secs(7)), Some(1));
        assert_eq!(schedule.next(), Some(start + secs(30)));
        assert_eq!(schedule.take_due(start + secs(100)), Some(1), "after a long pause");
        assert_eq!(schedule.take_due(start + secs(100)), None);
        assert_eq!(schedule.next(), Some(start + secs(120)));
    }

    #[test]
    fn targets_that_came_together_are_spread_over_the_interval() {
        let (mut schedule, start) = (Schedule::default(), Instant::now());
        for key in 0..3000_u32 {
            schedule.add(key, INTERVAL, Spread(key.wrapping_mul(0x9e37_79b9)), start);
        }
        let taken = taken(&mut schedule, start, secs(300));
        let mut load = BTreeMap::<u64, u32>::new();
        for times in taken.values() {
            assert!(times.windows(2).skip(1).all(|pair| pair[1] - pair[0] == 30), "{times:?}");
            times.iter().for_each(|second| *load.entry(*second).or_default() += 1);
        }
        assert_eq!(load[&0], 3000);
        assert!(load.range(1..).all(|(_, checks)| *checks <= 250), "{load:?}");
    }

    #[test]
    fn additional_checks_keep_their_distance_from_each_other() {
        let (mut schedule, start) = (Schedule::default(), Instant::now());
        schedule.add(1, INTERVAL, FULL, start);
        assert_eq!(schedule.take_due(start), Some(1));
        let mut hurried = |seconds| {
            schedule.hurry(1, INTERVAL, start + secs(seconds));
            schedule.take_due(start + secs(seconds))
        };
        assert_eq!([hurried(3), hurried(4), hurried(29)], [Some(1), None, None]);
        assert_eq!(hurried(30), Some(1), "the regular one");
        assert_eq!([hurried(33), hurried(34)], [Some(1), None]);
        schedule.hurry(9, INTERVAL, start);
        assert_eq!(schedule.next(), Some(start + secs(60)), "the regular checks are where they were");
        assert_eq!(schedule.take_due(start + secs(60)), Some(1));
        assert_eq!(schedule.next(), Some(start + secs(63)), "one was asked for at 34");
    }

    #[test]
    fn who_asks_for_less_distance_brings_the_additional_check_forward() {
        let (mut schedule, start) = (Schedule::default(), Instant::now());
        schedule.add(1, INTERVAL, FULL, start);
        assert_eq!(schedule.take_due(start), Some(1));
        schedule.hurry(1, INTERVAL, start + secs(1));
        assert_eq!(schedule.take_due(start + secs(1)), Some(1));
        schedule.hurry(1, INTERVAL, start + secs(2));
        schedule.hurry(1, secs(5), start + secs(3));
        schedule.hurry(1, INTERVAL, start + secs(4));
        assert_eq!(taken(&mut schedule, start, secs(40))[&1], [6, 30]);
    }

    #[test]
    fn a_new_interval_holds_from_now_on() {
        let (mut schedule, start) = (Schedule::default(), Instant::now());
        schedule.add(1, INTERVAL, FULL, start);
        assert_eq!(schedule.take_due(start), Some(1));
        schedule.set_interval(1, secs(5), start + secs(10));
        schedule.set_interval(1, secs(5), start + secs(12));
        assert_eq!(taken(&mut schedule, start, secs(26))[&1], [15, 20, 25]);
    }

    #[test]
    fn what_was_removed_is_not_due() {
        let (mut schedule, start) = (Schedule::default(), Instant::now());
        schedule.add(1, INTERVAL, FULL, start);
        schedule.hurry(1, INTERVAL, start);
        schedule.remove(1);
        schedule.remove(1);
        assert_eq!((schedule.take_due(start), schedule.next()), (None, None));
    }
}
