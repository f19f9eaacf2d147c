//! Which sockets are listened on, and which load balancer a request on one of them is for.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use elbow_model::key::{ListenerKey, LoadBalancerKey};
use elbow_model::{Configuration, LoadBalancer, Port, Timestamp};

use crate::{KeyMap, ListenerRoutes};

/// Longest Host that is compared, in bytes: a DNS name has at most 253 (RFC 1035, 2.3.4).
const NAME_BYTES: usize = 253;

/// How listeners become sockets, and what is known of targets when a node starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The address of load balancers that have none of their own.
    pub listen_address: IpAddr,
    /// Added to every listener's port, so that people who are not root can listen on 80.
    pub listener_port_offset: u16,
    /// When this node began to check targets. Where a group does not fail open, targets that are older are taken for healthy
    /// until a check of this node says otherwise: they were served before it came, and would be lost for as long as they
    /// need to prove themselves.
    pub started: Timestamp,
}

/// All sockets that are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bindings {
    sockets: KeyMap<SocketAddr, Binding>,
    out_of_range: Vec<ListenerKey>,
}

impl Bindings {
    /// Every wanted socket with its listeners, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (SocketAddr, &Binding)> {
        self.sockets.iter().map(|(&socket, binding)| (socket, binding))
    }

    /// The listeners on one socket; `None` if it is not wanted (any more). One hash look-up.
    pub fn get(&self, socket: SocketAddr) -> Option<&Binding> {
        self.sockets.get(&socket)
    }

    /// The socket that a listener is on; `None` if its port is out of range.
    pub fn of(&self, listener: ListenerKey) -> Option<&Binding> {
        self.sockets.values().find(|binding| binding.listeners().any(|it| it.key == listener))
    }

    /// Listeners whose port plus the offset is above 65,535; they have no socket.
    pub fn out_of_range(&self) -> &[ListenerKey] {
        &self.out_of_range
    }

    pub(crate) fn compile(
        configuration: &Configuration,
        listeners: &KeyMap<ListenerKey, Arc<ListenerRoutes>>,
        options: &Options,
    ) -> Self {
        let mut sharers: KeyMap<SocketAddr, Vec<Sharer>> = KeyMap::default();
        let mut out_of_range = Vec::new();
        for (&key, listener) in &configuration.listeners {
            let balancer = configuration.load_balancers.get(&listener.arn.load_balancer.key);
            let (Some(routes), Some(balancer)) = (listeners.get(&key), balancer) else { continue };
            match options.socket(listener.port, balancer) {
                Some(socket) => sharers.entry(socket).or_default().push(Sharer::new(balancer, routes)),
                None => out_of_range.push(key),
            }
        }
        let bind = |(socket, sharers)| Some((socket, Binding::compile(sharers)?));
        Self { sockets: sharers.into_iter().filter_map(bind).collect(), out_of_range }
    }
}

impl Options {
    /// Where a listener of `balancer` is bound; `None` if its port plus the offset is above 65,535.
    pub(crate) fn socket(&self, port: Port, balancer: &LoadBalancer) -> Option<SocketAddr> {
        let port = port.get().checked_add(self.listener_port_offset)?;
        Some(SocketAddr::new(balancer.address.unwrap_or(self.listen_address), port))
    }
}

/// A listener that shares a socket, with the age of its load balancer; the oldest sorts first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Age(Timestamp, LoadBalancerKey, ListenerKey);

struct Sharer {
    age: Age,
    routes: Arc<ListenerRoutes>,
}

impl Sharer {
    fn new(balancer: &LoadBalancer, routes: &Arc<ListenerRoutes>) -> Self {
        Self { age: Age(balancer.created, balancer.arn.key, routes.key), routes: routes.clone() }
    }
}

/// Listeners by the DNS name of their load balancer. The hasher has a fixed key: only the configuration puts names in.
type ByName = HashMap<Box<[u8]>, Arc<ListenerRoutes>, BuildHasherDefault<DefaultHasher>>;

/// The listeners on one socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// That of the oldest load balancer.
    oldest: Arc<ListenerRoutes>,
    /// By DNS name; empty if there is only one.
    by_name: ByName,
    /// See [`Binding::client_keep_alive`].
    client_keep_alive: Duration,
}

