//! Lines that wait for their file, and files that wait to be delivered. Pure: the time is told.
//!
//! A file is cut when its period is over, when it is large, when its load balancer logs no more or somewhere else, or when
//! all lines together take too much memory. So one period may have several files, as at AWS.

use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use elbow_api::objects::ObjectName;
use elbow_model::Timestamp;
use elbow_model::key::LoadBalancerKey;
use elbow_telemetry::AccessLogs;

use super::destination::Destination;

/// A file of so many bytes is cut before its period is over.
const FILE_BYTES: usize = 8 * 1024 * 1024;
/// So many bytes of lines are kept for all files together before all are cut.
const LINES_BYTES: usize = 32 * 1024 * 1024;
/// So many bytes are kept at most, files included; lines that come then are lost, and counted.
const KEPT_BYTES: usize = 128 * 1024 * 1024;
/// Times that a file is tried: about an hour.
const ATTEMPTS: u32 = 64;
/// The longest pause between two of them.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Workers hand over their lines once a second: a log that was switched off gets its last ones for this long.
const LEAVING: Duration = Duration::from_secs(3);

/// Everything that was handed over and has not arrived.
pub(super) struct Ledger {
    logs: BTreeMap<LoadBalancerKey, Log>,
    files: VecDeque<File>,
    /// Bytes of lines that are in no file yet.
    open_bytes: usize,
    /// Bytes of files, those included that are on their way.
    file_bytes: usize,
    /// Lines of files.
    file_lines: u64,
    counts: Arc<AccessLogs>,
    random: Arc<dyn Fn() -> u64 + Send + Sync>,
}

/// The log of one load balancer.
struct Log {
    destination: Arc<Destination>,
    bytes: Vec<u8>,
    lines: u64,
    /// When the present period ends.
    end: Timestamp,
    /// It is switched off, and forgotten then.
    leaves: Option<Timestamp>,
}

/// A file that is to be delivered.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) destination: Arc<Destination>,
    pub(super) name: ObjectName,
    pub(super) content: Bytes,
    pub(super) lines: u64,
    attempts: u32,
    due: Timestamp,
}

impl Ledger {
    pub(super) fn new(counts: Arc<AccessLogs>, random: Arc<dyn Fn() -> u64 + Send + Sync>) -> Self {
        Self {
            logs: BTreeMap::new(),
            files: VecDeque::new(),
            open_bytes: 0,
            file_bytes: 0,
            file_lines: 0,
            counts,
            random,
        }
    }

    /// From now on lines go there.
    pub(super) fn configure(
        &mut self,
        mut destinations: BTreeMap<LoadBalancerKey, Arc<Destination>>,
        now: Timestamp,
    ) {
        let known: Vec<LoadBalancerKey> = self.logs.keys().copied().collect();
        for key in known {
            let next = destinations.remove(&key);
            let Some(log) = self.logs.get_mut(&key) else { continue };
            match next {
                Some(next) if next == log.destination => log.leaves = None,
                Some(next) => {
                    self.cut(key);
                    self.open(key, next, now);
                }
                None => log.leaves = log.leaves.or(Some(now + LEAVING)),
            }
        }
        destinations.into_iter().for_each(|(key, destination)| self.open(key, destination, now));
    }

    fn open(&mut self, key: LoadBalancerKey, destination: Arc<Destination>, now: Timestamp) {
        let end = destination.end_of_period(now);
        self.logs.insert(key, Log { destination, bytes: Vec::new(), lines: 0, end, leaves: None });
    }

    /// Takes lines of a load balancer. Those of one that does not log are nobody's.
    pub(super) fn add(&mut self, key: LoadBalancerKey, bytes: &[u8], lines: u64, now: Timestamp) {
        let kept = self.open_bytes + self.file_bytes;
        let Some(log) = self.logs.get_mut(&key) else { return };
        if kept + bytes.len() > KEPT_BYTES {
            return self.counts.lost(lines);
        }
        if now >= log.end {
            self.cut_due(now);
        }
        let Some(log) = self.logs.get_mut(&key) else { return };
        log.bytes.extend_from_slice(bytes);
        log.lines += lines;
        self.open_bytes += bytes.len();
        if log.bytes.len() >= FILE_BYTES {
            self.cut(key);
        }
        if self.open_bytes >= LINES_BYTES {
            self.cut_all();
        }
    }

