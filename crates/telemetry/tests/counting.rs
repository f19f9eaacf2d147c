//! Requests that end on several workers, and what is read of them.

use std::net::SocketAddr;
use std::time::Duration;

use elbow_model::key::{LoadBalancerKey, TargetGroupKey, TargetKey};
use elbow_model::{AnomalyDetection, HealthState, Timestamp};
use elbow_telemetry::{
    AnsweredBy, CheckFailure, ExecutedAction, HealthChecked, Metrics, NonSticky, RequestFinished, Sink,
    TargetGroupHealth, TargetTimes,
};

const LOAD_BALANCER: LoadBalancerKey = LoadBalancerKey::new(1);
const GROUP: TargetGroupKey = TargetGroupKey::new(2);
const TARGET: TargetKey = TargetKey::new(3);

/// A request that a target answered 200 within 3 ms.
fn answered() -> RequestFinished<'static> {
    let address = SocketAddr::from(([127, 0, 0, 1], 80));
    RequestFinished {
        load_balancer: Some(LOAD_BALANCER),
        listener: None,
        client: address,
        target: Some((TARGET, address)),
        target_group: Some(GROUP),
        created: Timestamp::from_secs(1),
        finished: Timestamp::from_secs(1),
        times: Some(TargetTimes {
            request: Duration::ZERO,
            target: Some(Duration::from_millis(3)),
            response: Some(Duration::ZERO),
        }),
        status: 200,
        answered_by: AnsweredBy::Target,
        target_status: Some(200),
        received_bytes: 100,
        sent_bytes: 300,
        method: b"GET",
        uri: b"/",
        version: "HTTP/1.1",
        host: b"",
        user_agent: b"",
        trace_id: b"",
        rule: None,
        rule_evaluations: 0,
        action: Some(ExecutedAction::Forward),
        redirect_url: b"",
        transformed_host: b"",
        transformed_uri: b"",
        request_transform_status: None,
        error_reason: None,
        classification: "Compliant",
        classification_reason: "",
        invalid_names: None,
        outcome: "hit",
        non_sticky: None,
        session: None,
        insecure_replay: false,
        unhealthy_routing: false,
        refused_connections: 0,
        upgraded: false,
        grpc: false,
        logged: None,
    }
}

/// A request that nobody took: 503 after two refusals.
fn refused() -> RequestFinished<'static> {
    RequestFinished {
        target: None,
        times: None,
        status: 503,
        answered_by: AnsweredBy::LoadBalancer,
        target_status: None,
        outcome: "new",
        insecure_replay: true,
        non_sticky: Some(NonSticky::LbCookie),
        refused_connections: 2,
        ..answered()
    }
}

#[test]
fn the_counts_of_all_workers_are_added_up() {
    let metrics = Metrics::new();
    let workers = [metrics.recorder(), metrics.recorder()];
    for worker in &workers {
        worker.connection_accepted();
        worker.request_finished(&RequestFinished { grpc: true, ..answered() });
        worker.request_finished(&RequestFinished { grpc: true, ..refused() });
    }
    workers[0].connection_closed();

    let snapshot = metrics.snapshot();
    assert_eq!((snapshot.new_connections, snapshot.active_connections), (2, 1));
    let balancer = &snapshot.load_balancers[&LOAD_BALANCER];
    assert_eq!((balancer.requests, balancer.grpc_requests), (2, 2), "only requests that got a target");
    assert_eq!(balancer.non_sticky, 2);
    assert_eq!(balancer.own_statuses, [0, 0, 0, 0, 2]);
    assert_eq!(balancer.own_500_502_503_504, [0, 0, 2, 0]);
    assert_eq!(balancer.processed_bytes, 4 * 400);
    let group = &snapshot.target_groups[&GROUP];
    assert_eq!(group.statuses, [0, 2, 0, 0, 0]);
    assert_eq!(group.grpc_requests, 2);
    assert_eq!(group.connection_errors, 4);
    assert_eq!(group.insecure_replays, 2, "whether or not a target took them");
    assert_eq!(group.outcomes.get("hit"), Some(&2));
    assert_eq!(group.response_time_sum_micros, 6000);
    assert_eq!(snapshot.targets[&TARGET].requests, 2);
}

#[test]
fn what_was_deleted_is_forgotten_and_counted_anew_if_it_comes_back() {
    let metrics = Metrics::new();
    let worker = metrics.recorder();
    worker.request_finished(&answered());
    worker.retain(|_| true, |_| true, |_| false);
    assert!(metrics.snapshot().targets.is_empty());
    assert_eq!(metrics.snapshot().target_groups.len(), 1);
    worker.request_finished(&answered());
    assert_eq!(metrics.snapshot().targets[&TARGET].requests, 1);
}

#[test]
fn what_a_target_fails_is_told_from_what_fails_elsewhere() {
    let metrics = Metrics::new();
    let worker = metrics.recorder();
    let table = [
        (Some(200), 200, 0),
        (Some(404), 404, 0),
        (Some(500), 500, 1),
        (Some(503), 503, 1),
        // It broke the connection, or said nothing in time.
        (None, 502, 1),
        (None, 504, 1),
        // The client went away.
        (None, 460, 0),
    ];
    let mut expected = 0;
    for (target_status, status, failures) in table {
        worker.request_finished(&RequestFinished { target_status, status, ..answered() });
        expected += failures;
        assert_eq!(metrics.targets()[&TARGET].failures, expected, "{status}");
    }
    worker.connection_refused(TARGET);
    let target = &metrics.targets()[&TARGET];
    assert_eq!((target.requests, target.refusals), (7, 1));
}

