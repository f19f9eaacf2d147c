//! The `Connection` header: options that concern this hop only (RFC 9110 section 7.6.1).

use crate::chars;
use crate::field::{Fields, Kind};
use crate::span::Span;

/// How many header names one message may nominate in `Connection`. Each is compared with each header line, so this
/// bounds the work a hostile peer can cause.
pub(crate) const MAX_NOMINATED: usize = 8;

/// What `Connection` asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Connection {
    pub(crate) close: bool,
    pub(crate) keep_alive: bool,
    pub(crate) upgrade: bool,
    /// Names of other headers that concern this hop only; unused places are empty.
    nominated: [Span; MAX_NOMINATED],
}

/// More header names were nominated than [`MAX_NOMINATED`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooManyOptions;

impl Connection {
    pub(crate) fn read(fields: &Fields, buf: &[u8]) -> Result<Self, TooManyOptions> {
        let mut found = Self::default();
        if !fields.has(Kind::Connection) {
            return Ok(found);
        }
        let mut places = found.nominated.iter_mut();
        for option in chars::list(fields.values(buf, Kind::Connection)) {
            match option {
                o if o.eq_ignore_ascii_case(b"close") => found.close = true,
                o if o.eq_ignore_ascii_case(b"keep-alive") => found.keep_alive = true,
                o if o.eq_ignore_ascii_case(b"upgrade") => found.upgrade = true,
                o => *places.next().ok_or(TooManyOptions)? = Span::of(o, buf),
            }
        }
        Ok(found)
    }

    /// Does the message ask for this header to be dropped at the next hop?
    pub(crate) fn nominates(&self, buf: &[u8], name: &[u8]) -> bool {
        self.nominated
            .iter()
            .take_while(|option| !option.is_empty())
            .any(|option| option.of_buf(buf).eq_ignore_ascii_case(name))
    }
}
