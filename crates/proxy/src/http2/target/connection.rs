//! One connection of HTTP/2 to a target: opened, kept going, and with room for so many streams.
//!
//! Targets are as hostile as clients. What a target can make this side hold is bounded by the limits here, which the
//! library enforces, and by [`TURN_BYTES`], which lets those read who what has come is for.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use elbow_model::ProtocolVersion;
use elbow_model::key::TargetGroupKey;
use h2::client::{self, SendRequest};
use http::uri::Scheme;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::super::frames::Frames;
use super::pool::Line;
use super::queue::Ticket;
use super::stream::Http2Target;
use crate::stream::Stream;
use crate::timer::{Alarm, Timer};
use crate::tls::{SecureTargets, TargetTls};
use crate::upstream::{ConnectError, Upstream};
use crate::worker::Worker;

/// Requests at a time, if the target allows so many.
pub(super) const MAX_STREAMS: usize = 100;
/// Requests over one connection; then another is opened, so that a long-lived one does not stay with a target's old process
/// behind its address.
const MAX_REQUESTS: u32 = 10_000;
/// What a target may send of one body before it was read, in bytes.
const STREAM_WINDOW: u32 = 64 * 1024;
/// The same of all bodies of a connection: clients that read slowly must not hold up the others on it.
const CONNECTION_WINDOW: u32 = MAX_STREAMS as u32 * STREAM_WINDOW;
/// Of all header fields of an answer together, names and values and 32 bytes for each (RFC 9113 section 6.5.2): what is
/// above ALB's limits (R23) is refused by the rules for heads.
const MAX_HEADER_LIST: u32 = 48 * 1024;
/// Of one request, in bytes, that wait for the connection.
const SEND_BUFFER: usize = 32 * 1024;
/// Small frames of bodies that wait to be read, each counted as what 256 bytes have beyond its own: twice what comes in
/// one turn if there is nothing but frames of one byte.
const FRAME_BUDGET: usize = 4 * 1024 * 1024;
/// Streams that are remembered for a second after this side has reset them, for frames that are still on their way:
/// clients that give up are not the target's fault.
const MAX_RESET_REMEMBERED: usize = 1024;
/// Streams that this side has to reset because of what the target does; with one more the connection is closed.
const MAX_RESET_FOR_ERRORS: usize = 1024;
/// What is read in one go; then those have their turn who it is for. Interim heads, for which there is no window, are
/// counted by who reads them.
const TURN_BYTES: usize = 64 * 1024;
/// A target from which nothing at all has come for this long while a request waited, in seconds, may be gone without a
/// word: the next request goes over another connection.
const QUIET_SECONDS: u32 = 10;
/// A new connection waits so long for its first request, in seconds.
const UNUSED_SECONDS: u32 = 10;
/// How long a target has to take the farewell of a connection that nothing is left on.
const GOODBYE: Duration = Duration::from_secs(5);

/// What is needed to open one.
#[derive(Clone, Debug)]
pub(super) struct Goal {
    pub(super) address: SocketAddr,
    pub(super) tls: Option<TargetTls>,
}

/// A connection, as those see it who want to send requests over it.
pub(super) struct Connection {
    pub(super) address: SocketAddr,
    scheme: Scheme,
    /// What was agreed to on TLS; `None` if it is in clear.
    tls: Option<TargetTls>,
    worker: Rc<Worker>,
    line: Rc<Line>,
    /// `None` if it takes no more requests. It closes when the last of them has ended.
    send: RefCell<Option<SendRequest<Bytes>>>,
    /// Requests that it carries.
    active: Cell<usize>,
    /// How many the target allows at a time, within [`MAX_STREAMS`].
    allowed: Cell<usize>,
    /// How many the target has shown to take, whatever it allows.
    taken: Cell<usize>,
    /// Requests so far.
    requests: Cell<u32>,
    /// The sweep it will be closed at if it carries nothing.
    expires: Cell<u32>,
    /// How often something has come.
    heard: Rc<Cell<u64>>,
    /// The first request after something has come: when it was, and what had been heard.
    asked: Cell<Option<(u32, u64)>>,
}

/// A request's place on a connection, until it is dropped.
pub(super) struct Place {
    connection: Rc<Connection>,
}

