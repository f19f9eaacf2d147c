//! Targets that speak gRPC: `grpc_backend --targets 3` listens on that many loopback addresses (127.1.0.1, 127.1.0.2, …)
//! with one port, in clear, and answers every call with the message that it came with and the status OK.
//!
//! Prints the port when it listens; ends when standard input does.

use std::net::SocketAddr;
use std::process::ExitCode;

use bench_load::arguments::Arguments;
use bench_load::run::raise_descriptor_limit;
use bench_load::target::address_of;
use bytes::{Bytes, BytesMut};
use h2::server::{self, SendResponse};
use h2::{Reason, RecvStream};
use http::{HeaderMap, HeaderValue, Request, Response};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{LocalSet, spawn_local};

/// Addresses 127.1.0.1 to 127.1.0.250.
const TARGETS_MAX: usize = 250;
/// What a proxy may have under way on one connection.
const STREAMS_MAX: u32 = 1_000;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("grpc_backend: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    raise_descriptor_limit()?;
    let mut arguments = Arguments::parse(std::env::args().skip(1))?;
    let count: usize = arguments.required("targets")?;
    arguments.finish()?;
    if count == 0 || count > TARGETS_MAX {
        return Err(format!("--targets must be 1 to {TARGETS_MAX}"));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
    let served = runtime.and_then(|runtime| LocalSet::new().block_on(&runtime, serve(count)));
    served.map_err(|error| error.to_string())
}

async fn serve(count: usize) -> std::io::Result<()> {
    let mut port = 0;
    for index in 0..count {
        let listener = TcpListener::bind(SocketAddr::from((address_of(index), port))).await?;
        port = listener.local_addr()?.port();
        spawn_local(accept(listener));
    }
    println!("{port}");
    tokio::io::stdin().read(&mut [0]).await.map(drop)
}

async fn accept(listener: TcpListener) {
    while let Ok((socket, _)) = listener.accept().await {
        if socket.set_nodelay(true).is_ok() {
            spawn_local(converse(socket));
        }
    }
}

/// One connection of a proxy.
async fn converse(socket: TcpStream) {
    let mut builder = server::Builder::new();
    builder.max_concurrent_streams(STREAMS_MAX);
    let Ok(mut connection) = builder.handshake(socket).await else { return };
    while let Some(Ok((request, respond))) = connection.accept().await {
        spawn_local(async move {
            // Whatever goes wrong shows at the client.
            let _ = answer(request, respond).await;
        });
    }
}

async fn answer(request: Request<RecvStream>, mut respond: SendResponse<Bytes>) -> Result<(), h2::Error> {
    let mut body = request.into_body();
    let mut message = BytesMut::new();
    while let Some(data) = body.data().await {
        let data = data?;
        body.flow_control().release_capacity(data.len())?;
        message.extend_from_slice(&data);
    }
    let head = Response::builder().header("content-type", "application/grpc").body(());
    let mut stream = respond.send_response(head.map_err(|_| Reason::INTERNAL_ERROR)?, false)?;
    stream.send_data(message.freeze(), false)?;
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    stream.send_trailers(trailers)
}
