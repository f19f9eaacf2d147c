//! The translations of heads and trailers between HTTP/2 and HTTP/1.1, open to the fuzzer alone (feature `fuzzing`).

use std::io;

use http::uri::Scheme;
use http::{HeaderMap, Request, StatusCode, request, response};

use super::head::{self, Head};
use super::incoming;
use super::websocket::{self, Opening};
use super::{request as of_client, target};

/// A client's request as it is read by the rules for HTTP/1.1. `ends` tells that no body follows.
pub fn request_of_client(parts: &request::Parts, ends: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let opening = websocket::is_wanted(parts).then(|| Opening::new([0; 16]));
    of_client::write_head(parts, ends, opening.as_ref(), &mut out);
    out
}

/// What a target that speaks HTTP/2 gets of a request; `None` if its head is not complete.
///
/// # Errors
///
/// HTTP/2 has no words for it.
pub fn request_to_target(head: &[u8]) -> io::Result<Option<Request<()>>> {
    Ok(target::request::read(head, &Scheme::HTTP)?.map(|asked| asked.request))
}

/// A target's answer as it is read by the rules for HTTP/1.1. `ends` tells that no body follows, `head_request` that none
/// may.
pub fn answer_of_target(parts: &response::Parts, ends: bool, head_request: bool) -> Vec<u8> {
    let mut out = Vec::new();
    target::response::write_head(parts, ends, head_request, &mut out);
    out
}

/// The same for an interim answer.
pub fn interim_of_target(status: StatusCode, headers: &HeaderMap) -> Vec<u8> {
    let mut out = Vec::new();
    target::response::write_interim(status, headers, &mut out);
    out
}

/// The fields that a client who speaks HTTP/2 gets of an answer; `None` if its head is not complete.
///
/// # Errors
///
/// HTTP/2 has no words for it.
pub fn answer_to_client(head: &[u8]) -> io::Result<Option<HeaderMap>> {
    Ok(Head::read(head)?.map(|head| head.headers))
}

/// What a client or a target sends behind a body, as it is read by the rules for HTTP/1.1: the end of a body in chunks.
pub fn trailers_of(trailers: &HeaderMap) -> Vec<u8> {
    let mut out = Vec::new();
    incoming::write_trailers(Some(trailers), &mut out);
    out
}

/// What a client or a target gets behind a body, of the lines of HTTP/1.1.
///
/// # Errors
///
/// HTTP/2 has no words for it.
pub fn trailers_to(lines: &[u8]) -> io::Result<HeaderMap> {
    head::trailers(lines)
}
