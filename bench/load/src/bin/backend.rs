//! The targets: `backend --targets 3` listens on that many loopback addresses (127.1.0.1, 127.1.0.2, …) with one port
//! and answers every request with the address it came to, in a body of 16 bytes.
//!
//! As little work as an answer can be, so that the targets are never what limits a measurement. Prints the port when
//! it listens; ends when standard input does.

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use bench_load::arguments::Arguments;
use bench_load::run::raise_descriptor_limit;
use memchr::memmem;
use mio::net::{TcpListener, TcpStream};
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Registry, Token};

/// Addresses 127.1.0.1 to 127.1.39.250.
const TARGETS_MAX: usize = 10_000;
const HOSTS_PER_NETWORK: usize = 250;
const STDIN: Token = Token(usize::MAX);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("backend: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    raise_descriptor_limit()?;
    let mut arguments = Arguments::parse(std::env::args().skip(1))?;
    let count: usize = arguments.required("targets")?;
    arguments.finish()?;
    if count == 0 || count > TARGETS_MAX {
        return Err(format!("--targets must be 1 to {TARGETS_MAX}"));
    }
    Backend::listen(count).and_then(Backend::serve).map_err(|error| error.to_string())
}

/// The address of target number `index`.
fn address_of(index: usize) -> Ipv4Addr {
    let network = u8::try_from(index / HOSTS_PER_NETWORK).unwrap_or(u8::MAX);
    let host = u8::try_from(index % HOSTS_PER_NETWORK + 1).unwrap_or(u8::MAX);
    Ipv4Addr::new(127, 1, network, host)
}

struct Target {
    listener: TcpListener,
    answer: Vec<u8>,
}

struct Client {
    socket: TcpStream,
    target: usize,
    /// Bytes of the request so far: only its last three matter, to find the empty line across two reads.
    tail: Vec<u8>,
}

struct Backend {
    poll: Poll,
    targets: Vec<Target>,
    clients: HashMap<usize, Client>,
    next_token: usize,
}

impl Backend {
    fn listen(count: usize) -> std::io::Result<Self> {
        let poll = Poll::new()?;
        let mut targets: Vec<Target> = Vec::with_capacity(count);
        let mut port = 0;
        for index in 0..count {
            let mut listener = TcpListener::bind(SocketAddr::from((address_of(index), port)))?;
            port = listener.local_addr()?.port();
            poll.registry().register(&mut listener, Token(index), Interest::READABLE)?;
            targets.push(Target { listener, answer: answer_of(index) });
        }
        println!("{port}");
        Ok(Self { poll, targets, clients: HashMap::new(), next_token: count })
    }

    fn serve(mut self) -> std::io::Result<()> {
        self.poll.registry().register(&mut SourceFd(&0), STDIN, Interest::READABLE)?;
        let mut events = Events::with_capacity(1024);
        loop {
            match self.poll.poll(&mut events, None) {
                Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
            for event in &events {
                match event.token() {
                    STDIN => return Ok(()),
                    Token(index) if index < self.targets.len() => self.accept(index)?,
                    Token(index) => self.answer(index),
                }
            }
        }
    }

    fn accept(&mut self, target: usize) -> std::io::Result<()> {
        let Some(Target { listener, .. }) = self.targets.get(target) else { return Ok(()) };
        loop {
            let (mut socket, _) = match listener.accept() {
                Ok(accepted) => accepted,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            socket.set_nodelay(true)?;
            let token = self.next_token;
            self.next_token += 1;
            register(self.poll.registry(), &mut socket, token)?;
            self.clients.insert(token, Client { socket, target, tail: Vec::new() });
        }
    }

    fn answer(&mut self, token: usize) {
        let Some(client) = self.clients.get_mut(&token) else { return };
        let Some(target) = self.targets.get(client.target) else { return };
        if !client.serve(&target.answer) {
            self.clients.remove(&token);
        }
    }
}

impl Client {
    /// Answers each request that is complete. False when the connection has ended.
    fn serve(&mut self, answer: &[u8]) -> bool {
        let mut buffer = [0; 4096];
        loop {
            let count = match self.socket.read(&mut buffer) {
                Ok(0) => return false,
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => return false,
            };
            for _ in 0..self.requests_in(buffer.get(..count).unwrap_or_default()) {
                // An answer is small and its reader waits for it: a socket that does not take it whole has ended.
                if !matches!(self.socket.write(answer), Ok(written) if written == answer.len()) {
                    return false;
                }
            }
            if count < buffer.len() {
                return true;
            }
        }
    }

    /// How many requests end in `bytes`. Requests have no body here, so that an empty line ends one.
    fn requests_in(&mut self, bytes: &[u8]) -> usize {
        let end = b"\r\n\r\n";
        if self.tail.is_empty() && bytes.ends_with(end) {
            return memmem::find_iter(bytes, end).count();
        }
        self.tail.extend_from_slice(bytes);
        let requests = memmem::find_iter(&self.tail, end).count();
        let whole = memmem::rfind(&self.tail, end).map_or(0, |start| start + end.len());
        self.tail.drain(..whole.max(self.tail.len().saturating_sub(end.len() - 1)));
        requests
    }
}

fn register(registry: &Registry, socket: &mut TcpStream, token: usize) -> std::io::Result<()> {
    registry.register(socket, Token(token), Interest::READABLE)
}

fn answer_of(index: usize) -> Vec<u8> {
    let body = format!("{:<16}", address_of(index));
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{address_of, answer_of};

    #[test]
    fn every_target_has_its_own_loopback_address() {
        assert_eq!(address_of(0).to_string(), "127.1.0.1");
        assert_eq!(address_of(249).to_string(), "127.1.0.250");
        assert_eq!(address_of(250).to_string(), "127.1.1.1");
        let all: std::collections::HashSet<_> = (0..3_000).map(address_of).collect();
        assert_eq!(all.len(), 3_000);
        assert!(all.iter().all(std::net::Ipv4Addr::is_loopback));
    }

    #[test]
    fn answers_are_of_one_size() {
        assert!(answer_of(0).ends_with(b"\r\n\r\n127.1.0.1       "));
        assert_eq!(answer_of(0).len(), answer_of(2_999).len());
    }
}
