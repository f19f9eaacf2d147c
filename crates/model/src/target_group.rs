//! Target groups.

use std::time::Duration;

use crate::attribute::target_group as key;
use crate::{
    Attributes, Codes, HealthCheck, Invalid, Port, Protocol, Tags, TargetGroupArn, Timestamp, TrustStoreArn,
};

/// How targets of a group are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetType {
    /// By instance id.
    Instance,
    /// By address.
    Ip,
    /// By the ARN of another load balancer.
    Alb,
}

impl TargetType {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Instance, Self::Ip, Self::Alb];

    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Ip => "ip",
            Self::Alb => "alb",
        }
    }
}

/// What is spoken to the targets of a group (R18).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProtocolVersion {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2.
    Http2,
    /// gRPC, which is HTTP/2 with rules of its own.
    Grpc,
}

impl ProtocolVersion {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Http1, Self::Http2, Self::Grpc];

    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http1 => "HTTP1",
            Self::Http2 => "HTTP2",
            Self::Grpc => "GRPC",
        }
    }

    /// What the codes are by which targets of this version tell how they do (B13, B14).
    pub const fn codes(self) -> Codes {
        match self {
            Self::Http1 | Self::Http2 => Codes::Http,
            Self::Grpc => Codes::Grpc,
        }
    }
}

/// The stickiness that a group's attributes ask for (S15-S19).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StickinessSetting {
    /// None.
    Off,
    /// The load balancer's own cookie.
    LbCookie {
        /// How long a silent client keeps its target.
        duration: Duration,
    },
    /// The application's cookie decides.
    AppCookie {
        /// The application's cookie.
        cookie_name: String,
        /// How long a silent client keeps its target.
        duration: Duration,
    },
    /// A Classic Load Balancer's duration-based policy.
    ClassicDuration {
        /// How long its cookie lasts; `None`: as long as the browser is open.
        period: Option<Duration>,
    },
    /// A Classic Load Balancer's application-controlled policy.
    ClassicApplication {
        /// Name of the application's cookie.
        cookie_name: String,
    },
}

/// What is not an attribute of a target group, because AWS has it for Classic Load Balancers alone. The default is what
/// target groups do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupPolicies {
    /// Whether requests are sent to all targets when too few are healthy (B19-B21); otherwise they are refused when none is.
    pub fails_open: bool,
    /// How sessions are kept, in place of the attributes.
    pub stickiness: Option<StickinessSetting>,
    /// How targets are told the address of the client before the first byte of a connection, if they are. Only for bytes
    /// that are passed on as they are.
    pub proxy_protocol: Option<ProxyProtocol>,
    /// The public keys that targets may have, in base64; `None`: any.
    pub public_keys: Option<Vec<String>>,
}

impl Default for GroupPolicies {
    fn default() -> Self {
        Self { fails_open: true, stickiness: None, proxy_protocol: None, public_keys: None }
    }
}

/// Versions of the PROXY protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProxyProtocol {
    /// A line of text.
    V1,
    /// A binary header.
    V2,
}

/// A set of targets that requests are spread over, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetGroup {
    /// Its ARN.
    pub arn: TargetGroupArn,
    /// When it was created.
    pub created: Timestamp,
    /// How its targets are named.
    pub target_type: TargetType,
    /// What its targets speak.
    pub protocol: Protocol,
    /// Which version of it.
    pub protocol_version: ProtocolVersion,
    /// The port of targets that are registered without one.
    pub port: Port,
    /// The virtual private cloud that its targets are in; informative.
    pub vpc: String,
    /// How its targets are checked.
    pub health_check: HealthCheck,
    /// Attributes of section 7.2 of the facts.
    pub attributes: Attributes,
    /// What is not said by attributes.
    pub policies: GroupPolicies,
    /// Tags.
    pub tags: Tags,
}

