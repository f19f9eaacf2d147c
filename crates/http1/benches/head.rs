//! What one request costs in this crate: a browser's head of twelve lines with a sticky cookie, read, judged and
//! written for a target; the target's answer likewise.
//!
//! `cargo bench -p elbow-http1`. Each figure is for one head.

use divan::{Bencher, black_box};
use elbow_http1::request::{self, Edits, ForwardedFor, HostEdit, ScanState};
use elbow_http1::response::{self, Answering};
use elbow_http1::{Limits, Version};

const REQUEST: &[u8] = b"GET /cart?item=42 HTTP/1.1\r\n\
    Host: shop.example.com\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r\n\
    Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n\
    Accept-Language: en-GB,en;q=0.9\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\n\
    Referer: http://shop.example.com/\r\n\
    Connection: keep-alive\r\n\
    Upgrade-Insecure-Requests: 1\r\n\
    Sec-Fetch-Dest: document\r\n\
    Sec-Fetch-Mode: navigate\r\n\
    Cache-Control: max-age=0\r\n\
    Cookie: theme=dark; AWSALB=eB4jowjeQfcy6XL1iOI0CnnD0MPlczmA8gKDbUFFsCRh3NPeESH0UyJEouo2tmyukxNld56lSNsEcRBgsZD6DXjOT2wiOCdTP8H4p07KYXwFdJEA37GqbRMiRGDO\r\n\r\n";

const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nServer: gunicorn\r\nDate: Thu, 23 Sep 2021 10:26:41 GMT\r\n\
    Connection: keep-alive\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 1234\r\n\
    Set-Cookie: session=abcdef; HttpOnly\r\nCache-Control: no-store\r\n\r\n";

fn main() {
    divan::main();
}

fn edits() -> Edits<'static> {
    Edits {
        forwarded_for: ForwardedFor::Append(b"203.0.113.7"),
        forwarded_proto: b"http",
        forwarded_port: 80,
        host: HostEdit { preserve: false, listener_port: 80, default_host: b"lb.example", rewritten: None },
        trace_id: Some(b"Root=1-67891233-abcdef012345678912345678"),
        ..Edits::default()
    }
}

fn read(head: &mut request::Head, text: &[u8]) {
    let progress = head.parse(black_box(text), &mut ScanState::default(), &Limits::REQUEST);
    assert!(progress.is_ok(), "a valid head");
}

#[divan::bench]
fn request_parse_and_classify(bencher: Bencher<'_, '_>) {
    let mut head = request::Head::default();
    bencher.bench_local(|| read(&mut head, REQUEST));
}

#[divan::bench]
fn request_write(bencher: Bencher<'_, '_>) {
    let (mut head, mut out) = (request::Head::default(), Vec::new());
    read(&mut head, REQUEST);
    bencher.bench_local(|| {
        out.clear();
        request::write_head(&mut out, black_box(REQUEST), &head, &edits());
        out.len()
    });
}

#[divan::bench]
fn request_parse_classify_and_write(bencher: Bencher<'_, '_>) {
    let (mut head, mut out) = (request::Head::default(), Vec::new());
    bencher.bench_local(|| {
        read(&mut head, REQUEST);
        out.clear();
        request::write_head(&mut out, REQUEST, &head, &edits());
        out.len()
    });
}

/// The same head with one bare LF: the way through the lenient rules and AWS's library.
#[divan::bench]
fn request_that_needs_the_library(bencher: Bencher<'_, '_>) {
    let text = String::from_utf8_lossy(REQUEST).replacen("\r\n", "\n", 1).into_bytes();
    let mut head = request::Head::default();
    bencher.bench_local(|| read(&mut head, &text));
}

/// The most that a client may send, in the form that costs most: what an attack can buy with 64 KB.
#[divan::bench(args = ["plain", "control character", "options", "look-alike", "nameless"])]
fn largest_head(bencher: Bencher<'_, '_>, kind: &str) {
    let line = match kind {
        "control character" => "X: \x01",
        "options" => "Connection: close",
        "look-alike" => "Content-Length : 5",
        "nameless" => ":",
        _ => "X: ",
    };
    let lines = Limits::REQUEST.field_count - 1;
    let padding = "a".repeat(Limits::REQUEST.fields / lines - line.len() - 4);
    let text = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", format!("{line}{padding}\r\n").repeat(lines));
    let (mut head, mut out) = (request::Head::default(), Vec::new());
    bencher.bench_local(|| {
        let _ = head.parse(black_box(text.as_bytes()), &mut ScanState::default(), &Limits::REQUEST);
        out.clear();
        request::write_head(&mut out, text.as_bytes(), &head, &edits());
        out.len()
    });
}

#[divan::bench]
fn response_parse_and_write(bencher: Bencher<'_, '_>) {
    let (mut head, mut out) = (response::Head::default(), Vec::new());
    let edits = response::Edits {
        client_version: Version::Http11,
        keep_alive: true,
        date: b"Thu, 23 Sep 2021 10:26:41 GMT",
        remove: &[],
        rewrites_cookies: false,
        lines: b"Set-Cookie: AWSALB=x; Expires=Thu, 30 Sep 2021 10:26:41 GMT; Path=/\r\n",
    };
    bencher.bench_local(|| {
        let progress = head.parse(black_box(RESPONSE), 0, Answering::default(), &Limits::RESPONSE);
        assert!(progress.is_ok(), "a valid head");
        out.clear();
        response::write_head(&mut out, RESPONSE, &head, &edits);
        out.len()
    });
}
