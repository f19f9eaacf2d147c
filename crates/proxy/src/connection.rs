//! A client's connection: waiting for requests, one after the other, until it closes.
//!
//! While it waits it holds a socket, a timer and this small future; buffers and heads are taken from the worker when
//! the first byte of a request is there (Q13).

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use elbow_model::Timestamp;
use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_routing::{Binding, ListenerRoutes};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::Verdict;
use crate::buffer::Buffer;
use crate::exchange::Notes;
use crate::failure::{CLIENT_CLOSED, Failure};
use crate::stream::Stream;
use crate::timer::{Alarm, Ticks, Timer};
use crate::worker::Worker;
use crate::{http2, request, tcp};

/// A connection without a request is closed after this time if there is no listener to say otherwise (R24).
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// After the last answer a client may finish what it was sending for this long, so that the answer is not lost in a
/// reset (RFC 9112 section 9.6).
const LINGER: Duration = Duration::from_secs(2);
/// What is read and thrown away of that, in bytes.
const LINGER_BYTES: usize = 1024 * 1024;

/// A client's connection.
pub(crate) struct Client {
    pub(crate) worker: Rc<Worker>,
    pub(crate) stream: Stream,
    pub(crate) address: SocketAddr,
    /// The socket that it came in on, shared by all that did.
    pub(crate) socket: Rc<SocketAddr>,
    /// What comes later is answered, and then it closes (R24). Changes of the attribute act on new connections.
    pub(crate) kept_until: Timestamp,
    /// Stands for the zone that it came in; see [`ListenerRoutes::zone`].
    pub(crate) arrival: u16,
    /// Of the listener that served it last; at first of the one that a request without a host is for.
    pub(crate) idle_timeout: Ticks,
    pub(crate) timer: Timer,
    pub(crate) doubt: Doubt,
}

/// A target that left a request of a connection without an answer, until a check has shown what that means. Boxed: it is
/// rare, and every idle connection has room for it.
pub(crate) type Doubt = Option<Box<(TargetKey, Verdict)>>;

/// What becomes of a connection after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// It waits for the next one.
    KeepAlive,
    /// It closes.
    Close,
    /// It closes, after the client had a chance to read the answer to something that was not read to its end.
    Linger,
    /// What has come is how HTTP/2 begins.
    Http2,
}

/// What becomes of a connection after some requests.
enum End {
    Next(Next),
    /// HTTP/2 has begun, with these bytes.
    Http2(Vec<u8>),
}

/// Serves a new connection on this worker, unless there are too many.
pub(crate) fn spawn(worker: &Rc<Worker>, stream: TcpStream, address: SocketAddr, socket: &Rc<SocketAddr>) {
    if worker.admit() {
        let snapshot = worker.snapshot();
        let binding = snapshot.table.bindings().get(**socket);
        let idle_timeout = binding.map_or(IDLE_TIMEOUT, |binding| binding.listener(None).idle_timeout);
        let keep_alive = binding.map(Binding::client_keep_alive).unwrap_or_default();
        let client = Client {
            worker: Rc::clone(worker),
            stream: Stream::Tcp(stream),
            address,
            socket: Rc::clone(socket),
            kept_until: worker.clock.now() + keep_alive,
            arrival: worker.arrival(),
            idle_timeout: idle_timeout.into(),
            timer: worker.timers.timer(),
            doubt: None,
        };
        // It counts as idle from the start: when many come at once, none of them has had a turn yet.
        client.timer.restart(client.idle_timeout);
        client.timer.rest(true);
        match binding.and_then(Binding::passes_on) {
            Some(_) => drop(tokio::task::spawn_local(tcp::serve(client))),
            None => drop(tokio::task::spawn_local(serve(client))),
        }
    }
}

/// Serves one request after the other.
#[expect(
    clippy::manual_async_fn,
    reason = "the future of an `async fn` would have room for the client twice"
)]
fn serve(mut client: Client) -> impl Future<Output = ()> {
    async move {
        if client.may_be_secure() && !Box::pin(client.secure()).await {
            return;
        }
        if client.stream.speaks_http2() {
            tokio::task::spawn_local(http2::serve(client, Vec::new()));
            return;
        }
        loop {
            client.rest();
            if !poll_fn(|cx| client.poll_request(cx)).await {
                break;
            }
            // Boxed, because an idle connection would otherwise have room for all that a request needs.
            let next = match Box::pin(client.requests()).await {
                End::Next(next) => next,
                End::Http2(read) => {
                    tokio::task::spawn_local(http2::serve(client, read));
                    return;
                }
            };
            match next {
                Next::KeepAlive => {}
                Next::Close | Next::Http2 => break,
                Next::Linger => return Box::pin(client.linger()).await,
            }
        }
    }
}

impl Client {
    /// The client of one of many requests on a connection.
    pub(crate) fn of_stream(
        worker: &Rc<Worker>,
        stream: Stream,
        address: SocketAddr,
        socket: &Rc<SocketAddr>,
        (kept_until, arrival, idle_timeout): (Timestamp, u16, Ticks),
    ) -> Self {
        Self {
            worker: Rc::clone(worker),
            stream,
            address,
            socket: Rc::clone(socket),
            kept_until,
            arrival,
            idle_timeout,
            timer: worker.timers.timer(),
            doubt: None,
        }
    }

