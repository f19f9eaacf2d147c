//! `metrics`: what was counted over the last day, for charts.

use std::time::Duration;

use elbow_model::Timestamp;
use elbow_model::key::LoadBalancerKey;
use elbow_telemetry::{LoadBalancerSample, ResponseTimes, StatusClasses, Step, TargetGroupSample};
use serde_json::{Map, Value, json};

use super::add;
use super::given::Given;
use super::served::{Served, add_imbalances};
use crate::call::Call;
use crate::error::Error;
use crate::v2::iso8601;

/// The range of a call that names none.
const MINUTES: usize = 60;
/// The longest range.
pub(super) const MINUTES_MAX: usize = 1440;

/// `GET target-groups/{targetGroupArn}/metrics`.
pub(super) fn of_target_group(call: &Call<'_>, given: &Given) -> Result<Value, Error> {
    Ok(of_served(call, given, &Served::target_group(call, given)?))
}

/// `GET classic-load-balancers/{loadBalancerName}/listeners/{loadBalancerPort}/metrics`.
pub(super) fn of_classic_listener(call: &Call<'_>, given: &Given) -> Result<Value, Error> {
    Ok(of_served(call, given, &Served::classic_listener(call, given)?))
}

/// `GET load-balancers/{loadBalancerArn}/metrics`.
pub(super) fn of_load_balancer(call: &Call<'_>, given: &Given) -> Result<Value, Error> {
    let balancer = call.load_balancer(given.part("loadBalancerArn"))?;
    Ok(of_balancer(call, given, balancer.arn.key))
}

/// `GET classic-load-balancers/{loadBalancerName}/metrics`.
pub(super) fn of_classic(call: &Call<'_>, given: &Given) -> Result<Value, Error> {
    let balancer = call.classic(given.part("loadBalancerName"))?;
    Ok(of_balancer(call, given, balancer.arn.key))
}

/// The steps that a range is told in, and the range.
fn range(call: &Call<'_>, given: &Given) -> (Step, (Timestamp, Timestamp)) {
    let minutes = given.number("minutes").unwrap_or(MINUTES);
    let step = match minutes {
        0..=15 => Step::TenSeconds,
        16..=180 => Step::Minute,
        _ => Step::FiveMinutes,
    };
    let seconds = u64::try_from(minutes).unwrap_or_default().saturating_mul(60);
    (step, (call.now - Duration::from_secs(seconds), call.now))
}

fn answer(step: Step, samples: impl Iterator<Item = Value>) -> Value {
    json!({ "periodSeconds": step.duration().as_secs(), "samples": samples.collect::<Vec<_>>() })
}

fn of_served(call: &Call<'_>, given: &Given, served: &Served) -> Value {
    let (step, range) = range(call, given);
    let samples = call.surroundings.counted.history.target_group(served.group, step, range);
    answer(step, samples.iter().map(|(at, sample)| group_sample(*at, sample, served)))
}

fn of_balancer(call: &Call<'_>, given: &Given, key: LoadBalancerKey) -> Value {
    let (step, range) = range(call, given);
    let samples = call.surroundings.counted.history.load_balancer(key, step, range);
    answer(step, samples.iter().map(|(at, sample)| balancer_sample(*at, sample)))
}

fn group_sample(at: Timestamp, sample: &TargetGroupSample, served: &Served) -> Value {
    let known = sample.targets.iter().filter_map(|it| Some((it, served.target(it.target)?)));
    let (mut sessions, mut requests) = (Vec::new(), Vec::new());
    let targets: Vec<Value> = known
        .map(|(counts, target)| {
            if !target.drains() {
                sessions.push(counts.sessions);
                requests.push(counts.requests);
            }
            let mut shown = target.named();
            add(&mut shown, "requests", json!(counts.requests));
            add(&mut shown, "failures", json!(counts.failures));
            add(&mut shown, "sessions", json!(counts.sessions));
            shown
        })
        .collect();
    let mut shown = json!({
        "at": iso8601(at),
        "requests": sample.requests,
        "statuses": statuses(&sample.statuses),
        "connectionErrors": sample.connection_errors,
        "healthyHosts": sample.healthy,
        "unhealthyHosts": sample.unhealthy,
        "sessions": sample.sessions,
        "outcomes": sample.outcomes,
        "targets": targets,
    });
    if let Some(times) = response_times(&sample.response_times) {
        add(&mut shown, "responseTime", times);
    }
    add_imbalances(&mut shown, &sessions, &requests);
    shown
}

