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
mod tests {
    use std::time::Duration;

    use elbow_model::attribute::target_group as key;
    use elbow_model::{
        Action, Actions, Configuration, Entity, Forward, HealthCheck, HealthState, Target, Timestamp,
    };
    use elbow_routing::{Failure, HealthView};

    use super::*;
    use crate::Verdict;
    use crate::testing::{GROUP, OPTIONS, configuration, group, listener, put, target};

    const TARGET: TargetKey = TargetKey::new(5);
    const FAILED: Observation = Observation::Failed(Failure::Broken);
    const SILENT: Observation = Observation::Failed(Failure::Timeout);

    /// A roster that follows a configuration.
    struct World {
        configuration: Configuration,
        roster: Roster,
        now: Instant,
    }

    impl World {
        fn with_one_target() -> Self {
            let configuration = configuration(HealthCheck::default());
            let mut world = Self { configuration, roster: Roster::default(), now: Instant::now() };
            world.change(|configuration| put_target(configuration, "127.0.0.1:1"));
            assert_eq!(world.reported(), [Some(HealthState::Initial)]);
            world
        }

        fn change(&mut self, change: impl FnOnce(&mut Configuration)) {
            change(&mut self.configuration);
            let table = Table::compile(&self.configuration, &HealthView::default(), &OPTIONS);
            self.roster.follow(&table, self.now);
        }

        fn job(&mut self) -> Option<Job> {
            self.roster.next_job(self.now)
        }

        /// Whole seconds until the next check.
        fn next(&self) -> Option<u64> {
            self.roster.next_due().map(|due| due.saturating_duration_since(self.now).as_secs())
        }

        /// The states of the target that were reported since the last time.
        fn reported(&mut self) -> Vec<Option<HealthState>> {
            let reports = self.roster.take_reports();
            reports.into_iter().map(|report| report.health.map(|it| it.health.state)).collect()
        }

        /// A request is left without an answer; somebody waits for the verdict.
        fn leave_unanswered(&mut self) -> Verdict {
            let (owed, verdict) = Verdict::owed();
            self.roster.unanswered(GROUP, TARGET, self.now, self.now, owed);
            verdict
        }

        /// How many verdicts were reached since the last time.
        fn settled(&mut self) -> usize {
            self.roster.take_settled().len()
        }

        fn refuse(&mut self) {
            self.roster.refused(GROUP, TARGET, self.now, self.now);
        }
    }

    fn put_target(configuration: &mut Configuration, address: &str) {
        let target = target(TARGET.get(), address.parse().unwrap());
        put(configuration, Entity::Target(Arc::new(target)));
    }

    #[test]
    fn a_new_target_is_checked_at_once_and_its_result_reported() {
        let mut world = World::with_one_target();
        let job = world.job().unwrap();
        assert_eq!((job.target, job.address.to_string().as_str()), (TARGET, "127.0.0.1:1"));
        assert!(world.job().is_none());
        assert!(world.next().is_some_and(|next| (14..=30).contains(&next)));
        world.roster.finished(&job, Observation::Passed);
        world.roster.finished(&job, Observation::Passed);
        assert_eq!(world.reported(), [Some(HealthState::Healthy)]);
    }

    #[test]
    fn a_target_that_takes_no_traffic_is_not_checked() {
        let drain = |configuration: &mut Configuration| {
            let mut target = target(TARGET.get(), "127.0.0.1:1".parse().unwrap());
            target.deregistered = Some(Timestamp::from_secs(1));
            put(configuration, Entity::Target(Arc::new(target)));
        };
        let disable = |configuration: &mut Configuration| {
            let off = HealthCheck { enabled: false, ..HealthCheck::default() };
            put(configuration, Entity::TargetGroup(Arc::new(group(off))));
        };
        type Step = dyn Fn(&mut Configuration);
        let steps: [(&str, &Step); 5] = [
            ("draining", &drain),
            ("checks switched off", &disable),
            ("removed", &|configuration| configuration.targets.clear()),
            ("its group removed", &|configuration| configuration.target_groups.clear()),
            ("its group not used", &|configuration| configuration.listeners.clear()),
        ];
        for (what, change) in steps {
            let mut world = World::with_one_target();
            let under_way = world.job().unwrap();
            world.change(change);
            assert_eq!(world.reported(), [None], "{what}");
            assert_eq!(world.next(), None, "{what}");
            world.roster.finished(&under_way, Observation::Passed);
            assert_eq!(world.reported(), [], "{what}");
        }
    }

