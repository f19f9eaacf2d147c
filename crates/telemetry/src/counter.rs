//! Numbers that one worker writes and anybody reads.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// A number with one writer. Adding is a load and a store, not a locked instruction, because nobody else writes.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    /// Adds; only the worker that owns the shard may.
    pub(crate) fn add(&self, more: u64) {
        self.0.store(self.0.load(Ordering::Relaxed).wrapping_add(more), Ordering::Relaxed);
    }

    pub(crate) fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many different words one set of [`Words`] counts; further ones are counted under [`OTHER`].
const WORDS: usize = 32;
/// The word for those that found no place.
const OTHER: &str = "other";

/// Counters by word, for a small vocabulary that is known to somebody else. Words are found by address first: the
/// same outcome is the same static text.
#[derive(Debug, Default)]
pub(crate) struct Words {
    counts: [(OnceLock<&'static str>, Counter); WORDS],
    other: Counter,
}

impl Words {
    /// Counts one more of `word`.
    pub(crate) fn add(&self, word: &'static str) {
        for (name, count) in &self.counts {
            let name = *name.get_or_init(|| word);
            if std::ptr::eq(name, word) || name == word {
                return count.add(1);
            }
        }
        self.other.add(1);
    }

    /// The words seen so far with their counts.
    pub(crate) fn read(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let known = self.counts.iter().filter_map(|(name, count)| Some((*name.get()?, count.read())));
        let other = Some((OTHER, self.other.read())).filter(|(_, count)| *count > 0);
        known.chain(other)
    }
}

/// Buckets of a [`Histogram`]: the upper bound of bucket n is 2^n microseconds; the last one is above 67 s and open.
pub(crate) const BUCKETS: usize = 28;

/// Durations by power of two.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    buckets: [Counter; BUCKETS],
    sum_micros: Counter,
}

impl Histogram {
    pub(crate) fn add(&self, duration: std::time::Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let bucket = (u64::BITS - micros.saturating_sub(1).leading_zeros()) as usize;
        if let Some(bucket) = self.buckets.get(bucket.min(BUCKETS - 1)) {
            bucket.add(1);
        }
        self.sum_micros.add(micros);
    }

    /// The count of each bucket, and the sum of all durations in microseconds.
    pub(crate) fn read(&self) -> ([u64; BUCKETS], u64) {
        (std::array::from_fn(|n| self.buckets.get(n).map_or(0, Counter::read)), self.sum_micros.read())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_duration_falls_into_the_smallest_bucket_that_holds_it() {
        for (micros, bucket) in [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (1024, 10), (1025, 11)] {
            let histogram = Histogram::default();
            histogram.add(Duration::from_micros(micros));
            assert_eq!(histogram.read().0.iter().position(|count| *count == 1), Some(bucket), "{micros} us");
        }
        let histogram = Histogram::default();
        histogram.add(Duration::from_secs(4000));
        assert_eq!(histogram.read().0[BUCKETS - 1], 1);
    }

    #[test]
    fn words_are_told_apart_by_what_they_say_and_never_lost() {
        let words = Words::default();
        for word in ["hit", "new", "hit"] {
            words.add(word);
        }
        for n in 0..40 {
            words.add(Box::leak(format!("word {n}").into_boxed_str()));
        }
        assert_eq!(words.read().find(|(word, _)| *word == "hit"), Some(("hit", 2)));
        assert_eq!(words.read().map(|(_, count)| count).sum::<u64>(), 43);
    }
}
