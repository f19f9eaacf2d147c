//! The demo's load balancer: made and switched by API calls, as a user would make it.

use std::net::SocketAddr;

use elbow_demo::control::{Balancer, BalancerError, BalancerView, HealthState, TargetHealth};
use elbow_demo::fleet::TargetStatus;
use elbow_demo::{HEALTH_PATH, SESSION_COOKIE, Stickiness};

use crate::caller::{Answer, Caller, Refused};

/// Name of the load balancer.
const NAME: &str = "cart-demo";

/// The load balancer of the demo.
pub(crate) struct DemoBalancer {
    caller: Caller,
    /// ARN of the load balancer.
    pub(crate) balancer: String,
    /// ARN of the target group.
    pub(crate) target_group: String,
    /// The name that reaches it.
    pub(crate) dns_name: String,
}

impl DemoBalancer {
    /// Makes load balancer, target group and listener, and registers the targets.
    pub(crate) async fn create(caller: Caller, port: u16, targets: &[TargetStatus]) -> Result<Self, Refused> {
        let subnets = [
            ("Subnets.member.1", "subnet-a"),
            ("Subnets.member.2", "subnet-b"),
            ("Subnets.member.3", "subnet-c"),
        ];
        let parameters = [&[("Name", NAME)], subnets.as_slice()].concat();
        let created = caller.call("CreateLoadBalancer", &parameters).await?;
        let (balancer, dns_name) = (created.need("LoadBalancerArn")?, created.need("DNSName")?);
        let parameters = [
            ("Name", "carts"),
            ("Protocol", "HTTP"),
            ("Port", "80"),
            ("VpcId", "vpc-demo"),
            ("TargetType", "ip"),
            ("HealthCheckPath", HEALTH_PATH),
            ("HealthCheckIntervalSeconds", "5"),
            ("HealthCheckTimeoutSeconds", "2"),
            ("HealthyThresholdCount", "2"),
        ];
        let target_group = caller.call("CreateTargetGroup", &parameters).await?.need("TargetGroupArn")?;
        let demo = Self { caller, balancer, target_group, dns_name };
        demo.register(targets).await?;
        demo.attributes(&[("elbow.stickiness.outcome_header.enabled", "true")]).await?;
        demo.listen(port).await?;
        Ok(demo)
    }

    async fn register(&self, targets: &[TargetStatus]) -> Result<(), Refused> {
        let mut parameters = vec![("TargetGroupArn".to_owned(), self.target_group.clone())];
        for (index, target) in (1..).zip(targets) {
            let member = format!("Targets.member.{index}");
            parameters.push((format!("{member}.Id"), target.address.ip().to_string()));
            parameters.push((format!("{member}.Port"), target.address.port().to_string()));
            parameters.push((format!("{member}.AvailabilityZone"), target.place.zone.clone()));
        }
        let parameters: Vec<_> =
            parameters.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        self.caller.call("RegisterTargets", &parameters).await.map(drop)
    }

    async fn listen(&self, port: u16) -> Result<(), Refused> {
        let port = port.to_string();
        let parameters = [
            ("LoadBalancerArn", self.balancer.as_str()),
            ("Protocol", "HTTP"),
            ("Port", port.as_str()),
            ("DefaultActions.member.1.Type", "forward"),
            ("DefaultActions.member.1.TargetGroupArn", self.target_group.as_str()),
        ];
        self.caller.call("CreateListener", &parameters).await.map(drop)
    }

    async fn attributes(&self, attributes: &[(&str, &str)]) -> Result<(), Refused> {
        let mut parameters = vec![("TargetGroupArn".to_owned(), self.target_group.as_str())];
        for (index, (key, value)) in (1..).zip(attributes) {
            parameters.push((format!("Attributes.member.{index}.Key"), key));
            parameters.push((format!("Attributes.member.{index}.Value"), value));
        }
        let parameters: Vec<_> = parameters.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        self.caller.call("ModifyTargetGroupAttributes", &parameters).await.map(drop)
    }

    async fn look(&self) -> Result<BalancerView, Refused> {
        let group = [("TargetGroupArn", self.target_group.as_str())];
        let health = self.caller.call("DescribeTargetHealth", &group).await?;
        let attributes = self.caller.call("DescribeTargetGroupAttributes", &group).await?;
        Ok(BalancerView {
            name: NAME.to_owned(),
            stickiness: stickiness(&attributes),
            health: healths(&health),
        })
    }
}

impl Balancer for DemoBalancer {
    async fn view(&self) -> Result<BalancerView, BalancerError> {
        self.look().await.map_err(|refused| BalancerError(refused.to_string()))
    }

    async fn set_stickiness(&self, mode: Stickiness) -> Result<(), BalancerError> {
        let attributes: &[(&str, &str)] = match mode {
            Stickiness::Off => &[("stickiness.enabled", "false")],
            Stickiness::LbCookie => &[("stickiness.enabled", "true"), ("stickiness.type", "lb_cookie")],
            Stickiness::AppCookie => &[
                ("stickiness.enabled", "true"),
                ("stickiness.type", "app_cookie"),
                ("stickiness.app_cookie.cookie_name", SESSION_COOKIE),
            ],
        };
        self.attributes(attributes).await.map_err(|refused| BalancerError(refused.to_string()))
    }
}

fn stickiness(attributes: &Answer) -> Stickiness {
    let pairs: Vec<_> = attributes.texts("Key").zip(attributes.texts("Value")).collect();
    let is = |key: &str, value: &str| pairs.iter().any(|(k, v)| k == key && v == value);
    match (is("stickiness.enabled", "true"), is("stickiness.type", "app_cookie")) {
        (false, _) => Stickiness::Off,
        (true, false) => Stickiness::LbCookie,
        (true, true) => Stickiness::AppCookie,
    }
}

fn healths(answer: &Answer) -> Vec<TargetHealth> {
    answer.members().filter_map(|described| health(&described)).collect()
}

fn health(described: &Answer) -> Option<TargetHealth> {
    let address = SocketAddr::new(described.text("Id")?.parse().ok()?, described.text("Port")?.parse().ok()?);
    let state = match described.text("State")?.as_str() {
        "initial" => HealthState::Initial,
        "healthy" => HealthState::Healthy,
        "unhealthy" => HealthState::Unhealthy,
        "draining" => HealthState::Draining,
        "unavailable" => HealthState::Unavailable,
        _ => HealthState::Unused,
    };
    Some(TargetHealth { address, state, reason: described.text("Reason") })
}
