//! `explain`: where a request would go and why, and what its cookies say. The answer to "why did it not stick?".

use elbow_model::key::{ListenerKey, TargetGroupKey, TargetKey};
use elbow_model::{Priority, Rule, RuleArn};
use serde_json::{Value, json};

use super::add;
use super::given::Given;
use super::question::Question;
use super::served::{Served, ServedTarget};
use crate::call::Call;
use crate::classic::find::listener_on;
use crate::error::Error;
use crate::explanation::{self, Explained, Explanation, Forwarded, InGroup, Opened, Outcome, Session, Token};
use crate::v2::iso8601;

/// `POST listeners/{listenerArn}/explain`.
pub(super) fn of_listener(call: &Call<'_>, given: &Given) -> Result<Value, Error> {
    let listener = call.listener(given.part("listenerArn"))?;
    let balancer = call.configuration.load_balancers.get(&listener.arn.load_balancer.key);
    let host = balancer.map(|balancer| balancer.dns_name.as_str()).unwrap_or_default();
    let rule = Some(listener.default_rule());
    Place { call, host, listener: listener.arn.key, rule, classic: None }.explain(given)
}

/// `POST classic-load-balancers/{loadBalancerName}/listeners/{loadBalancerPort}/explain`.
pub(super) fn of_classic_listener(call: &Call<'_>, given: &Given) -> Result<Value, Error> {
    let balancer = call.classic(given.part("loadBalancerName"))?;
    let listener = listener_on(balancer, given.part("loadBalancerPort"))?;
    let classic = Some(Served::of_classic_listener(call, balancer, listener));
    let host = balancer.dns_name.as_str();
    Place { call, host, listener: listener.key, rule: None, classic }.explain(given)
}

/// The listener that is asked about, and the names of what it leads to.
struct Place<'a> {
    call: &'a Call<'a>,
    /// The DNS name of its load balancer.
    host: &'a str,
    listener: ListenerKey,
    /// The ARN of the default rule; a Classic listener has none.
    rule: Option<RuleArn>,
    /// The instances of a Classic listener.
    classic: Option<Served>,
}

