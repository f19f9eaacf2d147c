//! The order of a worker's turn: first all that has come is read, then all that is to go out is written.
//!
//! The event loop wakes the tasks of all connections that something has come for. If each of them wrote as soon as it
//! knew what, its reader would wake, find one message and sleep again, and waking a sleeper is the dearest part of a
//! small write. When the writes follow each other closely, their readers are still awake; and the code that decides
//! and the system's code that sends are each used many times in a row while they are in the processor's cache.
//!
//! It costs a second poll of the task. Where a turn has one event, nobody waits for anybody; and who writes to a stream of
//! HTTP/2 has no need to wait: the task of its connection, which comes after all that have something for it, writes once.

use std::future::poll_fn;
use std::task::Poll;

/// Lets the tasks go first that are ready by now: a task that wakes itself is the last in the runtime's queue. With
/// another order of the queue it would only be of no use.
pub(crate) async fn after_the_others() {
    let mut went_first = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut went_first, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;
    use crate::worker::event_loop;

    #[test]
    fn all_that_are_ready_read_before_the_first_writes() {
        let seen = Rc::new(RefCell::new(Vec::new()));
        event_loop().unwrap().block_on(async {
            let tasks = ["a", "b", "c"].map(|name| {
                let seen = Rc::clone(&seen);
                tokio::task::spawn_local(async move {
                    seen.borrow_mut().push(format!("{name} reads"));
                    after_the_others().await;
                    seen.borrow_mut().push(format!("{name} writes"));
                })
            });
            for task in tasks {
                task.await.unwrap();
            }
        });
        let expected = ["a reads", "b reads", "c reads", "a writes", "b writes", "c writes"];
        assert_eq!(*seen.borrow(), expected);
    }
}
