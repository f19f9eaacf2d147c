//! Any bytes as the target's `Set-Cookie` values and the client's `User-Agent`: the cookies written are whole lines,
//! and hardening a value twice is hardening it once.
//! A hostile target must not be able to write a header of its own through the attributes that Classic copies.

#![no_main]

use std::iter;

use elbow_fuzz::{LoadBalancer, assert_lines, policies};
use elbow_stickiness::harden;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut load_balancer = LoadBalancer::default();
    let values = || data.split(|byte| *byte == b'\n').chain(iter::once(data));
    for policy in policies() {
        let decision = load_balancer.decide(&policy, iter::empty());
        assert_lines(&load_balancer.bind(&policy, &decision, values(), Some(data)));
    }
    for value in values() {
        assert_eq!(hardened(&hardened(value)), hardened(value));
    }
});

fn hardened(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    harden(value, |name| name == b"theme", &mut out);
    out
}
