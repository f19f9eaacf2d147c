//! Attributes of load balancers, target groups and listeners. What they accept is declared in
//! [`elbow_model::attribute`]; here are AWS's words for refusals.

use std::sync::Arc;

use elbow_model::attribute::target_group::{CROSS_ZONE, STICKINESS_TYPE};
use elbow_model::attribute::{self, Refused};
use elbow_model::{Attributes, Change, Entity, TargetGroup, TargetZone};

use super::actions;
use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::parity::{ABSENT_ATTRIBUTES, AbsentAttribute};
use crate::wire::{Params, Xml};

/// Stickiness of groups whose protocol is not HTTP (S23).
const OTHER_STICKINESS: &[&str] = &["source_ip", "source_ip_dest_ip", "source_ip_dest_ip_proto"];

/// Attributes of a load balancer that one call may set, by AWS's model.
const MOST_AT_ONCE: usize = 20;

/// `DescribeLoadBalancerAttributes`
pub(crate) fn describe_load_balancer(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    Ok(show(&call.load_balancer_of(params)?.attributes))
}

/// `DescribeTargetGroupAttributes`
pub(crate) fn describe_target_group(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    Ok(show(&call.target_group_of(params)?.attributes))
}

/// `DescribeListenerAttributes`
pub(crate) fn describe_listener(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    Ok(show(&call.listener_of(params)?.attributes))
}

/// `ModifyLoadBalancerAttributes`
pub(crate) fn modify_load_balancer(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut balancer = Call::copy(call.load_balancer_of(params)?);
    let given = params.required_list("Attributes")?.len();
    params.check_count("Attributes", given, MOST_AT_ONCE)?;
    set(params, &mut balancer.attributes, "Load balancer")?;
    check_logs(&balancer.attributes)?;
    let xml = show(&balancer.attributes);
    Ok((vec![Change::Put(Entity::LoadBalancer(Arc::new(balancer)))], xml))
}

/// `ModifyTargetGroupAttributes`
pub(crate) fn modify_target_group(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut group = Call::copy(call.target_group_of(params)?);
    set(params, &mut group.attributes, "Target group")?;
    group.validate_attributes().map_err(|it| Error::new(Code::InvalidConfigurationRequest, it.message()))?;
    if let Some(arn) = group.target_trust_store() {
        call.trust_store(&arn.to_string())?;
    }
    check_zones(call, &group)?;
    actions::check_stickiness(call, &group)?;
    let xml = show(&group.attributes);
    Ok((vec![Change::Put(Entity::TargetGroup(Arc::new(group)))], xml))
}

/// `ModifyListenerAttributes`
pub(crate) fn modify_listener(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let before = call.listener_of(params)?;
    let mut listener = Call::copy(before);
    set(params, &mut listener.attributes, "Listener")?;
    listener
        .check_header_names(&before.attributes)
        .map_err(|it| Error::new(Code::InvalidConfigurationRequest, it.message()))?;
    // Only what its clients speak may have changed.
    actions::check_all(call, &listener)
        .map_err(|it| Error::new(Code::InvalidConfigurationRequest, it.message()))?;
    let xml = show(&listener.attributes);
    Ok((vec![Change::Put(Entity::Listener(Arc::new(listener)))], xml))
}

fn set(params: &Params<'_>, attributes: &mut Attributes, noun: &str) -> Result<(), Error> {
    for member in params.required_list("Attributes")? {
        let (key, value) = (member.required("Key")?, member.required("Value")?);
        attributes.set(key, value).map_err(|refused| match refused {
            Refused::UnknownKey => unknown(noun, key),
            Refused::Value(_) if key == STICKINESS_TYPE => stickiness_type(value),
            Refused::Value(invalid) => invalid.into(),
        })?;
    }
    Ok(())
}

/// Keys that other types of load balancer have are told from others. Terraform drops what is "not supported" or "not
/// recognized" and goes on.
fn unknown(noun: &str, key: &str) -> Error {
    let absent = |it: &&AbsentAttribute| it.key == key && it.of.eq_ignore_ascii_case(noun);
    match ABSENT_ATTRIBUTES.iter().find(absent) {
        Some(_) => Error::new(
            Code::InvalidConfigurationRequest,
            format!(
                "{noun} attribute key '{key}' is not supported on load balancers with type 'application'"
            ),
        ),
        None => Error::validation(format!("{noun} attribute key '{key}' is not recognized")),
    }
}

fn stickiness_type(value: &str) -> Error {
    if OTHER_STICKINESS.contains(&value) {
        return Error::new(
            Code::InvalidConfigurationRequest,
            format!("Stickiness type '{value}' is not supported for target groups with the HTTP protocol"),
        );
    }
    Error::validation("'Stickiness type' must be one of [app_cookie, lb_cookie, source_ip]")
}

/// Logs that are switched on need somewhere to go.
fn check_logs(attributes: &Attributes) -> Result<(), Error> {
    use attribute::load_balancer::LOGS;
    match LOGS.iter().find(|(enabled, bucket)| attributes.flag(enabled) && attributes.text(bucket).is_empty())
    {
        Some((enabled, bucket)) => Err(Error::new(
            Code::InvalidConfigurationRequest,
            format!("'{bucket}' must be set when '{enabled}' is true"),
        )),
        None => Ok(()),
    }
}

/// A target that counts in every zone has no zone to stay in (B4).
fn check_zones(call: &Call<'_>, group: &TargetGroup) -> Result<(), Error> {
    let mut targets = call.configuration.targets_of(group.arn.key);
    let everywhere =
        targets.any(|target| target.zone == Some(TargetZone::All) && target.deregistered.is_none());
    if group.attributes.text(CROSS_ZONE) == "false" && everywhere {
        return Err(Error::new(
            Code::InvalidConfigurationRequest,
            "You cannot turn off cross-zone load balancing for a target group with targets in the Availability Zone \
             'all'",
        ));
    }
    Ok(())
}

fn show(attributes: &Attributes) -> Xml {
    let mut xml = Xml::new();
    xml.list("Attributes", attributes.iter(), |xml, (key, value)| {
        xml.text("Key", key);
        xml.text("Value", value);
    });
    xml
}
