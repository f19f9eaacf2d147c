//! The little HTTP server that targets and control server share: limits on connections, heads and bodies,
//! and answers in JSON. What a path means is not decided here; start at [`serve`].

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Connections served at a time; more wait in the system's queue.
const MAX_CONNECTIONS: usize = 1024;
/// Header lines of one request.
const MAX_HEADERS: usize = 64;
/// Bytes of one request head: ALB lets a little over 64 KiB through, so nothing that it forwards is refused.
const MAX_HEAD_BYTES: usize = 80 * 1024;
/// Bytes of one request body. A cart's changes are a few dozen bytes.
const MAX_BODY_BYTES: usize = 4 * 1024;
/// From the start of a body to its end.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection may wait this long for its next head. Longer than the load balancer keeps idle connections
/// (60 s), so that it never reuses one that we are just closing.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);
/// Pause after a failed accept, which means that the process is out of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// An answer: always small, always whole.
pub(crate) type Answer = Response<Full<Bytes>>;

/// Answers requests until the caller drops the future.
pub(crate) async fn serve<H, F>(listener: TcpListener, handler: H)
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    F: Future<Output = Answer> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        // The semaphore is never closed; if it were, there would be nothing left to serve.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, handler.clone(), place));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection<H, F>(stream: TcpStream, handler: H, _place: OwnedSemaphorePermit)
where
    H: Fn(Request<Incoming>) -> F,
    F: Future<Output = Answer>,
{
    let service = service_fn(move |request| {
        let answer = handler(request);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "connection ended early");
    }
}

/// Reads a JSON body. Only `application/json` is read: a browser lets a foreign page send that only after
/// it has asked us, and we say no.
pub(crate) async fn json_body<T: DeserializeOwned>(request: Request<Incoming>) -> Result<T, Failure> {
    if !is_json(request.headers()) {
        return Err(Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be application/json"));
    }
    let body = Limited::new(request.into_body(), MAX_BODY_BYTES).collect();
    let bytes = match tokio::time::timeout(BODY_TIMEOUT, body).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(_)) => {
            return Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long or was cut off"));
        }
        Err(_) => return Err(Failure::new(StatusCode::REQUEST_TIMEOUT, "the body took too long")),
    };
    serde_json::from_slice(&bytes).map_err(|cause| {
        Failure::new(StatusCode::BAD_REQUEST, format!("the body cannot be understood: {cause}"))
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let essence = value.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// An answer that no cache keeps: each one is about this very request.
pub(crate) fn json<T: Serialize>(status: StatusCode, value: &T) -> Answer {
    match serde_json::to_vec(value) {
        Ok(bytes) => content(status, "application/json", Bytes::from(bytes)),
        Err(cause) => {
            tracing::error!(%cause, "an answer cannot be written as JSON");
            content(StatusCode::INTERNAL_SERVER_ERROR, "application/json", Bytes::from_static(b"{}"))
        }
    }
}

/// Why a request gets no other answer than `{"error": "…"}`, with a sentence that the page shows.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    message: String,
    allow: Option<&'static str>,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), allow: None }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is nothing here")
    }

    /// The path exists, the method does not.
    pub(crate) fn method(allow: &'static str, method: &Method) -> Self {
        let message = format!("{method} is not possible here");
        Self { status: StatusCode::METHOD_NOT_ALLOWED, message, allow: Some(allow) }
    }

    pub(crate) fn answer(self) -> Answer {
        let mut answer = json(self.status, &serde_json::json!({ "error": self.message }));
        if let Some(allow) = self.allow {
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
        }
        answer
    }
}

/// Any content.
pub(crate) fn content(status: StatusCode, content_type: &'static str, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    answer
}
