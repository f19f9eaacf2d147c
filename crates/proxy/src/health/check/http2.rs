//! A check over HTTP/2, in clear with prior knowledge or over TLS; for targets of version GRPC a call of gRPC.
//!
//! The connection carries this one request and is closed after it. All that a target may send on it, whatever it is, is
//! bounded by [`MAX_BYTES`].

use std::net::SocketAddr;
use std::pin::pin;

use bytes::Bytes;
use elbow_model::{Codes, HealthCheck, HealthCheckProtocol};
use h2::client::{self, SendRequest};
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, TE, USER_AGENT};
use http::uri::{Scheme, Uri};
use http::{HeaderMap, Method, Request};
use tokio::io::{AsyncReadExt, join, split};
use tokio::time::timeout;

use super::{Connection, LINGER, Problem};
use crate::grpc;

/// What is read of a target, frames of every kind included, in bytes. An answer has less, and its head alone may have
/// half of that (R23).
const MAX_BYTES: u64 = 64 * 1024;
/// Of all header fields of an answer, as HTTP/2 counts them (R23).
const MAX_HEADER_LIST: u32 = 32 * 1024;
/// A message of gRPC without a byte in it: it is not compressed, and its length is zero.
const EMPTY_MESSAGE: &[u8] = &[0, 0, 0, 0, 0];

impl From<h2::Error> for Problem {
    fn from(error: h2::Error) -> Self {
        error.into_io().map_or(Self::OfTarget, Self::from)
    }
}

/// The status of the target's final answer: of HTTP, or of gRPC for a check by its codes, and then there may be none.
pub(super) async fn ask(
    connection: Connection,
    settings: &HealthCheck,
    address: SocketAddr,
) -> Result<Option<u16>, Problem> {
    let codes = settings.matcher.codes();
    let request = request(settings, codes, address).map_err(|_| Problem::OfTarget)?;
    let (read, write) = split(connection);
    let (requests, mut connection) = builder().handshake(join(read.take(MAX_BYTES), write)).await?;
    let mut answer = pin!(answer(requests, request, codes));
    let (status, connection) = tokio::select! {
        biased;
        status = &mut answer => (status, Some(connection)),
        _ = &mut connection => {
            // Its last words may have been the answer. If not, this is how who waits for one learns that none comes.
            drop(connection);
            (answer.await, None)
        }
    };
    // The verdict need not wait for the goodbye.
    if let Some(connection) = connection {
        drop(tokio::spawn(timeout(LINGER, connection)));
    }
    Ok(status?)
}

fn builder() -> client::Builder {
    let mut builder = client::Builder::new();
    builder.enable_push(false).max_header_list_size(MAX_HEADER_LIST);
    builder
}

fn request(settings: &HealthCheck, codes: Codes, address: SocketAddr) -> http::Result<Request<()>> {
    let scheme = match settings.protocol {
        HealthCheckProtocol::Https | HealthCheckProtocol::Ssl => Scheme::HTTPS,
        HealthCheckProtocol::Http | HealthCheckProtocol::Tcp => Scheme::HTTP,
    };
    let uri = Uri::builder().scheme(scheme).authority(address.to_string());
    let request = Request::builder().uri(uri.path_and_query(settings.path.as_str()).build()?);
    let request = request.header(USER_AGENT, super::USER_AGENT);
    match codes {
        Codes::Http => request.method(Method::GET).header(ACCEPT_ENCODING, super::ACCEPT_ENCODING),
        // AWS: unknown what a call looks like beside its method and path; this is what gRPC asks of every call.
        Codes::Grpc => {
            request.method(Method::POST).header(CONTENT_TYPE, grpc::CONTENT_TYPE).header(TE, "trailers")
        }
    }
    .body(())
}

async fn answer(
    requests: SendRequest<Bytes>,
    request: Request<()>,
    codes: Codes,
) -> Result<Option<u16>, h2::Error> {
    let mut requests = requests.ready().await?;
    let (response, mut message) = requests.send_request(request, codes == Codes::Http)?;
    if codes == Codes::Grpc {
        message.send_data(Bytes::from_static(EMPTY_MESSAGE), true)?;
    }
    let (head, mut body) = response.await?.into_parts();
    if codes == Codes::Http {
        return Ok(Some(head.status.as_u16()));
    }
    // An answer without a message has its trailers in its head.
    if let Some(status) = grpc_status(&head.headers) {
        return Ok(Some(status));
    }
    while let Some(data) = body.data().await {
        let length = data?.len();
        body.flow_control().release_capacity(length)?;
    }
    Ok(body.trailers().await?.as_ref().and_then(grpc_status))
}