    /// Makes files of what is due.
    pub(super) fn cut_due(&mut self, now: Timestamp) {
        let left = |log: &Log| log.leaves.is_some_and(|leaves| leaves <= now);
        let due = |log: &Log| log.end <= now || left(log);
        let due: Vec<_> = self.logs.iter().filter(|(_, log)| due(log)).map(|(key, _)| *key).collect();
        for key in due {
            self.cut(key);
            if let Some(log) = self.logs.get_mut(&key) {
                log.end = log.destination.end_of_period(now);
            }
        }
        self.logs.retain(|_, log| !left(log));
    }

    /// Makes files of everything.
    pub(super) fn cut_all(&mut self) {
        let all: Vec<_> = self.logs.keys().copied().collect();
        all.into_iter().for_each(|key| self.cut(key));
    }

    /// Makes a file of a load balancer's lines, if there are any.
    fn cut(&mut self, key: LoadBalancerKey) {
        let Some(log) = self.logs.get_mut(&key).filter(|log| log.lines > 0) else { return };
        let (mut content, lines) = (mem::take(&mut log.bytes), mem::take(&mut log.lines));
        self.open_bytes -= content.len();
        // What it had room for beyond that would wait with it.
        content.shrink_to_fit();
        match log.destination.file(log.end, (self.random)()) {
            Ok(name) => {
                self.file_bytes += content.len();
                self.file_lines += lines;
                let (destination, due) = (Arc::clone(&log.destination), Timestamp::default());
                let content = content.into();
                self.files.push_back(File { destination, name, content, lines, attempts: 0, due });
            }
            // The prefix is within its limit, so this is not met.
            Err(why) => {
                tracing::error!(lines, "lines of an access log are lost, for its file has no name: {why}");
                self.counts.lost(lines);
            }
        }
    }

    /// A file whose time has come. It counts as kept until it was [delivered](Self::delivered) or has [failed](Self::failed).
    pub(super) fn next_file(&mut self, now: Timestamp) -> Option<File> {
        let at = self.files.iter().position(|file| file.due <= now)?;
        self.files.remove(at)
    }

    /// It has arrived.
    pub(super) fn delivered(&mut self, file: &File) {
        self.counts.delivered();
        self.forget(file);
    }

    /// It has not: it is tried again, less and less often, and given up at last.
    pub(super) fn failed(&mut self, mut file: File, why: &str, now: Timestamp) {
        self.counts.failed();
        file.attempts += 1;
        if file.attempts >= ATTEMPTS {
            tracing::error!(file = %file.name, lines = file.lines, "an access log is given up: {why}");
            self.counts.lost(file.lines);
            return self.forget(&file);
        }
        let pause = Duration::from_secs(1 << (file.attempts - 1).min(6)).min(LONGEST_PAUSE);
        tracing::warn!(file = %file.name, ?pause, "an access log was not delivered and is tried again: {why}");
        file.due = now + pause;
        self.files.push_back(file);
    }

    fn forget(&mut self, file: &File) {
        self.file_bytes -= file.content.len();
        self.file_lines -= file.lines;
    }

    /// Whether files wait.
    pub(super) fn has_files(&self) -> bool {
        !self.files.is_empty()
    }

    /// Lines that have not arrived.
    pub(super) fn lines(&self) -> u64 {
        self.file_lines + self.logs.values().map(|log| log.lines).sum::<u64>()
    }

    /// There is no time for pauses any more.
    pub(super) fn hurry(&mut self) {
        self.files.iter_mut().for_each(|file| file.due = Timestamp::default());
    }
}

