//! The shape of a target's answer about a cart: who answered, what was found, and what the load balancer
//! said about this request.

use http::HeaderMap;
use serde::Serialize;

use crate::sessions::{CATALOGUE, Cart, Product, SessionId, Sku};

/// Set by the load balancer on the way to the target, when the target group asks for it.
const OUTCOME_HEADER: &str = "x-elbow-stickiness";
/// The target that a moved session came from, as `id:port`.
const FROM_HEADER: &str = "x-elbow-stickiness-from";
/// Further headers that the load balancer adds, for the page to show.
const SHOWN_HEADERS: [&str; 7] = [
    "host",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-forwarded-port",
    "x-amzn-tls-version",
    "x-amzn-tls-cipher-suite",
    "x-amzn-trace-id",
];

/// Cookies listed in one answer.
const MAX_COOKIES: usize = 24;
/// Characters of a cookie's name or value that leave the target again. A session cookie is a secret that
/// scripts must not read, so its value is never sent back whole.
const SHOWN_CHARS: usize = 10;
const MAX_NAME_CHARS: usize = 40;
const MAX_HEADER_CHARS: usize = 200;

#[derive(Serialize)]
pub(super) struct CartState<'a> {
    pub(super) target: Identity<'a>,
    pub(super) session: String,
    pub(super) stickiness: Seen,
    pub(super) items: Vec<Line>,
    /// How many items this request took out of the cart.
    pub(super) removed: u32,
    pub(super) cookies: Vec<Cookie>,
    pub(super) headers: Vec<Header>,
    pub(super) catalogue: &'static [Product],
}

/// Who answers. Borrowed from the settings.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Identity<'a> {
    pub(super) name: &'a str,
    pub(super) zone: &'a str,
    pub(super) address: &'a str,
    pub(super) pid: u32,
    pub(super) sessions: &'static str,
}

/// What the load balancer decided. Both absent: stickiness is off, or the request came past the load
/// balancer.
#[derive(Serialize)]
pub(super) struct Seen {
    outcome: Option<String>,
    from: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Line {
    sku: Sku,
    quantity: u32,
}

#[derive(Serialize)]
pub(super) struct Cookie {
    name: String,
    /// The beginning of the value.
    value: String,
    length: usize,
}

#[derive(Serialize)]
pub(super) struct Header {
    name: &'static str,
    value: String,
}

impl<'a> CartState<'a> {
    pub(super) fn new(
        target: Identity<'a>,
        id: SessionId,
        headers: &HeaderMap,
        cart: &Cart,
        removed: u32,
    ) -> Self {
        Self {
            target,
            session: id.short(),
            stickiness: Seen { outcome: text(headers, OUTCOME_HEADER), from: text(headers, FROM_HEADER) },
            items: cart.lines().map(|(sku, quantity)| Line { sku, quantity }).collect(),
            removed,
            cookies: cookies(headers),
            headers: SHOWN_HEADERS
                .iter()
                .filter_map(|&name| text(headers, name).map(|value| Header { name, value }))
                .collect(),
            catalogue: &CATALOGUE,
        }
    }
}

fn cookies(headers: &HeaderMap) -> Vec<Cookie> {
    let sent = crate::sessions::cookies(headers).take(MAX_COOKIES);
    sent.map(|(name, value)| Cookie {
        name: name.chars().take(MAX_NAME_CHARS).collect(),
        value: value.chars().take(SHOWN_CHARS).collect(),
        length: value.len(),
    })
    .collect()
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.chars().take(MAX_HEADER_CHARS).collect())
}
