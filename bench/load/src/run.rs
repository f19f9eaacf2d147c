//! A whole run: introduction, warm-up, measurement.
//!
//! 1. [`Run::introduce`] opens the connections and lets each get a session from the proxy itself, by a request without
//!    cookie.
//! 2. [`Run::warm_up`] fills pools and caches with requests that are not counted.
//! 3. [`Run::measure`] makes the requests that count, at a constant rate or as fast as the answers come.

use std::collections::BTreeSet;
use std::ops::Range;
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec};

use crate::connection::{Connection, Ending, Session};
use crate::latency::{Latencies, SortedLatencies};
use crate::settings::Settings;

/// A phase that takes longer than this is given up.
pub const PHASE_LIMIT: Duration = Duration::from_secs(120);
/// Connections opened at a time: fewer than any proxy's listen backlog.
const OPENING_BATCH: usize = 64;
/// Bytes that are read at a time.
pub const SCRATCH_BYTES: usize = 256 * 1024;
const TIMER: Token = Token(usize::MAX);

/// What a measurement found.
#[derive(Debug)]
pub struct Report {
    /// How the requests ended.
    pub tally: Tally,
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// From the moment a request was due to its answer.
    pub latencies: SortedLatencies,
    /// The 99th percentile between stops of the machine, in microseconds; see [`Latencies::typical_us`].
    pub typical_p99_us: f64,
    /// Connections that took up a TLS session of an earlier one.
    pub resumed: u64,
    /// Bytes of `Cookie` a request carries.
    pub cookie_bytes: usize,
    /// The targets of the sessions in use; without sessions, all that answered.
    pub targets: BTreeSet<Vec<u8>>,
}

/// How requests ended.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    /// The right answer, from the session's target.
    pub answered: u64,
    /// The right answer, from another target.
    pub moved: u64,
    /// Anything else.
    pub failed: u64,
}

impl Tally {
    fn finished(&self) -> u64 {
        self.answered + self.moved + self.failed
    }

    fn count(&mut self, ending: &Ending) {
        match ending {
            Ending::Answered => self.answered += 1,
            Ending::Moved => self.moved += 1,
            Ending::Failed => self.failed += 1,
        }
    }
}

/// The clients of one proxy.
#[derive(Debug)]
pub struct Run {
    settings: Settings,
    poll: Poll,
    events: Events,
    timer: OwnedFd,
    connections: Vec<Connection>,
    scratch: Vec<u8>,
    /// Targets that answered a client without session.
    seen: BTreeSet<Vec<u8>>,
}

