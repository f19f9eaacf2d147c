//! The head that a client gets: the target's, with the load balancer's edits, in one pass.

use super::Head;
use crate::body::announce_trailers;
use crate::field::{self, Kind, LINE_END};
use crate::{Framing, Version};

/// What the load balancer changes in a response head.
#[derive(Clone, Copy, Debug)]
pub struct Edits<'a> {
    /// The client's version.
    pub client_version: Version,
    /// Will the client's connection be used again? Ignored where the body ends with the connection.
    pub keep_alive: bool,
    /// `Date` in IMF-fixdate, for targets that send none (RFC 9110 section 6.6.1).
    pub date: &'a [u8],
    /// The target's lines to drop, by name: those that [`Edits::lines`] sets anew (R26).
    pub remove: &'a [&'a [u8]],
    /// The target's `Set-Cookie` lines are among [`Edits::lines`], rewritten.
    pub rewrites_cookies: bool,
    /// Complete lines of our own, each with its CRLF: `Set-Cookie`, modified headers (R26).
    pub lines: &'a [u8],
}

/// How the body goes to the client. A client of HTTP/1.0 knows no chunks and gets its end by the connection's; a
/// newer one gets chunks where the target has no length, so that it can tell a whole body from a broken one.
pub const fn client_framing(target: Framing, client: Version) -> Framing {
    match (target, client) {
        (Framing::Chunked | Framing::UntilClose, Version::Http11) => Framing::Chunked,
        (Framing::Chunked | Framing::UntilClose, _) => Framing::UntilClose,
        (framing, _) => framing,
    }
}

/// Appends the head for the client to `out`, its empty line included. A client of HTTP/0.9 gets none.
///
/// The caller does not send interim heads to clients before HTTP/1.1 (RFC 9110 section 15.2).
pub fn write_head(out: &mut Vec<u8>, buf: &[u8], head: &Head, edits: &Edits<'_>) {
    if edits.client_version == Version::Http09 {
        return;
    }
    out.reserve(head.size() + edits.lines.len() + OWN_LINES_ESTIMATE);
    write_status_line(out, buf, head);
    let framing = client_framing(head.framing, edits.client_version);
    let interim = head.is_interim();
    head.fields.copy(out, buf, |field| match field.kind {
        Kind::Connection | Kind::KeepAlive | Kind::ProxyConnection | Kind::Te => false,
        Kind::ContentLength | Kind::TransferEncoding | Kind::FramingLookAlike | Kind::Http2Settings => false,
        Kind::Upgrade => head.is_switch(),
        Kind::Trailer => false,
        Kind::SetCookie => !edits.rewrites_cookies,
        Kind::Cookie | Kind::Date => true,
        _ => {
            let name = field.name.of_buf(buf);
            !(edits.remove.iter().any(|removed| removed.eq_ignore_ascii_case(name))
                || head.connection.nominates(buf, name))
        }
    });
    if !interim {
        if !head.fields.has(Kind::Date) {
            field::write_line(out, b"Date", edits.date);
        }
        out.extend_from_slice(edits.lines);
        if framing == Framing::Chunked {
            announce_trailers(out, &head.fields, buf, edits.remove);
        }
        write_framing(out, head, framing);
        write_connection(out, head, framing, edits);
    }
    out.extend_from_slice(LINE_END);
}

/// Enough for the lines added here, so that `out` grows at most once.
const OWN_LINES_ESTIMATE: usize = 160;

fn write_status_line(out: &mut Vec<u8>, buf: &[u8], head: &Head) {
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(itoa::Buffer::new().format(head.status).as_bytes());
    out.push(b' ');
    out.extend_from_slice(head.reason.of_buf(buf));
    out.extend_from_slice(LINE_END);
}

fn write_framing(out: &mut Vec<u8>, head: &Head, framing: Framing) {
    match (framing, head.length) {
        (Framing::Chunked, _) => field::write_line(out, b"Transfer-Encoding", b"chunked"),
        (Framing::Length(length), _) => field::write_number(out, b"Content-Length", length),
        // To HEAD and with 304 the length is that of the body which is not sent (RFC 9110 section 8.6).
        (Framing::None, Some(length)) if !matches!(head.status, 101 | 204) => {
            field::write_number(out, b"Content-Length", length);
        }
        _ => {}
    }
}

fn write_connection(out: &mut Vec<u8>, head: &Head, framing: Framing, edits: &Edits<'_>) {
    let option: &[u8] = if head.is_switch() {
        b"Upgrade"
    } else if edits.keep_alive && framing != Framing::UntilClose {
        b"keep-alive"
    } else {
        b"close"
    };
    field::write_line(out, b"Connection", option);
}
