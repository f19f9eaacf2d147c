//! One direction of an exchange: a head, then a body, from one connection to the other.
//!
//! The head goes out together with the body's first bytes, in one write. A body with a length is written from the
//! buffer that it was read into; a chunked one is framed anew. At most one buffer is ahead of the writer, so a slow
//! reader slows the sender down and costs no memory. While a body flows, that is while reads fill the buffer, it is a
//! wide one, if there is one left.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use elbow_http1::Framing;
use elbow_http1::body::{self, BodyError, Decoder, Reserved};
use tokio::io::AsyncWrite;

use crate::buffer::{BUFFER_BYTES, Buffer, BufferPool};
use crate::stream::Stream;

/// Body bytes up to this many are copied behind the head, so that one plain write does; above, two parts are written.
const COPIED_BYTES: usize = 4096;

/// What is read in one go; then other connections have their turn, however fast this one is.
const TURN_BYTES: usize = 1024 * 1024;

/// One direction.
#[derive(Debug)]
pub(crate) struct Pump {
    decoder: Decoder,
    /// The body is written as chunks.
    chunks: bool,
    /// How much of `out` is written.
    written: usize,
    /// The end of the body is read, and is in `out` as far as it is written there.
    ended: bool,
    /// All is written.
    done: bool,
    /// The last read filled the buffer.
    flows: bool,
    /// Bytes read by this pump so far.
    pub(crate) read: u64,
    /// Bytes written so far.
    pub(crate) total: u64,
    /// What it waits for.
    pub(crate) waits_for: Side,
}

impl Default for Pump {
    /// A pump without a body.
    fn default() -> Self {
        Self::new(Framing::None, Framing::None)
    }
}

/// An end of a pump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The connection that is read.
    Reader,
    /// The connection that is written.
    Writer,
}

/// Why a pump broke.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The connection that is read failed.
    Read,
    /// What was read is no body, or not all of it.
    Body(BodyError),
    /// The connection that is written failed.
    Write,
}

/// The parts that a pump works on.
pub(crate) struct Ends<'a> {
    pub(crate) reader: &'a mut Stream,
    pub(crate) writer: &'a mut Stream,
    /// What was read and not yet looked at.
    pub(crate) buffer: &'a mut Buffer,
    /// What is written next.
    pub(crate) out: &'a mut Vec<u8>,
    pub(crate) pool: &'a BufferPool,
}

impl Pump {
    /// A pump for a body that is framed like `from` where it is read, and like `to` where it is written.
    pub(crate) fn new(from: Framing, to: Framing) -> Self {
        Self {
            decoder: Decoder::new(from),
            chunks: to == Framing::Chunked,
            written: 0,
            ended: from.is_empty(),
            done: false,
            flows: false,
            read: 0,
            total: 0,
            waits_for: Side::Writer,
        }
    }

    /// The same without trailers of these names.
    pub(crate) fn without_trailers(mut self, names: Reserved) -> Self {
        self.decoder = self.decoder.without_trailers(names);
        self
    }

    /// The whole body is read.
    pub(crate) const fn is_read(&self) -> bool {
        self.ended
    }

    /// The whole body is read and written.
    pub(crate) const fn is_done(&self) -> bool {
        self.done
    }

    /// Something was read that is nowhere else: the body cannot be sent again.
    pub(crate) const fn has_read(&self) -> bool {
        self.read > 0
    }

    /// Begins to write anew. Only before anything was read.
    pub(crate) fn rewind(&mut self) {
        debug_assert!(!self.has_read());
        (self.written, self.total, self.done) = (0, 0, false);
    }

