//! Instances that only EC2 knows: registered, asked for again, and gone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use elbow_api::instances::{Described, Found, FoundAnswer, InstanceReader, InstanceWatch, Unanswered};
use elbow_model::{InstanceId, InstanceSource, Region, Zone};

use crate::world::{World, block_on};

/// An EC2 of a test's own.
#[derive(Default)]
struct Ec2 {
    instances: Mutex<BTreeMap<&'static str, Described>>,
    is_away: Mutex<bool>,
    asked: Mutex<Vec<String>>,
}

impl InstanceReader for Ec2 {
    fn describe<'a>(&'a self, region: &'a Region, ids: &'a [InstanceId]) -> FoundAnswer<'a> {
        let names: Vec<&str> = ids.iter().map(InstanceId::as_str).collect();
        self.asked.lock().unwrap().push(format!("{} {}", region.as_str(), names.join(" ")));
        let instances = self.instances.lock().unwrap();
        let found: Found =
            ids.iter().filter_map(|id| Some((id.clone(), instances.get(id.as_str())?.clone()))).collect();
        let answer = match *self.is_away.lock().unwrap() {
            true => Err(Unanswered::new("The EC2 endpoint does not answer")),
            false => Ok(found),
        };
        Box::pin(async move { answer })
    }
}

impl Ec2 {
    fn put(&self, id: &'static str, address: &str) {
        let zone = Zone::parse("us-east-1b").unwrap();
        self.say(id, Described::Running { address: address.parse().unwrap(), zone });
    }

    fn say(&self, id: &'static str, described: Described) {
        self.instances.lock().unwrap().insert(id, described);
    }

    fn forget(&self, id: &str) {
        self.instances.lock().unwrap().remove(id);
    }

