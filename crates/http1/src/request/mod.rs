//! A client's request head: read, judged, and written anew for a target.
//!
//! Start at [`Head::parse`], go on to [`Head::classification`], and end at [`write_head`]. Reading tries the
//! strict tokenizer first (`strict`), and only a head it refuses is read the way ALB's leniency wants (`lenient`);
//! `meaning` then decides what both have found. Bodies are not read here: see [`crate::body`].

mod error;
mod host;
mod lenient;
mod line;
mod meaning;
mod scan;
mod strict;
mod target;
mod write;

pub use error::HeadError;
pub use scan::ScanState;
pub use target::TargetForm;
pub use write::{Edits, ForwardedFor, HostEdit, TargetConnection, is_host, write_encoded, write_head};

use crate::connection::Connection;
use crate::desync::Classification;
use crate::field::{Fields, Kind};
use crate::span::Span;
use crate::{Framing, Limits, Version};

/// What [`Head::parse`] and [`crate::response::Head::parse`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Read more and call again with all of the buffer.
    Partial,
    /// The head is complete.
    Complete,
}

/// A request head. Its parts lie in the buffer it was parsed from, which every accessor wants again.
///
/// Keep one and parse into it again: its storage is reused. After an error only [`Head::method`],
/// [`Head::target`] and [`Head::version`] are meaningful, for the log.
#[derive(Debug, Default)]
pub struct Head {
    /// All bytes of the head, leading empty lines excluded.
    bytes: Span,
    method: Span,
    target: Span,
    version: Version,
    form: TargetForm,
    /// Host and port of an absolute target.
    authority: Span,
    path: Span,
    query: Option<Span>,
    /// Some byte of the target must be percent-encoded before a target sees it.
    target_needs_encoding: bool,
    fields: Fields,
    framing: Framing,
    connection: Connection,
    /// The framing headers contradict each other or the version: nothing may follow on this connection.
    framing_is_faulty: bool,
    upgrade: Option<Span>,
    classification: Classification,
    /// Header lines that were left out, because no valid line can stand for them.
    left_out: usize,
}

impl Head {
    /// Reads a head from the start of `buf`, which holds everything received so far and not yet consumed.
    ///
    /// Bytes behind the head are not looked at. `scan` remembers how far the search got, so that a slow head is
    /// not searched again and again; start a new one for each head.
    ///
    /// # Errors
    ///
    /// The request must be answered with [`HeadError::status`] and the connection closed.
    pub fn parse(
        &mut self,
        buf: &[u8],
        scan: &mut ScanState,
        limits: &Limits,
    ) -> Result<Progress, HeadError> {
        if !scan.skip_empty_lines(buf)? {
            return Ok(Progress::Partial);
        }
        // Most heads arrive whole and strict: then one pass finds the end, the lines and their meaning.
        if !std::mem::replace(&mut scan.attempted, true) && self.read_strict(buf, scan.start, limits) {
            return self.settle(buf, limits).map(|()| Progress::Complete);
        }
        let found = scan.find_end(buf, limits);
        if found.is_err() {
            self.note_request_line(buf, scan.start);
        }
        let Some(end) = found? else { return Ok(Progress::Partial) };
        let head = buf.get(..end).unwrap_or_default();
        if !self.read_strict(head, scan.start, limits) {
            self.read_lenient(head, scan.start)?;
        }
        self.settle(head, limits).map(|()| Progress::Complete)
    }

    /// Offset behind the head: where the body starts.
    pub fn len(&self) -> usize {
        self.bytes.end()
    }

