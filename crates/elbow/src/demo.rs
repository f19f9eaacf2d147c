//! The demo's load balancer: made and switched by API calls, as a user would make it.
//!
//! It listens by HTTP and by HTTPS. Both forward to the same carts, so that the two can be compared; a rule of the HTTP
//! listener leads from [`SECURE_PATH`] to the HTTPS one.

use std::net::SocketAddr;

use elbow_demo::control::{Balancer, BalancerError, BalancerView, HealthState, TargetHealth};
use elbow_demo::fleet::TargetStatus;
use elbow_demo::{HEALTH_PATH, SECURE_PATH, SESSION_COOKIE, Stickiness};
use serde_json::{Value, json};

use crate::caller::{Answer, Caller, Refused, refused};

/// Name of the load balancer.
const NAME: &str = "cart-demo";
/// The name on the certificate. Browsers and curl know that such a name is this machine. It differs from the one that the
/// page has over HTTP, because cookies do not tell ports and schemes apart: neither page disturbs the other's.
const SECURE_NAME: &str = "shop.elb.localhost";
/// Post-quantum key exchange, TLS 1.2 and 1.3.
const POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";

/// The ports of the load balancer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ports {
    pub(crate) http: u16,
    pub(crate) https: u16,
}

/// The load balancer of the demo.
pub(crate) struct DemoBalancer {
    caller: Caller,
    /// ARN of the load balancer.
    pub(crate) balancer: String,
    /// ARN of the target group.
    pub(crate) target_group: String,
    /// The name that reaches it.
    pub(crate) dns_name: String,
    /// ARN of the rule that leads from HTTP to HTTPS.
    pub(crate) redirect: String,
    ports: Ports,
}

impl DemoBalancer {
    /// Makes load balancer, target group, certificate and listeners, and registers the targets.
    pub(crate) async fn create(
        caller: Caller,
        ports: Ports,
        targets: &[TargetStatus],
    ) -> Result<Self, Refused> {
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
        let mut demo = Self { caller, balancer, target_group, dns_name, redirect: String::new(), ports };
        demo.register(targets).await?;
        demo.attributes(&[
            ("elbow.stickiness.outcome_header.enabled", "true"),
            ("elbow.set_cookie.harden", "true"),
        ])
        .await?;
        demo.tell_targets_of_tls().await?;
        let listener = demo.listen("HTTP", ports.http, &[]).await?;
        demo.redirect = demo.lead_to_https(&listener).await?;
        let certificate = demo.certificate().await?;
        let secure = [("SslPolicy", POLICY), ("Certificates.member.1.CertificateArn", certificate.as_str())];
        demo.listen("HTTPS", ports.https, &secure).await?;
        Ok(demo)
    }

    /// Where the page is over HTTP.
    pub(crate) fn plain_page(&self) -> String {
        format!("http://127.0.0.1:{}/", self.ports.http)
    }

    /// Where the page is over HTTPS.
    pub(crate) fn secure_page(&self) -> String {
        format!("https://{SECURE_NAME}:{}/", self.ports.https)
    }

    /// Every scheme, name and port that the page may be called by.
    pub(crate) fn origins(&self) -> Vec<String> {
        let schemes = [("http", self.ports.http), ("https", self.ports.https)];
        let names = ["127.0.0.1", "localhost", SECURE_NAME, &self.dns_name];
        let origins = schemes
            .iter()
            .flat_map(|(scheme, port)| names.iter().map(move |name| format!("{scheme}://{name}:{port}")));
        origins.collect()
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

    /// Makes a listener that forwards to the carts, and gives its ARN.
    async fn listen(&self, protocol: &str, port: u16, more: &[(&str, &str)]) -> Result<String, Refused> {
        let port = port.to_string();
        let parameters = [
            ("LoadBalancerArn", self.balancer.as_str()),
            ("Protocol", protocol),
            ("Port", port.as_str()),
            ("DefaultActions.member.1.Type", "forward"),
            ("DefaultActions.member.1.TargetGroupArn", self.target_group.as_str()),
        ];
        let parameters = [parameters.as_slice(), more].concat();
        self.caller.call("CreateListener", &parameters).await?.need("ListenerArn")
    }

    /// Makes the rule that answers [`SECURE_PATH`] with the address of the page over HTTPS, and gives its ARN. Found and
    /// not moved for good: a browser would remember that after the demo's end.
    async fn lead_to_https(&self, listener: &str) -> Result<String, Refused> {
        let port = self.ports.https.to_string();
        let parameters = [
            ("ListenerArn", listener),
            ("Priority", "1"),
            ("Conditions.member.1.Field", "path-pattern"),
            ("Conditions.member.1.Values.member.1", SECURE_PATH),
            ("Actions.member.1.Type", "redirect"),
            ("Actions.member.1.RedirectConfig.Protocol", "HTTPS"),
            ("Actions.member.1.RedirectConfig.Host", SECURE_NAME),
            ("Actions.member.1.RedirectConfig.Port", port.as_str()),
            ("Actions.member.1.RedirectConfig.Path", "/"),
            ("Actions.member.1.RedirectConfig.StatusCode", "HTTP_302"),
        ];
        self.caller.call("CreateRule", &parameters).await?.need("RuleArn")
    }

    /// Asks Certificate Manager for a certificate, which the local authority issues, and gives its ARN.
    async fn certificate(&self) -> Result<String, Refused> {
        let input = json!({
            "DomainName": SECURE_NAME,
            "SubjectAlternativeNames": [self.dns_name],
            "KeyAlgorithm": "EC_prime256v1",
        });
        let answer = self.caller.certificates("RequestCertificate", &input).await?;
        let arn = answer.get("CertificateArn").and_then(Value::as_str).map(str::to_owned);
        arn.ok_or_else(|| refused("RequestCertificate", "the answer has no CertificateArn"))
    }

    async fn tell_targets_of_tls(&self) -> Result<(), Refused> {
        let parameters = [
            ("LoadBalancerArn", self.balancer.as_str()),
            ("Attributes.member.1.Key", "routing.http.x_amzn_tls_version_and_cipher_suite.enabled"),
            ("Attributes.member.1.Value", "true"),
        ];
        self.caller.call("ModifyLoadBalancerAttributes", &parameters).await.map(drop)
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
            plain_page: self.plain_page(),
            secure_page: self.secure_page(),
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
