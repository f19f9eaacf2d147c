//! How clients reach a load balancer of either kind: its DNS name, its address, its sockets.

use std::collections::BTreeSet;
use std::net::IpAddr;

use elbow_model::key::LoadBalancerKey;
use elbow_model::{LoadBalancerName, Port, Protocol, Region, Scheme};

use crate::call::Call;
use crate::error::{Code, Error};

/// The hosted zone that answers show. DNS names of Elbow are in no hosted zone, so there is one for all regions.
pub(crate) const HOSTED_ZONE: &str = "Z35SXDOTRQ7X7K";
/// Whom load balancers are for, in AWS's words.
pub(crate) const SCHEMES: &[&str] = &["internet-facing", "internal"];
/// The number in a DNS name has at most ten digits, as AWS's.
const DNS_NUMBERS: u64 = 10_000_000_000;

/// `my-shop-1234567890.us-east-1.elb.localhost`
pub(crate) fn dns_name(
    name: &LoadBalancerName,
    key: LoadBalancerKey,
    scheme: Scheme,
    region: &Region,
) -> String {
    let prefix = if scheme == Scheme::Internal { "internal-" } else { "" };
    let number = key.get() % DNS_NUMBERS;
    format!("{prefix}{name}-{number}.{}.elb.localhost", region.as_str()).to_ascii_lowercase()
}

/// The lowest address of the pool that no load balancer of any kind and region has.
pub(crate) fn address(call: &Call<'_>) -> Result<Option<IpAddr>, Error> {
    let Some(pool) = &call.settings.address_pool else { return Ok(None) };
    let application = call.configuration.load_balancers.values().filter_map(|balancer| balancer.address);
    let classic = call.configuration.classic_load_balancers.values().filter_map(|balancer| balancer.address);
    let taken: BTreeSet<IpAddr> = application.chain(classic).collect();
    let free = pool.addresses().find(|address| !taken.contains(address));
    free.map(Some).ok_or_else(|| {
        Error::new(
            Code::TooManyLoadBalancers,
            format!(
                "Every address of the pool {pool} is taken; delete a load balancer or widen --address-pool"
            ),
        )
    })
}

/// What a listener would listen on.
pub(crate) struct Socket {
    /// Whose listener it is.
    pub(crate) balancer: LoadBalancerKey,
    /// The address of its load balancer; `None`: the node's.
    pub(crate) address: Option<IpAddr>,
    /// The port as the API names it.
    pub(crate) port: Port,
    /// What clients speak.
    pub(crate) protocol: Protocol,
}

impl Socket {
    /// Checks that it can be bound, and that it is not shared where it cannot be: load balancers that share an address are
    /// told apart by the host that a request is for, which connections of TCP and SSL do not name.
    pub(crate) fn check(&self, call: &Call<'_>) -> Result<(), Error> {
        let refuse = |message| Error::new(Code::InvalidConfigurationRequest, message);
        if let Some((name, protocol)) = self.neighbour(call) {
            return Err(refuse(format!(
                "Port {} of this address is taken by the {protocol} listener of load balancer '{name}', and a listener of \
                 TCP or SSL needs its port for itself; choose another port, or run Elbow with --address-pool, so that each \
                 load balancer gets an address of its own",
                self.port
            )));
        }
        call.surroundings.admission.check(self.address, self.port).map_err(refuse)
    }

    /// The listener of another load balancer that this one cannot share its socket with.
    fn neighbour<'a>(&self, call: &Call<'a>) -> Option<(&'a LoadBalancerName, Protocol)> {
        let Call { configuration, .. } = call;
        let excludes = |other: Protocol| !(self.protocol.is_http() && other.is_http());
        let classic = configuration.classic_load_balancers.values().find_map(|balancer| {
            let listener = balancer.listeners.get(&self.port).filter(|it| excludes(it.protocol))?;
            let other = balancer.arn.key != self.balancer && balancer.address == self.address;
            other.then_some((&balancer.arn.name, listener.protocol))
        });
        let application = || {
            let mut on_port = configuration.listeners.values().filter(|it| it.port == self.port);
            on_port.find_map(|listener| {
                let key = listener.arn.load_balancer.key;
                let balancer = configuration.load_balancers.get(&key)?;
                let clash = excludes(listener.protocol) && balancer.address == self.address;
                (clash && key != self.balancer).then_some((&balancer.arn.name, listener.protocol))
            })
        };
        classic.or_else(application)
    }
}
