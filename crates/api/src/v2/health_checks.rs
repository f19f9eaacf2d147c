//! The health check of a target group, as `CreateTargetGroup` and `ModifyTargetGroup` take it and answers show it.

use std::time::Duration;

use elbow_model::{
    Codes, HealthCheck, HealthCheckPort, HealthCheckProtocol, Matcher, Port, TargetType, limits,
};

use super::target_groups::PROTOCOLS;
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

const TRAFFIC_PORT: &str = "traffic-port";

/// Takes over what the parameters say; the rest stays.
pub(super) fn apply(
    params: &Params<'_>,
    target_type: TargetType,
    check: &mut HealthCheck,
) -> Result<(), Error> {
    check.protocol = protocol(params)?.unwrap_or(check.protocol);
    check.port = port(params)?.unwrap_or(check.port);
    if let Some(path) = params.text("HealthCheckPath") {
        if path.is_empty() || path.chars().count() > limits::HEALTH_CHECK_PATH_CHARS {
            let rule = format!("Member must have length between 1 and {}", limits::HEALTH_CHECK_PATH_CHARS);
            return Err(params.unfit("HealthCheckPath", path, &rule));
        }
        path.clone_into(&mut check.path);
    }
    let seconds = |name, min, max| params.number(name, min, max).map(|it| it.map(Duration::from_secs));
    check.interval = seconds("HealthCheckIntervalSeconds", 5, 300)?.unwrap_or(check.interval);
    check.timeout = seconds("HealthCheckTimeoutSeconds", 2, 120)?.unwrap_or(check.timeout);
    check.healthy_threshold =
        params.number("HealthyThresholdCount", 2, 10)?.unwrap_or(check.healthy_threshold);
    check.unhealthy_threshold =
        params.number("UnhealthyThresholdCount", 2, 10)?.unwrap_or(check.unhealthy_threshold);
    check.matcher = matcher(params, check.matcher.codes())?.unwrap_or_else(|| check.matcher.clone());
    if params.flag("HealthCheckEnabled")? == Some(false) {
        let types = match target_type {
            TargetType::Instance | TargetType::Ip => "'instance' or 'ip'",
            TargetType::Alb => "'alb'",
        };
        return Err(Error::new(
            Code::InvalidConfigurationRequest,
            format!("Health check enabled must be true for target groups with target type {types}"),
        ));
    }
    check.validate()?;
    Ok(())
}

/// Writes the members that begin with `HealthCheck`, the thresholds and the matcher.
pub(super) fn show(xml: &mut Xml, check: &HealthCheck) {
    xml.text("HealthCheckProtocol", check.protocol.as_str());
    match check.port {
        HealthCheckPort::Traffic => xml.text("HealthCheckPort", TRAFFIC_PORT),
        HealthCheckPort::Fixed(port) => xml.text("HealthCheckPort", port),
    }
    xml.text("HealthCheckEnabled", check.enabled);
    xml.text("HealthCheckIntervalSeconds", check.interval.as_secs());
    xml.text("HealthCheckTimeoutSeconds", check.timeout.as_secs());
    xml.text("HealthyThresholdCount", check.healthy_threshold);
    xml.text("UnhealthyThresholdCount", check.unhealthy_threshold);
    xml.text("HealthCheckPath", &check.path);
    xml.element("Matcher", |xml| xml.text(member(check.matcher.codes()).0, check.matcher.as_str()));
}

fn protocol(params: &Params<'_>) -> Result<Option<HealthCheckProtocol>, Error> {
    let word = |text: &str| PROTOCOLS.iter().copied().find(|known| *known == text);
    match params.word("HealthCheckProtocol", PROTOCOLS, word)? {
        None => Ok(None),
        Some("HTTP") => Ok(Some(HealthCheckProtocol::Http)),
        Some("HTTPS") => Ok(Some(HealthCheckProtocol::Https)),
        Some(other) => Err(Error::new(
            Code::InvalidConfigurationRequest,
            format!("Health check protocol '{other}' must be one of 'HTTP, HTTPS'"),
        )),
    }
}

fn port(params: &Params<'_>) -> Result<Option<HealthCheckPort>, Error> {
    let Some(text) = params.text("HealthCheckPort") else { return Ok(None) };
    if text == TRAFFIC_PORT {
        return Ok(Some(HealthCheckPort::Traffic));
    }
    let plain = text.bytes().all(|b| b.is_ascii_digit());
    let port = text.parse().ok().filter(|_| plain).and_then(Port::new);
    port.map(|port| Some(HealthCheckPort::Fixed(port))).ok_or_else(|| {
        Error::validation(format!(
            "Health check port '{text}' must be a number between 1 and 65535 or '{TRAFFIC_PORT}'"
        ))
    })
}

// AWS: unknown what it makes of a matcher with codes of both kinds. Those of the other kind count for nothing.
fn matcher(params: &Params<'_>, codes: Codes) -> Result<Option<Matcher>, Error> {
    let Some(matcher) = params.structure("Matcher") else { return Ok(None) };
    let (name, kind) = member(codes);
    let text = matcher.text(name).filter(|text| !text.is_empty());
    let text =
        text.ok_or_else(|| Error::validation(format!("Health check matcher {kind} code cannot be empty")))?;
    Ok(Some(Matcher::parse(codes, text)?))
}

/// The member of a matcher that has codes of this kind, and AWS's word for the kind.
const fn member(codes: Codes) -> (&'static str, &'static str) {
    match codes {
        Codes::Http => ("HttpCode", "HTTP"),
        Codes::Grpc => ("GrpcCode", "GRPC"),
    }
}
