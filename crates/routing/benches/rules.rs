//! What a request pays for the rules of its listener: the same for 1, 10 and 100 of them, and no memory.
//!
//! `cargo bench -p elbow-routing`. The request meets the last rule, so that none can be left out by luck. A whole
//! proxied request costs about 16,000 ns, so the bar of 5 % between 1 and 100 rules is 800 ns.

#![allow(clippy::unwrap_used, reason = "a benchmark fails loudly")]

use std::sync::Arc;

use divan::{AllocProfiler, Bencher, black_box};
use elbow_model::key::{ListenerKey, LoadBalancerKey, RuleKey, TargetGroupKey};
use elbow_model::{
    AccountId, Action, Actions, Condition, Conditions, Forward, ListenerArn, LoadBalancerArn,
    LoadBalancerKind, LoadBalancerName, Priority, Region, Rule, RuleArn, Scope, Tags, Transforms,
};
use elbow_routing::{Fields, Request, Rules};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

const COUNTS: [u16; 4] = [1, 10, 100, 1000];

/// What a browser sends.
struct Lines(Vec<(&'static [u8], Vec<u8>)>);

impl Fields for Lines {
    fn lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0.iter().map(|(name, value)| (*name, value.as_slice()))
    }
}

fn compiled(count: u16, conditions: impl Fn(u16) -> Vec<Condition>) -> Rules {
    let scope = Scope {
        region: Region::parse("us-east-1").unwrap(),
        account: AccountId::parse("000000000000").unwrap(),
    };
    let name = LoadBalancerName::parse("lb").unwrap();
    let load_balancer =
        LoadBalancerArn { scope, name, key: LoadBalancerKey::new(1), kind: LoadBalancerKind::Application };
    let listener = ListenerArn { load_balancer, key: ListenerKey::new(1) };
    let rules: Vec<_> = (1..=count)
        .map(|n| {
            Arc::new(Rule {
                arn: RuleArn { listener: listener.clone(), key: RuleKey::new(n.into()) },
                priority: Priority::new(n).unwrap(),
                conditions: Conditions::new(conditions(n)).unwrap(),
                transforms: Transforms::default(),
                actions: Actions::only(Action::Forward(Forward::to(TargetGroupKey::new(1)))),
                tags: Tags::default(),
            })
        })
        .collect();
    Rules::compile(rules.iter())
}

/// Finds the last of `count` rules again and again.
fn bench(bencher: Bencher<'_, '_>, count: u16, conditions: impl Fn(u16) -> Vec<Condition>) {
    let rules = compiled(count, conditions);
    let (host, path, query) = (
        format!("tenant-{count}.shop.example.com"),
        format!("/api/v1/service-{count}/items/42"),
        format!("tenant={count}&page=2"),
    );
    let lines = Lines(vec![
        (b"Host", host.clone().into_bytes()),
        (
            b"User-Agent",
            b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36".to_vec(),
        ),
        (b"Accept", b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8".to_vec()),
        (b"Accept-Encoding", b"gzip, deflate, br".to_vec()),
        (b"X-Tenant", format!("t-{count}.").into_bytes()),
        (b"Cookie", vec![b'x'; 200]),
    ]);
    let request = Request {
        host: host.as_bytes(),
        method: b"GET",
        path: path.as_bytes(),
        query: query.as_bytes(),
        source: [10, 0, (count >> 8) as u8, count as u8].into(),
        fields: &lines,
    };
    assert_eq!(rules.find(&request).map(|(position, _)| position), Some(usize::from(count) - 1));
    bencher.bench_local(|| black_box(&rules).find(black_box(&request)).map(|(position, _)| position));
}

#[divan::bench(args = COUNTS)]
fn by_host(bencher: Bencher<'_, '_>, count: u16) {
    bench(bencher, count, |n| {
        vec![Condition::host_header(&[&format!("tenant-{n}.shop.example.com")], &[]).unwrap()]
    });
}

#[divan::bench(args = COUNTS)]
fn by_path(bencher: Bencher<'_, '_>, count: u16) {
    bench(bencher, count, |n| {
        vec![Condition::path_pattern(&[&format!("/api/v1/service-{n}/*")], &[]).unwrap()]
    });
}

#[divan::bench(args = COUNTS)]
fn by_host_and_path(bencher: Bencher<'_, '_>, count: u16) {
    bench(bencher, count, |n| {
        let path = format!("/api/*/service-{n}/*");
        vec![
            Condition::host_header(&["*.shop.example.com"], &[]).unwrap(),
            Condition::path_pattern(&[&path], &[]).unwrap(),
        ]
    });
}

#[divan::bench(args = COUNTS)]
fn by_header(bencher: Bencher<'_, '_>, count: u16) {
    bench(bencher, count, |n| vec![Condition::http_header("X-Tenant", &[&format!("t-{n}.")], &[]).unwrap()]);
}

#[divan::bench(args = COUNTS)]
fn by_query(bencher: Bencher<'_, '_>, count: u16) {
    bench(bencher, count, |n| vec![Condition::query_string(&[(Some("tenant"), &n.to_string())]).unwrap()]);
}

#[divan::bench(args = COUNTS)]
fn by_source(bencher: Bencher<'_, '_>, count: u16) {
    bench(bencher, count, |n| {
        vec![Condition::source_ip(&[&format!("10.0.{}.{}/32", n >> 8, n & 255)]).unwrap()]
    });
}

#[divan::bench(args = COUNTS)]
fn by_expression(bencher: Bencher<'_, '_>, count: u16) {
    bench(bencher, count, |n| {
        vec![Condition::path_pattern(&[], &[&format!("^/api/v[0-9]+/service-{n}/")]).unwrap()]
    });
}
