//! The HTTP version of a message.

/// The version a peer speaks. Minor versions above 1 are treated as 1.1 (RFC 9110 section 6.2, R13).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// HTTP/0.9: the answer is a bare body and the connection closes after it.
    Http09,
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1 and what claims to be a later 1.x.
    #[default]
    Http11,
}

impl Version {
    /// As it is written in a start line and in access logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http09 => "HTTP/0.9",
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
        }
    }
}
