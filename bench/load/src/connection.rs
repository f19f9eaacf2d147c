//! One client: a connection, its session, and the one request it has in flight.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::Instant;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use crate::response::Response;

const INPUT_BYTES: usize = 8 * 1024;

/// What a client remembers of its first answer.
#[derive(Debug, Clone, Default)]
pub struct Session {
    /// The `Cookie` value it sends from then on; empty when the proxy issued none.
    pub cookies: Vec<u8>,
    /// The body that its target answers with.
    pub target: Vec<u8>,
}

/// How one request ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ending {
    /// 200 from the session's target.
    Answered,
    /// 200 from another target than the session's.
    Moved,
    /// Another status, or the connection ended.
    Failed,
}

/// A client and its connection.
#[derive(Debug)]
pub struct Connection {
    address: SocketAddr,
    socket: TcpStream,
    request: Vec<u8>,
    session: Session,
    learning: bool,
    input: Vec<u8>,
    filled: usize,
    /// When the request in flight was due.
    asked: Option<Instant>,
    /// Due times of requests that wait for the one in flight.
    waiting: VecDeque<Instant>,
}

impl Connection {
    /// Connects (loopback: at once), with no session yet.
    pub fn open(address: SocketAddr, host: &str, registry: &Registry, token: Token) -> Result<Self, String> {
        Ok(Self {
            address,
            socket: connect(address, registry, token)?,
            request: request_bytes(host, b""),
            session: Session::default(),
            learning: true,
            input: vec![0; INPUT_BYTES],
            filled: 0,
            asked: None,
            waiting: VecDeque::new(),
        })
    }

    /// The session learned from the last answer.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// From now on sends this session's cookie and expects its target.
    pub fn follow(&mut self, session: Session, host: &str) {
        self.request = request_bytes(host, &session.cookies);
        self.session = session;
        self.learning = false;
    }

    /// Sends a request that was due at `due`, or keeps it for when the one in flight is answered.
    pub fn ask(&mut self, due: Instant) -> Result<(), String> {
        if self.asked.is_some() {
            self.waiting.push_back(due);
            return Ok(());
        }
        self.asked = Some(due);
        match self.socket.write(&self.request) {
            Ok(written) if written == self.request.len() => Ok(()),
            // One small request in flight always fits into an empty socket buffer.
            Ok(written) => Err(format!("only {written} bytes of a request were taken")),
            // The connection has ended: reading it tells, and there it is counted.
            Err(_) => Ok(()),
        }
    }

    /// Sends the next waiting request, if any.
    pub fn ask_waiting(&mut self) -> Result<(), String> {
        self.waiting.pop_front().map_or(Ok(()), |due| self.ask(due))
    }

    /// Reads what has come. Gives the request that ended, with the moment it was due, or none yet.
    pub fn receive(
        &mut self,
        registry: &Registry,
        token: Token,
    ) -> Result<Option<(Ending, Instant)>, String> {
        loop {
            let room = self.input.get_mut(self.filled..).unwrap_or_default();
            if room.is_empty() {
                return Err("an answer is larger than a benchmark's should be".to_owned());
            }
            let room_bytes = room.len();
            match self.socket.read(room) {
                Ok(0) => return self.reopen(registry, token),
                Ok(count) => {
                    self.filled += count;
                    // A short read has emptied the socket; asking again would only cost a system call.
                    if count < room_bytes {
                        return self.take_response(registry, token);
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    return self.take_response(registry, token);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return self.reopen(registry, token),
            }
        }
    }

    fn take_response(
        &mut self,
        registry: &Registry,
        token: Token,
    ) -> Result<Option<(Ending, Instant)>, String> {
        let input = self.input.get(..self.filled).unwrap_or_default();
        let Some(response) = Response::parse(input)? else { return Ok(None) };
        let Some(due) = self.asked.take() else { return Err("an answer that nobody asked for".to_owned()) };
        if response.len() != self.filled {
            return Err("bytes after an answer".to_owned());
        }
        let ending = if response.status != 200 {
            Ending::Failed
        } else if self.learning {
            self.session = Session { cookies: response.cookies(), target: response.body.to_vec() };
            Ending::Answered
        } else if response.body == self.session.target {
            Ending::Answered
        } else {
            Ending::Moved
        };
        let close = response.close;
        self.filled = 0;
        if close {
            self.reconnect(registry, token)?;
        }
        Ok(Some((ending, due)))
    }

    /// The proxy ended the connection: the request in flight failed, if there was one.
    fn reopen(&mut self, registry: &Registry, token: Token) -> Result<Option<(Ending, Instant)>, String> {
        self.reconnect(registry, token)?;
        Ok(self.asked.take().map(|due| (Ending::Failed, due)))
    }

    fn reconnect(&mut self, registry: &Registry, token: Token) -> Result<(), String> {
        self.filled = 0;
        self.socket = connect(self.address, registry, token)?;
        Ok(())
    }
}

fn connect(address: SocketAddr, registry: &Registry, token: Token) -> Result<TcpStream, String> {
    let describe = |error: std::io::Error| format!("connecting to {address}: {error}");
    let socket = std::net::TcpStream::connect(address).map_err(describe)?;
    socket.set_nodelay(true).map_err(describe)?;
    socket.set_nonblocking(true).map_err(describe)?;
    let mut socket = TcpStream::from_std(socket);
    registry.register(&mut socket, token, Interest::READABLE).map_err(describe)?;
    Ok(socket)
}

fn request_bytes(host: &str, cookies: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("GET /cart HTTP/1.1\r\nHost: {host}\r\nUser-Agent: bench\r\nAccept: */*\r\n").into_bytes();
    if !cookies.is_empty() {
        bytes.extend_from_slice(b"Cookie: ");
        bytes.extend_from_slice(cookies);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes
}

#[cfg(test)]
mod tests {
    use super::request_bytes;

    #[test]
    fn a_request_carries_its_session() {
        let request = String::from_utf8(request_bytes("127.0.0.1:80", b"SRV=a1")).unwrap();
        assert!(request.starts_with("GET /cart HTTP/1.1\r\nHost: 127.0.0.1:80\r\n"));
        assert!(request.ends_with("\r\nCookie: SRV=a1\r\n\r\n"));
        assert!(!String::from_utf8(request_bytes("h", b"")).unwrap().contains("Cookie"));
    }
}
