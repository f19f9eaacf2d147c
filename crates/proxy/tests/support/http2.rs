//! A client of HTTP/2 with prior knowledge, and one that writes frames by hand.

use std::future::poll_fn;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use bytes::Bytes;
use h2::client::{ResponseFuture, SendRequest};
use h2::{RecvStream, SendStream};
use http::{HeaderMap, Request, Response};

use super::PATIENCE;

/// Runs a story to its end.
pub(crate) fn tell<F: Future>(story: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let bounded = async { tokio::time::timeout(PATIENCE, story).await };
    runtime.block_on(bounded).unwrap()
}

/// Waits until something is so, and lets the story's connections go on meanwhile.
pub(crate) async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        tokio::task::yield_now().await;
    }
}

/// A connection that HTTP/2 has begun on.
pub(crate) struct Http2 {
    pub(crate) send: SendRequest<Bytes>,
    /// Ends with the connection: whether in order.
    pub(crate) connection: tokio::task::JoinHandle<Result<(), h2::Error>>,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) head: Response<()>,
    pub(crate) body: Vec<u8>,
    pub(crate) trailers: Option<HeaderMap>,
}

impl Http2 {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::with(&h2::client::Builder::new(), address).await
    }

    /// A client that reads what it likes: what it leaves unread on some streams keeps nothing from the others.
    pub(crate) async fn choosy(address: SocketAddr) -> Self {
        let mut builder = h2::client::Builder::new();
        builder.initial_connection_window_size(16 * 1024 * 1024).data_frame_budget(1024 * 1024 * 1024);
        Self::with(&builder, address).await
    }

    async fn with(builder: &h2::client::Builder, address: SocketAddr) -> Self {
        let socket = tokio::net::TcpStream::connect(address).await.unwrap();
        let (send, connection) = builder.handshake(socket).await.unwrap();
        Self { send, connection: tokio::spawn(connection) }
    }

    /// Begins a request; `ends` tells that it has no body.
    pub(crate) async fn begin(
        &mut self,
        request: http::request::Builder,
        ends: bool,
    ) -> (ResponseFuture, SendStream<Bytes>) {
        let request: Request<()> = request.body(()).unwrap();
        poll_fn(|cx| self.send.poll_ready(cx)).await.unwrap();
        self.send.send_request(request, ends).unwrap()
    }

    pub(crate) async fn get(&mut self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::get(format!("http://shop.test{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (answer, _) = self.begin(request, true).await;
        whole(answer).await.unwrap()
    }
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.head.status().as_u16()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.headers().get(name).map(|value| value.to_str().unwrap())
    }

    /// `AWSALB=…` as a client sends it back.
    pub(crate) fn cookie(&self, name: &str) -> String {
        let lines = self.head.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
        let pairs = lines.map(|line| line.split(';').next().unwrap());
        pairs.into_iter().find(|pair| pair.starts_with(&format!("{name}="))).unwrap().to_owned()
    }
}

/// Reads an answer to its end.
pub(crate) async fn whole(answer: ResponseFuture) -> Result<Answer, h2::Error> {
    let (head, body) = answer.await?.into_parts();
    let (body, trailers) = rest(body).await?;
    Ok(Answer { head: Response::from_parts(head, ()), body, trailers })
}

pub(crate) async fn rest(mut body: RecvStream) -> Result<(Vec<u8>, Option<HeaderMap>), h2::Error> {
    let mut bytes = Vec::new();
    while let Some(piece) = body.data().await {
        let piece = piece?;
        body.flow_control().release_capacity(piece.len())?;
        bytes.extend_from_slice(&piece);
    }
    Ok((bytes, body.trailers().await?))
}

/// Writes all of it, as the window allows.
pub(crate) async fn send_all(send: &mut SendStream<Bytes>, mut data: Bytes, ends: bool) {
    while !data.is_empty() {
        send.reserve_capacity(data.len());
        let window = poll_fn(|cx| send.poll_capacity(cx)).await.unwrap().unwrap();
        let piece = data.split_to(window.min(data.len()));
        let last = data.is_empty();
        send.send_data(piece, last && ends).unwrap();
    }
}

/// A connection whose frames are written by hand.
pub(crate) struct Frames<S = TcpStream>(pub(crate) S);

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
pub(crate) const WINDOW_UPDATE: u8 = 8;
pub(crate) const CONTINUATION: u8 = 9;
pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;
/// `GET / HTTP/2` for `a`, compressed: three fields of the static table and a literal.
pub(crate) const GET: &[u8] = b"\x82\x86\x84\x01\x01a";

impl Frames {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self::begin(stream)
    }
}

impl<S: Read + Write> Frames<S> {
    /// Sends the preface and its settings.
    pub(crate) fn begin(stream: S) -> Self {
        let mut frames = Self(stream);
        frames.write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        frames.send(SETTINGS, 0, 0, b"");
        frames
    }

    /// Reads how a client of HTTP/2 begins; false if it does not.
    pub(crate) fn preface(&mut self) -> bool {
        let mut preface = [0; 24];
        self.0.read_exact(&mut preface).is_ok() && preface.starts_with(b"PRI * HTTP/2.0")
    }

    /// Writes as far as the other side takes it; false once the connection is closed.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).is_ok()
    }

    pub(crate) fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> bool {
        self.write(&frame(kind, flags, stream, payload))
    }

    /// The next frame: type, flags, stream, payload. None at the end.
    pub(crate) fn read(&mut self) -> Option<(u8, u8, u32, Vec<u8>)> {
        let mut head = [0; 9];
        self.0.read_exact(&mut head).ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        self.0.read_exact(&mut payload).ok()?;
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        Some((head[3], head[4], stream, payload))
    }

    /// Reads until the connection ends; the error codes of every GOAWAY on the way.
    pub(crate) fn farewells(&mut self) -> Vec<u32> {
        let mut codes = Vec::new();
        while let Some((kind, _, _, payload)) = self.read() {
            if kind == GOAWAY {
                codes.push(u32::from_be_bytes(payload[4..8].try_into().unwrap()));
            }
        }
        codes
    }
}

pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}
