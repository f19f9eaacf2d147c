//! The time of day, as far as a worker needs it: taken once a tick, with the dates that every response carries.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant, SystemTime};

use elbow_model::Timestamp;
use elbow_stickiness::ResponseDate;

/// Length of an IMF-fixdate (RFC 9110 section 5.6.7).
const DATE_BYTES: usize = 29;

/// What time it is, at most one tick ago.
#[derive(Debug)]
pub(crate) struct Clock {
    now: Cell<Timestamp>,
    /// The same moment on the clock that never goes back.
    instant: Cell<Instant>,
    date: Cell<[u8; DATE_BYTES]>,
    expires: RefCell<ResponseDate>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        let (now, instant) = (Timestamp::default(), Instant::now());
        let clock = Self {
            now: Cell::new(now),
            instant: Cell::new(instant),
            date: Cell::new([b' '; DATE_BYTES]),
            expires: RefCell::new(ResponseDate::new(now)),
        };
        clock.tick();
        clock
    }

    /// Looks at the system's clock.
    pub(crate) fn tick(&self) {
        let system = SystemTime::now();
        let since_epoch = system.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = Timestamp::default() + since_epoch;
        if now.as_secs() != self.now.get().as_secs() {
            let second = SystemTime::UNIX_EPOCH + Duration::from_secs(now.as_secs());
            if let Ok(date) = httpdate::fmt_http_date(second).as_bytes().try_into() {
                self.date.set(date);
            }
            self.expires.replace(ResponseDate::new(now));
        }
        self.now.set(now);
        self.instant.set(Instant::now());
    }

    /// The time of the last tick.
    pub(crate) fn now(&self) -> Timestamp {
        self.now.get()
    }

    /// The time of day of a moment on the other clock.
    pub(crate) fn timestamp(&self, instant: Instant) -> Timestamp {
        let (now, base) = (self.now.get(), self.instant.get());
        now + instant.saturating_duration_since(base) - base.saturating_duration_since(instant)
    }

    /// The `Date` of responses.
    pub(crate) fn date(&self) -> [u8; DATE_BYTES] {
        self.date.get()
    }

    /// The `Expires` of cookies.
    pub(crate) fn expires(&self) -> ResponseDate {
        *self.expires.borrow()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_is_that_of_the_present_second() {
        let clock = Clock::new();
        let date = httpdate::parse_http_date(std::str::from_utf8(&clock.date()).unwrap()).unwrap();
        let second = date.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        assert_eq!(second, clock.now().as_secs());
        assert!(clock.expires().is_current(clock.now()));
    }

    #[test]
    fn moments_before_and_after_the_tick_have_their_own_time() {
        let clock = Clock::new();
        let second = Duration::from_secs(1);
        let tick = clock.instant.get();
        assert_eq!(clock.timestamp(tick + second), clock.now() + second);
        assert_eq!(clock.timestamp(tick - second), clock.now() - second);
    }
}