/// A connection's bytes, in turns.
struct Turns {
    stream: Stream,
    /// Bytes read in this turn.
    read: usize,
    frames: Frames,
    heard: Rc<Cell<u64>>,
}

/// A connection in its line, for as long as it is kept going.
struct Listed(Rc<Connection>);

type Driver = client::Connection<Turns, Bytes>;

/// Opens a connection for those before the ticket `until`, tells `line`, and keeps it going until it is over.
pub(super) async fn run(worker: Rc<Worker>, line: Rc<Line>, goal: Goal, until: Ticket) {
    let timer = worker.timers.timer();
    let opened = open(&goal, &timer).await;
    let (send, mut driver, heard) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            if line.failed(error, until) {
                line.open_more(&worker, &goal);
            }
            return;
        }
    };
    let connection = Rc::new(Connection {
        address: goal.address,
        scheme: if goal.tls.is_some() { Scheme::HTTPS } else { Scheme::HTTP },
        tls: goal.tls.clone(),
        line: Rc::clone(&line),
        send: RefCell::new(Some(send)),
        active: Cell::new(0),
        allowed: Cell::new(MAX_STREAMS.min(driver.max_concurrent_send_streams())),
        taken: Cell::new(MAX_STREAMS),
        requests: Cell::new(0),
        expires: Cell::new(worker.seconds.get().saturating_add(UNUSED_SECONDS)),
        heard,
        asked: Cell::new(None),
        worker: Rc::clone(&worker),
    });
    let listed = Listed::new(Rc::clone(&connection));
    line.open_more(&worker, &goal);
    if let Err(error) = connection.drive(&mut driver, &timer).await {
        tracing::debug!(target_address = %goal.address, %error, "a connection to a target has failed");
    }
    drop(listed);
    line.open_more(&worker, &goal);
}

/// Opens a connection: both sides have agreed on HTTP/2 once the target has sent its settings.
async fn open(
    goal: &Goal,
    timer: &Timer,
) -> Result<(SendRequest<Bytes>, Driver, Rc<Cell<u64>>), ConnectError> {
    let upstream = Upstream::connect(goal.address, goal.tls.clone(), ProtocolVersion::Http2, timer).await?;
    let heard = Rc::new(Cell::new(0));
    let frames = Frames::of_target();
    let turns = Turns { stream: upstream.stream, read: 0, frames, heard: Rc::clone(&heard) };
    // In what is left of the time for connecting, or for TLS.
    let agreed = timer.guard(async {
        let (send, mut driver) = builder().handshake(turns).await?;
        poll_fn(|cx| match Pin::new(&mut driver).poll(cx) {
            Poll::Ready(Ok(())) => Poll::Ready(Err(h2::Reason::NO_ERROR.into())),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending if driver.max_concurrent_send_streams() > 0 => Poll::Ready(Ok(())),
            Poll::Pending => Poll::Pending,
        })
        .await?;
        Ok::<_, h2::Error>((send, driver, heard))
    });
    match agreed.await {
        // It closed before it had said anything, as one does that is just ending. No request has gone there.
        Ok(Err(error)) if error.is_io() || error.reason() == Some(h2::Reason::NO_ERROR) => {
            Err(ConnectError::Refused)
        }
        Ok(agreed) => agreed.map_err(|error| ConnectError::Disagreed(Rc::new(io::Error::other(error)))),
        Err(alarm) => Err(ConnectError::Alarm(alarm)),
    }
}

fn builder() -> client::Builder {
    let mut builder = client::Builder::new();
    builder
        // Nothing is sent before the target has said how much it takes.
        .initial_max_send_streams(0)
        .initial_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_header_list_size(MAX_HEADER_LIST)
        .max_send_buffer_size(SEND_BUFFER)
        .data_frame_budget(FRAME_BUDGET)
        .max_concurrent_reset_streams(MAX_RESET_REMEMBERED)
        .max_local_error_reset_streams(Some(MAX_RESET_FOR_ERRORS))
        .enable_push(false);
    builder
}

