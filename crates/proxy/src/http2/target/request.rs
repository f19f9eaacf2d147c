//! The head of an HTTP/1.1 request as a stream's request.
//!
//! It was written by [`crate::request_head`], so it is strictly valid: one request line, one `Host`, at most one line that
//! frames the body, each ending in CRLF.

use std::io;

use elbow_http1::Framing;
use http::header::{CONTENT_LENGTH, TE};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderValue, Method, Request, Uri, Version};

use super::super::outgoing::{append, fields};

const HEAD_END: &[u8] = b"\r\n\r\n";

/// A request, and the body that follows its head.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) request: Request<()>,
    pub(super) framing: Framing,
    /// Of the head that was read, in bytes.
    pub(super) length: usize,
}

impl Head {
    /// Reads a head; `None` if it is not complete.
    ///
    /// # Errors
    ///
    /// HTTP/2 has no words for it.
    pub(super) fn read(bytes: &[u8], scheme: &Scheme) -> io::Result<Option<Self>> {
        let Some(end) = bytes.windows(HEAD_END.len()).position(|end| end == HEAD_END) else {
            return Ok(None);
        };
        let head = bytes.get(..end).unwrap_or_default();
        let line_end = head.iter().position(|byte| *byte == b'\r').unwrap_or(head.len());
        let (line, lines) = head.split_at_checked(line_end).unwrap_or_default();
        let mut words = line.split(|byte| *byte == b' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());

        let (mut framing, mut host, mut headers) = (Framing::None, &b""[..], HeaderMap::new());
        for (name, value) in fields(lines) {
            if name.eq_ignore_ascii_case(b"host") {
                host = value;
            } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
                framing = Framing::Chunked;
            } else {
                append(&mut headers, name, value)?;
            }
        }
        if let Some(length) = headers.get(CONTENT_LENGTH) {
            let length = length.to_str().map_err(io::Error::other)?;
            framing = Framing::Length(length.parse().map_err(io::Error::other)?);
        }
        // It speaks for this hop, where trailers are taken, and gRPC asks for it.
        headers.insert(TE, HeaderValue::from_static("trailers"));

        let mut request = Request::new(());
        *request.method_mut() = Method::from_bytes(method).map_err(io::Error::other)?;
        *request.uri_mut() = uri(scheme, host, target)?;
        *request.version_mut() = Version::HTTP_2;
        *request.headers_mut() = headers;
        Ok(Some(Self { request, framing, length: end + HEAD_END.len() }))
    }
}

fn uri(scheme: &Scheme, host: &[u8], target: &[u8]) -> io::Result<Uri> {
    let mut parts = http::uri::Parts::default();
    parts.scheme = Some(scheme.clone());
    parts.authority = Some(Authority::try_from(host).map_err(io::Error::other)?);
    parts.path_and_query = Some(PathAndQuery::try_from(target).map_err(io::Error::other)?);
    Uri::from_parts(parts).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(head: &str) -> Head {
        Head::read(head.as_bytes(), &Scheme::HTTPS).unwrap().unwrap()
    }

    #[test]
    fn an_http_1_request_is_a_stream_s_request() {
        let head = read(
            "POST /cart?id=1 HTTP/1.1\r\nX-Forwarded-For: 1.2.3.4\r\nHost: shop.test:8443\r\n\
             cookie: a=1; b=2\r\nContent-Length: 5\r\n\r\nhello",
        );
        assert_eq!(head.request.method(), "POST");
        assert_eq!(head.request.uri(), "https://shop.test:8443/cart?id=1");
        let fields: Vec<_> =
            head.request.headers().iter().map(|(name, value)| (name.as_str(), value)).collect();
        let expected = [
            ("x-forwarded-for", "1.2.3.4"),
            ("cookie", "a=1; b=2"),
            ("content-length", "5"),
            ("te", "trailers"),
        ];
        assert!(
            fields.iter().map(|(name, value)| (*name, value.to_str().unwrap())).eq(expected),
            "{fields:?}"
        );
        assert_eq!((head.framing, head.length), (Framing::Length(5), 113));
    }

    #[test]
    fn what_is_said_of_a_connection_stays_behind() {
        let head = read(
            "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nTrailer: x\r\n\
             Transfer-Encoding: chunked\r\n\r\n",
        );
        assert_eq!((head.request.headers().len(), head.framing), (1, Framing::Chunked));
        assert_eq!(head.request.uri().path(), "*");
        assert_eq!(read("GET / HTTP/1.1\r\nHost: a\r\n\r\n").framing, Framing::None);
    }

    #[test]
    fn half_a_head_is_none_yet_and_one_without_words_for_it_an_error() {
        let read = |head: &str| Head::read(head.as_bytes(), &Scheme::HTTP);
        assert!(read("GET / HTTP/1.1\r\nHost: a\r\n").unwrap().is_none());
        for head in ["GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\na b: c\r\n\r\n", "\r\n\r\n"] {
            assert!(read(head).is_err(), "{head:?}");
        }
    }
}