impl TargetGroup {
    /// The stickiness that the attributes ask for.
    pub fn stickiness(&self) -> StickinessSetting {
        let attributes = &self.attributes;
        if let Some(policy) = &self.policies.stickiness {
            return policy.clone();
        }
        if !attributes.flag(key::STICKINESS_ENABLED) {
            return StickinessSetting::Off;
        }
        match attributes.text(key::STICKINESS_TYPE) {
            "app_cookie" => StickinessSetting::AppCookie {
                cookie_name: attributes.text(key::APP_COOKIE_NAME).to_owned(),
                duration: attributes.seconds(key::APP_COOKIE_DURATION),
            },
            _ => StickinessSetting::LbCookie { duration: attributes.seconds(key::LB_COOKIE_DURATION) },
        }
    }

    /// How long a deregistered target may finish its requests (B22).
    pub fn deregistration_delay(&self) -> Duration {
        self.attributes.seconds(key::DEREGISTRATION_DELAY)
    }

    /// The trust store that certificates of targets are, or would be, checked with.
    pub fn target_trust_store(&self) -> Option<TrustStoreArn> {
        TrustStoreArn::parse(self.attributes.text(key::TARGET_TLS_TRUST_STORE))
    }

    /// Checks that clients of a listener can speak to targets of this version: those in clear only speak HTTP/2 where
    /// the listener lets them (L4).
    pub fn check_for(&self, protocol: Protocol, takes_http2: bool) -> Result<(), Invalid> {
        if self.protocol_version == ProtocolVersion::Http1 || takes_http2 {
            return Ok(());
        }
        Err(Invalid::new(format!(
            "Listener protocol '{protocol}' is not supported with a target group with the protocol-version '{}'",
            self.protocol_version.as_str()
        )))
    }

    /// Checks that targets named like this can speak this version: load balancers behind load balancers speak HTTP/1.1
    /// (R19).
    pub fn check_version(&self) -> Result<(), Invalid> {
        if self.protocol_version == ProtocolVersion::Http1 || self.target_type != TargetType::Alb {
            return Ok(());
        }
        Err(Invalid::new(format!(
            "Protocol version '{}' is not supported with target type '{}'",
            self.protocol_version.as_str(),
            self.target_type.as_str()
        )))
    }

    /// Rules between attributes (S22, S25, S26, B2, B3, B21).
    pub fn validate_attributes(&self) -> Result<(), Invalid> {
        let attributes = &self.attributes;
        let sticky = self.stickiness();
        let algorithm = attributes.text(key::ALGORITHM);
        if matches!(&sticky, StickinessSetting::AppCookie { cookie_name, .. } if cookie_name.is_empty()) {
            return Err(Invalid::new(
                "You must set an application cookie name to enable stickiness of type 'app_cookie'",
            ));
        }
        if sticky != StickinessSetting::Off && attributes.text(key::CROSS_ZONE) == "false" {
            return Err(Invalid::new("You cannot enable stickiness when cross-zone load balancing is off"));
        }
        if sticky != StickinessSetting::Off && algorithm == "weighted_random" {
            return Err(Invalid::new(
                "You cannot have both stickiness and weighted random algorithm enabled on the same target group.",
            ));
        }
        if attributes.text(key::SLOW_START) != "0" && algorithm != "round_robin" {
            return Err(Invalid::new(format!(
                "You cannot enable both slow start and {} algorithm on a target group",
                algorithm.replace('_', " ")
            )));
        }
        if attributes.text(key::ANOMALY_MITIGATION) == "on" && algorithm != "weighted_random" {
            return Err(Invalid::new(format!(
                "You cannot enable anomaly mitigation with the load balancing algorithm '{algorithm}'"
            )));
        }
        if attributes.flag(key::TARGET_TLS_VERIFY) && self.target_trust_store().is_none() {
            return Err(Invalid::new(format!(
                "'{}' must be set when '{}' is true",
                key::TARGET_TLS_TRUST_STORE,
                key::TARGET_TLS_VERIFY
            )));
        }
        self.validate_thresholds()
    }

