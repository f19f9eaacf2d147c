//! Responses that the load balancer makes itself, to the byte as ALB makes them (section 4, E4, E5, R25).

use crate::Version;
use crate::field::{self, LINE_END};

/// Declares the codes once, with their phrases and bodies.
macro_rules! pages {
    ($($code:literal $phrase:literal,)+) => {
        #[cfg(test)]
        const CODES: &[u16] = &[$($code,)+];

        fn page(status: u16) -> (&'static str, &'static [u8]) {
            match status {
                $($code => ($phrase, page!($code, $phrase).as_bytes()),)+
                // Codes that AWS made up have no phrase and no page; no capture of one was found.
                _ => ("", b""),
            }
        }
    };
}

/// Phrases of further codes, which only actions of rules answer with (RFC 9110 section 15, RFC 6585).
const PHRASES: &[(u16, &str)] = &[
    (200, "OK"),
    (201, "Created"),
    (202, "Accepted"),
    (203, "Non-Authoritative Information"),
    (204, "No Content"),
    (205, "Reset Content"),
    (206, "Partial Content"),
    (402, "Payment Required"),
    (406, "Not Acceptable"),
    (407, "Proxy Authentication Required"),
    (409, "Conflict"),
    (410, "Gone"),
    (411, "Length Required"),
    (412, "Precondition Failed"),
    (415, "Unsupported Media Type"),
    (416, "Range Not Satisfiable"),
    (417, "Expectation Failed"),
    (421, "Misdirected Request"),
    (422, "Unprocessable Content"),
    (426, "Upgrade Required"),
    (428, "Precondition Required"),
    (429, "Too Many Requests"),
    (431, "Request Header Fields Too Large"),
    (451, "Unavailable For Legal Reasons"),
    (511, "Network Authentication Required"),
];

/// The page of E4: lines end in CRLF, the last one too.
macro_rules! page {
    ($code:literal, $phrase:literal) => {
        concat!(
            "<html>\r\n<head><title>",
            $code,
            " ",
            $phrase,
            "</title></head>\r\n<body>\r\n<center><h1>",
            $code,
            " ",
            $phrase,
            "</h1></center>\r\n</body>\r\n</html>\r\n"
        )
    };
}

pages! {
    301 "Moved Permanently",
    302 "Found",
    400 "Bad Request",
    401 "Authorization Required",
    403 "Forbidden",
    404 "Not Found",
    405 "Not Allowed",
    408 "Request Time-out",
    413 "Request Entity Too Large",
    414 "Request-URI Too Large",
    500 "Internal Server Error",
    501 "Not Implemented",
    502 "Bad Gateway",
    503 "Service Temporarily Unavailable",
    504 "Gateway Time-out",
    505 "HTTP Version Not Supported",
    507 "Insufficient Storage",
}

/// What differs between two responses of the same status.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The client's version; HTTP/0.9 gets the page alone.
    pub client_version: Version,
    /// The request was HEAD: no page follows.
    pub head_request: bool,
    /// Will the client's connection be used again?
    pub keep_alive: bool,
    /// `routing.http.response.server.enabled` (R25).
    pub server: bool,
    /// `Date` in IMF-fixdate.
    pub date: &'a [u8],
    /// Complete lines of our own, each with its CRLF: `Location`, modified headers (R26).
    pub lines: &'a [u8],
}

/// The page that goes with a status; empty for the codes AWS made up (460, 463, 464, 561).
pub fn body(status: u16) -> &'static [u8] {
    page(status).1
}

/// The reason phrase of a status, empty if it has none.
pub fn phrase(status: u16) -> &'static str {
    match page(status).0 {
        // As captured of ALB, whose page says `302 Found` all the same.
        "Found" => "Moved Temporarily",
        "" => PHRASES.iter().find(|(code, _)| *code == status).map_or("", |(_, phrase)| phrase),
        phrase => phrase,
    }
}

/// Appends a whole response to `out`.
pub fn write(out: &mut Vec<u8>, status: u16, options: &Options<'_>) {
    write_with(out, status, b"text/html", body(status), options);
}

/// Appends a whole response with content of the caller's, as `fixed-response` actions want it (L18). Without
/// content there is no `Content-Type`. 204 and 205 never have content: a client that keeps to RFC 9110 (sections
/// 15.3.5, 15.3.6) would take it for the next response.
pub fn write_with(
    out: &mut Vec<u8>,
    status: u16,
    content_type: &[u8],
    content: &[u8],
    options: &Options<'_>,
) {
    let content = if matches!(status, 204 | 205) { b"" } else { content };
    if options.client_version != Version::Http09 {
        out.extend_from_slice(b"HTTP/1.1 ");
        out.extend_from_slice(itoa::Buffer::new().format(status).as_bytes());
        out.push(b' ');
        out.extend_from_slice(phrase(status).as_bytes());
        out.extend_from_slice(LINE_END);
        if options.server {
            field::write_line(out, b"Server", b"awselb/2.0");
        }
        field::write_line(out, b"Date", options.date);
        if !content.is_empty() {
            field::write_line(out, b"Content-Type", content_type);
        }
        if status != 204 {
            field::write_number(out, b"Content-Length", content.len() as u64);
        }
        field::write_line(out, b"Connection", if options.keep_alive { b"keep-alive" } else { b"close" });
        out.extend_from_slice(options.lines);
        out.extend_from_slice(LINE_END);
    }
    if !options.head_request {
        out.extend_from_slice(content);
    }
}