    /// Takes all that is there of the body into `out`; returns how much of `input` was used.
    pub(crate) fn take(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<usize, BodyError> {
        let mut used = 0;
        while !self.ended {
            let rest = input.get(used..).unwrap_or_default();
            let piece = self.decoder.decode(rest)?;
            used += piece.consumed;
            let data = rest.get(piece.data).unwrap_or_default();
            if self.chunks {
                body::write_chunk(out, data);
            } else {
                out.extend_from_slice(data);
            }
            if piece.end {
                self.end(out);
            } else if piece.consumed == 0 {
                break;
            }
        }
        Ok(used)
    }

    /// Moves what can be moved. Ready when the whole body is written, or something broke. `progress` is called for
    /// every byte that came or went, so that the idle timeout starts anew.
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        ends: Ends<'_>,
        mut progress: impl FnMut(),
    ) -> Poll<Result<(), Broken>> {
        let Ends { reader, writer, buffer, out, pool } = ends;
        let end_of_turn = self.read + TURN_BYTES as u64;
        loop {
            self.prepare(buffer, out).map_err(Broken::Body)?;
            buffer.release(pool);
            while self.has_output(buffer, out) {
                self.waits_for = Side::Writer;
                match self.poll_write(cx, writer, buffer, out) {
                    Poll::Ready(Ok(())) => progress(),
                    Poll::Ready(Err(_)) => return Poll::Ready(Err(Broken::Write)),
                    Poll::Pending => {
                        buffer.narrow(pool);
                        reader.gather(cx);
                        return Poll::Pending;
                    }
                }
            }
            out.clear();
            self.written = 0;
            if self.ended {
                self.done = true;
                return Poll::Ready(Ok(()));
            }
            if buffer.is_empty() {
                buffer.release(pool);
                if self.read >= end_of_turn {
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                self.waits_for = Side::Reader;
                if self.flows && self.is_long() {
                    buffer.widen(pool);
                }
                match buffer.poll_fill(cx, reader, pool) {
                    Poll::Ready(Ok(0)) => self.close(out).map_err(Broken::Body)?,
                    Poll::Ready(Ok(count)) => {
                        self.read += count as u64;
                        self.flows = buffer.is_full();
                        progress();
                    }
                    Poll::Ready(Err(_)) => return Poll::Ready(Err(Broken::Read)),
                    Poll::Pending => return Poll::Pending,
                }
            }
        }
    }

    /// Whether what is still to be read is more than a usual buffer holds, and is written from where it was read. What
    /// is framed anew is not: its storage grows with what is read at once, and no pool limits that.
    fn is_long(&self) -> bool {
        !self.chunks && self.decoder.remaining().is_some_and(|remaining| remaining > BUFFER_BYTES as u64)
    }

    /// Brings what was read into `out`, unless it is written from the buffer.
    fn prepare(&mut self, buffer: &mut Buffer, out: &mut Vec<u8>) -> Result<(), BodyError> {
        if self.ended || buffer.is_empty() || self.written > 0 {
            return Ok(());
        }
        let raw = self.raw(buffer).len();
        if self.chunks || !out.is_empty() && raw <= COPIED_BYTES || raw == 0 {
            let used = self.take(buffer.filled(), out)?;
            buffer.consume(used);
        }
        Ok(())
    }

    /// The part of the buffer that can be written as it is.
    fn raw<'b>(&self, buffer: &'b Buffer) -> &'b [u8] {
        if self.chunks || self.ended {
            return &[];
        }
        let filled = buffer.filled();
        match self.decoder.remaining() {
            Some(remaining) => {
                let length = usize::try_from(remaining).unwrap_or(usize::MAX).min(filled.len());
                filled.get(..length).unwrap_or_default()
            }
            // A chunked body that is written without chunks has to be decoded; one that ends with the connection
            // has not, but it is no different from here on.
            None => &[],
        }
    }

    fn has_output(&self, buffer: &Buffer, out: &[u8]) -> bool {
        self.written < out.len() || !self.raw(buffer).is_empty()
    }

    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        writer: &mut Stream,
        buffer: &mut Buffer,
        out: &[u8],
    ) -> Poll<io::Result<()>> {
        let pending = out.get(self.written..).unwrap_or_default();
        let raw = self.raw(buffer);
        let writer = Pin::new(writer);
        let written = match (pending, raw) {
            (_, []) => writer.poll_write(cx, pending),
            ([], _) => writer.poll_write(cx, raw),
            _ => writer.poll_write_vectored(cx, &[IoSlice::new(pending), IoSlice::new(raw)]),
        };
        let count = match written {
            Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            Poll::Ready(Ok(count)) => count,
            Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            Poll::Pending => return Poll::Pending,
        };
        let of_out = count.min(pending.len());
        let of_raw = count - of_out;
        self.written += of_out;
        self.total += count as u64;
        buffer.consume(of_raw);
        self.decoder.advance(of_raw as u64);
        self.ended |= self.decoder.remaining() == Some(0);
        Poll::Ready(Ok(()))
    }

    /// The connection that is read has closed.
    fn close(&mut self, out: &mut Vec<u8>) -> Result<(), BodyError> {
        self.decoder.close()?;
        self.end(out);
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        if self.chunks {
            body::write_last_chunk(out, self.decoder.trailers());
        }
        self.ended = true;
    }
}
