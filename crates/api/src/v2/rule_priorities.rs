//! The order of rules.

use std::collections::BTreeSet;
use std::sync::Arc;

use elbow_model::{Change, Entity, Rule, RuleArn};

use super::any_rule::AnyRule;
use super::rules::{in_use, own, priority, show};
use crate::call::{Call, Decision};
use crate::error::Error;
use crate::wire::{Params, Xml};

/// `SetRulePriorities`: all of them or none. Rules may swap their priorities; those that are not named keep theirs.
pub(crate) fn set(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut moved: Vec<Arc<Rule>> = Vec::new();
    let (mut arns, mut places) = (BTreeSet::new(), BTreeSet::new());
    for member in params.required_list("RulePriorities")? {
        let arn = member.required("RuleArn")?;
        let priority = priority(&member)?;
        let rule = own(call, arn, "modified")?;
        if !arns.insert(&rule.arn) {
            return Err(Error::validation(format!("Rule '{arn}' was provided multiple times")));
        }
        if !places.insert((rule.arn.listener.key, priority)) {
            return Err(Error::validation(format!("Priority '{priority}' was provided multiple times")));
        }
        moved.push(Arc::new(Rule { priority, ..Call::copy(rule) }));
    }
    check_free(call, &moved, &arns)?;
    let mut xml = Xml::new();
    xml.list("Rules", &moved, |xml, rule| show(call, xml, AnyRule::Own(rule)));
    Ok((moved.into_iter().map(|rule| Change::Put(Entity::Rule(rule))).collect(), xml))
}

/// No rule that stays where it is has a priority that another moves to.
fn check_free(call: &Call<'_>, moved: &[Arc<Rule>], arns: &BTreeSet<&RuleArn>) -> Result<(), Error> {
    for rule in moved {
        let mut others = call.configuration.rules_of(rule.arn.listener.key);
        if others.any(|other| other.priority == rule.priority && !arns.contains(&other.arn)) {
            return Err(in_use(rule.priority));
        }
    }
    Ok(())
}
