//! Listening sockets: opened once for each worker, and accepting on that worker's own core.
//!
//! All sockets of one address share it, and the kernel spreads new connections over them; see [`crate::addresses`].

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

use crate::addresses::{Addresses, BindError, Listening};
use crate::connection;
use crate::publisher::Wanted;
use crate::worker::Worker;

/// The listening sockets of one worker.
pub(crate) struct Sockets {
    worker: Rc<Worker>,
    wanted: watch::Receiver<Wanted>,
    /// The revision since which those are wanted that were opened last.
    followed: u64,
    /// Tells the others: see [`Sockets::report`].
    settled: watch::Sender<u64>,
    addresses: Arc<Addresses>,
    /// Told to close when their address is not wanted any more.
    open: BTreeMap<SocketAddr, Rc<Notify>>,
    failed: BTreeSet<SocketAddr>,
    closed: bool,
}

impl Sockets {
    pub(crate) fn new(
        worker: Rc<Worker>,
        wanted: watch::Receiver<Wanted>,
        settled: watch::Sender<u64>,
        addresses: Arc<Addresses>,
    ) -> Self {
        let (open, failed) = (BTreeMap::new(), BTreeSet::new());
        Self { worker, wanted, followed: 0, settled, addresses, open, failed, closed: false }
    }

    /// Completes when other sockets are wanted.
    pub(crate) async fn changed(&mut self) {
        if self.closed || self.wanted.changed().await.is_err() {
            // The publisher is gone, or its wishes do not matter any more.
            std::future::pending::<()>().await;
        }
    }

    /// Opens and closes sockets until they are those that are wanted, as far as possible.
    pub(crate) fn follow(&mut self) {
        if self.closed {
            return;
        }
        let Wanted { since, bindings: wanted } = self.wanted.borrow_and_update().clone();
        self.open.retain(|address, close| {
            let keep = wanted.get(*address).is_some();
            if !keep {
                close.notify_one();
            }
            keep
        });
        self.failed.retain(|address| {
            let keep = wanted.get(*address).is_some();
            if !keep {
                self.addresses.solve(*address);
            }
            keep
        });
        for (address, _) in wanted.iter() {
            if !self.open.contains_key(&address) {
                self.open(address);
            }
        }
        self.followed = since;
    }

    /// Tells how far it has followed, once the sockets that are not wanted any more have closed. Those that could not
    /// be opened keep nobody waiting.
    pub(crate) fn report(&self) {
        if self.worker.accepting.get() == self.open.len() {
            self.settled
                .send_if_modified(|settled| std::mem::replace(settled, self.followed) != self.followed);
        }
    }

    /// Tries those again that could not be opened.
    pub(crate) fn retry(&mut self) {
        if !self.failed.is_empty() {
            self.follow();
        }
    }

    /// Closes all of them, for good.
    pub(crate) fn close(&mut self) {
        self.closed = true;
        // From now on it is as the publisher wants it, whatever that is.
        self.followed = u64::MAX;
        std::mem::take(&mut self.open).values().for_each(|close| close.notify_one());
    }

    fn open(&mut self, address: SocketAddr) {
        match self.listen(address) {
            Ok((listener, listening)) => {
                let close = Rc::new(Notify::new());
                self.open.insert(address, Rc::clone(&close));
                self.worker.accepting.set(self.worker.accepting.get() + 1);
                if self.failed.remove(&address) {
                    self.addresses.solve(address);
                }
                tokio::task::spawn_local(accept(
                    Rc::clone(&self.worker),
                    listener,
                    listening,
                    address,
                    close,
                ));
            }
            Err(problem) => {
                self.failed.insert(address);
                self.addresses.note(problem);
            }
        }
    }

    fn listen(&self, address: SocketAddr) -> Result<(TcpListener, Listening), BindError> {
        let (socket, listening) = self.addresses.open(address)?;
        let listener = TcpListener::from_std(socket).map_err(|source| BindError { address, source })?;
        Ok((listener, listening))
    }
}

/// Accepts until told to close; what is waiting by then is still accepted.
async fn accept(
    worker: Rc<Worker>,
    listener: TcpListener,
    listening: Listening,
    address: SocketAddr,
    close: Rc<Notify>,
) {
    accept_all(&worker, listener, &Rc::new(address), &close).await;
    drop(listening);
    worker.socket_closed();
}

async fn accept_all(worker: &Rc<Worker>, listener: TcpListener, address: &Rc<SocketAddr>, close: &Notify) {
    loop {
        tokio::select! {
            biased;
            accepted = listener.accept() => match accepted {
                Ok((stream, client)) => connection::spawn(worker, stream, client, address),
                Err(error) => worker.accept_failed(**address, &error).await,
            },
            () = close.notified() => break,
        }
    }
    accept_rest(worker, listener, address);
}

/// A connection that the kernel has completed must not be reset just because its socket closes.
fn accept_rest(worker: &Rc<Worker>, listener: TcpListener, address: &Rc<SocketAddr>) {
    let Ok(listener) = listener.into_std() else { return };
    while let Ok((stream, client)) = listener.accept() {
        let stream = stream.set_nonblocking(true).and_then(|()| tokio::net::TcpStream::from_std(stream));
        if let Ok(stream) = stream {
            connection::spawn(worker, stream, client, address);
        }
    }
}
