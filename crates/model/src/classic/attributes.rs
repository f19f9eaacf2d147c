//! Attributes of a Classic Load Balancer.

use std::time::Duration;

use crate::Invalid;

/// What can be set of a Classic Load Balancer as a whole. The default is what the API creates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassicAttributes {
    /// Whether requests may leave the zone that they came in.
    pub cross_zone: bool,
    /// Where access logs go.
    pub access_log: AccessLog,
    /// Whether requests in progress may finish when their instance is deregistered.
    pub connection_draining: ConnectionDraining,
    /// After so long without data a connection is closed, 1-4,000 s.
    pub idle_timeout: Duration,
    /// What happens to requests that could be read in two ways.
    pub desync_mitigation: DesyncMitigation,
}

/// Where access logs go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessLog {
    /// Whether they are written.
    pub enabled: bool,
    /// The bucket; empty if none is set.
    pub bucket: String,
    /// What stands before their names; empty if nothing.
    pub prefix: String,
    /// How often one is published, 5 or 60 minutes.
    pub emit_minutes: u8,
}

/// Whether, and for how long, requests in progress may finish when their instance is deregistered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionDraining {
    /// Whether they may; otherwise they are cut off.
    pub enabled: bool,
    /// For how long, 1-3,600 s. Kept, and told, while it is not enabled.
    pub timeout: Duration,
}

/// The words of `elb.http.desyncmitigationmode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DesyncMitigation {
    /// All requests are let through.
    Monitor,
    /// Those that are dangerous are refused.
    Defensive,
    /// All that do not comply are refused.
    Strictest,
}

impl DesyncMitigation {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Monitor, Self::Defensive, Self::Strictest];

    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Monitor => "monitor",
            Self::Defensive => "defensive",
            Self::Strictest => "strictest",
        }
    }
}

impl Default for ClassicAttributes {
    fn default() -> Self {
        Self {
            cross_zone: false,
            access_log: AccessLog {
                enabled: false,
                bucket: String::new(),
                prefix: String::new(),
                emit_minutes: 60,
            },
            connection_draining: ConnectionDraining { enabled: false, timeout: Duration::from_secs(300) },
            idle_timeout: Duration::from_secs(60),
            desync_mitigation: DesyncMitigation::Defensive,
        }
    }
}

impl ClassicAttributes {
    /// Checks the ranges of numbers, and that logs that are written have somewhere to go.
    pub fn validate(&self) -> Result<(), Invalid> {
        let draining = self.connection_draining.timeout.as_secs();
        let idle = self.idle_timeout.as_secs();
        if !(1..=3600).contains(&draining) {
            return Err(Invalid::new(format!(
                "ConnectionDraining timeout '{draining}' must be between '1' and '3600' seconds"
            )));
        }
        if !(1..=4000).contains(&idle) {
            return Err(Invalid::new(format!(
                "ConnectionSettings IdleTimeout '{idle}' must be between '1' and '4000' seconds"
            )));
        }
        if ![5, 60].contains(&self.access_log.emit_minutes) {
            return Err(Invalid::new("AccessLog EmitInterval must be 5 or 60 minutes"));
        }
        if self.access_log.enabled && self.access_log.bucket.is_empty() {
            return Err(Invalid::new(
                "AccessLog S3BucketName must be specified when access logs are enabled",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_keep_to_their_ranges() {
        let with = |change: fn(&mut ClassicAttributes)| {
            let mut attributes = ClassicAttributes::default();
            change(&mut attributes);
            attributes.validate()
        };
        assert_eq!(with(|_| {}), Ok(()));
        assert_eq!(with(|it| it.idle_timeout = Duration::from_secs(4000)), Ok(()));
        assert!(with(|it| it.idle_timeout = Duration::ZERO).is_err());
        assert!(with(|it| it.connection_draining.timeout = Duration::from_secs(3601)).is_err());
        assert!(with(|it| it.access_log.emit_minutes = 10).is_err());
        assert!(with(|it| it.access_log.enabled = true).is_err());
    }
}
