//! Lines of the log that would be written for each of many connections, though the first of them says it all.
//!
//! Metrics count every case; the log names each subject once a minute, for each worker.

use std::cell::RefCell;

use elbow_model::key::TargetKey;
use elbow_routing::KeyMap;

/// Seconds between two lines about one subject.
const PAUSE_SECONDS: u32 = 60;

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
}
