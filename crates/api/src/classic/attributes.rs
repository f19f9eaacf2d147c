//! Attributes of Classic Load Balancers.

use std::time::Duration;

use elbow_model::{ClassicAttributes, ClassicLoadBalancer, DesyncMitigation};

use super::find::{put, unfit};
use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::objects::{Draft, ObjectName};
use crate::v2::iso8601;
use crate::wire::{Params, Xml};

const CROSS_ZONE: &str = "CrossZoneLoadBalancing";
const ACCESS_LOG: &str = "AccessLog";
const DRAINING: &str = "ConnectionDraining";
const CONNECTIONS: &str = "ConnectionSettings";
const ADDITIONAL: &str = "AdditionalAttributes";
/// All parts, in the order of AWS's model.
const PARTS: [&str; 5] = [CROSS_ZONE, ACCESS_LOG, DRAINING, CONNECTIONS, ADDITIONAL];
/// What is written into a bucket to see whether logs can be.
const TEST_FILE: &str = "ELBAccessLogTestFile";
/// The only additional attribute.
const DESYNC_MODE: &str = "elb.http.desyncmitigationmode";

/// `DescribeLoadBalancerAttributes`
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let balancer = call.classic_of(params)?;
    let mut xml = Xml::new();
    xml.element("LoadBalancerAttributes", |xml| {
        PARTS.iter().for_each(|part| show(xml, &balancer.attributes, part));
    });
    Ok(xml)
}

/// The file that shows whether access logs can be written, when they are switched on or go somewhere else.
pub(crate) fn test_file(call: &Call<'_>, params: &Params<'_>) -> Result<Option<Draft>, Error> {
    let before = call.classic_of(params)?;
    let after = modified(call, params)?;
    let (log, old) = (&after.attributes.access_log, &before.attributes.access_log);
    let same = old.enabled && (&old.bucket, &old.prefix) == (&log.bucket, &log.prefix);
    if !log.enabled || same {
        return Ok(None);
    }
    let key = format!("{}/{TEST_FILE}", log.folder(&call.scope.account));
    let name = ObjectName::parse(&log.bucket, &key, None).map_err(unfit)?;
    let content = format!("Enable AccessLog for ELB: {} at {}", after.arn.name, iso8601(call.now));
    Ok(Some(Draft { name, content: content.into() }))
}

/// `ModifyLoadBalancerAttributes`: what is not given stays, and only what is given is answered.
pub(crate) fn modify(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let balancer = modified(call, params)?;
    let mut xml = Xml::new();
    xml.text("LoadBalancerName", &balancer.arn.name);
    xml.element("LoadBalancerAttributes", |xml| {
        let given = params.structure("LoadBalancerAttributes");
        let changed = PARTS.iter().filter(|part| given.as_ref().is_some_and(|given| given.has(part)));
        changed.for_each(|part| show(xml, &balancer.attributes, part));
    });
    Ok((vec![put(balancer)], xml))
}

fn modified(call: &Call<'_>, params: &Params<'_>) -> Result<ClassicLoadBalancer, Error> {
    let mut balancer = Call::copy(call.classic_of(params)?);
    let given = params.structure("LoadBalancerAttributes");
    let given = given.ok_or_else(|| params.null("LoadBalancerAttributes"))?;
    let attributes = &mut balancer.attributes;
    if let Some(part) = given.structure(CROSS_ZONE) {
        attributes.cross_zone = enabled(&part)?;
    }
    if let Some(part) = given.structure(ACCESS_LOG) {
        modify_access_log(attributes, &part)?;
    }
    if let Some(part) = given.structure(DRAINING) {
        modify_draining(attributes, &part)?;
    }
    if let Some(part) = given.structure(CONNECTIONS) {
        part.required("IdleTimeout")?;
        if let Some(seconds) = part.number("IdleTimeout", 1, 4000)? {
            attributes.idle_timeout = Duration::from_secs(seconds);
        }
    }
    for member in given.list(ADDITIONAL)?.unwrap_or_default() {
        modify_additional(attributes, &member)?;
    }
    attributes.validate()?;
    Ok(balancer)
}

fn enabled(part: &Params<'_>) -> Result<bool, Error> {
    part.flag("Enabled")?.ok_or_else(|| part.null("Enabled"))
}

fn modify_access_log(attributes: &mut ClassicAttributes, part: &Params<'_>) -> Result<(), Error> {
    let log = &mut attributes.access_log;
    log.enabled = enabled(part)?;
    if let Some(minutes) = part.number("EmitInterval", 5, 60)? {
        log.emit_minutes = minutes;
    }
    if let Some(bucket) = part.text("S3BucketName") {
        bucket.clone_into(&mut log.bucket);
    }
    if let Some(prefix) = part.text("S3BucketPrefix") {
        prefix.clone_into(&mut log.prefix);
    }
    Ok(())
}

/// The timeout can only be changed while draining is enabled, but is kept while it is not (facts of the APIs, section 9).
fn modify_draining(attributes: &mut ClassicAttributes, part: &Params<'_>) -> Result<(), Error> {
    let draining = &mut attributes.connection_draining;
    draining.enabled = enabled(part)?;
    let timeout = part.number("Timeout", 1, 3600)?;
    if let Some(seconds) = timeout.filter(|_| draining.enabled) {
        draining.timeout = Duration::from_secs(seconds);
    }
    Ok(())
}

fn modify_additional(attributes: &mut ClassicAttributes, member: &Params<'_>) -> Result<(), Error> {
    let key = member.required("Key")?;
    if key != DESYNC_MODE {
        let message = format!("Load balancer attribute key '{key}' is not recognized");
        return Err(Error::new(Code::LoadBalancerAttributeNotFound, message));
    }
    let words = DesyncMitigation::ALL.map(DesyncMitigation::as_str);
    let read = |text: &str| DesyncMitigation::ALL.into_iter().find(|mode| mode.as_str() == text);
    attributes.desync_mitigation = member.required_word("Value", &words, read)?;
    Ok(())
}

fn show(xml: &mut Xml, attributes: &ClassicAttributes, part: &str) {
    let ClassicAttributes { cross_zone, access_log, connection_draining, idle_timeout, desync_mitigation } =
        attributes;
    match part {
        CROSS_ZONE => xml.element(part, |xml| xml.text("Enabled", cross_zone)),
        ACCESS_LOG => xml.element(part, |xml| {
            let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
            xml.text("Enabled", access_log.enabled);
            xml.optional("S3BucketName", some(&access_log.bucket));
            // AWS shows no interval of logs that have nowhere to go.
            let interval = some(&access_log.bucket).map(|_| access_log.emit_minutes);
            xml.optional("EmitInterval", interval);
            xml.optional("S3BucketPrefix", some(&access_log.prefix));
        }),
        DRAINING => xml.element(part, |xml| {
            xml.text("Enabled", connection_draining.enabled);
            xml.text("Timeout", connection_draining.timeout.as_secs());
        }),
        CONNECTIONS => xml.element(part, |xml| xml.text("IdleTimeout", idle_timeout.as_secs())),
        _ => xml.list(part, [desync_mitigation], |xml, mode| {
            xml.text("Key", DESYNC_MODE);
            xml.text("Value", mode.as_str());
        }),
    }
}
