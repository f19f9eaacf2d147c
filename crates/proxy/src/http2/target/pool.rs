//! A worker's connections of HTTP/2, by target.
//!
//! A request takes a place on the first connection that has one. If none has, the request waits, and connections are opened
//! as those that wait need them: a burst shares what is opened for it. Who is given a place wakes the next who waits, so
//! that nobody is forgotten.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;

use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_routing::KeyMap;
use tokio::sync::Notify;

use super::connection::{self, Connection, Goal, MAX_STREAMS};
use super::stream::Http2Target;
use crate::timer::Timer;
use crate::tls::TargetTls;
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
pub(crate) struct Wanted {
    pub(crate) group: TargetGroupKey,
    pub(crate) target: TargetKey,
    pub(crate) address: SocketAddr,
    /// The sweep that a connection may wait for the next request until.
    pub(crate) expires: u32,
}

/// The connections to one target, and who waits for a place on one.
pub(super) struct Line {
    group: TargetGroupKey,
    connections: RefCell<Vec<Rc<Connection>>>,
    opening: Cell<usize>,
    waiting: Cell<usize>,
    /// Places on a connection, as far as the target has told.
    places: Cell<usize>,
    /// Attempts to open that failed, and how the last one did.
    failures: Cell<u64>,
    failure: RefCell<Option<ConnectError>>,
    /// There may be a place, or there is a failure.
    changed: Notify,
}

/// A request that waits, until it is dropped.
struct Waits<'a>(&'a Line);

impl Connections {
    /// A place on a connection that is there.
    pub(crate) fn take(&self, wanted: &Wanted) -> Option<Http2Target> {
        let lines = self.lines.borrow();
        let line = lines.get(&wanted.target)?;
        if line.waiting.get() > 0 { None } else { line.take(wanted) }
    }

    /// A place, as soon as there is one; over TLS if that is asked for. Nothing of the request is sent yet, so it can go
    /// elsewhere if the target turns unhealthy.
    pub(crate) async fn wait(
        &self,
        worker: &Rc<Worker>,
        wanted: &Wanted,
        tls: Option<TargetTls>,
        timer: &Timer,
    ) -> Result<Http2Target, ConnectError> {
        let goal = Goal { address: wanted.address, tls };
        let line = Rc::clone(
            self.lines.borrow_mut().entry(wanted.target).or_insert_with(|| Line::new(wanted.group)),
        );
        // What it waits for has these two limits of its own, which come first.
        timer.restart(CONNECT_TIMEOUT + HANDSHAKE_TIMEOUT);
        let failures = line.failures.get();
        let _waits = Waits::begin(&line);
        // The others were here before.
        let mut is_next = line.waiting.get() == 1;
        loop {
            let changed = line.changed.notified();
            if is_next && let Some(stream) = line.take(wanted) {
                return Ok(stream);
            }
            if line.failures.get() != failures
                && let Some(error) = &*line.failure.borrow()
            {
                return Err(error.clone());
            }
            line.open_more(worker, &goal);
            timer.guard_any(changed).await.map_err(ConnectError::Alarm)?;
            is_next = true;
        }
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
            waiting: Cell::new(0),
            places: Cell::new(MAX_STREAMS),
            failures: Cell::new(0),
            failure: RefCell::default(),
            changed: Notify::new(),
        })
    }

    fn is_empty(&self) -> bool {
        self.connections.borrow().is_empty() && self.opening.get() == 0 && self.waiting.get() == 0
    }

    /// The first place that is free, so that the last connections have nothing to do when there is less to do.
    fn take(&self, wanted: &Wanted) -> Option<Http2Target> {
        self.connections.borrow().iter().find_map(|connection| {
            if connection.address != wanted.address {
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
            && self.opening.get() * self.places.get() + free < self.waiting.get()
        {
            self.opening.set(self.opening.get() + 1);
            tokio::task::spawn_local(connection::run(Rc::clone(worker), Rc::clone(self), goal.clone()));
        }
    }

    /// Wakes the one that has waited longest, if it may find a place.
    pub(super) fn wake_next(&self) {
        let has_room = || self.connections.borrow().iter().any(|connection| connection.free() > 0);
        if self.waiting.get() > 0 && has_room() {
            self.changed.notify_one();
        }
    }

    /// A connection is there.
    pub(super) fn opened(&self, connection: &Rc<Connection>) {
        self.opening.set(self.opening.get() - 1);
        self.learn(connection.room());
        self.connections.borrow_mut().push(Rc::clone(connection));
        self.failure.take();
        self.wake_next();
    }

    /// A connection has so many places.
    pub(super) fn learn(&self, places: usize) {
        self.places.set(places.max(1));
    }

    /// There is none. If there is nothing else to hope for, all that wait hear of it, as if each had tried.
    pub(super) fn failed(&self, error: ConnectError) {
        self.opening.set(self.opening.get() - 1);
        if self.opening.get() > 0 || !self.connections.borrow().is_empty() {
            return;
        }
        self.failures.set(self.failures.get() + 1);
        self.failure.replace(Some(error));
        self.changed.notify_waiters();
    }

    /// A connection is gone.
    pub(super) fn closed(&self, connection: &Rc<Connection>) {
        self.connections.borrow_mut().retain(|other| !Rc::ptr_eq(other, connection));
    }
}

impl<'a> Waits<'a> {
    fn begin(line: &'a Line) -> Self {
        line.waiting.set(line.waiting.get() + 1);
        Self(line)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.waiting.set(self.0.waiting.get() - 1);
        self.0.wake_next();
    }
}
