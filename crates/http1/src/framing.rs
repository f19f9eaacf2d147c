//! How long a body is: `Content-Length` and `Transfer-Encoding` (RFC 9112 section 6).
//!
//! Nearly every smuggling attack is two parsers disagreeing here. So both headers are read by the narrowest
//! grammar, anything else is an error for every mode, and what goes out is always written anew.

use crate::chars;

/// How the body of a message ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    /// There is no body and no length to announce.
    #[default]
    None,
    /// Exactly this many bytes.
    Length(u64),
    /// Chunks, then trailers.
    Chunked,
    /// Until the sender closes its connection; responses only.
    UntilClose,
}

impl Framing {
    /// No byte of body follows the head.
    pub const fn is_empty(self) -> bool {
        matches!(self, Self::None | Self::Length(0))
    }
}

/// Bodies up to this size are accepted: lengths beyond 2^63 - 1 overflow signed parsers.
pub const MAX_CONTENT_LENGTH: u64 = i64::MAX as u64;

/// Why the `Content-Length` lines cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LengthFault {
    /// Not `1*DIGIT`, or beyond [`MAX_CONTENT_LENGTH`].
    Invalid,
    /// Several lines that do not agree.
    Conflicting,
}

/// The one length that all lines agree on. A list such as `5, 5`, a sign or an empty value is invalid.
pub(crate) fn content_length<'a>(values: impl Iterator<Item = &'a [u8]>) -> Result<Option<u64>, LengthFault> {
    let mut agreed = None;
    let mut conflict = false;
    for value in values {
        let length = decimal(value).ok_or(LengthFault::Invalid)?;
        conflict |= agreed.is_some_and(|seen| seen != length);
        agreed = Some(length);
    }
    if conflict { Err(LengthFault::Conflicting) } else { Ok(agreed) }
}

fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    let value = digits.iter().try_fold(0u64, |sum, &b| match b {
        b'0'..=b'9' => sum.checked_mul(10)?.checked_add(u64::from(b - b'0')),
        _ => None,
    })?;
    (value <= MAX_CONTENT_LENGTH).then_some(value)
}

/// What `Transfer-Encoding` says (R22).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Chunked,
    Identity,
}

/// Why the `Transfer-Encoding` lines cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodingFault {
    /// An empty member, or one that is no token.
    Malformed,
    /// A well-formed coding that ALB does not know.
    Unsupported,
    /// `chunked` twice, or something after it.
    Repeated,
}

/// Reads the list strictly: unlike other lists, an empty member (`chunked,`) is an error here.
pub(crate) fn transfer_coding<'a>(values: impl Iterator<Item = &'a [u8]>) -> Result<Coding, CodingFault> {
    let mut chunked = false;
    let mut fault = None;
    for item in values.flat_map(|value| value.split(|&b| b == b',')).map(chars::trim_ows) {
        let name = item.split(|&b| b == b';').next().map(chars::trim_ows).unwrap_or_default();
        if !chars::is_token(name) {
            return Err(CodingFault::Malformed);
        }
        if chunked {
            return Err(CodingFault::Repeated);
        }
        if item.eq_ignore_ascii_case(b"chunked") {
            chunked = true;
        } else if !item.eq_ignore_ascii_case(b"identity") {
            fault = Some(CodingFault::Unsupported);
        }
    }
    match fault {
        Some(fault) => Err(fault),
        None if chunked => Ok(Coding::Chunked),
        None => Ok(Coding::Identity),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_length_is_digits_and_nothing_else() {
        type Case = (&'static [&'static str], Result<Option<u64>, LengthFault>);
        let cases: [Case; 20] = [
            (&[], Ok(None)),
            (&["0"], Ok(Some(0))),
            (&["00005"], Ok(Some(5))),
            (&["5", "5"], Ok(Some(5))),
            (&["5", "05"], Ok(Some(5))),
            (&["9223372036854775807"], Ok(Some(MAX_CONTENT_LENGTH))),
            (&["9223372036854775808"], Err(LengthFault::Invalid)),
            (&["18446744073709551616"], Err(LengthFault::Invalid)),
            (&["99999999999999999999999999"], Err(LengthFault::Invalid)),
            (&["5", "6"], Err(LengthFault::Conflicting)),
            (&["5", "6", "5"], Err(LengthFault::Conflicting)),
            (&["5, 5"], Err(LengthFault::Invalid)),
            (&["5,"], Err(LengthFault::Invalid)),
            (&["+5"], Err(LengthFault::Invalid)),
            (&["-5"], Err(LengthFault::Invalid)),
            (&["0x5"], Err(LengthFault::Invalid)),
            (&["5 5"], Err(LengthFault::Invalid)),
            (&["5.0"], Err(LengthFault::Invalid)),
            (&[""], Err(LengthFault::Invalid)),
            (&["\u{0665}"], Err(LengthFault::Invalid)),
        ];
        for (values, expected) in cases {
            assert_eq!(content_length(values.iter().map(|v| v.as_bytes())), expected, "{values:?}");
        }
    }

    #[test]
    fn transfer_encoding_is_chunked_or_identity() {
        use CodingFault::{Malformed, Repeated, Unsupported};
        let cases: [(&[&str], Result<Coding, CodingFault>); 18] = [
            (&["chunked"], Ok(Coding::Chunked)),
            (&["ChUnKeD"], Ok(Coding::Chunked)),
            (&["identity"], Ok(Coding::Identity)),
            (&["identity, chunked"], Ok(Coding::Chunked)),
            (&["identity", "chunked"], Ok(Coding::Chunked)),
            (&["chunked, identity"], Err(Repeated)),
            (&["chunked, chunked"], Err(Repeated)),
            (&["chunked", "chunked"], Err(Repeated)),
            (&["chunked, gzip"], Err(Repeated)),
            (&["gzip"], Err(Unsupported)),
            (&["gzip, chunked"], Err(Unsupported)),
            (&["chunked;q=1"], Err(Unsupported)),
            (&["xchunked"], Err(Unsupported)),
            (&["chunked,"], Err(Malformed)),
            (&[",chunked"], Err(Malformed)),
            (&[""], Err(Malformed)),
            (&["\u{b}chunked"], Err(Malformed)),
            (&["chun ked"], Err(Malformed)),
        ];
        for (values, expected) in cases {
            assert_eq!(transfer_coding(values.iter().map(|v| v.as_bytes())), expected, "{values:?}");
        }
    }
}
