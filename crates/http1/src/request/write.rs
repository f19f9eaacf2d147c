//! The head that a target gets: the client's, with the load balancer's edits, in one pass.
//!
//! Whatever the client's head looked like, this one is strictly valid: our request line, exactly one valid `Host`,
//! at most one framing header, CRLF, no line that a parser could read in two ways. Case and order of the client's
//! other lines are kept.

use super::{Head, TargetForm, host};
use crate::Framing;
use crate::body::announce_trailers;
use crate::chars;
use crate::field::{self, Field, Kind, LINE_END};

/// `routing.http.xff_header_processing.mode` (R2) with what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardedFor<'a> {
    /// Append the client's address, as [`crate::forwarded::client_text`] writes it (R3, R5).
    Append(&'a [u8]),
    /// Leave what the client sent.
    Preserve,
    /// Send none.
    Remove,
}

/// What becomes of `Host` (R8, R9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostEdit<'a> {
    /// `routing.http.preserve_host_header.enabled`: pass the client's line as it is.
    pub preserve: bool,
    /// The listener's port: appended if the client named none, unless it is 80 or 443.
    pub listener_port: u16,
    /// The load balancer's DNS name, for an older client that named no host; it gets the listener's port like any
    /// other.
    pub default_host: &'a [u8],
    /// What a transform made of it, in place of the client's: host and optional port (L21). See [`is_host`].
    pub rewritten: Option<&'a [u8]>,
}

/// What happens to the target's connection after this request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TargetConnection {
    /// It stays open, as HTTP/1.1 has it.
    #[default]
    KeepAlive,
    /// It is told to close ([`crate::desync::Verdict::ForwardAndCloseBoth`]).
    Close,
    /// It may become a pipe: the client's `Upgrade` is forwarded (R21). Without one, as `KeepAlive`.
    Upgrade,
}

/// What the load balancer changes in a request head.
#[derive(Clone, Copy, Debug)]
pub struct Edits<'a> {
    /// `X-Forwarded-For`.
    pub forwarded_for: ForwardedFor<'a>,
    /// `X-Forwarded-Proto`: `http` or `https` (R1). A client's own is replaced.
    pub forwarded_proto: &'a [u8],
    /// `X-Forwarded-Port`: the port the client used (R1). A client's own is replaced.
    pub forwarded_port: u16,
    /// `Host`.
    pub host: HostEdit<'a>,
    /// What a transform made of path and query, in place of the client's (L21). It begins with `/`; bytes that may
    /// not stand there are percent-encoded, as the client's are.
    pub path_and_query: Option<&'a [u8]>,
    /// `X-Amzn-Trace-Id`, as [`crate::trace::write`] made it (R7). None leaves the client's.
    pub trace_id: Option<&'a [u8]>,
    /// `Connection`.
    pub connection: TargetConnection,
    /// `routing.http.drop_invalid_header_fields.enabled`: drop names other than letters, digits, hyphens (R10).
    pub drop_invalid_names: bool,
    /// Client lines to drop, by name: what the load balancer speaks for must not come from a client. A name with `_`
    /// in place of `-` is dropped, too, because many targets take it for the same.
    pub remove: &'a [&'a [u8]],
    /// Complete lines of our own, each with its CRLF.
    pub lines: &'a [u8],
}

/// Appends the head for a target to `out`, its empty line included.
pub fn write_head(out: &mut Vec<u8>, buf: &[u8], head: &Head, edits: &Edits<'_>) {
    out.reserve(head.size() + edits.lines.len() + OWN_LINES_ESTIMATE);
    write_request_line(out, buf, head, edits.path_and_query);
    write_forwarded(out, buf, head, edits);
    write_host(out, buf, head, &edits.host);
    if let Some(trace_id) = edits.trace_id {
        field::write_line(out, b"X-Amzn-Trace-Id", trace_id);
    }
    write_connection(out, buf, head, edits.connection);
    head.fields.copy(out, buf, |field| keeps(field, buf, head, edits));
    out.extend_from_slice(edits.lines);
    match head.framing {
        Framing::Length(length) => field::write_number(out, b"Content-Length", length),
        Framing::Chunked => {
            announce_trailers(out, &head.fields, buf, edits.remove);
            field::write_line(out, b"Transfer-Encoding", b"chunked");
        }
        Framing::None | Framing::UntilClose => {}
    }
    out.extend_from_slice(LINE_END);
}

/// Enough for the lines added here, so that `out` grows at most once.
const OWN_LINES_ESTIMATE: usize = 320;

/// Whether these bytes are a host name or address with an optional port, which may stand in `Host`.
pub fn is_host(bytes: &[u8]) -> bool {
    host::read(bytes).is_some()
}

/// Appends a part of a URI as a target or a client may see it: what may not stand there is percent-encoded, blanks,
/// controls and line ends above all.
pub fn write_encoded(out: &mut Vec<u8>, part: &[u8]) {
    for &b in part {
        if chars::is_target_byte(b) {
            out.push(b);
        } else {
            out.extend_from_slice(&[b'%', hex_digit(b >> 4), hex_digit(b & 15)]);
        }
    }
}

