//! A connection of HTTP/2: accepts streams and serves each as a request of its own.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use elbow_model::Timestamp;
use h2::RecvStream;
use h2::server::{self, SendResponse};
use http::Request;
use rand_core::Rng;

use super::begun::Begun;
use super::frames::Frames;
use super::half_block::HalfBlock;
use super::incoming::Read;
use super::window::{Bodies, CONNECTION_WINDOW, STREAM_WINDOW, Window};
use super::{Http2Stream, MAX_HEADER_LIST};
use crate::connection::{Client, Doubt};
use crate::request;
use crate::stream::Stream;
use crate::timer::{Alarm, Ticks, Timer};
use crate::tls::Secured;
use crate::worker::Worker;

/// Requests at a time (R17).
const MAX_STREAMS: u32 = 128;
/// Requests that are worked on at a time. A client's resets make room for others at once, and the work for what it gave up
/// may go on until a target is connected: without this limit it could pile that up.
const MAX_SERVED: usize = MAX_STREAMS as usize;
/// Requests over one connection; after that the client is asked to make a new one (R17).
const MAX_REQUESTS: u32 = 10_000;
/// Small frames of bodies that wait to be read, each counted as what 256 bytes have beyond its own: nearly twice what comes
/// in one turn if there is nothing but messages of a few bytes. They cost about as much memory as this.
const FRAME_BUDGET: usize = 1024 * 1024;
/// Of one answer, in bytes, that wait for the client's window.
const SEND_BUFFER: usize = 32 * 1024;
/// Streams that a client may reset before they were served: more is an attack (CVE-2023-44487).
const MAX_RESET_BEFORE_SERVED: usize = 32;
/// Streams that this side has to reset because of what the client does: more is an attack (CVE-2025-8671).
const MAX_RESET_FOR_ERRORS: usize = 64;
/// Streams that are remembered after they were reset, for frames that are still on their way.
const MAX_RESET_REMEMBERED: usize = 16;
/// How often a connection is looked at that has something under way.
const LOOK: Duration = Duration::from_secs(1);
/// How long a client has to close after it was told that nothing more is accepted.
const GOODBYE: Duration = Duration::from_secs(5);

/// What all streams of a connection have in common.
pub(super) struct Shared {
    worker: Rc<Worker>,
    address: SocketAddr,
    socket: Rc<SocketAddr>,
    kept_until: Timestamp,
    arrival: u16,
    /// Of the listener that served it last.
    idle_timeout: Cell<Ticks>,
    secured: Option<Secured>,
    /// Streams that are served.
    active: Cell<usize>,
    /// Of those, the ones that came with a body.
    uploads: Cell<u32>,
    /// The window of all bodies together.
    window: RefCell<Window>,
    /// What was read of them.
    read: Read,
    /// Memory of what has come in half, while nothing is under way.
    half: Cell<usize>,
    pub(super) frames: RefCell<Frames>,
    /// A block of header fields whose end does not come, while something is under way.
    half_block: RefCell<Option<Box<HalfBlock>>>,
    /// What its timer is set for.
    wait: Cell<Wait>,
    /// The client has taken something since the last look.
    pub(super) moved: Cell<bool>,
    /// That no stream is about to settle.
    doubt: RefCell<Doubt>,
    /// Of the connection, to hear when it may rest or accept again.
    waker: RefCell<Option<Waker>>,
}

/// What the timer of a connection is set for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    /// Nothing that still counts.
    Nothing,
    /// The next look, while something is under way.
    Look,
    /// A request: none is served any more, and every answer is with the client.
    Request,
}

/// A served stream, for as long as it is.
struct Served {
    shared: Rc<Shared>,
    has_body: bool,
}

/// How a connection comes to its end.
#[derive(Default)]
struct Course {
    /// Requests so far.
    requests: u32,
    /// How many there were when the client was asked to make a new connection.
    told_after: Option<u32>,
    /// Seconds in which nothing was served and the client took nothing of what waits for it.
    still: u32,
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It is over, in order or not.
    Closed,
    /// The client is told that nothing more is accepted.
    Goodbye,
}

/// What happens on a connection.
#[expect(clippy::large_enum_variant, reason = "it is moved once, and nearly always the large one")]
enum Event {
    Request(Request<RecvStream>, SendResponse<Bytes>),
    /// It is over, in order or not.
    Closed,
    /// Something is under way, and has been for [`LOOK`].
    Look,
    /// It had no request for too long, or has to go.
    Alarm(Alarm),
}

