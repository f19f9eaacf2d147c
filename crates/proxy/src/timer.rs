//! Deadlines of many connections, looked at ten times a second.
//!
//! A connection moves its deadline on every byte and nearly never meets it. So moving one is a store; a wheel holds
//! where to look for each timer next, and only there its deadline is compared. No timer of the runtime is involved.

mod ring;

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::num::NonZeroU64;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use elbow_model::key::{TargetGroupKey, TargetKey};

/// The resolution of all timeouts.
pub(crate) const TICK: Duration = Duration::from_millis(TICK_MS as u64);
const TICK_MS: u32 = 100;
/// Slots of the wheel; a deadline further away is looked at again after this many ticks.
const SLOTS: u32 = 1024;
/// A timer that the wheel does not hold.
const NOWHERE: u32 = u32::MAX;

/// A time in ticks, rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticks(u32);

/// All timers of one worker.
#[derive(Debug)]
pub(crate) struct Timers {
    state: RefCell<State>,
    turn: Cell<u64>,
}

#[derive(Debug)]
struct State {
    /// Ticks since the worker started.
    now: u32,
    /// Rests begun so far.
    rests: u64,
    /// Requests that wait for the rest of their bodies.
    halves: usize,
    entries: Vec<Entry>,
    free: Vec<u32>,
    wheel: Vec<Vec<u32>>,
}

/// One timer. A free one stays in the wheel until its slot comes, and its next owner finds it there.
#[derive(Debug, Default)]
struct Entry {
    deadline: u32,
    /// The tick at which the wheel holds it.
    queued: u32,
    alarm: Option<Alarm>,
    waker: Option<Waker>,
    served: Option<Served>,
    /// Its connection waits for a request and can be closed; the number tells who began first.
    rests: Option<NonZeroU64>,
    /// Bytes of memory that it holds and can give back.
    holds: u32,
    /// Its request waits for the rest of its body, and nothing has come of an answer.
    half: bool,
}

/// What a timer's connection is with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Served {
    pub(crate) group: TargetGroupKey,
    pub(crate) target: TargetKey,
    /// It is passed on as it is, and not a request, which ends by itself.
    pub(crate) passes: bool,
}

/// Why a wait was cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alarm {
    /// The deadline passed.
    Elapsed,
    /// The deregistration delay of the request's target is over (B22).
    Deregistered,
    /// The request's target turned unhealthy while there are others. Only who can do something about it is told.
    Unhealthy,
    /// A graceful stop begins.
    Draining,
    /// There are too many connections, and this one is idle.
    Evicted,
    /// The worker stops and waits no longer.
    Stopped,
}

/// The timer of one connection.
#[derive(Debug)]
pub(crate) struct Timer {
    timers: Rc<Timers>,
    index: u32,
}

impl Ticks {
    /// In whole seconds, rounded up.
    pub(crate) const fn seconds(self) -> u32 {
        self.0.div_ceil(1000 / TICK_MS)
    }
}

impl From<Duration> for Ticks {
    fn from(time: Duration) -> Self {
        let seconds = u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
        let rest = time.subsec_millis().div_ceil(TICK_MS);
        Self(seconds.saturating_mul(1000 / TICK_MS).saturating_add(rest))
    }
}

impl Timers {
    pub(crate) fn new() -> Rc<Self> {
        let wheel = (0..SLOTS).map(|_| Vec::new()).collect();
        let state = State { now: 0, rests: 0, halves: 0, entries: Vec::new(), free: Vec::new(), wheel };
        Rc::new(Self { state: RefCell::new(state), turn: Cell::new(1) })
    }

