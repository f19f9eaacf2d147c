//! Finding the end of a head that arrives in pieces.
//!
//! Each byte is looked at once, however small the pieces are, and every limit is enforced on what has arrived so
//! far: a client that sends one byte a second costs no more than one that sends all at once.

use super::error::HeadError;
use super::line::{self, RequestLine};
use crate::Limits;
use memchr::memchr;

/// Empty lines that may stand before a request line: RFC 9112 section 2.2 asks for one, old clients send it after
/// a body.
const MAX_LEADING_LINES: usize = 2;

/// How far a head has been searched. Keep one beside the buffer, start anew ([`ScanState::default`]) for each
/// head, and keep the offsets of the buffer as they are in between.
#[derive(Clone, Copy, Debug, Default)]
pub struct ScanState {
    /// Where the request line starts, after leading empty lines.
    pub(crate) start: usize,
    started: bool,
    /// The whole head was tried at once and needs more bytes or the lenient reader.
    pub(crate) attempted: bool,
    /// All bytes before this have been searched for a line end.
    examined: usize,
    /// Where the unfinished line starts.
    line: usize,
    /// Where the header lines start; zero while in the request line.
    fields: usize,
    field_count: usize,
}

impl ScanState {
    /// Passes leading empty lines; false if there is nothing after them yet.
    pub(crate) fn skip_empty_lines(&mut self, buf: &[u8]) -> Result<bool, HeadError> {
        while !self.started {
            match buf.get(self.start..).unwrap_or_default() {
                [] | [b'\r'] => return Ok(false),
                [b'\r', b'\n', ..] if self.start < MAX_LEADING_LINES * 2 => self.start += 2,
                [b'\r' | b'\n', ..] => return Err(HeadError::LeadingBytes),
                _ => {
                    self.started = true;
                    self.examined = self.start;
                    self.line = self.start;
                }
            }
        }
        Ok(true)
    }

    /// The offset behind the head's last byte, once it has arrived.
    pub(crate) fn find_end(&mut self, buf: &[u8], limits: &Limits) -> Result<Option<usize>, HeadError> {
        while let Some(offset) = memchr(b'\n', buf.get(self.examined..).unwrap_or_default()) {
            let end = self.examined + offset;
            let line = without_cr(buf.get(self.line..end).unwrap_or_default());
            self.examined = end + 1;
            let over = if self.fields == 0 {
                self.pass_request_line(line, limits)?
            } else {
                self.pass_field_line(line, limits)?
            };
            if over {
                return Ok(Some(self.examined));
            }
            self.line = self.examined;
        }
        self.examined = buf.len();
        self.check_unfinished(buf.len().saturating_sub(self.line), limits)?;
        Ok(None)
    }

    /// True if the head is this line alone, which only an HTTP/0.9 GET is.
    fn pass_request_line(&mut self, line: &[u8], limits: &Limits) -> Result<bool, HeadError> {
        if line.len() >= limits.start_line {
            return Err(HeadError::RequestLineTooLong);
        }
        self.fields = self.examined;
        let RequestLine { method, version, .. } = line::read(line)?;
        Ok(version.is_none() && method == b"GET")
    }

    /// True if the line is the empty one that ends the head.
    fn pass_field_line(&mut self, line: &[u8], limits: &Limits) -> Result<bool, HeadError> {
        if line.is_empty() {
            return Ok(true);
        }
        self.field_count += 1;
        if line.len() >= limits.field_line {
            Err(HeadError::FieldLineTooLong)
        } else if self.examined - self.fields > limits.fields {
            Err(HeadError::FieldsTooLong)
        } else if self.field_count > limits.field_count {
            Err(HeadError::TooManyFields)
        } else {
            Ok(false)
        }
    }

    /// A line without its end yet; one byte of it may be the CR of that end.
    fn check_unfinished(&self, length: usize, limits: &Limits) -> Result<(), HeadError> {
        if self.fields == 0 {
            return if length > limits.start_line { Err(HeadError::RequestLineTooLong) } else { Ok(()) };
        }
        if length > limits.field_line {
            Err(HeadError::FieldLineTooLong)
        } else if self.examined - self.fields > limits.fields + 2 {
            Err(HeadError::FieldsTooLong)
        } else {
            Ok(())
        }
    }
}

/// A line that `memchr` cut before its LF, without the CR.
pub(crate) fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
