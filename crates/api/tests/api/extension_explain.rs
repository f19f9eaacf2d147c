//! Explanations of requests: what is asked, and how what the data plane tells is put into the words of the configuration.

use std::time::Duration;

use elbow_api::explanation::{
    Decided, Explained, Explanation, Forwarded, InGroup, Opened, Outcome, Refused, Session, Stickiness, Token,
};
use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_model::{Arn, Priority, Zone};
use serde_json::{Value, json};

use crate::world::World;

const HIT: Outcome = Outcome { word: "hit", meaning: "it follows its session's target" };
const CUT: Outcome = Outcome { word: "invalid:length", meaning: "copy all of it" };

/// A listener with two rules, its group with one target, and what their keys are.
struct Shop {
    world: World,
    path: String,
    rules: [String; 2],
    group: String,
    keys: (TargetGroupKey, TargetKey),
}

impl Shop {
    fn new() -> Self {
        let world = World::new();
        let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
        let listener = world.create_listener(&balancer, "80", &group);
        let rules = ["10", "20"].map(|priority| world.create_rule(&listener, priority));
        world.ok("RegisterTargets", &[("TargetGroupArn", &group), ("Targets.member.1.Id", "10.0.0.1")]);
        let Some(Arn::TargetGroup(of_group)) = Arn::parse(&group) else { panic!("{group}") };
        let target = world.state.current().configuration.targets_of(of_group.key).next().unwrap().key;
        let path = format!("listeners/{}/explain", listener.replace(':', "%3A").replace('/', "%2F"));
        Self { world, path, rules, group, keys: (of_group.key, target) }
    }

    fn tell(&self, explanation: Explanation) {
        *self.world.explained.told.lock().unwrap() = Some(explanation);
    }

    fn tell_decided(&self, decided: Decided) {
        self.tell(Explanation::Decided(decided));
    }

    fn forwarded(&self) -> Decided {
        let (group, target) = self.keys;
        let session = Session {
            group,
            target: Some(target),
            id: "00ff".to_owned(),
            begun: self.world.now(),
            last_used: self.world.now(),
            ends: Some(self.world.now()),
            moves: 1,
            secure: true,
        };
        let (gone_group, gone_target) = (TargetGroupKey::new(1), Some(TargetKey::new(1)));
        let gone = Session { group: gone_group, target: gone_target, ends: None, ..session.clone() };
        let sessions = vec![session, gone];
        Decided {
            rule: Some(Priority::new(20).unwrap()),
            passed_over: vec![(Priority::new(10).unwrap(), 0)],
            action: Explained::Forward(Forwarded {
                of_group: Some(HIT),
                groups: vec![InGroup {
                    group,
                    share: 0.25,
                    stickiness: Stickiness {
                        kind: "app_cookie",
                        duration: Some(Duration::from_secs(60)),
                        cookie_name: Some("cart".to_owned()),
                    },
                    outcome: HIT,
                    follows: Some(target),
                    leaves: None,
                    incompatible: false,
                    eligible: 1,
                    zones: vec![(Zone::parse("us-east-1a").unwrap(), 1)],
                    sets: vec!["AWSALBAPP-0=…; Path=/".to_owned()],
                    insecure_replay: true,
                }],
                tokens: vec![
                    Token { cookie: "AWSALBAPP-0", content: Ok(Opened { key: "0a".to_owned(), sessions }) },
                    Token { cookie: "AWSALBTG", content: Err(CUT) },
                ],
            }),
        }
    }

    fn ask(&self, question: &Value) -> Value {
        self.world.extension_ok("POST", &self.path, &question.to_string())
    }

    fn refused(&self, question: &Value, message: &str) {
        self.world.extension_refused(("POST", &self.path, &question.to_string()), 400, message);
    }
}

#[test]
fn what_is_told_comes_in_the_words_of_the_configuration() {
    let shop = Shop::new();
    shop.tell_decided(shop.forwarded());
    let told = shop.ask(&json!({}));
    assert_eq!(told["rule"], json!({ "priority": "20", "ruleArn": shop.rules[1] }));
    let passed = &told["rulesPassedOver"][0];
    assert_eq!((&passed["ruleArn"], &passed["priority"]), (&json!(shop.rules[0]), &json!("10")));
    assert!(passed["unmet"].as_str().unwrap().starts_with("path-pattern is /"), "{passed}");
    let target = json!({ "targetId": "10.0.0.1", "port": 80, "state": "healthy" });
    let group = &told["targetGroups"][0];
    assert_eq!((&group["targetGroupArn"], &group["target"]), (&json!(shop.group), &target));
    assert_eq!((&group["share"], &group["durationSeconds"]), (&json!(0.25), &json!(60)));
    let [own, gone] = [0, 1].map(|place| &told["cookies"][0]["sessions"][place]);
    assert_eq!((&own["target"], &own["moves"], &own["isFromHttps"]), (&target, &json!(1), &json!(true)));
    assert!(gone.get("target").is_none() && gone.get("targetGroupArn").is_none(), "{gone}");
    let cut = json!({ "name": "AWSALBTG", "isReadable": false, "outcome": CUT.word, "meaning": CUT.meaning });
    assert_eq!(told["cookies"][1], cut);
    assert_eq!(told["groupStickiness"]["outcome"], "hit");

    assert_eq!(group["zones"], json!([{ "zoneName": "us-east-1a", "eligibleTargets": 1 }]));
    assert_eq!(group["setCookies"], json!(["AWSALBAPP-0=…; Path=/"]));
    assert_eq!((&own["endsAt"], gone.get("endsAt")), (&own["begunAt"], None));

    let action = Explained::Redirect { status: 301, location: "https://a/".to_owned() };
    shop.tell_decided(Decided { rule: None, passed_over: Vec::new(), action });
    let told = shop.ask(&json!({}));
    assert_eq!((&told["rule"]["priority"], &told["action"]), (&json!("default"), &json!("redirect")));
    assert_eq!((&told["status"], &told["location"]), (&json!(301), &json!("https://a/")));
    assert!(told["rule"]["ruleArn"].as_str().unwrap().contains(":listener-rule/"), "{told}");
}

