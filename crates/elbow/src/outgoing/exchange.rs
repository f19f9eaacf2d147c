//! One request and its response, on a connection of their own.

use std::error::Error;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use super::EndpointUrl;

/// Largest head of a response that is read, in bytes.
const HEAD_BYTES: usize = 16 << 10;

/// Why there is no whole response.
#[derive(Debug)]
pub(crate) enum Failed {
    /// Its body has more bytes than were wanted.
    TooLarge,
    /// The text is a part of a sentence whose subject is the endpoint.
    Broken(String),
}

/// Sends a request and reads the whole response with at most `most` bytes of body, over TLS where it is given.
pub(crate) async fn exchange(
    url: &EndpointUrl,
    tls: Option<&Arc<ClientConfig>>,
    request: Request<Bytes>,
    most: usize,
) -> Result<Response<Bytes>, Failed> {
    let stream = TcpStream::connect((url.host(), url.port()));
    let stream = stream.await.map_err(|error| Failed::Broken(format!("it cannot be reached: {error}")))?;
    let Some(tls) = tls else { return converse(stream, request, most).await };
    let insecure =
        |error: &dyn Error| Failed::Broken(format!("there is no secure connection to it: {error}"));
    let name = ServerName::try_from(url.host().to_owned()).map_err(|error| insecure(&error))?;
    let stream = TlsConnector::from(Arc::clone(tls)).connect(name, stream).await;
    converse(stream.map_err(|error| insecure(&error))?, request, most).await
}

async fn converse<S>(stream: S, request: Request<Bytes>, most: usize) -> Result<Response<Bytes>, Failed>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken = |error: &(dyn Error + 'static)| {
        Failed::Broken(format!("the connection to it broke: {}", root(error)))
    };
    let mut http = http1::Builder::new();
    http.max_buf_size(HEAD_BYTES);
    let (mut sender, connection) =
        http.handshake(TokioIo::new(stream)).await.map_err(|error| broken(&error))?;
    // Dropped with this exchange, however it ends, and the connection with it.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let response = sender.send_request(request.map(Full::new)).await.map_err(|error| broken(&error))?;
    let (head, body) = response.into_parts();
    let body = Limited::new(body, most).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            return Failed::TooLarge;
        }
        broken(&*error)
    })?;
    Ok(Response::from_parts(head, body.to_bytes()))
}

/// The innermost cause, which says most.
fn root<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let mut root = error;
    while let Some(cause) = root.source() {
        root = cause;
    }
    root
}
