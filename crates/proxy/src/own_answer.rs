//! Answers that need no target: redirects (L16), fixed responses (L18), and the pages of failures (E4).
//!
//! None of them waits for the rest of the request's body. If there is one, nothing behind it can be told from it, so
//! the connection closes after the answer; otherwise the next request may follow.

use elbow_http1::request::Head;
use elbow_http1::{own_response, request, write_line};
use elbow_model::{ContentType, FixedResponse};
use elbow_routing::{ListenerRoutes, Original, Redirect};

use crate::connection::{Client, Next};
use crate::exchange::Exchange;
use crate::failure::{Failure, INCOMPATIBLE};
use crate::{grpc, respond};

/// The longest address that a client is sent to, in bytes; a longer one is answered with 507 (L17).
const MAX_LOCATION: usize = 8 * 1024;
/// The status for one that is longer.
pub(crate) const LONG_LOCATION: u16 = 507;

/// What the client gets.
struct Answer<'a> {
    status: u16,
    /// The connection closes after it, whatever the client wants.
    close: bool,
    /// Type and content in place of the page that goes with the status.
    content: Option<(&'static str, &'a [u8])>,
    /// The status of gRPC that goes with it.
    grpc: Option<grpc::Status>,
}

/// Sends the client elsewhere.
pub(crate) async fn redirect(
    client: &mut Client,
    x: &mut Exchange,
    listener: &ListenerRoutes,
    redirect: &Redirect,
) -> Result<Next, Failure> {
    let scheme = client.stream.scheme();
    if !write_location(&mut x.location, redirect, listener, (&x.head, x.request.filled()), scheme) {
        x.location.clear();
        return Err(Failure::Answer(LONG_LOCATION));
    }
    let answer = Answer { status: redirect.status().code(), close: false, content: None, grpc: None };
    Ok(send(client, x, Some(listener), &answer).await)
}

/// Appends the address that a redirect leads to; false if it is too long.
pub(crate) fn write_location(
    out: &mut Vec<u8>,
    redirect: &Redirect,
    listener: &ListenerRoutes,
    (head, bytes): (&Head, &[u8]),
    scheme: &'static str,
) -> bool {
    let (host, port) = head.host_and_port(bytes).unwrap_or((listener.dns_name.as_bytes(), None));
    let listener_port = listener.port.to_string();
    let original = Original {
        protocol: scheme,
        host,
        // AWS: unknown which port `#{port}` is when the client names another one than the listener has. We take the
        // client's: it is the one that leads here, through whatever maps ports on the way.
        port: port.unwrap_or(listener_port.as_bytes()),
        path: head.path(bytes),
        query: head.query(bytes).unwrap_or_default(),
    };
    redirect.write(out, &original, request::write_encoded);
    out.len() <= MAX_LOCATION
}

/// Answers what a rule says.
pub(crate) async fn fixed(
    client: &mut Client,
    x: &mut Exchange,
    listener: &ListenerRoutes,
    response: &FixedResponse,
) -> Next {
    // AWS: unknown what a body is whose type is not named. We say that it is text.
    let content_type = response.content_type().unwrap_or(ContentType::Plain).as_str();
    let content = Some((content_type, response.body().as_bytes()));
    let answer = Answer { status: response.status(), close: false, content, grpc: None };
    send(client, x, Some(listener), &answer).await
}

/// Gives the client what the failure asks for.
pub(crate) async fn failure(client: &mut Client, x: &mut Exchange, failure: Failure) -> Next {
    let (status, close) = match failure {
        Failure::Answer(status) => (status, false),
        Failure::AnswerAndClose(status) => (status, true),
        Failure::Gone(status) => {
            x.notes.own_answer(status);
            return Next::Close;
        }
        Failure::Cut => {
            client.stream.abandon();
            return Next::Close;
        }
    };
    x.location.clear();
    let snapshot = client.worker.snapshot();
    let listener = x.notes.listener.and_then(|(_, key)| snapshot.table.listener(key));
    // Who calls by gRPC reads a status in place of the page. With 464 AWS sends neither, as was seen.
    let grpc = (x.notes.grpc && status != INCOMPATIBLE).then(|| grpc::Status::of(status));
    let content = grpc.map(|_| ("", b"".as_slice()));
    send(client, x, listener.map(AsRef::as_ref), &Answer { status, close, content, grpc }).await
}

async fn send(
    client: &mut Client,
    x: &mut Exchange,
    listener: Option<&ListenerRoutes>,
    answer: &Answer<'_>,
) -> Next {
    x.notes.own_answer(answer.status);
    let close = answer.close || !x.keeps_client || client.worker.linger().is_some();
    let next = if close { Next::Linger } else { x.after_answer() };
    x.own_lines.clear();
    if !x.location.is_empty() {
        write_line(&mut x.own_lines, b"Location", &x.location);
    }
    if let Some(status) = answer.grpc {
        write_line(&mut x.own_lines, b"Content-Type", grpc::CONTENT_TYPE.as_bytes());
        status.write_lines(&mut x.own_lines);
    }
    if let Some(listener) = listener {
        respond::write_lines(&mut x.own_lines, &listener.response_headers);
    }
    let options = own_response::Options {
        client_version: x.head.version(),
        head_request: x.head.is_head(x.head_bytes()),
        keep_alive: next == Next::KeepAlive,
        server: listener.is_none_or(|listener| listener.server_header),
        date: &client.worker.clock.date(),
        lines: &x.own_lines,
    };
    x.down.clear();
    let pages = listener.is_none_or(|listener| listener.manners.pages);
    match answer.content {
        None if !pages => own_response::write_bare(&mut x.down, answer.status, &options),
        Some((content_type, content)) => {
            own_response::write_with(&mut x.down, answer.status, content_type.as_bytes(), content, &options);
        }
        None => own_response::write(&mut x.down, answer.status, &options),
    }
    x.notes.head_written(&x.down);
    client.timer.serve(None);
    client.timer.restart(client.idle_timeout);
    match client.write(&mut x.down, &mut x.notes).await {
        Ok(()) => next,
        Err(_) => Next::Close,
    }
}
