//! A block of header fields that a client begins and does not end, on a connection that has something else under way.
//!
//! It is half a request like any other: it has to arrive within one idle timeout as a whole, as a head of HTTP/1 has, and it
//! takes its share of the worker's room for half requests. A connection that has nothing else under way is all half a request,
//! and has that timeout and that share itself.

use std::cell::RefCell;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::MAX_HEADER_LIST;
use super::frames::Frames;
use crate::timer::{Alarm, Ticks, Timer};
use crate::worker::Worker;

/// A block that had begun when its connection was looked at. Most end before the next look, and then it cost nothing else.
pub(super) struct HalfBlock {
    number: u32,
    counted: Option<Counted>,
}

/// One that had not ended at the next look.
struct Counted {
    worker: Rc<Worker>,
    timer: Timer,
}

impl HalfBlock {
    /// Looks at a connection, once a second.
    pub(super) fn look(
        half: &RefCell<Option<Box<Self>>>,
        worker: &Rc<Worker>,
        frames: &Frames,
        timeout: Ticks,
    ) {
        let mut half = half.borrow_mut();
        match (half.as_mut(), frames.block()) {
            (_, None) => *half = None,
            (Some(half), Some(number)) if half.number == number => {
                half.counted.get_or_insert_with(|| Counted::new(worker, timeout));
            }
            (_, Some(number)) => *half = Some(Box::new(Self { number, counted: None })),
        }
    }

    /// Ready when its time is over, or when it has to make room for others.
    pub(super) fn poll(
        half: &RefCell<Option<Box<Self>>>,
        frames: &Frames,
        cx: &mut Context<'_>,
    ) -> Poll<Alarm> {
        let mut half = half.borrow_mut();
        let Some(known) = &*half else { return Poll::Pending };
        if frames.block() != Some(known.number) {
            *half = None;
            return Poll::Pending;
        }
        known.counted.as_ref().map_or(Poll::Pending, |counted| counted.timer.poll_alarm(cx))
    }
}

impl Counted {
    fn new(worker: &Rc<Worker>, timeout: Ticks) -> Self {
        let timer = worker.timers.timer();
        timer.restart(timeout);
        timer.rest_holding(false, MAX_HEADER_LIST as usize);
        worker.hold_head(MAX_HEADER_LIST as usize);
        Self { worker: Rc::clone(worker), timer }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.worker.let_go_of_head(MAX_HEADER_LIST as usize);
    }
}
