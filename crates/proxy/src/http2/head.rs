//! Heads that this crate has written as HTTP/1.1, read again for HTTP/2.
//!
//! Their writer is `elbow-http1`, on either side, so they are strictly valid: a line of words, then lines of a name, a colon
//! and a value, each ending in CRLF, with one `Host` and one line that frames the body at most. What comes over a socket is
//! never read here.

use std::io;

use elbow_http1::Framing;
use http::header::TRAILER;
use http::{HeaderMap, HeaderName, HeaderValue};
use memchr::{memchr, memmem};

use super::is_of_the_connection;

const HEAD_END: &[u8] = b"\r\n\r\n";

/// Fields that a head has, ours included, unless it is a long one. Each field more than there is room for moves all.
const USUAL_FIELDS: usize = 12;

/// A head.
#[derive(Debug)]
pub(super) struct Head<'a> {
    /// Its first line.
    pub(super) line: &'a [u8],
    /// The value of `Host`, which has another name in HTTP/2.
    pub(super) host: &'a [u8],
    /// What it says about the body; `None` if that is nothing.
    pub(super) framing: Option<Framing>,
    /// The fields that have a meaning in HTTP/2. Each value has memory of its own: the library may keep one of them for as
    /// long as the connection lasts.
    pub(super) headers: HeaderMap,
    /// In bytes.
    pub(super) length: usize,
}

impl<'a> Head<'a> {
    /// Reads a head from the start of `bytes`; `None` if it is not complete.
    ///
    /// # Errors
    ///
    /// HTTP/2 has no words for it.
    pub(super) fn read(bytes: &'a [u8]) -> io::Result<Option<Self>> {
        let Some(end) = memmem::find(bytes, HEAD_END) else { return Ok(None) };
        let mut lines = lines(bytes.get(..end).unwrap_or_default());
        let mut head = Self {
            line: lines.next().unwrap_or_default(),
            host: b"",
            framing: None,
            headers: HeaderMap::with_capacity(USUAL_FIELDS),
            length: end + HEAD_END.len(),
        };
        lines.filter_map(field).try_for_each(|(name, value)| head.take(name, value))?;
        Ok(Some(head))
    }

    /// The word at this place of the first line.
    pub(super) fn word(&self, place: usize) -> &'a [u8] {
        self.line.split(|byte| *byte == b' ').nth(place).unwrap_or_default()
    }

    fn take(&mut self, name: &[u8], value: &'a [u8]) -> io::Result<()> {
        let framing = match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => {
                self.host = value;
                return Ok(());
            }
            14 if name.eq_ignore_ascii_case(b"content-length") => {
                let length = std::str::from_utf8(value).map_err(io::Error::other)?;
                Some(Framing::Length(length.parse().map_err(io::Error::other)?))
            }
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => Some(Framing::Chunked),
            _ => None,
        };
        if framing.is_some() && std::mem::replace(&mut self.framing, framing).is_some() {
            return Err(io::Error::other("a body that is framed twice"));
        }
        append(&mut self.headers, name, value)
    }
}

/// Trailers, of lines that this crate has read or written.
pub(super) fn trailers(bytes: &[u8]) -> io::Result<HeaderMap> {
    let mut trailers = HeaderMap::new();
    lines(bytes).filter_map(field).try_for_each(|(name, value)| append(&mut trailers, name, value))?;
    Ok(trailers)
}

fn lines(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let end = memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1);
        let (line, rest) = bytes.split_at_checked(end)?;
        bytes = rest;
        Some(line.trim_ascii_end())
    })
}

/// Name and value of a line.
fn field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let (name, value) = line.split_at_checked(memchr(b':', line)?)?;
    Some((name, value.get(1..)?.trim_ascii_start()))
}

/// Adds a field, unless it has no meaning in HTTP/2. What announces trailers is of no use where their frame says that they
/// come.
fn append(fields: &mut HeaderMap, name: &[u8], value: &[u8]) -> io::Result<()> {
    let name = HeaderName::from_bytes(name).map_err(io::Error::other)?;
    if !is_of_the_connection(&name) && name != TRAILER {
        fields.append(name, HeaderValue::from_bytes(value).map_err(io::Error::other)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(head: &str) -> Head<'_> {
        Head::read(head.as_bytes()).unwrap().unwrap()
    }

    #[test]
    fn what_is_about_the_body_the_host_and_the_connection_is_told_apart() {
        let text = "GET /a HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\ntrailer: x\r\nTransfer-Encoding: chunked\r\n\
                    X-Mine:  two words \r\nx-mine: \r\n\r\nleft";
        let head = read(text);
        assert_eq!((head.word(0), head.word(1), head.word(3)), (&b"GET"[..], &b"/a"[..], &b""[..]));
        assert_eq!((head.host, head.framing), (&b"shop.test"[..], Some(Framing::Chunked)));
        assert_eq!(head.headers.get_all("x-mine").iter().collect::<Vec<_>>(), ["two words", ""]);
        assert_eq!((head.headers.len(), head.length), (2, text.len() - "left".len()));
        let head = read("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
        assert_eq!((head.framing, head.headers.len()), (Some(Framing::Length(5)), 1));
        assert_eq!(read("HTTP/1.1 200 \r\n\r\n").framing, None);
    }

    #[test]
    fn half_a_head_is_none_yet_and_one_without_words_for_it_an_error() {
        assert!(Head::read(b"GET / HTTP/1.1\r\nHost: a\r\n").unwrap().is_none());
        let framings =
            ["Content-Length: 5\r\nContent-Length: 5", "Content-Length: 5\r\nTransfer-Encoding: chunked"];
        for lines in ["a b: c", "Content-Length: many"].iter().chain(&framings) {
            assert!(Head::read(format!("GET / HTTP/1.1\r\n{lines}\r\n\r\n").as_bytes()).is_err(), "{lines}");
        }
    }

    #[test]
    fn trailers_are_fields_without_a_head() {
        let found = trailers(b"grpc-status: 0\r\ngrpc-message:\r\n").unwrap();
        assert_eq!(
            (found.len(), &found["grpc-status"], &found["grpc-message"]),
            (2, &HeaderValue::from(0), &HeaderValue::from_static(""))
        );
        assert!(trailers(b"").unwrap().is_empty());
    }
}
