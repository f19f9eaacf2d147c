//! The targets that are checked, and what has been found out about each.
//!
//! No I/O and no clock: [`Roster::next_job`] says what to check, and results come back by [`Roster::finished`].

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use elbow_model::HealthState;
use elbow_model::key::{LoadBalancerKey, TargetGroupKey, TargetKey};
use elbow_routing::{Condition, Group, KeyMap, Observation, Table, Target, Ward};

use super::schedule::{Schedule, Spread};
use crate::Owed;
use crate::publisher::HealthReport;

/// Verdicts that one target can owe; who asks for more has none to wait for.
const MAX_OWED: usize = 1024;

/// All targets of groups that are in use, but for those that drain.
#[derive(Debug, Default)]
pub(super) struct Roster {
    groups: KeyMap<TargetGroupKey, Checked>,
    schedule: Schedule<(TargetGroupKey, TargetKey)>,
    reports: Vec<HealthReport>,
    settled: Vec<Owed>,
}

#[derive(Debug)]
struct Checked {
    group: Arc<Group>,
    load_balancer: Option<LoadBalancerKey>,
    ward: Ward,
    targets: KeyMap<TargetKey, Entry>,
}

#[derive(Debug)]
struct Entry {
    address: SocketAddr,
    /// Verdicts that wait for a check which begins after these moments.
    owed: Vec<(Instant, Owed)>,
}

/// One check that is to be made.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// The group, with the settings of the check.
    pub(super) group: Arc<Group>,
    /// The target.
    pub(super) target: TargetKey,
    /// Where it is checked.
    pub(super) address: SocketAddr,
    /// The load balancer that uses the group.
    pub(super) load_balancer: Option<LoadBalancerKey>,
    /// When the check begins.
    pub(super) began: Instant,
}

impl Checked {
    /// The ward with this target, if it is checked there.
    fn ward_with(&self, target: TargetKey, address: SocketAddr) -> Option<&Ward> {
        self.targets.get(&target).filter(|entry| entry.address == address).map(|_| &self.ward)
    }
}

impl Roster {
    /// Goes over to the targets and settings of this table. New targets, and those whose address changed, are due now.
    pub(super) fn follow(&mut self, table: &Table, now: Instant) {
        let is_checked = |group: &Group| table.is_used(group.key()) && group.health_check().enabled;
        let gone: Vec<TargetGroupKey> = self
            .groups
            .keys()
            .filter(|key| !table.group(**key).is_some_and(|group| is_checked(group)))
            .copied()
            .collect();
        for key in gone {
            if let Some(checked) = self.groups.remove(&key) {
                checked.targets.into_keys().for_each(|target| self.forget(key, target));
            }
        }
        for group in table.groups().filter(|group| is_checked(group)) {
            let known = self.groups.get(&group.key());
            if !known.is_some_and(|checked| Arc::ptr_eq(&checked.group, group)) {
                self.follow_group(group, now);
            }
            if let Some(checked) = self.groups.get_mut(&group.key()) {
                checked.load_balancer = table.user(group.key());
            }
        }
    }

    fn follow_group(&mut self, group: &Arc<Group>, now: Instant) {
        let (key, interval) = (group.key(), group.health_check().interval);
        // Those that are over by the settings until now do not go on by the new ones.
        self.settle(key, now);
        let known = self.groups.remove(&key).map(|checked| (checked.ward, checked.targets));
        let sibling = known.is_none().then(|| self.sibling(group)).flatten();
        let (mut ward, mut before) = known.unwrap_or_default();
        let mut targets = KeyMap::default();
        for target in group.targets().iter().filter(|target| target.drains_until.is_none()) {
            let address = group.check_address(target);
            let known = before.remove(&target.key).filter(|entry| entry.address == address);
            let entry = match known {
                Some(entry) => {
                    self.schedule.set_interval((key, target.key), interval, now);
                    entry
                }
                None => {
                    self.schedule.add((key, target.key), interval, spread(target), now);
                    let sibling = sibling.and_then(|sibling| self.groups.get(&sibling));
                    let known = sibling.and_then(|sibling| sibling.ward_with(target.key, address));
                    let adopted = known.and_then(|known| ward.adopt(target.key, known));
                    let health = adopted.or_else(|| Some(ward.admit(target.key, group.slow_start(), now)));
                    self.reports.push(HealthReport { group: key, target: target.key, health });
                    Entry { address, owed: Vec::new() }
                }
            };
            targets.insert(target.key, entry);
        }
        for target in before.into_keys() {
            ward.discharge(target);
            self.forget(key, target);
        }
        let load_balancer = None;
        self.groups.insert(key, Checked { group: Arc::clone(group), load_balancer, ward, targets });
        self.settle(key, now);
    }

    /// A group whose targets are the same registrations as those of this new one, checked in the same way: what is known
    /// of them holds there too, and nobody has to wait until it is found out again.
    fn sibling(&self, group: &Group) -> Option<TargetGroupKey> {
        let first = group.targets().first()?;
        let has_same = |checked: &Checked| {
            checked.targets.contains_key(&first.key) && checked.group.health_check() == group.health_check()
        };
        self.groups.iter().find(|(_, checked)| has_same(checked)).map(|(key, _)| *key)
    }