    fn set_away(&self, is_away: bool) {
        *self.is_away.lock().unwrap() = is_away;
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

/// A world beside an EC2, and a target group for instances.
struct Story {
    world: World,
    ec2: Arc<Ec2>,
    watch: InstanceWatch,
    group: String,
}

impl Story {
    fn new() -> Self {
        let ec2 = Arc::new(Ec2::default());
        let world = World::beside(Arc::clone(&ec2) as Arc<dyn InstanceReader>);
        let watch = InstanceWatch::new(Arc::clone(&world.state), Arc::clone(&ec2) as Arc<dyn InstanceReader>);
        let group = group(&world, "carts");
        Self { world, ec2, watch, group }
    }

    fn register(&self, id: &str) {
        let parameters = [("TargetGroupArn", self.group.as_str()), ("Targets.member.1.Id", id)];
        self.world.ok("RegisterTargets", &parameters);
    }

    fn refused(&self, id: &str, code: &str, message: &str) {
        let parameters = [("TargetGroupArn", self.group.as_str()), ("Targets.member.1.Id", id)];
        self.world.refused("RegisterTargets", &parameters, code, message);
    }

    fn deregister(&self, id: &str) {
        let parameters = [("TargetGroupArn", self.group.as_str()), ("Targets.member.1.Id", id)];
        self.world.ok("DeregisterTargets", &parameters);
    }

    /// How many entries of the directory a question changes.
    fn refresh(&mut self) -> usize {
        block_on(self.watch.refresh()).unwrap()
    }

    /// Where the directory has an instance.
    fn address(&self, id: &str) -> Option<String> {
        let configuration = self.world.state.current().configuration;
        Some(configuration.instances.get(&InstanceId::parse(id).unwrap())?.address.to_string())
    }

    /// The keys of all targets, which sessions are bound to.
    fn target_keys(&self) -> Vec<String> {
        self.world.state.current().configuration.targets.keys().map(|(_, key)| key.to_string()).collect()
    }
}

fn group(world: &World, name: &str) -> String {
    let parameters = [("Name", name), ("Protocol", "HTTP"), ("Port", "80"), ("TargetType", "instance")];
    world.ok("CreateTargetGroup", &parameters).value("TargetGroups/member/TargetGroupArn")
}

#[test]
fn an_instance_that_only_ec2_knows_can_be_registered() {
    let story = Story::new();
    story.ec2.put("i-1", "10.0.0.1");
    story.register("i-1");
    assert_eq!(story.address("i-1").as_deref(), Some("10.0.0.1"));
    let health = story.world.ok("DescribeTargetHealth", &[("TargetGroupArn", &story.group)]);
    assert_eq!(health.value("TargetHealthDescriptions/member/Target/AvailabilityZone"), "us-east-1b");
    let shown = story.world.state.current().configuration;
    assert!(shown.instances.values().all(|it| it.source == InstanceSource::Ec2));
    assert_eq!(story.ec2.asked(), ["us-east-1 i-1"]);
    story.register("i-1");
    assert_eq!(story.ec2.asked(), [""; 0], "the directory knows it by now");
}

#[test]
fn an_instance_that_cannot_be_a_target_is_refused() {
    let story = Story::new();
    for id in ["i-1", "i-2"] {
        story.ec2.say(id, Described::Down);
    }
    let both = [
        ("TargetGroupArn", story.group.as_str()),
        ("Targets.member.1.Id", "i-1"),
        ("Targets.member.2.Id", "i-2"),
        ("Targets.member.3.Id", "i-2"),
        ("Targets.member.3.Port", "81"),
    ];
    let message = "The following targets are not in a running state and cannot be registered: 'i-1', 'i-2'";
    story.world.refused("RegisterTargets", &both, "InvalidTarget", message);
    assert_eq!(story.ec2.asked(), ["us-east-1 i-1 i-2"], "each is asked for once");
    story.refused("i-3", "InvalidTarget", "nor known at the EC2 endpoint");
    story.ec2.set_away(true);
    story.refused("i-1", "ServiceUnavailable", "The EC2 endpoint does not answer");
    story.refused("x-1", "ValidationError", "'x-1' is not valid");
    assert!(story.target_keys().is_empty() && story.address("i-1").is_none());
}

#[test]
fn the_directory_goes_before_ec2() {
    let mut story = Story::new();
    story.world.put_instance("i-1", "us-east-1a");
    story.ec2.put("i-1", "10.9.9.9");
    story.register("i-1");
    assert_eq!(story.refresh(), 0);
    assert_eq!(story.address("i-1").as_deref(), Some("10.0.0.5"));
    assert_eq!(story.ec2.asked(), [""; 0]);
    assert_eq!(story.world.state.current().configuration.instances.len(), 1, "nobody removes it, either");
}

#[test]
fn too_many_instances_are_not_even_asked_for() {
    let story = Story::new();
    let ids: Vec<(String, String)> =
        (1..=1001).map(|n| (format!("Targets.member.{n}.Id"), format!("i-{n}"))).collect();
    let mut parameters = vec![("TargetGroupArn", story.group.as_str())];
    parameters.extend(ids.iter().map(|(name, id)| (name.as_str(), id.as_str())));
    story.world.refused("RegisterTargets", &parameters, "TooManyTargets", "more than 1000 instances");
    assert_eq!(story.ec2.asked(), [""; 0]);
}

#[test]
fn an_instance_that_moves_stays_the_same_target() {
    let mut story = Story::new();
    story.ec2.put("i-1", "10.0.0.1");
    story.register("i-1");
    let (keys, before) = (story.target_keys(), story.world.revision());
    assert_eq!((story.refresh(), story.world.revision()), (0, before), "nothing has changed");
    story.ec2.put("i-1", "10.0.0.2");
    assert_eq!(story.refresh(), 1);
    assert_eq!(story.address("i-1").as_deref(), Some("10.0.0.2"));
    assert_eq!(story.target_keys(), keys);
}

#[test]
fn an_instance_that_does_not_run_is_nowhere_until_it_runs_again() {
    let mut story = Story::new();
    story.ec2.put("i-1", "10.0.0.1");
    story.register("i-1");
    let keys = story.target_keys();
    story.ec2.say("i-1", Described::Down);
    assert_eq!(story.refresh(), 1);
    assert_eq!(story.address("i-1"), None);
    assert_eq!(story.refresh(), 0);
    story.ec2.put("i-1", "10.0.0.3");
    assert_eq!(story.refresh(), 1);
    assert_eq!(story.address("i-1").as_deref(), Some("10.0.0.3"));
    assert_eq!(story.target_keys(), keys);
}

#[test]
fn an_instance_is_gone_when_three_answers_in_a_row_leave_it_out() {
    let mut story = Story::new();
    story.ec2.put("i-1", "10.0.0.1");
    story.register("i-1");
    for known_in_between in [true, false] {
        story.ec2.forget("i-1");
        assert_eq!((story.refresh(), story.refresh()), (0, 0));
        if known_in_between {
            story.ec2.put("i-1", "10.0.0.1");
            assert_eq!(story.refresh(), 0);
        }
    }
    assert_eq!(story.refresh(), 1);
    assert_eq!(story.address("i-1"), None);
    assert_eq!(story.target_keys().len(), 1, "it is registered all the same");
}

#[test]
fn nothing_changes_while_nobody_answers() {
    let mut story = Story::new();
    story.ec2.put("i-1", "10.0.0.1");
    story.register("i-1");
    story.ec2.set_away(true);
    for _ in 0..5 {
        let error = block_on(story.watch.refresh()).unwrap_err();
        assert!(error.message().contains("does not answer"), "{error}");
    }
    story.register("i-1");
    assert_eq!(story.address("i-1").as_deref(), Some("10.0.0.1"));
}

#[test]
fn each_is_asked_for_in_the_region_of_its_target_group() {
    let mut story = Story::new();
    for (id, address) in [("i-1", "10.0.0.1"), ("i-2", "10.0.0.2")] {
        story.ec2.put(id, address);
        story.register(id);
    }
    let elsewhere = story.world.in_region("eu-west-1");
    let group = group(&elsewhere, "carts");
    story.ec2.put("i-3", "10.0.0.3");
    elsewhere.ok("RegisterTargets", &[("TargetGroupArn", &group), ("Targets.member.1.Id", "i-3")]);
    assert_eq!(story.ec2.asked(), ["us-east-1 i-1", "us-east-1 i-2", "eu-west-1 i-3"]);
    story.refresh();
    assert_eq!(story.ec2.asked(), ["eu-west-1 i-3", "us-east-1 i-1 i-2"]);
}

#[test]
fn what_nobody_is_registered_as_is_forgotten() {
    let mut story = Story::new();
    story.ec2.put("i-1", "10.0.0.1");
    story.register("i-1");
    story.deregister("i-1");
    story.ec2.asked();
    assert_eq!(story.refresh(), 1);
    assert_eq!(story.address("i-1"), None);
    assert_eq!(story.ec2.asked(), [""; 0]);
}

#[test]
fn instances_of_classic_load_balancers_are_asked_for_too() {
    let mut story = Story::new();
    story.world.create_classic("shop", "HTTP", "80");
    story.ec2.put("i-1", "10.0.0.1");
    let of = [("LoadBalancerName", "shop"), ("Instances.member.1.InstanceId", "i-1")];
    story.world.classic("RegisterInstancesWithLoadBalancer", &of);
    assert_eq!(story.address("i-1").as_deref(), Some("10.0.0.1"));
    story.ec2.put("i-1", "10.0.0.2");
    story.register("i-1");
    story.ec2.asked();
    assert_eq!((story.refresh(), story.address("i-1").as_deref()), (1, Some("10.0.0.2")));
    assert_eq!(story.ec2.asked(), ["us-east-1 i-1"], "once, though two have it");

    story.deregister("i-1");
    assert_eq!(story.refresh(), 0, "it is registered with the other one still");
    story.ec2.say("i-1", Described::Down);
    assert_eq!((story.refresh(), story.address("i-1")), (1, None));

    story.ec2.put("i-1", "10.0.0.3");
    assert_eq!(story.refresh(), 1);
    story.world.classic("DeregisterInstancesFromLoadBalancer", &of);
    assert_eq!((story.refresh(), story.address("i-1")), (1, None), "nobody has it any more");
}
