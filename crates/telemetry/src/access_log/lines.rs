//! The way of lines from the workers to whoever delivers them.
//!
//! Each worker has a queue of its own, so that no two cores wait for each other. It collects lines in a batch and hands that
//! over when it is large, or when it is told to. A full queue takes none: then the batch is dropped and its lines are
//! counted, and no request waits.

use std::cell::RefCell;
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use elbow_model::key::LoadBalancerKey;

use super::{LogFormat, classic};
use crate::counter::Counter;
use crate::metrics::lock;
use crate::{Logged, RequestFinished};

/// A batch of so many bytes is handed over. The largest line, of a request with the largest head and everything in it
/// escaped, comes on top of that.
const BATCH_BYTES: usize = 64 * 1024;
/// Batches that wait at most, for each worker.
const BATCHES: usize = 64;

/// Lines of one worker.
#[derive(Debug, Default)]
struct Batch {
    bytes: Vec<u8>,
    /// Whose lines follow each other, and where they end.
    runs: Vec<Run>,
}

/// Lines of one load balancer that follow each other.
#[derive(Debug)]
struct Run {
    load_balancer: LoadBalancerKey,
    end: usize,
    lines: u64,
}

/// The access logs of a process: workers write through their [`LogWriter`], one task takes what they have written.
#[derive(Debug, Default)]
pub struct AccessLogs {
    queues: Mutex<Vec<Queue>>,
    pub(crate) delivery: Delivery,
}

/// What became of lines behind the queues; the one who delivers counts.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    pub(crate) lost_lines: AtomicU64,
    pub(crate) files: AtomicU64,
    pub(crate) failures: AtomicU64,
}

#[derive(Debug)]
struct Queue {
    batches: Receiver<Batch>,
    counts: Arc<Counts>,
}

/// Lines of one worker.
#[derive(Debug, Default)]
struct Counts {
    written: Counter,
    dropped: Counter,
}

/// Writes the lines of one worker, on its thread only. What it still has goes out when it is dropped.
#[derive(Debug)]
pub struct LogWriter {
    batch: RefCell<Batch>,
    queue: SyncSender<Batch>,
    counts: Arc<Counts>,
}

impl AccessLogs {
    /// No lines yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A writer for one more worker.
    pub fn writer(&self) -> LogWriter {
        let (sender, batches) = sync_channel(BATCHES);
        let counts = Arc::new(Counts::default());
        lock(&self.queues).push(Queue { batches, counts: Arc::clone(&counts) });
        LogWriter { batch: RefCell::default(), queue: sender, counts }
    }

    /// Hands over everything that workers have handed over: whose lines, the lines themselves, and how many they are.
    pub fn take(&self, mut each: impl FnMut(LoadBalancerKey, &[u8], u64)) {
        for queue in lock(&self.queues).iter() {
            // No more than there is room for: a worker that is faster than we are must not keep us from the others.
            for batch in queue.batches.try_iter().take(BATCHES) {
                let mut start = 0;
                for Run { load_balancer, end, lines } in batch.runs {
                    each(load_balancer, batch.bytes.get(start..end).unwrap_or_default(), lines);
                    start = end;
                }
            }
        }
    }

    /// So many lines were given up by whoever delivers them.
    pub fn lost(&self, lines: u64) {
        self.delivery.lost_lines.fetch_add(lines, Ordering::Relaxed);
    }

    /// A file was delivered.
    pub fn delivered(&self) {
        self.delivery.files.fetch_add(1, Ordering::Relaxed);
    }

    /// An attempt to deliver a file has failed.
    pub fn failed(&self) {
        self.delivery.failures.fetch_add(1, Ordering::Relaxed);
    }

    /// Lines that were written, and those of them that found no room.
    pub(crate) fn written_and_dropped(&self) -> (u64, u64) {
        let queues = lock(&self.queues);
        let sum = |of: fn(&Counts) -> &Counter| queues.iter().map(|queue| of(&queue.counts).read()).sum();
        (sum(|counts| &counts.written), sum(|counts| &counts.dropped))
    }
}

impl LogWriter {
    /// Writes the line of a request, if its load balancer has an access log.
    pub fn request_finished(&self, event: &RequestFinished<'_>) {
        if let Some(logged) = &event.logged {
            self.write(event, logged);
        }
    }

    fn write(&self, event: &RequestFinished<'_>, logged: &Logged<'_>) {
        let Some(load_balancer) = event.load_balancer else { return };
        let mut batch = self.batch.borrow_mut();
        let written = match logged.format {
            LogFormat::Classic => classic::write(&mut batch.bytes, event, logged),
        };
        debug_assert!(written.is_ok(), "a vector takes everything");
        self.counts.written.add(1);
        batch.end_line(load_balancer);
        if batch.bytes.len() >= BATCH_BYTES {
            self.hand_over(&mut batch);
        }
    }

