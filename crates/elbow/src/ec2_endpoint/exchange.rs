//! One request and its response, on a connection of their own.

use std::error::Error;
use std::sync::Arc;

use bytes::Bytes;
use elbow_api::instances::answer::ANSWER_BYTES;
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

/// Sends a request and reads the whole response, over TLS where it is given. The error is a part of a sentence whose
/// subject is the endpoint.
pub(super) async fn exchange(
    url: &EndpointUrl,
    tls: Option<&Arc<ClientConfig>>,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, String> {
    let stream = TcpStream::connect((url.host(), url.port()));
    let stream = stream.await.map_err(|error| format!("it cannot be reached: {error}"))?;
    let Some(tls) = tls else { return converse(stream, request).await };
    let insecure = |error: &dyn Error| format!("there is no secure connection to it: {error}");
    let name = ServerName::try_from(url.host().to_owned()).map_err(|error| insecure(&error))?;
    let stream = TlsConnector::from(Arc::clone(tls)).connect(name, stream).await;
    converse(stream.map_err(|error| insecure(&error))?, request).await
}

async fn converse<S>(stream: S, request: Request<Bytes>) -> Result<Response<Bytes>, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken = |error: hyper::Error| format!("the connection to it broke: {}", root(&error));
    let mut http = http1::Builder::new();
    http.max_buf_size(HEAD_BYTES);
    let (mut sender, connection) = http.handshake(TokioIo::new(stream)).await.map_err(broken)?;
    // Dropped with this exchange, however it ends, and the connection with it.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let response = sender.send_request(request.map(Full::new)).await.map_err(broken)?;
    let (head, body) = response.into_parts();
    let body = Limited::new(body, ANSWER_BYTES).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            return format!("its answer has more than {ANSWER_BYTES} bytes");
        }
        format!("the connection to it broke: {}", root(&*error))
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