/// Status lines of Classic Load Balancers, as people have seen them.
// AWS: 503 is also followed by "Back-end server is at capacity" when no instance takes the request; we say that always,
// since that is why.
fn bare_phrase(status: u16) -> &'static str {
    match status {
        400 => "BAD_REQUEST",
        405 => "METHOD_NOT_ALLOWED",
        408 => "REQUEST_TIMEOUT",
        502 => "BAD_GATEWAY",
        503 => "Service Unavailable: Back-end server is at capacity",
        504 => "GATEWAY_TIMEOUT",
        other => phrase(other),
    }
}

/// Appends a whole response of a Classic Load Balancer: a status line without a page, and nobody says who answers.
pub fn write_bare(out: &mut Vec<u8>, status: u16, options: &Options<'_>) {
    if options.client_version == Version::Http09 {
        return;
    }
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(itoa::Buffer::new().format(status).as_bytes());
    out.push(b' ');
    out.extend_from_slice(bare_phrase(status).as_bytes());
    out.extend_from_slice(LINE_END);
    field::write_number(out, b"Content-Length", 0);
    field::write_line(out, b"Connection", if options.keep_alive { b"keep-alive" } else { b"Close" });
    out.extend_from_slice(options.lines);
    out.extend_from_slice(LINE_END);
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: Options<'_> = Options {
        client_version: Version::Http11,
        head_request: false,
        keep_alive: true,
        server: true,
        date: b"Thu, 23 Sep 2021 10:26:41 GMT",
        lines: b"",
    };

    fn written(status: u16, options: &Options<'_>) -> String {
        let mut out = Vec::new();
        write(&mut out, status, options);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_503_is_albs_to_the_byte() {
        let page = "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n\
                    <center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n";
        let expected = format!(
            "HTTP/1.1 503 Service Temporarily Unavailable\r\nServer: awselb/2.0\r\n\
             Date: Thu, 23 Sep 2021 10:26:41 GMT\r\nContent-Type: text/html\r\nContent-Length: 162\r\n\
             Connection: keep-alive\r\n\r\n{page}"
        );
        assert_eq!(written(503, &OPTIONS), expected);
    }

    #[test]
    fn a_classic_load_balancer_says_it_in_the_status_line() {
        let bare = |status, keep_alive| {
            let mut out = Vec::new();
            write_bare(&mut out, status, &Options { keep_alive, ..OPTIONS });
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            bare(503, true),
            "HTTP/1.1 503 Service Unavailable: Back-end server is at capacity\r\nContent-Length: 0\r\n\
             Connection: keep-alive\r\n\r\n"
        );
        assert!(bare(504, false).starts_with("HTTP/1.1 504 GATEWAY_TIMEOUT\r\n"));
        assert!(bare(408, false).contains("Connection: Close\r\n"));
        assert!(bare(414, false).starts_with("HTTP/1.1 414 Request-URI Too Large\r\n"));
    }

    #[test]
    fn pages_have_the_lengths_that_were_seen() {
        for (status, length) in [(503, 162), (502, 122), (504, 132), (400, 122), (403, 118), (301, 134)] {
            assert_eq!(body(status).len(), length, "{status}");
        }
    }

    #[test]
    fn every_code_has_its_phrase_in_its_page() {
        for &status in CODES {
            let page = String::from_utf8(body(status).to_vec()).unwrap();
            let in_page = if status == 302 { "Found" } else { phrase(status) };
            assert_eq!(page.matches(&format!("{status} {in_page}")).count(), 2, "{status}");
        }
        assert_eq!((phrase(302), phrase(204), phrase(599)), ("Moved Temporarily", "No Content", ""));
    }

    #[test]
    fn codes_of_aws_have_neither_phrase_nor_page() {
        for status in [460, 463, 464, 561] {
            let expected = format!(
                "HTTP/1.1 {status} \r\nServer: awselb/2.0\r\nDate: Thu, 23 Sep 2021 10:26:41 GMT\r\n\
                 Content-Length: 0\r\nConnection: close\r\n\r\n"
            );
            assert_eq!(written(status, &Options { keep_alive: false, ..OPTIONS }), expected);
        }
    }

    #[test]
    fn head_gets_the_length_but_no_page_and_http_09_the_page_alone() {
        let head = written(502, &Options { head_request: true, ..OPTIONS });
        assert!(head.contains("Content-Length: 122\r\n") && head.ends_with("\r\n\r\n"));
        let old = written(502, &Options { client_version: Version::Http09, ..OPTIONS });
        assert_eq!(old.as_bytes(), body(502));
    }

    #[test]
    fn the_server_can_be_left_out_and_lines_added() {
        let options = Options { server: false, lines: b"Location: /a\r\n", ..OPTIONS };
        let written = written(301, &options);
        assert!(!written.contains("Server:"));
        assert!(written.contains("Connection: keep-alive\r\nLocation: /a\r\n\r\n<html>"));
    }

    #[test]
    fn content_of_an_action_is_sent_as_it_is() {
        let mut out = Vec::new();
        write_with(&mut out, 200, b"text/plain", b"hello", &OPTIONS);
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.starts_with("HTTP/1.1 200 OK\r\n")
                && text.contains("Content-Type: text/plain\r\nContent-Length: 5\r\n")
                && text.ends_with("\r\n\r\nhello")
        );
    }

    #[test]
    fn l18_a_status_that_has_no_content_gets_none() {
        for (status, length) in [(204, false), (205, true)] {
            let mut out = Vec::new();
            write_with(&mut out, status, b"text/plain", b"hello", &OPTIONS);
            let text = String::from_utf8(out).unwrap();
            assert!(text.ends_with("\r\n\r\n") && !text.contains("Content-Type"), "{text}");
            assert_eq!(text.contains("Content-Length: 0\r\n"), length, "{text}");
        }
    }
}
