//! A fleet in one loop: nodes with skewed clocks, targets that come, fail, drain and leave, keys that rotate, browsers
//! that keep cookies, every policy at once. An oracle that never looks into a token knows where each session is.
//!
//! It asserts, for every request:
//! - a live session is followed to its target while that target is eligible, and to no other;
//! - a session that is over, or whose target cannot take the request, is chosen anew and the reason is the right one;
//! - a session does not go back to a target it left while another one is eligible;
//! - a second node with another clock and its own copy of the keys decides the same;
//! - damaged cookies change nothing but the reason, and panic nowhere.
//!
//! `ELBOW_SEED` replays a run; the seed is printed. `ELBOW_REQUESTS` changes its length.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a simulation states what must be true, and fails loudly"
)]

#[path = "simulation/browser.rs"]
mod browser;
#[path = "simulation/oracle.rs"]
mod oracle;
#[path = "simulation/play.rs"]
mod play;
#[path = "simulation/world.rs"]
mod world;

use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use elbow_stickiness::{Outcome, Rebound};
use play::{Plan, Play};

fn setting<T: FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok()?.parse().ok()
}

fn seed() -> u64 {
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |time| time.as_nanos() as u64);
    let seed = setting("ELBOW_SEED").unwrap_or_else(clock);
    println!("replay with ELBOW_SEED={seed}");
    seed
}

#[test]
fn a_fleet_keeps_a_million_requests_where_they_belong() {
    let plans = [
        (Plan::Duration { group: world::SHORT }, 80),
        (Plan::Duration { group: world::LONG }, 80),
        (Plan::BothDurations, 30),
        (Plan::Applications, 80),
        (Plan::Weighted, 60),
    ];
    let mut play = Play::new(seed(), &plans);
    play.run(setting("ELBOW_REQUESTS").unwrap_or(1_000_000));
    play.assert_everything_happened();
    println!("{play}");
}

#[test]
fn classic_duration_based_sessions_stay_where_they_are() {
    let mut play = Play::new(seed(), &[(Plan::Classic { group: world::CLASSIC }, 40)]);
    play.run(400_000);
    play.assert_happened(&[]);
    println!("{play}");
}

#[test]
fn classic_application_controlled_sessions_stay_where_they_are() {
    let mut play = Play::new(seed(), &[(Plan::Classic { group: world::CLASSIC_APPLICATION }, 40)]);
    play.run(400_000);
    play.assert_happened(&[Outcome::Rebound(Rebound::NoApplicationCookie)]);
    println!("{play}");
}
