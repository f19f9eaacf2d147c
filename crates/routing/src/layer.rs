//! A target that is another load balancer: where its listener is reached.
//!
//! It is reached only if a request cannot be misled: the socket must be that load balancer's alone, because where
//! several share one the Host decides and the request carries the Host of the first, and the way must not come back
//! to the group it began in.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use elbow_model::{Configuration, Listener, LoadBalancerArn, Target};

use crate::Options;

/// The socket of the listener that `target` names; `None` if there is none, it is shared, or requests would come back.
pub(crate) fn socket(
    target: &Target,
    arn: &LoadBalancerArn,
    configuration: &Configuration,
    options: &Options,
) -> Option<SocketAddr> {
    let balancer = configuration.load_balancers.get(&arn.key).filter(|it| it.arn == *arn)?;
    let listener = configuration.listener_at(balancer.arn.key, target.port)?;
    let socket = options.socket(listener.port, balancer)?;
    if is_shared(listener, socket, configuration, options)
        || configuration.leads_to(listener.arn.key, target.group)
    {
        return None;
    }
    Some(connectable(socket))
}

fn is_shared(
    listener: &Listener,
    socket: SocketAddr,
    configuration: &Configuration,
    options: &Options,
) -> bool {
    configuration.listeners.values().filter(|other| other.arn.key != listener.arn.key).any(|other| {
        let balancer = configuration.load_balancers.get(&other.arn.load_balancer.key);
        balancer.and_then(|balancer| options.socket(other.port, balancer)) == Some(socket)
    })
}

/// Who listens on every address of this machine is reached on its loopback.
fn connectable(socket: SocketAddr) -> SocketAddr {
    let ip = match socket {
        _ if !socket.ip().is_unspecified() => socket.ip(),
        SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, socket.port())
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use elbow_model::{LoadBalancer, TargetGroup, TargetType};

    use super::*;
    use crate::testing::{
        OPTIONS, Put, balancer, balancer_target, group, group_key, listener, target, target_key,
    };
    use crate::{HealthView, Table};

    /// Load balancer 1 on port 81 sends to group 1, whose target is load balancer 2 on port 82, which sends to group 2.
    fn layers() -> Configuration {
        let mut configuration = Configuration::default();
        for number in 1..=2 {
            configuration.put(balancer(number));
            configuration.put(listener(number, number, 80 + u16::try_from(number).unwrap(), number));
        }
        configuration.put(TargetGroup { target_type: TargetType::Alb, ..group(1) });
        configuration.put(group(2));
        configuration.put(balancer_target(1, 1, 2, 82));
        configuration.put(target(2, 2));
        configuration
    }

    fn address(configuration: &Configuration, options: &Options) -> Option<String> {
        let table = Table::compile(configuration, &HealthView::default(), options);
        let group = table.group(group_key(1)).unwrap();
        let found = group.target(target_key(1)).map(|target| target.address.to_string());
        assert_eq!(found.is_none(), group.is_unresolved(target_key(1)));
        found
    }

    #[test]
    fn a_load_balancer_is_reached_where_it_listens() {
        let mut configuration = layers();
        assert_eq!(address(&configuration, &OPTIONS).unwrap(), "127.0.0.1:82");
        let moved = Options { listener_port_offset: 8000, ..OPTIONS };
        assert_eq!(address(&configuration, &moved).unwrap(), "127.0.0.1:8082");
        let everywhere = |ip: &str| Options { listen_address: ip.parse().unwrap(), ..OPTIONS };
        assert_eq!(address(&configuration, &everywhere("0.0.0.0")).unwrap(), "127.0.0.1:82");
        assert_eq!(address(&configuration, &everywhere("::")).unwrap(), "[::1]:82");
        configuration.put(LoadBalancer { address: Some(IpAddr::from([127, 0, 0, 9])), ..balancer(2) });
        assert_eq!(address(&configuration, &OPTIONS).unwrap(), "127.0.0.9:82");
    }

    #[test]
    fn one_that_does_not_listen_or_shares_its_socket_is_not_reached() {
        let mut none = layers();
        none.listeners.retain(|_, listener| listener.port.get() != 82);
        assert_eq!(address(&none, &OPTIONS), None);
        let mut gone = layers();
        gone.load_balancers.pop_last();
        assert_eq!(address(&gone, &OPTIONS), None);
        let mut shared = layers();
        shared.put(balancer(3));
        shared.put(listener(3, 3, 82, 2));
        assert_eq!(address(&shared, &OPTIONS), None);
    }

    #[test]
    fn a_loop_is_not_entered_however_long_it_is() {
        let mut itself = layers();
        itself.put(balancer_target(1, 1, 1, 81));
        assert_eq!(address(&itself, &OPTIONS), None);
        let mut back = layers();
        back.put(balancer_target(2, 3, 1, 81));
        assert_eq!(address(&back, &OPTIONS), None);
        // Another port of the same load balancer is another way on.
        let mut inner = layers();
        inner.put(listener(9, 1, 90, 2));
        inner.put(balancer_target(1, 1, 1, 90));
        assert_eq!(address(&inner, &OPTIONS).unwrap(), "127.0.0.1:90");
    }
}
