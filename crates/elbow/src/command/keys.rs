//! `elbow keys`: the generations of the key that seals stickiness cookies.

use elbow_api::KeyPurpose;

use super::{data, say};
use crate::clock::{self, now};
use crate::failure::Failure;
use crate::{cli, key_ring, random};

/// Runs one of the commands.
pub(crate) fn run(command: cli::Keys) -> Result<(), Failure> {
    match command {
        cli::Keys::Rotate { data } => rotate(data),
        cli::Keys::List { data } => list(data),
    }
}

fn rotate(data: cli::Data) -> Result<(), Failure> {
    let state = data::open(data)?;
    let mut rng = random::generator()?;
    data::update(&state, |configuration| key_ring::rotation(configuration, now(), |_| true, &mut rng))?;
    let Some(ring) = key_ring::of(&state.current().configuration)? else { return Ok(()) };
    let Some(newest) = ring.generations().next() else { return Ok(()) };
    let from = clock::show(newest.promote_at);
    say(format_args!("{}\tissues from {from} on; cookies of the older keys stay good", newest.id))
}

fn list(data: cli::Data) -> Result<(), Failure> {
    let snapshot = data::open(data)?.current();
    let Some(ring) = key_ring::of(&snapshot.configuration)? else { return Ok(()) };
    for it in key_ring::uses(&ring, now()) {
        let purpose = match it.purpose {
            KeyPurpose::Waiting => format!("accepted, issues from {} on", clock::show(it.issues_from)),
            other => other.as_str().to_owned(),
        };
        say(format_args!("{}\t{}\t{purpose}", it.id, clock::show(it.created)))?;
    }
    Ok(())
}
