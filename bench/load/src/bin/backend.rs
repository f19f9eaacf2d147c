//! The targets: `backend --targets 3` listens on that many loopback addresses (127.1.0.1, 127.1.0.2, …) with one port.
//!
//! Prints the port when it listens; ends when standard input does. What is answered is in [`bench_load::target`].

use std::collections::HashMap;
use std::io::{ErrorKind, Read};
use std::net::SocketAddr;
use std::process::ExitCode;

use bench_load::arguments::Arguments;
use bench_load::run::{SCRATCH_BYTES, raise_descriptor_limit};
use bench_load::target::{Conversation, Target, address_of};
use mio::net::{TcpListener, TcpStream};
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};

/// Addresses 127.1.0.1 to 127.1.39.250.
const TARGETS_MAX: usize = 10_000;
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

struct Listener {
    socket: TcpListener,
    target: Target,
}

struct Client {
    socket: TcpStream,
    target: usize,
    conversation: Conversation,
}

struct Backend {
    poll: Poll,
    listeners: Vec<Listener>,
    clients: HashMap<usize, Client>,
    next_token: usize,
    scratch: Vec<u8>,
}

impl Backend {
    fn listen(count: usize) -> std::io::Result<Self> {
        let poll = Poll::new()?;
        let mut listeners: Vec<Listener> = Vec::with_capacity(count);
        let mut port = 0;
        for index in 0..count {
            let mut socket = TcpListener::bind(SocketAddr::from((address_of(index), port)))?;
            port = socket.local_addr()?.port();
            poll.registry().register(&mut socket, Token(index), Interest::READABLE)?;
            listeners.push(Listener { socket, target: Target::new(index) });
        }
        println!("{port}");
        Ok(Self {
            poll,
            listeners,
            clients: HashMap::new(),
            next_token: count,
            scratch: vec![0; SCRATCH_BYTES],
        })
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
                    Token(index) if index < self.listeners.len() => self.accept(index)?,
                    Token(index) => self.answer(index),
                }
            }
        }
    }

    fn accept(&mut self, target: usize) -> std::io::Result<()> {
        let Some(Listener { socket, .. }) = self.listeners.get(target) else { return Ok(()) };
        loop {
            let (mut socket, _) = match socket.accept() {
                Ok(accepted) => accepted,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            socket.set_nodelay(true)?;
            let token = self.next_token;
            self.next_token += 1;
            let interest = Interest::READABLE | Interest::WRITABLE;
            self.poll.registry().register(&mut socket, Token(token), interest)?;
            self.clients.insert(token, Client { socket, target, conversation: Conversation::default() });
        }
    }

    fn answer(&mut self, token: usize) {
        let Some(client) = self.clients.get_mut(&token) else { return };
        let Some(Listener { target, .. }) = self.listeners.get(client.target) else { return };
        if !client.serve(target, &mut self.scratch) {
            self.clients.remove(&token);
        }
    }
}

impl Client {
    /// Writes and reads what can be. False when the connection has ended.
    fn serve(&mut self, target: &Target, scratch: &mut [u8]) -> bool {
        loop {
            if self.conversation.output.write_to(&mut self.socket).is_err() {
                return false;
            }
            let count = match self.socket.read(scratch) {
                Ok(0) => return false,
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => return false,
            };
            let bytes = scratch.get(..count).unwrap_or_default();
            if self.conversation.feed(bytes, target).is_err() {
                return false;
            }
            if count < scratch.len() {
                return self.conversation.output.write_to(&mut self.socket).is_ok();
            }
        }
    }
}
