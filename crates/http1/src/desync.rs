//! Request smuggling: how suspicious a request is, and what each mode does about it (R11-R13).
//!
//! The judge is AWS's own library, so that tiers and reasons are ALB's. It is asked only where a
//! doubt is left: most requests can be proven compliant while they are parsed, and a property test holds that proof
//! against the library.
//!
//! This module does not refuse anything itself: see [`Classification::verdict`].

use http_desync_guardian::http_token_utils::{CL, TE, TokenSimilarity, determine_similarity};
use http_desync_guardian::request_analyzer::HttpRequestData;
use http_desync_guardian::{ClassificationReason, RequestSafetyTier};

/// How far a request is from one that every parser reads the same way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// As the RFCs have it.
    #[default]
    Compliant,
    /// Not quite, but no known risk.
    Acceptable,
    /// Two servers may see different requests in it.
    Ambiguous,
    /// Malformed, or made to deceive.
    Severe,
}

impl Tier {
    /// As written in the access log (O3, field 28).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Compliant => "Compliant",
            Self::Acceptable => "Acceptable",
            Self::Ambiguous => "Ambiguous",
            Self::Severe => "Severe",
        }
    }
}

/// Declares the reasons once: the enum, its names and the way from the library's enum.
macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// Why a request got its [`Tier`]; the names are ALB's (R12).
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub enum Reason {
            $($(#[$doc])* $name,)+
        }

        impl Reason {
            /// As written in the access log (O3, field 29).
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            fn from_library(reason: ClassificationReason) -> Self {
                match reason { $(ClassificationReason::$name => Self::$name,)+ }
            }
        }
    };
}

reasons! {
    /// Nothing to remark.
    #[default]
    Compliant,
    /// A header line without a name.
    EmptyHeader,
    /// A name that some parsers would take for `Transfer-Encoding` or `Content-Length`.
    SuspiciousHeader,
    /// A control or non-ASCII character where none belongs.
    NonCompliantHeader,
    /// NUL or CR in a header.
    BadHeader,
    /// Control characters in the request target.
    AmbiguousUri,
    /// A blank in the request target.
    SpaceInUri,
    /// NUL or CR in the request target.
    BadUri,
    /// HTTP/0.9, HTTP/1.2 and later, or blanks around the version.
    NonCompliantVersion,
    /// No HTTP version at all.
    BadVersion,
    /// GET or HEAD with `Content-Length: 0`.
    GetHeadZeroContentLength,
    /// GET or HEAD with a body length, or one in HTTP/0.9.
    UndefinedContentLengthSemantics,
    /// Several lengths that differ.
    MultipleContentLength,
    /// The same length several times.
    DuplicateContentLength,
    /// A length that is no number.
    BadContentLength,
    /// GET or HEAD with a transfer coding, or one in HTTP/1.0.
    UndefinedTransferEncodingSemantics,
    /// `chunked` several times.
    MultipleTransferEncodingChunked,
    /// A transfer coding that is none.
    BadTransferEncoding,
    /// Both framing headers.
    BothTeClPresent,
    /// A method that is no token.
    BadMethod,
    /// A line that ends in a bare LF.
    NonCrLfLineTermination,
    /// A folded header line.
    MultilineHeader,
    /// The head stops within a line.
    PartialHeaderLine,
    /// The head stops before its empty line.
    MissingLastEmptyLine,
    /// A header line without a colon.
    MissingHeaderColon,
    /// A request line without a target.
    MissingUri,
}

/// Tier and reason of one request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Classification {
    /// How bad.
    pub tier: Tier,
    /// What is wrong.
    pub reason: Reason,
}

/// `routing.http.desync_mitigation_mode` (R11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DesyncMode {
    /// Route everything that can be routed, and count.
    Monitor,
    /// The default: refuse what is severe, isolate what is ambiguous.
    #[default]
    Defensive,
    /// Route only what is compliant.
    Strictest,
}

/// What to do with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Route it.
    Forward,
    /// Route it, then close the client's and the target's connection: whatever either of them believes to follow
    /// is never read.
    ForwardAndCloseBoth,
    /// Answer 400 and close the client's connection.
    Refuse400,
}

impl Classification {
    pub(crate) const fn new(tier: Tier, reason: Reason) -> Self {
        Self { tier, reason }
    }

    /// AWS's table of modes and tiers (R11).
    ///
    /// What reaches this point can be routed. A request whose end cannot be known never gets here: it is a
    /// [`crate::request::HeadError`] in every mode, `monitor` included, because no bytes could be sent for it
    /// that are certain to be one request.
    pub const fn verdict(self, mode: DesyncMode) -> Verdict {
        use {DesyncMode as Mode, Verdict as V};
        match (self.tier, mode) {
            (Tier::Compliant, _) | (_, Mode::Monitor) | (Tier::Acceptable, Mode::Defensive) => V::Forward,
            (Tier::Ambiguous, Mode::Defensive) => V::ForwardAndCloseBoth,
            (Tier::Severe, Mode::Defensive) | (_, Mode::Strictest) => V::Refuse400,
        }
    }
}

/// Asks AWS's library about the bytes of one head, its empty line included.
pub(crate) fn classify(head: &[u8]) -> Classification {
    let result = HttpRequestData::analyze_raw_request(head);
    let tier = match result.tier {
        RequestSafetyTier::Compliant => Tier::Compliant,
        RequestSafetyTier::Acceptable => Tier::Acceptable,
        RequestSafetyTier::Ambiguous => Tier::Ambiguous,
        RequestSafetyTier::Severe => Tier::Severe,
    };
    Classification::new(tier, Reason::from_library(result.reason))
}

/// Could a parser take this name, which is neither, for one of the two framing headers?
///
/// The library only compares letters and digits, from the first of them on, and a name shorter than the header it
/// resembles never does; so a glance at the length and that first letter settles nearly every name.
pub(crate) fn is_suspicious(name: &[u8]) -> bool {
    let resembles = |header| determine_similarity(header, name) != TokenSimilarity::Distant;
    name.len() >= CL.len()
        && match name.iter().find(|b| b.is_ascii_alphanumeric()) {
            Some(b'c' | b'C') => resembles(CL),
            Some(b't' | b'T') => resembles(TE),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mode_does_what_aws_documents() {
        use Verdict::{Forward as F, ForwardAndCloseBoth as C, Refuse400 as R};
        let table = [
            (Tier::Compliant, [F, F, F]),
            (Tier::Acceptable, [F, F, R]),
            (Tier::Ambiguous, [F, C, R]),
            (Tier::Severe, [F, R, R]),
        ];
        for (tier, expected) in table {
            let class = Classification::new(tier, Reason::Compliant);
            let modes = [DesyncMode::Monitor, DesyncMode::Defensive, DesyncMode::Strictest];
            assert_eq!(modes.map(|mode| class.verdict(mode)), expected, "{tier:?}");
        }
    }

    #[test]
    fn look_alikes_of_framing_headers_are_suspicious() {
        for name in [
            "Content_Length",
            "content-length-",
            "-Content-Length",
            "Transfer_Encoding",
            "Transfer---Encoding",
        ] {
            assert!(is_suspicious(name.as_bytes()), "{name}");
        }
        for name in
            ["Content-Type", "Content-Security-Policy", "True-Client-IP", "Content-Lengthy", "TE", "Cookie"]
        {
            assert!(!is_suspicious(name.as_bytes()), "{name}");
        }
    }
}
