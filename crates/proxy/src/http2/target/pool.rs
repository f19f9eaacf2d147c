//! A worker's connections of HTTP/2, by target.
//!
//! A request takes a place on the first connection that has one. If none has, the request waits in a [`Queue`], and
//! connections are opened as those that wait need them: a burst shares what is opened for it. Who leaves the queue wakes the
//! next, so that nobody is forgotten.
//!
//! If there is no connection, those hear of it that waited when the last attempt to open one began. Who came later has not
//! been tried for, and is tried for now.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::{Context, Poll};

use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_routing::KeyMap;

use super::connection::{self, Connection, Goal, MAX_STREAMS};
use super::queue::{Queue, Ticket};
use super::stream::Http2Target;
use crate::timer::Timer;
use crate::tls::{SecureTargets, TargetTls};
use crate::upstream::{CONNECT_TIMEOUT, ConnectError, HANDSHAKE_TIMEOUT};
use crate::worker::Worker;

/// Connections per target and worker. When all are full a request waits for a place as long as it would for a connection.
const MAX_CONNECTIONS: usize = 512;
/// Connections per target and worker that are being opened at a time.
const MAX_OPENING: usize = 8;

/// Connections by target.
#[derive(Default)]
pub(crate) struct Connections {
    lines: RefCell<KeyMap<TargetKey, Rc<Line>>>,
}

/// Where a request goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) group: TargetGroupKey,
    pub(crate) target: TargetKey,
    pub(crate) address: SocketAddr,
    /// Who targets have to be now.
    pub(crate) secure_targets: &'a SecureTargets,
    /// The sweep that a connection may wait for the next request until.
    pub(crate) expires: u32,
}

/// The connections to one target, and who waits for a place on one.
pub(super) struct Line {
    group: TargetGroupKey,
    connections: RefCell<Vec<Rc<Connection>>>,
    opening: Cell<usize>,
    waiting: RefCell<Queue>,
    /// Places on a connection, as far as the target has told.
    places: Cell<usize>,
    /// Of attempts to open that failed, whom the last one was for: those before this ticket.
    tried: Cell<Ticket>,
    /// How an attempt failed when there was nothing else to hope for, and who heard of it: those before the ticket.
    failure: RefCell<Option<(Ticket, ConnectError)>>,
}

/// A request that waits, until it is dropped.
struct Waits<'a> {
    line: &'a Line,
    ticket: Ticket,
}

impl Connections {
    /// A place on a connection that is there.
    pub(crate) fn take(&self, wanted: &Wanted<'_>) -> Option<Http2Target> {
        let lines = self.lines.borrow();
        let line = lines.get(&wanted.target)?;
        if line.waiting.borrow().is_empty() { line.take(wanted) } else { None }
    }

    /// A place, as soon as there is one; over TLS if that is asked for. Nothing of the request is sent yet, so it can go
    /// elsewhere if the target turns unhealthy.
    pub(crate) async fn wait(
        &self,
        worker: &Rc<Worker>,
        wanted: &Wanted<'_>,
        tls: Option<TargetTls>,
        timer: &Timer,
    ) -> Result<Http2Target, ConnectError> {
        let goal = Goal { address: wanted.address, tls };
        let line = Rc::clone(
            self.lines.borrow_mut().entry(wanted.target).or_insert_with(|| Line::new(wanted.group)),
        );
        // What it waits for has these two limits of its own, which come first.
        timer.restart(CONNECT_TIMEOUT + HANDSHAKE_TIMEOUT);
        let waits = Waits::begin(&line);
        line.open_more(worker, &goal);
        timer.guard_any(poll_fn(|cx| waits.poll(cx, wanted))).await.map_err(ConnectError::Alarm)?
    }

    /// Says goodbye on every connection, once what it carries is over: the worker stops.
    pub(crate) fn close(&self) {
        self.sweep(0, |_, _| false);
    }

    /// Closes those that carried nothing for too long, and takes those out of use whose target takes no more requests.
    pub(crate) fn sweep(&self, now: u32, keep: impl Fn(TargetGroupKey, TargetKey) -> bool) {
        self.lines.borrow_mut().retain(|target, line| {
            let keep = keep(line.group, *target);
            for connection in &*line.connections.borrow() {
                if !keep || connection.has_expired(now) {
                    connection.retire();
                }
            }
            !line.is_empty()
        });
    }
}

