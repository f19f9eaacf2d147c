//! The record of a health check that is over (O6).

use std::io;
use std::time::{Instant, SystemTime};

use elbow_model::{HealthCheckProtocol, ProtocolVersion, Timestamp};
use elbow_routing::{Failure, Observation};
use elbow_telemetry::{CheckFailure, HealthChecked};

use super::check::Finding;
use super::roster::Job;

/// What telemetry is told. `now` is by the clock of [`Job::began`].
pub(super) fn of<'a>(job: &'a Job, result: &io::Result<Finding>, now: Instant) -> HealthChecked<'a> {
    let latency = now.saturating_duration_since(job.began);
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let finding = result.as_ref().ok();
    let version = job.group.protocol_version();
    HealthChecked {
        protocol: spoken(version, job.group.health_check().protocol),
        time: Timestamp::default() + since_epoch.saturating_sub(latency),
        latency,
        target: (job.target, job.address),
        target_group: (job.group.key(), job.group.name()),
        load_balancer: job.load_balancer,
        node: finding.and_then(|finding| finding.node),
        status: finding.and_then(|finding| finding.status),
        failure: failure(result, version),
    }
}

/// AWS's word for what was spoken.
const fn spoken(version: ProtocolVersion, protocol: HealthCheckProtocol) -> &'static str {
    match (version, protocol) {
        (ProtocolVersion::Http1, HealthCheckProtocol::Http) => "http",
        (ProtocolVersion::Http1, HealthCheckProtocol::Https) => "https",
        (ProtocolVersion::Http1, HealthCheckProtocol::Tcp) => "tcp",
        (ProtocolVersion::Http1, HealthCheckProtocol::Ssl) => "ssl",
        (ProtocolVersion::Http2, _) => "h2",
        (ProtocolVersion::Grpc, _) => "grpc",
    }
}

// AWS: unknown which word stands for a refused connection and for an answer that is not HTTP. We use the one for a
// connection that broke.
fn failure(result: &io::Result<Finding>, version: ProtocolVersion) -> Option<CheckFailure> {
    let Ok(finding) = result else { return Some(CheckFailure::InternalError) };
    match finding.observation {
        Observation::Failed(Failure::Timeout) => Some(CheckFailure::TimedOut),
        Observation::Failed(Failure::Broken) => Some(CheckFailure::ConnectionReset),
        Observation::Failed(Failure::NoGrpcStatus) => Some(CheckFailure::GrpcStatusHeaderEmpty),
        Observation::Failed(Failure::Status(_)) if version == ProtocolVersion::Grpc => {
            Some(CheckFailure::GrpcUnexpectedStatus)
        }
        Observation::Failed(Failure::Status(500..)) => Some(CheckFailure::TargetError),
        Observation::Failed(Failure::Status(_)) => Some(CheckFailure::ResponseCodeMismatch),
        Observation::Passed | Observation::Refused | Observation::Unanswered => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// O6.
    #[test]
    fn a_check_has_the_word_of_aws_for_what_is_spoken() {
        use HealthCheckProtocol::{Http, Https};
        use ProtocolVersion::{Grpc, Http1, Http2};
        let table =
            [(Http1, Http, "http"), (Http1, Https, "https"), (Http2, Https, "h2"), (Grpc, Http, "grpc")];
        for (version, protocol, word) in table {
            assert_eq!(spoken(version, protocol), word);
        }
    }

    #[test]
    fn each_failure_has_the_word_of_aws() {
        let word_of = |result: io::Result<Observation>, version| {
            let finding = result.map(|observation| Finding { observation, status: None, node: None });
            failure(&finding, version).map(CheckFailure::as_str)
        };
        let word = |result| word_of(result, ProtocolVersion::Http1);
        let failed = |failure| Ok(Observation::Failed(failure));
        assert_eq!(word(Ok(Observation::Passed)), None);
        assert_eq!(word(failed(Failure::Timeout)), Some("TimedOut"));
        assert_eq!(word(failed(Failure::Broken)), Some("ConnectionReset"));
        assert_eq!(word(failed(Failure::Status(404))), Some("ResponseCodeMismatch"));
        assert_eq!(word(failed(Failure::Status(502))), Some("TargetError"));
        assert_eq!(word(Err(io::Error::from(io::ErrorKind::OutOfMemory))), Some("InternalError"));
        let of_grpc = |failure| word_of(failed(failure), ProtocolVersion::Grpc);
        assert_eq!(of_grpc(Failure::Status(12)), Some("GRPCUnexpectedStatus"));
        assert_eq!(of_grpc(Failure::NoGrpcStatus), Some("GRPCStatusHeaderEmpty"));
    }
}
