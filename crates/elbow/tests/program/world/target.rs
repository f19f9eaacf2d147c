//! A target that answers every request with its name, lets users in, and can be told to wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};

/// A listening target. Dropping it closes its socket.
pub struct Target {
    port: u16,
    task: JoinHandle<()>,
    held: Arc<Gate>,
}

#[derive(Default)]
struct Gate {
    shut: AtomicBool,
    /// Told when a request waits.
    waits: Notify,
    opened: Notify,
}

impl Target {
    /// Starts a target.
    pub async fn start(name: &'static str) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), name)
    }

    /// Starts targets at addresses of their own on one port, as instances listen.
    pub async fn start_on_one_port<const N: usize>(names: [(&'static str, &'static str); N]) -> [Self; N] {
        loop {
            let mut listeners = Vec::new();
            let mut port = 0;
            for (_, address) in names {
                let Ok(listener) = TcpListener::bind((address, port)).await else { break };
                port = listener.local_addr().unwrap().port();
                listeners.push(listener);
            }
            // Somebody else may have the port at one of the addresses; then another port is tried.
            if let Ok(listeners) = <[TcpListener; N]>::try_from(listeners) {
                let mut names = names.into_iter();
                return listeners.map(|listener| Self::on(listener, names.next().unwrap().0));
            }
        }
    }

    fn on(listener: TcpListener, name: &'static str) -> Self {
        let port = listener.local_addr().unwrap().port();
        let held = Arc::new(Gate::default());
        let gate = Arc::clone(&held);
        let task = tokio::spawn(async move {
            // They end with the task, as the connections of a process that dies.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(answer(stream, name, Arc::clone(&gate)));
            }
        });
        Self { port, task, held }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends it with all its connections. When this returns, new ones are refused.
    pub async fn stop(mut self) {
        self.task.abort();
        assert!((&mut self.task).await.unwrap_err().is_cancelled());
    }

    /// From now on, requests for `/slow` wait.
    pub fn hold(&self) {
        self.held.shut.store(true, Ordering::SeqCst);
    }

    /// Returns when a request waits.
    pub async fn holds_one(&self) {
        self.held.waits.notified().await;
    }

    /// Lets the requests that wait go on.
    pub fn let_go(&self) {
        self.held.shut.store(false, Ordering::SeqCst);
        self.held.opened.notify_waiters();
        self.held.opened.notify_one();
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(mut stream: TcpStream, name: &'static str, gate: Arc<Gate>) {
    let (mut head, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let Ok(read @ 1..) = stream.read(&mut buffer).await else { return };
        head.extend_from_slice(&buffer[..read]);
        if !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        if head.starts_with(b"GET /slow") && gate.shut.load(Ordering::SeqCst) {
            gate.waits.notify_one();
            gate.opened.notified().await;
        }
        // The application's own session, as Java's servers name it.
        let cookie = match head.starts_with(b"GET /login") {
            true => "Set-Cookie: JSESSIONID=1; Path=/; HttpOnly\r\n",
            false => "",
        };
        let response = format!("HTTP/1.1 200 OK\r\n{cookie}Content-Length: {}\r\n\r\n{name}", name.len());
        if stream.write_all(response.as_bytes()).await.is_err() {
            return;
        }
        head.clear();
    }
}
