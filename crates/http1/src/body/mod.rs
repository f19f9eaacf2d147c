//! Bodies: where they end, and the bytes that frame them.
//!
//! A [`Decoder`] is given what has been read and answers which part of it is body, in place; nothing is copied.
//! What goes out is framed anew with [`write_chunk`], [`write_chunk_head`] and [`write_last_chunk`]: our own chunk
//! sizes, no extensions, and only trailers that are allowed to be trailers.
//!
//! A body with a length needs no decoding at all: relay [`Decoder::remaining`] bytes and tell it with
//! [`Decoder::advance`].

mod chunked;
mod encode;
mod error;
mod trailer;

pub use chunked::limits;
pub use encode::{CHUNK_END, write_chunk, write_chunk_head, write_last_chunk};
pub use error::BodyError;
pub(crate) use trailer::announce as announce_trailers;

use crate::Framing;
use chunked::Chunked;
use std::ops::Range;
use std::sync::Arc;

/// Reads one body.
#[derive(Debug)]
pub struct Decoder {
    state: State,
}

#[derive(Debug)]
enum State {
    Length(u64),
    Chunked(Chunked),
    UntilClose,
}

/// Names of fields that only the load balancer may send.
pub type Reserved = Arc<[Box<str>]>;

/// What a call of [`Decoder::decode`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// The part of the input that is body.
    pub data: Range<usize>,
    /// How much of the input is done with; the data lies within. If it is nothing and the body has not ended, read
    /// more. What follows the end belongs to the next message.
    pub consumed: usize,
    /// The body is complete.
    pub end: bool,
}

impl Decoder {
    /// A decoder for a body that starts.
    pub const fn new(framing: Framing) -> Self {
        let state = match framing {
            Framing::None => State::Length(0),
            Framing::Length(length) => State::Length(length),
            Framing::Chunked => State::Chunked(Chunked::new()),
            Framing::UntilClose => State::UntilClose,
        };
        Self { state }
    }

    /// The same without trailers of these names, whatever their case and with `_` for `-`, too: what the load balancer speaks
    /// for must not come from the sender in another place.
    #[must_use]
    pub fn without_trailers(mut self, names: Reserved) -> Self {
        if let State::Chunked(chunked) = &mut self.state {
            chunked.reserve(names);
        }
        self
    }

    /// Finds the next piece of body in `input`, which starts where the previous piece was consumed.
    ///
    /// # Errors
    ///
    /// The framing is broken: the connection cannot be used any more, and the other side must not be told that
    /// the body is complete.
    pub fn decode(&mut self, input: &[u8]) -> Result<Piece, BodyError> {
        match &mut self.state {
            State::Length(remaining) => {
                let length = usize::try_from(*remaining).unwrap_or(usize::MAX).min(input.len());
                *remaining = remaining.saturating_sub(length as u64);
                Ok(Piece { data: 0..length, consumed: length, end: *remaining == 0 })
            }
            State::Chunked(chunked) => chunked.decode(input),
            State::UntilClose => Ok(Piece { data: 0..input.len(), consumed: input.len(), end: false }),
        }
    }

    /// The sender has closed its connection.
    ///
    /// # Errors
    ///
    /// [`BodyError::Truncated`] unless the body was complete, or ends with the connection.
    pub const fn close(&self) -> Result<(), BodyError> {
        if self.is_end() || matches!(self.state, State::UntilClose) {
            Ok(())
        } else {
            Err(BodyError::Truncated)
        }
    }

    /// The body has been read to its end.
    pub const fn is_end(&self) -> bool {
        match &self.state {
            State::Length(remaining) => *remaining == 0,
            State::Chunked(chunked) => chunked.is_end(),
            State::UntilClose => false,
        }
    }

    /// The next byte is one of the body, and none that frames it.
    pub const fn is_in_data(&self) -> bool {
        match &self.state {
            State::Length(remaining) => *remaining > 0,
            State::Chunked(chunked) => chunked.is_in_data(),
            State::UntilClose => true,
        }
    }

    /// Bytes that are still to come of a body with a length, for a relay that does not look at them.
    pub const fn remaining(&self) -> Option<u64> {
        match &self.state {
            State::Length(remaining) => Some(*remaining),
            _ => None,
        }
    }

    /// This many bytes of a body with a length were relayed without [`Decoder::decode`].
    pub const fn advance(&mut self, relayed: u64) {
        if let State::Length(remaining) = &mut self.state {
            *remaining = remaining.saturating_sub(relayed);
        }
    }

    /// The trailers of a chunked body that has ended: complete lines, valid, without those that must not be
    /// trailers (RFC 9110 section 6.5.1).
    pub fn trailers(&self) -> &[u8] {
        match &self.state {
            State::Chunked(chunked) => chunked.trailers(),
            _ => &[],
        }
    }
}
