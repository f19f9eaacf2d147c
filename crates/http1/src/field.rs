//! Header lines of a head: where they lie and which of them the load balancer itself must understand.
//!
//! A name is compared once, while the head is read; everything later asks for a [`Kind`].

use crate::chars;
use crate::desync;
use crate::span::Span;

/// A header the load balancer acts on. `Other` is passed on or dropped by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    Other,
    Host,
    ContentLength,
    TransferEncoding,
    Connection,
    KeepAlive,
    ProxyConnection,
    Te,
    Trailer,
    Upgrade,
    Http2Settings,
    Expect,
    Cookie,
    SetCookie,
    Date,
    UserAgent,
    XForwardedFor,
    XForwardedProto,
    XForwardedPort,
    XAmznTraceId,
    /// A name that some parsers take for one of the two framing headers. Never passed on.
    FramingLookAlike,
}

impl Kind {
    /// By length first, because most names then need no comparison at all.
    pub(crate) fn of(name: &[u8]) -> Self {
        let is = |wanted: &[u8]| name.eq_ignore_ascii_case(wanted);
        match name.len() {
            2 if is(b"te") => Self::Te,
            4 if is(b"host") => Self::Host,
            4 if is(b"date") => Self::Date,
            6 if is(b"cookie") => Self::Cookie,
            6 if is(b"expect") => Self::Expect,
            7 if is(b"upgrade") => Self::Upgrade,
            7 if is(b"trailer") => Self::Trailer,
            10 if is(b"connection") => Self::Connection,
            10 if is(b"set-cookie") => Self::SetCookie,
            10 if is(b"keep-alive") => Self::KeepAlive,
            10 if is(b"user-agent") => Self::UserAgent,
            14 if is(b"content-length") => Self::ContentLength,
            14 if is(b"http2-settings") => Self::Http2Settings,
            15 if is(b"x-forwarded-for") => Self::XForwardedFor,
            15 if is(b"x-amzn-trace-id") => Self::XAmznTraceId,
            16 if is(b"x-forwarded-port") => Self::XForwardedPort,
            16 if is(b"proxy-connection") => Self::ProxyConnection,
            17 if is(b"transfer-encoding") => Self::TransferEncoding,
            17 if is(b"x-forwarded-proto") => Self::XForwardedProto,
            _ if desync::is_suspicious(name) => Self::FramingLookAlike,
            _ => Self::Other,
        }
    }

    const fn bit(self) -> u32 {
        1 << self as u8
    }
}

/// One header line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: Span,
    /// Without surrounding white space.
    pub(crate) value: Span,
    pub(crate) kind: Kind,
    /// The line in the buffer is exactly name, colon, one blank, clean value, CRLF: it can be copied as it is.
    pub(crate) tidy: bool,
}

/// The header lines of one head, in order. Storage is kept for the next head.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    lines: Vec<Field>,
    seen: u32,
}

impl Fields {
    pub(crate) fn clear(&mut self) {
        self.lines.clear();
        self.seen = 0;
    }

    pub(crate) fn push(&mut self, field: Field) {
        self.seen |= field.kind.bit();
        self.lines.push(field);
    }

    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.seen & kind.bit() != 0
    }

    pub(crate) fn last_kind(&self) -> Option<Kind> {
        self.lines.last().map(|field| field.kind)
    }

    /// The values of all lines of a kind, in order.
    pub(crate) fn values<'a>(&'a self, buf: &'a [u8], kind: Kind) -> impl Iterator<Item = &'a [u8]> + Clone {
        let wanted: &[Field] = if self.has(kind) { &self.lines } else { &[] };
        wanted.iter().filter(move |field| field.kind == kind).map(|field| field.value.of_buf(buf))
    }

    pub(crate) fn first(&self, kind: Kind) -> Option<&Field> {
        if self.has(kind) { self.lines.iter().find(|field| field.kind == kind) } else { None }
    }

    pub(crate) fn all<'a>(&'a self, buf: &'a [u8]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.lines.iter().map(|field| (field.name.of_buf(buf), field.value.of_buf(buf)))
    }

    /// The names that stand for no kind of header, in order; look-alikes of framing headers are among them.
    pub(crate) fn unknown<'a>(&'a self, buf: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        let unknown = |field: &&Field| matches!(field.kind, Kind::Other | Kind::FramingLookAlike);
        self.lines.iter().filter(unknown).map(|field| field.name.of_buf(buf))
    }

    pub(crate) fn named<'a>(&'a self, buf: &'a [u8], name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.all(buf).filter(move |(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Writes the lines that `keep` wants, each as a valid line. Tidy neighbours are copied in one piece.
    pub(crate) fn copy(&self, out: &mut Vec<u8>, buf: &[u8], mut keep: impl FnMut(&Field) -> bool) {
        let mut run = 0..0;
        for field in &self.lines {
            if !keep(field) {
                continue;
            }
            if !field.tidy {
                out.extend_from_slice(buf.get(run.clone()).unwrap_or_default());
                run = 0..0;
                write_clean(out, field.name.of_buf(buf), field.value.of_buf(buf));
                continue;
            }
            let line = field.name.start()..field.value.end() + LINE_END.len();
            if run.end == line.start {
                run.end = line.end;
            } else {
                out.extend_from_slice(buf.get(run).unwrap_or_default());
                run = line;
            }
        }
        out.extend_from_slice(buf.get(run).unwrap_or_default());
    }
}

pub(crate) const LINE_END: &[u8] = b"\r\n";

/// One line with every byte that no field value may hold replaced by a space (RFC 9110 section 5.5).
fn write_clean(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    out.extend_from_slice(name);
    out.extend_from_slice(b": ");
    out.extend(value.iter().map(|&b| if chars::is_value_byte(b) { b } else { b' ' }));
    out.extend_from_slice(LINE_END);
}

/// Appends one line of ours, with its CRLF. Name and value are taken as they are: they must be what a line may hold.
pub fn write_line(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    out.extend_from_slice(name);
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(LINE_END);
}

/// One line of ours with a number.
pub(crate) fn write_number(out: &mut Vec<u8>, name: &[u8], value: u64) {
    write_line(out, name, itoa::Buffer::new().format(value).as_bytes());
}
