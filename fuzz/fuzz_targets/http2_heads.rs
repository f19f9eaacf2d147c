//! Any fields as heads and trailers of HTTP/2: what HTTP/1.1 reads of them is one head and nothing behind it, which asks for and answers
//! with the same, and what goes on from there to the other side's HTTP/2 has nothing of a connection.
//!
//! The first byte has flags, the rest is a line for each field: its name, a colon, its value. The library has taken those
//! that are read here, so what it refuses is left out.

#![no_main]

use elbow_fuzz::http1::{answered, check_answer, check_request, forwarded, whole_answer};
use elbow_http1::body::Decoder;
use elbow_http1::request::{self, ScanState};
use elbow_http1::response::Answering;
use elbow_http1::{Framing, Limits, Progress, Version};
use elbow_proxy::fuzzing;
use h2::ext::Protocol;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, uri};
use libfuzzer_sys::fuzz_target;

/// Fields of a connection, and what announces trailers, which HTTP/2 does without.
const OF_A_CONNECTION: [&str; 6] =
    ["connection", "transfer-encoding", "upgrade", "keep-alive", "proxy-connection", "http2-settings"];

fuzz_target!(|data: &[u8]| {
    let Some((flags, text)) = data.split_first() else { return };
    let mut head = Head::default();
    text.split(|byte| *byte == b'\n').for_each(|line| head.take(line));
    let ends = flags & 1 != 0;
    ask(&head, ends);
    answer(&head, ends, flags & 2 != 0, if flags & 4 != 0 { Version::Http10 } else { Version::Http11 });
    trail(&head);
});

#[derive(Default)]
struct Head {
    method: Option<Method>,
    status: Option<StatusCode>,
    protocol: Option<String>,
    uri: uri::Parts,
    fields: HeaderMap,
}

impl Head {
    /// Takes a field as the library does.
    fn take(&mut self, line: &[u8]) {
        let Some(colon) = line.iter().skip(1).position(|byte| *byte == b':') else { return };
        let (name, value) = (&line[..=colon], &line[colon + 2..]);
        match name {
            b":method" => self.method = Method::from_bytes(value).ok(),
            b":status" => self.status = StatusCode::from_bytes(value).ok(),
            b":protocol" => self.protocol = String::from_utf8(value.to_vec()).ok(),
            b":scheme" => self.uri.scheme = value.try_into().ok(),
            b":authority" => self.uri.authority = value.try_into().ok(),
            b":path" if !value.is_empty() => self.uri.path_and_query = value.try_into().ok(),
            _ => {
                let field = (HeaderName::from_lowercase(name), HeaderValue::from_bytes(value));
                if let (Ok(name), Ok(value)) = field
                    && !OF_A_CONNECTION.contains(&name.as_str())
                    && (name != "te" || value == "trailers")
                {
                    self.fields.append(name, value);
                }
            }
        }
    }

    fn request(&self) -> Option<Request<()>> {
        let mut parts = uri::Parts::default();
        (parts.authority, parts.path_and_query) =
            (self.uri.authority.clone(), self.uri.path_and_query.clone());
        if parts.authority.is_some() {
            parts.scheme = self.uri.scheme.clone();
        }
        let mut request = Request::new(());
        *request.method_mut() = self.method.clone()?;
        *request.uri_mut() = Uri::from_parts(parts).ok()?;
        *request.headers_mut() = self.fields.clone();
        if let Some(protocol) = self.protocol.as_ref().filter(|_| self.method == Some(Method::CONNECT)) {
            request.extensions_mut().insert(Protocol::from(protocol.as_str()));
        }
        Some(request)
    }

    /// Whether a line of HTTP/1.1 is one of those fields. Spaces around a value mean nothing there.
    fn has(&self, name: &[u8], value: &[u8]) -> bool {
        let Ok(name) = HeaderName::from_bytes(name) else { return false };
        self.fields.get_all(name).iter().any(|known| known.as_bytes().trim_ascii() == value.trim_ascii())
    }
}

fn ask(given: &Head, ends: bool) {
    let Some((parts, ())) = given.request().map(Request::into_parts) else { return };
    let text = fuzzing::request_of_client(&parts, ends);
    let mut head = request::Head::default();
    match head.parse(&text, &mut ScanState::default(), &Limits::REQUEST) {
        Ok(progress) => assert_eq!((progress, head.len()), (Progress::Complete, text.len())),
        Err(_) => return,
    }
    let is_upgrade = head.upgrade(&text).is_some();
    let method = if is_upgrade { &Method::GET } else { &parts.method };
    assert_eq!(head.method(&text), method.as_str().as_bytes());
    if let Some(target) = parts.uri.path_and_query().filter(|_| *method != Method::CONNECT) {
        assert_eq!(head.target(&text), target.as_str().as_bytes());
    }
    for (name, value) in head.fields(&text) {
        let is_ours = match name {
            b"Host" | b"cookie" => true,
            b"Transfer-Encoding" => !ends && !is_upgrade,
            b"Connection" | b"Upgrade" | b"Sec-WebSocket-Key" => is_upgrade,
            _ => false,
        };
        assert!(is_ours || given.has(name, value), "{:?}", String::from_utf8_lossy(name));
    }
    let sent = forwarded(&head, &text);
    check_request(&sent);
    let Ok(onward) = fuzzing::request_to_target(&sent) else { return };
    let onward = onward.expect("a head that is whole");
    assert_eq!(onward.method(), method);
    check_fields(onward.headers(), &["te"]);
}

fn answer(given: &Head, ends: bool, head_request: bool, client_version: Version) {
    let Some(status) = given.status else { return };
    let mut response = Response::new(());
    *response.status_mut() = status;
    *response.headers_mut() = given.fields.clone();
    let (parts, ()) = response.into_parts();
    let text = match status.is_informational() {
        true => fuzzing::interim_of_target(status, &given.fields),
        false => fuzzing::answer_of_target(&parts, ends, head_request),
    };
    let Some(head) = whole_answer(&text, Answering { head_request, upgrade: false }) else { return };
    assert_eq!(head.status(), status.as_u16());
    let sent = answered(&head, &text, client_version);
    check_answer(&sent, &head, client_version);
    let onward = fuzzing::answer_to_client(&sent).expect("HTTP/2 has words for it");
    check_fields(&onward.expect("a head that is whole"), &[]);
}

/// The fields as trailers: nothing of them is taken for another message, and what goes on was among them.
fn trail(given: &Head) {
    let text = fuzzing::trailers_of(&given.fields);
    let followed = [&text[..], b"GET / HTTP/1.1\r\n\r\n"].concat();
    let mut decoder = Decoder::new(Framing::Chunked);
    let mut read = 0;
    while !decoder.is_end() {
        match decoder.decode(&followed[read..]) {
            Ok(piece) => read += piece.consumed,
            Err(_) => return,
        }
    }
    assert_eq!(read, text.len());
    let onward = fuzzing::trailers_to(decoder.trailers()).expect("HTTP/2 has words for it");
    for (name, value) in &onward {
        assert!(given.has(name.as_str().as_bytes(), value.as_bytes()), "{name}");
    }
    check_fields(&onward, &["te"]);
}

fn check_fields(fields: &HeaderMap, except: &[&str]) {
    for name in OF_A_CONNECTION.iter().chain(&["te", "trailer"]).filter(|name| !except.contains(name)) {
        assert!(!fields.contains_key(*name), "{name}");
    }
    assert!(fields.get_all("content-length").iter().count() <= 1);
}
