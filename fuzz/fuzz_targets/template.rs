//! Any text as a template of CloudFormation: no panic, no hang, and each resource has one place in the order.

#![no_main]

use std::collections::BTreeSet;

use elbow_api::cloudformation::order;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(order) = order(text) else { return };
    assert!(!order.is_empty());
    let once: BTreeSet<&String> = order.iter().collect();
    assert_eq!(once.len(), order.len());
});
