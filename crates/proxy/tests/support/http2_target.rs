//! Targets that speak HTTP/2 and do what a test tells them to, and one whose frames are written by hand.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use elbow_model::Certificate;
use h2::server::{self, SendResponse};
use h2::{Reason, RecvStream, SendStream};
use http::{HeaderMap, Request, Response};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use super::PATIENCE;
use super::http2::{END_HEADERS, END_STREAM, Frames, HEADERS, SETTINGS, rest, send_all};
use super::target::Target;

/// Heads of requests, with the number of their connection, from zero.
type Seen = Arc<Mutex<Vec<(usize, Request<()>)>>>;

/// A target that listens on a free port until it is dropped.
pub(crate) struct Http2Target {
    pub(crate) address: SocketAddr,
    pub(crate) seen: Seen,
    connections: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    orders: watch::Sender<Order>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// What a test tells all connections of a target.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Serve,
    /// Say GOAWAY, this many times so far, and end what has begun.
    Leave(usize),
    /// Drop everything.
    Die,
}

/// A request that has come.
pub(crate) struct Call {
    pub(crate) head: Request<()>,
    pub(crate) body: RecvStream,
    pub(crate) respond: SendResponse<Bytes>,
}

impl Http2Target {
    /// Runs `serve` for each request.
    pub(crate) fn start<F: Future<Output = ()> + Send + 'static>(
        serve: impl Fn(Call) -> F + Send + Sync + 'static,
    ) -> Self {
        Self::with(&server::Builder::new(), None, serve)
    }

    /// Answers 200 with its name.
    pub(crate) fn named(name: &'static str) -> Self {
        Self::start(move |call| call.answer(name))
    }

    /// Runs `serve` for each request, within settings of its own and over TLS if there is a certificate.
    pub(crate) fn with<F: Future<Output = ()> + Send + 'static>(
        builder: &server::Builder,
        tls: Option<(&Certificate, &[&[u8]])>,
        serve: impl Fn(Call) -> F + Send + Sync + 'static,
    ) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (orders, told) = watch::channel(Order::Serve);
        let (seen, connections, open) = (Arc::default(), Arc::default(), Arc::default());
        let shared = Shared {
            builder: builder.clone(),
            serve: Arc::new(move |call| drop(tokio::spawn(serve(call)))),
            seen: Arc::clone(&seen),
            open: Arc::clone(&open),
            told,
        };
        let (count, acceptor) = (Arc::clone(&connections), tls.map(acceptor));
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(shared.listen(listener, acceptor, &count));
        });
        Self { address, seen, connections, open, orders, thread: Some(thread) }
    }

    /// Connections so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Connections that are open.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// Requests so far.
    pub(crate) fn requests(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// Says GOAWAY on every connection, and ends what has begun.
    pub(crate) fn leave(&self) {
        self.orders.send_modify(|order| {
            *order = Order::Leave(if let Order::Leave(count) = order { *count + 1 } else { 1 });
        });
    }
}

impl Drop for Http2Target {
    /// Dies like a killed process: every connection is gone, and the port refuses.
    fn drop(&mut self) {
        let _ = self.orders.send(Order::Die);
        self.thread.take().unwrap().join().unwrap();
    }
}

/// What all connections of a target have in common.
#[derive(Clone)]
struct Shared {
    builder: server::Builder,
    serve: Arc<dyn Fn(Call) + Send + Sync>,
    seen: Seen,
    open: Arc<AtomicUsize>,
    told: watch::Receiver<Order>,
}

impl Shared {
    async fn listen(self, listener: std::net::TcpListener, tls: Option<TlsAcceptor>, count: &AtomicUsize) {
        listener.set_nonblocking(true).unwrap();
        let listener = TcpListener::from_std(listener).unwrap();
        let mut told = self.told.clone();
        loop {
            let socket = tokio::select! {
                accepted = listener.accept() => accepted.unwrap().0,
                _ = told.wait_for(|order| *order == Order::Die) => return,
            };
            socket.set_nodelay(true).unwrap();
            let (number, shared, tls) = (count.fetch_add(1, Ordering::SeqCst), self.clone(), tls.clone());
            tokio::spawn(async move {
                match tls {
                    None => shared.serve(socket, number).await,
                    Some(tls) => {
                        if let Ok(socket) = tls.accept(socket).await {
                            shared.serve(socket, number).await;
                        }
                    }
                }
            });
        }
    }

