//! How explanations look, for the OpenAPI file.

use serde_json::{Value, json};

/// What is answered here.
pub(in crate::extension) fn schemas() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let moment =
        |description: &str| json!({ "type": "string", "format": "date-time", "description": description });
    let count = |description: &str| json!({ "type": "integer", "minimum": 0, "description": description });
    let flag = |description: &str| json!({ "type": "boolean", "description": description });
    let of = |schema: &str| json!({ "$ref": format!("#/components/schemas/{schema}") });
    let list = |schema: &str, description: &str| json!({ "type": "array", "items": of(schema), "description": description });
    let object = |description: &str, properties: Value, required: &[&str]| {
        json!({
            "type": "object",
            "description": description,
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    };
    let outcome = text("What happens to stickiness, in the word that metrics and logs have for it.");
    let meaning = text("What that means, and what to do about it.");
    let group = text("The target group; missing if it is a Classic listener's, or gone.");
    json!({
        "Explanation": object("What would be done with a request at this moment, and why. Nothing was sent or counted.", json!({
            "at": moment("When it was so."),
            "rule": of("ExplainedRule"),
            "rulesPassedOver": list("ExplainedRule", "The rules before that, in their order, each with a condition that does not hold."),
            "action": {
                "type": "string",
                "enum": ["forward", "redirect", "fixed-response", "refused", "other-listener"],
                "description": "What the rule does; or that the load balancer refuses the request before any rule, or that another listener on the port takes it by its Host.",
            },
            "status": { "type": "integer", "description": "The status that the client gets, unless a target answers." },
            "meaning": text("Why it is refused."),
            "location": text("Where it is redirected to."),
            "listenerArn": text("The other listener that takes it."),
            "loadBalancerName": text("The load balancer of that."),
            "cookies": list("ExplainedCookie", "The load balancer's own cookies in the request. With `forward` only, as what follows."),
            "groupStickiness": of("ExplainedOutcome"),
            "targetGroups": list("ExplainedGroup", "Where it may go: the target group that its cookie names, or all that the weights may choose."),
        }), &["at", "action"]),
        "ExplainedRule": object("A rule.", json!({
            "priority": text("Its priority, or `default`."),
            "ruleArn": text("Its ARN; missing of a Classic listener."),
            "unmet": text("The first of its conditions that does not hold."),
        }), &["priority"]),
        "ExplainedOutcome": object("What happens to stickiness.", json!({ "outcome": outcome, "meaning": meaning }), &["outcome", "meaning"]),
        "ExplainedCookie": object("What a cookie says.", json!({
            "name": text("Its name; of one in several parts that of the first."),
            "isReadable": flag("Whether a key of this fleet has sealed it, for this load balancer."),
            "outcome": outcome,
            "meaning": meaning,
            "keyId": text("The generation of the key that sealed it."),
            "sessions": list("ExplainedSession", "What it carries: a session with each of some target groups."),
        }), &["name", "isReadable"]),
        "ExplainedSession": object("A session, as a cookie carries it.", json!({
            "targetGroupArn": group,
            "target": of("ExplainedTarget"),
            "sessionId": text("Its id, the same for as long as it lives."),
            "begunAt": moment("When it began."),
            "lastUsedAt": moment("When a response last carried it."),
            "endsAt": moment("When it ends unless the client comes back, by the duration that is set now; missing if the client or the application decides."),
            "moves": count("How often it has moved to another target."),
            "isFromHttps": flag("Whether a response over HTTPS has carried it."),
        }), &["sessionId", "begunAt", "lastUsedAt", "moves", "isFromHttps"]),
        "ExplainedTarget": object("A target that is registered or drains.", json!({
            "targetId": text("As it was registered."),
            "port": { "type": "integer", "minimum": 1, "maximum": 65535 },
            "state": text("The state that DescribeTargetHealth tells."),
            "reason": text("Its reason code."),
        }), &["targetId", "port", "state"]),
        "ExplainedGroup": object("What would happen in a target group.", json!({
            "targetGroupArn": group,
            "share": { "type": "number", "minimum": 0, "maximum": 1, "description": "The share of requests like this one that go there." },
            "stickiness": {
                "type": "string",
                "enum": ["none", "lb_cookie", "app_cookie", "LBCookieStickinessPolicyType", "AppCookieStickinessPolicyType"],
                "description": "How clients are kept with their targets.",
            },
            "durationSeconds": count("For how long."),
            "cookieName": text("The application's cookie that it goes with."),
            "outcome": outcome,
            "meaning": meaning,
            "target": of("ExplainedTarget"),
            "leftTarget": of("ExplainedTarget"),
            "eligibleTargets": count("How many targets may be chosen, if none is followed, in all zones together."),
            "zones": list("ExplainedZone", "The same of each zone that connections are given to, if cross-zone load balancing is off."),
            "isIncompatible": flag("Whether its targets do not understand the client's version of HTTP, so that the client gets 464."),
            "setCookies": {
                "type": "array",
                "items": { "type": "string" },
                "description": "What the load balancer adds to the target's answer as `Set-Cookie`, `…` in place of what is sealed. Where that goes with the application's cookie, it is taken that the target sets it.",
            },
            "isInsecureReplay": flag("Whether its cookie was issued over HTTPS and came over HTTP."),
        }), &["share", "stickiness", "outcome", "meaning", "eligibleTargets", "isIncompatible", "setCookies", "isInsecureReplay"]),
        "ExplainedZone": object("A zone.", json!({
            "zoneName": text("Its name."),
            "eligibleTargets": count("How many targets may be chosen there; without any its requests are answered with 503."),
        }), &["zoneName", "eligibleTargets"]),
    })
}
