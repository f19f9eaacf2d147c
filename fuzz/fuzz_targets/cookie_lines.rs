//! Any bytes as `Cookie` lines, under every policy: no panic, no target but the registered one, whole lines back.

#![no_main]

use std::iter;

use elbow_fuzz::{LoadBalancer, TARGET, assert_lines, policies};
use elbow_stickiness::{Choice, Cookies, GroupPolicy, Membership, decide_group};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut load_balancer = LoadBalancer::default();
    let lines = data.split(|byte| *byte == b'\n');
    for policy in policies() {
        let decision = load_balancer.decide(&policy, lines.clone());
        assert!(matches!(decision.choice, Choice::Choose | Choice::Follow(TARGET)));
        assert_lines(&load_balancer.bind(&policy, &decision, iter::empty(), None));
    }
    let policy = GroupPolicy { duration: std::time::Duration::from_secs(60) };
    let membership = |_| Membership::Member { https_only: true };
    let _ = decide_group(&load_balancer.context(), Some(policy), &Cookies::read(lines), membership);
});
