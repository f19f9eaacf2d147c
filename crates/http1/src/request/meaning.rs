//! What a head means, however it was read: one rule after another, each refusing what it cannot trust.

use super::error::HeadError;
use super::target;
use super::{Head, TargetForm, host};
use crate::chars;
use crate::connection::Connection;
use crate::field::Kind;
use crate::framing::{self, Coding, CodingFault, LengthFault};
use crate::span::Span;
use crate::{Framing, Limits, Version};
use memchr::memchr;

impl Head {
    /// Decides target, host, framing, connection and upgrade of the lines that were read.
    pub(super) fn settle(&mut self, buf: &[u8], limits: &Limits) -> Result<(), HeadError> {
        match self.method(buf) {
            b"TRACE" => return Err(HeadError::TraceRefused),
            b"CONNECT" => return Err(HeadError::ConnectRefused),
            _ => {}
        }
        self.settle_target(buf)?;
        self.settle_host(buf)?;
        self.settle_framing(buf)?;
        self.connection =
            Connection::read(&self.fields, buf).map_err(|_| HeadError::TooManyConnectionOptions)?;
        self.upgrade = self.find_upgrade(buf);
        if chars::list(self.forwarded_for(buf)).nth(limits.forwarded_for).is_some() {
            return Err(HeadError::TooManyForwardedFor);
        }
        Ok(())
    }

    fn settle_target(&mut self, buf: &[u8]) -> Result<(), HeadError> {
        let found = target::read(self.target(buf), self.method(buf))?;
        self.form = found.form;
        self.authority = found.authority.map_or_else(Span::default, |authority| Span::of(authority, buf));
        let whole = Span::of(found.path_and_query, buf);
        (self.path, self.query) = match memchr(b'?', found.path_and_query) {
            Some(mark) if self.form != TargetForm::Asterisk => {
                let mark = whole.start() + mark;
                (Span::new(whole.start(), mark), Some(Span::new(mark + 1, whole.end())))
            }
            _ => (whole, None),
        };
        Ok(())
    }

    /// RFC 9112 section 3.2: one valid `Host`; only before HTTP/1.1 it may be missing (R9).
    fn settle_host(&mut self, buf: &[u8]) -> Result<(), HeadError> {
        let mut hosts = self.fields.values(buf, Kind::Host);
        match (hosts.next(), hosts.next()) {
            (None, _) if self.version == Version::Http11 => Err(HeadError::MissingHost),
            (_, Some(_)) => Err(HeadError::SeveralHosts),
            (Some(value), None) if host::read(value).is_none() => Err(HeadError::BadHost),
            _ => Ok(()),
        }
    }

    /// RFC 9112 section 6.3. Chunked wins over a length, and is decoded in HTTP/1.0 too; both is faulty.
    fn settle_framing(&mut self, buf: &[u8]) -> Result<(), HeadError> {
        if self.fields.has(Kind::TransferEncoding) {
            let coding = framing::transfer_coding(self.fields.values(buf, Kind::TransferEncoding));
            self.framing_is_faulty = self.version != Version::Http11 || self.fields.has(Kind::ContentLength);
            match coding {
                Ok(Coding::Chunked) => self.framing = Framing::Chunked,
                Ok(Coding::Identity) => {}
                Err(CodingFault::Malformed) => return Err(HeadError::BadTransferEncoding),
                Err(CodingFault::Repeated) => return Err(HeadError::RepeatedTransferEncoding),
                Err(CodingFault::Unsupported) => return Err(HeadError::UnsupportedTransferEncoding),
            }
        }
        if self.fields.has(Kind::ContentLength) {
            match framing::content_length(self.fields.values(buf, Kind::ContentLength)) {
                Ok(Some(length)) if self.framing == Framing::None => self.framing = Framing::Length(length),
                Ok(_) => {}
                Err(LengthFault::Invalid) => return Err(HeadError::BadContentLength),
                Err(LengthFault::Conflicting) => return Err(HeadError::ConflictingContentLength),
            }
        }
        Ok(())
    }

    fn find_upgrade(&self, buf: &[u8]) -> Option<Span> {
        if !self.connection.upgrade || self.version != Version::Http11 || !self.framing.is_empty() {
            return None;
        }
        let mut values = self.fields.values(buf, Kind::Upgrade);
        let (value, None) = (values.next()?, values.next()) else { return None };
        is_foreign_protocol(value).then(|| Span::of(value, buf))
    }
}

/// One protocol that is not HTTP: an upgrade to `h2c` would carry requests past every rule of the listener.
fn is_foreign_protocol(value: &[u8]) -> bool {
    let mut parts = value.splitn(2, |&b| b == b'/');
    let name = parts.next().unwrap_or_default();
    let is = |other: &[u8]| name.eq_ignore_ascii_case(other);
    chars::is_token(name)
        && parts.next().is_none_or(chars::is_token)
        && !(is(b"h2c") || is(b"h2") || is(b"h3") || is(b"http") || is(b"tls"))
}
