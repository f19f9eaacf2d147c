//! The server on the API address: API calls, the console below `/console/`, `GET /healthz` and `GET /metrics`.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::console::Console;
use crate::server::{Endpoint, MetricsPage};

/// Largest body of a request, in bytes: one more than the API takes, so that the API can say what is wrong.
const MAX_BODY_BYTES: usize = elbow_api::wire::form::FORM_BYTES + 1;
/// Most connections at once; others wait. With a body each, they take 256 MiB.
const MAX_CONNECTIONS: usize = 256;
/// Time in which a request's head has to come.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Time in which a request's body has to come.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// Pause after the system refused to hand out a connection, for lack of descriptors for instance.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What is served.
#[derive(Clone)]
pub(crate) struct Served {
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) metrics: MetricsPage,
    pub(crate) console: Arc<Console>,
}

/// Serves until `stop` is set; then requests in flight are answered and idle connections closed.
pub(crate) async fn serve(listener: TcpListener, served: Served, mut stop: watch::Receiver<bool>) {
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = connection((stream, peer), served.clone(), stop.clone());
                connections.spawn(async move {
                    connection.await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!("the API cannot accept a connection: {error}");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
    while connections.join_next().await.is_some() {}
}

async fn connection(
    (stream, peer): (TcpStream, SocketAddr),
    served: Served,
    mut stop: watch::Receiver<bool>,
) {
    let service = service_fn(move |request| {
        let served = served.clone();
        async move { Ok::<_, Infallible>(served.answer(request, peer).await) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    let mut connection = std::pin::pin!(http.serve_connection(TokioIo::new(stream), service));
    // What breaks a connection is the client's business; it sees it itself.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stop.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

impl Served {
    async fn answer(&self, request: Request<Incoming>, peer: SocketAddr) -> Response<Full<Bytes>> {
        match (request.method(), request.uri().path()) {
            (&Method::GET | &Method::HEAD, "/healthz") => plain(StatusCode::OK, "ok\n".to_owned()),
            (&Method::GET, "/metrics") => self.metrics(),
            _ => match whole(request).await {
                Ok(request) => self.answer_whole(request, peer).await,
                Err(refusal) => refusal,
            },
        }
    }

    fn metrics(&self) -> Response<Full<Bytes>> {
        match self.metrics.text() {
            Ok(text) => plain(StatusCode::OK, text),
            Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "the metrics cannot be written\n".to_owned()),
        }
    }

    async fn answer_whole(&self, request: Request<Bytes>, peer: SocketAddr) -> Response<Full<Bytes>> {
        if Console::has(request.uri().path()) {
            return self.console.answer(&request, peer).map(Full::new);
        }
        self.endpoint.handle(request).await.map(Full::new)
    }
}

/// The request with its body, or what is answered where there is no whole one.
async fn whole(request: Request<Incoming>) -> Result<Request<Bytes>, Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, MAX_BODY_BYTES).collect()).await;
    match body {
        Ok(Ok(body)) => Ok(Request::from_parts(head, body.to_bytes())),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Err(plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("a request has at most {MAX_BODY_BYTES} bytes\n"),
        )),
        Ok(Err(_)) => Err(plain(StatusCode::BAD_REQUEST, "the body of the request broke off\n".to_owned())),
        Err(_) => Err(plain(
            StatusCode::REQUEST_TIMEOUT,
            "the body of the request did not come in time\n".to_owned(),
        )),
    }
}

fn plain(status: StatusCode, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    let kind = http::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(http::header::CONTENT_TYPE, kind);
    response
}