    /// A timer without a deadline.
    pub(crate) fn timer(self: &Rc<Self>) -> Timer {
        let mut state = self.state.borrow_mut();
        let index = state.free.pop().unwrap_or_else(|| {
            state.entries.push(Entry { queued: NOWHERE, ..Entry::default() });
            u32::try_from(state.entries.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(entry) = state.entry(index) {
            entry.deadline = NOWHERE;
        }
        Timer { timers: Rc::clone(self), index }
    }

    /// One tick has passed: wakes those whose deadline is over.
    pub(crate) fn advance(&self) {
        let mut state = self.state.borrow_mut();
        state.now += 1;
        let now = state.now;
        let slot = state.slot(now).map(std::mem::take).unwrap_or_default();
        for index in &slot {
            let Some(entry) = state.entry(*index).filter(|entry| entry.queued == now) else { continue };
            entry.queued = NOWHERE;
            match entry.deadline {
                NOWHERE => {}
                deadline if deadline <= now => entry.ring(Alarm::Elapsed),
                deadline => state.enqueue(*index, deadline),
            }
        }
    }

    /// Tells the turns of connections' tasks apart: another number than before when a task has waited since. A task
    /// waits for its timer whatever else it waits for, so a turn ends where that is not ready.
    pub(crate) fn turn(&self) -> u64 {
        self.turn.get()
    }

    fn end_turn(&self) {
        self.turn.set(self.turn.get() + 1);
    }
}

impl Timer {
    /// Sets the deadline to `timeout` from now, up to one tick later; an alarm that only concerned the wait
    /// before is taken back.
    pub(crate) fn restart(&self, timeout: impl Into<Ticks>) {
        let Ticks(ticks) = timeout.into();
        let mut state = self.timers.state.borrow_mut();
        let deadline = state.now.saturating_add(ticks).min(NOWHERE - 2) + 1;
        let Some(entry) = state.entry(self.index) else { return };
        entry.deadline = deadline;
        if matches!(entry.alarm, Some(Alarm::Elapsed | Alarm::Draining)) {
            entry.alarm = None;
        }
        if entry.queued > deadline {
            state.enqueue(self.index, deadline);
        }
    }

    /// Tells whether the connection waits for a request, so that [`Timers::ring_resting`] finds it.
    pub(crate) fn rest(&self, rests: bool) {
        self.rest_holding(rests, 0);
    }

    /// As [`Timer::rest`]. Whoever holds bytes of memory that it can give back is found by [`Timers::ring_holding`], at rest
    /// or not.
    pub(crate) fn rest_holding(&self, rests: bool, bytes: usize) {
        let mut state = self.timers.state.borrow_mut();
        state.rests += u64::from(rests);
        let number = NonZeroU64::new(state.rests).filter(|_| rests);
        if let Some(entry) = state.entry(self.index) {
            // Who goes on with the same rest does not look like one who has just begun.
            entry.rests = number.map(|number| entry.rests.unwrap_or(number));
            entry.holds = u32::try_from(bytes).unwrap_or(u32::MAX);
        }
    }

    /// Takes an eviction back: a whole request has come, so the connection is not idle.
    pub(crate) fn keep(&self) {
        if let Some(entry) = self.timers.state.borrow_mut().entry(self.index)
            && entry.alarm == Some(Alarm::Evicted)
        {
            entry.alarm = None;
        }
    }

    /// Tells whether the request waits for the rest of its body before there is an answer, so that [`Timers::ring_half`] finds
    /// it. What has come moves its deadline, and takes an eviction back.
    pub(crate) fn half(&self, waits: bool) {
        let mut state = self.timers.state.borrow_mut();
        let Some(entry) = state.entry(self.index) else { return };
        if !waits && entry.alarm == Some(Alarm::Evicted) {
            entry.alarm = None;
        }
        let waited = std::mem::replace(&mut entry.half, waits);
        state.halves = state.halves + usize::from(waits) - usize::from(waited);
    }

    /// Tells which target the request is with, so that [`Timers::ring_targets`] finds it; `None`: with none any more.
    pub(crate) fn serve(&self, target: Option<(TargetGroupKey, TargetKey)>) {
        self.with(target.map(|(group, target)| Served { group, target, passes: false }));
    }

    /// Tells which target the connection is passed on to.
    pub(crate) fn pass(&self, group: TargetGroupKey, target: TargetKey) {
        self.with(Some(Served { group, target, passes: true }));
    }

    fn with(&self, served: Option<Served>) {
        if let Some(entry) = self.timers.state.borrow_mut().entry(self.index) {
            entry.served = served;
            if matches!(entry.alarm, Some(Alarm::Deregistered | Alarm::Unhealthy)) {
                entry.alarm = None;
            }
        }
    }

    /// Ready once the timer has rung. Otherwise the task is woken when it does. Never [`Alarm::Unhealthy`].
    pub(crate) fn poll_alarm(&self, cx: &mut Context<'_>) -> Poll<Alarm> {
        self.poll(cx, |alarm| alarm != Alarm::Unhealthy)
    }

    /// As [`Timer::poll_alarm`], and also ready if the target turned unhealthy: for a request that another target can
    /// take over.
    pub(crate) fn poll_any_alarm(&self, cx: &mut Context<'_>) -> Poll<Alarm> {
        self.poll(cx, |_| true)
    }

    fn poll(&self, cx: &mut Context<'_>, heeds: impl FnOnce(Alarm) -> bool) -> Poll<Alarm> {
        let mut state = self.timers.state.borrow_mut();
        let Some(entry) = state.entry(self.index) else { return Poll::Pending };
        match entry.alarm {
            Some(alarm) if heeds(alarm) => return Poll::Ready(alarm),
            _ => entry.alarm = None,
        }
        if !entry.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            entry.waker = Some(cx.waker().clone());
        }
        self.timers.end_turn();
        Poll::Pending
    }

    /// Waits for `future`, but not longer than the timer allows.
    pub(crate) async fn guard<F: Future>(&self, future: F) -> Result<F::Output, Alarm> {
        let mut future = pin!(future);
        poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => self.poll_alarm(cx).map(Err),
        })
        .await
    }

