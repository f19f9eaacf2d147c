//! From a request to its answer: which path does what. The session cookie is set again on each answer about
//! the cart, as web frameworks with rolling sessions do: stickiness of type `app_cookie` watches for it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use hyper::body::Incoming;
use serde::Deserialize;

use super::report::Report;
use super::state::{CartState, Identity};
use super::{TargetSettings, page};
use crate::http::{Answer, Failure, content, json, json_body};
use crate::sessions::{Cart, SessionId, Sku};
use crate::{Error, HEALTH_PATH, SESSION_COOKIE, Sessions};

/// A running target.
#[derive(Debug)]
pub(super) struct Shop {
    settings: TargetSettings,
    address: String,
    pid: u32,
    sessions: Sessions,
    requests: AtomicU64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewItem {
    sku: String,
}

impl Shop {
    pub(super) fn new(settings: TargetSettings, address: SocketAddr, sessions: Sessions) -> Self {
        let (address, pid) = (address.to_string(), std::process::id());
        Self { settings, address, pid, sessions, requests: AtomicU64::new(0) }
    }

    pub(super) fn counts(&self) -> Report {
        let requests = self.requests.load(Ordering::Relaxed);
        Report::Counts { requests, sessions: self.sessions.in_memory() }
    }

    /// Every request gets an answer; ours to explain are the ones about the cart.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Answer {
        let path = request.uri().path().to_owned();
        match (path.as_str(), request.method()) {
            (HEALTH_PATH, &Method::GET | &Method::HEAD) => {
                content(StatusCode::OK, "text/plain", bytes::Bytes::from_static(b"healthy\n"))
            }
            ("/", &Method::GET | &Method::HEAD) => self.front(request.headers()),
            (HEALTH_PATH | "/", method) => Failure::method("GET, HEAD", method).answer(),
            (path, _) if path.starts_with("/api/") => {
                self.requests.fetch_add(1, Ordering::Relaxed);
                self.cart_answer(path, request).await.unwrap_or_else(Failure::answer)
            }
            (path, &Method::GET | &Method::HEAD) => page::file(path),
            (_, method) => Failure::method("GET, HEAD", method).answer(),
        }
    }

    /// The page, and a session for whoever has none yet.
    fn front(&self, headers: &HeaderMap) -> Answer {
        match session(headers) {
            Ok(id) => with_session(page::page(self.settings.control), id),
            Err(failure) => failure.answer(),
        }
    }

    async fn cart_answer(&self, path: &str, request: Request<Incoming>) -> Result<Answer, Failure> {
        let method = request.method().clone();
        let headers = request.headers().clone();
        let id = session(&headers)?;
        let (id, cart, removed) = match (path, &method) {
            ("/api/cart", &Method::GET) => (id, self.sessions.cart(id).await.map_err(unavailable)?, 0),
            ("/api/cart/items", &Method::POST) => {
                let sku = product(&json_body::<NewItem>(request).await?.sku)?;
                (id, self.sessions.add(id, sku).await.map_err(unavailable)?, 0)
            }
            ("/api/session", &Method::DELETE) => {
                self.sessions.forget(id).await.map_err(unavailable)?;
                (SessionId::random().map_err(unavailable)?, Cart::default(), 0)
            }
            ("/api/cart", _) => return Err(Failure::method("GET", &method)),
            ("/api/cart/items", _) => return Err(Failure::method("POST", &method)),
            ("/api/session", _) => return Err(Failure::method("DELETE", &method)),
            (path, &Method::DELETE) => {
                let sku = product(path.strip_prefix("/api/cart/items/").unwrap_or_default())?;
                let (cart, removed) = self.sessions.remove(id, sku).await.map_err(unavailable)?;
                (id, cart, removed)
            }
            (_, _) => return Err(Failure::not_found()),
        };
        let state = CartState::new(self.identity(), id, &headers, &cart, removed);
        Ok(with_session(json(StatusCode::OK, &state), id))
    }

    fn identity(&self) -> Identity<'_> {
        Identity {
            name: &self.settings.name,
            zone: &self.settings.zone,
            address: &self.address,
            pid: self.pid,
            sessions: self.settings.sessions.kind(),
        }
    }
}

/// The request's session, or a new one. An id that this target has never seen is kept: the visitor has a
/// session, and it is this target that knows nothing of it.
fn session(headers: &HeaderMap) -> Result<SessionId, Failure> {
    SessionId::of_request(headers).map_or_else(|| SessionId::random().map_err(unavailable), Ok)
}

fn product(text: &str) -> Result<Sku, Failure> {
    Sku::find(text).ok_or_else(|| Failure::new(StatusCode::NOT_FOUND, "the shop does not sell this"))
}

#[expect(clippy::needless_pass_by_value, reason = "used with map_err")]
fn unavailable(cause: Error) -> Failure {
    tracing::warn!(error = &cause as &dyn std::error::Error, "a cart request failed");
    Failure::new(StatusCode::SERVICE_UNAVAILABLE, cause.to_string())
}

fn with_session(mut answer: Answer, id: SessionId) -> Answer {
    if let Ok(cookie) =
        HeaderValue::from_str(&format!("{SESSION_COOKIE}={id}; Path=/; HttpOnly; SameSite=Lax"))
    {
        answer.headers_mut().insert(SET_COOKIE, cookie);
    }
    answer
}
