//! A Classic Load Balancer as its API tells of it.
//!
//! The words of the API become those of the model, so that what a template is made of is within the model's limits,
//! whoever has answered.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use elbow_model::{
    AccessLog, CheckTarget, ClassicAttributes, ClassicHealthCheck, ConnectionDraining, DesyncMitigation,
    InstanceId, PolicyAttribute, PolicyKind, PolicyName, Port, Protocol, Scheme,
};

use super::answer::Element;

/// The attribute of a security policy that names the predefined one it is. The API tells its ciphers, too.
const REFERENCE: &str = "Reference-Security-Policy";
/// The only additional attribute.
const DESYNC_MODE: &str = "elb.http.desyncmitigationmode";

/// Everything that a template is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Description {
    /// The name.
    pub(super) name: String,
    /// Whom it is for.
    pub(super) scheme: Scheme,
    /// The virtual private cloud; none where the API tells none.
    pub(super) vpc: Option<String>,
    /// Its subnets.
    pub(super) subnets: Vec<String>,
    /// Its security groups.
    pub(super) security_groups: Vec<String>,
    /// Its listeners, in the order of their ports.
    pub(super) listeners: Vec<ListenerDescription>,
    /// The policies in force for a port of the instances.
    pub(super) back_ends: BTreeMap<Port, Vec<Policy>>,
    /// How instances are checked.
    pub(super) health_check: ClassicHealthCheck,
    /// Its instances.
    pub(super) instances: Vec<InstanceId>,
    /// Its attributes.
    pub(super) attributes: ClassicAttributes,
    /// Its tags, those of AWS's own included.
    pub(super) tags: Vec<(String, String)>,
}

/// A listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ListenerDescription {
    /// The port that clients connect to.
    pub(super) port: Port,
    /// What clients speak.
    pub(super) protocol: Protocol,
    /// What instances speak.
    pub(super) instance_protocol: Protocol,
    /// The port of instances.
    pub(super) instance_port: Port,
    /// ARN of what is shown to clients.
    pub(super) certificate: Option<String>,
    /// The policies in force.
    pub(super) policies: Vec<Policy>,
}

/// A policy with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Policy {
    /// The name.
    pub(super) name: PolicyName,
    /// What it does.
    pub(super) kind: PolicyKind,
}

impl ListenerDescription {
    /// The policy that keeps sessions, if there is one.
    pub(super) fn stickiness(&self) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.kind.is_sticky())
    }
}

/// The names of the policies that are in force somewhere, each once.
pub(super) fn policies_in_force(balancers: &Element) -> BTreeSet<String> {
    let described = balancers.list("LoadBalancerDescriptions").next();
    let lists = |name| described.into_iter().flat_map(move |it| it.list(name));
    let all = lists("ListenerDescriptions").chain(lists("BackendServerDescriptions"));
    all.flat_map(|of_port| of_port.texts("PolicyNames")).collect()
}

/// Reads the results of the four actions.
///
/// # Errors
/// A part of a sentence that says what is missing or cannot be.
pub(super) fn read(
    balancers: &Element,
    attributes: &Element,
    policies: &Element,
    tags: &Element,
) -> Result<Description, String> {
    let balancer = balancers.list("LoadBalancerDescriptions").next().ok_or("it has no load balancer")?;
    let policies = policies.list("PolicyDescriptions").map(policy).collect::<Result<Vec<_>, String>>()?;
    let in_force = |of_port: &Element| {
        let names = of_port.texts("PolicyNames");
        names.iter().map(|name| named(&policies, name)).collect::<Result<Vec<_>, String>>()
    };
    let listener = |it: &Element| listener(needed(it, "Listener")?, in_force(it)?);
    let mut listeners =
        balancer.list("ListenerDescriptions").map(listener).collect::<Result<Vec<_>, String>>()?;
    listeners.sort_by_key(|listener| listener.port);
    let back_end = |it: &Element| Ok((port(it, "InstancePort")?, in_force(it)?));
    let back_ends =
        balancer.list("BackendServerDescriptions").map(back_end).collect::<Result<_, String>>()?;
    let instance = |it: &Element| invalid(InstanceId::parse(text(it, "InstanceId")?));
    let tags = tags.list("TagDescriptions").flat_map(|of_one| of_one.list("Tags"));
    let tag =
        |it: &Element| Ok((text(it, "Key")?.to_owned(), it.text("Value").unwrap_or_default().to_owned()));
    let scheme = text(balancer, "Scheme")?;
    Ok(Description {
        name: text(balancer, "LoadBalancerName")?.to_owned(),
        scheme: Scheme::parse(scheme).ok_or_else(|| format!("its scheme is '{scheme}'"))?,
        vpc: balancer.text("VPCId").map(str::to_owned),
        subnets: balancer.texts("Subnets"),
        security_groups: balancer.texts("SecurityGroups"),
        listeners,
        back_ends,
        health_check: health_check(needed(balancer, "HealthCheck")?)?,
        instances: balancer.list("Instances").map(instance).collect::<Result<_, String>>()?,
        attributes: read_attributes(needed(attributes, "LoadBalancerAttributes")?)?,
        tags: tags.map(tag).collect::<Result<_, String>>()?,
    })
}

