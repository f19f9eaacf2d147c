//! The operations of the extension API that tell what was counted: sessions by target, and what happened over time.

use std::net::SocketAddr;
use std::time::Duration;

use elbow_model::key::{LoadBalancerKey, TargetGroupKey, TargetKey};
use elbow_model::{AnomalyDetection, Arn, HealthReason, HealthState};
use elbow_telemetry::{
    AnsweredBy, ExecutedAction, GroupNow, RequestFinished, SessionSeen, Sink, TargetGroupHealth, TargetTimes,
};
use serde_json::{Value, json};

use crate::world::World;

/// A load balancer with a listener, its group, and what their keys are.
struct Shop {
    world: World,
    balancer: String,
    group: String,
    keys: (LoadBalancerKey, TargetGroupKey),
    targets: Vec<TargetKey>,
}

fn encoded(arn: &str) -> String {
    arn.replace(':', "%3A").replace('/', "%2F")
}

impl Shop {
    fn new() -> Self {
        let world = World::new();
        let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
        world.create_listener(&balancer, "80", &group);
        for address in ["10.0.0.1", "10.0.0.2"] {
            world.ok("RegisterTargets", &[("TargetGroupArn", &group), ("Targets.member.1.Id", address)]);
        }
        let (Some(Arn::LoadBalancer(of_balancer)), Some(Arn::TargetGroup(of_group))) =
            (Arn::parse(&balancer), Arn::parse(&group))
        else {
            panic!("{balancer} {group}")
        };
        let keys = (of_balancer.key, of_group.key);
        let mut targets: Vec<_> = world.state.current().configuration.targets_of(keys.1).cloned().collect();
        targets.sort_by_key(|target| target.id.clone());
        let targets = targets.iter().map(|target| target.key).collect();
        Self { world, balancer, group, keys, targets }
    }

    /// Ends a step of the history.
    fn step(&self) {
        let (group, targets) = (self.keys.1, self.targets.clone());
        let healthy = (HealthState::Healthy, AnomalyDetection::default());
        let health = TargetGroupHealth::new(self.keys.0, group, [healthy; 2]);
        let groups = [GroupNow { health, targets }];
        self.world.counted.history.sample(&self.world.counted.metrics, &groups, self.world.now());
    }

    /// Ten seconds in which sessions with these numbers each made a request of a target.
    fn serve(&self, target: usize, sessions: std::ops::Range<u64>) {
        let recorder = self.world.counted.metrics.recorder();
        for number in sessions {
            recorder.request_finished(&self.request(self.targets[target], number));
        }
        self.world.pass_seconds(10);
        self.step();
    }

    fn request(&self, target: TargetKey, session: u64) -> RequestFinished<'static> {
        let address = SocketAddr::from(([10, 0, 0, 1], 80));
        // Ids are random: this spreads numbers as well.
        let id =
            session.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        RequestFinished {
            load_balancer: Some(self.keys.0),
            listener: None,
            client: address,
            target: Some((target, address)),
            target_group: Some(self.keys.1),
            created: self.world.now(),
            finished: self.world.now(),
            times: Some(TargetTimes {
                request: Duration::ZERO,
                target: Some(Duration::from_millis(3)),
                response: Some(Duration::ZERO),
            }),
            status: 200,
            answered_by: AnsweredBy::Target,
            target_status: Some(200),
            received_bytes: 100,
            sent_bytes: 300,
            method: b"GET",
            uri: b"/",
            version: "HTTP/1.1",
            host: b"",
            user_agent: b"",
            trace_id: b"",
            rule: None,
            rule_evaluations: 0,
            action: Some(ExecutedAction::Forward),
            redirect_url: b"",
            transformed_host: b"",
            transformed_uri: b"",
            request_transform_status: None,
            error_reason: None,
            classification: "Compliant",
            classification_reason: "",
            invalid_names: None,
            outcome: "new",
            non_sticky: None,
            session: Some(SessionSeen { id, lives: Duration::from_secs(3600) }),
            insecure_replay: false,
            unhealthy_routing: false,
            refused_connections: 0,
            upgraded: false,
            grpc: false,
            logged: None,
        }
    }

    fn get(&self, what: &str) -> Value {
        self.world.extension_ok("GET", what, "")
    }
}

#[test]
fn sessions_are_told_by_target() {
    let shop = Shop::new();
    let path = format!("target-groups/{}/sessions", encoded(&shop.group));
    let none = shop.get(&path);
    assert_eq!((&none["sessions"], &none["targets"][1]["requests"]), (&json!(0), &json!(0)));
    assert!(none.get("sessionImbalance").is_none(), "of nothing");
    shop.step();
    shop.serve(0, 0..30);
    shop.serve(1, 30..40);
    shop.serve(0, 0..5);
    let told = shop.get(&path);
    assert_eq!((&told["sessions"], &told["isComplete"]), (&json!(40), &json!(true)));
    let expected = json!([
        { "targetId": "10.0.0.1", "port": 80, "state": "healthy", "sessions": 30, "requests": 35 },
        { "targetId": "10.0.0.2", "port": 80, "state": "healthy", "sessions": 10, "requests": 10 },
    ]);
    let mut targets = told["targets"].as_array().unwrap().clone();
    targets.sort_by_key(|target| target["targetId"].as_str().map(str::to_owned));
    assert_eq!(Value::from(targets), expected);
    assert_eq!(told["sessionImbalance"], json!({ "maxToMean": 1.5, "coefficientOfVariation": 0.5 }));
    assert_eq!(told["outcomes"], json!({ "new": 45 }));
    shop.world.pass_seconds(2 * 3600);
    assert_eq!(shop.get(&path)["sessions"], 0, "their time is over");
}

