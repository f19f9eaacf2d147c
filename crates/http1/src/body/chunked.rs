//! The chunked transfer coding (RFC 9112 section 7.1), read byte for byte as the grammar has it.
//!
//! Everything lenient here has been a smuggling hole somewhere: bare LF, blanks behind the size, line ends within
//! an extension, anything but CRLF behind the data. So nothing is.

use super::error::BodyError;
use super::{Piece, Reserved, trailer};
use crate::chars;
use crate::framing::MAX_CONTENT_LENGTH;
use memchr::memchr;

/// What a chunked body may spend besides its data.
pub mod limits {
    /// Hexadecimal digits of one chunk size, leading zeros included.
    pub const SIZE_DIGITS: u8 = 16;
    /// Bytes of chunk extensions in one body. They are dropped, so they only cost.
    pub const EXTENSION_BYTES: u16 = 16 * 1024;
    /// Bytes of all trailer lines.
    pub const TRAILER_BYTES: usize = 16 * 1024;
}

/// Which byte is expected next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    Size {
        digits: u8,
    },
    /// White space behind the size, which only an extension may follow.
    Blank,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    Trailer,
    End,
}

#[derive(Debug)]
pub(super) struct Chunked {
    expect: Expect,
    /// The size read so far, then the bytes of data still to come.
    size: u64,
    extension_bytes: u16,
    /// Checked lines, then the line that is being read.
    trailers: Vec<u8>,
    /// Names of trailers that are dropped beside those that nobody may send.
    reserved: Option<Reserved>,
    /// Where the line that is being read starts.
    line: usize,
    trailer_bytes: usize,
}

impl Chunked {
    pub(super) const fn new() -> Self {
        Self {
            expect: Expect::Size { digits: 0 },
            size: 0,
            extension_bytes: 0,
            trailers: Vec::new(),
            reserved: None,
            line: 0,
            trailer_bytes: 0,
        }
    }

    pub(super) fn reserve(&mut self, names: Reserved) {
        self.reserved = Some(names);
    }

    pub(super) const fn is_end(&self) -> bool {
        matches!(self.expect, Expect::End)
    }

    pub(super) const fn is_in_data(&self) -> bool {
        matches!(self.expect, Expect::Data)
    }

    pub(super) fn trailers(&self) -> &[u8] {
        if self.is_end() { &self.trailers } else { &[] }
    }

    /// Reads framing up to the next data, and that data as far as it has come.
    pub(super) fn decode(&mut self, input: &[u8]) -> Result<Piece, BodyError> {
        let mut at = 0;
        while !self.is_end() {
            if self.expect == Expect::Data {
                let here = input.len().saturating_sub(at);
                let length = usize::try_from(self.size).unwrap_or(usize::MAX).min(here);
                if length > 0 {
                    self.size = self.size.saturating_sub(length as u64);
                    if self.size == 0 {
                        self.expect = Expect::DataCr;
                    }
                    return Ok(Piece { data: at..at + length, consumed: at + length, end: false });
                }
            }
            let Some(&byte) = input.get(at) else { break };
            if self.expect == Expect::Trailer {
                at += self.trailer(input.get(at..).unwrap_or_default())?;
                continue;
            }
            self.step(byte)?;
            at += 1;
        }
        Ok(Piece { data: at..at, consumed: at, end: self.is_end() })
    }

    fn step(&mut self, byte: u8) -> Result<(), BodyError> {
        self.expect = match (self.expect, byte) {
            (Expect::Size { digits }, b) if b.is_ascii_hexdigit() => self.digit(digits, b)?,
            (Expect::Size { digits: 1.. }, b'\r') => Expect::SizeLf,
            (Expect::Size { digits: 1.. } | Expect::Blank, b';') => self.extension_byte()?,
            (Expect::Size { digits: 1.. } | Expect::Blank, b' ' | b'\t') => {
                self.extension_byte()?;
                Expect::Blank
            }
            (Expect::Size { .. } | Expect::Blank | Expect::SizeLf, b) if b != b'\n' => {
                return Err(BodyError::BadChunkSize);
            }
            (Expect::Extension, b'\r') => Expect::SizeLf,
            (Expect::Extension, b) if chars::is_value_byte(b) => self.extension_byte()?,
            (Expect::Extension, _) => return Err(BodyError::BadExtension),
            (Expect::SizeLf, _) if self.size == 0 => Expect::Trailer,
            (Expect::SizeLf, _) => Expect::Data,
            (Expect::Size { .. } | Expect::Blank, _) => return Err(BodyError::BadChunkSize),
            (Expect::DataCr, b'\r') => Expect::DataLf,
            (Expect::DataLf, b'\n') => {
                self.size = 0;
                Expect::Size { digits: 0 }
            }
            (Expect::DataCr | Expect::DataLf, _) => return Err(BodyError::BadChunkEnd),
            (Expect::Data | Expect::Trailer | Expect::End, _) => self.expect,
        };
        Ok(())
    }

    fn digit(&mut self, digits: u8, byte: u8) -> Result<Expect, BodyError> {
        let value = u64::from((byte as char).to_digit(16).unwrap_or_default());
        let size = self.size.checked_mul(16).and_then(|size| size.checked_add(value));
        match size {
            Some(size) if size <= MAX_CONTENT_LENGTH && digits < limits::SIZE_DIGITS => {
                self.size = size;
                Ok(Expect::Size { digits: digits + 1 })
            }
            _ => Err(BodyError::ChunkTooLarge),
        }
    }

    fn extension_byte(&mut self) -> Result<Expect, BodyError> {
        self.extension_bytes = self.extension_bytes.saturating_add(1);
        if self.extension_bytes > limits::EXTENSION_BYTES {
            return Err(BodyError::ExtensionTooLong);
        }
        Ok(Expect::Extension)
    }

    /// Reads trailers up to the end of a line, and returns how many bytes that were.
    fn trailer(&mut self, input: &[u8]) -> Result<usize, BodyError> {
        let length = memchr(b'\n', input).map_or(input.len(), |end| end + 1);
        let part = input.get(..length).unwrap_or_default();
        self.trailer_bytes = self.trailer_bytes.saturating_add(length);
        if self.trailer_bytes > limits::TRAILER_BYTES {
            return Err(BodyError::TrailersTooLong);
        }
        self.trailers.extend_from_slice(part);
        if !part.ends_with(b"\n") {
            return Ok(length);
        }
        let line = self.trailers.get(self.line..).unwrap_or_default();
        match trailer::read(line, self.reserved.as_deref().unwrap_or_default())? {
            trailer::Line::Empty => {
                self.trailers.truncate(self.line);
                self.expect = Expect::End;
                return Ok(length);
            }
            trailer::Line::Keep => {}
            trailer::Line::Drop => self.trailers.truncate(self.line),
        }
        self.line = self.trailers.len();
        Ok(length)
    }
}
