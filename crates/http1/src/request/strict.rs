//! The usual way in: a head that the strict tokenizer accepts, read in one pass.

use super::Head;
use crate::desync::{self, Classification};
use crate::field::{Field, Kind, LINE_END};
use crate::span::Span;
use crate::{Limits, Version};
use httparse::Status;
use memchr::memchr;
use std::mem::MaybeUninit;

impl Head {
    /// True if `buf` holds a whole head from `start` on that is strict and within the limits. False says nothing
    /// about why not: the caller then goes the slow way, which finds the exact reason.
    pub(super) fn read_strict(&mut self, buf: &[u8], start: usize, limits: &Limits) -> bool {
        let bytes = buf.get(start..).unwrap_or_default();
        let mut lines = [const { MaybeUninit::uninit() }; Limits::MAX_FIELD_COUNT];
        let mut request = httparse::Request::new(&mut []);
        let Ok(Status::Complete(length)) = request.parse_with_uninit_headers(bytes, &mut lines) else {
            return false;
        };
        let (Some(method), Some(target), Some(minor)) = (request.method, request.path, request.version)
        else {
            return false;
        };
        let end = start + length;
        self.begin(Span::new(start, end));
        self.method = Span::of(method.as_bytes(), buf);
        self.target = Span::of(target.as_bytes(), buf);
        self.version = if minor == 0 { Version::Http10 } else { Version::Http11 };
        self.target_needs_encoding = !target.is_ascii() || memchr(b'#', target.as_bytes()).is_some();

        let last = end - if ends_with_crlf(buf, end) { 2 } else { 1 };
        let mut names = request.headers.iter().map(|line| Span::of(line.name.as_bytes(), buf));
        let fields_start = names.next().map_or(last, Span::start);
        let mut within = self.target.end() + VERSION_LENGTH < start + limits.start_line
            && last - fields_start <= limits.fields
            && request.headers.len() <= limits.field_count;
        let mut doubtful = !ends_with_crlf(buf, fields_start) || !ends_with_crlf(buf, end);
        for line in request.headers.iter() {
            let name = Span::of(line.name.as_bytes(), buf);
            let value = Span::of(line.value, buf);
            let next = names.next().map_or(last, Span::start);
            let kind = Kind::of(line.name.as_bytes());
            let crlf = ends_with_crlf(buf, next);
            let tidy = crlf && value.start() == name.end() + 2 && value.end() + LINE_END.len() == next;
            doubtful |= !crlf || kind == Kind::FramingLookAlike;
            within &= next - name.start() < limits.field_line + if crlf { 2 } else { 1 };
            self.fields.push(Field { name, value, kind, tidy });
        }
        self.classification = if doubtful || !self.framing_is_plain(buf) {
            desync::classify(buf.get(start..end).unwrap_or_default())
        } else {
            Classification::default()
        };
        within
    }

    /// Is the framing of the plainest kind, which every reader takes the same way? Then the head is compliant
    /// and AWS's library need not be asked.
    fn framing_is_plain(&self, buf: &[u8]) -> bool {
        let lengths = self.fields.has(Kind::ContentLength);
        let codings = self.fields.has(Kind::TransferEncoding);
        if !lengths && !codings {
            return true;
        }
        let mut coding_values = self.fields.values(buf, Kind::TransferEncoding);
        let mut length_values = self.fields.values(buf, Kind::ContentLength);
        let coding = coding_values.next();
        let length = length_values.next();
        let single =
            coding_values.next().is_none() && length_values.next().is_none() && !(lengths && codings);
        let clear = match (length, coding) {
            (Some(length), None) => {
                !length.is_empty() && length.len() < 19 && length.iter().all(u8::is_ascii_digit)
            }
            (None, Some(coding)) => {
                self.version == Version::Http11 && coding.eq_ignore_ascii_case(b"chunked")
            }
            _ => false,
        };
        single && clear && !matches!(self.method(buf), b"GET" | b"HEAD")
    }

    /// Forgets the previous head.
    pub(super) fn begin(&mut self, bytes: Span) {
        let mut fields = std::mem::take(&mut self.fields);
        fields.clear();
        *self = Self { bytes, fields, ..Self::default() };
    }
}

/// Bytes of ` HTTP/1.1` behind the target.
const VERSION_LENGTH: usize = 9;

fn ends_with_crlf(buf: &[u8], end: usize) -> bool {
    buf.get(..end).is_some_and(|before| before.ends_with(LINE_END))
}
