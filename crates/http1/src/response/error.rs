//! Why a target's response head is refused. The client gets a 502 for each of them (E1).

use std::fmt;

/// A response head that is not passed on. The target's connection must be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeadError {
    /// The status line or the headers passed their limit (R23).
    TooLong,
    /// More header lines than the limit.
    TooManyFields,
    /// Not `HTTP/1.0` or `HTTP/1.1`, a space, and three digits from 100 on.
    BadStatusLine,
    /// A header line that is none: no colon, a name that is no token, a folded line, NUL, CR or another control.
    BadField,
    /// `Content-Length` is no number up to 2^63 - 1, or several differ.
    BadContentLength,
    /// A transfer coding other than one `chunked`, or any in HTTP/1.0.
    BadTransferEncoding,
    /// Both framing headers.
    ConflictingFraming,
    /// `Connection` names more headers than are looked at.
    TooManyConnectionOptions,
    /// 101 without having been asked, or without saying to which protocol.
    UnexpectedSwitch,
}

impl HeadError {
    /// What is wrong, for logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLong => "response headers too long",
            Self::TooManyFields => "too many response header lines",
            Self::BadStatusLine => "malformed status line",
            Self::BadField => "malformed response header",
            Self::BadContentLength => "malformed or conflicting Content-Length",
            Self::BadTransferEncoding => "malformed or unsupported Transfer-Encoding",
            Self::ConflictingFraming => "both Content-Length and Transfer-Encoding",
            Self::TooManyConnectionOptions => "too many Connection options",
            Self::UnexpectedSwitch => "unexpected 101",
        }
    }
}

impl fmt::Display for HeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::error::Error for HeadError {}
