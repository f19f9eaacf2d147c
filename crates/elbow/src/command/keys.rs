//! `elbow keys`: the generations of the key that seals stickiness cookies.

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
    let issuing = ring.issuing(now()).id;
    for generation in ring.generations() {
        let purpose = match generation.id {
            id if id == issuing => "issuing".to_owned(),
            _ if generation.promote_at > now() => {
                format!("accepted, issues from {} on", clock::show(generation.promote_at))
            }
            id if ring.accepting(now()).any(|accepted| accepted.id == id) => "accepted".to_owned(),
            _ => "expired".to_owned(),
        };
        say(format_args!("{}\t{}\t{purpose}", generation.id, clock::show(generation.created)))?;
    }
    Ok(())
}
