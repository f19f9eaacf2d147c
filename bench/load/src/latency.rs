//! Latencies of a run, kept whole: a million of them are eight megabytes, and percentiles are then exact.
//!
//! A machine that stops for a moment (another guest of its host, a timer) delays all requests of that moment, whatever is
//! measured: one such stop decides a whole run's 99th percentile. [`Latencies::typical_us`] shows what the run looks
//! like between them.

use std::time::Duration;

/// Requests of one window, a seventh of a second at the rates in use: enough for a 99th percentile.
const WINDOW_REQUESTS: usize = 5_000;

/// Every latency of a run, in the order of the answers.
#[derive(Debug, Default)]
pub struct Latencies {
    nanoseconds: Vec<u64>,
}

impl Latencies {
    /// Room for `count` latencies, so that a run never reallocates while it measures.
    pub fn with_capacity(count: usize) -> Self {
        Self { nanoseconds: Vec::with_capacity(count) }
    }

    /// Adds one.
    pub fn record(&mut self, latency: Duration) {
        self.nanoseconds.push(u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX));
    }

    /// The median, in microseconds, of what `share` of the requests of each whole window did not exceed; of all
    /// requests if there is no whole window.
    pub fn typical_us(&self, share: f64) -> f64 {
        let whole = self.nanoseconds.chunks_exact(WINDOW_REQUESTS.min(self.nanoseconds.len().max(1)));
        let mut windows: Vec<f64> =
            whole.map(|window| percentile_us(&sorted(window.to_vec()), share)).collect();
        windows.sort_unstable_by(f64::total_cmp);
        windows.get(windows.len() / 2).copied().unwrap_or(0.0)
    }

    /// Sorts them, after which percentiles can be asked for.
    pub fn sorted(self) -> SortedLatencies {
        SortedLatencies { nanoseconds: sorted(self.nanoseconds) }
    }
}

fn sorted(mut nanoseconds: Vec<u64>) -> Vec<u64> {
    nanoseconds.sort_unstable();
    nanoseconds
}

/// What `share` of them did not exceed; 0 if there are none.
fn percentile_us(sorted: &[u64], share: f64) -> f64 {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    let nanoseconds = sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0);
    nanoseconds as f64 / 1_000.0
}

/// Latencies in order.
#[derive(Debug)]
pub struct SortedLatencies {
    nanoseconds: Vec<u64>,
}

impl SortedLatencies {
    /// The latency in microseconds that `share` (0.5, 0.99…) of the requests did not exceed; 0 without requests.
    pub fn percentile_us(&self, share: f64) -> f64 {
        percentile_us(&self.nanoseconds, share)
    }

    /// The worst one in microseconds; 0 without requests.
    pub fn max_us(&self) -> f64 {
        self.percentile_us(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Latencies, WINDOW_REQUESTS};
    use std::time::Duration;

    #[test]
    fn percentiles_are_ranks() {
        let mut latencies = Latencies::default();
        for microseconds in (1..=100).rev() {
            latencies.record(Duration::from_micros(microseconds));
        }
        let sorted = latencies.sorted();
        for (share, expected) in [(0.0, 1.0), (0.5, 50.0), (0.99, 99.0), (0.999, 100.0), (1.0, 100.0)] {
            assert_eq!(sorted.percentile_us(share), expected, "share {share}");
        }
        assert_eq!(sorted.max_us(), 100.0);
    }

    #[test]
    fn a_stop_of_the_machine_is_not_typical() {
        let mut latencies = Latencies::default();
        for request in 0..5 * WINDOW_REQUESTS {
            let stopped = (12_000..13_000).contains(&request);
            latencies.record(Duration::from_micros(if stopped { 15_000 } else { 200 }));
        }
        assert_eq!(latencies.typical_us(0.99), 200.0);
        assert_eq!(latencies.sorted().percentile_us(0.99), 15_000.0, "it counts in the whole run");
    }

    #[test]
    fn a_short_run_is_one_window() {
        let mut latencies = Latencies::default();
        (1..=100).for_each(|microseconds| latencies.record(Duration::from_micros(microseconds)));
        assert_eq!(latencies.typical_us(0.99), 99.0);
    }

    #[test]
    fn nothing_measured_is_zero() {
        assert_eq!(Latencies::default().typical_us(0.99), 0.0);
        assert_eq!(Latencies::default().sorted().percentile_us(0.99), 0.0);
    }
}
