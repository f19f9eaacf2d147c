//! A target's side of a connection: what it answers to which bytes.
//!
//! As little work as an answer can be, so that the targets are never what limits a measurement.
//!
//! | request | answer |
//! |---|---|
//! | `GET /download/65536` | the target's name, and filling up to so many bytes |
//! | `POST` with a length | the target's name, and in `X-Received` how many bytes came |
//! | `GET /echo` with a WebSocket's key | `101`, and then every message as it came |
//! | any other | the target's name |

use std::net::Ipv4Addr;

use memchr::memmem;

use crate::output::Output;
use crate::response::fields;
use crate::websocket::{ACCEPT, Echo, KEY};
use crate::work::{DOWNLOAD_PATH, ECHO_PATH, NAME_BYTES, RECEIVED_FIELD, TARGET_FIELD};

const HOSTS_PER_NETWORK: usize = 250;
const END: &[u8] = b"\r\n\r\n";

/// What a target answers with.
#[derive(Debug)]
pub struct Target {
    /// Its address, with blanks up to [`NAME_BYTES`].
    name: String,
    small: Vec<u8>,
}

/// One connection to a target.
#[derive(Debug, Default)]
pub struct Conversation {
    state: State,
    /// The beginning of a head that came in more than one piece.
    head: Vec<u8>,
    /// What is to be written.
    pub output: Output,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Head,
    Body {
        length: u64,
        left: u64,
    },
    Echo(Echo),
}

/// What came is nothing that a target answers.
#[derive(Debug, PartialEq, Eq)]
pub struct NotUnderstood;

/// The address of target number `index`.
pub fn address_of(index: usize) -> Ipv4Addr {
    let network = u8::try_from(index / HOSTS_PER_NETWORK).unwrap_or(u8::MAX);
    let host = u8::try_from(index % HOSTS_PER_NETWORK + 1).unwrap_or(u8::MAX);
    Ipv4Addr::new(127, 1, network, host)
}

impl Target {
    /// Target number `index`.
    pub fn new(index: usize) -> Self {
        let name = format!("{:<NAME_BYTES$}", address_of(index));
        Self { small: answer("", NAME_BYTES as u64, &name), name }
    }
}

impl Conversation {
    /// Takes bytes that came, and puts into the output what they are answered with.
    pub fn feed(&mut self, mut bytes: &[u8], target: &Target) -> Result<(), NotUnderstood> {
        while !bytes.is_empty() {
            let used = match &mut self.state {
                State::Head => self.take_head(bytes, target)?,
                State::Body { length, left } => {
                    let used = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                    *left -= used as u64;
                    if *left == 0 {
                        let received = format!("{RECEIVED_FIELD}: {length}\r\n");
                        self.output.push(&answer(&received, NAME_BYTES as u64, &target.name), 0);
                        self.state = State::Head;
                    }
                    used
                }
                State::Echo(echo) => {
                    self.output.push(&echo.feed(bytes).ok_or(NotUnderstood)?, 0);
                    bytes.len()
                }
            };
            bytes = bytes.get(used..).unwrap_or_default();
        }
        Ok(())
    }

    /// Answers a head when it is whole; gives how many bytes were used.
    fn take_head(&mut self, bytes: &[u8], target: &Target) -> Result<usize, NotUnderstood> {
        let before = self.head.len();
        if before == 0 {
            // The usual case: a whole head at once, which need not be kept.
            if let Some(at) = memmem::find(bytes, END) {
                let (head, _) = bytes.split_at(at + END.len());
                return self.begin(head, target).map(|()| head.len());
            }
        }
        self.head.extend_from_slice(bytes);
        let searched = before.saturating_sub(END.len() - 1);
        let Some(at) = memmem::find(self.head.get(searched..).unwrap_or_default(), END) else {
            return Ok(bytes.len());
        };
        let mut head = std::mem::take(&mut self.head);
        head.truncate(searched + at + END.len());
        self.begin(&head, target).map(|()| head.len() - before)
    }

