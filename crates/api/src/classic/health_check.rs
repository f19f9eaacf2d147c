//! How instances are checked.

use std::time::Duration;

use elbow_model::{CheckTarget, ClassicHealthCheck};

use super::find::put;
use crate::call::{Call, Decision};
use crate::error::Error;
use crate::wire::{Params, Xml};

/// `ConfigureHealthCheck`
pub(crate) fn configure(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut balancer = Call::copy(call.classic_of(params)?);
    let given = match params.structure("HealthCheck") {
        Some(given) => given,
        None => return Err(params.null("HealthCheck")),
    };
    let health_check = read(&given)?;
    let mut xml = Xml::new();
    xml.element("HealthCheck", |xml| show(xml, &health_check));
    balancer.health_check = health_check;
    Ok((vec![put(balancer)], xml))
}

/// Writes a health check.
pub(super) fn show(xml: &mut Xml, health_check: &ClassicHealthCheck) {
    xml.text("Target", &health_check.target);
    xml.text("Interval", health_check.interval.as_secs());
    xml.text("Timeout", health_check.timeout.as_secs());
    xml.text("UnhealthyThreshold", health_check.unhealthy_threshold);
    xml.text("HealthyThreshold", health_check.healthy_threshold);
}

fn read(given: &Params<'_>) -> Result<ClassicHealthCheck, Error> {
    let number = |name: &str, min: u64, max: u64| {
        given.required(name)?;
        given.number(name, min, max)?.ok_or_else(|| given.null(name))
    };
    let threshold = |name: &str| {
        given.required(name)?;
        given.number(name, 2_u8, 10)?.ok_or_else(|| given.null(name))
    };
    let health_check = ClassicHealthCheck {
        target: CheckTarget::parse(given.required("Target")?)?,
        interval: Duration::from_secs(number("Interval", 5, 300)?),
        timeout: Duration::from_secs(number("Timeout", 2, 60)?),
        unhealthy_threshold: threshold("UnhealthyThreshold")?,
        healthy_threshold: threshold("HealthyThreshold")?,
    };
    health_check.validate()?;
    Ok(health_check)
}
