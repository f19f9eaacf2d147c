//! `sessions`: where the sessions of a target group live now.

use std::time::Duration;

use elbow_model::Timestamp;
use elbow_telemetry::Step;
use serde_json::{Value, json};

use super::add;
use super::given::Given;
use super::served::{Served, add_imbalances};
use crate::call::Call;
use crate::error::Error;
use crate::v2::iso8601;

/// Over how long requests are counted.
const RECENTLY: Duration = Duration::from_secs(60);

/// `GET target-groups/{targetGroupArn}/sessions`.
pub(super) fn of_target_group(call: &Call<'_>, given: &Given) -> Result<Value, Error> {
    Ok(show(call, &Served::target_group(call, given)?))
}

/// `GET classic-load-balancers/{loadBalancerName}/listeners/{loadBalancerPort}/sessions`.
pub(super) fn of_classic_listener(call: &Call<'_>, given: &Given) -> Result<Value, Error> {
    Ok(show(call, &Served::classic_listener(call, given)?))
}

fn show(call: &Call<'_>, served: &Served) -> Value {
    let counted = &call.surroundings.counted;
    let live = counted.metrics.live_sessions(served.targets.iter().map(|target| target.key), call.now);
    let recently = (call.now - RECENTLY, Timestamp::from_millis(u64::MAX));
    let steps = counted.history.target_group(served.group, Step::TenSeconds, recently);
    let steps = steps.into_iter().map(|(_, step)| step);
    let recent = steps.reduce(|sum, step| sum.and(&step)).unwrap_or_default();
    let (mut sessions, mut requests, mut draining) = (Vec::new(), Vec::new(), 0_u64);
    let targets: Vec<Value> = served
        .targets
        .iter()
        .map(|target| {
            let lives = live.targets.get(&target.key).copied().unwrap_or_default();
            let served = recent.target(target.key).map_or(0, |it| it.requests);
            if target.takes_sessions() {
                sessions.push(lives);
                requests.push(served);
            }
            if target.drains() {
                draining = draining.saturating_add(lives);
            }
            let mut shown = target.shown();
            add(&mut shown, "sessions", json!(lives));
            add(&mut shown, "requests", json!(served));
            shown
        })
        .collect();
    let mut answer = json!({
        "at": iso8601(call.now),
        "sessions": live.total,
        "sessionsOnDrainingTargets": draining,
        "isComplete": !live.incomplete,
        "requestSeconds": RECENTLY.as_secs(),
        "outcomes": recent.outcomes,
        "targets": targets,
    });
    add_imbalances(&mut answer, &sessions, &requests);
    answer
}

/// What is answered here.
pub(super) fn schemas() -> Value {
    let count = |description: &str| json!({ "type": "integer", "minimum": 0, "description": description });
    let imbalance = json!({ "$ref": "#/components/schemas/Imbalance" });
    json!({
        "Sessions": {
            "type": "object",
            "description": "Where the sessions of a target group live. Numbers of sessions are estimates, within 3 % nearly always.",
            "properties": {
                "at": { "type": "string", "format": "date-time", "description": "When it was so." },
                "sessions": count("Sessions that live, on all targets together; one that has moved counts once."),
                "sessionsOnDrainingTargets": count("Those that a drain waits for."),
                "isComplete": {
                    "type": "boolean",
                    "description": "False if there are more targets with sessions than are counted.",
                },
                "requestSeconds": count("Over how many seconds up to now requests and outcomes are counted."),
                "outcomes": {
                    "type": "object",
                    "description": "Requests by what happened to their stickiness; only those that there were.",
                    "additionalProperties": { "type": "integer", "minimum": 0 },
                },
                "targets": { "type": "array", "items": { "$ref": "#/components/schemas/TargetSessions" } },
                "sessionImbalance": imbalance,
                "requestImbalance": imbalance,
            },
            "required": [
                "at", "sessions", "sessionsOnDrainingTargets", "isComplete", "requestSeconds", "outcomes", "targets",
            ],
            "additionalProperties": false,
        },
        "TargetSessions": {
            "type": "object",
            "description": "What lives on one target.",
            "properties": {
                "targetId": { "type": "string", "description": "As it was registered." },
                "port": { "type": "integer", "minimum": 1, "maximum": 65535 },
                "state": { "type": "string", "description": "The state that DescribeTargetHealth tells." },
                "reason": { "type": "string", "description": "Its reason code." },
                "sessions": count("Sessions that live on it."),
                "requests": count("Requests that were sent to it."),
            },
            "required": ["targetId", "port", "state", "sessions", "requests"],
            "additionalProperties": false,
        },
    })
}
