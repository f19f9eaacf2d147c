//! Alarms for many connections at once: those that a change of the configuration concerns, and those that make room.

use super::{Alarm, Entry, Served, Timers};

impl Timers {
    /// Rings every timer whose request or connection is with a target that there is something to tell about.
    pub(crate) fn ring_targets(&self, tell: impl Fn(Served) -> Option<Alarm>) {
        for entry in &mut self.state.borrow_mut().entries {
            match entry.served.and_then(&tell) {
                // Nothing that was to be told before is lost for this.
                Some(Alarm::Unhealthy) if entry.alarm.is_some() => {}
                Some(alarm) => entry.ring(alarm),
                None => {}
            }
        }
    }

    /// Rings the timers of up to `count` connections that wait for a request, those that would elapse first; returns
    /// how many there were.
    pub(crate) fn ring_resting(&self, count: usize, alarm: Alarm) -> usize {
        let mut state = self.state.borrow_mut();
        ring_first(&mut state.entries, count, alarm, |entry| entry.rests.is_some())
    }

    /// Rings the timers of up to `count` requests that wait for the rest of their bodies, those that nothing came of for
    /// longest; returns how many there were.
    pub(crate) fn ring_half(&self, count: usize, alarm: Alarm) -> usize {
        let mut state = self.state.borrow_mut();
        // Nearly always: then there is nothing to look for.
        if state.halves == 0 { 0 } else { ring_first(&mut state.entries, count, alarm, |entry| entry.half) }
    }

    /// Rings the timers of those that hold memory, those that would elapse first, until so many bytes
    /// will be given back. What was promised by earlier calls counts.
    pub(crate) fn ring_holding(&self, bytes: usize, alarm: Alarm) {
        let mut state = self.state.borrow_mut();
        let holding = state.entries.iter_mut().filter(|entry| entry.holds > 0);
        let (promised, mut holding): (Vec<_>, Vec<_>) = holding.partition(|entry| entry.alarm.is_some());
        let promised = promised.iter().map(|entry| entry.holds as usize).sum();
        holding.sort_unstable_by_key(|entry| (entry.deadline, entry.rests));
        let mut wanted = bytes.saturating_sub(promised);
        for entry in holding {
            if wanted == 0 {
                return;
            }
            wanted = wanted.saturating_sub(entry.holds as usize);
            entry.ring(alarm);
        }
    }

    /// Rings every timer.
    pub(crate) fn ring_all(&self, alarm: Alarm) {
        self.state.borrow_mut().entries.iter_mut().for_each(|entry| entry.ring(alarm));
    }
}

/// Rings up to `count` of those that were not rung yet, those that would elapse first; returns how many there were.
fn ring_first(entries: &mut [Entry], count: usize, alarm: Alarm, is_one: impl Fn(&Entry) -> bool) -> usize {
    let mut found: Vec<&mut Entry> =
        entries.iter_mut().filter(|entry| is_one(entry) && entry.alarm.is_none()).collect();
    if count < found.len() {
        found.select_nth_unstable_by_key(count, |entry| (entry.deadline, entry.rests));
        found.truncate(count);
    }
    found.iter_mut().for_each(|entry| entry.ring(alarm));
    found.len()
}
