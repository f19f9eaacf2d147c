//! Why a request head is refused before anything else looks at it.

use crate::desync::Reason;
use std::fmt;

/// A request head that is answered by the load balancer itself. The client's connection closes after the answer,
/// because where the next request starts is not certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeadError {
    /// The request line reached its limit (R23).
    RequestLineTooLong,
    /// A header line reached its limit (R23).
    FieldLineTooLong,
    /// All header lines together passed their limit (R23).
    FieldsTooLong,
    /// More header lines than the limit.
    TooManyFields,
    /// More before the request line than the two empty lines that old clients send.
    LeadingBytes,
    /// No `method target version` can be told apart.
    BadRequestLine,
    /// The method is no token.
    BadMethod,
    /// TRACE (R22).
    TraceRefused,
    /// CONNECT: a load balancer is no tunnel. AWS documents no status; 405 is ours.
    ConnectRefused,
    /// The request line has no target.
    MissingTarget,
    /// A target that is neither a path, an `http` URI nor `*` for OPTIONS; or NUL or CR in it.
    BadTarget,
    /// Not an HTTP version.
    BadVersion,
    /// HTTP/2 or another major version on an HTTP/1 connection (E1).
    UnsupportedVersion,
    /// HTTP/1.1 without `Host` (RFC 9112 section 3.2).
    MissingHost,
    /// Several `Host` lines (RFC 9112 section 3.2).
    SeveralHosts,
    /// A `Host` that is no host (RFC 9112 section 3.2).
    BadHost,
    /// `Content-Length` is no number up to 2^63 - 1.
    BadContentLength,
    /// `Content-Length` lines that differ.
    ConflictingContentLength,
    /// `Transfer-Encoding` that no grammar allows.
    BadTransferEncoding,
    /// `chunked` twice, or not last.
    RepeatedTransferEncoding,
    /// A transfer coding other than `chunked` and `identity` (R22).
    UnsupportedTransferEncoding,
    /// `Connection` names more headers than are looked at.
    TooManyConnectionOptions,
    /// More addresses in `X-Forwarded-For` than the limit (R4).
    TooManyForwardedFor,
}

impl HeadError {
    /// The status ALB answers with.
    pub const fn status(self) -> u16 {
        match self {
            Self::RequestLineTooLong => 414,
            Self::TraceRefused | Self::ConnectRefused => 405,
            Self::TooManyForwardedFor => 463,
            Self::UnsupportedTransferEncoding => 501,
            Self::UnsupportedVersion => 505,
            _ => 400,
        }
    }

    /// ALB's name for what is wrong where it has one, for the access log (R12). Each of these is `Severe`.
    pub const fn desync_reason(self) -> Option<Reason> {
        match self {
            Self::BadMethod => Some(Reason::BadMethod),
            Self::BadTarget => Some(Reason::BadUri),
            Self::BadVersion => Some(Reason::BadVersion),
            Self::BadContentLength => Some(Reason::BadContentLength),
            Self::ConflictingContentLength => Some(Reason::MultipleContentLength),
            Self::BadTransferEncoding => Some(Reason::BadTransferEncoding),
            Self::RepeatedTransferEncoding => Some(Reason::MultipleTransferEncodingChunked),
            _ => None,
        }
    }

    /// What is wrong, for logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RequestLineTooLong => "request line too long",
            Self::FieldLineTooLong => "header line too long",
            Self::FieldsTooLong => "headers too long",
            Self::TooManyFields => "too many header lines",
            Self::LeadingBytes => "bytes before the request line",
            Self::BadRequestLine => "malformed request line",
            Self::BadMethod => "method is not a token",
            Self::TraceRefused => "TRACE is not allowed",
            Self::ConnectRefused => "CONNECT is not allowed",
            Self::MissingTarget => "no request target",
            Self::BadTarget => "malformed request target",
            Self::BadVersion => "malformed HTTP version",
            Self::UnsupportedVersion => "unsupported HTTP version",
            Self::MissingHost => "no Host header",
            Self::SeveralHosts => "several Host headers",
            Self::BadHost => "malformed Host header",
            Self::BadContentLength => "malformed Content-Length",
            Self::ConflictingContentLength => "conflicting Content-Length headers",
            Self::BadTransferEncoding => "malformed Transfer-Encoding",
            Self::RepeatedTransferEncoding => "chunked repeated or not last",
            Self::UnsupportedTransferEncoding => "unsupported Transfer-Encoding",
            Self::TooManyConnectionOptions => "too many Connection options",
            Self::TooManyForwardedFor => "too many addresses in X-Forwarded-For",
        }
    }
}

impl fmt::Display for HeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::error::Error for HeadError {}
