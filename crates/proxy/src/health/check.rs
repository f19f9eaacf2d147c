//! One health check of one target (B16).
//!
//! A target is asked in the version that its group speaks, over a connection that serves nothing else. Targets are as
//! hostile as clients: everything is bounded by the check's timeout, and what is read by limits. What is found is a code,
//! and a pass needs nothing but the right one.

mod http1;
mod http2;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use elbow_model::{HealthCheck, HealthCheckProtocol, ProtocolVersion};
use elbow_routing::{Failure, Observation};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::tls::TargetTls;

/// After the verdict, the rest of the answer is read for this long, so that the target can close in peace.
const LINGER: Duration = Duration::from_secs(1);
/// Who asks (B16).
const USER_AGENT: &str = "ELB-HealthChecker/2.0";
/// What it says it understands, as people have seen it (facts, section 9, number 19).
const ACCEPT_ENCODING: &str = "gzip, compressed";

/// A connection to a target. Checks are no worker's, so theirs goes from thread to thread.
type Connection = Box<dyn Duplex>;

/// See [`Connection`].
trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// What a check has found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finding {
    /// What it means.
    pub(super) observation: Observation,
    /// The status of the answer, which is that of gRPC if that was spoken.
    pub(super) status: Option<u16>,
    /// The address that it was asked from, if it answered.
    pub(super) node: Option<IpAddr>,
}

/// Asks a target once.
///
/// # Errors
///
/// The node itself is short of something (descriptors, ports, memory). That says nothing about the target.
pub(super) async fn check(
    settings: &HealthCheck,
    version: ProtocolVersion,
    address: SocketAddr,
    tls: TargetTls,
) -> io::Result<Finding> {
    match timeout(settings.timeout, ask(settings, version, address, tls)).await {
        Err(_) => Ok(Finding::failed(Failure::Timeout)),
        Ok(Ok(Answer { node, .. })) if !settings.protocol.has_path() => {
            Ok(Finding { observation: Observation::Passed, status: None, node })
        }
        Ok(Ok(Answer { status, node })) => {
            let observation = match status {
                Some(code) if settings.matcher.matches(code) => Observation::Passed,
                Some(code) => Observation::Failed(Failure::Status(code)),
                None => Observation::Failed(Failure::NoGrpcStatus),
            };
            Ok(Finding { observation, status, node })
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

/// What a target that was reached said.
struct Answer {
    /// The status. There may be none with gRPC, and there is none where nothing is asked for.
    status: Option<u16>,
    /// The address that it was asked from.
    node: Option<IpAddr>,
}

async fn ask(
    settings: &HealthCheck,
    version: ProtocolVersion,
    address: SocketAddr,
    tls: TargetTls,
) -> Result<Answer, Problem> {
    let socket = TcpStream::connect(address).await?;
    let node = socket.local_addr().ok().map(|address| address.ip());
    let connection: Connection = match settings.protocol {
        HealthCheckProtocol::Http => Box::new(socket),
        HealthCheckProtocol::Tcp => return Ok(Answer { status: None, node }),
        // AWS: unknown which policy checks go by; we take whatever the target speaks (R31).
        HealthCheckProtocol::Https | HealthCheckProtocol::Ssl => {
            Box::new(tls.agree(socket, address, version).await.inspect_err(|error| {
                tracing::debug!(target_address = %address, %error, "no TLS with a target that is checked");
            })?)
        }
    };
    if !settings.protocol.has_path() {
        return Ok(Answer { status: None, node });
    }
    let status = match version {
        ProtocolVersion::Http1 => Some(http1::ask(connection, &settings.path, address).await?),
        ProtocolVersion::Http2 | ProtocolVersion::Grpc => http2::ask(connection, settings, address).await?,
    };
    Ok(Answer { status, node })
}

/// What has to be agreed on in tests, none of whose targets speaks TLS.
#[cfg(test)]
fn anybody() -> TargetTls {
    TargetTls::any(&crate::tls::SecureTargets::default(), elbow_model::key::TargetGroupKey::new(1))
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    const BROKEN: Observation = Observation::Failed(Failure::Broken);

    #[tokio::test]
    async fn a_refused_connection_is_a_failure() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        for version in ProtocolVersion::ALL {
            let settings = HealthCheck::default_of(version);
            assert_eq!(check(&settings, version, address, anybody()).await.unwrap().observation, BROKEN);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_target_that_says_nothing_is_given_up_at_the_timeout() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        for version in ProtocolVersion::ALL {
            let settings = HealthCheck::default_of(version);
            let start = tokio::time::Instant::now();
            let observation = check(&settings, version, address, anybody()).await.unwrap().observation;
            assert_eq!(observation, Observation::Failed(Failure::Timeout));
            // Virtual time; the timer counts in milliseconds.
            let waited = start.elapsed();
            assert!(waited >= settings.timeout && waited <= settings.timeout + Duration::from_millis(2));
        }
    }

    #[test]
    fn being_out_of_files_is_not_the_targets_fault() {
        let is_ours = |error| matches!(Problem::from(error), Problem::Ours(_));
        assert!(is_ours(io::Error::from_raw_os_error(23)) && is_ours(io::Error::from_raw_os_error(24)));
        assert!(is_ours(io::Error::from(io::ErrorKind::AddrNotAvailable)));
        assert!(!is_ours(io::Error::from(io::ErrorKind::ConnectionRefused)));
    }
}