impl std::fmt::Debug for Connections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connections").field("targets", &self.lines.borrow().len()).finish()
    }
}

impl Line {
    fn new(group: TargetGroupKey) -> Rc<Self> {
        Rc::new(Self {
            group,
            connections: RefCell::default(),
            opening: Cell::new(0),
            waiting: RefCell::default(),
            places: Cell::new(MAX_STREAMS),
            tried: Cell::default(),
            failure: RefCell::default(),
        })
    }

    fn is_empty(&self) -> bool {
        self.connections.borrow().is_empty() && self.opening.get() == 0 && self.waiting.borrow().is_empty()
    }

    /// The first place that is free, so that the last connections have nothing to do when there is less to do.
    fn take(&self, wanted: &Wanted<'_>) -> Option<Http2Target> {
        self.connections.borrow().iter().find_map(|connection| {
            if connection.address != wanted.address
                || !connection.is_trusted(wanted.secure_targets, wanted.group)
            {
                connection.retire();
            }
            connection.take(wanted.expires)
        })
    }

    /// Opens as many connections as those need that wait.
    pub(super) fn open_more(self: &Rc<Self>, worker: &Rc<Worker>, goal: &Goal) {
        let (open, free) = {
            let connections = self.connections.borrow();
            let free = connections.iter().map(|connection| connection.free()).sum::<usize>();
            (connections.len(), free)
        };
        while self.opening.get() < MAX_OPENING
            && self.opening.get() + open < MAX_CONNECTIONS
            && self.opening.get() * self.places.get() + free < self.waiting.borrow().len()
        {
            self.opening.set(self.opening.get() + 1);
            let until = self.waiting.borrow().next();
            tokio::task::spawn_local(connection::run(
                Rc::clone(worker),
                Rc::clone(self),
                goal.clone(),
                until,
            ));
        }
    }

    /// Wakes the one that has waited longest, if it may find a place.
    pub(super) fn wake_next(&self) {
        if self.connections.borrow().iter().any(|connection| connection.free() > 0) {
            self.waiting.borrow().wake_first();
        }
    }

    /// A connection is there.
    pub(super) fn opened(&self, connection: &Rc<Connection>) {
        self.opening.set(self.opening.get() - 1);
        self.learn(connection.room());
        self.connections.borrow_mut().push(Rc::clone(connection));
        self.wake_next();
    }

    /// A connection has so many places.
    pub(super) fn learn(&self, places: usize) {
        self.places.set(places.max(1));
    }

    /// There is none for those before this ticket. If there is nothing else to hope for, they hear of it, as if each had
    /// tried; then true, and who is left has to be tried for.
    pub(super) fn failed(&self, error: ConnectError, until: Ticket) -> bool {
        self.opening.set(self.opening.get() - 1);
        let tried = self.tried.get().max(until);
        self.tried.set(tried);
        let hopeless = self.opening.get() == 0 && self.connections.borrow().is_empty();
        if hopeless {
            self.failure.replace(Some((tried, error)));
            self.waiting.borrow_mut().dismiss(tried);
        }
        hopeless
    }

    /// A connection is gone.
    pub(super) fn closed(&self, connection: &Rc<Connection>) {
        self.connections.borrow_mut().retain(|other| !Rc::ptr_eq(other, connection));
    }
}

impl<'a> Waits<'a> {
    fn begin(line: &'a Line) -> Self {
        Self { line, ticket: line.waiting.borrow_mut().join() }
    }

    /// Ready with a place once it is the first that waits and there is one, or with the failure of who tried to open one for
    /// it.
    fn poll(&self, cx: &mut Context<'_>, wanted: &Wanted<'_>) -> Poll<Result<Http2Target, ConnectError>> {
        let Self { line, ticket } = self;
        if let Some((tried, error)) = &*line.failure.borrow()
            && ticket < tried
        {
            return Poll::Ready(Err(error.clone()));
        }
        let is_first = line.waiting.borrow().is_first(*ticket);
        if is_first && let Some(stream) = line.take(wanted) {
            return Poll::Ready(Ok(stream));
        }
        line.waiting.borrow_mut().wait(*ticket, cx.waker());
        Poll::Pending
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.line.waiting.borrow_mut().leave(self.ticket);
        self.line.wake_next();
    }
}
