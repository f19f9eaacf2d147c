//! A real application token, cut and mixed into fragments: it is honoured only if they join to the token.
//!
//! Each byte of the input is one fragment: the upper half says which of `AWSALBAPP-0` to `-3` or something else, the
//! lower half which part of the token.

#![no_main]

use std::iter;

use elbow_fuzz::{LoadBalancer, TARGET, policies};
use elbow_stickiness::Choice;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut load_balancer = LoadBalancer::default();
    let [_, policy, ..] = policies();
    let token = load_balancer.first_value(&policy);
    let mut line = b"sid=1".to_vec();
    let mut first: [Option<&[u8]>; 4] = [None; 4];
    for byte in data.iter().take(64) {
        let (name, part) = (usize::from(byte >> 4), usize::from(byte & 15));
        let piece = match part {
            0 => token.as_slice(),
            1 => b"_remove_",
            2 => b"",
            15 => b"x",
            part => &token[(part - 3) / 2 * 24..][..24],
        };
        line.extend_from_slice(format!("; AWSALBAPP-{name}=").as_bytes());
        line.extend_from_slice(piece);
        if let Some(place) = first.get_mut(name) {
            place.get_or_insert(piece);
        }
    }
    let in_use = first.map(|piece| piece.filter(|piece| *piece != b"_remove_"));
    let joined: Vec<u8> = in_use.iter().map_while(|piece| *piece).flatten().copied().collect();
    let without_gap = in_use.iter().skip_while(|piece| piece.is_some()).all(Option::is_none);
    let decision = load_balancer.decide(&policy, iter::once(line.as_slice()));
    assert_eq!(
        decision.choice == Choice::Follow(TARGET),
        without_gap && joined == token,
        "{}",
        decision.outcome
    );
});
