//! A stream's answer as the head of an HTTP/1.1 message.
//!
//! It is read again by `elbow-http1` as if it had come over a socket, so nothing that a target says gets past the rules for
//! answers of HTTP/1. `h2` has refused by now what RFC 9113 section 8.2 and 8.3 forbid, and ends a stream whose body is not
//! as long as its head says.

use elbow_http1::write_line;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRAILER};
use http::response::Parts;
use http::{HeaderMap, StatusCode};

use super::super::incoming::Body;
use super::super::is_of_the_connection;
use crate::grpc;

/// Appends an interim head.
pub(in crate::http2) fn write_interim(status: StatusCode, headers: &HeaderMap, out: &mut Vec<u8>) {
    write_lines(status, headers, false, out);
    out.extend_from_slice(b"\r\n");
}

/// Appends the final head. `ends` tells that no body follows, `head_request` that none may.
pub(in crate::http2) fn write_head(parts: &Parts, ends: bool, head_request: bool, out: &mut Vec<u8>) -> Body {
    let bodiless = head_request || matches!(parts.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    let has_length = parts.headers.contains_key(CONTENT_LENGTH);
    // A body with a length has no trailers in HTTP/1.1.
    let chunked = !bodiless && !ends && (!has_length || announces_trailers(&parts.headers));
    write_lines(parts.status, &parts.headers, chunked, out);
    if chunked {
        write_line(out, b"Transfer-Encoding", b"chunked");
    } else if !bodiless && !has_length {
        write_line(out, b"Content-Length", b"0");
    }
    out.extend_from_slice(b"\r\n");
    if chunked { Body::Chunked } else { Body::Plain }
}

/// Whether trailers follow the body for all that is known. An answer of gRPC has its status there.
fn announces_trailers(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE);
    headers.contains_key(TRAILER) || kind.is_some_and(|kind| grpc::is_content_type(kind.as_bytes()))
}

fn write_lines(status: StatusCode, headers: &HeaderMap, chunked: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(status.as_str().as_bytes());
    out.extend_from_slice(b" \r\n");
    for (name, value) in headers {
        let is_framing = chunked && name == CONTENT_LENGTH;
        if !is_framing && !is_of_the_connection(name) {
            write_line(out, name.as_str().as_bytes(), value.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;

    fn written(response: http::response::Builder, ends: bool, head_request: bool) -> (String, Body) {
        let (parts, ()) = response.body(()).unwrap().into_parts();
        let mut out = Vec::new();
        let body = write_head(&parts, ends, head_request, &mut out);
        (String::from_utf8(out).unwrap(), body)
    }

    #[test]
    fn a_body_has_a_length_or_chunks_or_there_is_none() {
        let plain = || Response::builder().header("x-mine", "1");
        let sized = || plain().header("content-length", "5");
        let grpc = || sized().header("content-type", "application/grpc+proto");
        let lines = "HTTP/1.1 200 \r\nx-mine: 1\r\n";
        let table = [
            (sized(), false, false, "content-length: 5\r\n", Body::Plain),
            (plain(), false, false, "Transfer-Encoding: chunked\r\n", Body::Chunked),
            (plain(), true, false, "Content-Length: 0\r\n", Body::Plain),
            (sized(), true, true, "content-length: 5\r\n", Body::Plain),
            (plain(), true, true, "", Body::Plain),
            (
                grpc(),
                false,
                false,
                "content-type: application/grpc+proto\r\nTransfer-Encoding: chunked\r\n",
                Body::Chunked,
            ),
        ];
        for (response, ends, head_request, framing, body) in table {
            assert_eq!(written(response, ends, head_request), (format!("{lines}{framing}\r\n"), body));
        }
        let (head, body) = written(Response::builder().status(204), true, false);
        assert_eq!((head.as_str(), body), ("HTTP/1.1 204 \r\n\r\n", Body::Plain));
    }

    #[test]
    fn fields_of_a_connection_go_nowhere() {
        let mut out = Vec::new();
        let mut headers = HeaderMap::new();
        for name in ["connection", "upgrade", "keep-alive", "transfer-encoding"] {
            headers.insert(name, "close".parse().unwrap());
        }
        headers.insert("link", "</style.css>".parse().unwrap());
        write_interim(StatusCode::from_u16(103).unwrap(), &headers, &mut out);
        assert_eq!(out, b"HTTP/1.1 103 \r\nlink: </style.css>\r\n\r\n");
    }
}
