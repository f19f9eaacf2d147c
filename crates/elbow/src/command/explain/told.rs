//! An explanation, for people.

use serde_json::{Value, json};

/// What was told, line by line.
pub(super) fn lines(told: &Value) -> Vec<String> {
    let action = text(told, "action");
    match action {
        "refused" => {
            return vec![format!(
                "the load balancer refuses it with {}: {}",
                status(told),
                text(told, "meaning")
            )];
        }
        "other-listener" => {
            return vec![format!(
                "its Host is of another load balancer on the same port, {}, which takes it: ask about that one",
                text(told, "loadBalancerName")
            )];
        }
        _ => {}
    }
    let mut lines = Vec::new();
    for rule in list(told, "rulesPassedOver") {
        let unmet = text(rule, "unmet");
        lines.push(format!("rule {}: no, it wants that {unmet}", text(rule, "priority")));
    }
    let does = match action {
        "redirect" => format!("redirect with {} to {}", status(told), text(told, "location")),
        "fixed-response" => format!("fixed-response with {}", status(told)),
        _ => action.to_owned(),
    };
    lines.push(format!("rule {}: yes, {does}", told.get("rule").map_or("-", |rule| text(rule, "priority"))));
    if action == "forward" {
        lines.extend(forwarded(told));
    }
    lines
}

fn forwarded(told: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    if list(told, "cookies").is_empty() {
        lines.push("cookies: none of the load balancer's".to_owned());
    }
    for cookie in list(told, "cookies") {
        let name = text(cookie, "name");
        match cookie.get("keyId").and_then(Value::as_str) {
            Some(key) => lines.push(format!("cookie {name}: sealed by the key {key}")),
            None => {
                let (outcome, meaning) = (text(cookie, "outcome"), text(cookie, "meaning"));
                lines.push(format!("cookie {name}: {outcome}: {meaning}"));
            }
        }
        lines.extend(list(cookie, "sessions").iter().map(session));
    }
    if let Some(group) = told.get("groupStickiness") {
        lines.push(format!("group stickiness: {}: {}", text(group, "outcome"), text(group, "meaning")));
    }
    if list(told, "targetGroups").is_empty() {
        lines.push(
            "no target group gets new requests, because all weights are 0: the client gets 503".to_owned(),
        );
    }
    list(told, "targetGroups").iter().for_each(|group| lines.extend(in_group(group)));
    lines
}

fn status(told: &Value) -> &Value {
    told.get("status").unwrap_or(&Value::Null)
}

fn session(session: &Value) -> String {
    let target = session.get("target").map_or_else(|| "a target that is not registered".to_owned(), target);
    let ends = session.get("endsAt").and_then(Value::as_str);
    format!(
        "  session {} with {}: {target}; begun {}, last used {}, {}moved {} times",
        text(session, "sessionId"),
        group_name(session),
        text(session, "begunAt"),
        text(session, "lastUsedAt"),
        ends.map(|ends| format!("ends {ends}, ")).unwrap_or_default(),
        session.get("moves").unwrap_or(&Value::Null),
    )
}

fn in_group(told: &Value) -> Vec<String> {
    let percent = told.get("share").and_then(Value::as_f64).unwrap_or_default() * 100.0;
    let mut lines = vec![
        format!(
            "{percent:.0} % of such requests go to {}, stickiness {}",
            group_name(told),
            text(told, "stickiness")
        ),
        format!("  {}: {}", text(told, "outcome"), text(told, "meaning")),
    ];
    if told.get("isInsecureReplay") == Some(&json!(true)) {
        lines.push("  insecure replay: its cookie was issued over HTTPS and came over HTTP".to_owned());
    }
    if let Some(left) = told.get("leftTarget") {
        lines.push(format!("  the session leaves {}", target(left)));
    }
    if told.get("isIncompatible") == Some(&json!(true)) {
        lines.push(
            "  its targets do not understand the client's version of HTTP: the client gets 464".to_owned(),
        );
        return lines;
    }
    let all = eligible(told);
    lines.push(match told.get("target") {
        Some(followed) => format!("  goes to {}", target(followed)),
        None if all == 0 => "  no target can take it: the client gets 503".to_owned(),
        None => format!("  one of {all} targets is chosen"),
    });
    let zone = |zone: &Value| format!("{} in {}", eligible(zone), text(zone, "zoneName"));
    let zones: Vec<String> = list(told, "zones").iter().map(zone).collect();
    if !zones.is_empty() && told.get("target").is_none() {
        lines.push(format!("  by zone of the connection: {}", zones.join(", ")));
    }
    let set = list(told, "setCookies").iter().filter_map(Value::as_str);
    lines.extend(set.map(|cookie| format!("  sets {cookie}")));
    lines
}

fn eligible(told: &Value) -> u64 {
    told.get("eligibleTargets").and_then(Value::as_u64).unwrap_or_default()
}

fn target(target: &Value) -> String {
    let port = target.get("port").unwrap_or(&Value::Null);
    format!("{}:{port} ({})", text(target, "targetId"), text(target, "state"))
}

/// The name in the ARN of a target group; a Classic listener's has none.
fn group_name(told: &Value) -> &str {
    let arn = told.get("targetGroupArn").and_then(Value::as_str);
    arn.map_or("the instances", |arn| arn.split('/').nth(1).unwrap_or(arn))
}

fn list<'a>(told: &'a Value, name: &str) -> &'a [Value] {
    told.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(told: &'a Value, name: &str) -> &'a str {
    told.get(name).and_then(Value::as_str).unwrap_or("-")
}
