//! Why a body cannot be read on.

use std::fmt;

/// A body whose end cannot be known. From a client it is a 400 (E1), from a target a broken response; either way
/// the connection it came from is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BodyError {
    /// No hexadecimal chunk size, or something other than an extension or CRLF behind it.
    BadChunkSize,
    /// More digits than the limit, or a chunk beyond 2^63 - 1 bytes.
    ChunkTooLarge,
    /// Control characters in a chunk extension.
    BadExtension,
    /// More extension bytes than the limit.
    ExtensionTooLong,
    /// The chunk's data does not end in CRLF.
    BadChunkEnd,
    /// A trailer line that is no header line.
    BadTrailer,
    /// More trailer bytes than the limit.
    TrailersTooLong,
    /// The connection closed before the end.
    Truncated,
}

impl BodyError {
    /// What is wrong, for logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadChunkSize => "malformed chunk size",
            Self::ChunkTooLarge => "chunk too large",
            Self::BadExtension => "malformed chunk extension",
            Self::ExtensionTooLong => "chunk extensions too long",
            Self::BadChunkEnd => "chunk data does not end in CRLF",
            Self::BadTrailer => "malformed trailer",
            Self::TrailersTooLong => "trailers too long",
            Self::Truncated => "connection closed within the body",
        }
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::error::Error for BodyError {}
