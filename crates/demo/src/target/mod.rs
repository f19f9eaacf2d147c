//! One target: the cart page and its JSON, answered by the process that calls [`run`].
//!
//! - [`run`]: listen, say so on standard output, answer until the parent is gone.
//! - `answer`: which path does what.
//! - `page`: the files that a browser is given.
//! - [`report`]: the lines that a target writes to its parent.

mod answer;
mod page;
pub mod report;
mod state;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::{Error, SessionBackend, Sessions, http};
use answer::Shop;
use report::Report;

/// How often the parent is told about counts, when they have changed.
const REPORT_INTERVAL: Duration = Duration::from_millis(250);

/// What one target needs to know.
#[derive(Clone, Debug)]
pub struct TargetSettings {
    /// Shown on the page, for example `cart-1`.
    pub name: String,
    /// Availability zone, shown on the page.
    pub zone: String,
    /// Port on 127.0.0.1; 0 lets the system choose.
    pub port: u16,
    /// Where the carts are kept.
    pub sessions: SessionBackend,
    /// Where the page finds the control server; without one it shows no switches.
    pub control: Option<SocketAddr>,
}

/// Runs a target until standard input ends.
///
/// The parent keeps the other end of standard input open and never writes: when the parent dies, however it
/// dies, the pipe closes and the target goes with it. The first line on standard output is
/// `listening <address>`, the others are counts; see [`report`].
///
/// # Errors
/// [`Error::Listen`] if the port cannot be had, [`Error::Redis`] if the session store does not answer.
pub async fn run(settings: TargetSettings) -> Result<(), Error> {
    let sessions = Sessions::open(&settings.sessions).await?;
    let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, settings.port));
    let listener = TcpListener::bind(wanted).await;
    let listener = listener.map_err(|source| Error::Listen { address: wanted, source })?;
    let address = listener.local_addr().map_err(|source| Error::Listen { address: wanted, source })?;

    let shop = Arc::new(Shop::new(settings, address, sessions));
    Report::Listening(address).write();
    tracing::debug!(%address, "target listens");

    let parent_gone = parent_gone();
    let reporting = report_counts(Arc::clone(&shop));
    let serving = http::serve(listener, move |request| {
        let shop = Arc::clone(&shop);
        async move { shop.answer(request).await }
    });
    tokio::select! {
        () = serving => {}
        () = reporting => {}
        // Sent or dropped: either way nobody holds standard input any more.
        _ = parent_gone => {}
    }
    Ok(())
}

/// Ends with standard input. A thread of its own, because a blocked read on the runtime's pool would keep
/// the runtime from shutting down.
fn parent_gone() -> oneshot::Receiver<()> {
    let (gone, parent_gone) = oneshot::channel();
    std::thread::spawn(move || {
        // What is read does not matter, nor does why it ended.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = gone.send(());
    });
    parent_gone
}

async fn report_counts(shop: Arc<Shop>) {
    let mut tick = tokio::time::interval(REPORT_INTERVAL);
    let mut last = Report::Counts { requests: 0, sessions: 0 };
    loop {
        tick.tick().await;
        let now = shop.counts();
        if now != last {
            now.write();
            last = now;
        }
    }
}