    /// Hands over what there is. Call it every second or so.
    pub fn flush(&self) {
        let mut batch = self.batch.borrow_mut();
        if !batch.runs.is_empty() {
            self.hand_over(&mut batch);
        }
    }

    fn hand_over(&self, batch: &mut Batch) {
        let full = mem::take(batch);
        let lines = full.lines();
        if self.queue.try_send(full).is_err() {
            self.counts.dropped.add(lines);
        }
    }
}

impl Drop for LogWriter {
    fn drop(&mut self) {
        self.flush();
    }
}

impl Batch {
    fn end_line(&mut self, load_balancer: LoadBalancerKey) {
        let end = self.bytes.len();
        match self.runs.last_mut().filter(|run| run.load_balancer == load_balancer) {
            Some(run) => (run.end, run.lines) = (end, run.lines + 1),
            None => self.runs.push(Run { load_balancer, end, lines: 1 }),
        }
    }

    fn lines(&self) -> u64 {
        self.runs.iter().map(|run| run.lines).sum()
    }
}

#[cfg(test)]
mod tests {
    use elbow_model::{Port, Protocol};

    use super::*;
    use crate::{LogTime, LogTimes};

    /// Writes so many lines of a load balancer.
    fn write(writer: &LogWriter, load_balancer: u64, lines: usize) {
        let logged = Logged {
            format: LogFormat::Classic,
            load_balancer: "shop",
            protocol: Protocol::Tcp,
            port: Port::new(80).unwrap(),
            secured: None,
            created: LogTime::default(),
            times: LogTimes::default(),
            received_head: 0,
            sent_heads: 0,
            host: b"",
            path: b"",
            query: None,
        };
        let event = RequestFinished {
            load_balancer: Some(LoadBalancerKey::new(load_balancer)),
            logged: Some(logged),
            ..classic::tests::event()
        };
        (0..lines).for_each(|_| writer.request_finished(&event));
    }

    fn taken(logs: &AccessLogs) -> Vec<(u64, u64)> {
        let mut taken = Vec::new();
        logs.take(|key, bytes, lines| {
            assert_eq!(bytes.iter().filter(|b| **b == b'\n').count() as u64, lines);
            assert!(bytes.ends_with(b"\n"));
            taken.push((key.get(), lines));
        });
        taken
    }

    #[test]
    fn lines_come_in_runs_of_their_load_balancer() {
        let logs = AccessLogs::new();
        let writer = logs.writer();
        for (load_balancer, lines) in [(1, 2), (2, 1), (1, 1)] {
            write(&writer, load_balancer, lines);
        }
        assert_eq!(taken(&logs), [], "they are collected first");
        writer.flush();
        writer.flush();
        assert_eq!(taken(&logs), [(1, 2), (2, 1), (1, 1)]);
        assert_eq!(taken(&logs), []);
    }

    #[test]
    fn a_large_batch_goes_out_by_itself_and_the_rest_with_its_writer() {
        let logs = AccessLogs::new();
        let writer = logs.writer();
        write(&writer, 1, 2000);
        let first: u64 = taken(&logs).iter().map(|(_, lines)| lines).sum();
        assert!((500..2000).contains(&first), "{first}");
        drop(writer);
        assert_eq!(taken(&logs), [(1, 2000 - first)]);
    }

    #[test]
    fn lines_that_find_no_room_are_counted_and_nobody_waits() {
        let logs = AccessLogs::new();
        let writer = logs.writer();
        for _ in 0..BATCHES + 3 {
            write(&writer, 1, 5);
            writer.flush();
        }
        assert_eq!(logs.written_and_dropped(), (5 * (BATCHES as u64 + 3), 15));
        assert_eq!(taken(&logs).len(), BATCHES);
        write(&writer, 1, 1);
        writer.flush();
        assert_eq!(taken(&logs), [(1, 1)], "there is room again");
    }

    #[test]
    fn a_request_of_a_load_balancer_without_a_log_writes_nothing() {
        let logs = AccessLogs::new();
        let writer = logs.writer();
        writer.request_finished(&classic::tests::event());
        assert_eq!(writer.batch.borrow().bytes.capacity(), 0);
        writer.flush();
        assert_eq!(taken(&logs), []);
        assert_eq!(logs.written_and_dropped(), (0, 0));
    }
}