#[cfg(test)]
mod tests {
    use super::super::destination::tests::destination;
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_392_507_583);

    fn key(number: u64) -> LoadBalancerKey {
        LoadBalancerKey::new(number)
    }

    fn ledger(destinations: &[(u64, Arc<Destination>)]) -> Ledger {
        let mut ledger = Ledger::new(Arc::new(AccessLogs::new()), Arc::new(|| 0));
        ledger.configure(configured(destinations), NOW);
        ledger
    }

    fn configured(destinations: &[(u64, Arc<Destination>)]) -> BTreeMap<LoadBalancerKey, Arc<Destination>> {
        destinations.iter().map(|(number, destination)| (key(*number), Arc::clone(destination))).collect()
    }

    fn lost(ledger: &Ledger) -> bool {
        let mut text = String::new();
        ledger.counts.write_prometheus(&mut text).unwrap();
        !text.contains("{reason=\"undelivered\"} 0\n")
    }

    /// Bucket and lines of each file, in order.
    fn files(ledger: &mut Ledger, now: Timestamp) -> Vec<(String, u64)> {
        let mut files = Vec::new();
        while let Some(file) = ledger.next_file(now) {
            files.push((file.name.bucket().to_owned(), file.lines));
            ledger.delivered(&file);
        }
        files
    }

    #[test]
    fn a_file_is_cut_when_its_period_is_over_and_none_is_empty() {
        let mut ledger = ledger(&[(1, destination("often", 5)), (2, destination("seldom", 60))]);
        ledger.add(key(1), b"a\nb\n", 2, NOW);
        ledger.add(key(2), b"c\n", 1, NOW);
        ledger.add(key(3), b"of nobody\n", 1, NOW);
        ledger.cut_due(NOW);
        assert_eq!(files(&mut ledger, NOW), []);
        let later = NOW + Duration::from_secs(20);
        ledger.add(key(1), b"d\n", 1, later);
        assert_eq!(files(&mut ledger, later), [("often".to_owned(), 2)], "23:40 has come");
        let later = NOW + Duration::from_secs(3600);
        ledger.cut_due(later);
        assert_eq!(files(&mut ledger, later), [("often".to_owned(), 1), ("seldom".to_owned(), 1)]);
        ledger.cut_all();
        assert_eq!((files(&mut ledger, later).len(), ledger.lines(), ledger.file_bytes), (0, 0, 0));
    }

    #[test]
    fn lines_go_where_their_load_balancer_logs_and_the_last_ones_where_it_did() {
        let mut ledger = ledger(&[(1, destination("old", 5))]);
        ledger.add(key(1), b"a\n", 1, NOW);
        ledger.configure(configured(&[(1, destination("new", 5))]), NOW);
        ledger.add(key(1), b"b\n", 1, NOW);
        ledger.configure(BTreeMap::new(), NOW);
        ledger.add(key(1), b"c\n", 1, NOW);
        ledger.cut_due(NOW);
        assert_eq!(files(&mut ledger, NOW), [("old".to_owned(), 1)]);
        let later = NOW + LEAVING;
        ledger.cut_due(later);
        ledger.add(key(1), b"too late\n", 1, later);
        ledger.cut_all();
        assert_eq!(files(&mut ledger, later), [("new".to_owned(), 2)]);

        ledger.configure(configured(&[(1, destination("new", 5))]), NOW);
        ledger.configure(BTreeMap::new(), NOW);
        ledger.configure(configured(&[(1, destination("new", 5))]), NOW);
        ledger.cut_due(NOW + LEAVING);
        assert_eq!(ledger.logs.len(), 1, "it was switched on again in time");
    }

    #[test]
    fn a_file_that_is_not_taken_is_tried_again_and_given_up_at_last() {
        let mut ledger = ledger(&[(1, destination("logs", 5))]);
        ledger.add(key(1), b"a\n", 1, NOW);
        ledger.cut_all();
        let (mut now, mut pauses) = (NOW, Vec::new());
        for _ in 0..ATTEMPTS {
            let file = ledger.next_file(now).unwrap();
            ledger.failed(file, "nobody is there", now);
            assert!(ledger.next_file(now).is_none(), "not at once");
            let due = ledger.files.front().map_or(now, |file| file.due);
            pauses.push(due.saturating_since(now).as_secs());
            now = due;
        }
        assert_eq!(pauses[..8], [1, 2, 4, 8, 16, 32, 60, 60]);
        assert!(pauses.iter().sum::<u64>() > 3000);
        assert!(!ledger.has_files() && ledger.lines() == 0 && ledger.file_bytes == 0 && lost(&ledger));
    }

    #[test]
    fn memory_is_bounded_and_what_has_no_room_is_counted() {
        let both = [(1, destination("one", 60)), (2, destination("two", 60))];
        let mut ledger = ledger(&both);
        let line = [vec![b'x'; 1024 * 1024 - 1], b"\n".to_vec()].concat();
        (0..9).for_each(|_| ledger.add(key(1), &line, 1, NOW));
        assert_eq!(ledger.next_file(NOW).map(|file| file.lines), Some(8), "a large file does not wait");
        (0..200).for_each(|n| ledger.add(key(n % 2 + 1), &line, 1, NOW));
        assert!(ledger.open_bytes + ledger.file_bytes <= KEPT_BYTES && lost(&ledger));
        let mut many: Vec<_> = (0..8).map(|n| (n, destination("many", 60))).collect();
        many.truncate(8);
        let mut ledger = super::tests::ledger(&many);
        (0..40).for_each(|n| ledger.add(key(n % 8), &line, 1, NOW));
        assert!(
            ledger.has_files() && ledger.open_bytes < LINES_BYTES,
            "many small ones together do not wait either"
        );
        assert!(!lost(&ledger));
    }
}
