//! Takes a response apart as its bytes come, and keeps what matters: status, fields, where the body begins and ends.
//!
//! Reads only what a proxy in a benchmark sends: a head, then a body of `Content-Length` bytes. Anything else is an
//! error, because a figure over requests that were not understood means nothing. A body is counted, not kept.

use memchr::memmem;

use crate::work::NAME_BYTES;

/// A response head of more than this many bytes is an error.
pub const HEAD_MAX: usize = 16 * 1024;

/// A response, as far as it has come.
#[derive(Debug, Default)]
pub struct Response {
    head: Vec<u8>,
    framing: Option<Framing>,
    body: u64,
    body_start: Vec<u8>,
}

/// What a whole head says.
#[derive(Debug, Clone, Copy)]
struct Framing {
    status: u16,
    length: u64,
    close: bool,
}

impl Response {
    /// Takes what it can use of `bytes`, and gives how much that is. What is behind a response is not used.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<usize, String> {
        let mut used = 0;
        if self.framing.is_none() {
            used = self.take_head(bytes)?;
        }
        let Some(framing) = self.framing else { return Ok(used) };
        let left = usize::try_from(framing.length - self.body).unwrap_or(usize::MAX);
        let rest = bytes.get(used..).unwrap_or_default();
        let body = rest.get(..left.min(rest.len())).unwrap_or_default();
        let missing = NAME_BYTES.saturating_sub(self.body_start.len());
        self.body_start.extend_from_slice(body.get(..missing.min(body.len())).unwrap_or_default());
        self.body += body.len() as u64;
        Ok(used + body.len())
    }

    /// Whether all of it has come.
    pub fn is_whole(&self) -> bool {
        self.framing.is_some_and(|framing| framing.length == self.body)
    }

    /// Makes room for the next one.
    pub fn clear(&mut self) {
        self.head.clear();
        self.body_start.clear();
        (self.framing, self.body) = (None, 0);
    }

    /// The status code; 0 before the head is whole.
    pub fn status(&self) -> u16 {
        self.framing.map_or(0, |framing| framing.status)
    }

    /// Length of the whole body.
    pub fn length(&self) -> u64 {
        self.framing.map_or(0, |framing| framing.length)
    }

    /// Whether the connection ends after it.
    pub fn closes(&self) -> bool {
        self.framing.is_some_and(|framing| framing.close)
    }

    /// The body's first bytes; the targets write their own address there.
    pub fn body_start(&self) -> &[u8] {
        &self.body_start
    }

    /// The value of the first field with this name.
    pub fn field(&self, name: &str) -> Option<&[u8]> {
        fields(&self.head)
            .find_map(|(found, value)| found.eq_ignore_ascii_case(name.as_bytes()).then_some(value))
    }

    /// What a browser would send back: the name and value of every `Set-Cookie`, joined with `; `.
    pub fn cookies(&self) -> Vec<u8> {
        let pairs: Vec<&[u8]> = fields(&self.head)
            .filter(|(name, _)| name.eq_ignore_ascii_case(b"set-cookie"))
            .filter_map(|(_, value)| value.split(|byte| *byte == b';').next())
            .collect();
        pairs.join(&b"; "[..])
    }

    fn take_head(&mut self, bytes: &[u8]) -> Result<usize, String> {
        let before = self.head.len();
        let searched = before.saturating_sub(b"\r\n\r".len());
        let room = HEAD_MAX.saturating_sub(before).min(bytes.len());
        self.head.extend_from_slice(bytes.get(..room).unwrap_or_default());
        match memmem::find(self.head.get(searched..).unwrap_or_default(), b"\r\n\r\n") {
            Some(at) => {
                self.head.truncate(searched + at + 4);
                self.framing = Some(Framing::of(&self.head)?);
                Ok(self.head.len() - before)
            }
            None if self.head.len() == HEAD_MAX => Err("a response head without end".to_owned()),
            None => Ok(room),
        }
    }
}

impl Framing {
    fn of(head: &[u8]) -> Result<Self, String> {
        let problem = |what: &str| format!("no {what} in {:?}", String::from_utf8_lossy(head));
        let status = status_of(head).ok_or_else(|| problem("status"))?;
        // The answer to an upgrade has no body (RFC 9110, 15.2).
        let mut length = (status == 101).then_some(0);
        let mut close = false;
        for (name, value) in fields(head) {
            if name.eq_ignore_ascii_case(b"content-length") {
                length = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
            } else if name.eq_ignore_ascii_case(b"connection") {
                close = value.eq_ignore_ascii_case(b"close");
            }
        }
        Ok(Self { status, length: length.ok_or_else(|| problem("length"))?, close })
    }
}

fn status_of(head: &[u8]) -> Option<u16> {
    let digits = head.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The fields of a head, values trimmed, without its first line.
pub fn fields(head: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    lines(head).skip(1).filter_map(|line| {
        let colon = memchr::memchr(b':', line)?;
        let (name, value) = line.split_at(colon);
        Some((name, value.get(1..)?.trim_ascii()))
    })
}

fn lines(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    head.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use super::Response;

    const STICKY: &[u8] =
        b"HTTP/1.1 200 OK\r\nset-cookie: AWSALB=abc; Expires=x; Path=/\r\nSet-Cookie: AWSALBCORS=abc; \
        SameSite=None\r\nContent-Length: 20\r\n\r\n127.1.0.1       ....HTTP/1.1";

    #[test]
    fn finds_status_cookies_and_body_however_the_bytes_are_cut() {
        for size in 1..STICKY.len() {
            let mut response = Response::default();
            let mut used = 0;
            for piece in STICKY.chunks(size) {
                assert_eq!(
                    response.is_whole(),
                    used == STICKY.len() - b"HTTP/1.1".len(),
                    "{size} bytes at a time"
                );
                used += response.feed(piece).unwrap();
            }
            assert_eq!(used, STICKY.len() - b"HTTP/1.1".len(), "the next response is not touched");
            assert_eq!((response.status(), response.length(), response.closes()), (200, 20, false));
            assert_eq!(response.body_start(), b"127.1.0.1       ");
            assert_eq!(response.cookies(), b"AWSALB=abc; AWSALBCORS=abc");
            assert_eq!(response.field("CONTENT-LENGTH"), Some(&b"20"[..]));
        }
    }

    #[test]
    fn the_next_response_begins_anew() {
        let mut response = Response::default();
        for length in [3, 0, 20] {
            let bytes = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{}", "a".repeat(length));
            assert_eq!(response.feed(bytes.as_bytes()), Ok(bytes.len()));
            assert!(response.is_whole());
            assert_eq!(response.body_start().len(), length.min(16));
            response.clear();
        }
    }

    #[test]
    fn says_what_it_cannot_read() {
        for (bytes, problem) in [
            (&b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"[..], "no length"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "no length"),
            (b"SMTP\r\n\r\n", "no status"),
        ] {
            let message = Response::default().feed(bytes).unwrap_err();
            assert!(message.contains(problem), "{message}");
        }
        assert!(Response::default().feed(&[b'a'; 20_000]).is_err());
    }

    #[test]
    fn sees_the_last_response_of_a_connection() {
        let mut response = Response::default();
        response.feed(b"HTTP/1.1 502 Bad\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n").unwrap();
        assert!(response.is_whole() && response.closes() && response.status() == 502);
    }
}
