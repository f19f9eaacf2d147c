//! A stream's request as the head of an HTTP/1.1 message.
//!
//! `h2` has refused by now what RFC 9113 section 8.2 and 8.3 forbid (names in upper case, control characters, connection
//! fields, missing or repeated pseudo-fields), and a [`HeaderValue`](http::HeaderValue) or a [`Uri`](http::Uri) holds
//! no line end and no space. What is written here is read again by `elbow-http1` as if it had come over a socket, so
//! nothing gets past the rules for requests of HTTP/1.

use elbow_http1::write_line;
use http::Method;
use http::header::{CONTENT_LENGTH, COOKIE, HOST};
use http::request::Parts;

use super::incoming::Body;
use super::is_of_the_connection;

/// Appends the head. `ends` tells that no body follows.
pub(super) fn write_head(parts: &Parts, ends: bool, out: &mut Vec<u8>) -> Body {
    write_request_line(parts, out);
    let authority = parts.uri.authority().map(|authority| authority.as_str().as_bytes());
    if let Some(authority) = authority {
        write_line(out, b"Host", authority);
    }
    for (name, value) in &parts.headers {
        let value = value.as_bytes();
        match name {
            // One that differs goes on as well: two of them are refused, as over HTTP/1 (RFC 9113 section 8.3.1).
            &HOST if authority.is_some_and(|authority| authority.eq_ignore_ascii_case(value)) => {}
            // One line for all of them, see below.
            &COOKIE => {}
            name if is_of_the_connection(name) => {}
            name => write_line(out, name.as_str().as_bytes(), value),
        }
    }
    write_cookies(parts, out);
    let body = if ends || parts.headers.contains_key(CONTENT_LENGTH) { Body::Plain } else { Body::Chunked };
    if body == Body::Chunked {
        write_line(out, b"Transfer-Encoding", b"chunked");
    }
    out.extend_from_slice(b"\r\n");
    body
}

fn write_request_line(parts: &Parts, out: &mut Vec<u8>) {
    out.extend_from_slice(parts.method.as_str().as_bytes());
    out.push(b' ');
    let target = match parts.uri.path_and_query() {
        Some(target) if parts.method != Method::CONNECT => target.as_str(),
        _ => parts.uri.authority().map_or("/", |authority| authority.as_str()),
    };
    out.extend_from_slice(target.as_bytes());
    out.extend_from_slice(b" HTTP/1.1\r\n");
}

/// Clients may cut cookies into fields of their own to compress them better; they are put together again (RFC 9113
/// section 8.2.3).
fn write_cookies(parts: &Parts, out: &mut Vec<u8>) {
    for (place, crumb) in parts.headers.get_all(COOKIE).iter().enumerate() {
        out.extend_from_slice(if place == 0 { b"cookie: " } else { b"; " });
        out.extend_from_slice(crumb.as_bytes());
    }
    if parts.headers.contains_key(COOKIE) {
        out.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn written(request: http::request::Builder, ends: bool) -> (String, Body) {
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let mut out = Vec::new();
        let body = write_head(&parts, ends, &mut out);
        (String::from_utf8(out).unwrap(), body)
    }

    #[test]
    fn a_stream_s_request_is_an_http_1_request() {
        let request = Request::get("https://shop.test:8443/cart?id=1").header("accept", "*/*");
        let request =
            request.header("cookie", "a=1").header("host", "SHOP.test:8443").header("cookie", "b=2");
        let expected =
            "GET /cart?id=1 HTTP/1.1\r\nHost: shop.test:8443\r\naccept: */*\r\ncookie: a=1; b=2\r\n\r\n";
        assert_eq!(written(request, true), (expected.to_owned(), Body::Plain));
    }

    #[test]
    fn a_body_has_a_length_or_chunks() {
        let line = "POST /x HTTP/1.1\r\nHost: a\r\n";
        let with_length = Request::post("https://a/x").header("content-length", "5");
        assert_eq!(written(with_length, false), (format!("{line}content-length: 5\r\n\r\n"), Body::Plain));
        let without = Request::post("https://a/x").header("te", "trailers");
        assert_eq!(
            written(without, false),
            (format!("{line}Transfer-Encoding: chunked\r\n\r\n"), Body::Chunked)
        );
    }

    #[test]
    fn fields_of_a_connection_go_nowhere_and_a_second_host_is_for_http_1_to_refuse() {
        let mut request = Request::get("https://a/").header("host", "b");
        for name in ["connection", "te", "transfer-encoding", "upgrade", "keep-alive", "proxy-connection"] {
            request = request.header(name, "chunked");
        }
        let (head, body) = written(request, true);
        assert_eq!((head.as_str(), body), ("GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", Body::Plain));
        let connect = Request::builder().method("CONNECT").uri("a:443");
        assert!(written(connect, true).0.starts_with("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n"));
        let options = Request::builder().method("OPTIONS").uri("*");
        assert!(written(options, true).0.starts_with("OPTIONS * HTTP/1.1\r\n"));
    }
}
