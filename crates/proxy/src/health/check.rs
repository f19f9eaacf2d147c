//! One health check of one target (B16).
//!
//! Targets are as hostile as clients: everything is bounded by the check's timeout, and what is read by the limits of
//! a response head. A pass needs nothing but a valid head with the right status.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use elbow_http1::response::{Answering, Head, MAX_INTERIM};
use elbow_http1::{Limits, Progress};
use elbow_model::{HealthCheck, HealthCheckProtocol};
use elbow_routing::{Failure, Observation};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::stream::Stream;
use crate::tls::TargetTls;

/// Bytes by which the read buffer grows; most heads fit in the first.
const READ_BYTES: usize = 1024;
/// After the verdict, the rest of the answer is read for this long, so that the target can close in peace…
const LINGER: Duration = Duration::from_secs(1);
/// … and up to this many bytes.
const LINGER_BYTES: usize = 64 * 1024;

/// What a check has found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finding {
    /// What it means.
    pub(super) observation: Observation,
    /// The status of the answer.
    pub(super) status: Option<u16>,
    /// The address that it was asked from, if it answered.
    pub(super) node: Option<IpAddr>,
}

/// Asks a target once.
///
/// # Errors
///
/// The node itself is short of something (descriptors, ports, memory). That says nothing about the target.
pub(super) async fn check(settings: &HealthCheck, address: SocketAddr) -> io::Result<Finding> {
    match timeout(settings.timeout, ask(settings, address)).await {
        Err(_) => Ok(Finding::failed(Failure::Timeout)),
        Ok(Ok((status, node))) => {
            let passed = settings.matcher.matches(status);
            let observation =
                if passed { Observation::Passed } else { Observation::Failed(Failure::Status(status)) };
            Ok(Finding { observation, status: Some(status), node })
        }
        Ok(Err(Problem::OfTarget)) => Ok(Finding::failed(Failure::Broken)),
        Ok(Err(Problem::Ours(error))) => Err(error),
    }
}

impl Finding {
    const fn failed(failure: Failure) -> Self {
        Self { observation: Observation::Failed(failure), status: None, node: None }
    }
}

/// Who a failed exchange is due to.
enum Problem {
    OfTarget,
    Ours(io::Error),
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        /// Too many open files, in the system and in the process: the same numbers on every Unix.
        const OUT_OF_FILES: [Option<i32>; 2] = [Some(23), Some(24)];
        let out_of_resources =
            matches!(error.kind(), io::ErrorKind::AddrNotAvailable | io::ErrorKind::OutOfMemory);
        if out_of_resources || OUT_OF_FILES.contains(&error.raw_os_error()) {
            Self::Ours(error)
        } else {
            Self::OfTarget
        }
    }
}

/// The status of the target's answer, and the address that it was asked from.
async fn ask(settings: &HealthCheck, address: SocketAddr) -> Result<(u16, Option<IpAddr>), Problem> {
    let socket = TcpStream::connect(address).await?;
    let node = socket.local_addr().ok().map(|address| address.ip());
    let mut stream = match settings.protocol {
        HealthCheckProtocol::Http => Stream::Tcp(socket),
        // AWS: unknown which policy checks go by; we take whatever the target speaks (R31).
        HealthCheckProtocol::Https => Stream::Tls(Box::new(TargetTls::Newest.agree(socket, address).await?)),
    };
    stream.write_all(request(&settings.path, address).as_bytes()).await?;
    let status = read_status(&mut stream).await?;
    // The verdict need not wait for this; its limits are its own.
    drop(tokio::spawn(timeout(LINGER, linger(stream))));
    Ok((status, node))
}

// AWS documents the method, the user agent, the Host and that the connection is not kept; the order of the lines and
// the value of Accept-Encoding are as people have seen them (facts, section 9, number 19).
fn request(path: &str, address: SocketAddr) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nUser-Agent: ELB-HealthChecker/2.0\r\n\
         Accept-Encoding: gzip, compressed\r\n\r\n"
    )
}

async fn read_status(stream: &mut Stream) -> Result<u16, Problem> {
    let (mut buffer, mut head) = (Vec::with_capacity(READ_BYTES), Head::default());
    let (mut seen, mut interim) = (0, 0);
    loop {
        let progress = head.parse(&buffer, seen, Answering::default(), &Limits::RESPONSE);
        match progress.map_err(|_| Problem::OfTarget)? {
            Progress::Complete if head.status() >= 200 => return Ok(head.status()),
            Progress::Complete if interim == MAX_INTERIM => return Err(Problem::OfTarget),
            Progress::Complete => {
                interim += 1;
                buffer.drain(..head.len());
                seen = 0;
            }
            Progress::Partial => {
                seen = buffer.len();
                buffer.reserve(READ_BYTES);
                if stream.read_buf(&mut buffer).await? == 0 {
                    return Err(Problem::OfTarget);
                }
            }
        }
    }
}