/// Serves the requests of a client that has begun with `read`.
pub(crate) async fn serve(client: Client, read: Vec<u8>) {
    let shared = Rc::new(Shared {
        worker: Rc::clone(&client.worker),
        address: client.address,
        socket: Rc::clone(&client.socket),
        kept_until: client.kept_until,
        arrival: client.arrival,
        idle_timeout: Cell::new(client.idle_timeout),
        secured: client.stream.secured(),
        active: Cell::new(0),
        uploads: Cell::new(0),
        window: RefCell::new(Window::new()),
        read: Read::default(),
        half: Cell::new(0),
        frames: RefCell::new(Frames::of_client()),
        half_block: RefCell::default(),
        wait: Cell::new(Wait::Request),
        moved: Cell::new(false),
        doubt: RefCell::default(),
        waker: RefCell::default(),
    });
    let timer = shared.worker.timers.timer();
    shared.rest(&timer);
    let begun = Begun::new(client, read, Rc::clone(&shared));
    // Boxed, because it is over soon, and the connection would have room for it to its end.
    let handshake = Box::pin(builder().handshake(begun));
    let Ok(Ok(mut connection)) = timer.guard(handshake).await else { return };
    if converse(&shared, &mut connection, &timer).await == End::Goodbye {
        say_goodbye(&mut connection, &timer).await;
    }
}

/// Serves requests until the connection is over, or has to be.
async fn converse(
    shared: &Rc<Shared>,
    connection: &mut server::Connection<Begun, Bytes>,
    timer: &Timer,
) -> End {
    let mut course = Course::default();
    loop {
        match poll_fn(|cx| shared.poll_event(cx, connection, timer)).await {
            Event::Request(request, respond) => {
                timer.keep();
                course.requests += 1;
                if shared.has_served_its_time(course.requests) {
                    course.tell(connection);
                }
                if course.is_ignored() {
                    return End::Goodbye;
                }
                shared.spawn(request, respond);
            }
            Event::Look => {
                HalfBlock::look(
                    &shared.half_block,
                    &shared.worker,
                    &shared.frames.borrow(),
                    shared.idle_timeout.get(),
                );
                if shared.worker.linger().is_some() {
                    course.tell(connection);
                }
                let goes_on = shared.moved.take() || shared.active.get() > 0;
                course.still = if goes_on { 0 } else { course.still + 1 };
                if course.still >= shared.idle_timeout.get().seconds() {
                    return End::Goodbye;
                }
            }
            Event::Closed => return End::Closed,
            // A stop has begun: the client may stay for what it has under way.
            Event::Alarm(Alarm::Draining) => {
                course.tell(connection);
                shared.rest(timer);
            }
            Event::Alarm(_) => return End::Goodbye,
        }
    }
}

impl Course {
    /// Asks the client to make a new connection for what it wants next.
    fn tell(&mut self, connection: &mut server::Connection<Begun, Bytes>) {
        if self.told_after.is_none() {
            self.told_after = Some(self.requests);
            connection.graceful_shutdown();
        }
    }

    /// The client goes on all the same. What it had under way when it was told comes to less.
    fn is_ignored(&self) -> bool {
        self.told_after.is_some_and(|told| self.requests > told + MAX_STREAMS)
    }
}

/// Tells the client that nothing more is accepted, and waits a little for it to hear that.
async fn say_goodbye(connection: &mut server::Connection<Begun, Bytes>, timer: &Timer) {
    timer.restart(GOODBYE);
    connection.abrupt_shutdown(h2::Reason::NO_ERROR);
    // Whatever ends it, the connection is over.
    let _ = timer.guard(poll_fn(|cx| connection.poll_closed(cx))).await;
}

fn builder() -> server::Builder {
    let mut builder = server::Builder::new();
    builder
        .max_concurrent_streams(MAX_STREAMS)
        .initial_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_header_list_size(MAX_HEADER_LIST)
        .data_frame_budget(FRAME_BUDGET)
        .max_send_buffer_size(SEND_BUFFER)
        .max_pending_accept_reset_streams(MAX_RESET_BEFORE_SERVED)
        .max_local_error_reset_streams(Some(MAX_RESET_FOR_ERRORS))
        .max_concurrent_reset_streams(MAX_RESET_REMEMBERED)
        .enable_connect_protocol();
    builder
}

impl Shared {
    /// Begins to wait for a request. PING does not end the wait (R17).
    fn rest(&self, timer: &Timer) {
        timer.restart(self.worker.linger().map_or(self.idle_timeout.get(), Ticks::from));
        timer.rest_holding(true, self.half.get());
    }

    /// Counts what has come in half, as half a head of HTTP/1 is. Who is busy is not asked to give it back.
    fn count_half(&self, timer: &Timer, rests: bool) {
        let bytes = if rests { self.frames.borrow().incomplete() } else { 0 };
        let before = self.half.replace(bytes);
        if bytes != before {
            self.worker.let_go_of_head(before);
            timer.rest_holding(rests, bytes);
            self.worker.hold_head(bytes);
        }
    }