#[test]
fn a_target_that_drains_keeps_its_sessions_in_view() {
    let shop = Shop::new();
    shop.step();
    shop.serve(0, 0..7);
    shop.world
        .ok("DeregisterTargets", &[("TargetGroupArn", &shop.group), ("Targets.member.1.Id", "10.0.0.1")]);
    let told = shop.get(&format!("target-groups/{}/sessions", encoded(&shop.group)));
    assert_eq!(told["sessionsOnDrainingTargets"], 7);
    let draining =
        told["targets"].as_array().unwrap().iter().find(|it| it["targetId"] == "10.0.0.1").unwrap();
    assert_eq!((&draining["state"], &draining["sessions"]), (&json!("draining"), &json!(7)));
    assert_eq!(draining["reason"], "Target.DeregistrationInProgress");
}

#[test]
fn targets_that_take_no_sessions_are_no_imbalance() {
    let shop = Shop::new();
    shop.step();
    shop.serve(0, 0..7);
    shop.world.tell_health(shop.keys.1, HealthState::Unhealthy, HealthReason::Timeout);
    let told = shop.get(&format!("target-groups/{}/sessions", encoded(&shop.group)));
    assert!(told.get("sessionImbalance").is_none(), "{told}");
    assert_eq!(told["sessions"], 7);
}

#[test]
fn what_happened_is_told_in_periods() {
    let shop = Shop::new();
    shop.step();
    for round in 0..20 {
        shop.serve(0, round * 10..round * 10 + 10);
    }
    let path = format!("target-groups/{}/metrics", encoded(&shop.group));
    let told = shop.get(&format!("{path}?minutes=2"));
    let samples = told["samples"].as_array().unwrap();
    assert_eq!((told["periodSeconds"].as_u64(), samples.len()), (Some(10), 12));
    let last = &samples[11];
    assert_eq!((&last["requests"], &last["statuses"]), (&json!(10), &json!({ "2xx": 10 })));
    assert_eq!((&last["healthyHosts"], &last["outcomes"]["new"]), (&json!(2), &json!(10)));
    let sessions = last["sessions"].as_u64().unwrap();
    assert!((190..=210).contains(&sessions), "{sessions}");
    let median = last["responseTime"]["p50Micros"].as_u64().unwrap();
    assert!((2048..=4096).contains(&median), "{median}");
    let hour = shop.get(&path);
    assert_eq!((&hour["periodSeconds"], &hour["samples"][0]["requests"]), (&json!(60), &json!(60)));
    let balancer = shop.get(&format!("load-balancers/{}/metrics?minutes=1", encoded(&shop.balancer)));
    let samples = balancer["samples"].as_array().unwrap();
    assert_eq!((samples.len(), &samples[0]["requests"]), (6, &json!(10)));
}

#[test]
fn listeners_of_classic_load_balancers_have_numbers_too() {
    let world = World::new();
    world.put_instance("i-1", "us-east-1a");
    world.create_classic("old", "HTTP", "80");
    world.classic(
        "RegisterInstancesWithLoadBalancer",
        &[("LoadBalancerName", "old"), ("Instances.member.1.InstanceId", "i-1")],
    );
    let told = world.extension_ok("GET", "classic-load-balancers/old/listeners/80/sessions", "");
    let expected =
        json!({ "targetId": "i-1", "port": 8080, "state": "healthy", "sessions": 0, "requests": 0 });
    assert_eq!(told["targets"], json!([expected]));
    for path in ["classic-load-balancers/old/listeners/80/metrics", "classic-load-balancers/old/metrics"] {
        assert_eq!(world.extension_ok("GET", path, "")["samples"], json!([]), "{path}");
    }
    let refused = |path: &str, message: &str| world.extension_refused(("GET", path, ""), 404, message);
    refused("classic-load-balancers/old/listeners/81/sessions", "no listener on port 81");
    refused("classic-load-balancers/old/listeners/x/metrics", "no listener on port x");
    refused("classic-load-balancers/new/metrics", "no ACTIVE Load Balancer named 'new'");
}

#[test]
fn what_is_not_there_or_out_of_range_is_refused() {
    let shop = Shop::new();
    let (world, group) = (&shop.world, encoded(&shop.group));
    let path = format!("target-groups/{group}/metrics?minutes=1441");
    world.extension_refused(("GET", &path, ""), 400, "must be a number from 1 to 1440");
    world.extension_refused(("GET", "target-groups/x/sessions", ""), 400, "not a valid target group ARN");
    let other = shop.world.in_region("eu-west-1");
    other.extension_refused(("GET", &format!("target-groups/{group}/sessions"), ""), 404, "not found");
}
