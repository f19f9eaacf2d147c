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
    assert_eq!(world.reported(), [Some(HealthState::Initial)], "who is checked elsewhere is not the same");
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