    /// A zone that is healthy enough for DNS is healthy enough for routing (B21).
    fn validate_thresholds(&self) -> Result<(), Invalid> {
        let pairs = [
            (key::DNS_FAILOVER_COUNT, key::UNHEALTHY_ROUTING_COUNT),
            (key::DNS_FAILOVER_PERCENTAGE, key::UNHEALTHY_ROUTING_PERCENTAGE),
        ];
        for (dns, routing) in pairs {
            let number = |key| self.attributes.text(key).parse::<u64>().ok();
            // One that is off is no threshold.
            if let (Some(least), Some(most)) = (number(routing), number(dns))
                && most < least
            {
                return Err(Invalid::new(format!(
                    "'{dns}' value '{most}' must be greater than or equal to the value '{least}' of '{routing}'"
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Arn, attribute};

    fn group(values: &[(&str, &str)]) -> TargetGroup {
        let arn = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/carts/0000000000000001";
        let Some(Arn::TargetGroup(arn)) = Arn::parse(arn) else { panic!("{arn}") };
        let mut attributes = Attributes::new(attribute::target_group::TABLE);
        values.iter().for_each(|(key, value)| attributes.set(key, value).unwrap());
        TargetGroup {
            arn,
            created: Timestamp::from_secs(0),
            target_type: TargetType::Ip,
            protocol: Protocol::Http,
            protocol_version: ProtocolVersion::Http1,
            port: Port::new(80).unwrap(),
            vpc: String::new(),
            health_check: HealthCheck::default(),
            attributes,
            policies: GroupPolicies::default(),
            tags: Tags::default(),
        }
    }

    /// L4, R19.
    #[test]
    fn http_2_to_targets_needs_clients_who_speak_it_and_targets_that_can() {
        for version in ProtocolVersion::ALL {
            let group = TargetGroup { protocol_version: version, ..group(&[]) };
            let plain = version == ProtocolVersion::Http1;
            assert_eq!(group.check_for(Protocol::Http, false).is_ok(), plain, "{version:?}");
            assert!(group.check_for(Protocol::Http, true).is_ok() && group.check_version().is_ok());
            assert!(group.check_for(Protocol::Https, true).is_ok());
            let layered = TargetGroup { target_type: TargetType::Alb, ..group };
            assert_eq!(layered.check_version().is_ok(), plain, "{version:?}");
        }
    }

    #[test]
    fn attributes_that_exclude_each_other_are_refused() {
        let sticky = (key::STICKINESS_ENABLED, "true");
        let random = (key::ALGORITHM, "weighted_random");
        let slow = (key::SLOW_START, "30");
        for good in [
            &[][..],
            &[(key::STICKINESS_TYPE, "app_cookie")],
            &[sticky, (key::STICKINESS_TYPE, "app_cookie"), (key::APP_COOKIE_NAME, "sid")],
            &[sticky, (key::ALGORITHM, "least_outstanding_requests"), (key::CROSS_ZONE, "true")],
            &[slow],
            &[random, (key::ANOMALY_MITIGATION, "on")],
            &[(key::DNS_FAILOVER_COUNT, "2"), (key::UNHEALTHY_ROUTING_COUNT, "2")],
            &[(key::DNS_FAILOVER_COUNT, "off"), (key::UNHEALTHY_ROUTING_COUNT, "9")],
            &[(key::DNS_FAILOVER_PERCENTAGE, "50")],
        ] {
            assert_eq!(group(good).validate_attributes(), Ok(()), "{good:?}");
        }
        for bad in [
            &[sticky, (key::STICKINESS_TYPE, "app_cookie")][..],
            &[sticky, (key::CROSS_ZONE, "false")],
            &[sticky, random],
            &[slow, random],
            &[slow, (key::ALGORITHM, "least_outstanding_requests")],
            &[(key::ANOMALY_MITIGATION, "on")],
            &[(key::UNHEALTHY_ROUTING_COUNT, "2")],
            &[(key::DNS_FAILOVER_PERCENTAGE, "10"), (key::UNHEALTHY_ROUTING_PERCENTAGE, "20")],
        ] {
            assert!(group(bad).validate_attributes().is_err(), "{bad:?}");
        }
    }
}