#[test]
fn prometheus_can_read_it() {
    let metrics = Metrics::new();
    metrics.recorder().request_finished(&answered());
    let mut text = String::new();
    metrics.snapshot().write_prometheus(&mut text).unwrap();
    for line in [
        "elbow_requests_total{load_balancer=\"0000000000000001\"} 1",
        "elbow_stickiness_outcomes_total{target_group=\"0000000000000002\",outcome=\"hit\"} 1",
        "elbow_target_response_seconds_bucket{target_group=\"0000000000000002\",le=\"0.004096\"} 1",
        "elbow_target_response_seconds_bucket{target_group=\"0000000000000002\",le=\"+Inf\"} 1",
        "elbow_grpc_requests_total{load_balancer=\"0000000000000001\"} 0",
        "elbow_target_grpc_requests_total{target_group=\"0000000000000002\"} 0",
        "elbow_target_requests_total{target=\"0000000000000003\"} 1",
        "elbow_non_compliant_requests_total{load_balancer=\"0000000000000001\"} 0",
        "elbow_invalid_header_requests_total{load_balancer=\"0000000000000001\",headers=\"dropped\"} 0",
    ] {
        assert!(text.lines().any(|there| there == line), "{line} is not in\n{text}");
    }
    let names: Vec<_> = text.lines().filter(|line| line.starts_with("# TYPE")).collect();
    let mut once = names.clone();
    once.dedup();
    assert_eq!(names, once, "each family is declared once");
}

#[test]
fn actions_that_need_no_target_are_counted_with_the_rules_before_them() {
    let metrics = Metrics::new();
    let recorder = metrics.recorder();
    let answered_at_once = |action, redirect_url, status| RequestFinished {
        action: Some(action),
        redirect_url,
        status,
        rule_evaluations: 3,
        ..refused()
    };
    recorder.request_finished(&answered());
    recorder.request_finished(&answered_at_once(ExecutedAction::FixedResponse, b"", 503));
    recorder.request_finished(&answered_at_once(ExecutedAction::Redirect, b"http://a:80/", 301));
    recorder.request_finished(&answered_at_once(ExecutedAction::Redirect, b"http://a:80/", 302));
    recorder.request_finished(&answered_at_once(ExecutedAction::Redirect, b"", 507));
    let snapshot = metrics.snapshot();
    let count = &snapshot.load_balancers[&LOAD_BALANCER];
    assert_eq!((count.redirects, count.redirect_url_limit_exceeded, count.fixed_responses), (2, 1, 1));
    assert_eq!((count.rule_evaluations, count.own_statuses), (12, [0, 0, 2, 0, 2]));
    let mut text = String::new();
    snapshot.write_prometheus(&mut text).unwrap();
    let line = format!("elbow_actions_total{{load_balancer=\"{LOAD_BALANCER}\",action=\"redirect\"}} 2");
    assert!(text.contains(&line), "{text}");
}

#[test]
fn health_checks_are_counted_by_their_result() {
    let metrics = Metrics::new();
    let recorder = metrics.recorder();
    let checked = |failure, status| HealthChecked {
        protocol: "http",
        time: Timestamp::from_secs(1),
        latency: Duration::from_millis(1),
        target: (TARGET, SocketAddr::from(([127, 0, 0, 1], 80))),
        target_group: (GROUP, "carts"),
        load_balancer: Some(LOAD_BALANCER),
        node: None,
        status,
        failure,
    };
    for failure in CheckFailure::ALL {
        recorder.health_checked(&checked(Some(failure), None));
    }
    recorder.health_checked(&checked(Some(CheckFailure::TargetError), Some(503)));
    recorder.health_checked(&checked(None, Some(200)));

    let mut text = String::new();
    metrics.snapshot().write_prometheus(&mut text).unwrap();
    for (result, count) in [
        ("PASS", 1),
        ("TimedOut", 1),
        ("ConnectionReset", 1),
        ("ResponseCodeMismatch", 1),
        ("TargetError", 2),
        ("InternalError", 1),
    ] {
        let line =
            format!("elbow_health_checks_total{{target_group=\"{GROUP}\",result=\"{result}\"}} {count}");
        assert!(text.lines().any(|it| it == line), "{line} in {text}");
    }
    recorder.retain(|_| true, |_| false, |_| true);
    assert!(metrics.snapshot().target_groups.is_empty(), "a group that is deleted");
}

#[test]
fn the_targets_of_a_group_are_added_up_by_state() {
    let odd = |mitigated| AnomalyDetection { anomalous: true, mitigated };
    let targets = [
        (HealthState::Healthy, odd(true)),
        (HealthState::Healthy, odd(false)),
        (HealthState::Unhealthy, AnomalyDetection::default()),
        (HealthState::Draining, AnomalyDetection::default()),
    ];
    let group = TargetGroupHealth::new(LOAD_BALANCER, GROUP, targets);
    let mut text = String::new();
    TargetGroupHealth::write_prometheus(&[group], &mut text).unwrap();
    let of = "load_balancer=\"0000000000000001\",target_group=\"0000000000000002\"";
    for (state, count) in
        [("initial", 0), ("healthy", 2), ("unhealthy", 1), ("unused", 0), ("draining", 1), ("unavailable", 0)]
    {
        let line = format!("elbow_targets{{{of},state=\"{state}\"}} {count}\n");
        assert!(text.contains(&line), "{line} in {text}");
    }
    assert!(text.contains(&format!("elbow_anomalous_targets{{{of}}} 2\n")), "{text}");
    assert!(text.contains(&format!("elbow_mitigated_targets{{{of}}} 1\n")), "{text}");
}
