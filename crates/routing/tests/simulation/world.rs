//! The world outside the workers: time, targets and what is wrong with them, checks and their consequences.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use elbow_model::key::TargetKey;
use elbow_model::{Configuration, Entity, HealthCheck, HealthState, Target, Timestamp};
use elbow_routing::{
    Algorithm, AnomalyDetector, Condition, Failure, Group, HealthView, Observation, Tally, Ward,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::support::{GROUP, compiled, put, settings, target};

/// Time between two checks of a target, and between two comparisons.
const STEP_MS: u64 = 5_000;
const FIRST_TARGETS: u64 = 5;

/// What is wrong with a target.
#[derive(Clone, Copy, Default)]
struct Trouble {
    /// It fails its checks.
    sick: bool,
    /// The share of requests that it answers with 5xx.
    errors: f64,
}

pub(crate) struct World {
    pub(crate) rng: ChaCha8Rng,
    pub(crate) now: Instant,
    pub(crate) time_ms: u64,
    pub(crate) group: Arc<Group>,
    configuration: Configuration,
    health: HealthView,
    ward: Ward,
    detector: AnomalyDetector,
    troubles: BTreeMap<TargetKey, Trouble>,
    tallies: BTreeMap<TargetKey, Tally>,
    next_key: u64,
    pub(crate) transitions: u64,
    pub(crate) ramps: u64,
    pub(crate) drained: u64,
    pub(crate) mitigated: u64,
}

impl World {
    pub(crate) fn new(seed: u64, attributes: &[(&str, &str)]) -> Self {
        let (mut configuration, health) = (Configuration::default(), HealthView::default());
        put(&mut configuration, Entity::TargetGroup(Arc::new(settings(attributes))));
        let group = compiled(&configuration, &health);
        let mut world = Self {
            rng: ChaCha8Rng::seed_from_u64(seed),
            now: Instant::now(),
            time_ms: 1_700_000_000_000,
            group,
            configuration,
            health,
            ward: Ward::default(),
            detector: AnomalyDetector::default(),
            troubles: BTreeMap::new(),
            tallies: BTreeMap::new(),
            next_key: 1,
            transitions: 0,
            ramps: 0,
            drained: 0,
            mitigated: 0,
        };
        (0..FIRST_TARGETS).for_each(|_| world.register());
        world.check();
        world
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.rng.next_u64() % bound as u64) as usize
    }

    /// Lets time pass; checks and comparisons happen in it.
    pub(crate) fn advance(&mut self, by_ms: u64) {
        let before = self.time_ms / STEP_MS;
        self.time_ms += by_ms;
        self.now += Duration::from_millis(by_ms);
        if self.time_ms / STEP_MS != before {
            self.check();
            self.compare();
        }
    }

    /// One thing happens.
    pub(crate) fn churn(&mut self) {
        let targets: Vec<Arc<Target>> = self.configuration.targets.values().cloned().collect();
        let at = self.below(targets.len());
        let key = targets[at].key;
        let staying = targets.iter().filter(|target| target.deregistered.is_none()).count();
        match self.below(10) {
            0 if targets.len() < 10 => self.register(),
            1 if staying > 2 && targets[at].deregistered.is_none() => {
                let deregistered = Some(Timestamp::from_millis(self.time_ms));
                self.put(Target { deregistered, ..Target::clone(&targets[at]) });
                self.ward.discharge(key);
                self.health.remove(GROUP, key);
            }
            // What drains goes away in the end.
            2 => {
                let drained: Vec<_> = targets.iter().filter(|target| target.deregistered.is_some()).collect();
                self.drained += drained.len() as u64;
                drained
                    .iter()
                    .for_each(|target| drop(self.configuration.targets.remove(&(GROUP, target.key))));
            }
            3 | 4 => self.trouble(key).sick = true,
            5 => self.trouble(key).errors = 0.6,
            // Everybody is sick.
            6 => self.troubles.values_mut().for_each(|trouble| trouble.sick = true),
            _ => self.troubles.values_mut().for_each(|trouble| *trouble = Trouble::default()),
        }
        self.compile();
    }

    pub(crate) fn register(&mut self) {
        let target = target(self.next_key);
        self.next_key += 1;
        let condition = self.ward.admit(target.key, self.group.slow_start(), self.now);
        self.health.set(GROUP, target.key, condition);
        self.troubles.insert(target.key, Trouble::default());
        self.put(target);
        self.compile();
    }

    /// The first target fails this share of its requests from now on.
    pub(crate) fn break_one(&mut self, errors: f64) {
        let first = self.group.targets()[0].key;
        self.trouble(first).errors = errors;
    }

    /// What each target should get, in the order of their keys.
    pub(crate) fn shares(&self) -> Vec<u16> {
        self.group.targets().iter().map(|target| target.anomaly.share).collect()
    }

    /// A target answers a request.
    pub(crate) fn answer(&mut self, target: TargetKey) {
        let luck = self.below(1000) as f64 / 1000.0;
        let errors = self.troubles.get(&target).map_or(0.0, |trouble| trouble.errors);
        let tally = self.tallies.entry(target).or_default();
        tally.requests += 1;
        tally.errors += u64::from(luck < errors);
    }

    fn trouble(&mut self, key: TargetKey) -> &mut Trouble {
        self.troubles.entry(key).or_default()
    }

    fn put(&mut self, target: Target) {
        put(&mut self.configuration, Entity::Target(Arc::new(target)));
    }

    fn compile(&mut self) {
        self.group = compiled(&self.configuration, &self.health);
    }

    /// Checks every target once.
    fn check(&mut self) {
        let (check, slow_start) = (HealthCheck::default(), self.group.slow_start());
        let mut news: Vec<(TargetKey, Condition)> = Vec::new();
        for target in self.configuration.targets.values().filter(|target| target.deregistered.is_none()) {
            let sick = self.troubles.get(&target.key).is_some_and(|trouble| trouble.sick);
            let seen = if sick { Observation::Failed(Failure::Timeout) } else { Observation::Passed };
            if let Some(condition) = self.ward.observe(target.key, seen, self.now, &check, slow_start) {
                news.push((target.key, condition));
                news.extend(self.ward.settle(slow_start, self.now));
            }
        }
        self.transitions += news.len() as u64;
        for (key, condition) in news {
            self.ramps += u64::from(condition.ramps_since.is_some());
            self.health.set(GROUP, key, condition);
        }
        self.compile();
    }

    /// Compares the errors of all targets.
    fn compare(&mut self) {
        let healthy =
            self.group.targets().iter().filter(|target| target.health.state == HealthState::Healthy);
        let tallies: Vec<_> =
            healthy.map(|it| (it.key, self.tallies.remove(&it.key).unwrap_or_default())).collect();
        self.tallies.clear();
        let mitigates = self.group.algorithm() == Algorithm::WeightedRandom { mitigates: true };
        let found: Vec<_> = self.detector.step(tallies.into_iter(), mitigates).collect();
        for (key, anomaly) in found {
            self.mitigated += u64::from(anomaly.is_mitigated());
            self.health.set_anomaly(GROUP, key, anomaly);
        }
        self.compile();
    }
}
