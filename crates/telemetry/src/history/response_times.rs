//! Response times of a step of time: how many were about how long.

use std::time::Duration;

use crate::counter::BUCKETS;

/// Response times by power of two microseconds; buckets without any take no place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseTimes {
    /// The number of a bucket, whose upper bound is 2^n microseconds, and how many it has.
    buckets: Vec<(u8, u64)>,
    sum_micros: u64,
}

impl ResponseTimes {
    pub(super) fn new(buckets: &[u64; BUCKETS], sum_micros: u64) -> Self {
        let numbered = (0..).zip(buckets.iter().copied());
        Self { buckets: numbered.filter(|(_, count)| *count > 0).collect(), sum_micros }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.sum_micros += other.sum_micros;
        for (bucket, count) in &other.buckets {
            match self.buckets.binary_search_by_key(bucket, |(known, _)| *known) {
                Ok(place) => {
                    self.buckets.iter_mut().skip(place).take(1).for_each(|(_, known)| *known += count);
                }
                Err(place) => self.buckets.insert(place, (*bucket, *count)),
            }
        }
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.buckets.iter().map(|(_, count)| count).sum()
    }

    /// The mean of all; `None` if there are none.
    pub fn mean(&self) -> Option<Duration> {
        self.sum_micros.checked_div(self.count()).map(Duration::from_micros)
    }

    /// About how long the fastest share of them took at most, `share` from 0 to 1; `None` if there are none. It lies in
    /// the right power of two, and within that where it would if they were spread evenly.
    pub fn percentile(&self, share: f64) -> Option<Duration> {
        let wanted = self.count() as f64 * share.clamp(0.0, 1.0);
        let mut before = 0.0;
        for (bucket, count) in &self.buckets {
            let count = *count as f64;
            if before + count >= wanted {
                let upper = 2.0_f64.powi(i32::from(*bucket));
                let lower = if *bucket == 0 { 0.0 } else { upper / 2.0 };
                let micros = lower + (upper - lower) * ((wanted - before) / count).clamp(0.0, 1.0);
                return Some(Duration::from_nanos((micros * 1000.0) as u64));
            }
            before += count;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(counts: &[(usize, u64)], sum_micros: u64) -> ResponseTimes {
        let mut buckets = [0; BUCKETS];
        counts.iter().for_each(|(bucket, count)| buckets[*bucket] = *count);
        ResponseTimes::new(&buckets, sum_micros)
    }

    #[test]
    fn percentiles_lie_in_the_right_power_of_two() {
        let times = of(&[(10, 90), (14, 9), (20, 1)], 90 * 700 + 9 * 12_000 + 900_000);
        assert_eq!(times.count(), 100);
        assert_eq!(times.mean(), Some(Duration::from_micros(10_710)));
        let micros = |share| times.percentile(share).unwrap().as_micros();
        assert_eq!(micros(0.9), 1024);
        assert!((512..1024).contains(&micros(0.5)) && micros(0.25) < micros(0.5));
        assert!((8_192..=16_384).contains(&micros(0.99)));
        assert!((524_288..=1_048_576).contains(&micros(1.0)));
        assert_eq!(of(&[], 0).percentile(0.5), None);
        assert_eq!(of(&[], 0).mean(), None);
    }

    #[test]
    fn merged_ones_are_as_if_counted_together() {
        let mut times = of(&[(3, 1), (10, 2)], 1_500);
        times.merge(&of(&[(0, 4), (10, 1)], 804));
        assert_eq!(times, of(&[(0, 4), (3, 1), (10, 3)], 2_304));
    }
}
