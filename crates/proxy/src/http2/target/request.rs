//! The head of an HTTP/1.1 request as a stream's request.
//!
//! It was written by [`crate::request_head`], so it is strictly valid: one request line, one `Host`, at most one line that
//! frames the body, each ending in CRLF.

use std::io;

use elbow_http1::Framing;
use http::header::TE;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderName, HeaderValue, Method, Request, Uri, Version};

use super::super::head::Head;

/// R7. No two requests have the same.
const TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");

/// A request, and the body that follows its head.
#[derive(Debug)]
pub(in crate::http2) struct Asked {
    pub(in crate::http2) request: Request<()>,
    pub(super) framing: Framing,
    /// Of the head that was read, in bytes.
    pub(super) length: usize,
}

/// Reads a request's head; `None` if it is not complete.
///
/// # Errors
///
/// HTTP/2 has no words for it.
pub(in crate::http2) fn read(bytes: &[u8], scheme: &Scheme) -> io::Result<Option<Asked>> {
    let Some(mut head) = Head::read(bytes)? else { return Ok(None) };
    let mut request = Request::new(());
    *request.method_mut() = Method::from_bytes(head.word(0)).map_err(io::Error::other)?;
    *request.uri_mut() = uri(scheme, head.host, head.word(1))?;
    *request.version_mut() = Version::HTTP_2;
    // It speaks for this hop, where trailers are taken, and gRPC asks for it.
    head.headers.insert(TE, HeaderValue::from_static("trailers"));
    if let Some(id) = head.headers.get_mut(TRACE_ID) {
        // In the tables of header compression it would drive out what comes again, and be compared with all before it.
        id.set_sensitive(true);
    }
    *request.headers_mut() = head.headers;
    let framing = head.framing.unwrap_or(Framing::None);
    Ok(Some(Asked { request, framing, length: head.length }))
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

    fn asked(head: &str) -> Asked {
        read(head.as_bytes(), &Scheme::HTTPS).unwrap().unwrap()
    }

    #[test]
    fn an_http_1_request_is_a_stream_s_request() {
        let head = asked(
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
        let head = asked(
            "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nTrailer: x\r\n\
             Transfer-Encoding: chunked\r\n\r\n",
        );
        assert_eq!((head.request.headers().len(), head.framing), (1, Framing::Chunked));
        assert_eq!(head.request.uri().path(), "*");
        assert_eq!(asked("GET / HTTP/1.1\r\nHost: a\r\n\r\n").framing, Framing::None);
    }

    #[test]
    fn half_a_head_is_none_yet_and_one_without_a_host_an_error() {
        let read = |head: &str| read(head.as_bytes(), &Scheme::HTTP);
        assert!(read("GET / HTTP/1.1\r\nHost: a\r\n").unwrap().is_none());
        assert!(read("GET / HTTP/1.1\r\n\r\n").is_err() && read("\r\n\r\n").is_err());
    }

    #[test]
    fn what_differs_with_each_request_is_not_kept_to_be_said_in_short() {
        let head = asked("GET / HTTP/1.1\r\nHost: a\r\nX-Amzn-Trace-Id: Root=1\r\naccept: */*\r\n\r\n");
        let kept = |name| !head.request.headers()[name].is_sensitive();
        assert!(!kept("x-amzn-trace-id") && kept("accept"));
    }
}