    /// Has the window follow what waits in it, for as long as the worker has room for that.
    fn fit_window(&self, connection: &mut server::Connection<Begun, Bytes>) {
        let (come, count) = (self.frames.borrow().bodies(), self.uploads.get());
        if count == 0 {
            // Nobody will read what is left, if anything is.
            self.read.set(come);
        }
        let bodies = Bodies { waiting: come.saturating_sub(self.read.get()), count };
        let mut window = self.window.borrow_mut();
        self.worker.take_back(window.spend(come));
        if let Some(width) = window.fit(bodies, |bytes| self.worker.lend(bytes)) {
            connection.set_target_window_size(width);
        }
    }

    /// A client that is to make a new connection for what it asks next (R17, R24).
    fn has_served_its_time(&self, requests: u32) -> bool {
        let late = self.worker.clock.now() > self.kept_until;
        requests >= MAX_REQUESTS || late || self.worker.linger().is_some()
    }

    fn poll_event(
        &self,
        cx: &mut Context<'_>,
        connection: &mut server::Connection<Begun, Bytes>,
        timer: &Timer,
    ) -> Poll<Event> {
        loop {
            // Before what was read is told to the client, and once more for what has come.
            self.fit_window(connection);
            let accepted = match self.active.get() < MAX_SERVED {
                true => connection.poll_accept(cx),
                // Those who wait are in the library's hands, which counts their resets.
                false => connection.poll_closed(cx).map(|_| None),
            };
            if let Poll::Ready(accepted) = accepted {
                return Poll::Ready(match accepted {
                    Some(Ok((request, respond))) => Event::Request(request, respond),
                    Some(Err(_)) | None => Event::Closed,
                });
            }
            self.fit_window(connection);
            if self.active.get() > 0 || connection.has_streams() {
                self.waker.replace(Some(cx.waker().clone()));
                if self.wait.replace(Wait::Look) != Wait::Look {
                    self.count_half(timer, false);
                    timer.rest(false);
                    timer.restart(LOOK);
                }
                if let Poll::Ready(alarm) = HalfBlock::poll(&self.half_block, &self.frames.borrow(), cx) {
                    return Poll::Ready(Event::Alarm(alarm));
                }
                return timer.poll_alarm(cx).map(|alarm| match alarm {
                    Alarm::Elapsed => {
                        self.wait.set(Wait::Nothing);
                        Event::Look
                    }
                    alarm => Event::Alarm(alarm),
                });
            }
            self.half_block.take();
            if self.wait.replace(Wait::Request) == Wait::Request {
                self.count_half(timer, true);
                return timer.poll_alarm(cx).map(Event::Alarm);
            }
            self.rest(timer);
            if self.worker.linger().is_some() {
                return Poll::Ready(Event::Alarm(Alarm::Draining));
            }
        }
    }

    /// Serves a request, unless there are too many on this worker.
    fn spawn(self: &Rc<Self>, request: Request<RecvStream>, mut respond: SendResponse<Bytes>) {
        if !self.worker.admit_stream() {
            // The client may ask again, here or elsewhere (RFC 9113 section 8.7).
            return respond.send_reset(h2::Reason::REFUSED_STREAM);
        }
        let has_body = !request.body().is_end_stream();
        self.active.set(self.active.get() + 1);
        self.uploads.set(self.uploads.get() + u32::from(has_body));
        let served = Served { shared: Rc::clone(self), has_body };
        let random = || {
            let mut random = [0; 16];
            self.worker.rng.borrow_mut().fill_bytes(&mut random);
            random
        };
        let mut client = Client::of_stream(
            &self.worker,
            Stream::Http2(Box::new(Http2Stream::new(
                request,
                respond,
                self.secured.clone(),
                &self.read,
                random,
            ))),
            self.address,
            &self.socket,
            (self.kept_until, self.arrival, self.idle_timeout.get()),
        );
        client.doubt = self.doubt.take();
        tokio::task::spawn_local(serve_stream(client, served));
    }
}

/// Serves one request. What becomes of the connection is not the request's to say.
async fn serve_stream(mut client: Client, served: Served) {
    let worker = Rc::clone(&client.worker);
    let mut exchange = worker.exchanges.take();
    Box::pin(request::handle(&mut client, &mut exchange)).await;
    worker.exchanges.put(exchange, &worker.buffers);
    served.shared.idle_timeout.set(client.idle_timeout);
    if client.doubt.is_some() {
        served.shared.doubt.replace(client.doubt.take());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let Self { shared, has_body } = self;
        shared.worker.discharge_stream();
        let active = shared.active.get() - 1;
        shared.active.set(active);
        shared.uploads.set(shared.uploads.get() - u32::from(*has_body));
        if (active == 0 || active + 1 == MAX_SERVED)
            && let Some(waker) = shared.waker.take()
        {
            waker.wake();
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.worker.let_go_of_head(self.half.get());
        // A window that was told cannot be taken back before.
        self.worker.take_back(self.window.borrow().lent());
    }
}