/// One or two digits, as matchers know them (B14).
fn grpc_status(fields: &HeaderMap) -> Option<u16> {
    let text = fields.get(grpc::STATUS)?.to_str().ok()?;
    let digits = matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use elbow_model::{Matcher, ProtocolVersion};
    use elbow_routing::{Failure, Observation};
    use h2::server::SendResponse;
    use http::{HeaderName, Response};
    use tokio::io::AsyncWriteExt;
    use tokio::net::{TcpListener, TcpStream};

    use super::super::{Finding, anybody, check};
    use super::*;

    const PASSED: Observation = Observation::Passed;
    const BROKEN: Observation = Observation::Failed(Failure::Broken);
    const NO_STATUS: Observation = Observation::Failed(Failure::NoGrpcStatus);

    const fn status(code: u16) -> Observation {
        Observation::Failed(Failure::Status(code))
    }

    /// What a target says to a check: status, fields, message, trailers.
    type Words<'a> = (u16, &'a [(&'a str, &'a str)], Option<&'a [u8]>, &'a [(&'a str, &'a str)]);

    fn fields(of: &[(&str, &str)]) -> HeaderMap {
        let field = |(name, value): &(&str, &str)| {
            (HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap())
        };
        of.iter().map(field).collect()
    }

    fn say(mut respond: SendResponse<Bytes>, (status, head, message, trailers): Words<'_>) {
        let mut response = Response::new(());
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
        *response.headers_mut() = fields(head);
        let ends = message.is_none() && trailers.is_empty();
        let mut send = respond.send_response(response, ends).unwrap();
        if let Some(message) = message {
            send.send_data(Bytes::copy_from_slice(message), trailers.is_empty()).unwrap();
        }
        if !trailers.is_empty() {
            send.send_trailers(fields(trailers)).unwrap();
        }
    }

    /// Checks a target that says this; also returns what it was asked, and its message.
    async fn against(settings: HealthCheck, words: Words<'_>) -> (Finding, Request<()>, Bytes) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let target = async {
            let (socket, _) = listener.accept().await.unwrap();
            let mut connection = h2::server::handshake(socket).await.unwrap();
            let (request, respond) = connection.accept().await.unwrap().unwrap();
            let (head, mut body) = request.into_parts();
            say(respond, words);
            let message = async { body.data().await.transpose().unwrap().unwrap_or_default() };
            let goodbye = poll_fn(|cx| connection.poll_closed(cx));
            let (message, goodbye) = tokio::join!(message, goodbye);
            goodbye.expect("the check ends its connection in order");
            (Request::from_parts(head, ()), message)
        };
        let version = match settings.matcher.codes() {
            Codes::Http => ProtocolVersion::Http2,
            Codes::Grpc => ProtocolVersion::Grpc,
        };
        let (finding, (request, message)) =
            tokio::join!(check(&settings, version, address, anybody()), target);
        (finding.unwrap(), request, message)
    }

    fn grpc(codes: &str) -> HealthCheck {
        let matcher = Matcher::parse(Codes::Grpc, codes).unwrap();
        HealthCheck { matcher, ..HealthCheck::default_of(ProtocolVersion::Grpc) }
    }

    /// B8, B16.
    #[tokio::test]
    async fn a_target_of_http_2_is_asked_as_one_of_http_1() {
        let settings = HealthCheck { path: "/up?deep=1".to_owned(), ..HealthCheck::default() };
        let (finding, request, message) = against(settings, (200, &[], Some(b"fine"), &[])).await;
        assert_eq!((finding.observation, finding.status), (PASSED, Some(200)));
        assert_eq!(
            (request.method(), request.uri().path_and_query().unwrap().as_str()),
            (&Method::GET, "/up?deep=1")
        );
        assert_eq!(request.headers()[USER_AGENT], "ELB-HealthChecker/2.0");
        assert!(message.is_empty());
        let finding = against(HealthCheck::default(), (503, &[], None, &[])).await.0;
        assert_eq!(finding.observation, status(503));
    }

    /// B8, B14.
    #[tokio::test]
    async fn a_target_of_grpc_is_called() {
        let (finding, request, message) =
            against(grpc("12"), (200, &[("grpc-status", "12")], None, &[])).await;
        assert_eq!((finding.observation, finding.status), (PASSED, Some(12)));
        assert_eq!((request.method(), request.uri().path()), (&Method::POST, "/AWS.ALB/healthcheck"));
        let field = |name: &str| request.headers()[name].to_str().unwrap();
        assert_eq!([field("content-type"), field("te")], ["application/grpc", "trailers"]);
        assert_eq!(&message[..], EMPTY_MESSAGE);
    }

    /// B14.
    #[tokio::test]
    async fn the_status_of_grpc_decides_wherever_it_stands() {
        let table: &[(&str, Words<'_>, Observation)] = &[
            ("12", (200, &[("grpc-status", "12")], None, &[]), PASSED),
            ("12", (200, &[], None, &[("grpc-status", "12")]), PASSED),
            ("0", (200, &[], Some(b"\0\0\0\0\x02\x08\x01"), &[("grpc-status", "0")]), PASSED),
            ("0-5", (200, &[], Some(b""), &[("grpc-status", "5")]), PASSED),
            ("12", (200, &[("grpc-status", "0")], None, &[]), status(0)),
            ("0", (200, &[], None, &[("grpc-status", "14")]), status(14)),
            ("0", (200, &[], Some(b"fine"), &[]), NO_STATUS),
            ("0", (404, &[], None, &[]), NO_STATUS),
            ("0", (200, &[("grpc-status", "")], None, &[]), NO_STATUS),
            ("0", (200, &[("grpc-status", "-0")], None, &[]), NO_STATUS),
            ("0", (200, &[("grpc-status", "256")], None, &[]), NO_STATUS),
        ];
        for (codes, words, expected) in table {
            assert_eq!(against(grpc(codes), *words).await.0.observation, *expected, "{codes} {words:?}");
        }
    }

    /// Checks a target that says these bytes again and again, until the check hangs up.
    async fn against_bytes(
        settings: &HealthCheck,
        version: ProtocolVersion,
        bytes: &[u8],
        forever: bool,
    ) -> Observation {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let target = async {
            let (mut socket, _): (TcpStream, _) = listener.accept().await.unwrap();
            while socket.write_all(bytes).await.is_ok() && forever {}
        };
        let (finding, ()) = tokio::join!(check(settings, version, address, anybody()), target);
        finding.unwrap().observation
    }

    #[tokio::test]
    async fn hostile_targets_are_bounded() {
        let settings = b"\0\0\0\x04\0\0\0\0\0";
        // An interim response, a piece of a body, a ping: on the stream or the connection of the check, for ever.
        let interim = b"\0\0\x05\x01\x04\0\0\0\x01\x08\x03103";
        let head = b"\0\0\x01\x01\x04\0\0\0\x01\x88";
        let ping = b"\0\0\x08\x06\0\0\0\0\0pingpong";
        let one_time: [&[u8]; 4] = [b"", b"HTTP/1.1 200 OK\r\n\r\n", settings, b"\0\0\0\x07"];
        for version in [ProtocolVersion::Http2, ProtocolVersion::Grpc] {
            let check = HealthCheck::default_of(version);
            for bytes in one_time {
                assert_eq!(against_bytes(&check, version, bytes, false).await, BROKEN, "{bytes:?}");
            }
            for bytes in [interim.as_slice(), ping] {
                let bytes = [settings.as_slice(), bytes].concat();
                assert_eq!(against_bytes(&check, version, &bytes, true).await, BROKEN, "{bytes:?}");
            }
        }
        // A call waits for trailers, but not for ever.
        let data = [b"\0\0\x04\0\0\0\0\0\x01".as_slice(), b"fine"].concat();
        let bytes = [settings.as_slice(), head, &data.repeat(20_000)].concat();
        let (check, version) = (grpc("0"), ProtocolVersion::Grpc);
        assert_eq!(against_bytes(&check, version, &bytes, false).await, BROKEN);
    }
}
