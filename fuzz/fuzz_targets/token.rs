//! A real token of each kind, changed: it opens only if it is unchanged.
//!
//! The input is a list of edits: which kind, then pairs of a position and a byte to write there.

#![no_main]

use elbow_fuzz::{GROUP, LoadBalancer, policies};
use elbow_stickiness::{open_application, open_classic, open_group, open_target};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut load_balancer = LoadBalancer::default();
    let Some((kind, edits)) = data.split_first() else { return };
    let policies = policies();
    let genuine = load_balancer.first_value(&policies[usize::from(*kind) % policies.len()]);
    let mut value = genuine.clone();
    for edit in edits.chunks_exact(2) {
        match value.get_mut(usize::from(edit[0])) {
            Some(place) => *place = edit[1],
            None => value.push(edit[1]),
        }
    }
    let context = load_balancer.context();
    for value in [value.as_slice(), data] {
        let opens = open_target(&context, value).is_ok()
            || open_application(&context, value).is_ok()
            || open_classic(&context, GROUP, value).is_ok();
        assert_eq!(opens, value == genuine);
        assert!(open_group(&context, value).is_err(), "no token here is a target group's");
    }
});
