//! Targets that do what a test tells them to, misbehaviour included.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};

use super::PATIENCE;
use super::client::header;

/// A target that listens on a free port until it is dropped.
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    /// Every byte that came, by connection.
    pub(crate) received: Arc<Mutex<Vec<Vec<u8>>>>,
    pub(crate) connections: Arc<AtomicUsize>,
    open: Open,
    listener: TcpListener,
}

/// Connections that are open, by number.
type Open = Arc<Mutex<BTreeMap<usize, TcpStream>>>;

/// A connection to the load balancer, seen from the target.
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    /// Which connection this is, from zero.
    pub(crate) number: usize,
    received: Arc<Mutex<Vec<Vec<u8>>>>,
    open: Open,
    /// How much of what was received was looked at.
    looked: usize,
}

impl Target {
    /// Runs `serve` for each connection, in its own thread.
    pub(crate) fn start(serve: impl Fn(Connection) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, received) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let connections = Arc::new(AtomicUsize::new(0));
        let serve = Arc::new(serve);
        let (socket, all) = (listener.try_clone().unwrap(), Arc::clone(&received));
        let (count, open) = (Arc::clone(&connections), Open::default());
        let opened = Arc::clone(&open);
        std::thread::spawn(move || {
            while let Ok((stream, _)) = socket.accept() {
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                stream.set_nodelay(true).unwrap();
                all.lock().unwrap().push(Vec::new());
                let number = count.fetch_add(1, Ordering::SeqCst);
                opened.lock().unwrap().insert(number, stream.try_clone().unwrap());
                let (received, open) = (Arc::clone(&all), Arc::clone(&opened));
                let connection = Connection { stream, number, received, open, looked: 0 };
                let serve = Arc::clone(&serve);
                std::thread::spawn(move || serve(connection));
            }
        });
        Self { address, received, connections, open, listener }
    }

    /// Answers every request with this, whatever it is, on as many requests as come.
    pub(crate) fn answering(response: &'static str) -> Self {
        Self::start(move |mut connection| {
            while connection.request().is_some() {
                if !connection.try_send(response) {
                    return;
                }
            }
        })
    }

    /// Answers 200 with its name.
    pub(crate) fn named(name: &'static str) -> Self {
        Self::start(move |mut connection| {
            while connection.request().is_some() {
                connection.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{name}", name.len()));
            }
        })
    }

    /// All that came on the connection with this number.
    pub(crate) fn text(&self, connection: usize) -> String {
        String::from_utf8_lossy(&self.received.lock().unwrap()[connection]).into_owned()
    }

    /// All that came on any connection.
    pub(crate) fn all(&self) -> String {
        let received = self.received.lock().unwrap();
        received.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        // Wakes the thread that accepts, so that the port is given back.
        let _ = SockRef::from(&self.listener).shutdown(std::net::Shutdown::Both);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.open.lock().unwrap().remove(&self.number);
    }
}

impl Connection {
    /// Reads a request with its body, if it has a length or chunks. `None` when the connection has ended.
    pub(crate) fn request(&mut self) -> Option<String> {
        let head = self.head()?;
        let start = self.looked;
        if let Some(length) = header(&head, "content-length") {
            self.need(start + length.parse::<usize>().unwrap())?;
            self.looked = start + length.parse::<usize>().unwrap();
        } else if header(&head, "transfer-encoding").is_some() {
            let ended = |seen: &str| {
                seen.ends_with("\r\n\r\n") && (seen.starts_with("0\r\n") || seen.contains("\r\n0\r\n"))
            };
            while !ended(&self.seen(start)) {
                self.more()?;
            }
            self.looked = start + self.seen(start).len();
        }
        Some(head + &self.seen(start)[..self.looked - start])
    }

    /// Reads a head.
    pub(crate) fn head(&mut self) -> Option<String> {
        loop {
            let seen = self.seen(self.looked);
            if let Some(end) = seen.find("\r\n\r\n") {
                self.looked += end + 4;
                return Some(seen[..end + 4].to_owned());
            }
            self.more()?;
        }
    }

    /// Reads a head without a byte of what follows it.
    pub(crate) fn head_alone(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        String::from_utf8(head).unwrap()
    }

    /// Waits until so many bytes have come on this connection.
    pub(crate) fn need(&mut self, count: usize) -> Option<()> {
        while self.received.lock().unwrap()[self.number].len() < count {
            self.more()?;
        }
        Some(())
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).unwrap();
    }

    pub(crate) fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// Closes with a reset.
    pub(crate) fn reset(self) {
        SockRef::from(&self.stream).set_linger(Some(std::time::Duration::ZERO)).unwrap();
    }

    /// Waits until the load balancer closes.
    pub(crate) fn wait_for_end(&mut self) {
        while self.more().is_some() {}
    }

    /// Reads once more.
    pub(crate) fn more(&mut self) -> Option<()> {
        let mut buffer = [0; 65536];
        match self.stream.read(&mut buffer) {
            Ok(0) => None,
            Ok(count) => {
                self.received.lock().unwrap()[self.number].extend_from_slice(&buffer[..count]);
                Some(())
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => panic!("nothing came"),
            Err(_) => None,
        }
    }

    fn seen(&self, from: usize) -> String {
        let received = self.received.lock().unwrap();
        String::from_utf8_lossy(&received[self.number][from..]).into_owned()
    }
}

impl Target {
    /// Dies like a killed process: nothing is answered any more, every connection is reset, the port refuses.
    pub(crate) fn kill(self) {
        for stream in self.open.lock().unwrap().values() {
            SockRef::from(stream).set_linger(Some(std::time::Duration::ZERO)).unwrap();
            // Ends the thread that reads, which closes it.
            let _ = stream.shutdown(std::net::Shutdown::Read);
        }
        while !self.open.lock().unwrap().is_empty() {
            std::thread::yield_now();
        }
    }
}

/// An address at which connections are neither taken nor refused, as long as the rest of this is kept.
pub(crate) fn silent() -> (SocketAddr, Socket, Vec<TcpStream>) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    socket.listen(0).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(500)).ok();
    let waiting = std::iter::from_fn(connect).collect();
    (address, socket, waiting)
}
