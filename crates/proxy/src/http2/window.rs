//! The window of all bodies of a client's connection together: wider while bodies wait to be read, so that those that wait for
//! a slow target do not keep others from coming, and narrow again afterwards.
//!
//! What is beyond the narrowest is lent by the worker, which has so much for all its connections. A window that was told
//! cannot be taken back (RFC 9113 section 6.9): when it gets narrower the client still owes the difference, which is spent
//! as bodies come without being told anew. Until then it stays lent.

/// What a client may send of one body before it was read, in bytes.
pub(super) const STREAM_WINDOW: u32 = 64 * 1024;
/// The same of all bodies of a connection, at first and for each step that it is widened by.
pub(super) const CONNECTION_WINDOW: u32 = 256 * 1024;
/// What is free of it at least, for those that have nothing waiting: the rest of a step.
const FREE: u32 = CONNECTION_WINDOW / 2;

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Window {
    /// Bytes that the client may have sent before they are read.
    width: u32,
    /// What it may send beyond that, because it was told before.
    owed: u32,
    /// Bytes of bodies that had come when it was looked at last.
    come: u64,
}

/// What there is of bodies on a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bodies {
    /// Bytes that wait to be read.
    pub(super) waiting: u64,
    /// How many are under way.
    pub(super) count: u32,
}

impl Window {
    pub(super) const fn new() -> Self {
        Self { width: CONNECTION_WINDOW, owed: 0, come: 0 }
    }

    /// Bytes that the worker has lent.
    pub(super) const fn lent(&self) -> usize {
        (self.width - CONNECTION_WINDOW + self.owed) as usize
    }

    /// So many bytes of bodies have come so far. How many need not be lent any more.
    pub(super) fn spend(&mut self, come: u64) -> usize {
        let spent = come.wrapping_sub(std::mem::replace(&mut self.come, come));
        let spent = u32::try_from(spent).unwrap_or(u32::MAX).min(self.owed);
        self.owed -= spent;
        spent as usize
    }

    /// Makes it as wide as these bodies need, as far as `lend` has it. The new width, if it is another.
    pub(super) fn fit(&mut self, bodies: Bodies, lend: impl FnOnce(usize) -> bool) -> Option<u32> {
        // No more than all of them can fill, and another one.
        let most = (bodies.count + 1).saturating_mul(STREAM_WINDOW);
        let waiting = u32::try_from(bodies.waiting).unwrap_or(u32::MAX).min(most);
        let wanted = waiting.saturating_add(FREE).next_multiple_of(CONNECTION_WINDOW);
        let more = wanted.saturating_sub(self.width);
        let known = more.min(self.owed);
        if wanted == self.width || more > known && !lend((more - known) as usize) {
            return None;
        }
        self.owed = self.owed - known + self.width.saturating_sub(wanted);
        self.width = wanted;
        Some(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: u32 = CONNECTION_WINDOW;

    fn waiting(bytes: u32) -> Bodies {
        Bodies { waiting: bytes.into(), count: 100 }
    }

    #[test]
    fn bodies_that_are_read_as_they_come_borrow_nothing() {
        let mut window = Window::new();
        for come in 0..100 {
            assert_eq!(window.spend(come * u64::from(STEP)), 0);
            assert_eq!(window.fit(waiting(STEP / 2), |_| panic!("nothing is needed")), None);
        }
        assert_eq!(window.lent(), 0);
    }

    #[test]
    fn what_waits_makes_room_for_others_and_gives_it_back_when_it_is_read() {
        let mut window = Window::new();
        assert_eq!(window.fit(waiting(STEP), |more| more == STEP as usize), Some(2 * STEP));
        assert_eq!(window.fit(waiting(2 * STEP), |more| more == STEP as usize), Some(3 * STEP));
        assert_eq!(window.lent(), 2 * STEP as usize);
        assert_eq!(window.spend(u64::from(2 * STEP)), 0);
        // All of it is read at once. What the client was told stays lent until it has sent that.
        assert_eq!(window.fit(waiting(0), |_| false), Some(STEP));
        assert_eq!((window.lent(), window.spend(u64::from(3 * STEP))), (2 * STEP as usize, STEP as usize));
        assert_eq!(window.lent(), STEP as usize);
        // What it still owes is no new loan.
        assert_eq!(window.fit(waiting(STEP), |_| false), Some(2 * STEP));
        assert_eq!(window.fit(waiting(0), |_| false), Some(STEP));
        assert_eq!((window.spend(u64::from(9 * STEP)), window.lent()), (STEP as usize, 0));
    }

    #[test]
    fn nothing_is_wider_than_what_is_lent_or_what_bodies_can_fill() {
        let mut window = Window::new();
        assert_eq!(window.fit(waiting(STEP), |_| false), None);
        assert_eq!(window.lent(), 0);
        let few = Bodies { count: 4, ..waiting(100 * STEP) };
        assert_eq!(window.fit(few, |_| true), Some(2 * STEP));
    }
}