impl Run {
    /// A run with no connection open yet.
    pub fn new(settings: Settings) -> Result<Self, String> {
        let poll = Poll::new().map_err(|error| error.to_string())?;
        let timer = rustix::time::timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK)
            .map_err(|error| error.to_string())?;
        poll.registry()
            .register(&mut SourceFd(&timer.as_raw_fd()), TIMER, Interest::READABLE)
            .map_err(|error| error.to_string())?;
        let events = Events::with_capacity(1024);
        Ok(Self {
            settings,
            poll,
            events,
            timer,
            connections: Vec::new(),
            scratch: vec![0; SCRATCH_BYTES],
            seen: BTreeSet::new(),
        })
    }

    /// Opens the connections and gives each a session that the proxy issued.
    pub fn introduce(&mut self) -> Result<(), String> {
        let count = self.settings.connections;
        let mut sessions: Vec<Session> = Vec::with_capacity(self.settings.sessions);
        while sessions.len() < self.settings.sessions {
            for first in (0..count).step_by(OPENING_BATCH) {
                let batch = first..count.min(first + OPENING_BATCH);
                self.open_up_to(batch.end)?;
                let tally =
                    self.exchange(batch.clone(), batch.len() as u64, None, &mut Latencies::default())?;
                if tally.failed > 0 {
                    return Err(format!("{} of {} first requests failed", tally.failed, batch.len()));
                }
                let learned = self.connections.get(batch).unwrap_or_default();
                sessions.extend(learned.iter().map(|connection| connection.session().clone()));
            }
        }
        let stride = self.settings.sessions / count;
        let Settings { addresses, work, sticky, fresh, .. } = &self.settings;
        let hosts = addresses.iter().cycle();
        let sessions = sessions.into_iter().step_by(stride);
        for ((connection, session), host) in self.connections.iter_mut().zip(sessions).zip(hosts) {
            connection.follow(session, *sticky, *fresh, &host.to_string(), work);
        }
        Ok(())
    }

    /// Requests that are not counted.
    pub fn warm_up(&mut self) -> Result<(), String> {
        let all = 0..self.connections.len();
        self.exchange(all, self.settings.warmup, None, &mut Latencies::default()).map(|_| ())
    }

    /// The requests that count.
    pub fn measure(&mut self) -> Result<Report, String> {
        let mut latencies = Latencies::with_capacity(usize::try_from(self.settings.requests).unwrap_or(0));
        let all = 0..self.connections.len();
        let resumed_before: u64 = self.connections.iter().map(Connection::resumed).sum();
        let started = Instant::now();
        let tally = self.exchange(all, self.settings.requests, self.settings.rate, &mut latencies)?;
        let elapsed = started.elapsed();
        let resumed = self.connections.iter().map(Connection::resumed).sum::<u64>() - resumed_before;
        let sessions = || self.connections.iter().map(Connection::session);
        let mut targets: BTreeSet<_> = sessions().map(|session| session.target.clone()).collect();
        targets.extend(self.seen.iter().cloned());
        Ok(Report {
            tally,
            elapsed,
            typical_p99_us: latencies.typical_us(0.99),
            latencies: latencies.sorted(),
            resumed,
            cookie_bytes: sessions().map(|session| session.cookies.len()).max().unwrap_or(0),
            targets,
        })
    }

    fn open_up_to(&mut self, count: usize) -> Result<(), String> {
        while self.connections.len() < count {
            let index = self.connections.len();
            let Settings { addresses, work, dialer, .. } = &self.settings;
            let Some(address) = addresses.get(index % addresses.len()) else { break };
            let (host, registry) = (address.to_string(), self.poll.registry());
            self.connections.push(Connection::open(*address, dialer, &host, work, registry, Token(index))?);
        }
        Ok(())
    }

    /// Makes `count` requests over the connections of `range` and waits until each has ended.
    fn exchange(
        &mut self,
        range: Range<usize>,
        count: u64,
        rate: Option<u32>,
        latencies: &mut Latencies,
    ) -> Result<Tally, String> {
        let started = Instant::now();
        let mut tally = Tally::default();
        let mut asked = 0;
        if rate.is_none() {
            for index in range.clone() {
                self.ask_next(index, started, &mut asked, count);
            }
        }
        while tally.finished() < count {
            if let Some(rate) = rate {
                asked = self.ask_due(&range, started, rate, asked, count)?;
            }
            let left = PHASE_LIMIT.checked_sub(started.elapsed()).ok_or("the phase took too long")?;
            let mut events = std::mem::replace(&mut self.events, Events::with_capacity(0));
            match self.poll.poll(&mut events, Some(left)) {
                Err(error) if error.kind() != std::io::ErrorKind::Interrupted => {
                    return Err(error.to_string());
                }
                _ => {}
            }
            for event in events.iter().filter(|event| event.token() != TIMER) {
                let index = event.token().0;
                let Some(connection) = self.connections.get_mut(index) else { continue };
                let Some((ending, due)) = connection.proceed(&mut self.scratch, self.poll.registry())? else {
                    continue;
                };
                let now = Instant::now();
                tally.count(&ending);
                latencies.record(now.duration_since(due));
                if !self.settings.sticky && !self.seen.contains(&connection.session().target) {
                    self.seen.insert(connection.session().target.clone());
                }
                match rate {
                    Some(_) => connection.ask_waiting(),
                    None => self.ask_next(index, now, &mut asked, count),
                }
            }
            self.events = events;
        }
        Ok(tally)
    }

    /// Closed loop: the connection's next request, unless enough were asked.
    fn ask_next(&mut self, index: usize, now: Instant, asked: &mut u64, count: u64) {
        if *asked == count {
            return;
        }
        *asked += 1;
        if let Some(connection) = self.connections.get_mut(index) {
            connection.ask(now);
        }
    }

    /// Constant rate: every request that is due by now, round robin over the connections; sets the timer for the
    /// next. Gives how many were asked in all.
    fn ask_due(
        &mut self,
        range: &Range<usize>,
        started: Instant,
        rate: u32,
        mut asked: u64,
        count: u64,
    ) -> Result<u64, String> {
        while asked < count {
            let due = started + due_after(asked, rate);
            let now = Instant::now();
            if due > now {
                self.wake_after(due.duration_since(now))?;
                break;
            }
            let index = range.start + usize::try_from(asked % range.len() as u64).unwrap_or(0);
            if let Some(connection) = self.connections.get_mut(index) {
                connection.ask(due);
            }
            asked += 1;
        }
        Ok(asked)
    }

    /// One expiry after `delay`. A timer descriptor, because the event loop's own time-out counts in milliseconds.
    fn wake_after(&self, delay: Duration) -> Result<(), String> {
        let zero = Timespec { tv_sec: 0, tv_nsec: 0 };
        let value = Timespec {
            tv_sec: i64::try_from(delay.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(delay.subsec_nanos().max(1)),
        };
        let once = Itimerspec { it_interval: zero, it_value: value };
        rustix::time::timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &once)
            .map(|_| ())
            .map_err(|error| error.to_string())
    }
}

/// When request number `number` is due, counted from the start.
fn due_after(number: u64, rate: u32) -> Duration {
    Duration::from_nanos(number.saturating_mul(1_000_000_000) / u64::from(rate.max(1)))
}

/// Lets this process open as many descriptors as the system allows it.
pub fn raise_descriptor_limit() -> Result<(), String> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })
        .map_err(|error| error.to_string())
}

/// Blocks until a line comes on standard input, or it ends.
pub fn wait_for_line() -> Result<(), String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map(|_| ()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::due_after;
    use std::time::Duration;

    #[test]
    fn a_constant_rate_does_not_drift() {
        assert_eq!(due_after(0, 3), Duration::ZERO);
        assert_eq!(due_after(1, 4), Duration::from_millis(250));
        assert_eq!(due_after(3_000_000, 3), Duration::from_secs(1_000_000));
        assert_eq!(due_after(9_999_999, 20_000).as_secs(), 499);
    }
}
