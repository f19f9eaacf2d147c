//! Stories over the whole crate: what a client or target sends, and what the other side gets.

mod bodies;
mod classified;
mod properties;
mod request_rules;
mod response_rules;
mod smuggling;
mod splits;
mod valid;

use crate::desync::{Classification, DesyncMode, Verdict};
use crate::request::{self, Edits, HeadError, ScanState};
use crate::{Framing, Limits, Progress};

/// A request that was accepted, and what its target would get.
pub(super) struct Accepted {
    pub(super) sent: String,
    pub(super) bytes: Vec<u8>,
    pub(super) framing: Framing,
    pub(super) keep_alive: bool,
    pub(super) classification: Classification,
    pub(super) length: usize,
}

/// Parses a whole request head and writes it with these edits.
pub(super) fn accept_with(input: &[u8], edits: &Edits<'_>) -> Result<Accepted, HeadError> {
    let mut head = request::Head::default();
    let progress = head.parse(input, &mut ScanState::default(), &Limits::REQUEST)?;
    assert_eq!(progress, Progress::Complete, "{:?}", String::from_utf8_lossy(input));
    let mut bytes = Vec::new();
    request::write_head(&mut bytes, input, &head, edits);
    Ok(Accepted {
        sent: String::from_utf8_lossy(&bytes).into_owned(),
        bytes,
        framing: head.framing(),
        keep_alive: head.keep_alive(),
        classification: head.classification(),
        length: head.len(),
    })
}

pub(super) fn accept(input: &[u8]) -> Result<Accepted, HeadError> {
    accept_with(input, &Edits::default())
}

/// What becomes of a request in a mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Routed with this framing.
    Route(Framing),
    /// Routed with this framing, then both connections close.
    Isolate(Framing),
    /// Answered with this status.
    Refuse(u16),
}

pub(super) fn fate(input: &[u8], mode: DesyncMode) -> Fate {
    match accept(input) {
        Err(error) => Fate::Refuse(error.status()),
        Ok(accepted) => match accepted.classification.verdict(mode) {
            Verdict::Forward => Fate::Route(accepted.framing),
            Verdict::ForwardAndCloseBoth => Fate::Isolate(accepted.framing),
            Verdict::Refuse400 => Fate::Refuse(400),
        },
    }
}