    fn begin(&mut self, head: &[u8], target: &Target) -> Result<(), NotUnderstood> {
        if !self.output.is_empty() {
            // Nobody asks a second time before the first answer is there.
            return Err(NotUnderstood);
        }
        if head.starts_with(b"POST ") {
            let length = length_of(head).filter(|length| *length > 0).ok_or(NotUnderstood)?;
            self.state = State::Body { length, left: length };
            return Ok(());
        }
        let path = head.strip_prefix(b"GET ").ok_or(NotUnderstood)?;
        if let Some(rest) = path.strip_prefix(DOWNLOAD_PATH.as_bytes()) {
            let length = rest.split(|byte| *byte == b' ').next().and_then(number).ok_or(NotUnderstood)?;
            let filling = length.checked_sub(NAME_BYTES as u64).ok_or(NotUnderstood)?;
            self.output.push(&answer("", length, &target.name), filling);
        } else if path.starts_with(ECHO_PATH.as_bytes()) {
            memmem::find(head, KEY.as_bytes()).ok_or(NotUnderstood)?;
            self.output.push(&upgrade(&target.name), 0);
            self.state = State::Echo(Echo::default());
        } else {
            self.output.push(&target.small, 0);
        }
        Ok(())
    }
}

fn answer(fields: &str, length: u64, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n{fields}Content-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

fn upgrade(name: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Accept: {ACCEPT}\r\n{TARGET_FIELD}: {}\r\n\r\n",
        name.trim_end()
    )
    .into_bytes()
}

fn length_of(head: &[u8]) -> Option<u64> {
    fields(head)
        .find_map(|(name, value)| name.eq_ignore_ascii_case(b"content-length").then(|| number(value))?)
}

fn number(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Conversation, NotUnderstood, Target, address_of};
    use crate::response::Response;
    use crate::websocket::Messages;
    use crate::work::Work;

    /// What a target answers to `bytes` that come in pieces.
    fn answers(bytes: &[u8], size: usize) -> Result<Vec<u8>, NotUnderstood> {
        let (mut conversation, mut written) = (Conversation::default(), Vec::new());
        for piece in bytes.chunks(size) {
            conversation.feed(piece, &Target::new(0))?;
            conversation.output.write_to(&mut written).unwrap();
        }
        Ok(written)
    }

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
        assert!(Target::new(0).small.ends_with(b"\r\n\r\n127.1.0.1       "));
        assert_eq!(Target::new(0).small.len(), Target::new(2_999).small.len());
    }

    #[test]
    fn clients_get_the_answers_they_expect_however_the_bytes_are_cut() {
        let works = [
            Work::Request { path: "/service-9/cart".to_owned() },
            Work::Download { bytes: 100_000 },
            Work::Upload { bytes: 3_000 },
        ];
        for work in &works {
            let mut request = work.head("h", b"AWSALB=a");
            request.resize(request.len() + work.body_bytes() as usize, b'.');
            for size in [1, 7, 100, 1_000_000] {
                let Ok(answer) = answers(&request, size) else { panic!("{work:?}, {size} bytes at a time") };
                let mut response = Response::default();
                assert_eq!(response.feed(&answer), Ok(answer.len()));
                assert!(
                    response.is_whole() && work.is_answered_by(&response),
                    "{work:?}, {size} bytes at a time"
                );
                assert_eq!(work.target(&response), b"127.1.0.1");
            }
        }
    }

    #[test]
    fn a_connection_takes_one_request_after_the_other_and_no_two_at_once() {
        let request = Work::Request { path: "/cart".to_owned() }.head("h", b"");
        let answer = answers(&request, request.len()).unwrap();
        assert_eq!(answers(&request.repeat(2), request.len()), Ok(answer.repeat(2)));
        assert_eq!(answers(&request.repeat(2), request.len() * 2), Err(NotUnderstood));
    }

    #[test]
    fn messages_come_back_after_an_upgrade() {
        let work = Work::Echo { bytes: 64 };
        let mut messages = Messages::new(64, 0);
        let handshake = work.head("h", b"");
        let mut bytes = handshake.clone();
        bytes.extend(messages.next_frame());
        let answer = answers(&bytes, handshake.len()).unwrap();
        let mut response = Response::default();
        let used = response.feed(&answer).unwrap();
        assert!(response.is_whole() && work.is_answered_by(&response));
        assert_eq!(messages.feed(&answer[used..]), Ok(true));
    }

    #[test]
    fn what_cannot_be_answered_ends_the_connection() {
        for request in [
            &b"POST /upload HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"[..],
            b"GET /download/x HTTP/1.1\r\n\r\n",
            b"GET /echo HTTP/1.1\r\n\r\n",
            b"PUT / HTTP/1.1\r\n\r\n",
        ] {
            assert_eq!(answers(request, 1_000), Err(NotUnderstood));
        }
    }
}
