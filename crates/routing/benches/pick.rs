//! What a request pays for the choice of its target.
//!
//! `cargo bench -p elbow-routing`. The design asks that it costs as much with 3,000 targets as with 3.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark fails loudly")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::Instant;

use divan::{Bencher, black_box};
use elbow_model::attribute::target_group as key;
use elbow_routing::{Ask, Picker};

fn main() {
    divan::main();
}

/// Requests in progress while another one comes.
const IN_PROGRESS: usize = 64;

fn pick(bencher: Bencher<'_, '_>, targets: u64, attributes: &[(&str, &str)]) {
    let group = support::healthy_group(targets, attributes);
    let mut picker = Picker::new(7);
    let ask = Ask { zone: None, now: Instant::now(), excluded: &[] };
    bencher.bench_local(|| picker.pick(black_box(&group), &ask).map(|target| target.key));
}

#[divan::bench(args = [3, 30, 300, 3_000])]
fn round_robin(bencher: Bencher<'_, '_>, targets: u64) {
    pick(bencher, targets, &[]);
}

#[divan::bench(args = [3, 30, 300, 3_000])]
fn weighted_random(bencher: Bencher<'_, '_>, targets: u64) {
    pick(bencher, targets, &[(key::ALGORITHM, "weighted_random")]);
}

#[divan::bench(args = [3, 30, 300, 3_000])]
fn weighted_random_mitigating(bencher: Bencher<'_, '_>, targets: u64) {
    pick(bencher, targets, &[(key::ALGORITHM, "weighted_random"), (key::ANOMALY_MITIGATION, "on")]);
}

/// A choice, and the beginning and the end of a request that count it.
#[divan::bench(args = [3, 30, 300, 3_000])]
fn least_outstanding_requests(bencher: Bencher<'_, '_>, targets: u64) {
    let group = support::healthy_group(targets, &[(key::ALGORITHM, "least_outstanding_requests")]);
    let mut picker = Picker::new(7);
    let ask = Ask { zone: None, now: Instant::now(), excluded: &[] };
    let mut running = [None; IN_PROGRESS];
    let mut turn = (0..IN_PROGRESS).cycle();
    bencher.bench_local(|| {
        let slot = &mut running[turn.next().unwrap()];
        if let Some(key) = slot.take() {
            picker.end(key);
        }
        let key = picker.pick(black_box(&group), &ask).unwrap().key;
        picker.begin(&group, key);
        *slot = Some(key);
        key
    });
}
