//! Target groups.

use std::time::Duration;

use crate::attribute::target_group as key;
use crate::{Attributes, HealthCheck, Invalid, Port, Protocol, Tags, TargetGroupArn, Timestamp};

/// How targets of a group are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetType {
    /// By instance id.
    Instance,
    /// By address.
    Ip,
}

impl TargetType {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Ip => "ip",
        }
    }
}

/// What is spoken to the targets of a group (R18).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProtocolVersion {
    /// HTTP/1.1.
    Http1,
}

impl ProtocolVersion {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http1 => "HTTP1",
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
    /// Tags.
    pub tags: Tags,
}

impl TargetGroup {
    /// The stickiness that the attributes ask for.
    pub fn stickiness(&self) -> StickinessSetting {
        let attributes = &self.attributes;
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

    /// Rules between attributes (S22, S25, S26, B3).
    pub fn validate_attributes(&self) -> Result<(), Invalid> {
        let attributes = &self.attributes;
        let sticky = self.stickiness();
        let algorithm = attributes.text(key::ALGORITHM);
        if matches!(&sticky, StickinessSetting::AppCookie { cookie_name, .. } if cookie_name.is_empty()) {
            return Err(Invalid::new(
                "You must set an application cookie name to enable stickiness of type 'app_cookie'",
            ));
        }
        if sticky != StickinessSetting::Off {
            if attributes.text(key::CROSS_ZONE) == "false" {
                return Err(Invalid::new(
                    "You cannot enable stickiness when cross-zone load balancing is off",
                ));
            }
            if algorithm == "weighted_random" {
                return Err(Invalid::new(
                    "You cannot enable stickiness with the load balancing algorithm 'weighted_random'",
                ));
            }
        }
        if attributes.text(key::SLOW_START) != "0" && algorithm != "round_robin" {
            return Err(Invalid::new(format!(
                "You cannot enable slow start with the load balancing algorithm '{algorithm}'"
            )));
        }
        if attributes.text(key::ANOMALY_MITIGATION) == "on" && algorithm != "weighted_random" {
            return Err(Invalid::new(format!(
                "You cannot enable anomaly mitigation with the load balancing algorithm '{algorithm}'"
            )));
        }
        Ok(())
    }
}
