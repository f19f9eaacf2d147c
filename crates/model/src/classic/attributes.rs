//! Attributes of a Classic Load Balancer.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::{AccountId, Invalid};

/// How many characters the name of a bucket has.
const BUCKET_CHARS: RangeInclusive<usize> = 3..=63;
/// Longest prefix of logs' names, in bytes: with what comes after it, it is within the 1,024 of a key.
const PREFIX_BYTES: usize = 512;

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
        self.access_log.validate()
    }
}

impl AccessLog {
    /// What the keys of all its files begin with: `[PREFIX/]AWSLogs/ACCOUNT`.
    pub fn folder(&self, account: &AccountId) -> String {
        // AWS: unknown what it makes of slashes around a prefix; we leave them out.
        let account = account.as_str();
        match self.prefix.trim_matches('/') {
            "" => format!("AWSLogs/{account}"),
            prefix => format!("{prefix}/AWSLogs/{account}"),
        }
    }

    /// Checks that there is a bucket where logs are written, and that its name and the prefix can be of one.
    fn validate(&self) -> Result<(), Invalid> {
        let Self { enabled, bucket, prefix, .. } = self;
        if *enabled && bucket.is_empty() {
            return Err(Invalid::new(
                "AccessLog S3BucketName must be specified when access logs are enabled",
            ));
        }
        if !bucket.is_empty() && !is_bucket(bucket) {
            return Err(Invalid::new(format!(
                "AccessLog S3BucketName '{}' must have {} to {} lower-case letters, digits, dots and hyphens",
                bucket.escape_default(),
                BUCKET_CHARS.start(),
                BUCKET_CHARS.end()
            )));
        }
        if prefix.len() > PREFIX_BYTES || !prefix.split('/').all(is_part_of_prefix) {
            return Err(Invalid::new(format!(
                "AccessLog S3BucketPrefix '{}' must have at most {PREFIX_BYTES} visible characters, no '..' between \
                 slashes, and not AWSLogs, which comes after it",
                prefix.escape_default()
            )));
        }
        Ok(())
    }
}

/// Whether a bucket of S3 can have this name.
fn is_bucket(name: &str) -> bool {
    let is_inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-');
    let ends_well = !name.starts_with(['.', '-']) && !name.ends_with(['.', '-']);
    BUCKET_CHARS.contains(&name.len()) && name.bytes().all(is_inner) && ends_well && !name.contains("..")
}

fn is_part_of_prefix(part: &str) -> bool {
    !matches!(part, "." | ".." | "AWSLogs") && part.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'\\')
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

    #[test]
    fn logs_go_nowhere_but_into_a_bucket() {
        let to = |bucket: &str, prefix: &str| {
            let mut attributes = ClassicAttributes::default();
            let log = &mut attributes.access_log;
            (log.enabled, log.bucket, log.prefix) = (true, bucket.to_owned(), prefix.to_owned());
            attributes.validate().is_ok()
        };
        assert!(to("my-logs.example", "") && to("logs", "prod/eu 1"));
        for bucket in ["ab", "a..b", "-ab", "Logs", "../../etc", "b\r\n<x>", &"x".repeat(64)] {
            assert!(!to(bucket, ""), "{bucket}");
        }
        for prefix in ["..", "a/../b", "AWSLogs", "a/AWSLogs", "\u{1}", "a\\b", &"x".repeat(513)] {
            assert!(!to("logs", prefix), "{prefix}");
        }
    }
}