impl Binding {
    fn compile(mut sharers: Vec<Sharer>) -> Option<Self> {
        sharers.sort_unstable_by(|a, b| a.age.cmp(&b.age));
        let oldest = sharers.first()?.routes.clone();
        let client_keep_alive = sharers.iter().map(|sharer| sharer.routes.client_keep_alive).min()?;
        let mut by_name = ByName::default();
        if sharers.len() > 1 {
            for Sharer { routes, .. } in sharers {
                // Two of one name cannot be told apart; the older one has it.
                by_name.entry(routes.dns_name.as_bytes().into()).or_insert(routes);
            }
        }
        Some(Self { oldest, by_name, client_keep_alive })
    }

    /// How long a connection that is opened now is kept for further requests (R24). When it is opened nobody knows whose
    /// requests will come, so if several load balancers share the socket, none of them gets a longer life than it
    /// allows.
    pub fn client_keep_alive(&self) -> Duration {
        self.client_keep_alive
    }

    /// The listener that a request is for. If several load balancers share the socket, the first Host of the request
    /// names one of them, in any case and with or without a port; if it names none, the oldest takes the request.
    pub fn listener(&self, host: Option<&[u8]>) -> &Arc<ListenerRoutes> {
        if self.by_name.is_empty() {
            return &self.oldest;
        }
        host.and_then(|host| self.named(host)).unwrap_or(&self.oldest)
    }

    /// The listener, if it passes connections on as they are; it has its socket for itself.
    pub fn passes_on(&self) -> Option<&Arc<ListenerRoutes>> {
        Some(&self.oldest).filter(|listener| !listener.protocol.is_http())
    }

    /// Whether a listener here speaks HTTPS or SSL.
    pub fn is_secure(&self) -> bool {
        self.listeners().any(|listener| listener.protocol.is_secure())
    }

    /// As [`Binding::listener`], among those that speak HTTPS, by the name that the client asks for while it agrees on how
    /// to encrypt; `None` if there is no such listener.
    // AWS: each load balancer has addresses of its own. Where they share one, a client that asks for a name of the
    // user's own finds the oldest, as on HTTP.
    pub fn secure_listener(&self, name: Option<&[u8]>) -> Option<&Arc<ListenerRoutes>> {
        let secure = |listener: &&Arc<ListenerRoutes>| listener.protocol.is_secure();
        let named = name.and_then(|name| self.named(name)).filter(secure);
        named
            .or_else(|| Some(&self.oldest).filter(secure))
            .or_else(|| self.listeners().filter(secure).min_by_key(|listener| listener.key))
    }

    fn listeners(&self) -> impl Iterator<Item = &Arc<ListenerRoutes>> {
        std::iter::once(&self.oldest).chain(self.by_name.values())
    }

    fn named(&self, host: &[u8]) -> Option<&Arc<ListenerRoutes>> {
        let name = host.split(|&b| b == b':').next()?;
        let name = name.strip_suffix(b".").unwrap_or(name);
        let mut lower = [0; NAME_BYTES];
        let lower = lower.get_mut(..name.len())?;
        lower.copy_from_slice(name);
        lower.make_ascii_lowercase();
        self.by_name.get(&*lower)
    }
}

#[cfg(test)]
mod tests {
    use elbow_model::LoadBalancer;
    use elbow_model::attribute::load_balancer as key;

    use super::*;
    use crate::testing::{OPTIONS, Put, balancer, listener, secure};
    use crate::{HealthView, Table};

    fn bindings(configuration: &Configuration, options: &Options) -> Arc<Bindings> {
        Table::compile(configuration, &HealthView::default(), options).bindings().clone()
    }

    fn sockets(bindings: &Bindings) -> Vec<String> {
        let mut sockets: Vec<_> = bindings.iter().map(|(socket, _)| socket).collect();
        sockets.sort_unstable();
        sockets.into_iter().map(|socket| socket.to_string()).collect()
    }

    /// Load balancers 1 to 3 with a listener on port 80 each; the second is the oldest.
    fn three_on_one_port() -> Configuration {
        let mut configuration = Configuration::default();
        for number in 1..=3 {
            configuration.put(balancer(number));
            configuration.put(listener(number * 10, number, 80, 1));
        }
        configuration.put(LoadBalancer { created: Timestamp::default(), ..balancer(2) });
        configuration
    }

