//! One node in one loop: targets that are sick, well, slow to start, broken or drained; workers that choose among them;
//! clients whose sessions stay. Time is virtual.
//!
//! It asserts, for every request:
//! - a live session is followed while its target is eligible, and leads to no other target;
//! - who is chosen is registered, not draining, and healthy unless too few are;
//! - with `least_outstanding_requests`, nobody has fewer requests of that worker in progress;
//! - somebody is chosen whenever there is somebody.
//!
//! And for quiet times: shares become even again, after a slow start and after an anomaly.
//!
//! `ELBOW_SEED` replays a run; the seed is printed.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a simulation states what must be true, and fails loudly"
)]

#[path = "simulation/play.rs"]
mod play;
mod support;
#[path = "simulation/world.rs"]
mod world;

use std::time::{SystemTime, UNIX_EPOCH};

use elbow_model::attribute::target_group as key;
use elbow_routing::{FULL_SHARE, MINIMUM_SHARE};
use play::Play;

fn seed() -> u64 {
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |time| time.as_nanos() as u64);
    let given = std::env::var("ELBOW_SEED").ok().and_then(|text| text.parse().ok());
    let seed = given.unwrap_or_else(clock);
    println!("replay with ELBOW_SEED={seed}");
    seed
}

const STICKY: (&str, &str) = (key::STICKINESS_ENABLED, "true");
const MITIGATING: [(&str, &str); 2] = [(key::ALGORITHM, "weighted_random"), (key::ANOMALY_MITIGATION, "on")];

#[test]
fn sessions_stay_while_targets_start_slowly_and_come_and_go() {
    let mut play = Play::new(seed(), &[STICKY, (key::SLOW_START, "60")]);
    play.run(150_000);
    println!("{play}");
    assert!(play.hits > 0 && play.moves > 0 && play.chosen > 0 && play.routed_to_all > 0);
    assert!(play.world.ramps > 0 && play.world.drained > 0 && play.world.transitions > 0);
}

#[test]
fn sessions_stay_with_least_outstanding_requests() {
    let mut play = Play::new(seed(), &[STICKY, (key::ALGORITHM, "least_outstanding_requests")]);
    play.run(150_000);
    println!("{play}");
    assert!(play.hits > 0 && play.moves > 0 && play.chosen > 0 && play.world.drained > 0);
}

#[test]
fn only_who_may_be_is_chosen_at_random() {
    let threshold = (key::UNHEALTHY_ROUTING_PERCENTAGE, "50");
    let mut play = Play::new(seed(), &[MITIGATING[0], MITIGATING[1], threshold]);
    play.run(150_000);
    println!("{play}");
    assert!(play.chosen > 0 && play.routed_to_all > 0 && play.world.mitigated > 0);
}

/// B2, in quiet times.
#[test]
fn a_broken_target_is_relieved_and_gets_its_share_back() {
    let mut play = Play::new(seed(), &MITIGATING);
    play.quiet(60);
    play.assert_even_for(60);
    play.world.break_one(0.5);
    play.quiet(60);
    assert_eq!(play.world.shares()[0], MINIMUM_SHARE);
    let counts = play.served(60);
    let (broken, others) = (counts[0] as f64, counts[1..].iter().sum::<u64>() as f64);
    let expected = others / (counts.len() - 1) as f64 / 10.0;
    assert!((broken - expected).abs() < 6.0 * expected.sqrt(), "{counts:?}");
    play.world.break_one(0.0);
    play.quiet(120);
    assert!(play.world.shares().iter().all(|share| *share == FULL_SHARE));
    play.assert_even_for(60);
}

/// B3, in quiet times.
#[test]
fn a_new_target_gets_more_and_more_until_shares_are_even() {
    let mut play = Play::new(seed(), &[(key::SLOW_START, "120")]);
    play.quiet(60);
    play.assert_even_for(60);
    play.world.register();
    let quarters = [0, 1, 2, 3].map(|_| *play.served(30).last().unwrap());
    assert!(quarters.windows(2).all(|pair| pair[0] < pair[1]), "{quarters:?}");
    play.assert_even_for(60);
}