fn write_request_line(out: &mut Vec<u8>, buf: &[u8], head: &Head, rewritten: Option<&[u8]>) {
    out.extend_from_slice(head.method(buf));
    out.push(b' ');
    if let Some(path_and_query) = rewritten {
        debug_assert!(path_and_query.starts_with(b"/"));
        write_encoded(out, path_and_query);
    } else if head.form == TargetForm::Origin && !head.target_needs_encoding {
        out.extend_from_slice(head.target(buf));
    } else if is_server_wide(head, buf) {
        out.push(b'*');
    } else {
        write_encoded(out, head.path(buf));
        if let Some(query) = head.query(buf) {
            out.push(b'?');
            write_encoded(out, query);
        }
    }
    out.extend_from_slice(b" HTTP/1.1\r\n");
}

/// OPTIONS of a URI without path and query concerns the server (RFC 9112 section 3.2.4).
fn is_server_wide(head: &Head, buf: &[u8]) -> bool {
    head.method(buf) == b"OPTIONS" && head.path.is_empty() && head.query.is_none()
}

const fn hex_digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'A' + (nibble - 10) }
}

/// In ALB's order (R6), before the client's lines.
fn write_forwarded(out: &mut Vec<u8>, buf: &[u8], head: &Head, edits: &Edits<'_>) {
    if let ForwardedFor::Append(client) = edits.forwarded_for {
        out.extend_from_slice(b"X-Forwarded-For: ");
        for value in head.forwarded_for(buf).filter(|value| !value.is_empty()) {
            out.extend(value.iter().map(|&b| if chars::is_value_byte(b) { b } else { b' ' }));
            out.extend_from_slice(b", ");
        }
        out.extend_from_slice(client);
        out.extend_from_slice(LINE_END);
    }
    field::write_line(out, b"X-Forwarded-Proto", edits.forwarded_proto);
    field::write_number(out, b"X-Forwarded-Port", u64::from(edits.forwarded_port));
}

fn write_host(out: &mut Vec<u8>, buf: &[u8], head: &Head, edit: &HostEdit<'_>) {
    out.extend_from_slice(b"Host: ");
    let named = || if edit.preserve { head.host_line(buf).or(head.host(buf)) } else { head.host(buf) };
    let wanted = edit.rewritten.or_else(named).unwrap_or(edit.default_host);
    match host::read(wanted) {
        None => out.extend_from_slice(edit.default_host),
        Some(_) if edit.preserve => out.extend_from_slice(wanted),
        Some(named) => {
            out.extend(named.host.iter().map(u8::to_ascii_lowercase));
            let port = named.port.filter(|port| !port.is_empty());
            match (edit.listener_port, port) {
                (80 | 443, _) => {}
                (_, Some(port)) => {
                    out.push(b':');
                    out.extend_from_slice(port);
                }
                (listener_port, None) => {
                    out.push(b':');
                    out.extend_from_slice(itoa::Buffer::new().format(listener_port).as_bytes());
                }
            }
        }
    }
    out.extend_from_slice(LINE_END);
}

fn write_connection(out: &mut Vec<u8>, buf: &[u8], head: &Head, connection: TargetConnection) {
    match connection {
        TargetConnection::KeepAlive => {}
        TargetConnection::Close => field::write_line(out, b"Connection", b"close"),
        TargetConnection::Upgrade => {
            if let Some(protocol) = head.upgrade(buf) {
                field::write_line(out, b"Connection", b"Upgrade");
                field::write_line(out, b"Upgrade", protocol);
            }
        }
    }
}

/// Is this line of the client passed on? What is written above, concerns one hop, or was answered here, is not.
fn keeps(field: &Field, buf: &[u8], head: &Head, edits: &Edits<'_>) -> bool {
    match field.kind {
        Kind::Host | Kind::ContentLength | Kind::TransferEncoding | Kind::FramingLookAlike => false,
        Kind::Connection | Kind::KeepAlive | Kind::ProxyConnection | Kind::Te => false,
        Kind::Upgrade | Kind::Http2Settings | Kind::Expect => false,
        Kind::XForwardedProto | Kind::XForwardedPort => false,
        Kind::XForwardedFor => edits.forwarded_for == ForwardedFor::Preserve,
        Kind::XAmznTraceId => edits.trace_id.is_none(),
        Kind::Trailer => false,
        // A client must not get these dropped by naming them in `Connection`: targets rely on them.
        Kind::Cookie | Kind::SetCookie | Kind::Date => true,
        Kind::Other | Kind::UserAgent => {
            let name = field.name.of_buf(buf);
            !(edits.drop_invalid_names && !chars::is_plain_name(name)
                || edits.remove.iter().any(|removed| chars::is_same_name(removed, name))
                || head.connection.nominates(buf, name))
        }
    }
}

impl Default for Edits<'_> {
    /// A plain HTTP listener on port 80 with nothing to add.
    fn default() -> Self {
        Self {
            forwarded_for: ForwardedFor::Preserve,
            forwarded_proto: b"http",
            forwarded_port: 80,
            host: HostEdit {
                preserve: false,
                listener_port: 80,
                default_host: b"localhost",
                rewritten: None,
            },
            path_and_query: None,
            trace_id: None,
            connection: TargetConnection::KeepAlive,
            drop_invalid_names: false,
            remove: &[],
            lines: b"",
        }
    }
}
