//! `elbow sessions`: where the sessions of a target group or a Classic listener live now.

use http::Method;
use serde_json::Value;

use super::explain::{classic_listener, encoded};
use super::remote::Remote;
use super::say;
use crate::cli;
use crate::failure::Failure;

/// Asks the server and tells what it says.
pub(crate) fn run(sessions: cli::Sessions) -> Result<(), Failure> {
    let cli::Sessions { name, port, json, server } = sessions;
    let remote = Remote::of(server, "numbers")?;
    let path = path(&remote, &name, port)?;
    let told = remote.call(Method::GET, &format!("{path}/sessions"), String::new())?;
    if json {
        return say(told);
    }
    lines(&told).into_iter().try_for_each(say)
}

fn path(remote: &Remote, name: &str, port: Option<u16>) -> Result<String, Failure> {
    let configuration = remote.configuration();
    let mut groups = configuration.target_groups.values();
    let is_it =
        |it: &elbow_model::TargetGroupArn| it.name.as_str() == name && it.scope.region == *remote.region();
    if let Some(group) = groups.find(|it| is_it(&it.arn)) {
        return Ok(format!("target-groups/{}", encoded(&group.arn.to_string())));
    }
    let mut classic = configuration.classic_load_balancers.values();
    let found = classic.find(|it| it.arn.name.as_str() == name && it.arn.scope.region == *remote.region());
    let Some(balancer) = found else {
        let region = remote.region().as_str();
        return Err(Failure::failed(format!(
            "there is neither a target group nor a Classic Load Balancer '{name}' in {region}; --region names another region"
        )));
    };
    classic_listener(name, port, balancer)
}

/// What was told, for people: a line for each target, with tabs between its columns.
fn lines(told: &Value) -> Vec<String> {
    let number = |of: &Value, name: &str| of.get(name).and_then(Value::as_u64).unwrap_or_default();
    let mut lines = vec!["TARGET\tSTATE\tSESSIONS\tREQUESTS".to_owned()];
    for target in told.get("targets").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| target.get(name).and_then(Value::as_str).unwrap_or("-");
        let (id, state, port) = (text("targetId"), text("state"), number(target, "port"));
        let (sessions, requests) = (number(target, "sessions"), number(target, "requests"));
        lines.push(format!("{id}:{port}\t{state}\t{sessions}\t{requests}"));
    }
    let (all, draining) = (number(told, "sessions"), number(told, "sessionsOnDrainingTargets"));
    lines.push(format!("{all} sessions, {draining} of them on targets that drain"));
    if let Some(imbalance) = told.get("sessionImbalance") {
        let of = |name: &str| imbalance.get(name).and_then(Value::as_f64).unwrap_or_default();
        let (most, deviation) = (of("maxToMean"), of("coefficientOfVariation"));
        lines.push(format!(
            "imbalance: {most} from the mean to the most, coefficient of variation {deviation}"
        ));
    }
    let outcomes = told.get("outcomes").and_then(Value::as_object).into_iter().flatten();
    let outcomes: Vec<String> = outcomes.map(|(word, count)| format!("{word} {count}")).collect();
    let seconds = number(told, "requestSeconds");
    lines.push(match outcomes.as_slice() {
        [] => format!("no requests in the last {seconds} s"),
        _ => format!("stickiness in the last {seconds} s: {}", outcomes.join(", ")),
    });
    if told.get("isComplete").and_then(Value::as_bool) == Some(false) {
        lines.push("there are more targets with sessions than are counted".to_owned());
    }
    lines
}
