//! Reading a response head.

use super::{Answering, Head, HeadError};
use crate::connection::Connection;
use crate::field::{Field, Kind, LINE_END};
use crate::framing::{self, Coding};
use crate::request::Progress;
use crate::span::Span;
use crate::{Framing, Limits, Version};
use httparse::Status;
use memchr::memmem;
use std::mem::MaybeUninit;

impl Head {
    /// Reads a head from the start of `buf`. `seen` is how many bytes of `buf` an earlier call was given that
    /// answered `Partial`, zero at first; with it a head in small pieces is not searched again and again.
    ///
    /// # Errors
    ///
    /// The client gets a 502 and the target's connection is closed.
    pub fn parse(
        &mut self,
        buf: &[u8],
        seen: usize,
        answering: Answering,
        limits: &Limits,
    ) -> Result<Progress, HeadError> {
        let resume = seen.saturating_sub(EMPTY_LINE_REACH).min(buf.len());
        if seen > 0 && !has_empty_line(buf.get(resume..).unwrap_or_default()) {
            return check_size(buf.len(), limits).map(|()| Progress::Partial);
        }
        if buf.first().is_some_and(|&b| b != b'H') {
            return Err(HeadError::BadStatusLine);
        }
        let mut lines = [const { MaybeUninit::uninit() }; Limits::MAX_FIELD_COUNT];
        let mut response = httparse::Response::new(&mut []);
        let config = httparse::ParserConfig::default();
        let length = match config.parse_response_with_uninit_headers(&mut response, buf, &mut lines) {
            Ok(Status::Complete(length)) => length,
            Ok(Status::Partial) => return check_size(buf.len(), limits).map(|()| Progress::Partial),
            Err(error) => return Err(fault(error)),
        };
        check_size(length, limits)?;
        let (Some(minor), Some(status @ 100..)) = (response.version, response.code) else {
            return Err(HeadError::BadStatusLine);
        };
        let mut fields = std::mem::take(&mut self.fields);
        fields.clear();
        let mut names = response.headers.iter().map(|line| Span::of(line.name.as_bytes(), buf));
        names.next();
        for line in response.headers.iter() {
            let name = Span::of(line.name.as_bytes(), buf);
            let value = Span::of(line.value, buf);
            let next = names.next().map_or(length.saturating_sub(LINE_END.len()), Span::start);
            let crlf = buf.get(..next).is_some_and(|before| before.ends_with(LINE_END));
            let tidy = crlf && value.start() == name.end() + 2 && value.end() + LINE_END.len() == next;
            fields.push(Field { name, value, kind: Kind::of(line.name.as_bytes()), tidy });
        }
        *self = Self {
            bytes: Span::new(0, length),
            version: if minor == 0 { Version::Http10 } else { Version::Http11 },
            status,
            reason: Span::of(response.reason.unwrap_or_default().as_bytes(), buf),
            connection: Connection::read(&fields, buf).map_err(|_| HeadError::TooManyConnectionOptions)?,
            fields,
            length: None,
            framing: Framing::None,
        };
        if self.fields.len() > limits.field_count {
            return Err(HeadError::TooManyFields);
        }
        self.settle_framing(buf, answering)?;
        self.check_switch(buf, answering)?;
        Ok(Progress::Complete)
    }

    /// RFC 9112 section 6.3. Framing headers are checked even where no body can follow.
    fn settle_framing(&mut self, buf: &[u8], answering: Answering) -> Result<(), HeadError> {
        let lengths = self.fields.values(buf, Kind::ContentLength);
        self.length = framing::content_length(lengths).map_err(|_| HeadError::BadContentLength)?;
        let mut chunked = false;
        if self.fields.has(Kind::TransferEncoding) {
            if self.version != Version::Http11 {
                return Err(HeadError::BadTransferEncoding);
            }
            let coding = framing::transfer_coding(self.fields.values(buf, Kind::TransferEncoding));
            chunked = coding.map_err(|_| HeadError::BadTransferEncoding)? == Coding::Chunked;
            if self.length.is_some() {
                return Err(HeadError::ConflictingFraming);
            }
        }
        let bodiless = answering.head_request || matches!(self.status, 100..=199 | 204 | 304);
        self.framing = match self.length {
            _ if bodiless => Framing::None,
            _ if chunked => Framing::Chunked,
            Some(length) => Framing::Length(length),
            None => Framing::UntilClose,
        };
        Ok(())
    }

    fn check_switch(&self, buf: &[u8], answering: Answering) -> Result<(), HeadError> {
        let named = self.fields.values(buf, Kind::Upgrade).count() == 1 && self.connection.upgrade;
        if self.is_switch() && !(answering.upgrade && named) {
            return Err(HeadError::UnexpectedSwitch);
        }
        Ok(())
    }
}

/// An empty line may have begun this many bytes before the newest ones.
const EMPTY_LINE_REACH: usize = 3;

fn has_empty_line(bytes: &[u8]) -> bool {
    memmem::find(bytes, b"\n\r\n").is_some() || memmem::find(bytes, b"\n\n").is_some()
}

fn check_size(size: usize, limits: &Limits) -> Result<(), HeadError> {
    if size > limits.fields { Err(HeadError::TooLong) } else { Ok(()) }
}

fn fault(error: httparse::Error) -> HeadError {
    match error {
        httparse::Error::Status | httparse::Error::Version | httparse::Error::Token => {
            HeadError::BadStatusLine
        }
        httparse::Error::TooManyHeaders => HeadError::TooManyFields,
        httparse::Error::HeaderName | httparse::Error::HeaderValue | httparse::Error::NewLine => {
            HeadError::BadField
        }
    }
}
