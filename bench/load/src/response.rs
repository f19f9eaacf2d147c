//! Finds the end of a response and what matters in it: status, cookies, body.
//!
//! Reads only what a proxy in a benchmark sends: a head, then a body of `Content-Length` bytes. Anything else is an
//! error, because a figure over requests that were not understood means nothing.

use memchr::memmem;

/// A response head of more than this many bytes is an error.
pub const HEAD_MAX: usize = 16 * 1024;

/// One whole response at the front of a buffer.
#[derive(Debug, PartialEq, Eq)]
pub struct Response<'a> {
    /// The status code.
    pub status: u16,
    /// Everything up to and with the empty line.
    pub head: &'a [u8],
    /// The body; the targets write their own address there.
    pub body: &'a [u8],
    /// Whether the connection ends after it.
    pub close: bool,
}

impl<'a> Response<'a> {
    /// The response at the front of `buffer`, `None` when more bytes are needed.
    pub fn parse(buffer: &'a [u8]) -> Result<Option<Self>, String> {
        let Some(end) = memmem::find(buffer, b"\r\n\r\n") else {
            return if buffer.len() > HEAD_MAX {
                Err("a response head without end".to_owned())
            } else {
                Ok(None)
            };
        };
        let (head, rest) = buffer.split_at(end + 4);
        let status =
            status_of(head).ok_or_else(|| format!("no status in {:?}", String::from_utf8_lossy(head)))?;
        let mut length = None;
        let mut close = false;
        for (name, value) in fields(head) {
            if name.eq_ignore_ascii_case(b"content-length") {
                length = std::str::from_utf8(value).ok().and_then(|text| text.parse::<usize>().ok());
            } else if name.eq_ignore_ascii_case(b"connection") {
                close = value.eq_ignore_ascii_case(b"close");
            }
        }
        let length = length.ok_or_else(|| format!("no length in {:?}", String::from_utf8_lossy(head)))?;
        Ok(rest.get(..length).map(|body| Self { status, head, body, close }))
    }

    /// Bytes it takes in the buffer.
    pub fn len(&self) -> usize {
        self.head.len() + self.body.len()
    }

    /// Never: a response has at least a head.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a browser would send back: the name and value of every `Set-Cookie`, joined with `; `.
    pub fn cookies(&self) -> Vec<u8> {
        let pairs: Vec<&[u8]> = fields(self.head)
            .filter(|(name, _)| name.eq_ignore_ascii_case(b"set-cookie"))
            .filter_map(|(_, value)| value.split(|byte| *byte == b';').next())
            .collect();
        pairs.join(&b"; "[..])
    }
}

fn status_of(head: &[u8]) -> Option<u16> {
    let digits = head.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The header fields of a head, values trimmed, without the status line.
fn fields(head: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
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
        SameSite=None\r\nContent-Length: 9\r\n\r\n127.0.0.1HTTP/1.1";

    #[test]
    fn finds_status_cookies_and_body() {
        let response = Response::parse(STICKY).unwrap().unwrap();
        assert_eq!((response.status, response.close), (200, false));
        assert_eq!(response.body, b"127.0.0.1");
        assert_eq!(response.cookies(), b"AWSALB=abc; AWSALBCORS=abc");
        assert_eq!(response.len(), STICKY.len() - b"HTTP/1.1".len());
    }

    #[test]
    fn waits_for_every_byte() {
        let whole = STICKY.len() - b"HTTP/1.1".len();
        for length in 0..whole {
            assert_eq!(Response::parse(&STICKY[..length]), Ok(None), "{length} bytes");
        }
    }

    #[test]
    fn says_what_it_cannot_read() {
        for (bytes, problem) in [
            (&b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"[..], "no length"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "no length"),
            (b"SMTP\r\n\r\n", "no status"),
        ] {
            let message = Response::parse(bytes).unwrap_err();
            assert!(message.contains(problem), "{message}");
        }
        assert!(Response::parse(&[b'a'; 20_000]).is_err());
    }

    #[test]
    fn sees_the_last_response_of_a_connection() {
        let response = Response::parse(b"HTTP/1.1 502 Bad\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n");
        assert!(response.unwrap().is_some_and(|response| response.close && response.status == 502));
    }
}
