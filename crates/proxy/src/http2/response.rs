//! The answer to a stream: what is written as HTTP/1.1 goes out as HTTP/2.
//!
//! The writer is this crate, so a malformed head or body is its own fault and ends the stream. It writes a body no
//! faster than the client takes it: bytes are accepted as far as the windows of stream and connection reach.

use std::io;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use elbow_http1::body::Decoder;
use elbow_http1::response::{Answering, Head};
use elbow_http1::{Framing, Limits, Progress};
use h2::server::SendResponse;
use h2::{Reason, SendStream};
use http::header::TRAILER;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use super::is_of_the_connection;

/// A target's head within its limits (R23), and all that is added to it.
const LIMITS: Limits = Limits { fields: 128 * 1024, ..Limits::RESPONSE };
/// Bytes of a body that are taken at a time: a frame of the usual size.
const PIECE_BYTES: usize = 16 * 1024;

/// The answer of one stream.
pub(super) struct Answer {
    state: State,
    head_request: bool,
}

enum State {
    /// The head is being written; what there is of it.
    Head {
        respond: SendResponse<Bytes>,
        bytes: Vec<u8>,
    },
    Body {
        send: SendStream<Bytes>,
        decoder: Decoder,
    },
    /// All was sent, or nothing more can be.
    Ended,
}

impl Answer {
    pub(super) fn new(respond: SendResponse<Bytes>, head_request: bool) -> Self {
        Self { state: State::Head { respond, bytes: Vec::new() }, head_request }
    }

    /// Ready with an error when the client has given the stream up.
    pub(super) fn poll_reset(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let reset = match &mut self.state {
            State::Head { respond, .. } => respond.poll_reset(cx),
            State::Body { send, .. } => send.poll_reset(cx),
            State::Ended => return Poll::Pending,
        };
        reset.map(|reason| match reason {
            Ok(_) => broken("the client has reset the stream"),
            Err(error) => io::Error::new(io::ErrorKind::ConnectionReset, error),
        })
    }

    /// Takes some of `bytes`, and returns how many.
    pub(super) fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.state {
            State::Head { .. } => Poll::Ready(self.write_head(bytes)),
            State::Body { send, decoder } => {
                let (used, ended) = ready!(poll_body(cx, send, decoder, bytes))?;
                if ended {
                    self.state = State::Ended;
                }
                Poll::Ready(Ok(used))
            }
            State::Ended => Poll::Ready(Err(broken("bytes behind the answer"))),
        }
    }

    fn write_head(&mut self, written: &[u8]) -> io::Result<usize> {
        let State::Head { respond, bytes } = &mut self.state else { return Ok(0) };
        let before = bytes.len();
        bytes.extend_from_slice(written);
        let mut head = Head::default();
        let answering = Answering { head_request: self.head_request, upgrade: false };
        match head.parse(bytes, 0, answering, &LIMITS) {
            Ok(Progress::Partial) => return Ok(written.len()),
            Ok(Progress::Complete) => {}
            Err(error) => return Err(io::Error::other(error)),
        }
        let used = head.len().saturating_sub(before);
        let response = response(&head, bytes)?;
        if head.is_interim() {
            respond.send_informational(response).map_err(io::Error::other)?;
            bytes.clear();
            return Ok(used);
        }
        let ends = head.framing().is_empty();
        let send = respond.send_response(response, ends).map_err(io::Error::other)?;
        self.state = match head.framing() {
            _ if ends => State::Ended,
            // Nobody writes such a body for a client of HTTP/1.1, which could not tell a whole one from a broken one.
            Framing::UntilClose => return Err(broken("a body without an end")),
            framing => State::Body { send, decoder: Decoder::new(framing) },
        };
        Ok(used)
    }
}

impl Drop for Answer {
    /// An answer that was not written to its end must not look like a whole one.
    fn drop(&mut self) {
        match &mut self.state {
            State::Head { respond, .. } => respond.send_reset(Reason::INTERNAL_ERROR),
            State::Body { send, .. } => send.send_reset(Reason::INTERNAL_ERROR),
            State::Ended => {}
        }
    }
}

/// How many of `bytes` went out, and whether the body has ended with them.
fn poll_body(
    cx: &mut Context<'_>,
    send: &mut SendStream<Bytes>,
    decoder: &mut Decoder,
    bytes: &[u8],
) -> Poll<io::Result<(usize, bool)>> {
    let wanted = bytes.len().min(PIECE_BYTES);
    if send.capacity() < wanted {
        send.reserve_capacity(wanted);
    }
    let window = match send.capacity() {
        // What only frames the body needs no window, and the end must not wait for one: a client that has read all
        // of a body may never open it again.
        0 if !decoder.is_in_data() => 1,
        0 => match ready!(send.poll_capacity(cx)) {
            Some(Ok(window)) => window,
            Some(Err(error)) => return Poll::Ready(Err(io::Error::other(error))),
            None => return Poll::Ready(Err(broken("the stream is closed"))),
        },
        window => window,
    };
    let input = bytes.get(..window.min(bytes.len())).unwrap_or_default();
    let mut used = 0;
    loop {
        let rest = input.get(used..).unwrap_or_default();
        let piece = decoder.decode(rest).map_err(io::Error::other)?;
        let data = rest.get(piece.data).unwrap_or_default();
        used += piece.consumed;
        if piece.end {
            end(send, data, decoder.trailers())?;
            return Poll::Ready(Ok((used, true)));
        }
        if !data.is_empty() {
            send.send_data(Bytes::copy_from_slice(data), false).map_err(io::Error::other)?;
        }
        if used == input.len() || piece.consumed == 0 {
            return Poll::Ready(Ok((used, false)));
        }
    }
}

fn end(send: &mut SendStream<Bytes>, data: &[u8], trailers: &[u8]) -> io::Result<()> {
    if trailers.is_empty() {
        return send.send_data(Bytes::copy_from_slice(data), true).map_err(io::Error::other);
    }
    if !data.is_empty() {
        send.send_data(Bytes::copy_from_slice(data), false).map_err(io::Error::other)?;
    }
    let mut fields = HeaderMap::new();
    for line in trailers.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, value) =
            (line.get(..colon).unwrap_or_default(), line.get(colon + 1..).unwrap_or_default());
        append(&mut fields, name, value.trim_ascii())?;
    }
    send.send_trailers(fields).map_err(io::Error::other)
}

fn response(head: &Head, bytes: &[u8]) -> io::Result<Response<()>> {
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_u16(head.status()).map_err(io::Error::other)?;
    let fields = response.headers_mut();
    for (name, value) in head.fields(bytes) {
        append(fields, name, value)?;
    }
    Ok(response)
}

fn append(fields: &mut HeaderMap, name: &[u8], value: &[u8]) -> io::Result<()> {
    let name = HeaderName::from_bytes(name).map_err(io::Error::other)?;
    let value = HeaderValue::from_bytes(value).map_err(io::Error::other)?;
    // What announces trailers is of no use where their frame says that they come.
    if !is_of_the_connection(&name) && name != TRAILER {
        fields.append(name, value);
    }
    Ok(())
}

fn broken(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, why)
}