    /// As [`Timer::guard`], with [`Timer::poll_any_alarm`].
    pub(crate) async fn guard_any<F: Future>(&self, future: F) -> Result<F::Output, Alarm> {
        let mut future = pin!(future);
        poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => self.poll_any_alarm(cx).map(Err),
        })
        .await
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.timers.end_turn();
        self.half(false);
        let mut state = self.timers.state.borrow_mut();
        if let Some(entry) = state.entry(self.index) {
            *entry = Entry { deadline: NOWHERE, queued: entry.queued, ..Entry::default() };
            state.free.push(self.index);
        }
    }
}

impl State {
    fn entry(&mut self, index: u32) -> Option<&mut Entry> {
        self.entries.get_mut(index as usize)
    }

    fn slot(&mut self, tick: u32) -> Option<&mut Vec<u32>> {
        self.wheel.get_mut((tick % SLOTS) as usize)
    }

    /// Puts a timer where its deadline is, or as far away as the wheel reaches.
    fn enqueue(&mut self, index: u32, deadline: u32) {
        let tick = deadline.clamp(self.now + 1, self.now + SLOTS - 1);
        if let Some(entry) = self.entry(index) {
            entry.queued = tick;
        }
        if let Some(slot) = self.slot(tick) {
            slot.push(index);
        }
    }
}