/// Reads what the target still sends. A socket that is closed over unread bytes resets the connection, and the target
/// would log an error for each healthy check.
async fn linger(mut stream: Stream) {
    let (mut buffer, mut left) = ([0; READ_BYTES], LINGER_BYTES);
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        left = left.saturating_sub(read);
        if left == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use elbow_model::{Codes, Matcher};
    use tokio::net::TcpListener;

    use super::*;

    const PASSED: Observation = Observation::Passed;
    const BROKEN: Observation = Observation::Failed(Failure::Broken);

    fn settings() -> HealthCheck {
        let matcher = Matcher::parse(Codes::Http, "200-299").unwrap();
        HealthCheck { path: "/health?deep=1".to_owned(), matcher, ..HealthCheck::default() }
    }

    /// Checks a target that answers with these bytes and then closes; also returns what it was asked.
    async fn against(answer: &[u8]) -> (Observation, SocketAddr, Vec<u8>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let target = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
            }
            // A check that has its verdict may hang up on a target that goes on.
            let _ = stream.write_all(answer).await;
            request
        };
        let settings = settings();
        let (observation, request) = tokio::join!(check(&settings, address), target);
        (observation.unwrap().observation, address, request)
    }

    /// B16.
    #[tokio::test]
    async fn the_request_is_that_of_aws() {
        let (_, address, request) = against(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        let expected = format!(
            "GET /health?deep=1 HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
             User-Agent: ELB-HealthChecker/2.0\r\nAccept-Encoding: gzip, compressed\r\n\r\n"
        );
        assert_eq!(String::from_utf8(request).unwrap(), expected);
        let six = request_host("[fd00::7]:8080");
        assert_eq!(six, "Host: [fd00::7]:8080");
    }

    fn request_host(address: &str) -> String {
        request("/", address.parse().unwrap()).lines().nth(1).unwrap().to_owned()
    }

    #[tokio::test]
    async fn the_status_of_the_final_answer_decides() {
        let status = |code| Observation::Failed(Failure::Status(code));
        let table: &[(&str, Observation)] = &[
            ("HTTP/1.1 200 OK\r\n\r\n", PASSED),
            ("HTTP/1.1 204\r\n\r\n", PASSED),
            ("HTTP/1.0 200 OK\r\nServer: old\r\n\r\nhello", PASSED),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", PASSED),
            ("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 503 No\r\n\r\n", status(503)),
            ("HTTP/1.1 301 Moved\r\nLocation: /\r\n\r\n", status(301)),
            ("HTTP/1.1 404 Not Found\r\n\r\n", status(404)),
        ];
        for (answer, expected) in table {
            assert_eq!(against(answer.as_bytes()).await.0, *expected, "{answer}");
        }
    }

    #[tokio::test]
    async fn what_is_not_an_answer_is_a_failure() {
        let flood = "HTTP/1.1 100 Continue\r\n\r\n".repeat(MAX_INTERIM + 1);
        let endless = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(1_000_000));
        let table = [
            "",
            "HTTP/1.1 200 OK\r\n",
            "SSH-2.0-OpenSSH_9.2\r\n",
            "\0\0\0\0\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            &flood,
            &endless,
        ];
        for answer in table {
            assert_eq!(against(answer.as_bytes()).await.0, BROKEN, "{:.60}", answer);
        }
    }

    #[tokio::test]
    async fn a_refused_connection_is_a_failure() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        assert_eq!(check(&settings(), address).await.unwrap().observation, BROKEN);
    }

    #[tokio::test(start_paused = true)]
    async fn a_target_that_says_nothing_is_given_up_at_the_timeout() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let start = tokio::time::Instant::now();
        let observation = check(&settings(), address).await.unwrap().observation;
        assert_eq!(observation, Observation::Failed(Failure::Timeout));
        // Virtual time; the timer counts in milliseconds.
        let waited = start.elapsed();
        assert!(waited >= settings().timeout && waited <= settings().timeout + Duration::from_millis(2));
    }

    #[test]
    fn being_out_of_files_is_not_the_targets_fault() {
        let is_ours = |error| matches!(Problem::from(error), Problem::Ours(_));
        assert!(is_ours(io::Error::from_raw_os_error(23)) && is_ours(io::Error::from_raw_os_error(24)));
        assert!(is_ours(io::Error::from(io::ErrorKind::AddrNotAvailable)));
        assert!(!is_ours(io::Error::from(io::ErrorKind::ConnectionRefused)));
    }
}