impl Connection {
    /// Takes a place, if there is one.
    pub(super) fn take(self: &Rc<Self>, expires: u32) -> Option<Http2Target> {
        if self.is_mute() {
            self.retire();
        }
        if self.free() == 0 {
            return None;
        }
        let mut room = self.send.borrow_mut();
        let mut send = room.as_ref()?.clone();
        // It never waits: there is room. It fails if the target has said goodbye.
        let ready = send.poll_ready(&mut Context::from_waker(Waker::noop()));
        let requests = self.requests.get() + 1;
        if requests >= MAX_REQUESTS || !matches!(ready, Poll::Ready(Ok(()))) {
            *room = None;
        }
        if !matches!(ready, Poll::Ready(Ok(()))) {
            return None;
        }
        self.requests.set(requests);
        self.active.set(self.active.get() + 1);
        self.expires.set(self.expires.get().max(expires));
        Some(Http2Target::new(send, Place { connection: Rc::clone(self) }))
    }

    /// Whether the target has shown who it is as the group asks for it now.
    pub(super) fn is_trusted(&self, targets: &SecureTargets, group: TargetGroupKey) -> bool {
        self.tls.as_ref().is_none_or(|tls| tls.is_current(targets, group))
    }

    /// Whether nothing at all has come for too long since a request went there.
    fn is_mute(&self) -> bool {
        let (now, heard) = (self.worker.seconds.get(), self.heard.get());
        match self.asked.get() {
            Some((asked, before)) if before == heard => now.saturating_sub(asked) >= QUIET_SECONDS,
            _ => {
                self.asked.set(Some((now, heard)));
                false
            }
        }
    }

    /// Requests that it would take besides those that it carries.
    pub(super) fn free(&self) -> usize {
        match &*self.send.borrow() {
            Some(_) => self.room().saturating_sub(self.active.get()),
            None => 0,
        }
    }

    /// Requests at a time.
    pub(super) fn room(&self) -> usize {
        self.allowed.get().min(self.taken.get())
    }

    /// Whether it carries nothing and has waited long enough.
    pub(super) fn has_expired(&self, now: u32) -> bool {
        self.active.get() == 0 && self.expires.get() <= now
    }

    /// Takes no more requests, and closes when those that it has are over.
    pub(super) fn retire(&self) {
        self.send.borrow_mut().take();
    }

    /// Keeps it going until it is over.
    async fn drive(&self, driver: &mut Driver, timer: &Timer) -> Result<(), h2::Error> {
        let mut leaves = false;
        poll_fn(|cx| {
            let over = Pin::new(&mut *driver).poll(cx);
            let allowed = MAX_STREAMS.min(driver.max_concurrent_send_streams());
            if self.allowed.replace(allowed) < allowed {
                self.line.wake_next();
            }
            if over.is_pending() && self.active.get() == 0 && self.send.borrow().is_none() {
                if !std::mem::replace(&mut leaves, true) {
                    timer.restart(GOODBYE);
                }
                return timer.poll_alarm(cx).map(|_: Alarm| Ok(()));
            }
            over
        })
        .await
    }
}

impl Place {
    /// How a URL begins that leads there.
    pub(super) fn scheme(&self) -> &Scheme {
        &self.connection.scheme
    }

    /// The target did not take the request, so it takes no more at a time than it has.
    pub(super) fn refused(&self) {
        let connection = &self.connection;
        let others = connection.active.get().saturating_sub(1);
        connection.taken.set(connection.taken.get().min(others));
        connection.line.learn(connection.room());
        if others == 0 {
            connection.retire();
        }
    }

    pub(super) fn keep_until(&self, expires: u32) {
        self.connection.expires.set(self.connection.expires.get().max(expires));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let connection = &self.connection;
        connection.active.set(connection.active.get() - 1);
        connection.line.wake_next();
    }
}

impl Listed {
    fn new(connection: Rc<Connection>) -> Self {
        connection.line.opened(&connection);
        Self(connection)
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.0.retire();
        self.0.line.closed(&self.0);
    }
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Place").field("address", &self.connection.address).finish_non_exhaustive()
    }
}

impl AsyncRead for Turns {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.read >= TURN_BYTES {
            this.read = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let before = space.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, space);
        match read {
            Poll::Ready(_) => {
                let come = space.filled_mut().get_mut(before..).unwrap_or_default();
                this.read += come.len();
                this.frames.follow(come);
                this.heard.set(this.heard.get().wrapping_add(1));
            }
            Poll::Pending => this.read = 0,
        }
        read
    }
}

impl AsyncWrite for Turns {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
