//! Latencies of a run, kept whole: a million of them are eight megabytes, and percentiles are then exact.

use std::time::Duration;

/// Every latency of a run.
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

    /// Sorts them, after which percentiles can be asked for.
    pub fn sorted(mut self) -> SortedLatencies {
        self.nanoseconds.sort_unstable();
        SortedLatencies { nanoseconds: self.nanoseconds }
    }
}

/// Latencies in order.
#[derive(Debug)]
pub struct SortedLatencies {
    nanoseconds: Vec<u64>,
}

impl SortedLatencies {
    /// The latency in microseconds that `share` (0.5, 0.99…) of the requests did not exceed; 0 without requests.
    pub fn percentile_us(&self, share: f64) -> f64 {
        let rank = (self.nanoseconds.len() as f64 * share).ceil() as usize;
        let nanoseconds = self.nanoseconds.get(rank.saturating_sub(1)).copied().unwrap_or(0);
        nanoseconds as f64 / 1_000.0
    }

    /// The worst one in microseconds; 0 without requests.
    pub fn max_us(&self) -> f64 {
        self.percentile_us(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Latencies;
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
    fn nothing_measured_is_zero() {
        assert_eq!(Latencies::default().sorted().percentile_us(0.99), 0.0);
    }
}
