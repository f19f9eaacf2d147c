//! `explain`: where a request would go and why, and what its cookies say. The answer to "why did it not stick?".

mod schemas;

use elbow_model::key::{ListenerKey, TargetGroupKey, TargetKey};
use elbow_model::{Priority, Rule, RuleArn, Zone};
use serde_json::{Value, json};

pub(super) use self::schemas::schemas;
use super::add;
use super::given::Given;
use super::question::Question;
use super::served::{Served, ServedTarget};
use crate::call::Call;
use crate::classic::find::listener_on;
use crate::error::Error;
use crate::explanation::{
    self, Decided, Explained, Explanation, Forwarded, InGroup, Opened, Outcome, Refused, Session, Token,
};
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
        let Question { head, http2, source } = Question::read(given, self.host)?;
        let question =
            explanation::Question { listener: self.listener, head: &head, http2, source, now: call.now };
        let mut shown = json!({ "at": iso8601(call.now) });
        match call.surroundings.explainer.explain(&question).map_err(Error::validation)? {
            Explanation::Elsewhere(listener) => self.add_elsewhere(&mut shown, listener),
            Explanation::Refused(Refused { status, meaning }) => {
                add(&mut shown, "action", json!("refused"));
                add(&mut shown, "status", json!(status));
                add(&mut shown, "meaning", json!(meaning));
            }
            Explanation::Decided(decided) => self.add_decided(&mut shown, decided),
        }
        Ok(shown)
    }

    /// Names the listener that takes the request instead; only those of Application Load Balancers share a port.
    fn add_elsewhere(&self, shown: &mut Value, listener: ListenerKey) {
        add(shown, "action", json!("other-listener"));
        if let Some(listener) = self.call.configuration.listeners.get(&listener) {
            add(shown, "listenerArn", json!(listener.arn.to_string()));
            add(shown, "loadBalancerName", json!(listener.arn.load_balancer.name.as_str()));
        }
    }

    fn add_decided(&self, shown: &mut Value, Decided { rule, passed_over, action }: Decided) {
        let passed_over: Vec<Value> =
            passed_over.iter().filter_map(|(rule, condition)| self.passed_over(*rule, *condition)).collect();
        add(shown, "rule", self.rule(rule));
        add(shown, "rulesPassedOver", json!(passed_over));
        match action {
            Explained::Redirect { status, location } => {
                add(shown, "action", json!("redirect"));
                add(shown, "status", json!(status));
                add(shown, "location", json!(location));
            }
            Explained::FixedResponse(status) => {
                add(shown, "action", json!("fixed-response"));
                add(shown, "status", json!(status));
            }
            Explained::Forward(forwarded) => self.add_forward(shown, &forwarded),
        }
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
        if let Some(ends) = session.ends {
            add(&mut shown, "endsAt", json!(iso8601(ends)));
        }
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
            "isIncompatible": told.incompatible,
            "setCookies": told.sets,
            "isInsecureReplay": told.insecure_replay,
        });
        if !told.zones.is_empty() {
            let zone = |(zone, eligible): &(Zone, usize)| json!({ "zoneName": zone.as_str(), "eligibleTargets": eligible });
            add(&mut shown, "zones", told.zones.iter().map(zone).collect());
        }
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
