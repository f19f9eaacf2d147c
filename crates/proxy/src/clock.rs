//! The time of day, as far as a worker needs it: taken once a tick, with the dates that every response carries.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use elbow_model::Timestamp;
use elbow_stickiness::ResponseDate;
use elbow_telemetry::LogTime;

/// Length of an IMF-fixdate (RFC 9110 section 5.6.7).
const DATE_BYTES: usize = 29;

/// What tells the time of day.
pub type TimeOfDay = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// What time it is, at most one tick ago.
pub(crate) struct Clock {
    time_of_day: TimeOfDay,
    now: Cell<Timestamp>,
    /// The same on the clock that never goes back.
    instant: Cell<Instant>,
    /// When the worker started, on the clock that never goes back.
    start: Instant,
    /// The turn that was last asked for, and its moment.
    turn: Cell<(u64, Moment)>,
    /// How long after the epoch that was, as of the last tick.
    start_of_day: Cell<Duration>,
    date: Cell<[u8; DATE_BYTES]>,
    expires: RefCell<ResponseDate>,
}

/// A moment in the life of a worker: nanoseconds since its start.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moment(u64);

impl Moment {
    /// How long after `earlier` this is; zero if it is not.
    pub(crate) const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl Clock {
    pub(crate) fn new(time_of_day: TimeOfDay) -> Self {
        let now = Timestamp::default();
        let start = Instant::now();
        let clock = Self {
            time_of_day,
            now: Cell::new(now),
            instant: Cell::new(start),
            start,
            turn: Cell::default(),
            start_of_day: Cell::default(),
            date: Cell::new([b' '; DATE_BYTES]),
            expires: RefCell::new(ResponseDate::new(now)),
        };
        clock.tick();
        clock
    }

    /// Looks what time it is.
    pub(crate) fn tick(&self) {
        let since_epoch = (self.time_of_day)().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = Timestamp::default() + since_epoch;
        if now.as_secs() != self.now.get().as_secs() {
            let second = SystemTime::UNIX_EPOCH + Duration::from_secs(now.as_secs());
            if let Ok(date) = httpdate::fmt_http_date(second).as_bytes().try_into() {
                self.date.set(date);
            }
            self.expires.replace(ResponseDate::new(now));
        }
        self.now.set(now);
        let instant = Instant::now();
        self.instant.set(instant);
        self.start_of_day.set(since_epoch.saturating_sub(instant.duration_since(self.start)));
    }

    /// The time of the last tick.
    pub(crate) fn now(&self) -> Timestamp {
        self.now.get()
    }

    /// The time of the last tick, on the clock that never goes back.
    pub(crate) fn instant(&self) -> Instant {
        self.instant.get()
    }

    /// The moment of this turn of a task (see [`crate::timer::Timers::turn`]). The system is asked once a turn, because
    /// a request would ask four times and wait only once in between.
    pub(crate) fn moment(&self, turn: u64) -> Moment {
        let (known, moment) = self.turn.get();
        if known == turn {
            return moment;
        }
        let moment = Moment(u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX));
        self.turn.set((turn, moment));
        moment
    }

    /// The time of day of a moment.
    pub(crate) fn timestamp(&self, moment: Moment) -> Timestamp {
        Timestamp::default() + self.since_epoch(moment)
    }

    /// The same to the microsecond, for logs.
    pub(crate) fn log_time(&self, moment: Moment) -> LogTime {
        LogTime::from_micros(u64::try_from(self.since_epoch(moment).as_micros()).unwrap_or(u64::MAX))
    }

    fn since_epoch(&self, moment: Moment) -> Duration {
        self.start_of_day.get() + Duration::from_nanos(moment.0)
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
        let clock = Clock::new(Arc::new(SystemTime::now));
        let date = httpdate::parse_http_date(std::str::from_utf8(&clock.date()).unwrap()).unwrap();
        let second = date.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        assert_eq!(second, clock.now().as_secs());
        assert!(clock.expires().is_current(clock.now()));
    }

    #[test]
    fn a_moment_has_its_time_of_day() {
        let clock = Clock::new(Arc::new(SystemTime::now));
        let (earlier, later) = (Moment(5_000_000), Moment(7_000_000));
        assert_eq!(later.since(earlier), Duration::from_millis(2));
        assert_eq!(earlier.since(later), Duration::ZERO);
        assert_eq!(clock.timestamp(later), clock.timestamp(earlier) + Duration::from_millis(2));
        assert!(clock.timestamp(clock.moment(1)) >= clock.now() - Duration::from_millis(1));
        assert!(clock.log_time(Moment(1_000)) > clock.log_time(Moment(0)), "logs tell microseconds");
    }

    #[test]
    fn a_turn_of_a_task_has_one_moment() {
        let clock = Clock::new(Arc::new(SystemTime::now));
        let first = clock.moment(1);
        while clock.start.elapsed() <= Duration::from_nanos(first.0) {}
        assert_eq!(clock.moment(1).0, first.0);
        assert!(clock.moment(2).0 > first.0);
    }
}