fn listener(it: &Element, policies: Vec<Policy>) -> Result<ListenerDescription, String> {
    let protocol = protocol(text(it, "Protocol")?)?;
    Ok(ListenerDescription {
        port: port(it, "LoadBalancerPort")?,
        protocol,
        instance_protocol: it.text("InstanceProtocol").map_or(Ok(protocol), self::protocol)?,
        instance_port: port(it, "InstancePort")?,
        certificate: it.text("SSLCertificateId").map(str::to_owned),
        policies,
    })
}

fn protocol(word: &str) -> Result<Protocol, String> {
    let known = Protocol::ALL.into_iter().find(|protocol| protocol.as_str().eq_ignore_ascii_case(word));
    known.ok_or_else(|| format!("it has a listener of protocol '{word}'"))
}

fn named(policies: &[Policy], name: &str) -> Result<Policy, String> {
    let found = policies.iter().find(|policy| policy.name.as_str() == name).cloned();
    found.ok_or_else(|| format!("its policy '{name}' is not described"))
}

fn policy(it: &Element) -> Result<Policy, String> {
    let name = invalid(PolicyName::parse(text(it, "PolicyName")?))?;
    let attribute = |it: &Element| {
        let value = it.text("AttributeValue").unwrap_or_default().to_owned();
        Ok(PolicyAttribute { name: text(it, "AttributeName")?.to_owned(), value })
    };
    let attributes = it.list("PolicyAttributeDescriptions").map(attribute);
    let mut attributes = attributes.collect::<Result<Vec<_>, String>>()?;
    if attributes.iter().any(|it| it.name == REFERENCE) {
        attributes.retain(|it| it.name == REFERENCE);
    }
    let kind = text(it, "PolicyTypeName")?;
    match PolicyKind::read(kind, &attributes) {
        Some(Ok(kind)) => Ok(Policy { name, kind }),
        Some(Err(why)) => Err(format!("its policy '{name}': {}", why.message())),
        None => Err(format!("its policy '{name}' is of the type '{kind}'")),
    }
}

fn health_check(it: &Element) -> Result<ClassicHealthCheck, String> {
    let check = ClassicHealthCheck {
        target: invalid(CheckTarget::parse(text(it, "Target")?))?,
        interval: seconds(it, "Interval")?,
        timeout: seconds(it, "Timeout")?,
        unhealthy_threshold: number(it, "UnhealthyThreshold")?,
        healthy_threshold: number(it, "HealthyThreshold")?,
    };
    invalid(check.validate())?;
    Ok(check)
}

fn read_attributes(it: &Element) -> Result<ClassicAttributes, String> {
    let mut read = ClassicAttributes::default();
    if let Some(part) = it.child("CrossZoneLoadBalancing") {
        read.cross_zone = flag(part)?;
    }
    if let Some(part) = it.child("AccessLog") {
        let kept = |name| part.text(name).unwrap_or_default().to_owned();
        let (bucket, prefix) = (kept("S3BucketName"), kept("S3BucketPrefix"));
        let emit_minutes = match part.text("EmitInterval") {
            Some(_) => number(part, "EmitInterval")?,
            None => read.access_log.emit_minutes,
        };
        read.access_log = AccessLog { enabled: flag(part)?, bucket, prefix, emit_minutes };
    }
    if let Some(part) = it.child("ConnectionDraining") {
        let timeout = match part.text("Timeout") {
            Some(_) => seconds(part, "Timeout")?,
            None => read.connection_draining.timeout,
        };
        read.connection_draining = ConnectionDraining { enabled: flag(part)?, timeout };
    }
    if let Some(part) = it.child("ConnectionSettings") {
        read.idle_timeout = seconds(part, "IdleTimeout")?;
    }
    let mut additional = it.list("AdditionalAttributes");
    if let Some(mode) = additional.find(|it| it.text("Key") == Some(DESYNC_MODE)) {
        let word = text(mode, "Value")?;
        let known = DesyncMitigation::ALL.into_iter().find(|mode| mode.as_str() == word);
        read.desync_mitigation = known.ok_or_else(|| format!("its desync mitigation mode is '{word}'"))?;
    }
    invalid(read.validate())?;
    Ok(read)
}

