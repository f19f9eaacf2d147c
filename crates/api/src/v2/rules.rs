//! Rules: creating, describing, modifying, deleting. Their order is in [`super::rule_priorities`].

use std::sync::Arc;

use elbow_model::key::RuleKey;
use elbow_model::{
    Change, Entity, EntityKey, Listener, LoadBalancerArn, Priority, Rule, RuleArn, Transforms, limits,
};

use super::actions::Site;
use super::any_rule::AnyRule;
use super::paging::Page;
use super::{actions, conditions, tags, transforms};
use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

const DEFAULT: &str = "default";

/// `CreateRule`. Not idempotent, as with AWS: Terraform looks for a free priority until none is refused.
pub(crate) fn create(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let listener = call.listener_of(params)?;
    let priority = priority(params)?;
    let conditions = conditions::read(params)?;
    let actions = actions::read(call, params, "Actions", &Site::of(listener, None))?;
    let transforms = transforms::read(params)?.unwrap_or_default();
    let tags = tags::read(params)?;
    if call.configuration.rules_of(listener.arn.key).any(|rule| rule.priority == priority) {
        return Err(in_use(priority));
    }
    check_count(call, &listener.arn.load_balancer)?;
    let arn = RuleArn { listener: listener.arn.clone(), key: RuleKey::new(call.random()) };
    put(call, Rule { arn, priority, conditions, transforms, actions, tags })
}

/// `DescribeRules`, in the order in which they are looked at.
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let arns = params.texts("RuleArns")?.unwrap_or_default();
    let mut rules: Vec<AnyRule<'_>> = match (params.text("ListenerArn"), arns.is_empty()) {
        (Some(arn), true) => AnyRule::of_listener(call.configuration, call.listener(arn)?).collect(),
        (None, false) => arns.iter().map(|arn| call.rule(arn)).collect::<Result<_, _>>()?,
        (Some(_), false) => {
            return Err(Error::validation(
                "Listener rule ARNs and a listener ARN cannot be specified at the same time",
            ));
        }
        (None, true) => {
            return Err(Error::validation("You must specify either listener rule ARNs or a listener ARN"));
        }
    };
    rules.sort_by_cached_key(|rule| rule.arn());
    rules.dedup_by_key(|rule| rule.arn());
    // A priority that is changed between two pages may show its rule on both or on none. The order is worth that.
    let place = |rule: &AnyRule<'_>| match rule {
        AnyRule::Own(rule) => format!("{} {:05}", rule.arn.listener.key, rule.priority.get()),
        AnyRule::Default(listener) => format!("{} {DEFAULT}", listener.arn.key),
    };
    let page = Page::cut(params, rules, place)?;
    Ok(page.show("Rules", |xml, rule| show(call, xml, rule)))
}

/// `ModifyRule`: what is not given stays.
pub(crate) fn modify(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut rule = Call::copy(own(call, params.required("RuleArn")?, "modified")?);
    let new_transforms = transforms::read(params)?;
    let reset = params.flag("ResetTransforms")?.unwrap_or(false);
    if reset && new_transforms.is_some() {
        return Err(Error::validation("You cannot specify both Transforms and ResetTransforms"));
    }
    if !["Conditions", "Actions"].into_iter().any(|name| params.has(name))
        && !reset
        && new_transforms.is_none()
    {
        return Err(Error::validation("Either conditions, actions or transforms must be specified"));
    }
    if params.has("Conditions") {
        rule.conditions = conditions::read(params)?;
    }
    if params.has("Actions") {
        let listener = call.listener(&rule.arn.listener.to_string())?;
        let site = Site::of(listener, Some(rule.arn.clone()));
        rule.actions = actions::read(call, params, "Actions", &site)?;
    }
    if reset {
        rule.transforms = Transforms::default();
    }
    rule.transforms = new_transforms.unwrap_or(rule.transforms);
    put(call, rule)
}

/// `DeleteRule`
pub(crate) fn delete(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let rule = own(call, params.required("RuleArn")?, "deleted")?;
    Ok((vec![removal(rule)], Xml::new()))
}

/// The changes that remove every rule of a listener but the default one.
pub(super) fn removals(call: &Call<'_>, listener: &Listener) -> impl Iterator<Item = Change> {
    call.configuration.rules_of(listener.arn.key).map(|rule| removal(rule))
}

/// A rule that can be changed: any but a default one.
pub(super) fn own<'a>(call: &Call<'a>, arn: &str, changed: &str) -> Result<&'a Arc<Rule>, Error> {
    match call.rule(arn)? {
        AnyRule::Own(rule) => Ok(rule),
        AnyRule::Default(_) => {
            Err(Error::new(Code::OperationNotPermitted, format!("Default rule '{arn}' cannot be {changed}")))
        }
    }
}

/// Writes a rule.
pub(super) fn show(call: &Call<'_>, xml: &mut Xml, rule: AnyRule<'_>) {
    let (priority, conditions, transforms) = match rule {
        AnyRule::Own(rule) => (Some(rule.priority), rule.conditions.as_slice(), &rule.transforms),
        AnyRule::Default(_) => (None, &[][..], &Transforms::default()),
    };
    xml.text("RuleArn", rule.arn());
    match priority {
        Some(priority) => xml.text("Priority", priority),
        None => xml.text("Priority", DEFAULT),
    }
    xml.list("Conditions", conditions, conditions::show);
    xml.list("Actions", [rule.actions()], |xml, actions| actions::show(call, xml, actions));
    xml.text("IsDefault", priority.is_none());
    transforms::show(xml, transforms);
}

/// The refusal of a priority that another rule has.
pub(super) fn in_use(priority: Priority) -> Error {
    Error::new(Code::PriorityInUse, format!("Priority '{priority}' is currently in use"))
}

/// Reads the parameter `Priority`.
pub(super) fn priority(params: &Params<'_>) -> Result<Priority, Error> {
    params.required("Priority")?;
    let number = params.number("Priority", 1, Priority::MAX)?.unwrap_or_default();
    Ok(Priority::new(number)?)
}

fn put(call: &Call<'_>, rule: Rule) -> Result<Decision, Error> {
    let rule = Arc::new(rule);
    let mut xml = Xml::new();
    xml.list("Rules", [&rule], |xml, rule| show(call, xml, AnyRule::Own(rule)));
    Ok((vec![Change::Put(Entity::Rule(rule))], xml))
}

fn removal(rule: &Rule) -> Change {
    Change::Remove(EntityKey::Rule(rule.arn.listener.key, rule.arn.key))
}

/// Default rules do not count.
fn check_count(call: &Call<'_>, balancer: &LoadBalancerArn) -> Result<(), Error> {
    let listeners = call.configuration.listeners_of(balancer.key);
    let count: usize = listeners.map(|listener| call.configuration.rules_of(listener.arn.key).count()).sum();
    if count < limits::RULES_PER_LOAD_BALANCER {
        return Ok(());
    }
    Err(Error::new(
        Code::TooManyRules,
        format!("The maximum number of rules on load balancer '{balancer}' has been reached"),
    ))
}
