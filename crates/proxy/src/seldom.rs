//! Lines of the log that would be written for each of many connections, though the first of them says it all.
//!
//! Metrics count every case. Of subjects of ours, the log names each once a minute: [`Seldom`]. Of those that anybody can
//! make up, it names a few a second: [`Few`]. Both are a worker's own.

use std::cell::{Cell, RefCell};

use elbow_model::key::TargetKey;
use elbow_routing::KeyMap;

/// Seconds between two lines about one subject.
const PAUSE_SECONDS: u32 = 60;
/// Lines in one second about what anybody can cause.
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

/// How many lines have been written in this second, and how many have not since the last one.
#[derive(Debug, Default)]
pub(crate) struct Few {
    second: Cell<u32>,
    lines: Cell<u32>,
    left_out: Cell<u64>,
}

impl Few {
    /// Whether there may be another line in this second of the worker's. It is taken for written, and has to say how many
    /// were left out before it.
    pub(crate) fn admit(&self, now: u32) -> Option<u64> {
        if self.second.replace(now) != now {
            self.lines.set(0);
        }
        if self.lines.get() == LINES_PER_SECOND {
            self.left_out.set(self.left_out.get() + 1);
            return None;
        }
        self.lines.set(self.lines.get() + 1);
        Some(self.left_out.take())
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
    fn a_few_lines_a_second_tell_of_those_that_were_left_out() {
        let few = Few::default();
        let lines = |now, times: u32| (0..times).filter_map(|_| few.admit(now)).collect::<Vec<_>>();
        assert_eq!(lines(0, 1010), vec![0; 10]);
        assert_eq!(lines(1, 2), [1000, 0]);
        assert_eq!(lines(9, 11), vec![0; 10]);
        assert_eq!(lines(10, 1), [1]);
    }
}
