//! Sums over all workers, for whoever reads them.

use std::collections::BTreeMap;

use elbow_model::key::{LoadBalancerKey, TargetGroupKey, TargetKey};

use crate::counter::BUCKETS;
use crate::metrics::{LoadBalancerCounters, TargetCounters, TargetGroupCounters};
use crate::{CheckFailure, HandshakeFailure};

/// Counts by status class, 1xx to 5xx.
pub type StatusClasses = [u64; 5];

/// All counts since the start of the process (since its registration, for a target), at one moment. Workers go on
/// counting while it is taken: numbers of one request may be there in part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Client connections that were accepted.
    pub new_connections: u64,
    /// Client connections that are open.
    pub active_connections: u64,
    /// Client connections that were refused because a limit was reached.
    pub rejected_connections: u64,
    /// By load balancer.
    pub load_balancers: BTreeMap<LoadBalancerKey, LoadBalancerCount>,
    /// By target group.
    pub target_groups: BTreeMap<TargetGroupKey, TargetGroupCount>,
    /// By target.
    pub targets: BTreeMap<TargetKey, TargetCount>,
}

/// Counts with the dimension of a load balancer (facts, 6.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadBalancerCount {
    /// `RequestCount`: requests that were sent to a target.
    pub requests: u64,
    /// `GrpcRequestCount`: those of them that are calls of gRPC.
    pub grpc_requests: u64,
    /// `ProcessedBytes`: read from and written to clients, heads included.
    pub processed_bytes: u64,
    /// `NonStickyRequestCount` (S57).
    pub non_sticky: u64,
    /// `AppCookieNonStickinessCount` (S58).
    pub app_cookie_non_sticky: u64,
    /// `DroppedInvalidHeaderRequestCount` (R10).
    pub dropped_invalid_names: u64,
    /// `ForwardedInvalidHeaderRequestCount` (R10).
    pub forwarded_invalid_names: u64,
    /// `DesyncMitigationMode_NonCompliant_Request_Count`.
    pub non_compliant: u64,
    /// `HTTPCode_ELB_nXX_Count`: the load balancer's own answers.
    pub own_statuses: StatusClasses,
    /// `HTTPCode_ELB_500_Count`, `_502_`, `_503_` and `_504_`.
    pub own_500_502_503_504: [u64; 4],
    /// `RuleEvaluations`: rules that stand before the decisions, default rules left aside.
    pub rule_evaluations: u64,
    /// `HTTP_Redirect_Count`.
    pub redirects: u64,
    /// `HTTP_Redirect_Url_Limit_Exceeded_Count` (L17).
    pub redirect_url_limit_exceeded: u64,
    /// `HTTP_Fixed_Response_Count`.
    pub fixed_responses: u64,
    /// `ClientTLSNegotiationErrorCount`: handshakes of TLS in which nothing was agreed on.
    pub tls_errors: u64,
    /// The same by reason (O5); reasons that there were none of are not listed.
    pub tls_failures: BTreeMap<HandshakeFailure, u64>,
    /// Handshakes of TLS 1.2 and 1.3 that succeeded.
    pub tls_1_2_1_3: [u64; 2],
    /// How many of those went on with an earlier session.
    pub tls_resumed: u64,
}

/// Counts with the dimension of a target group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetGroupCount {
    /// `RequestCount`: requests that were sent to one of its targets.
    pub requests: u64,
    /// `GrpcRequestCount`: those of them that are calls of gRPC.
    pub grpc_requests: u64,
    /// `HTTPCode_Target_nXX_Count`.
    pub statuses: StatusClasses,
    /// `TargetConnectionErrorCount`.
    pub connection_errors: u64,
    /// `TargetTLSNegotiationErrorCount`: connections on which a target did not agree on TLS.
    pub tls_errors: u64,
    /// Requests over HTTP with a stickiness cookie that was issued over HTTPS.
    pub insecure_replays: u64,
    /// `UnhealthyRoutingRequestCount` (B21).
    pub unhealthy_routing: u64,
    /// `TargetResponseTime`: how many answers began within 2^n microseconds, but not within half of it; the last
    /// entry is open.
    pub response_time_buckets: [u64; BUCKETS],
    /// The sum of all response times, in microseconds.
    pub response_time_sum_micros: u64,
    /// Requests by stickiness outcome.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// Health checks that passed.
    pub health_checks_passed: u64,
    /// Health checks that failed, by reason (O6).
    pub health_checks_failed: BTreeMap<CheckFailure, u64>,
}

/// Counts of one target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetCount {
    /// Requests that were sent to it.
    pub requests: u64,
    /// Those of them that it answered with 5xx, or not at all.
    pub failures: u64,
    /// Connections that it refused; their requests were not sent to it.
    pub refusals: u64,
}

impl Snapshot {
    pub(crate) fn add_load_balancer(&mut self, key: LoadBalancerKey, from: &LoadBalancerCounters) {
        let to = self.load_balancers.entry(key).or_default();
        to.requests += from.requests.read();
        to.grpc_requests += from.grpc_requests.read();
        to.processed_bytes += from.processed_bytes.read();
        to.non_sticky += from.non_sticky.read();
        to.app_cookie_non_sticky += from.app_cookie_non_sticky.read();
        to.dropped_invalid_names += from.dropped_invalid_names.read();
        to.forwarded_invalid_names += from.forwarded_invalid_names.read();
        to.non_compliant += from.non_compliant.read();
        add(&mut to.own_statuses, from.own_statuses.read());
        let codes = &from.own_codes;
        let codes = [&codes.code_500, &codes.code_502, &codes.code_503, &codes.code_504];
        add(&mut to.own_500_502_503_504, codes.map(|code| code.read()));
        to.rule_evaluations += from.rules.evaluations.read();
        to.redirects += from.rules.redirects.read();
        to.redirect_url_limit_exceeded += from.rules.redirect_url_limit_exceeded.read();
        to.fixed_responses += from.rules.fixed_responses.read();
        for (failure, count) in from.tls.failures() {
            to.tls_errors += count;
            *to.tls_failures.entry(failure).or_default() += count;
        }
        add(&mut to.tls_1_2_1_3, [&from.tls.v1_2, &from.tls.v1_3].map(|version| version.read()));
        to.tls_resumed += from.tls.resumed.read();
    }

    pub(crate) fn add_target_group(&mut self, key: TargetGroupKey, from: &TargetGroupCounters) {
        let to = self.target_groups.entry(key).or_default();
        to.requests += from.requests.read();
        to.grpc_requests += from.grpc_requests.read();
        add(&mut to.statuses, from.statuses.read());
        to.connection_errors += from.connection_errors.read();
        to.tls_errors += from.tls_errors.read();
        to.insecure_replays += from.insecure_replays.read();
        to.unhealthy_routing += from.unhealthy_routing.read();
        let (buckets, sum_micros) = from.response_time.read();
        add(&mut to.response_time_buckets, buckets);
        to.response_time_sum_micros += sum_micros;
        for (word, count) in from.outcomes.read() {
            *to.outcomes.entry(word).or_default() += count;
        }
        to.health_checks_passed += from.health_checks.passed.read();
        for (reason, count) in from.health_checks.failed() {
            *to.health_checks_failed.entry(reason).or_default() += count;
        }
    }

    pub(crate) fn add_target(&mut self, key: TargetKey, from: &TargetCounters) {
        let to = self.targets.entry(key).or_default();
        to.requests += from.requests.read();
        to.failures += from.failures.read();
        to.refusals += from.refusals.read();
    }
}

pub(crate) fn add<const N: usize>(to: &mut [u64; N], from: [u64; N]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}