    /// No head has been parsed.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The method, a token, as the client wrote it.
    pub fn method<'b>(&self, buf: &'b [u8]) -> &'b [u8] {
        self.method.of_buf(buf)
    }

    /// HEAD: the answer has no body.
    pub fn is_head(&self, buf: &[u8]) -> bool {
        self.method(buf) == b"HEAD"
    }

    /// May be sent a second time without changing more than the first time did (RFC 9110 section 9.2.2).
    pub fn is_idempotent(&self, buf: &[u8]) -> bool {
        matches!(self.method(buf), b"GET" | b"HEAD" | b"OPTIONS" | b"PUT" | b"DELETE")
    }

    /// The request target as the client wrote it, for the log.
    pub fn target<'b>(&self, buf: &'b [u8]) -> &'b [u8] {
        self.target.of_buf(buf)
    }

    /// How the target was written.
    pub const fn target_form(&self) -> TargetForm {
        self.form
    }

    /// The path without the query, undecoded; `/` if an absolute target has none, `*` for OPTIONS of the server.
    pub fn path<'b>(&self, buf: &'b [u8]) -> &'b [u8] {
        match self.path.of_buf(buf) {
            [] => b"/",
            path => path,
        }
    }

    /// The query without its question mark, undecoded.
    pub fn query<'b>(&self, buf: &'b [u8]) -> Option<&'b [u8]> {
        self.query.map(|query| query.of_buf(buf))
    }

    /// The client's version.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// Host and optional port that the request is for: the absolute target's if it has one, else the `Host` line's
    /// (RFC 9112 section 3.3). None for an older client that named no host.
    pub fn host<'b>(&self, buf: &'b [u8]) -> Option<&'b [u8]> {
        if self.authority.is_empty() { self.host_line(buf) } else { Some(self.authority.of_buf(buf)) }
    }

    /// What [`Head::host`] names, taken apart: the host, with the brackets of an IPv6 address, and the port, which is
    /// not empty if it is there.
    pub fn host_and_port<'b>(&self, buf: &'b [u8]) -> Option<(&'b [u8], Option<&'b [u8]>)> {
        let named = host::read(self.host(buf)?)?;
        Some((named.host, named.port.filter(|port| !port.is_empty())))
    }

    fn host_line<'b>(&self, buf: &'b [u8]) -> Option<&'b [u8]> {
        self.fields.first(Kind::Host).map(|field| field.value.of_buf(buf))
    }

    /// The values of the `Cookie` lines, in order.
    pub fn cookies<'a>(&'a self, buf: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + Clone {
        self.fields.values(buf, Kind::Cookie)
    }

    /// The values of the `X-Forwarded-For` lines, in order.
    pub fn forwarded_for<'a>(&'a self, buf: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.fields.values(buf, Kind::XForwardedFor)
    }

    /// The client's `User-Agent`; the first, if there are several.
    pub fn user_agent<'b>(&self, buf: &'b [u8]) -> Option<&'b [u8]> {
        self.fields.first(Kind::UserAgent).map(|field| field.value.of_buf(buf))
    }

    /// The client's `X-Amzn-Trace-Id`; the first, if there are several. See [`crate::trace::write`].
    pub fn trace_id<'b>(&self, buf: &'b [u8]) -> Option<&'b [u8]> {
        self.fields.first(Kind::XAmznTraceId).map(|field| field.value.of_buf(buf))
    }

    /// All header lines that can be forwarded, in order: name and value.
    pub fn fields<'a>(&'a self, buf: &'a [u8]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.fields.all(buf)
    }

    /// The values of all lines of this name, in order, whatever the case of its letters.
    pub fn values<'a>(&'a self, buf: &'a [u8], name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.fields.named(buf, name)
    }

    /// Has a header name other than letters, digits and hyphens (R10), one that was left out included.
    pub fn has_invalid_names(&self, buf: &[u8]) -> bool {
        self.left_out > 0 || self.fields.unknown(buf).any(|name| !crate::chars::is_plain_name(name))
    }

    /// How the body ends.
    pub const fn framing(&self) -> Framing {
        self.framing
    }

    /// Does the client want to use the connection again?
    ///
    /// No, if its framing headers contradict each other or its version: then the connection has to close after
    /// the answer, in every mode (RFC 9112 section 6.1).
    pub const fn keep_alive(&self) -> bool {
        match self.version {
            _ if self.framing_is_faulty => false,
            Version::Http09 => false,
            Version::Http10 => self.connection.keep_alive && !self.connection.close,
            Version::Http11 => !self.connection.close,
        }
    }

    /// The protocol that the client wants to switch to (R21).
    ///
    /// None for what must not be switched to: several protocols, HTTP itself in another version (`h2c`), a
    /// request with a body. Such a request goes on without its `Upgrade`.
    pub fn upgrade<'b>(&self, buf: &'b [u8]) -> Option<&'b [u8]> {
        self.upgrade.map(|upgrade| upgrade.of_buf(buf))
    }

    /// The client waits for `100 Continue` before it sends the body (R16). HTTP/1.0 has no such wait.
    pub fn expects_continue(&self, buf: &[u8]) -> bool {
        let mut expectations = self.fields.values(buf, Kind::Expect);
        self.version == Version::Http11
            && expectations.any(|value| value.eq_ignore_ascii_case(b"100-continue"))
    }

    /// What AWS's classifier says.
    pub const fn classification(&self) -> Classification {
        self.classification
    }

    /// Size of the head in bytes, line ends included.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }
}
