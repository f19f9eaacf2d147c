//! Room for clients: how many connections a worker holds, how much memory heads may take that have not arrived
//! completely and bodies that wait, and who goes when there is no room.

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;

use super::Worker;
use crate::timer::{Alarm, TICK};

/// Share of the connections that is closed at once when there are too many: one of so many.
const EVICTION_SHARE: usize = 64;
/// Memory of heads that have not arrived completely, in bytes, for all workers together. When one has more than its
/// share, those that began first are given up.
const HALF_HEADS_BYTES: usize = 16 * 1024 * 1024;
/// The least share of a worker, however many there are: some forty of the largest heads.
const MIN_HALF_HEADS_BYTES: usize = 4 * 1024 * 1024;
/// How much of its share a worker takes back at once, and how much has to come before that is looked at again: one
/// part of so many.
const HALF_HEADS_STEPS: usize = 16;
/// What a worker lends to windows of HTTP/2 beyond those that every connection has, in bytes: what clients can make it
/// hold of bodies that targets are slow to read.
const LENT_BYTES: usize = 32 * 1024 * 1024;
/// Connections above the limit while those that were told to make room have not closed yet.
const MAX_OVERSHOOT: usize = 64;

/// What each of so many workers may hold of heads that have not arrived completely, in bytes.
pub(super) fn half_heads_share(workers: NonZeroUsize) -> usize {
    (HALF_HEADS_BYTES / workers).max(MIN_HALF_HEADS_BYTES)
}

impl Worker {
    /// Counts a new connection. False if it has to be closed, because there are too many that are busy.
    pub(crate) fn admit(&self) -> bool {
        self.recorder.connection_accepted();
        self.connections.set(self.connections.get() + 1);
        let share = (self.max_connections / EVICTION_SHARE).max(1);
        let makes_room = || {
            self.timers.ring_resting(share, Alarm::Evicted) > 0
                || self.timers.ring_half(share, Alarm::Evicted) > 0
        };
        if self.overshoot() == 0 || self.overshoot() <= MAX_OVERSHOOT && makes_room() {
            return true;
        }
        self.recorder.connection_rejected();
        self.discharge();
        false
    }

    /// Counts a request of HTTP/2, which costs about what a connection with a request of HTTP/1 does. False if there are
    /// too many. Those that are half there make room: a client can have many of them over one connection.
    pub(crate) fn admit_stream(&self) -> bool {
        self.streams.set(self.streams.get() + 1);
        let share = (self.max_connections / EVICTION_SHARE).max(1);
        let overshoot = self.overshoot();
        let admitted =
            overshoot == 0 || overshoot <= MAX_OVERSHOOT && self.timers.ring_half(share, Alarm::Evicted) > 0;
        if !admitted {
            self.discharge_stream();
        }
        admitted
    }

    /// Connections and requests of HTTP/2 above the limit.
    fn overshoot(&self) -> usize {
        (self.connections.get() + self.streams.get()).saturating_sub(self.max_connections)
    }

    /// Counts a request of HTTP/2 that is over.
    pub(crate) fn discharge_stream(&self) {
        self.streams.set(self.streams.get() - 1);
    }

    /// Counts a connection that is gone.
    pub(crate) fn discharge(&self) {
        self.recorder.connection_closed();
        self.connections.set(self.connections.get() - 1);
        self.notice_empty();
    }

    /// A client that has sent half a head holds so many bytes.
    pub(crate) fn hold_head(&self, bytes: usize) {
        let before = self.half_heads.get();
        let held = before + bytes;
        self.half_heads.set(held);
        let step = self.max_half_heads / HALF_HEADS_STEPS;
        if held >= self.max_half_heads && held / step != before / step {
            self.timers.ring_holding(held - self.max_half_heads + step, Alarm::Evicted);
        }
    }

    /// It holds them no more, or has more of its head.
    pub(crate) fn let_go_of_head(&self, bytes: usize) {
        self.half_heads.set(self.half_heads.get() - bytes);
    }

    /// Lends so many bytes to the window of a connection. False if too much is lent.
    pub(crate) fn lend(&self, bytes: usize) -> bool {
        let lent = self.lent.get() + bytes;
        let lends = lent <= LENT_BYTES;
        if lends {
            self.lent.set(lent);
        }
        lends
    }

    /// So many of them are given back.
    pub(crate) fn take_back(&self, bytes: usize) {
        self.lent.set(self.lent.get() - bytes);
    }

    /// No descriptor is left, most likely: waits a tick, because the connection stays in the queue and would be
    /// reported at once again.
    pub(crate) async fn accept_failed(&self, address: SocketAddr, error: &io::Error) {
        if error.kind() != io::ErrorKind::ConnectionAborted {
            tracing::warn!(%address, %error, "cannot accept a connection");
            self.timers.ring_resting((self.connections.get() / EVICTION_SHARE).max(1), Alarm::Evicted);
            tokio::time::sleep(TICK).await;
        }
    }
}