fn needed<'a>(it: &'a Element, name: &str) -> Result<&'a Element, String> {
    it.child(name).ok_or_else(|| format!("it has no {name}"))
}

fn text<'a>(it: &'a Element, name: &str) -> Result<&'a str, String> {
    it.text(name).ok_or_else(|| format!("it has no {name}"))
}

fn number<N: std::str::FromStr>(it: &Element, name: &str) -> Result<N, String> {
    let word = text(it, name)?;
    word.parse().map_err(|_| format!("its {name} is '{word}'"))
}

fn seconds(it: &Element, name: &str) -> Result<Duration, String> {
    number(it, name).map(Duration::from_secs)
}

fn port(it: &Element, name: &str) -> Result<Port, String> {
    Port::new(number(it, name)?).ok_or_else(|| format!("its {name} is 0"))
}

fn flag(part: &Element) -> Result<bool, String> {
    number(part, "Enabled")
}

fn invalid<T>(read: Result<T, elbow_model::Invalid>) -> Result<T, String> {
    read.map_err(|why| why.message().to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{answers, port};
    use super::*;

    fn read_with(from: &str, to: &str) -> Result<Description, String> {
        let element = |xml: &str| Element::read(xml.replace(from, to).as_bytes()).unwrap();
        let [balancers, attributes, policies, tags] = answers().map(element);
        read(&balancers, &attributes, &policies, &tags)
    }

    #[test]
    fn what_the_api_tells_is_read() {
        let read = read_with("", "").unwrap();
        assert_eq!((read.name.as_str(), read.scheme), ("shop", Scheme::Internal));
        assert_eq!((read.vpc.as_deref(), read.subnets.len()), (Some("vpc-1"), 2));
        assert_eq!(read.listeners.iter().map(|it| it.port.get()).collect::<Vec<_>>(), [80, 443]);
        let secure = &read.listeners[1];
        assert_eq!((secure.protocol, secure.instance_protocol), (Protocol::Https, Protocol::Http));
        assert_eq!(secure.certificate.as_deref(), Some("arn:aws:acm:us-east-1:000000000000:certificate/1"));
        let cookie_name = "cart".to_owned();
        assert_eq!(secure.stickiness().map(|it| &it.kind), Some(&PolicyKind::AppCookie { cookie_name }));
        assert_eq!(secure.policies.len(), 2, "a predefined security policy is read by its name");
        assert_eq!(read.listeners[0].stickiness(), None);
        assert_eq!(read.back_ends[&port(8080)].len(), 1);
        assert_eq!(read.health_check.target.to_string(), "HTTP:8080/up");
        assert_eq!(read.instances.len(), 1);
        let ClassicAttributes { cross_zone, access_log, connection_draining, .. } = &read.attributes;
        assert!(*cross_zone && !access_log.enabled && connection_draining.enabled);
        assert_eq!(connection_draining.timeout, Duration::from_secs(20));
        assert_eq!(read.attributes.desync_mitigation, DesyncMitigation::Strictest);
        assert_eq!(read.tags, [("team".to_owned(), "carts".to_owned())]);
    }

    #[test]
    fn what_cannot_be_is_told() {
        for (from, to, why) in [
            ("<Scheme>internal", "<Scheme>secret", "scheme is 'secret'"),
            ("<Protocol>HTTPS", "<Protocol>UDP", "protocol 'UDP'"),
            ("<InstancePort>8080", "<InstancePort>0", "InstancePort is 0"),
            ("<LoadBalancerPort>80<", "<LoadBalancerPort>x<", "LoadBalancerPort is 'x'"),
            ("<PolicyName>with-cart", "<PolicyName>other", "'with-cart' is not described"),
            ("AppCookieStickinessPolicyType", "NewPolicyType", "of the type 'NewPolicyType'"),
            ("<Target>HTTP:8080/up", "<Target>HTTP:8080", "HealthCheck target"),
            ("<Interval>30", "<Interval>1", "HealthCheck Interval"),
            ("<IdleTimeout>60", "<IdleTimeout>0", "IdleTimeout"),
            ("strictest", "lax", "mode is 'lax'"),
            ("i-0a", "web-1", "web-1"),
        ] {
            let error = read_with(from, to).expect_err(why);
            assert!(error.contains(why), "{error}");
        }
    }
}