    #[test]
    fn a_target_that_moved_starts_again() {
        let mut world = World::with_one_target();
        let before = world.job().unwrap();
        world.roster.finished(&before, Observation::Passed);
        world.change(|configuration| put_target(configuration, "127.0.0.1:2"));
        assert_eq!(world.reported(), [Some(HealthState::Healthy), Some(HealthState::Initial)]);
        world.roster.finished(&before, Observation::Passed);
        assert_eq!(world.reported(), [], "a result from where it was");
        assert_eq!(world.job().unwrap().address.to_string(), "127.0.0.1:2");
    }

    /// As of a listener that is added to a Classic Load Balancer: it has all instances of the others.
    #[test]
    fn a_new_group_with_the_same_registrations_begins_with_what_is_known_of_them() {
        let mut world = World::with_one_target();
        let check = world.job().unwrap();
        world.roster.finished(&check, Observation::Passed);
        world.reported();
        let other = TargetGroupKey::new(2);
        let also = |world: &mut World, address: &str| {
            let mut group = group(HealthCheck::default());
            group.arn.key = other;
            let mut listener = listener(81);
            listener.default_actions = Actions::only(Action::Forward(Forward::to(other)));
            let target = target(TARGET.get(), address.parse().unwrap());
            let target = Target { group: other, ..target };
            world.change(|configuration| {
                put(configuration, Entity::TargetGroup(Arc::new(group)));
                put(configuration, Entity::Listener(Arc::new(listener)));
                put(configuration, Entity::Target(Arc::new(target)));
            });
        };
        also(&mut world, "127.0.0.1:1");
        assert_eq!(world.reported(), [Some(HealthState::Healthy)]);
        world.change(|configuration| drop(configuration.target_groups.remove(&other)));
        assert_eq!(world.reported(), [None]);
        also(&mut world, "127.0.0.1:2");
        assert_eq!(
            world.reported(),
            [Some(HealthState::Initial)],
            "who is checked elsewhere is not the same"
        );
    }

    #[test]
    fn other_settings_keep_what_is_known() {
        let mut world = World::with_one_target();
        let job = world.job().unwrap();
        world.roster.finished(&job, Observation::Passed);
        let interval = Duration::from_secs(5);
        let often = HealthCheck { interval, unhealthy_threshold: 3, ..HealthCheck::default() };
        world.change(|configuration| {
            put(configuration, Entity::TargetGroup(Arc::new(group(often))));
        });
        assert_eq!(world.reported(), [Some(HealthState::Healthy)]);
        assert!(world.next().is_some_and(|next| next <= 5));
        for _ in 0..3 {
            assert_eq!(world.reported(), []);
            world.roster.finished(&job, FAILED);
        }
        assert_eq!(world.reported(), [Some(HealthState::Unhealthy)]);
    }

    /// The port for health checks goes on answering while the port for traffic refuses.
    #[test]
    fn a_target_whose_checks_contradict_its_refusals_does_not_flap() {
        let mut world = World::with_one_target();
        let mut returns = 0;
        for second in 0..300 {
            while let Some(job) = world.job() {
                world.roster.finished(&job, Observation::Passed);
            }
            returns += world.reported().iter().filter(|state| **state == Some(HealthState::Healthy)).count();
            world.refuse();
            world.now += Duration::from_secs(1);
            assert!(world.next().is_some_and(|next| next <= 30), "second {second}");
        }
        // 300 s are ten intervals: a regular check and an additional one in each, and the first one.
        assert!((18..=22).contains(&returns), "{returns}");
    }

