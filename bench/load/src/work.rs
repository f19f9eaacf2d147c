//! What the clients ask for, again and again, and how the right answer is known.

use crate::arguments::Arguments;
use crate::response::Response;
use crate::websocket::{ACCEPT, KEY, MESSAGE_BYTES_MAX};

/// Bytes of the answer to a small request and to an upload: the target's own address, with blanks behind it. A download
/// begins with the same.
pub const NAME_BYTES: usize = 16;
/// Where a download of so many bytes is: `/download/65536`.
pub const DOWNLOAD_PATH: &str = "/download/";
/// Where a WebSocket is opened.
pub const ECHO_PATH: &str = "/echo";
/// The field in which a target says how many bytes of a body came to it.
pub const RECEIVED_FIELD: &str = "X-Received";
/// The field in which a target names itself where there is no body to do so.
pub const TARGET_FIELD: &str = "X-Target";

const SMALL_PATH: &str = "/cart";
const BODY_BYTES_MAX: u64 = 1 << 30;
const MESSAGE_BYTES_MIN: u64 = 8;

/// One kind of exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// A small `GET`.
    Request {
        /// What it asks for.
        path: String,
    },
    /// A `GET` of a body of so many bytes.
    Download {
        /// Length of the answer's body.
        bytes: u64,
    },
    /// A `POST` of a body of so many bytes.
    Upload {
        /// Length of the request's body.
        bytes: u64,
    },
    /// A message over a WebSocket, and its echo.
    Echo {
        /// Length of the message.
        bytes: usize,
    },
}

impl Work {
    /// Reads `--work request|download|upload|echo`, `--path` of a request and `--bytes` of the others.
    pub fn parse(arguments: &mut Arguments) -> Result<Self, String> {
        let name = arguments.optional("work")?.unwrap_or_else(|| "request".to_owned());
        if name == "request" {
            let path = arguments.optional("path")?.unwrap_or_else(|| SMALL_PATH.to_owned());
            return Ok(Self::Request { path });
        }
        let bytes: u64 = arguments.required("bytes")?;
        let (work, least, most) = match name.as_str() {
            "download" => (Self::Download { bytes }, NAME_BYTES as u64, BODY_BYTES_MAX),
            "upload" => (Self::Upload { bytes }, 1, BODY_BYTES_MAX),
            "echo" => (Self::Echo { bytes: bytes as usize }, MESSAGE_BYTES_MIN, MESSAGE_BYTES_MAX as u64),
            _ => return Err(format!("--work {name} is not known")),
        };
        if bytes < least || bytes > most {
            return Err(format!("--bytes must be {least} to {most} for {name}"));
        }
        Ok(work)
    }

    /// How a client gets to know its session: bodies are not worth sending for that.
    pub fn introduction(&self) -> Self {
        match self {
            Self::Download { .. } | Self::Upload { .. } => Self::Request { path: SMALL_PATH.to_owned() },
            Self::Request { .. } | Self::Echo { .. } => self.clone(),
        }
    }

