//! A target's response head: read strictly, and written anew for the client.
//!
//! Targets are as hostile as clients, and they have no excuse: what is not valid is a 502 (E1), never a guess. The
//! only leniency is a line that ends in a bare LF (RFC 9112 section 2.2); it goes out with CRLF.
//!
//! Bytes behind the end of a final answer belong to nobody: the caller closes that connection and never takes them
//! for the answer to its next request.
//!
//! Start at [`Head::parse`], end at [`write_head`]. Bodies are read by [`crate::body`].
//!
//! Interim heads (1xx) are heads of their own: parse again behind each. How many of them a target may send is for
//! the caller to limit, see [`MAX_INTERIM`].

mod error;
mod parse;
mod write;

pub use error::HeadError;
pub use write::{Edits, client_framing, write_head};

use crate::connection::Connection;
use crate::field::{Fields, Kind};
use crate::span::Span;
use crate::{Framing, Version};

/// Interim responses that a target may send before the final one. More is a 502: each costs a read and a parse,
/// and without a limit a target keeps a request open for ever while it never idles.
pub const MAX_INTERIM: usize = 32;

/// The request that a response answers, as far as its framing depends on it (RFC 9112 section 6.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answering {
    /// The request's method was HEAD.
    pub head_request: bool,
    /// An `Upgrade` was forwarded: only then is 101 an answer.
    pub upgrade: bool,
}

/// A response head. Its parts lie in the buffer it was parsed from. Keep one and parse into it again.
#[derive(Debug, Default)]
pub struct Head {
    bytes: Span,
    version: Version,
    status: u16,
    reason: Span,
    fields: Fields,
    connection: Connection,
    /// What `Content-Length` says, whether or not a body follows.
    length: Option<u64>,
    framing: Framing,
}

impl Head {
    /// Offset behind the head: where the body, or the next head after an interim one, starts.
    pub fn len(&self) -> usize {
        self.bytes.end()
    }

    /// No head has been parsed.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The status code, 100 to 999.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// 1xx other than 101: another head follows.
    pub const fn is_interim(&self) -> bool {
        matches!(self.status, 100 | 102..=199)
    }

    /// 101: what follows belongs to the new protocol.
    pub const fn is_switch(&self) -> bool {
        self.status == 101
    }

    /// The target's version.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// How the body ends on the target's connection.
    pub const fn framing(&self) -> Framing {
        self.framing
    }

    /// Can the target's connection take another request once the body has been read?
    pub const fn keep_alive(&self) -> bool {
        let wanted = match self.version {
            Version::Http11 => !self.connection.close,
            _ => self.connection.keep_alive && !self.connection.close,
        };
        wanted && !matches!(self.framing, Framing::UntilClose) && !self.is_switch()
    }

    /// The values of the `Set-Cookie` lines, in order.
    pub fn set_cookies<'a>(&'a self, buf: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + Clone {
        self.fields.values(buf, Kind::SetCookie)
    }

    /// The values of all lines of this name, in order, whatever the case of its letters.
    pub fn values<'a>(&'a self, buf: &'a [u8], name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.fields.named(buf, name)
    }

    /// All header lines in order: name and value.
    pub fn fields<'a>(&'a self, buf: &'a [u8]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.fields.all(buf)
    }

    /// Size of the head in bytes, line ends included.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }
}