#[test]
fn what_no_rule_decides_says_who_does() {
    let shop = Shop::new();
    shop.tell(Explanation::Refused(Refused { status: 400, meaning: "it is bad".to_owned() }));
    let told = shop.ask(&json!({}));
    assert_eq!((&told["action"], &told["status"]), (&json!("refused"), &json!(400)));
    assert_eq!((&told["meaning"], told.get("rule")), (&json!("it is bad"), None));

    let other = shop.world.create_load_balancer("other");
    let group = shop.world.create_target_group("others");
    let listener = shop.world.create_listener(&other, "80", &group);
    let Some(Arn::Listener(arn)) = Arn::parse(&listener) else { panic!("{listener}") };
    shop.tell(Explanation::Elsewhere(arn.key));
    let told = shop.ask(&json!({}));
    assert_eq!((&told["action"], &told["listenerArn"]), (&json!("other-listener"), &json!(listener)));
    assert_eq!(told["loadBalancerName"], "other");
}

#[test]
fn a_request_is_asked_about_as_a_whole_or_in_parts() {
    let shop = Shop::new();
    shop.tell_decided(shop.forwarded());
    let parts = json!({
        "method": "PUT", "path": "/a?b", "host": "shop.test", "cookie": "AWSALB=x", "headers": { "X-Mine": "1" },
        "sourceIp": "10.1.2.3",
    });
    let head = "PUT /a?b HTTP/1.1\r\nHost: shop.test\r\nCookie: AWSALB=x\r\nX-Mine: 1\r\n\r\n";
    for (question, source) in [(parts, "10.1.2.3"), (json!({ "request": head }), "127.0.0.1")] {
        shop.ask(&question);
        let asked = shop.world.explained.asked.lock().unwrap().clone();
        assert_eq!(asked, (head.to_owned(), Some(source.parse().unwrap())), "{question}");
    }
}

#[test]
fn what_cannot_be_asked_is_refused_by_its_name() {
    let shop = Shop::new();
    shop.refused(&json!({}), "The listener serves no requests");
    shop.tell_decided(shop.forwarded());
    shop.refused(&json!({ "cookies": "AWSALB=x" }), "'cookies' is not known");
    shop.refused(&json!({ "request": "GET / HTTP/1.1", "path": "/" }), "either the request as a whole");
    shop.refused(&json!({ "cookie": "a=b\r\nX: y" }), "one line");
    shop.refused(&json!({ "headers": { "A:": "b" } }), "'headers'");
    shop.refused(&json!({ "headers": { "A": 1 } }), "'headers'");
    shop.refused(&json!({ "sourceIp": "here" }), "'sourceIp'");
    shop.refused(&json!({ "request": "x".repeat(200_000) }), "larger than");
    let nowhere = ("POST", "listeners/nothing/explain", "{}");
    shop.world.extension_refused(nowhere, 400, "'nothing' is not a valid listener ARN");
}

#[test]
fn the_instances_of_a_classic_listener_are_named() {
    let shop = Shop::new();
    let world = &shop.world;
    world.create_classic("old", "HTTP", "80");
    world.put_instance("i-1", "us-east-1a");
    let register = [("LoadBalancerName", "old"), ("Instances.member.1.InstanceId", "i-1")];
    world.classic("RegisterInstancesWithLoadBalancer", &register);
    let configuration = &world.state.current().configuration;
    let classic = configuration.classic_load_balancers.values().next().unwrap();
    let (listener, registration) =
        (classic.listeners.values().next().unwrap(), classic.instances.values().next().unwrap());
    let mut told = shop.forwarded();
    let Explained::Forward(forwarded) = &mut told.action else { unreachable!() };
    (forwarded.groups[0].group, forwarded.groups[0].follows) = (listener.group, Some(registration.key));
    told.rule = None;
    shop.tell_decided(told);
    let told = world.extension_ok("POST", "classic-load-balancers/old/listeners/80/explain", "");
    assert_eq!(told["rule"], json!({ "priority": "default" }));
    assert_eq!(told["targetGroups"][0]["target"]["targetId"], "i-1");
    assert!(told["targetGroups"][0].get("targetGroupArn").is_none());
}
