//! The `Connection` header: options that concern this hop only (RFC 9110 section 7.6.1).

use crate::chars;
use crate::field::{Fields, Kind};

/// How many header names one message may nominate in `Connection`. Each nominated name is compared with each
/// header line, so this bounds the work a hostile peer can cause.
const MAX_NOMINATED: usize = 16;

/// What `Connection` asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Connection {
    pub(crate) close: bool,
    pub(crate) keep_alive: bool,
    pub(crate) upgrade: bool,
    /// Names other headers as hop-by-hop.
    pub(crate) nominates: bool,
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
        let mut nominated = 0;
        for option in chars::list(fields.values(buf, Kind::Connection)) {
            match option {
                o if o.eq_ignore_ascii_case(b"close") => found.close = true,
                o if o.eq_ignore_ascii_case(b"keep-alive") => found.keep_alive = true,
                o if o.eq_ignore_ascii_case(b"upgrade") => found.upgrade = true,
                _ => nominated += 1,
            }
        }
        found.nominates = nominated > 0;
        if nominated > MAX_NOMINATED { Err(TooManyOptions) } else { Ok(found) }
    }

    /// Does the message ask for this header to be dropped at the next hop?
    pub(crate) fn nominated(self, fields: &Fields, buf: &[u8], name: &[u8]) -> bool {
        self.nominates
            && chars::list(fields.values(buf, Kind::Connection))
                .any(|option| option.eq_ignore_ascii_case(name))
    }
}
