//! Any rules and any request: what the index finds is what asking every rule in turn finds, and nothing panics.
//!
//! Lines of the input until the first empty one are rules; their conditions are separated by tabs, and the first letter
//! of each says what it is about. The lines behind it are the request: host, path, query, method, header values.

#![no_main]

use std::sync::Arc;

use elbow_model::key::{ListenerKey, LoadBalancerKey, RuleKey, TargetGroupKey};
use elbow_model::{
    AccountId, Action, Actions, Condition, Conditions, Forward, ListenerArn, LoadBalancerArn,
    LoadBalancerKind, LoadBalancerName, Priority, Region, Rule, RuleArn, Scope, Tags, Transforms,
};
use elbow_routing::{Fields, Request, Rules};
use libfuzzer_sys::fuzz_target;

/// More rules than this take time and find nothing more.
const MAX_RULES: usize = 80;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let listener = listener();
    let mut lines = text.split('\n');
    let conditions =
        lines.by_ref().take_while(|line| !line.is_empty()).filter_map(conditions).take(MAX_RULES);
    let rules: Vec<Arc<Rule>> = (1..)
        .zip(conditions)
        .map(|(number, conditions)| Arc::new(rule(&listener, number, conditions)))
        .collect();
    let rules = Rules::compile(rules.iter());

    let mut part = || lines.next().unwrap_or_default().as_bytes();
    let (host, path, query, method) = (part(), part(), part(), part());
    let fields = Lines(lines.collect());
    let request = Request { host, method, path, query, source: [10, 1, 2, 3].into(), fields: &fields };
    let position = |found: Option<(usize, &elbow_routing::Rule)>| found.map(|(position, _)| position);
    assert_eq!(position(rules.find(&request)), position(rules.find_naively(&request)));
});

struct Lines<'a>(Vec<&'a str>);

impl Fields for Lines<'_> {
    fn lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let names: [&[u8]; 3] = [b"X-A", b"x-a", b"X-B"];
        names.into_iter().cycle().zip(self.0.iter().map(|value| value.as_bytes()))
    }
}

/// The conditions of a line, unless they are none that a rule can have.
fn conditions(line: &str) -> Option<Conditions> {
    let one = |text: &str| {
        let mut chars = text.chars();
        let kind = chars.next()?;
        let rest = chars.as_str();
        match kind {
            'h' => Condition::host_header(&[rest], &[]).ok(),
            'H' => Condition::host_header(&[], &[rest]).ok(),
            'p' => Condition::path_pattern(&[rest], &[]).ok(),
            'P' => Condition::path_pattern(&[], &[rest]).ok(),
            'a' => Condition::http_header("X-A", &[rest], &[]).ok(),
            'b' => Condition::http_header("x-B", &[], &[rest]).ok(),
            'm' => Condition::request_method(&[rest]).ok(),
            'q' => Condition::query_string(&[(None, rest)]).ok(),
            'k' => Condition::query_string(&[(Some(rest), "*")]).ok(),
            's' => Condition::source_ip(&[rest]).ok(),
            _ => None,
        }
    };
    Conditions::new(line.split('\t').filter_map(one).collect()).ok()
}

fn rule(listener: &ListenerArn, number: u16, conditions: Conditions) -> Rule {
    Rule {
        arn: RuleArn { listener: listener.clone(), key: RuleKey::new(number.into()) },
        priority: Priority::new(number).unwrap(),
        conditions,
        transforms: Transforms::default(),
        actions: Actions::only(Action::Forward(Forward::to(TargetGroupKey::new(1)))),
        tags: Tags::default(),
    }
}

fn listener() -> ListenerArn {
    let (region, account) = (Region::parse("us-east-1").unwrap(), AccountId::parse("000000000000").unwrap());
    let (scope, name) = (Scope { region, account }, LoadBalancerName::parse("lb").unwrap());
    let load_balancer =
        LoadBalancerArn { scope, name, key: LoadBalancerKey::new(1), kind: LoadBalancerKind::Application };
    ListenerArn { load_balancer, key: ListenerKey::new(1) }
}