    #[test]
    fn the_host_names_one_of_several_load_balancers_on_a_socket() {
        let bindings = bindings(&three_on_one_port(), &OPTIONS);
        let binding = bindings.get("127.0.0.1:80".parse().unwrap()).unwrap();
        let long = [b'a'; 8192];
        let table: &[(Option<&[u8]>, u64)] = &[
            (Some(b"lb-1.elb.localhost"), 1),
            (Some(b"lb-3.elb.localhost"), 3),
            (Some(b"LB-3.ELB.LocalHost"), 3),
            (Some(b"lb-3.elb.localhost:8080"), 3),
            (Some(b"lb-3.elb.localhost."), 3),
            (Some(b"lb-3.elb.localhost.:80"), 3),
            // Names nobody: the oldest has it.
            (None, 2),
            (Some(b""), 2),
            (Some(b":80"), 2),
            (Some(b"lb-9.elb.localhost"), 2),
            (Some(b"127.0.0.1:80"), 2),
            (Some(b"[::1]:80"), 2),
            (Some(b"\xff\x00"), 2),
            (Some(&long), 2),
        ];
        for (host, expected) in table {
            let found = binding.listener(*host).load_balancer;
            assert_eq!(found, LoadBalancerKey::new(*expected), "{host:?}");
        }
    }

    #[test]
    fn a_name_asked_for_in_tls_finds_only_listeners_that_speak_it() {
        let mut configuration = three_on_one_port();
        let found = |configuration: &Configuration, name: Option<&str>| {
            let bindings = bindings(configuration, &OPTIONS);
            let binding = bindings.get("127.0.0.1:80".parse().unwrap()).unwrap();
            let listener = binding.secure_listener(name.map(str::as_bytes));
            (binding.is_secure(), listener.map(|listener| listener.load_balancer.get()))
        };
        assert_eq!(found(&configuration, Some("lb-1.elb.localhost")), (false, None));
        for number in [3, 1] {
            configuration.put(secure(listener(number * 10, number, 80, 1)));
        }
        assert_eq!(found(&configuration, Some("LB-3.elb.localhost")), (true, Some(3)));
        // The oldest speaks HTTP in clear.
        assert_eq!(found(&configuration, Some("lb-2.elb.localhost")), (true, Some(1)));
        assert_eq!(found(&configuration, None), (true, Some(1)));
        configuration.put(secure(listener(20, 2, 80, 1)));
        assert_eq!(found(&configuration, Some("shop.example")), (true, Some(2)));
    }

    #[test]
    fn a_single_load_balancer_takes_every_host() {
        let mut configuration = Configuration::default();
        configuration.put(balancer(1));
        configuration.put(listener(10, 1, 80, 1));
        let bindings = bindings(&configuration, &OPTIONS);
        let binding = bindings.get("127.0.0.1:80".parse().unwrap()).unwrap();
        for host in [None, Some(b"shop.example.com".as_slice())] {
            assert_eq!(binding.listener(host).key, ListenerKey::new(10));
        }
    }

    #[test]
    fn the_shortest_keep_alive_of_those_that_share_a_socket_counts_r24() {
        let mut configuration = three_on_one_port();
        let keep_alive = |configuration: &Configuration| {
            let bindings = bindings(configuration, &OPTIONS);
            bindings.get("127.0.0.1:80".parse().unwrap()).unwrap().client_keep_alive()
        };
        assert_eq!(keep_alive(&configuration), Duration::from_secs(3600));
        for (number, seconds) in [(1, "7200"), (3, "60")] {
            let mut changed = balancer(number);
            changed.attributes.set(key::CLIENT_KEEP_ALIVE, seconds).unwrap();
            configuration.put(changed);
        }
        assert_eq!(keep_alive(&configuration), Duration::from_secs(60));
    }

    #[test]
    fn a_socket_is_made_of_address_port_and_offset() {
        let mut configuration = three_on_one_port();
        configuration.put(LoadBalancer { address: Some([127, 1, 2, 3].into()), ..balancer(3) });
        configuration.put(listener(31, 3, 60_000, 1));
        let plain = bindings(&configuration, &OPTIONS);
        assert_eq!(sockets(&plain), ["127.0.0.1:80", "127.1.2.3:80", "127.1.2.3:60000"]);
        assert_eq!(plain.out_of_range(), []);

        let moved = bindings(&configuration, &Options { listener_port_offset: 8000, ..OPTIONS });
        assert_eq!(sockets(&moved), ["127.0.0.1:8080", "127.1.2.3:8080"]);
        assert_eq!(moved.out_of_range(), [ListenerKey::new(31)]);
    }
}
