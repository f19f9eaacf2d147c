//! A client that writes exactly the bytes it is told to.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

use super::PATIENCE;

/// One connection.
pub(crate) struct Client<S = TcpStream> {
    pub(crate) stream: S,
    /// Read and not yet looked at.
    read: Vec<u8>,
}

/// A response as it came.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self::over(stream)
    }

    /// Finishes sending; the other way stays open.
    pub(crate) fn finish(&mut self) -> &mut Self {
        self.stream.shutdown(Shutdown::Write).unwrap();
        self
    }
}

impl<S: Read + Write> Client<S> {
    /// One over any connection.
    pub(crate) const fn over(stream: S) -> Self {
        Self { stream, read: Vec::new() }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.stream.write_all(bytes.as_ref()).unwrap();
        self
    }

    /// As [`Client::send`], for a peer that may have closed.
    pub(crate) fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// `GET` with a Host and more lines.
    pub(crate) fn get(&mut self, path: &str, lines: &str) -> Response {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: shop.example\r\n{lines}\r\n")).response()
    }

    /// The next response to anything but HEAD.
    pub(crate) fn response(&mut self) -> Response {
        let head = self.head();
        let body = match (header(&head, "content-length"), header(&head, "transfer-encoding")) {
            (Some(length), None) => self.take(length.parse().unwrap()),
            (None, Some("chunked")) => self.chunks(),
            (None, None) if ["1", "204", "304"].iter().any(|code| status_text(&head).starts_with(code)) => {
                Vec::new()
            }
            (None, None) => self.rest(),
            both => panic!("no framing in {both:?}"),
        };
        Response { head, body }
    }

    /// The next head, interim ones included.
    pub(crate) fn head(&mut self) -> String {
        loop {
            if let Some(end) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                return String::from_utf8(self.read.drain(..end + 4).collect()).unwrap();
            }
            assert!(self.more() > 0, "closed within a head: {:?}", String::from_utf8_lossy(&self.read));
        }
    }

    /// The next head, without reading a byte of what follows it.
    pub(crate) fn head_alone(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        String::from_utf8(head).unwrap()
    }

    /// So many bytes.
    pub(crate) fn take(&mut self, count: usize) -> Vec<u8> {
        while self.read.len() < count {
            assert!(self.more() > 0, "closed after {} of {count} bytes", self.read.len());
        }
        self.read.drain(..count).collect()
    }

    /// Everything until the connection closes, orderly or not.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        while self.more() > 0 {}
        std::mem::take(&mut self.read)
    }

    /// Asserts that exactly this comes until the other side finishes.
    pub(crate) fn expect_rest(&mut self, text: &str) {
        assert_eq!(String::from_utf8_lossy(&self.rest()), text);
    }

    /// Asserts that the connection closes and nothing more comes.
    pub(crate) fn expect_close(&mut self) {
        let rest = self.rest();
        assert_eq!(String::from_utf8_lossy(&rest), "", "before the connection closed");
    }

    fn chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let size = usize::from_str_radix(self.line().trim(), 16).unwrap();
            if size == 0 {
                while self.line() != "\r\n" {}
                return body;
            }
            body.extend(self.take(size));
            assert_eq!(self.take(2), b"\r\n");
        }
    }

    pub(crate) fn line(&mut self) -> String {
        loop {
            if let Some(end) = self.read.iter().position(|b| *b == b'\n') {
                return String::from_utf8(self.read.drain(..=end).collect()).unwrap();
            }
            assert!(self.more() > 0, "closed within a line");
        }
    }

    fn more(&mut self) -> usize {
        let mut buffer = [0; 65536];
        match self.stream.read(&mut buffer) {
            Ok(count) => {
                self.read.extend_from_slice(&buffer[..count]);
                count
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => panic!("nothing came"),
            Err(_) => 0,
        }
    }
}

impl Response {
    pub(crate) fn status(&self) -> u16 {
        status_text(&self.head).parse().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// `name=value` of the first cookie that is set.
    pub(crate) fn cookie(&self, name: &str) -> String {
        let mut lines = self.head.lines().filter_map(|line| line.strip_prefix("Set-Cookie: "));
        let line = lines.find(|line| line.starts_with(&format!("{name}="))).unwrap();
        line.split(';').next().unwrap().to_owned()
    }
}

fn status_text(head: &str) -> &str {
    head.split(' ').nth(1).unwrap().trim()
}

/// The value of the first line of this name.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}
