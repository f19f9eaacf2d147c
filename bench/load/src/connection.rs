//! One client: a connection, its session, and the one exchange it has in flight.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::Instant;

use mio::{Registry, Token};

use crate::output::Output;
use crate::response::Response;
use crate::transport::{Dialer, Transport};
use crate::websocket::Messages;
use crate::work::Work;

/// What a client remembers of its first answer.
#[derive(Debug, Clone, Default)]
pub struct Session {
    /// The `Cookie` value it sends from then on; empty when the proxy issued none.
    pub cookies: Vec<u8>,
    /// The target that answered.
    pub target: Vec<u8>,
}

/// How one exchange ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ending {
    /// The right answer from the session's target; from any, for a client without session.
    Answered,
    /// The right answer, but from another target than the session's.
    Moved,
    /// Another answer, or the connection ended.
    Failed,
}

/// What a connection speaks.
#[derive(Debug)]
enum Protocol {
    Http(Response),
    WebSocket(Messages),
}

/// A client and its connection.
#[derive(Debug)]
pub struct Connection {
    address: SocketAddr,
    token: Token,
    dialer: Dialer,
    /// Each exchange has a connection of its own.
    fresh: bool,
    transport: Transport,
    protocol: Protocol,
    work: Work,
    request: Vec<u8>,
    session: Session,
    phase: Phase,
    output: Output,
    /// When the request in flight was due.
    asked: Option<Instant>,
    /// Due times of requests that wait for the one in flight.
    waiting: VecDeque<Instant>,
    /// Connections that took up a TLS session and have ended.
    resumed: u64,
}

/// What a client makes of the target that answers.
#[derive(Debug, PartialEq, Eq)]
enum Phase {
    /// Remembers it.
    Introduction,
    /// Expects it to be the session's.
    Sticky,
    /// Remembers it: any may answer.
    Free,
}

impl Connection {
    /// Connects, with no session yet: what it asks first is the introduction of `work`.
    pub fn open(
        address: SocketAddr,
        dialer: &Dialer,
        host: &str,
        work: &Work,
        registry: &Registry,
        token: Token,
    ) -> Result<Self, String> {
        let (work, dialer) = (work.introduction(), dialer.of_one_client());
        Ok(Self {
            address,
            token,
            transport: dialer.connect(address, registry, token)?,
            dialer,
            fresh: false,
            protocol: Protocol::Http(Response::default()),
            request: work.head(host, b""),
            work,
            session: Session::default(),
            phase: Phase::Introduction,
            output: Output::default(),
            asked: None,
            waiting: VecDeque::new(),
            resumed: 0,
        })
    }

    /// How many of its connections took up the TLS session of the one before, and have ended.
    pub fn resumed(&self) -> u64 {
        self.resumed
    }

    /// The session learned from the last answer.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// From now on does `work` with this session's cookie, and expects its target if sessions are `sticky`; on a
    /// connection of its own for each exchange if they are to be `fresh`.
    pub fn follow(&mut self, session: Session, sticky: bool, fresh: bool, host: &str, work: &Work) {
        self.fresh = fresh;
        if let Work::Echo { bytes } = work {
            let first = (self.token.0 as u64) << 32;
            self.protocol = Protocol::WebSocket(Messages::new(*bytes, first));
        }
        self.request = work.head(host, &session.cookies);
        self.work = work.clone();
        self.session = session;
        self.phase = if sticky { Phase::Sticky } else { Phase::Free };
    }

    /// Sends a request that was due at `due`, or keeps it for when the one in flight is answered.
    pub fn ask(&mut self, due: Instant) {
        if self.asked.is_some() {
            self.waiting.push_back(due);
            return;
        }
        self.asked = Some(due);
        match &mut self.protocol {
            Protocol::Http(_) => self.output.push(&self.request, self.work.body_bytes()),
            Protocol::WebSocket(messages) => self.output.push(&messages.next_frame(), 0),
        }
        self.send();
    }

    /// Sends the next waiting request, if any.
    pub fn ask_waiting(&mut self) {
        if let Some(due) = self.waiting.pop_front() {
            self.ask(due);
        }
    }

    /// Writes and reads what can be. Gives the exchange that ended, with the moment it was due, or none yet. `scratch`
    /// is for bytes on their way.
    pub fn proceed(
        &mut self,
        scratch: &mut [u8],
        registry: &Registry,
    ) -> Result<Option<(Ending, Instant)>, String> {
        self.send();
        loop {
            match self.transport.read(scratch) {
                Ok(0) => return self.reopen(registry),
                Ok(count) => {
                    let ending = self.take(scratch.get(..count).unwrap_or_default(), registry)?;
                    // A short read has emptied the socket; asking again would only cost a system call.
                    if ending.is_some() || count < scratch.len() && self.transport.empties() {
                        return Ok(ending);
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return self.reopen(registry),
            }
        }
    }

    fn send(&mut self) {
        if self.output.write_to(&mut self.transport).and_then(|()| self.transport.flush()).is_err() {
            // The connection has ended: reading it tells, and there it is counted.
            self.output.clear();
        }
    }

    fn take(&mut self, bytes: &[u8], registry: &Registry) -> Result<Option<(Ending, Instant)>, String> {
        let whole = match &mut self.protocol {
            Protocol::WebSocket(messages) => messages.feed(bytes)?,
            Protocol::Http(response) => {
                if response.feed(bytes)? != bytes.len() {
                    return Err("bytes after an answer".to_owned());
                }
                response.is_whole()
            }
        };
        if !whole {
            return Ok(None);
        }
        let Some(due) = self.asked.take() else { return Err("an answer that nobody asked for".to_owned()) };
        let (ending, close) = self.judge();
        // An answer before the end of its request leaves a connection that nothing more can be asked on.
        if close || self.fresh || !self.output.is_empty() {
            self.resumed += u64::from(self.transport.is_resumed());
            self.transport.say_goodbye();
            self.reconnect(registry)?;
        }
        Ok(Some((ending, due)))
    }

    /// How the exchange ended whose answer is whole, and whether the connection ends with it.
    fn judge(&mut self) -> (Ending, bool) {
        let Protocol::Http(response) = &mut self.protocol else { return (Ending::Answered, false) };
        let close = response.closes();
        let target = self.work.target(response);
        let ending = if !self.work.is_answered_by(response) || target.is_empty() {
            Ending::Failed
        } else if self.session.target == target {
            Ending::Answered
        } else if self.phase == Phase::Sticky {
            Ending::Moved
        } else {
            self.session.target = target.to_vec();
            Ending::Answered
        };
        if self.phase == Phase::Introduction {
            self.session.cookies = response.cookies();
        }
        response.clear();
        (ending, close)
    }

    /// The proxy ended the connection: the request in flight failed, if there was one.
    fn reopen(&mut self, registry: &Registry) -> Result<Option<(Ending, Instant)>, String> {
        if matches!(self.protocol, Protocol::WebSocket(_)) {
            return Err("a WebSocket has ended".to_owned());
        }
        self.reconnect(registry)?;
        Ok(self.asked.take().map(|due| (Ending::Failed, due)))
    }

    fn reconnect(&mut self, registry: &Registry) -> Result<(), String> {
        self.output.clear();
        if let Protocol::Http(response) = &mut self.protocol {
            response.clear();
        }
        self.transport = self.dialer.connect(self.address, registry, self.token)?;
        Ok(())
    }
}