    fn forget(&mut self, group: TargetGroupKey, target: TargetKey) {
        self.schedule.remove((group, target));
        self.reports.push(HealthReport { group, target, health: None });
    }

    /// A check that is due; the next one of its target is scheduled.
    pub(super) fn next_job(&mut self, now: Instant) -> Option<Job> {
        let (group, target) = self.schedule.take_due(now)?;
        let checked = self.groups.get(&group)?;
        let address = checked.targets.get(&target)?.address;
        let load_balancer = checked.load_balancer;
        Some(Job { group: Arc::clone(&checked.group), target, address, load_balancer, began: now })
    }

    /// When the next check is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.schedule.next()
    }

    /// Takes in the result of a check. One of a target that has gone or moved meanwhile is worth nothing.
    pub(super) fn finished(&mut self, job: &Job, observation: Observation) {
        let still_there = |entry: &Entry| entry.address == job.address;
        self.observe(job.group.key(), job.target, observation, job.began, still_there);
        let is_out = self.is_out(job.group.key(), job.target);
        if let Some(entry) = self.entry(job.group.key(), job.target).filter(|entry| still_there(entry)) {
            let settled = entry.owed.extract_if(.., |(since, _)| is_out || *since <= job.began);
            let settled: Vec<Owed> = settled.map(|(_, owed)| owed).collect();
            self.settled.extend(settled);
        }
    }

    /// Takes in that a request's connection was refused, and has the target checked now if that is news.
    pub(super) fn refused(&mut self, group: TargetGroupKey, target: TargetKey, at: Instant, now: Instant) {
        if self.observe(group, target, Observation::Refused, at, |_| true) {
            let interval = self.groups.get(&group).map(|checked| checked.group.health_check().interval);
            self.schedule.hurry((group, target), interval.unwrap_or_default(), now);
        }
    }

    /// Takes in that a request got no answer, and has the target checked. The verdict is owed until a check that began
    /// afterwards has its result; if the target is out already, there is nothing to wait for.
    pub(super) fn unanswered(
        &mut self,
        group: TargetGroupKey,
        target: TargetKey,
        at: Instant,
        now: Instant,
        owed: Owed,
    ) {
        self.observe(group, target, Observation::Unanswered, at, |_| true);
        let is_out = self.is_out(group, target);
        let Some(entry) = self.entry(group, target) else { return };
        entry.owed.retain(|(_, owed)| !owed.is_void());
        if !is_out && entry.owed.len() < MAX_OWED {
            entry.owed.push((at, owed));
            let timeout = self.groups.get(&group).map(|checked| checked.group.health_check().timeout);
            self.schedule.hurry((group, target), timeout.unwrap_or_default(), now);
        }
    }

    fn entry(&mut self, group: TargetGroupKey, target: TargetKey) -> Option<&mut Entry> {
        self.groups.get_mut(&group)?.targets.get_mut(&target)
    }

    fn is_out(&self, group: TargetGroupKey, target: TargetKey) -> bool {
        let condition = self.groups.get(&group).and_then(|checked| checked.ward.condition(target));
        condition.is_some_and(|condition| condition.health.state == HealthState::Unhealthy)
    }

    /// Ends slow starts that are over, so that nobody counts on those targets in vain.
    fn settle(&mut self, group: TargetGroupKey, now: Instant) {
        let Some(checked) = self.groups.get_mut(&group) else { return };
        let over = checked.ward.settle(checked.group.slow_start(), now);
        let report =
            |(target, condition): (_, Condition)| HealthReport { group, target, health: Some(condition) };
        self.reports.extend(over.map(report));
    }

    /// Returns whether that changed anything.
    fn observe(
        &mut self,
        group: TargetGroupKey,
        target: TargetKey,
        observation: Observation,
        at: Instant,
        concerns: impl FnOnce(&Entry) -> bool,
    ) -> bool {
        let Some(checked) = self.groups.get_mut(&group) else { return false };
        if !checked.targets.get(&target).is_some_and(concerns) {
            return false;
        }
        let (check, slow_start) = (checked.group.health_check(), checked.group.slow_start());
        let health = checked.ward.observe(target, observation, at, check, slow_start);
        if health.is_some() {
            self.reports.push(HealthReport { group, target, health });
            self.settle(group, at);
        }
        health.is_some()
    }

    /// Verdicts that were reached since the last call. They are dropped when the reports are published.
    pub(super) fn take_settled(&mut self) -> Vec<Owed> {
        std::mem::take(&mut self.settled)
    }

    /// What has changed since the last call, in its order.
    pub(super) fn take_reports(&mut self) -> Vec<HealthReport> {
        std::mem::take(&mut self.reports)
    }
}

/// Keys are random, so their high half spreads targets evenly, and alike on each node and after each restart.
fn spread(target: &Target) -> Spread {
    let [a, b, c, d, ..] = target.key.get().to_be_bytes();
    Spread(u32::from_be_bytes([a, b, c, d]))
}

#[cfg(test)]
mod tests;