    #[test]
    fn a_refused_target_is_out_at_once_and_checked_at_once() {
        let mut world = World::with_one_target();
        let first = world.job().unwrap();
        world.roster.finished(&first, Observation::Passed);
        world.reported();
        world.now += Duration::from_secs(3);
        world.refuse();
        world.refuse();
        assert_eq!(world.reported(), [Some(HealthState::Unhealthy)]);
        let again = world.job().unwrap();
        assert!(world.job().is_none());
        world.roster.finished(&again, Observation::Passed);
        assert_eq!(world.reported(), [Some(HealthState::Healthy)]);
        world.roster.refused(GROUP, TargetKey::new(99), world.now, world.now);
        assert_eq!(world.reported(), [], "nobody knows that one");
    }

    #[test]
    fn a_frozen_target_is_out_with_the_first_check_after_a_request_without_an_answer() {
        let mut world = World::with_one_target();
        let first = world.job().unwrap();
        world.roster.finished(&first, Observation::Passed);
        world.reported();
        world.now += Duration::from_secs(3);
        let _verdicts = [world.leave_unanswered(), world.leave_unanswered()];
        assert_eq!((world.reported().len(), world.settled()), (0, 0), "so far it is only doubted");
        let check = world.job().unwrap();
        assert!(world.job().is_none(), "one check for both");
        world.roster.finished(&first, SILENT);
        assert_eq!((world.reported().len(), world.settled()), (0, 0), "that one began before");
        world.roster.finished(&check, SILENT);
        assert_eq!(world.reported(), [Some(HealthState::Unhealthy)]);
        assert_eq!(world.settled(), 2);
        let (owed, _verdict) = Verdict::owed();
        world.roster.unanswered(GROUP, TARGET, world.now, world.now, owed);
        assert_eq!((world.job().is_none(), world.settled()), (true, 0), "it is out: nothing to wait for");
    }

    /// B3: a longer slow start is for targets that come later.
    #[test]
    fn a_slow_start_that_is_over_does_not_go_on_when_its_time_becomes_longer() {
        let slow_start = |seconds: &str| {
            let mut changed = group(HealthCheck::default());
            changed.attributes.set(key::SLOW_START, seconds).unwrap();
            Entity::TargetGroup(Arc::new(changed))
        };
        let mut world = World::with_one_target();
        let first = world.job().unwrap();
        world.roster.finished(&first, Observation::Passed);
        world.change(|configuration| {
            put(configuration, slow_start("30"));
            put(configuration, Entity::Target(Arc::new(target(6, "127.0.0.1:6".parse().unwrap()))));
        });
        let second = world.job().unwrap();
        world.roster.finished(&second, Observation::Passed);
        let ramps = |world: &World| {
            let condition = world.roster.groups[&GROUP].ward.condition(TargetKey::new(6));
            condition.unwrap().ramps_since.is_some()
        };
        assert!(ramps(&world));
        world.now += Duration::from_secs(30);
        world.change(|configuration| put(configuration, slow_start("900")));
        assert!(!ramps(&world));
    }

    /// One page takes longer than the idle timeout, again and again; the application is well.
    #[test]
    fn a_slow_page_costs_a_few_checks_and_nothing_else() {
        let mut world = World::with_one_target();
        let mut checks = 0;
        for _ in 0..300 {
            while let Some(job) = world.job() {
                checks += 1;
                world.roster.finished(&job, Observation::Passed);
            }
            world.leave_unanswered();
            world.now += Duration::from_secs(1);
        }
        assert_eq!(world.reported(), [Some(HealthState::Healthy)], "and never anything else");
        // Ten regular ones, and one in each timeout of five seconds, which may be the same.
        assert!((60..=72).contains(&checks), "{checks}");
    }
}