fn balancer_sample(at: Timestamp, sample: &LoadBalancerSample) -> Value {
    json!({
        "at": iso8601(at),
        "requests": sample.requests,
        "processedBytes": sample.processed_bytes,
        "ownStatuses": statuses(&sample.own_statuses),
        "nonStickyRequests": sample.non_sticky,
    })
}

/// By class, those that there were.
fn statuses(classes: &StatusClasses) -> Map<String, Value> {
    let named = (1..).zip(classes).filter(|(_, count)| **count > 0);
    named.map(|(class, count): (u8, _)| (format!("{class}xx"), json!(count))).collect()
}

fn response_times(times: &ResponseTimes) -> Option<Value> {
    let micros = |share| Some(times.percentile(share)?.as_micros());
    Some(json!({
        "meanMicros": times.mean()?.as_micros(),
        "p50Micros": micros(0.5)?,
        "p90Micros": micros(0.9)?,
        "p99Micros": micros(0.99)?,
    }))
}

/// What is answered here.
pub(super) fn schemas() -> Value {
    let count = |description: &str| json!({ "type": "integer", "minimum": 0, "description": description });
    let counts = |description: &str| {
        json!({
            "type": "object",
            "description": description,
            "additionalProperties": { "type": "integer", "minimum": 0 },
        })
    };
    let moment = json!({ "type": "string", "format": "date-time", "description": "When the period ended." });
    let series = |of: &str, description: &str| {
        json!({
            "type": "object",
            "description": description,
            "properties": {
                "periodSeconds": count("How long the period of a sample is; the longer the range, the longer."),
                "samples": { "type": "array", "items": { "$ref": format!("#/components/schemas/{of}") } },
            },
            "required": ["periodSeconds", "samples"],
            "additionalProperties": false,
        })
    };
    let imbalance = json!({ "$ref": "#/components/schemas/Imbalance" });
    json!({
        "TargetGroupMetrics": series("TargetGroupSample", "What a target group did; periods without a load balancer are missing."),
        "TargetGroupSample": {
            "type": "object",
            "description": "One period.",
            "properties": {
                "at": moment,
                "requests": count("RequestCount"),
                "statuses": counts("HTTPCode_Target_nXX_Count by class, 2xx and so on."),
                "connectionErrors": count("TargetConnectionErrorCount"),
                "responseTime": { "$ref": "#/components/schemas/ResponseTime" },
                "healthyHosts": count("HealthyHostCount, the least within the period."),
                "unhealthyHosts": count("UnHealthyHostCount, the most within the period."),
                "sessions": count("Sessions that live at its end, an estimate."),
                "outcomes": counts("Requests by what happened to their stickiness."),
                "targets": { "type": "array", "items": { "$ref": "#/components/schemas/TargetSample" } },
                "sessionImbalance": imbalance,
                "requestImbalance": imbalance,
            },
            "required": [
                "at", "requests", "statuses", "connectionErrors", "healthyHosts", "unhealthyHosts", "sessions",
                "outcomes", "targets",
            ],
            "additionalProperties": false,
        },
        "TargetSample": {
            "type": "object",
            "description": "One target within the period; those that have left since are missing.",
            "properties": {
                "targetId": { "type": "string", "description": "As it was registered." },
                "port": { "type": "integer", "minimum": 1, "maximum": 65535 },
                "requests": count("Requests that were sent to it."),
                "failures": count("Those of them that it answered with 5xx, or not at all."),
                "sessions": count("Sessions that live on it at the end."),
            },
            "required": ["targetId", "port", "requests", "failures", "sessions"],
            "additionalProperties": false,
        },
        "ResponseTime": {
            "type": "object",
            "description": "TargetResponseTime in microseconds. Percentiles lie in the right power of two.",
            "properties": {
                "meanMicros": count("The mean."),
                "p50Micros": count("The median."),
                "p90Micros": count("Of ten, nine were faster."),
                "p99Micros": count("Of a hundred, ninety-nine were faster."),
            },
            "required": ["meanMicros", "p50Micros", "p90Micros", "p99Micros"],
            "additionalProperties": false,
        },
        "LoadBalancerMetrics": series("LoadBalancerSample", "What a load balancer did; periods without anything are missing."),
        "LoadBalancerSample": {
            "type": "object",
            "description": "One period.",
            "properties": {
                "at": moment,
                "requests": count("RequestCount"),
                "processedBytes": count("ProcessedBytes"),
                "ownStatuses": counts("HTTPCode_ELB_nXX_Count by class."),
                "nonStickyRequests": count("NonStickyRequestCount and AppCookieNonStickinessCount together."),
            },
            "required": ["at", "requests", "processedBytes", "ownStatuses", "nonStickyRequests"],
            "additionalProperties": false,
        },
    })
}