    async fn serve(mut self, socket: impl AsyncRead + AsyncWrite + Unpin, number: usize) {
        let Ok(mut connection) = self.builder.handshake::<_, Bytes>(socket).await else { return };
        self.open.fetch_add(1, Ordering::SeqCst);
        self.told.borrow_and_update();
        loop {
            tokio::select! {
                accepted = connection.accept() => match accepted {
                    Some(Ok((request, respond))) => {
                        let (parts, body) = request.into_parts();
                        let head = Request::from_parts(parts, ());
                        self.seen.lock().unwrap().push((number, head.clone()));
                        (self.serve)(Call { head, body, respond });
                    }
                    Some(Err(_)) | None => break,
                },
                changed = self.told.changed() => match changed {
                    Ok(()) if *self.told.borrow() != Order::Die => connection.graceful_shutdown(),
                    _ => break,
                },
            }
        }
        self.open.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Call {
    /// Reads the request to its end and answers 200 with `text`.
    pub(crate) async fn answer(mut self, text: &'static str) {
        let _ = rest(self.body).await;
        let response = Response::builder().header("content-length", text.len()).body(()).unwrap();
        if let Ok(mut send) = self.respond.send_response(response, text.is_empty()) {
            let _ = send.send_data(Bytes::from_static(text.as_bytes()), true);
        }
    }

    /// Begins an answer of gRPC.
    pub(crate) fn begin(&mut self) -> SendStream<Bytes> {
        let response = Response::builder().header("content-type", "application/grpc").body(()).unwrap();
        self.respond.send_response(response, false).unwrap()
    }
}

/// How a call of gRPC ends that went well.
pub(crate) fn grpc_ok() -> HeaderMap {
    HeaderMap::from_iter([("grpc-status".parse().unwrap(), "0".parse().unwrap())])
}

/// Sends as much as the other side takes, and counts it, until it takes no more at all.
pub(crate) async fn send_for_ever(mut send: SendStream<Bytes>, sent: Arc<AtomicUsize>) {
    const PIECE: usize = 16 * 1024;
    loop {
        send.reserve_capacity(PIECE);
        let window = match std::future::poll_fn(|cx| send.poll_capacity(cx)).await {
            Some(Ok(window)) => window.min(PIECE),
            _ => return,
        };
        if send.send_data(Bytes::from(vec![b'x'; window]), false).is_err() {
            return;
        }
        sent.fetch_add(window, Ordering::SeqCst);
    }
}

/// Answers with what it was sent, piece by piece, and ends as gRPC does.
pub(crate) async fn echo(mut call: Call) {
    let mut send = call.begin();
    while let Some(Ok(piece)) = call.body.data().await {
        let _ = call.body.flow_control().release_capacity(piece.len());
        send_all(&mut send, piece, false).await;
    }
    let _ = send.send_trailers(grpc_ok());
}

/// Why the other side has given a stream up.
pub(crate) async fn reset(send: &mut SendStream<Bytes>) -> Option<Reason> {
    std::future::poll_fn(|cx| send.poll_reset(cx)).await.ok()
}

fn acceptor((certificate, protocols): (&Certificate, &[&[u8]])) -> TlsAcceptor {
    let material = &certificate.material;
    let der = CertificateDer::from(material.certificate.as_bytes().to_vec());
    let key = PrivatePkcs8KeyDer::from(material.private_key.reveal().to_vec());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_no_client_auth().with_single_cert(vec![der], key.into()).unwrap();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

/// `:status: 200`, compressed.
pub(crate) const OK: &[u8] = b"\x88";

/// A target that writes frames by hand: `serve` gets each connection once both sides have said their settings, with its
/// number.
pub(crate) fn by_hand(serve: impl Fn(&mut Frames, usize) + Send + Sync + 'static) -> Target {
    Target::start(move |connection| {
        let mut frames = Frames(connection.stream.try_clone().unwrap());
        frames.0.set_read_timeout(Some(PATIENCE)).unwrap();
        if frames.preface() {
            frames.send(SETTINGS, 0, 0, b"");
            serve(&mut frames, connection.number);
        }
    })
}

impl Frames {
    /// The stream of the next request; `None` at the end.
    pub(crate) fn request(&mut self) -> Option<u32> {
        loop {
            match self.read()? {
                (HEADERS, _, stream, _) => return Some(stream),
                (SETTINGS, 0, ..) => drop(self.send(SETTINGS, 1, 0, b"")),
                _ => {}
            }
        }
    }

    /// Answers 200, with no body.
    pub(crate) fn ok(&mut self, stream: u32) -> bool {
        self.send(HEADERS, END_STREAM | END_HEADERS, stream, OK)
    }
}