impl Entry {
    fn ring(&mut self, alarm: Alarm) {
        if self.alarm != Some(Alarm::Stopped) {
            self.alarm = Some(alarm);
        }
        if let Some(waker) = &self.waker {
            waker.wake_by_ref();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rung(timer: &Timer) -> Option<Alarm> {
        match timer.poll_alarm(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(alarm) => Some(alarm),
            Poll::Pending => None,
        }
    }

    fn pass(timers: &Timers, time: Duration) {
        (0..time.as_millis() / TICK.as_millis()).for_each(|_| timers.advance());
    }

    #[test]
    fn a_timer_rings_after_its_timeout_and_not_before() {
        for seconds in [1, 10, 60, 102, 103, 4000] {
            let timers = Timers::new();
            let timer = timers.timer();
            timer.restart(Duration::from_secs(seconds));
            pass(&timers, Duration::from_secs(seconds));
            assert_eq!(rung(&timer), None, "{seconds} s");
            timers.advance();
            assert_eq!(rung(&timer), Some(Alarm::Elapsed), "{seconds} s");
        }
    }

    #[test]
    fn data_moves_the_deadline_and_a_shorter_timeout_counts_at_once() {
        let timers = Timers::new();
        let timer = timers.timer();
        timer.restart(Duration::from_secs(60));
        pass(&timers, Duration::from_secs(59));
        timer.restart(Duration::from_secs(60));
        pass(&timers, Duration::from_secs(30));
        assert_eq!(rung(&timer), None);
        timer.restart(Duration::from_secs(1));
        pass(&timers, Duration::from_secs(2));
        assert_eq!(rung(&timer), Some(Alarm::Elapsed));
        timer.restart(Duration::from_secs(1));
        assert_eq!(rung(&timer), None, "a new deadline is a new wait");
    }

    #[test]
    fn connections_that_come_and_go_leave_nothing_in_the_wheel() {
        let timers = Timers::new();
        for _ in 0..10_000 {
            timers.timer().restart(Duration::from_secs(60));
        }
        let state = timers.state.borrow();
        assert_eq!(state.entries.len(), 1);
        assert_eq!(state.wheel.iter().map(Vec::len).sum::<usize>(), 1);
    }

    #[test]
    fn those_that_wait_longest_give_memory_back_and_are_asked_once() {
        let timers = Timers::new();
        let waiting: Vec<_> = [10, 10, 10, 0]
            .into_iter()
            .map(|bytes| {
                let timer = timers.timer();
                timer.restart(Duration::from_secs(60));
                timer.rest_holding(true, bytes);
                timers.advance();
                timer
            })
            .collect();
        let told = || waiting.iter().map(|timer| rung(timer).is_some()).collect::<Vec<_>>();
        timers.ring_holding(11, Alarm::Evicted);
        assert_eq!(told(), [true, true, false, false]);
        timers.ring_holding(20, Alarm::Evicted);
        assert_eq!(told(), [true, true, false, false], "these are on their way");
        timers.ring_holding(1000, Alarm::Evicted);
        assert_eq!(told(), [true, true, true, false], "the last one has nothing to give");
    }

    #[test]
    fn who_dribbles_does_not_look_young() {
        let timers = Timers::new();
        let [first, second] = [timers.timer(), timers.timer()];
        for timer in [&first, &second, &first] {
            timer.restart(Duration::from_secs(60));
            timer.rest_holding(true, 10);
        }
        timers.ring_holding(10, Alarm::Evicted);
        assert_eq!((rung(&first), rung(&second)), (Some(Alarm::Evicted), None));
    }

    #[test]
    fn half_a_request_that_nothing_came_of_for_longest_makes_room_first() {
        let timers = Timers::new();
        let halves: Vec<_> = (0..4)
            .map(|_| {
                let timer = timers.timer();
                timer.restart(Duration::from_secs(60));
                timer.half(true);
                timers.advance();
                timer
            })
            .collect();
        let [first, second, ..] = halves.as_slice() else { panic!("there are four") };
        // The first one goes on.
        first.restart(Duration::from_secs(60));
        assert_eq!(timers.ring_half(2, Alarm::Evicted), 2);
        let told = || halves.iter().map(|timer| rung(timer).is_some()).collect::<Vec<_>>();
        assert_eq!(told(), [false, true, true, false]);
        second.half(false);
        assert_eq!(told(), [false, false, true, false], "its rest has come just then");
        drop(halves);
        assert_eq!(timers.ring_half(1, Alarm::Evicted), 0);
        assert_eq!(timers.state.borrow().halves, 0);
    }

    #[test]
    fn requests_with_a_target_whose_delay_is_over_are_told() {
        let timers = Timers::new();
        let (group, gone, there) = (TargetGroupKey::new(1), TargetKey::new(2), TargetKey::new(3));
        let [one, other] = [timers.timer(), timers.timer()];
        one.serve(Some((group, gone)));
        other.serve(Some((group, there)));
        timers.ring_targets(|served| (served.target == gone).then_some(Alarm::Deregistered));
        assert_eq!((rung(&one), rung(&other)), (Some(Alarm::Deregistered), None));
        one.serve(None);
        assert_eq!(rung(&one), None, "the next request goes elsewhere");
    }

    #[test]
    fn that_a_target_turned_unhealthy_is_told_to_those_who_want_to_know() {
        let timers = Timers::new();
        let timer = timers.timer();
        let target = (TargetGroupKey::new(1), TargetKey::new(2));
        let any = |timer: &Timer| timer.poll_any_alarm(&mut Context::from_waker(Waker::noop()));
        let ring = || timers.ring_targets(|_| Some(Alarm::Unhealthy));
        timer.serve(Some(target));
        ring();
        timer.restart(Duration::from_secs(1));
        assert_eq!(any(&timer), Poll::Ready(Alarm::Unhealthy), "progress does not hide it");
        assert_eq!((rung(&timer), any(&timer)), (None, Poll::Pending), "who cannot move has overheard it");
        ring();
        timer.serve(Some(target));
        assert_eq!(any(&timer), Poll::Pending, "another attempt");
        pass(&timers, Duration::from_secs(2));
        ring();
        assert_eq!(rung(&timer), Some(Alarm::Elapsed), "what has rung is not hidden");
    }
}
