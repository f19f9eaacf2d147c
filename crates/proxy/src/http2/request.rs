//! A stream's request as the head of an HTTP/1.1 message.
//!
//! `h2` has refused by now what RFC 9113 section 8.2 and 8.3 forbid (names in upper case, control characters, connection
//! fields, missing or repeated pseudo-fields), and a [`HeaderValue`](http::HeaderValue) or a [`Uri`](http::Uri) holds
//! no line end and no space. What is written here is read again by `elbow-http1` as if it had come over a socket, so
//! nothing gets past the rules for requests of HTTP/1.

use elbow_http1::write_line;
use http::Method;
use http::header::{CONTENT_LENGTH, COOKIE, HOST, SEC_WEBSOCKET_KEY, TRAILER};
use http::request::Parts;

use super::incoming::Body;
use super::is_of_the_connection;
use super::websocket::Opening;

/// Appends the head. `ends` tells that no body follows, `opening` that the stream asks for a WebSocket.
pub(super) fn write_head(parts: &Parts, ends: bool, opening: Option<&Opening>, out: &mut Vec<u8>) -> Body {
    let body = body(parts, ends || opening.is_some());
    write_request_line(parts, opening, out);
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
            // The library holds the client to it, however the body is framed from here on.
            &CONTENT_LENGTH if body == Body::Chunked || opening.is_some() => {}
            &SEC_WEBSOCKET_KEY if opening.is_some() => {}
            name if is_of_the_connection(name) => {}
            name => write_line(out, name.as_str().as_bytes(), value),
        }
    }
    write_cookies(parts, out);
    if body == Body::Chunked {
        write_line(out, b"Transfer-Encoding", b"chunked");
    }
    if let Some(opening) = opening {
        opening.write_lines(out);
    }
    out.extend_from_slice(b"\r\n");
    body
}

/// How the body goes on. HTTP/1.1 has trailers behind chunks alone, so one that announces them gets chunks even if its
/// length is known. Trailers that come unannounced behind a length are dropped (RFC 9110 section 6.5.1).
fn body(parts: &Parts, ends: bool) -> Body {
    let has_length = parts.headers.contains_key(CONTENT_LENGTH);
    if ends || has_length && !parts.headers.contains_key(TRAILER) { Body::Plain } else { Body::Chunked }
}

fn write_request_line(parts: &Parts, opening: Option<&Opening>, out: &mut Vec<u8>) {
    let method = if opening.is_some() { &Method::GET } else { &parts.method };
    out.extend_from_slice(method.as_str().as_bytes());
    out.push(b' ');
    let target = match parts.uri.path_and_query() {
        Some(target) if method != Method::CONNECT => target.as_str(),
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
        let body = write_head(&parts, ends, None, &mut out);
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
    fn a_body_that_announces_trailers_is_chunked_though_it_has_a_length() {
        let request =
            || Request::post("https://a/x").header("content-length", "5").header("trailer", "x-sum");
        assert_eq!(
            written(request(), false),
            (
                "POST /x HTTP/1.1\r\nHost: a\r\ntrailer: x-sum\r\nTransfer-Encoding: chunked\r\n\r\n"
                    .to_owned(),
                Body::Chunked
            )
        );
        assert_eq!(written(request(), true).1, Body::Plain, "nothing comes behind an end");
    }

    #[test]
    fn a_stream_that_asks_for_a_websocket_is_an_upgrade_with_a_key_of_ours() {
        let request = Request::builder().method("CONNECT").uri("https://a/chat?room=1");
        let request = request.header("sec-websocket-key", "theirs").header("content-length", "7");
        let (parts, ()) = request.header("sec-websocket-version", "13").body(()).unwrap().into_parts();
        let mut out = Vec::new();
        assert_eq!(write_head(&parts, false, Some(&Opening::new([0; 16])), &mut out), Body::Plain);
        let expected = "GET /chat?room=1 HTTP/1.1\r\nHost: a\r\nsec-websocket-version: 13\r\n\
                        Connection: Upgrade\r\nUpgrade: websocket\r\n\
                        Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
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
