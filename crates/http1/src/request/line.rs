//! The request line, as lenient as ALB: blanks in the target, any amount of blanks around its parts, no version at
//! all. What is read here is classified and rewritten later; nothing of it is sent on as it came.

use super::error::HeadError;
use crate::Version;
use crate::chars;

/// The parts of a request line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RequestLine<'a> {
    pub(crate) method: &'a [u8],
    pub(crate) target: &'a [u8],
    /// None if the line has no version, as in HTTP/0.9.
    pub(crate) version: Option<Version>,
}

/// Reads a line without its line end.
pub(crate) fn read(line: &[u8]) -> Result<RequestLine<'_>, HeadError> {
    let Some((method, rest)) = split_at(line, line.iter().position(|&b| b == b' ')) else {
        let fault = if chars::is_token(line) { HeadError::MissingTarget } else { HeadError::BadMethod };
        return Err(fault);
    };
    if !chars::is_token(method) {
        return Err(HeadError::BadMethod);
    }
    let rest = chars::trim_ows(rest);
    match split_at(rest, rest.iter().rposition(|&b| b == b' ')) {
        _ if rest.is_empty() || version_like(rest) => Err(HeadError::MissingTarget),
        None => checked(method, rest, None),
        Some((target, word)) => checked(method, trim_blanks(target), Some(version(word)?)),
    }
}

fn checked<'a>(
    method: &'a [u8],
    target: &'a [u8],
    version: Option<Version>,
) -> Result<RequestLine<'a>, HeadError> {
    match target {
        [] => Err(HeadError::MissingTarget),
        // No server reads these alike (RFC 9112 section 3), and no encoding of them is certain to be harmless.
        _ if target.iter().any(|&b| b == 0 || b == b'\r') => Err(HeadError::BadTarget),
        _ => Ok(RequestLine { method, target, version }),
    }
}

fn version(word: &[u8]) -> Result<Version, HeadError> {
    match word {
        b"HTTP/1.1" => Ok(Version::Http11),
        b"HTTP/1.0" => Ok(Version::Http10),
        b"HTTP/0.9" => Ok(Version::Http09),
        [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'2'..=b'9'] => Ok(Version::Http11),
        [b'H', b'T', b'T', b'P', b'/', b'2'..=b'9'] => Err(HeadError::UnsupportedVersion),
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
            if major.is_ascii_digit() && *major != b'1' && minor.is_ascii_digit() =>
        {
            Err(HeadError::UnsupportedVersion)
        }
        _ => Err(HeadError::BadVersion),
    }
}

fn version_like(word: &[u8]) -> bool {
    word.starts_with(b"HTTP/") && !word.contains(&b' ')
}

fn trim_blanks(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., b' '] | [b' ', rest @ ..] = bytes {
        bytes = rest;
    }
    bytes
}

fn split_at(bytes: &[u8], blank: Option<usize>) -> Option<(&[u8], &[u8])> {
    let blank = blank?;
    Some((bytes.get(..blank)?, bytes.get(blank + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_lines_are_read_as_alb_reads_them() {
        use HeadError as E;
        type Parts = (&'static str, &'static str, Option<Version>);
        let ok = |method, target, version| Ok((method, target, version));
        let cases: [(&str, Result<Parts, HeadError>); 27] = [
            ("GET / HTTP/1.1", ok("GET", "/", Some(Version::Http11))),
            ("GET / HTTP/1.0", ok("GET", "/", Some(Version::Http10))),
            ("GET / HTTP/0.9", ok("GET", "/", Some(Version::Http09))),
            ("GET / HTTP/1.2", ok("GET", "/", Some(Version::Http11))),
            ("GET / HTTP/1.9", ok("GET", "/", Some(Version::Http11))),
            ("GET /", ok("GET", "/", None)),
            ("POST /a", ok("POST", "/a", None)),
            ("GET  /a  HTTP/1.1", ok("GET", "/a", Some(Version::Http11))),
            ("GET /a b HTTP/1.1 \t ", ok("GET", "/a b", Some(Version::Http11))),
            ("GET /a\tb HTTP/1.1", ok("GET", "/a\tb", Some(Version::Http11))),
            ("M-SEARCH * HTTP/1.1", ok("M-SEARCH", "*", Some(Version::Http11))),
            ("PRI * HTTP/2.0", Err(E::UnsupportedVersion)),
            ("GET / HTTP/2", Err(E::UnsupportedVersion)),
            ("GET / HTTP/3.0", Err(E::UnsupportedVersion)),
            ("GET / HTTP/0.8", Err(E::UnsupportedVersion)),
            ("GET / HTTP/1.10", Err(E::BadVersion)),
            ("GET / HTTP/1.", Err(E::BadVersion)),
            ("GET / http/1.1", Err(E::BadVersion)),
            ("GET / HTTP/1.1 x", Err(E::BadVersion)),
            ("GET / HTTP /1.1", Err(E::BadVersion)),
            ("GET HTTP/1.1", Err(E::MissingTarget)),
            ("GET  HTTP/1.1", Err(E::MissingTarget)),
            ("GET", Err(E::MissingTarget)),
            (" GET / HTTP/1.1", Err(E::BadMethod)),
            ("GET\t/\tHTTP/1.1", Err(E::BadMethod)),
            ("G@T / HTTP/1.1", Err(E::BadMethod)),
            ("GET /\r/ HTTP/1.1", Err(E::BadTarget)),
        ];
        for (line, expected) in cases {
            let found = read(line.as_bytes()).map(|l| (l.method, l.target, l.version));
            let expected = expected.map(|(m, t, v)| (m.as_bytes(), t.as_bytes(), v));
            assert_eq!(found, expected, "{line:?}");
        }
    }
}
