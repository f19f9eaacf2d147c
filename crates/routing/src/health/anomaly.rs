//! Targets whose errors stand out, and what they get of the load meanwhile (B2).
//!
//! [`AnomalyDetector`] belongs to one group on one node. It takes the numbers of each five seconds and gives each target
//! a result and a share; nothing else goes in or comes out.

use elbow_model::AnomalyDetection;
use elbow_model::key::TargetKey;

use crate::KeyMap;

/// The share of a target that gets as much as any other.
pub const FULL_SHARE: u16 = 1000;

// AWS: unknown which difference is an anomaly, how fast shares change and what the minimum is. We compare with the
// median, because it does not follow a few bad targets; we take load away fast and give it back slowly; and leave a
// tenth, which is enough to notice that a target is well again.

/// The smallest share, in thousandths: a tenth.
pub const MINIMUM_SHARE: u16 = FULL_SHARE / 10;
/// What is added in each step when a target is normal, in thousandths: it is back after three quarters of a minute.
const REGAINED: u16 = FULL_SHARE / 10;
/// Healthy targets without which nothing is compared (B2).
const MIN_TARGETS: usize = 3;
/// A target is judged when it has had so many requests since it was judged last.
const MIN_REQUESTS: u64 = 20;
/// Steps after which a judgement is forgotten if there was not enough for a newer one: a minute.
const MEMORY: u32 = 12;
/// A target is anomalous if its share of errors is above the median by this much …
const EXCESS: f64 = 0.10;
/// … and normal again if it is above the median by at most this much.
const TOLERATED: f64 = 0.05;

/// What is found of one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anomaly {
    /// The result of detection: `anomalous`, or else `normal`.
    pub anomalous: bool,
    /// What it should get of the load, in thousandths of what another one gets: [`MINIMUM_SHARE`] to [`FULL_SHARE`].
    pub share: u16,
}

impl Default for Anomaly {
    fn default() -> Self {
        Self { anomalous: false, share: FULL_SHARE }
    }
}

impl Anomaly {
    /// Whether mitigation is in effect.
    pub const fn is_mitigated(self) -> bool {
        self.share < FULL_SHARE
    }

    /// In the words of `DescribeTargetHealth`.
    pub const fn told(self) -> AnomalyDetection {
        AnomalyDetection { anomalous: self.anomalous, mitigated: self.is_mitigated() }
    }
}

/// What happened with a target in one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests that it answered or should have.
    pub requests: u64,
    /// Those of them that it answered with 5xx, or whose connection failed; at most `requests`.
    pub errors: u64,
}

/// Compares the targets of one group, one step every five seconds.
#[derive(Debug, Default)]
pub struct AnomalyDetector {
    targets: KeyMap<TargetKey, Record>,
}

#[derive(Debug, Default)]
struct Record {
    anomaly: Anomaly,
    /// Since it was judged last.
    tally: Tally,
    /// Its share of errors when it was judged last.
    judged: Option<f64>,
    /// Steps since then.
    age: u32,
}

impl AnomalyDetector {
    /// Takes in the step of every healthy target of the group; others are forgotten. Returns what is found of each.
    /// Without `mitigates`, all have a full share.
    pub fn step(
        &mut self,
        healthy: impl Iterator<Item = (TargetKey, Tally)>,
        mitigates: bool,
    ) -> impl Iterator<Item = (TargetKey, Anomaly)> {
        let mut targets = KeyMap::default();
        for (key, tally) in healthy {
            let mut record = self.targets.remove(&key).unwrap_or_default();
            record.take_in(tally);
            targets.insert(key, record);
        }
        self.targets = targets;
        let median = self.median();
        for record in self.targets.values_mut() {
            record.judge(median, mitigates);
        }
        self.targets.iter().map(|(key, record)| (*key, record.anomaly))
    }

    /// The median of the shares of errors; of two in the middle the lower one. `None` while too few are known.
    fn median(&self) -> Option<f64> {
        let mut shares: Vec<f64> = self.targets.values().filter_map(|record| record.judged).collect();
        if shares.len() < MIN_TARGETS {
            return None;
        }
        shares.sort_unstable_by(f64::total_cmp);
        shares.get((shares.len() - 1) / 2).copied()
    }
}

impl Record {
    fn take_in(&mut self, step: Tally) {
        self.tally.requests = self.tally.requests.saturating_add(step.requests);
        self.tally.errors = self.tally.errors.saturating_add(step.errors).min(self.tally.requests);
        self.age = self.age.saturating_add(1);
        if self.tally.requests >= MIN_REQUESTS {
            self.judged = Some(self.tally.errors as f64 / self.tally.requests as f64);
        } else if self.age >= MEMORY {
            self.judged = None;
        } else {
            return;
        }
        self.tally = Tally::default();
        self.age = 0;
    }