    /// The head of a request.
    pub fn head(&self, host: &str, cookies: &[u8]) -> Vec<u8> {
        let line = match self {
            Self::Request { path } => format!("GET {path}"),
            Self::Download { bytes } => format!("GET {DOWNLOAD_PATH}{bytes}"),
            Self::Upload { .. } => "POST /upload".to_owned(),
            Self::Echo { .. } => format!("GET {ECHO_PATH}"),
        };
        let fields = match self {
            Self::Request { .. } | Self::Download { .. } => String::new(),
            Self::Upload { bytes } => format!("Content-Length: {bytes}\r\n"),
            Self::Echo { .. } => format!(
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n"
            ),
        };
        let mut bytes =
            format!("{line} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: bench\r\nAccept: */*\r\n{fields}")
                .into_bytes();
        if !cookies.is_empty() {
            bytes.extend_from_slice(b"Cookie: ");
            bytes.extend_from_slice(cookies);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes
    }

    /// Bytes of a request's body.
    pub fn body_bytes(&self) -> u64 {
        if let Self::Upload { bytes } = self { *bytes } else { 0 }
    }

    /// Whether a whole response is the right one: its status, its length, and what it says of the request.
    pub fn is_answered_by(&self, response: &Response) -> bool {
        let (status, length) = (response.status(), response.length());
        match self {
            Self::Request { .. } => status == 200 && length == NAME_BYTES as u64,
            Self::Download { bytes } => status == 200 && length == *bytes,
            Self::Upload { bytes } => {
                let received = response.field(RECEIVED_FIELD);
                status == 200 && length == NAME_BYTES as u64 && received == Some(bytes.to_string().as_bytes())
            }
            Self::Echo { .. } => {
                status == 101 && response.field("Sec-WebSocket-Accept") == Some(ACCEPT.as_bytes())
            }
        }
    }

    /// Which target the right answer came from.
    pub fn target<'a>(&self, response: &'a Response) -> &'a [u8] {
        match self {
            Self::Echo { .. } => response.field(TARGET_FIELD).unwrap_or_default(),
            _ => response.body_start().trim_ascii_end(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Work;
    use crate::arguments::Arguments;
    use crate::response::Response;

    fn parse(line: &str) -> Result<Work, String> {
        let mut arguments = Arguments::parse(line.split_whitespace().map(str::to_owned)).unwrap();
        let work = Work::parse(&mut arguments)?;
        arguments.finish().map(|()| work)
    }

    fn response(bytes: &[u8]) -> Response {
        let mut response = Response::default();
        assert_eq!(response.feed(bytes), Ok(bytes.len()));
        assert!(response.is_whole());
        response
    }

    #[test]
    fn work_has_a_size_within_its_limits() {
        assert_eq!(parse(""), Ok(Work::Request { path: "/cart".to_owned() }));
        assert_eq!(parse("--work echo --bytes 64"), Ok(Work::Echo { bytes: 64 }));
        for (line, problem) in [
            ("--work dance --bytes 1", "not known"),
            ("--work download", "--bytes is missing"),
            ("--work echo --bytes 126", "8 to 125"),
            ("--work download --bytes 15", "16 to"),
            ("--work upload --bytes 9999999999", "1 to"),
            ("--bytes 5", "--bytes is not known"),
            ("--work upload --bytes 5 --path /", "--path is not known"),
        ] {
            let message = parse(line).unwrap_err();
            assert!(message.contains(problem), "{line}: {message}");
        }
    }

    #[test]
    fn a_request_carries_its_session() {
        let head =
            |work: &Work, cookies: &[u8]| String::from_utf8(work.head("127.0.0.1:80", cookies)).unwrap();
        let small = Work::Request { path: "/cart".to_owned() };
        let request = head(&small, b"SRV=a1");
        assert!(request.starts_with("GET /cart HTTP/1.1\r\nHost: 127.0.0.1:80\r\n"));
        assert!(request.ends_with("\r\nCookie: SRV=a1\r\n\r\n"));
        assert!(!head(&small, b"").contains("Cookie"));
        assert!(head(&Work::Upload { bytes: 9 }, b"").contains("\r\nContent-Length: 9\r\n"));
        assert!(head(&Work::Download { bytes: 9 }, b"").starts_with("GET /download/9 "));
        assert!(head(&Work::Echo { bytes: 9 }, b"").contains("\r\nUpgrade: websocket\r\n"));
    }

    #[test]
    fn a_wrong_answer_is_none() {
        let small = response(b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n127.1.0.1       ");
        let short = response(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n127.1.0.1");
        let failed = response(b"HTTP/1.1 502 OK\r\nContent-Length: 16\r\n\r\n127.1.0.1       ");
        let request = Work::Request { path: "/".to_owned() };
        assert!(request.is_answered_by(&small) && Work::Download { bytes: 16 }.is_answered_by(&small));
        assert_eq!(request.target(&small), b"127.1.0.1");
        assert!(!request.is_answered_by(&short) && !request.is_answered_by(&failed));
        assert!(!Work::Download { bytes: 17 }.is_answered_by(&small));

        let upload = Work::Upload { bytes: 100 };
        assert!(!upload.is_answered_by(&small), "a body that nobody says came");
        for (received, right) in [("100", true), ("99", false)] {
            let head = format!("HTTP/1.1 200 OK\r\nX-Received: {received}\r\nContent-Length: 16\r\n\r\n");
            let answer = response(format!("{head}{:<16}", "127.1.0.1").as_bytes());
            assert_eq!(upload.is_answered_by(&answer), right, "{received} of 100 bytes");
        }

        let upgraded = response(
            b"HTTP/1.1 101 Switching Protocols\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
            x-target: 127.1.0.2\r\n\r\n",
        );
        let echo = Work::Echo { bytes: 64 };
        assert!(echo.is_answered_by(&upgraded) && !echo.is_answered_by(&small));
        assert_eq!(echo.target(&upgraded), b"127.1.0.2");
    }
}
