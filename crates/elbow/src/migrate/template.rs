//! The template of CloudFormation: one load balancer, its target groups and its listeners.
//!
//! Nothing in it has a name of its own, so that CloudFormation makes names, and the new load balancer can stand beside
//! the Classic one until clients have moved.

use elbow_model::attribute::target_group::MAX_STICKINESS_SECONDS;
use elbow_model::attribute::{load_balancer as of_balancer, target_group as of_group};
use elbow_model::{CheckTarget, PolicyKind, Protocol};

use super::description::{Description, ListenerDescription};
use super::groups::Group;
use super::security;
use super::yaml::{Map, Node};

/// The load balancer, within the template.
const BALANCER: &str = "LoadBalancer";
/// Clients of Classic Load Balancers keep their connections for as long as they use them; this is the longest that can be
/// said, in seconds.
const CLIENT_KEEP_ALIVE: &str = "604800";

/// Writes the template.
pub(super) fn write(description: &Description, groups: &[Group<'_>]) -> String {
    let name = &description.name;
    let mut resources = Map::default().with(BALANCER, resource("LoadBalancer", balancer(description)));
    for group in groups {
        resources = resources.with(&group.id, resource("TargetGroup", self::group(description, group)));
    }
    let mut listeners: Vec<_> =
        groups.iter().flat_map(|group| group.listeners.iter().map(|it| (*it, group.id.as_str()))).collect();
    listeners.sort_by_key(|(listener, _)| listener.port);
    for (it, group) in listeners {
        resources = resources.with(format!("Listener{}", it.port), resource("Listener", listener(it, group)));
    }
    let dns_name = Map::default()
        .with("Description", "Where clients find the load balancer")
        .with("Value", Node::Attribute(format!("{BALANCER}.DNSName")));
    Map::default()
        .with("AWSTemplateFormatVersion", "2010-09-09")
        .with(
            "Description",
            format!("An Application Load Balancer in place of the Classic Load Balancer {name}"),
        )
        .with("Resources", resources)
        .with("Outputs", Map::default().with("DNSName", dns_name))
        .document()
}

fn resource(kind: &str, properties: Map) -> Map {
    Map::default().with("Type", format!("AWS::ElasticLoadBalancingV2::{kind}")).with("Properties", properties)
}

fn balancer(description: &Description) -> Map {
    let texts = |texts: &[String]| -> Vec<Node> { texts.iter().cloned().map(Node::from).collect() };
    let some = |nodes: Vec<Node>| Some(nodes).filter(|nodes| !nodes.is_empty());
    let attributes = &description.attributes;
    let mut list = vec![
        attribute(of_balancer::IDLE_TIMEOUT, attributes.idle_timeout.as_secs().to_string()),
        attribute(of_balancer::CLIENT_KEEP_ALIVE, CLIENT_KEEP_ALIVE),
        attribute(of_balancer::DESYNC_MODE, attributes.desync_mitigation.as_str()),
        attribute(of_balancer::PRESERVE_HOST, "true"),
    ];
    let log = &attributes.access_log;
    if log.enabled {
        list.push(attribute("access_logs.s3.enabled", "true"));
        list.push(attribute("access_logs.s3.bucket", log.bucket.as_str()));
        if !log.prefix.is_empty() {
            list.push(attribute("access_logs.s3.prefix", log.prefix.as_str()));
        }
    }
    Map::default()
        .with("Type", "application")
        .with("Scheme", description.scheme.as_str())
        .with("Subnets", texts(&description.subnets))
        .with_some("SecurityGroups", some(texts(&description.security_groups)))
        .explained(
            "LoadBalancerAttributes",
            list,
            vec![
                "Clients keep their connections, and targets see the Host that clients name, as before."
                    .to_owned(),
            ],
        )
        .with_some("Tags", some(tags(description)))
}

/// Tags that begin with `aws:` are AWS's own.
fn tags(description: &Description) -> Vec<Node> {
    let own = description.tags.iter().filter(|(key, _)| !is_of_aws(key));
    own.map(|(key, value)| attribute(key, value.as_str())).collect()
}

/// Whether AWS has set a tag; nobody else can.
pub(super) fn is_of_aws(key: &str) -> bool {
    key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
}

fn attribute(key: &str, value: impl Into<Node>) -> Node {
    Map::default().with("Key", key).with("Value", value).into()
}

fn group(description: &Description, group: &Group<'_>) -> Map {
    let target = |id| {
        let id = Node::Text(format!("{id}"));
        Node::from(Map::default().with("Id", id).with("Port", u64::from(group.port.get())))
    };
    let targets: Vec<Node> = description.instances.iter().map(target).collect();
    let (attributes, comments) = group_attributes(description, group);
    let properties = Map::default()
        .with("TargetType", "instance")
        .with("Protocol", group.protocol.as_str())
        .with("Port", u64::from(group.port.get()))
        .with_some("VpcId", description.vpc.as_deref());
    health_check(description, group, properties)
        .explained("TargetGroupAttributes", attributes, comments)
        .with_some("Targets", Some(targets).filter(|targets| !targets.is_empty()))
        .with_some("Tags", Some(tags(description)).filter(|tags| !tags.is_empty()))
}

/// The health check, added to the properties of a target group.
fn health_check(description: &Description, group: &Group<'_>, properties: Map) -> Map {
    let check = &description.health_check;
    let CheckTarget { protocol, port, path } = &check.target;
    let (protocol, path, comments) = if protocol.has_path() {
        (protocol.as_str(), path.as_str(), vec![])
    } else {
        let comment = format!(
            "{} was checked by a connection alone. Name a path that answers 200 when an instance is well.",
            check.target
        );
        (asked_over(description, group).as_str(), "/", vec![comment])
    };
    properties
        .explained("HealthCheckProtocol", protocol, comments)
        .with("HealthCheckPort", port.to_string())
        .with("HealthCheckPath", path)
        .with("HealthCheckIntervalSeconds", check.interval.as_secs())
        .with("HealthCheckTimeoutSeconds", check.timeout.as_secs())
        .with("HealthyThresholdCount", u64::from(check.healthy_threshold))
        .with("UnhealthyThresholdCount", u64::from(check.unhealthy_threshold))
        .with("Matcher", Map::default().with("HttpCode", "200"))
}

/// Over what a request goes to a port that was checked by a connection alone: what the port is known to speak.
fn asked_over(description: &Description, group: &Group<'_>) -> Protocol {
    let CheckTarget { protocol, port, .. } = &description.health_check.target;
    let is_known_secure = group.port == *port && group.protocol.is_secure();
    if is_known_secure || protocol.as_str() == Protocol::Ssl.as_str() {
        Protocol::Https
    } else {
        Protocol::Http
    }
}

fn group_attributes(description: &Description, group: &Group<'_>) -> (Vec<Node>, Vec<String>) {
    let (mut list, mut comments) = (Vec::new(), Vec::new());
    match group.stickiness.map(|policy| (&policy.name, &policy.kind)) {
        Some((name, PolicyKind::LbCookie { period })) => {
            let seconds = period.map_or(MAX_STICKINESS_SECONDS, |period| period.as_secs());
            let seconds = seconds.clamp(1, MAX_STICKINESS_SECONDS);
            comments.push(format!(
                "Sessions were kept by the policy {name}. The duration starts anew with each request."
            ));
            if period.is_none() {
                comments.push(
                    "They ended with the browser; seven days without a request is the longest that can be said."
                        .to_owned(),
                );
            }
            list.push(attribute(of_group::STICKINESS_ENABLED, "true"));
            list.push(attribute(of_group::STICKINESS_TYPE, "lb_cookie"));
            list.push(attribute(of_group::LB_COOKIE_DURATION, seconds.to_string()));
        }
        Some((name, PolicyKind::AppCookie { cookie_name })) => {
            comments.push(format!(
                "Sessions were kept by the policy {name}. They end with the application's cookie, or after seven days \
                 without a request."
            ));
            list.push(attribute(of_group::STICKINESS_ENABLED, "true"));
            list.push(attribute(of_group::STICKINESS_TYPE, "app_cookie"));
            list.push(attribute(of_group::APP_COOKIE_NAME, cookie_name.as_str()));
            list.push(attribute(of_group::APP_COOKIE_DURATION, MAX_STICKINESS_SECONDS.to_string()));
        }
        _ => {}
    }
    let draining = description.attributes.connection_draining;
    let delay = if draining.enabled { draining.timeout.as_secs() } else { 0 };
    list.push(attribute(of_group::DEREGISTRATION_DELAY, delay.to_string()));
    list.push(attribute(of_group::ALGORITHM, "least_outstanding_requests"));
    if !loses_zones(description, group) {
        let cross_zone = if description.attributes.cross_zone { "true" } else { "false" };
        list.push(attribute(of_group::CROSS_ZONE, cross_zone));
    }
    (list, comments)
}

/// Whether requests stayed in their zone and cannot any more: a sticky target group has targets in all zones (S25).
pub(super) fn loses_zones(description: &Description, group: &Group<'_>) -> bool {
    !description.attributes.cross_zone && group.stickiness.is_some()
}

fn listener(listener: &ListenerDescription, group: &str) -> Map {
    let forward = Map::default().with("Type", "forward").with("TargetGroupArn", Node::Ref(group.to_owned()));
    let mut properties = Map::default()
        .with("LoadBalancerArn", Node::Ref(BALANCER.to_owned()))
        .with("Protocol", listener.protocol.as_str())
        .with("Port", u64::from(listener.port.get()));
    if listener.protocol.is_secure() {
        let chosen = security::choose(listener);
        let comment = "The nearest of the predefined policies; the Classic one is not among them.".to_owned();
        let comments = if chosen.is_same { vec![] } else { vec![comment] };
        properties = properties.explained("SslPolicy", chosen.policy.name(), comments);
    }
    if let Some(arn) = &listener.certificate {
        let certificate = Map::default().with("CertificateArn", arn.as_str());
        properties = properties.with("Certificates", vec![Node::from(certificate)]);
    }
    properties.with("DefaultActions", vec![Node::from(forward)])
}
