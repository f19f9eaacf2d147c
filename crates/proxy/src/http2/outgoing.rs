//! A body on its way out: what is written as HTTP/1.1 goes out as a stream's frames.
//!
//! The writer is this crate, so a malformed body is its own fault and ends the stream. A body is written no faster than
//! the other side takes it: bytes are accepted as far as the windows of stream and connection reach.

use std::io;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use elbow_http1::Framing;
use elbow_http1::body::Decoder;
use h2::{Reason, SendStream};
use http::HeaderMap;

use super::head;

/// Bytes of a body that are taken at a time: a frame of the usual size.
const PIECE_BYTES: usize = 16 * 1024;

/// One body.
pub(super) struct Outgoing {
    send: SendStream<Bytes>,
    decoder: Decoder,
}

impl Outgoing {
    /// A body that is written as `framing` has it.
    pub(super) const fn new(send: SendStream<Bytes>, framing: Framing) -> Self {
        Self { send, decoder: Decoder::new(framing) }
    }

    /// Ready when the other side has given the stream up, or the connection is gone.
    pub(super) fn poll_reset(&mut self, cx: &mut Context<'_>) -> Poll<Result<Reason, h2::Error>> {
        self.send.poll_reset(cx)
    }

    /// Ends what has no end of its own.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.send.send_data(Bytes::new(), true).map_err(io::Error::other)
    }

    /// Gives the stream up.
    pub(super) fn reset(&mut self, reason: Reason) {
        self.send.send_reset(reason);
    }

    /// Ends the body before its time, with these trailers. Who has given the stream up does not hear them.
    pub(super) fn end_with(&mut self, trailers: HeaderMap) {
        let _ = self.send.send_trailers(trailers);
    }

    /// How many of `bytes` went out, and whether the body has ended with them.
    pub(super) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<(usize, bool)>> {
        let Self { send, decoder } = self;
        let wanted = bytes.len().min(PIECE_BYTES);
        if send.capacity() < wanted {
            send.reserve_capacity(wanted);
        }
        let window = match send.capacity() {
            // What only frames the body needs no window, and the end must not wait for one: who has read all of a body
            // may never open it again.
            0 if !decoder.is_in_data() => 1,
            0 => match ready!(send.poll_capacity(cx)) {
                Some(Ok(window)) => window,
                Some(Err(error)) => return Poll::Ready(Err(io::Error::other(error))),
                None => return Poll::Ready(Err(broken("the stream is closed"))),
            },
            window => window,
        };
        let input = bytes.get(..window.min(bytes.len())).unwrap_or_default();
        // In one frame, however many small chunks it is: each frame costs the other side more than its bytes.
        let (mut used, mut data) = (0, Vec::with_capacity(input.len()));
        loop {
            let rest = input.get(used..).unwrap_or_default();
            let piece = decoder.decode(rest).map_err(io::Error::other)?;
            data.extend_from_slice(rest.get(piece.data).unwrap_or_default());
            used += piece.consumed;
            if piece.end {
                end(send, data.into(), decoder.trailers())?;
                return Poll::Ready(Ok((used, true)));
            }
            if used == input.len() || piece.consumed == 0 {
                if !data.is_empty() {
                    send.send_data(data.into(), false).map_err(io::Error::other)?;
                }
                return Poll::Ready(Ok((used, false)));
            }
        }
    }
}

fn end(send: &mut SendStream<Bytes>, data: Bytes, trailers: &[u8]) -> io::Result<()> {
    if trailers.is_empty() {
        return send.send_data(data, true).map_err(io::Error::other);
    }
    if !data.is_empty() {
        send.send_data(data, false).map_err(io::Error::other)?;
    }
    send.send_trailers(head::trailers(trailers)?).map_err(io::Error::other)
}

/// What becomes of a stream that nothing more can be done with.
pub(super) fn broken(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, why)
}
