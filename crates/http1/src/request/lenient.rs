//! The lenient way in, for heads that the strict tokenizer refuses but ALB routes (R12, R14).
//!
//! What can be said in a valid header line is kept. What cannot, is left out, and the classifier's verdict says
//! whether the request may go on at all. So a target never sees a doubtful line:
//!
//! | the client sent | the target gets |
//! |---|---|
//! | lines that end in LF | CRLF |
//! | a folded line (R14: ALB makes it a header line of its own, with a name no target can use) | nothing of it |
//! | a line without a colon, without a name, or with a name that is no token | nothing of it |
//! | a name that resembles a framing header (`Content_Length`), here and in strict heads | nothing of it |
//! | NUL, CR or another control character in a value | a space in its place |
//! | blanks, controls or non-ASCII bytes in the request target | their percent-encoding |

use super::Head;
use super::error::HeadError;
use super::line::{self, RequestLine};
use super::scan::without_cr;
use crate::Version;
use crate::chars;
use crate::desync;
use crate::field::{Field, Kind, LINE_END};
use crate::span::Span;
use memchr::memchr;

impl Head {
    /// Reads a complete head, which ends where `buf` ends.
    pub(super) fn read_lenient(&mut self, buf: &[u8], start: usize) -> Result<(), HeadError> {
        self.begin(Span::new(start, buf.len()));
        let head = buf.get(start..).unwrap_or_default();
        let (first, mut rest) = next_line(head);
        let RequestLine { method, target, version } = line::read(first)?;
        self.method = Span::of(method, buf);
        self.target = Span::of(target, buf);
        self.version = version.unwrap_or(Version::Http09);
        self.target_needs_encoding = !target.iter().all(|&b| chars::is_target_byte(b));

        // An HTTP/0.9 GET is one line; the classifier wants to see a whole head.
        self.classification = if rest.is_empty() {
            desync::classify(&[head, LINE_END].concat())
        } else {
            desync::classify(head)
        };

        while !rest.is_empty() {
            let (line, after) = next_line(rest);
            rest = after;
            if line.is_empty() {
                break;
            }
            match read_field(line, buf) {
                Some(field) => self.fields.push(field),
                None if line.starts_with(b" ") || line.starts_with(b"\t") => self.leave_out_fold()?,
                None => self.left_out += 1,
            }
        }
        Ok(())
    }

    /// A folded line is left out, but not behind a framing header: the length of the body is then read in two
    /// ways, and neither is certain.
    fn leave_out_fold(&mut self) -> Result<(), HeadError> {
        self.left_out += 1;
        match self.fields.last_kind() {
            Some(Kind::ContentLength) => Err(HeadError::BadContentLength),
            Some(Kind::TransferEncoding) => Err(HeadError::BadTransferEncoding),
            _ => Ok(()),
        }
    }

    /// Remembers the request line of a head that is refused, if it can be read at all, for the log.
    pub(super) fn note_request_line(&mut self, buf: &[u8], start: usize) {
        self.begin(Span::default());
        let (first, _) = next_line(buf.get(start..).unwrap_or_default());
        if let Ok(RequestLine { method, target, version }) = line::read(first) {
            self.method = Span::of(method, buf);
            self.target = Span::of(target, buf);
            self.version = version.unwrap_or(Version::Http09);
        }
    }
}

/// None for a line that no valid header line can stand for. A folded line starts with a blank, which is no token.
fn read_field(line: &[u8], buf: &[u8]) -> Option<Field> {
    let (name, value) = line.split_at_checked(memchr(b':', line)?)?;
    let value = chars::trim_ows(value.get(1..)?);
    chars::is_token(name).then(|| Field {
        name: Span::of(name, buf),
        value: Span::of(value, buf),
        kind: Kind::of(name),
        tidy: false,
    })
}

/// A line without its line end, and what follows it.
fn next_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match memchr(b'\n', bytes) {
        Some(end) => {
            (without_cr(bytes.get(..end).unwrap_or_default()), bytes.get(end + 1..).unwrap_or_default())
        }
        None => (without_cr(bytes), &[]),
    }
}
