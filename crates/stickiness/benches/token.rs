//! What a request pays for stickiness: opening and sealing one token, and the whole of a decision and its cookies.
//!
//! `cargo bench -p elbow-stickiness`. The design asks for at most 0.5 µs to open and seal, and for a decision that costs
//! the same for 3 and for 3,000 targets.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark fails loudly")]

use std::collections::HashMap;
use std::iter;
use std::time::Duration;

use divan::{Bencher, black_box};
use elbow_model::Timestamp;
use elbow_model::key::{LoadBalancerKey, TargetGroupKey, TargetKey};
use elbow_stickiness::{
    Choice, Context, CookieForm, Cookies, Decision, Keyring, Outcome, PROPAGATION, Policy, Reply,
    ResponseDate, Standing, Targets, bind, decide, open_target,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

fn main() {
    divan::main();
}

const GROUP: TargetGroupKey = TargetGroupKey::new(1);
const POLICY: Policy = Policy::LbCookie { duration: Duration::from_secs(86_400), https_only: false };

/// Clients that each have a cookie; more than one, so that no target stays in a cache by accident.
const CLIENTS: usize = 512;

struct Map(HashMap<TargetKey, Standing>);

impl Targets for Map {
    fn standing(&self, key: TargetKey) -> Standing {
        self.0.get(&key).copied().unwrap_or(Standing::Gone)
    }
}

struct Fixture {
    keys: Keyring,
    now: Timestamp,
    rng: ChaCha8Rng,
    targets: Map,
    /// Each client's `Cookie` line, among cookies of an application.
    lines: Vec<String>,
    values: Vec<String>,
}

impl Fixture {
    fn new(targets: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut now = Timestamp::from_secs(1_700_000_000);
        // Nine generations, as daily rotation keeps them.
        let mut keys = Keyring::first(now, &mut rng).unwrap();
        for _ in 0..8 {
            now = now + Duration::from_secs(86_400);
            keys = keys.rotate(now, PROPAGATION, &mut rng).unwrap();
        }
        now = now + PROPAGATION;
        let all: Vec<_> = (0..targets).map(|_| TargetKey::new(rng.next_u64())).collect();
        let targets = Map(all.iter().map(|key| (*key, Standing::Eligible)).collect());
        let mut fixture = Self { keys, now, rng, targets, lines: Vec::new(), values: Vec::new() };
        for client in 0..CLIENTS {
            let mut out = Vec::new();
            let decision = fixture.decide("");
            fixture.bind(&decision, all[client * 7 % all.len()], &mut out);
            let text = String::from_utf8(out).unwrap();
            let value = text.split(['=', ';']).nth(1).unwrap().to_owned();
            fixture.lines.push(format!(
                "_ga=GA1.2.1234567890.1700000000; sessionid=abcdefghijklmnopqrstuvwxyz012345; theme=dark; \
                 AWSALB={value}; AWSALBCORS={value}"
            ));
            fixture.values.push(value);
        }
        fixture
    }

    fn context(&self) -> Context<'_> {
        Context { load_balancer: LoadBalancerKey::new(2), keys: &self.keys, now: self.now, secure: true }
    }

    fn decide(&self, line: &str) -> Decision {
        let cookies = Cookies::read(iter::once(line.as_bytes()));
        decide(&self.context(), &POLICY, GROUP, &cookies, &self.targets)
    }

    fn bind(&mut self, decision: &Decision, target: TargetKey, out: &mut Vec<u8>) {
        let date = ResponseDate::new(self.now);
        self.bind_on(decision, target, &date, out);
    }

    fn bind_on(&mut self, decision: &Decision, target: TargetKey, date: &ResponseDate, out: &mut Vec<u8>) {
        let context =
            Context { load_balancer: LoadBalancerKey::new(2), keys: &self.keys, now: self.now, secure: true };
        let reply = Reply { date, user_agent: None, set_cookies: iter::empty(), form: CookieForm::default() };
        bind(&context, &POLICY, decision, target, reply, &mut self.rng, out);
    }
}

/// Opens the value of one `AWSALB`, base64 included.
#[divan::bench]
fn open(bencher: Bencher<'_, '_>) {
    let fixture = Fixture::new(3);
    let mut clients = (0..CLIENTS).cycle();
    bencher.bench_local(|| {
        let value = &fixture.values[clients.next().unwrap()];
        open_target(&fixture.context(), black_box(value.as_bytes())).is_ok()
    });
}

/// Seals one token and writes both lines.
#[divan::bench]
fn seal_and_write(bencher: Bencher<'_, '_>) {
    let mut fixture = Fixture::new(3);
    let decision = fixture.decide(&fixture.lines[0]);
    let Choice::Follow(target) = decision.choice else { return };
    let date = ResponseDate::new(fixture.now);
    let mut out = Vec::with_capacity(1_024);
    bencher.bench_local(|| {
        out.clear();
        fixture.bind_on(black_box(&decision), target, &date, &mut out);
        out.len()
    });
}

/// Reads the cookies, opens the token and asks for the target.
#[divan::bench(args = [3, 30, 300, 3_000])]
fn decide_among(bencher: Bencher<'_, '_>, targets: usize) {
    let fixture = Fixture::new(targets);
    let mut clients = (0..CLIENTS).cycle();
    bencher.bench_local(|| {
        let decision = fixture.decide(black_box(&fixture.lines[clients.next().unwrap()]));
        debug_assert_eq!(decision.outcome, Outcome::Hit);
        decision.outcome
    });
}

/// All that stickiness does for a request that sticks.
#[divan::bench(args = [3, 3_000])]
fn whole_request_among(bencher: Bencher<'_, '_>, targets: usize) {
    let mut fixture = Fixture::new(targets);
    let date = ResponseDate::new(fixture.now);
    let mut clients = (0..CLIENTS).cycle();
    let mut out = Vec::with_capacity(1_024);
    bencher.bench_local(|| {
        let decision = fixture.decide(black_box(&fixture.lines[clients.next().unwrap()]));
        let Choice::Follow(target) = decision.choice else { return 0 };
        out.clear();
        fixture.bind_on(&decision, target, &date, &mut out);
        out.len()
    });
}
