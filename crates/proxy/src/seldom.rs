//! Lines of the log that would be written for each of many connections, though the first of them says it all.
//!
//! Metrics count every case. Of subjects of ours, the log names each once a minute: [`Seldom`]. Of those that anybody can
//! make up, it names a few a second of each kind: [`Few`]. Both are a worker's own.

use std::cell::RefCell;
use std::collections::BTreeMap;

use elbow_model::key::TargetKey;
use elbow_routing::KeyMap;

/// Seconds between two lines about one subject.
const PAUSE_SECONDS: u32 = 60;
/// Lines in one second about what anybody can cause, of one kind.
const LINES_PER_SECOND: u32 = 10;

/// When each target was named last, in seconds since the worker's start.
#[derive(Debug, Default)]
pub(crate) struct Seldom(RefCell<KeyMap<TargetKey, u32>>);

impl Seldom {
    /// Whether it is time for another line about this target. It is taken for written.
    pub(crate) fn is_due(&self, target: TargetKey, now: u32) -> bool {
        let mut named = self.0.borrow_mut();
        let due = named.get(&target).is_none_or(|last| now.saturating_sub(*last) >= PAUSE_SECONDS);
        if due {
            named.insert(target, now);
        }
        due
    }

    /// Forgets those that have not been named for so long that it makes no difference.
    pub(crate) fn sweep(&self, now: u32) {
        self.0.borrow_mut().retain(|_, last| now.saturating_sub(*last) < PAUSE_SECONDS);
    }
}

/// How many lines of each kind have been written in this second. Kinds are few, and ours: those that anybody can make up would
/// be as many as he likes.
#[derive(Debug)]
pub(crate) struct Few<K>(RefCell<BTreeMap<K, Lines>>);

#[derive(Debug, Default)]
struct Lines {
    second: u32,
    written: u32,
    left_out: u64,
}

impl<K> Default for Few<K> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<K: Ord> Few<K> {
    /// Whether there may be another line of this kind in this second of the worker's. It is taken for written.
    pub(crate) fn admit(&self, kind: K, now: u32) -> bool {
        let mut kinds = self.0.borrow_mut();
        let lines = kinds.entry(kind).or_default();
        if lines.second != now {
            (lines.second, lines.written) = (now, 0);
        }
        let admitted = lines.written < LINES_PER_SECOND;
        match admitted {
            true => lines.written += 1,
            false => lines.left_out += 1,
        }
        admitted
    }

    /// Forgets the seconds that are over; of each kind of which lines were left out, `tell` is told how many.
    pub(crate) fn sweep(&self, now: u32, mut tell: impl FnMut(&K, u64)) {
        self.0.borrow_mut().retain(|kind, lines| {
            let over = lines.second != now;
            if over && lines.left_out > 0 {
                tell(kind, lines.left_out);
            }
            !over
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_target_is_named_once_a_minute() {
        let (seldom, [a, b]) = (Seldom::default(), [1, 2].map(TargetKey::new));
        assert!(seldom.is_due(a, 0) && seldom.is_due(b, 5));
        for now in [0, 1, 59] {
            seldom.sweep(now);
            assert!(!seldom.is_due(a, now), "{now}");
        }
        assert!(seldom.is_due(a, 60) && !seldom.is_due(b, 60));
        seldom.sweep(120);
        assert_eq!(seldom.0.borrow().len(), 0);
    }

    #[test]
    fn of_each_kind_there_are_a_few_lines_a_second_and_what_is_left_out_is_told() {
        let few = Few::default();
        let lines = |kind, now, times: u32| (0..times).filter(|_| few.admit(kind, now)).count();
        let swept = |now| {
            let mut told = Vec::new();
            few.sweep(now, |kind, left_out| told.push((*kind, left_out)));
            told
        };
        assert_eq!([lines('a', 0, 1010), lines('b', 0, 2)], [10, 2], "one kind leaves room for others");
        assert_eq!(swept(0), [], "the second is not over");
        assert_eq!(lines('b', 1, 11), 10);
        assert_eq!(swept(1), [('a', 1000)]);
        assert_eq!(swept(2), [('b', 1)]);
        assert_eq!(few.0.borrow().len(), 0);
    }
}
