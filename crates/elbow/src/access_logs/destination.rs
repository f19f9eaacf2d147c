//! Where the lines of a load balancer go.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use elbow_api::objects::ObjectName;
use elbow_model::key::LoadBalancerKey;
use elbow_model::{ClassicLoadBalancer, Configuration, Scope, Timestamp};
use elbow_telemetry::{Civil, LogTime};

/// Where load balancers listen that have no address of their own.
pub(crate) type Nodes = IpAddr;

/// Where, under which names and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Destination {
    /// The owner, and the region that the bucket is in.
    pub(super) scope: Scope,
    bucket: String,
    /// What the keys of all files begin with.
    folder: String,
    /// The load balancer's name in names of files.
    load_balancer: String,
    /// The address that took the requests.
    node: IpAddr,
    /// There is a file this often, counted from midnight.
    pub(super) period: Duration,
    /// What names of files end with.
    suffix: &'static str,
}

/// Those of all load balancers that log.
pub(super) fn all(
    configuration: &Configuration,
    nodes: &Nodes,
) -> BTreeMap<LoadBalancerKey, Arc<Destination>> {
    let classic = configuration.classic_load_balancers.values();
    let logging = classic.filter(|balancer| balancer.attributes.access_log.enabled);
    logging.map(|balancer| (balancer.arn.key, Arc::new(Destination::classic(balancer, *nodes)))).collect()
}

impl Destination {
    fn classic(balancer: &ClassicLoadBalancer, node: IpAddr) -> Self {
        let log = &balancer.attributes.access_log;
        let scope = balancer.arn.scope.clone();
        Self {
            bucket: log.bucket.clone(),
            folder: log.folder(&scope.account),
            load_balancer: balancer.arn.name.to_string(),
            node: balancer.address.unwrap_or(node),
            period: Duration::from_secs(u64::from(log.emit_minutes) * 60),
            suffix: ".log",
            scope,
        }
    }

    /// When the period ends that a moment is in.
    pub(super) fn end_of_period(&self, now: Timestamp) -> Timestamp {
        let period = self.period.as_secs().max(1);
        Timestamp::from_secs((now.as_secs() / period).saturating_add(1).saturating_mul(period))
    }

    /// The file of a period that ended, or is cut short, as AWS calls it.
    pub(super) fn file(&self, end: Timestamp, random: u64) -> Result<ObjectName, String> {
        let Self { scope, folder, load_balancer, node, suffix, .. } = self;
        let Civil { year, month, day, hour, minute, .. } = LogTime::from(end).civil();
        let (account, region) = (scope.account.as_str(), scope.region.as_str());
        let random = word(random);
        let key = format!(
            "{folder}/elasticloadbalancing/{region}/{year:04}/{month:02}/{day:02}/{account}_elasticloadbalancing_{region}_\
             {load_balancer}_{year:04}{month:02}{day:02}T{hour:02}{minute:02}Z_{node}_{random}{suffix}"
        );
        ObjectName::parse(&self.bucket, &key, None)
    }
}

/// Eight letters and digits, as AWS has them.
fn word(random: u64) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let letter = |n: u64| usize::try_from(random >> (5 * n) & 31).ok().and_then(|n| LETTERS.get(n)).copied();
    (0..8).filter_map(letter).map(char::from).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use elbow_model::{AccountId, Region};

    use super::*;

    pub(in crate::access_logs) fn destination(bucket: &str, minutes: u64) -> Arc<Destination> {
        let region = Region::parse("us-west-2").unwrap();
        Arc::new(Destination {
            scope: Scope { region, account: AccountId::parse("123456789012").unwrap() },
            bucket: bucket.to_owned(),
            folder: "my-app/AWSLogs/123456789012".to_owned(),
            load_balancer: "my-loadbalancer".to_owned(),
            node: [172, 160, 1, 192].into(),
            period: Duration::from_secs(minutes * 60),
            suffix: ".log",
        })
    }

    #[test]
    fn files_are_called_as_in_the_documentation() {
        let destination = destination("my-loadbalancer-logs", 5);
        let end = destination.end_of_period(Timestamp::from_secs(1_392_507_583));
        let expected = "s3://my-loadbalancer-logs/my-app/AWSLogs/123456789012/elasticloadbalancing/us-west-2/2014/02/15/\
                        123456789012_elasticloadbalancing_us-west-2_my-loadbalancer_20140215T2340Z_172.160.1.192_baaaaaaa.log";
        assert_eq!(destination.file(end, 1).unwrap().to_string(), expected);
        assert_eq!(word(u64::MAX), "77777777");
    }

    #[test]
    fn periods_are_counted_from_midnight() {
        let at = |hour: u64, minute: u64| Timestamp::from_secs(1_392_422_400 + hour * 3600 + minute * 60);
        for (minutes, now, end) in [
            (5, at(23, 39), at(23, 40)),
            (5, at(23, 40), at(23, 45)),
            (60, at(23, 40), at(24, 0)),
            (60, at(0, 0), at(1, 0)),
        ] {
            assert_eq!(destination("logs", minutes).end_of_period(now), end);
        }
    }
}