    /// Looks at the listener of this socket that a request without a host is for; `None` if it was deleted.
    pub(crate) fn listener<T>(&self, look: impl FnOnce(&ListenerRoutes) -> T) -> Option<T> {
        let snapshot = self.worker.snapshot();
        let binding = snapshot.table.bindings().get(*self.socket)?;
        Some(look(binding.listener(None)))
    }

    /// Whether a listener on its socket speaks HTTPS.
    fn may_be_secure(&self) -> bool {
        let snapshot = self.worker.snapshot();
        snapshot.table.bindings().get(*self.socket).is_some_and(Binding::is_secure)
    }

    /// Serves the request that has begun, and those that have arrived by its end.
    async fn requests(&mut self) -> End {
        let mut exchange = self.worker.exchanges.take();
        let end = loop {
            match request::handle(self, &mut exchange).await {
                Next::KeepAlive if exchange.request.is_empty() => break End::Next(Next::KeepAlive),
                Next::KeepAlive => {}
                Next::Http2 => break End::Http2(exchange.request.filled().to_vec()),
                next => break End::Next(next),
            }
        };
        exchange.request.discard(&self.worker.buffers);
        self.worker.exchanges.put(exchange, &self.worker.buffers);
        end
    }

    /// Begins to wait for a request.
    fn rest(&self) {
        self.timer.restart(self.worker.linger().map_or(self.idle_timeout, Ticks::from));
        self.timer.rest(true);
    }

    /// Ready at the first byte of a request, or at the end: then false, and the connection is to be closed.
    fn poll_request(&self, cx: &mut Context<'_>) -> Poll<bool> {
        loop {
            if let Poll::Ready(ready) = self.stream.poll_read_ready(cx) {
                self.timer.rest(false);
                return Poll::Ready(ready.is_ok());
            }
            match ready!(self.timer.poll_alarm(cx)) {
                // A stop has begun: the connection may stay a little while.
                Alarm::Draining => self.rest(),
                _ => return Poll::Ready(false),
            }
        }
    }

    /// Reads more of a head into `buffer`; nothing at the end of the stream. Until then the connection counts as idle,
    /// so that those who send half a head make room for others when there are too many, or when half heads together
    /// take too much memory.
    pub(crate) async fn fill(&mut self, buffer: &mut Buffer) -> Result<io::Result<usize>, Alarm> {
        let Self { worker, stream, timer, .. } = self;
        let mut held = None;
        let result = poll_fn(|cx| {
            if buffer.is_empty()
                && let Some(head) = stream.take_head(cx)
            {
                return Poll::Ready(Ok(Ok(buffer.adopt(head, &worker.buffers))));
            }
            if let Poll::Ready(result) = buffer.poll_fill(cx, stream, &worker.buffers) {
                return Poll::Ready(Ok(result));
            }
            if held.is_none() {
                held = Some(buffer.storage());
                timer.rest_holding(true, buffer.storage());
                worker.hold_head(buffer.storage());
            }
            timer.poll_alarm(cx).map(Err)
        })
        .await;
        if let Some(held) = held {
            worker.let_go_of_head(held);
            timer.rest(false);
        }
        result
    }

    /// A target left a request without an answer: has it checked.
    pub(crate) fn doubt(&mut self, group: TargetGroupKey, target: TargetKey) {
        self.doubt = Some(Box::new((target, self.worker.reports.unanswered(group, target))));
    }

    /// Waits until it is known whether this target still answers, if it has failed this client. True if something was
    /// waited for.
    pub(crate) async fn settle_doubt(&mut self, target: TargetKey) -> Result<bool, Alarm> {
        let Some(doubt) = self.doubt.take_if(|doubt| doubt.0 == target) else { return Ok(false) };
        let (_, mut verdict) = *doubt;
        self.timer.restart(self.idle_timeout);
        let Self { stream, timer, .. } = self;
        timer.guard(stream.gathering(verdict.reached())).await.map(|()| true)
    }

    /// Writes all of `out` and clears it.
    pub(crate) async fn write(&mut self, out: &mut Vec<u8>, notes: &mut Notes) -> Result<(), Failure> {
        let result = self.timer.guard(self.stream.write_all(out)).await;
        notes.written += out.len() as u64;
        out.clear();
        match result {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Failure::Gone(CLIENT_CLOSED)),
            Err(alarm) => Err(Failure::Gone(Failure::waiting_for_client(alarm).status())),
        }
    }

    /// Closes without a reset: says that nothing more comes, and reads what the client still sends, for a while.
    pub(crate) async fn linger(&mut self) {
        if self.stream.finish().is_err() {
            return;
        }
        self.timer.restart(LINGER);
        let mut budget = LINGER_BYTES;
        let discard = async {
            while let Ok(count @ 1..) = poll_fn(|cx| self.stream.poll_discard(cx)).await {
                budget = budget.saturating_sub(count);
                if budget == 0 {
                    return;
                }
            }
        };
        // Whatever ends it, the connection is over.
        let _ = self.timer.guard(discard).await;
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if self.stream.is_connection() {
            self.worker.discharge();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an idle client costs beyond its socket's registration with the event loop (Q13). The runtime keeps a task in
    /// a multiple of 128 bytes, its own 104 included: with more than this it would be the next one.
    #[test]
    fn the_future_of_an_idle_connection_is_small() {
        fn size<F: Future>(_: impl FnOnce(Client) -> F) -> usize {
            size_of::<F>()
        }
        let bytes = size(serve);
        assert!(bytes <= 152, "{bytes} bytes");
    }
}
