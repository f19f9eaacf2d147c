//! Trailer lines: which are valid and which may be passed on (RFC 9110 section 6.5).

use super::error::BodyError;
use crate::chars;
use crate::field::{Fields, Kind, LINE_END};

/// What becomes of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// It ends the trailers.
    Empty,
    Keep,
    /// Valid, but not as a trailer.
    Drop,
}

/// Looks at a line with its line end. A line that is not strictly valid breaks the body: it was sent where the
/// next request would start. Lines of `reserved` names are dropped as well.
pub(super) fn read(line: &[u8], reserved: &[Box<str>]) -> Result<Line, BodyError> {
    let line = line.strip_suffix(b"\r\n").ok_or(BodyError::BadTrailer)?;
    if line.is_empty() {
        return Ok(Line::Empty);
    }
    let colon = line.iter().position(|&b| b == b':').ok_or(BodyError::BadTrailer)?;
    let (name, value) = line.split_at_checked(colon).ok_or(BodyError::BadTrailer)?;
    if !chars::is_token(name) || !value.iter().all(|&b| chars::is_value_byte(b)) {
        return Err(BodyError::BadTrailer);
    }
    let is_reserved = reserved.iter().any(|reserved| chars::is_same_name(reserved.as_bytes(), name));
    Ok(if is_reserved || is_forbidden(name) { Line::Drop } else { Line::Keep })
}

/// Announces the trailers that the sender announced, as far as they may be passed on (RFC 9110 section 6.6.2). A
/// name that frames or routes, or is among `reserved`, is not even named: who merges trailers into headers must not
/// expect it.
pub(crate) fn announce(out: &mut Vec<u8>, fields: &Fields, buf: &[u8], reserved: &[&[u8]]) {
    let names = chars::list(fields.values(buf, Kind::Trailer));
    let names = names.filter(|name| !reserved.iter().any(|reserved| chars::is_same_name(reserved, name)));
    let mut start: &[u8] = b"Trailer: ";
    let before = out.len();
    for name in names.filter(|name| chars::is_token(name) && !is_forbidden(name)) {
        out.extend_from_slice(start);
        out.extend_from_slice(name);
        start = b", ";
    }
    if out.len() > before {
        out.extend_from_slice(LINE_END);
    }
}

/// Fields that frame, route, authenticate or identify must come before the body (RFC 9110 section 6.5.1): a target
/// that merges trailers into headers would otherwise take them from whoever wrote the body.
fn is_forbidden(name: &[u8]) -> bool {
    Kind::of(name) != Kind::Other
        || FORBIDDEN.iter().any(|forbidden| chars::is_same_name(forbidden, name))
        || FORBIDDEN_STARTS.iter().any(|start| {
            name.split_at_checked(start.len()).is_some_and(|(begin, _)| chars::is_same_name(begin, start))
        })
}

const FORBIDDEN: [&[u8]; 14] = [
    b"age",
    b"authorization",
    b"cache-control",
    b"content-encoding",
    b"content-range",
    b"content-type",
    b"expires",
    b"forwarded",
    b"location",
    b"max-forwards",
    b"proxy-authorization",
    b"range",
    b"retry-after",
    b"vary",
];

const FORBIDDEN_STARTS: [&[u8]; 4] = [b"x-forwarded-", b"x-amzn-", b"x-elbow-", b"if-"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailers_are_valid_lines_that_may_come_late() {
        let cases: [(&[u8], Result<Line, BodyError>); 20] = [
            (b"\r\n", Ok(Line::Empty)),
            (b"Checksum: abc\r\n", Ok(Line::Keep)),
            (b"grpc-status:0\r\n", Ok(Line::Keep)),
            (b"Content-Length: 5\r\n", Ok(Line::Drop)),
            (b"transfer-encoding: chunked\r\n", Ok(Line::Drop)),
            (b"Content_Length: 5\r\n", Ok(Line::Drop)),
            (b"Host: a\r\n", Ok(Line::Drop)),
            (b"X-Forwarded-Host: a\r\n", Ok(Line::Drop)),
            (b"X-Amzn-Mtls-Clientcert-Subject: CN=a\r\n", Ok(Line::Drop)),
            (b"x-amzn-tls-version: TLSv1.3\r\n", Ok(Line::Drop)),
            (b"Connection: close\r\n", Ok(Line::Drop)),
            (b"Keep-Alive: 5\r\n", Ok(Line::Drop)),
            (b"Upgrade: h2c\r\n", Ok(Line::Drop)),
            (b"X_Elbow_Stickiness: hit\r\n", Ok(Line::Drop)),
            (b"Authorization: a\r\n", Ok(Line::Drop)),
            (b"a: b\n", Err(BodyError::BadTrailer)),
            (b"no colon\r\n", Err(BodyError::BadTrailer)),
            (b" folded: a\r\n", Err(BodyError::BadTrailer)),
            (b"a: b\0\r\n", Err(BodyError::BadTrailer)),
            (b"a: b\rc\r\n", Err(BodyError::BadTrailer)),
        ];
        for (line, expected) in cases {
            assert_eq!(read(line, &[]), expected, "{:?}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn reserved_names_may_not_however_they_are_written() {
        let reserved = ["X-Subject".into()];
        for line in ["X-Subject: a\r\n", "x-subject: a\r\n", "X_SUBJECT:\r\n"] {
            assert_eq!(read(line.as_bytes(), &reserved), Ok(Line::Drop), "{line:?}");
        }
        assert_eq!(read(b"X-Subjects: a\r\n", &reserved), Ok(Line::Keep));
    }
}