impl Place<'_> {
    fn explain(&self, given: &Given) -> Result<Value, Error> {
        let call = self.call;
        let Question { head, source } = Question::read(given, self.host)?;
        let question = explanation::Question { listener: self.listener, head: &head, source, now: call.now };
        let told = call.surroundings.explainer.explain(&question).map_err(Error::validation)?;
        let Explanation { rule, passed_over, action } = told;
        let passed_over: Vec<Value> =
            passed_over.iter().filter_map(|(rule, condition)| self.passed_over(*rule, *condition)).collect();
        let mut shown = json!({
            "at": iso8601(call.now),
            "rule": self.rule(rule),
            "rulesPassedOver": passed_over,
        });
        match action {
            Explained::Redirect => add(&mut shown, "action", json!("redirect")),
            Explained::FixedResponse => add(&mut shown, "action", json!("fixed-response")),
            Explained::Forward(forwarded) => self.add_forward(&mut shown, &forwarded),
        }
        Ok(shown)
    }

    fn rule(&self, priority: Option<Priority>) -> Value {
        let Some(priority) = priority else {
            let mut shown = json!({ "priority": "default" });
            if let Some(arn) = &self.rule {
                add(&mut shown, "ruleArn", json!(arn.to_string()));
            }
            return shown;
        };
        let mut shown = json!({ "priority": priority.to_string() });
        if let Some(rule) = self.find(priority) {
            add(&mut shown, "ruleArn", json!(rule.arn.to_string()));
        }
        shown
    }

    /// A rule that the request does not meet; `None` if it was deleted meanwhile.
    fn passed_over(&self, priority: Priority, condition: usize) -> Option<Value> {
        let condition = self.find(priority)?.conditions.as_slice().get(condition)?;
        let mut shown = self.rule(Some(priority));
        add(&mut shown, "unmet", json!(condition.to_string()));
        Some(shown)
    }

    fn find(&self, priority: Priority) -> Option<&Rule> {
        let mut rules = self.call.configuration.rules_of(self.listener);
        rules.find(|rule| rule.priority == priority).map(|rule| &**rule)
    }

    fn add_forward(&self, shown: &mut Value, forwarded: &Forwarded) {
        let cookies: Vec<Value> = forwarded.tokens.iter().map(|token| self.cookie(token)).collect();
        let groups: Vec<Value> = forwarded.groups.iter().map(|group| self.in_group(group)).collect();
        add(shown, "action", json!("forward"));
        add(shown, "cookies", json!(cookies));
        add(shown, "targetGroups", json!(groups));
        if let Some(outcome) = forwarded.of_group {
            add(shown, "groupStickiness", json!({ "outcome": outcome.word, "meaning": outcome.meaning }));
        }
    }

    fn cookie(&self, token: &Token) -> Value {
        match &token.content {
            Ok(Opened { key, sessions }) => {
                let sessions: Vec<Value> = sessions.iter().map(|session| self.session(session)).collect();
                json!({ "name": token.cookie, "isReadable": true, "keyId": key, "sessions": sessions })
            }
            Err(Outcome { word, meaning }) => {
                json!({ "name": token.cookie, "isReadable": false, "outcome": word, "meaning": meaning })
            }
        }
    }

    fn session(&self, session: &Session) -> Value {
        let mut shown = json!({
            "sessionId": session.id,
            "begunAt": iso8601(session.begun),
            "lastUsedAt": iso8601(session.last_used),
            "moves": session.moves,
            "isFromHttps": session.secure,
        });
        self.add_group(&mut shown, session.group);
        if let Some(target) = session.target.and_then(|target| self.target(session.group, target)) {
            add(&mut shown, "target", target);
        }
        shown
    }

    fn in_group(&self, told: &InGroup) -> Value {
        let mut shown = json!({
            "share": told.share,
            "stickiness": told.stickiness.kind,
            "outcome": told.outcome.word,
            "meaning": told.outcome.meaning,
            "eligibleTargets": told.eligible,
            "isInsecureReplay": told.insecure_replay,
        });
        self.add_group(&mut shown, told.group);
        if let Some(duration) = told.stickiness.duration {
            add(&mut shown, "durationSeconds", json!(duration.as_secs()));
        }
        if let Some(name) = &told.stickiness.cookie_name {
            add(&mut shown, "cookieName", json!(name));
        }
        for (name, target) in [("target", told.follows), ("leftTarget", told.leaves)] {
            if let Some(target) = target.and_then(|target| self.target(told.group, target)) {
                add(&mut shown, name, target);
            }
        }
        shown
    }

    /// Names a target group, unless it is a Classic listener's, or gone.
    fn add_group(&self, shown: &mut Value, group: TargetGroupKey) {
        if let Some(group) = self.call.configuration.target_groups.get(&group) {
            add(shown, "targetGroupArn", json!(group.arn.to_string()));
        }
    }

    /// A target, if it is registered or drains.
    fn target(&self, group: TargetGroupKey, target: TargetKey) -> Option<Value> {
        if let Some(classic) = self.classic.as_ref().filter(|served| served.group == group) {
            return classic.target(target).map(ServedTarget::shown);
        }
        let group = self.call.configuration.target_groups.get(&group)?;
        Served::of_target_group(self.call, group).target(target).map(ServedTarget::shown)
    }
}

/// What is answered here.
pub(super) fn schemas() -> Value {
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
            "action": { "type": "string", "enum": ["forward", "redirect", "fixed-response"], "description": "What the rule does." },
            "cookies": list("ExplainedCookie", "The load balancer's own cookies in the request. With `forward` only, as what follows."),
            "groupStickiness": of("ExplainedOutcome"),
            "targetGroups": list("ExplainedGroup", "Where it may go: the target group that its cookie names, or all that the weights may choose."),
        }), &["at", "rule", "rulesPassedOver", "action"]),
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
            "eligibleTargets": count("How many targets may be chosen, if none is followed."),
            "isInsecureReplay": flag("Whether its cookie was issued over HTTPS and came over HTTP."),
        }), &["share", "stickiness", "outcome", "meaning", "eligibleTargets", "isInsecureReplay"]),
    })
}
