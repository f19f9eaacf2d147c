//! A check over HTTP/1.1 (B16): what is read is bounded by the limits of a response head.

use std::net::SocketAddr;

use elbow_http1::response::{Answering, Head, MAX_INTERIM};
use elbow_http1::{Limits, Progress};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use super::{ACCEPT_ENCODING, Connection, LINGER, Problem, USER_AGENT};

/// Bytes by which the read buffer grows; most heads fit in the first.
const READ_BYTES: usize = 1024;
/// What is read at most after the verdict, in bytes.
const LINGER_BYTES: usize = 64 * 1024;

/// The status of the target's final answer.
pub(super) async fn ask(mut connection: Connection, path: &str, address: SocketAddr) -> Result<u16, Problem> {
    connection.write_all(request(path, address).as_bytes()).await?;
    let status = read_status(&mut connection).await?;
    // The verdict need not wait for this; its limits are its own.
    drop(tokio::spawn(timeout(LINGER, linger(connection))));
    Ok(status)
}

// AWS documents the method, the user agent, the Host and that the connection is not kept; the order of the lines is as
// people have seen it (facts, section 9, number 19).
fn request(path: &str, address: SocketAddr) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nUser-Agent: {USER_AGENT}\r\n\
         Accept-Encoding: {ACCEPT_ENCODING}\r\n\r\n"
    )
}

async fn read_status(connection: &mut Connection) -> Result<u16, Problem> {
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
                if connection.read_buf(&mut buffer).await? == 0 {
                    return Err(Problem::OfTarget);
                }
            }
        }
    }
}

/// Reads what the target still sends. A socket that is closed over unread bytes resets the connection, and the target
/// would log an error for each healthy check.
async fn linger(mut connection: Connection) {
    let (mut buffer, mut left) = ([0; READ_BYTES], LINGER_BYTES);
    while let Ok(read @ 1..) = connection.read(&mut buffer).await {
        left = left.saturating_sub(read);
        if left == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use elbow_model::{Codes, HealthCheck, Matcher, ProtocolVersion};
    use elbow_routing::{Failure, Observation};
    use tokio::net::TcpListener;

    use super::super::{anybody, check};
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
        let (observation, request) =
            tokio::join!(check(&settings, ProtocolVersion::Http1, address, anybody()), target);
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
}