    fn judge(&mut self, median: Option<f64>, mitigates: bool) {
        let limit = if self.anomaly.anomalous { TOLERATED } else { EXCESS };
        let excess = self.judged.zip(median).map(|(share, median)| share - median);
        self.anomaly.anomalous = excess.is_some_and(|excess| excess > limit);
        self.anomaly.share = match (mitigates, self.anomaly.anomalous) {
            (false, _) => FULL_SHARE,
            (true, true) => (self.anomaly.share / 2).max(MINIMUM_SHARE),
            (true, false) => self.anomaly.share.saturating_add(REGAINED).min(FULL_SHARE),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of 100 requests each, with so many errors of each target; returns the last findings in order.
    fn steps(
        detector: &mut AnomalyDetector,
        errors: &[u64],
        count: u32,
        mitigates: bool,
    ) -> Vec<(bool, u16)> {
        let mut found = Vec::new();
        for _ in 0..count {
            let tallies = (1..)
                .zip(errors)
                .map(|(key, errors)| (TargetKey::new(key), Tally { requests: 100, errors: *errors }));
            found = detector.step(tallies, mitigates).collect();
        }
        found.sort_unstable_by_key(|(key, _)| key.get());
        found.into_iter().map(|(_, anomaly)| (anomaly.anomalous, anomaly.share)).collect()
    }

    const WELL: (bool, u16) = (false, FULL_SHARE);

    #[test]
    fn a_target_stands_out_if_it_fails_more_than_its_peers() {
        let table: &[(&[u64], &[bool])] = &[
            (&[0, 0, 0], &[false, false, false]),
            (&[0, 0, 11], &[false, false, true]),
            (&[0, 0, 10], &[false, false, false]),
            // All fail alike: something behind them is broken.
            (&[60, 60, 65], &[false, false, false]),
            (&[100, 100, 100], &[false, false, false]),
            (&[5, 4, 50, 3], &[false, false, true, false]),
            (&[0, 0, 0, 90, 80], &[false, false, false, true, true]),
            // Fewer than three are not compared.
            (&[0, 100], &[false, false]),
        ];
        for (errors, expected) in table {
            let found = steps(&mut AnomalyDetector::default(), errors, 1, false);
            let anomalous: Vec<_> = found.iter().map(|(anomalous, _)| *anomalous).collect();
            assert_eq!(anomalous, *expected, "{errors:?}");
            assert!(found.iter().all(|(_, share)| *share == FULL_SHARE), "nothing is mitigated");
        }
    }

    #[test]
    fn mitigation_takes_load_away_down_to_a_minimum_and_gives_it_back_slowly() {
        let mut detector = AnomalyDetector::default();
        let mut share = |errors, count| steps(&mut detector, &[0, 0, errors], count, true)[2];
        assert_eq!(share(50, 1), (true, 500));
        assert_eq!(share(50, 1), (true, 250));
        assert_eq!(share(50, 2), (true, MINIMUM_SHARE));
        assert_eq!(share(50, 100), (true, MINIMUM_SHARE));
        assert_eq!(share(7, 1), (true, MINIMUM_SHARE), "better, but not well");
        assert_eq!(share(5, 1), (false, 200));
        assert_eq!(share(0, 7), (false, 900));
        assert_eq!(share(0, 1), WELL);
        assert_eq!(share(0, 10), WELL);
    }

    #[test]
    fn few_requests_are_gathered_until_they_say_something() {
        let mut detector = AnomalyDetector::default();
        let mut step = |requests| {
            let tally = |key| Tally { requests, errors: if key == 3 { requests } else { 0 } };
            let tallies = (1..=3).map(|key| (TargetKey::new(key), tally(key)));
            let found = detector.step(tallies, true).find(|(key, _)| key.get() == 3);
            found.map(|(_, anomaly)| anomaly.anomalous).unwrap()
        };
        assert_eq!([5, 5, 5, 5].map(&mut step), [false, false, false, true]);
        // Silence says nothing for a while, and then what was known is forgotten.
        assert!((0..MEMORY - 1).all(|_| step(0)));
        assert!(!step(0));
    }

    #[test]
    fn who_is_not_healthy_is_forgotten() {
        let mut detector = AnomalyDetector::default();
        assert_eq!(steps(&mut detector, &[0, 0, 0, 50], 3, true)[3], (true, 125));
        steps(&mut detector, &[0, 0, 0], 1, true);
        assert_eq!(steps(&mut detector, &[0, 0, 0, 0], 1, true)[3], WELL);
    }
}
