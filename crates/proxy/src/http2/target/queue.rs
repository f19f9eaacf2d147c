//! Those that wait for a place on a connection: first come, first served.

use std::collections::VecDeque;
use std::task::Waker;

/// When somebody joined: who came later has a higher one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

/// See the [module](self). How long anybody waits, and so how many do, is limited by who joins.
#[derive(Debug, Default)]
pub(super) struct Queue {
    next: Ticket,
    /// In the order of their tickets, each with whom to wake, as far as that is known.
    waiting: VecDeque<(Ticket, Option<Waker>)>,
}

impl Queue {
    /// The ticket of the next who joins.
    pub(super) const fn next(&self) -> Ticket {
        self.next
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Somebody waits from now on.
    pub(super) fn join(&mut self) -> Ticket {
        let ticket = self.next;
        self.next = Ticket(ticket.0 + 1);
        self.waiting.push_back((ticket, None));
        ticket
    }

    /// Whether nobody has waited longer.
    pub(super) fn is_first(&self, ticket: Ticket) -> bool {
        self.waiting.front().is_some_and(|(first, _)| *first == ticket)
    }

    /// Who is to be woken for this ticket.
    pub(super) fn wait(&mut self, ticket: Ticket, waker: &Waker) {
        let Some(place) = self.place(ticket) else { return };
        if let Some((_, known)) = self.waiting.get_mut(place)
            && !known.as_ref().is_some_and(|known| known.will_wake(waker))
        {
            *known = Some(waker.clone());
        }
    }

    /// Wakes the one that has waited longest.
    pub(super) fn wake_first(&self) {
        if let Some((_, Some(waker))) = self.waiting.front() {
            waker.wake_by_ref();
        }
    }

    /// Wakes those before this ticket, who wait no longer.
    pub(super) fn dismiss(&mut self, until: Ticket) {
        let count = self.waiting.partition_point(|(ticket, _)| *ticket < until);
        self.waiting.drain(..count).filter_map(|(_, waker)| waker).for_each(Waker::wake);
    }

    /// Waits no longer, if it still does.
    pub(super) fn leave(&mut self, ticket: Ticket) {
        if let Some(place) = self.place(ticket) {
            self.waiting.remove(place);
        }
    }

    fn place(&self, ticket: Ticket) -> Option<usize> {
        self.waiting.binary_search_by_key(&ticket, |(ticket, _)| *ticket).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    /// How often somebody was woken.
    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn waiting<const N: usize>(queue: &mut Queue) -> [(Ticket, Arc<Woken>); N] {
        std::array::from_fn(|_| {
            let (ticket, woken) = (queue.join(), Arc::new(Woken::default()));
            queue.wait(ticket, &Arc::clone(&woken).into());
            (ticket, woken)
        })
    }

    fn woken(all: &[(Ticket, Arc<Woken>)]) -> Vec<usize> {
        all.iter().map(|(_, woken)| woken.0.load(Ordering::SeqCst)).collect()
    }

    #[test]
    fn who_came_first_is_first_however_often_it_was_woken_for_nothing() {
        let mut queue = Queue::default();
        let all: [_; 3] = waiting(&mut queue);
        queue.wake_first();
        queue.wait(all[0].0, &Arc::clone(&all[0].1).into());
        queue.wake_first();
        assert_eq!((woken(&all), queue.is_first(all[0].0)), (vec![2, 0, 0], true));
        // One that gives up in the middle keeps nobody waiting.
        queue.leave(all[1].0);
        queue.leave(all[0].0);
        queue.wake_first();
        assert_eq!((woken(&all), queue.is_first(all[2].0), queue.len()), (vec![2, 0, 1], true, 1));
        queue.leave(all[2].0);
        queue.wake_first();
        assert!(queue.is_empty());
    }

    #[test]
    fn who_came_later_is_not_dismissed_with_the_others() {
        let mut queue = Queue::default();
        let early: [_; 2] = waiting(&mut queue);
        let until = queue.next();
        let late: [_; 1] = waiting(&mut queue);
        queue.dismiss(until);
        assert_eq!((woken(&early), woken(&late)), (vec![1, 1], vec![0]));
        assert!(queue.is_first(late[0].0));
        queue.leave(early[0].0);
        assert_eq!(queue.len(), 1, "it had left already");
    }
}
