//! A listener as requests see it: its rules, and every setting of it and of its load balancer, read out of the
//! attributes once.

use std::sync::Arc;
use std::time::Duration;

use elbow_model::attribute::{listener as listener_key, load_balancer as balancer_key};
use elbow_model::key::{ListenerKey, LoadBalancerKey, TargetGroupKey};
use elbow_model::{
    Attributes, LoadBalancer, LoadBalancerKind, Port, Priority, Protocol, Rule, SslPolicy, Zone,
};

use crate::{Action, ClientCertificateHeaders, Fields, Group, Request, Reserved, Rules, Transforms};

/// What happens to requests that could be read in two ways (R11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DesyncMode {
    /// All are let through.
    Monitor,
    /// The severe ones are refused.
    Defensive,
    /// All that do not comply are refused.
    Strictest,
}

/// What happens to X-Forwarded-For (R2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum XForwardedFor {
    /// The client's address is appended, with its port if asked for (R3).
    Append {
        /// Whether the port is written too.
        port: bool,
    },
    /// It is passed on as it came.
    Preserve,
    /// It is taken out.
    Remove,
}

/// What kinds of load balancers do in their own ways, and no attribute changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manners {
    /// Whether requests are given an id, X-Amzn-Trace-Id (R7).
    pub traces: bool,
    /// Whether failures are told on a page (E4); otherwise the status line tells all.
    pub pages: bool,
    /// The longest method that is taken, in bytes; a longer one is answered with 405 (facts of the APIs, section 9).
    pub method_bytes: usize,
}

impl Manners {
    const fn of(kind: LoadBalancerKind) -> Self {
        match kind {
            LoadBalancerKind::Application => Self { traces: true, pages: true, method_bytes: usize::MAX },
            LoadBalancerKind::Classic => Self { traces: false, pages: false, method_bytes: 127 },
        }
    }
}

/// A header field that every response of a listener carries, in place of the target's (R26).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseHeader {
    /// Its name, such as `Strict-Transport-Security`.
    pub name: Box<str>,
    /// Its value: never empty, visible ASCII characters and spaces.
    pub value: Box<str>,
}

/// A listener, compiled. Immutable; a change makes a new one.
#[derive(Debug, PartialEq, Eq)]
pub struct ListenerRoutes {
    /// Its identity.
    pub key: ListenerKey,
    /// Its load balancer.
    pub load_balancer: LoadBalancerKey,
    /// The load balancer's name in logs and metrics, `app/NAME/KEY` (facts, section 6).
    pub load_balancer_dimension: Arc<str>,
    /// The load balancer's DNS name, in lower case; the Host of an HTTP/1.0 request without one (R9).
    pub dns_name: Arc<str>,
    /// The zones that the load balancer is enabled in.
    zones: Box<[Zone]>,
    /// The port as the API names it.
    pub port: Port,
    /// What its clients speak.
    pub protocol: Protocol,
    /// How its connections are encrypted, if they are; what is agreed to with targets depends on it (R31).
    pub policy: Option<&'static SslPolicy>,
    /// The names of the headers that tell a target how the client's connection is encrypted, version and cipher; `None`
    /// if it is not told (R27).
    pub tls_headers: Option<[Box<str>; 2]>,
    /// What targets are told of clients' certificates (R32).
    pub client_certificates: ClientCertificateHeaders,
    /// The names of those headers, and of others that are the listener's own: a client cannot send them behind its body
    /// either. `None` if there are none.
    pub reserved_trailers: Option<Arc<[Box<str>]>>,
    /// After so long without data a connection is closed, 1-4,000 s (R24).
    pub idle_timeout: Duration,
    /// A client's connection that is older is closed after one more response, 60-604,800 s (R24).
    pub client_keep_alive: Duration,
    /// What happens to requests that could be read in two ways.
    pub desync_mode: DesyncMode,
    /// Whether headers with unusual names are taken out (R10).
    pub drop_invalid_headers: bool,
    /// Whether the Host header is passed on as it came (R8).
    pub preserve_host: bool,
    /// What happens to X-Forwarded-For.
    pub x_forwarded_for: XForwardedFor,
    /// Whether the load balancer's own responses say `Server: awselb/2.0` (R25).
    pub server_header: bool,
    /// What is so with its kind of load balancer.
    pub manners: Manners,
    /// Whether its requests are logged.
    pub logs: bool,
    /// Whether clients may speak HTTP/2 in clear.
    pub http2_cleartext: bool,
    /// Header fields that every response carries.
    pub response_headers: Box<[ResponseHeader]>,
    /// Its rules, the default one left aside.
    pub rules: Rules,
    /// What the default rule does.
    pub default_action: Action,
}

/// What was decided for a request.
#[derive(Clone, Copy, Debug)]
pub struct Decided<'a> {
    /// The rule that the request meets; `None` for the default one.
    pub priority: Option<Priority>,
    /// What is done with it.
    pub action: &'a Action,
    /// How it is changed for the target; the default rule has no transforms (L21).
    pub transforms: Option<&'a Transforms>,
    /// How many rules stand before the decision, that of this priority included and the default one left aside: what
    /// `RuleEvaluations` counts, although the index asked fewer.
    pub evaluations: u32,
}

impl ListenerRoutes {
    /// The zone whose targets of a group serve a client's connection; `None` if the load balancer has none.
    // AWS: each zone has addresses of its own, and DNS spreads clients over those of the zones that do well enough (B21).
    // One Elbow node stands for all zones of a load balancer behind one address, so we give them to its connections in
    // turn, and another one to those whose turn leads to a zone that DNS would leave out. If all are, none is.
    pub fn zone(&self, group: &Group, connection: u16) -> Option<&Zone> {
        let connection = usize::from(connection);
        let in_turn = self.zones.get(connection.checked_rem(self.zones.len())?)?;
        if !group.fails_over(in_turn) {
            return Some(in_turn);
        }
        let others = || self.zones.iter().filter(|zone| !group.fails_over(zone));
        let turn = connection.checked_div(self.zones.len())?.checked_rem(others().count());
        turn.and_then(|turn| others().nth(turn)).or(Some(in_turn))
    }

    /// The zones that [`Self::zone`] gives to connections.
    pub fn zones<'a>(&'a self, group: &'a Group) -> impl Iterator<Item = &'a Zone> {
        let all_fail = self.zones.iter().all(|zone| group.fails_over(zone));
        self.zones.iter().filter(move |zone| all_fail || !group.fails_over(zone))
    }

    /// What is done with a request (L2). `request` is asked for only if there are rules to look at it.
    pub fn decide<'r, F: Fields + 'r>(&self, request: impl FnOnce() -> Request<'r, F>) -> Decided<'_> {
        let by_default = Decided {
            priority: None,
            action: &self.default_action,
            transforms: None,
            evaluations: u32::try_from(self.rules.len()).unwrap_or(u32::MAX),
        };
        if self.rules.is_empty() {
            return by_default;
        }
        self.rules.find(&request()).map_or(by_default, |(position, rule)| Decided {
            priority: Some(rule.priority()),
            action: rule.action(),
            transforms: Some(rule.transforms()).filter(|transforms| !transforms.is_empty()),
            evaluations: u32::try_from(position + 1).unwrap_or(u32::MAX),
        })
    }

    /// The target groups that its rules may send requests to.
    pub(crate) fn target_groups(&self) -> impl Iterator<Item = TargetGroupKey> + '_ {
        self.default_action.target_groups().chain(self.rules.target_groups())
    }

    pub(crate) fn compile<'a>(
        listener: &elbow_model::Listener,
        balancer: &LoadBalancer,
        rules: impl Iterator<Item = &'a Arc<Rule>>,
    ) -> Self {
        let of_balancer = &balancer.attributes;
        let tls_headers = tls_headers(of_balancer, &listener.attributes);
        let client_certificates = ClientCertificateHeaders::compile(listener);
        Self {
            key: listener.arn.key,
            load_balancer: balancer.arn.key,
            load_balancer_dimension: balancer.arn.dimension().into(),
            dns_name: balancer.dns_name.as_str().into(),
            zones: balancer.zones.iter().map(|placement| placement.zone.clone()).collect(),
            port: listener.port,
            protocol: listener.protocol,
            policy: listener.secure.as_ref().map(|secure| secure.policy),
            reserved_trailers: reserved_trailers(tls_headers.as_ref(), &client_certificates),
            tls_headers,
            client_certificates,
            idle_timeout: of_balancer.seconds(balancer_key::IDLE_TIMEOUT),
            client_keep_alive: of_balancer.seconds(balancer_key::CLIENT_KEEP_ALIVE),
            desync_mode: desync_mode(of_balancer.text(balancer_key::DESYNC_MODE)),
            drop_invalid_headers: of_balancer.flag(balancer_key::DROP_INVALID_HEADERS),
            preserve_host: of_balancer.flag(balancer_key::PRESERVE_HOST),
            x_forwarded_for: x_forwarded_for(of_balancer),
            server_header: listener.attributes.flag(listener_key::SERVER_HEADER),
            manners: Manners::of(balancer.arn.kind),
            // The access logs of Application Load Balancers are not written yet.
            logs: balancer.arn.kind == LoadBalancerKind::Classic
                && of_balancer.flag(balancer_key::ACCESS_LOGS),
            http2_cleartext: listener.attributes.flag(listener_key::HTTP2_CLEARTEXT),
            response_headers: response_headers(&listener.attributes),
            rules: Rules::compile(rules),
            default_action: Action::compile(&listener.default_actions),
        }
    }
}

fn reserved_trailers(
    tls_headers: Option<&[Box<str>; 2]>,
    client_certificates: &ClientCertificateHeaders,
) -> Option<Arc<[Box<str>]>> {
    let of_certificates = client_certificates.reserved().into_iter().flat_map(Reserved::iter);
    let names: Arc<[Box<str>]> = tls_headers.into_iter().flatten().chain(of_certificates).cloned().collect();
    (!names.is_empty()).then_some(names)
}

/// Only the three words can have been set; anything else is the default.
fn desync_mode(word: &str) -> DesyncMode {
    match word {
        "monitor" => DesyncMode::Monitor,
        "strictest" => DesyncMode::Strictest,
        _ => DesyncMode::Defensive,
    }
}

fn x_forwarded_for(attributes: &Attributes) -> XForwardedFor {
    match attributes.text(balancer_key::XFF_MODE) {
        "preserve" => XForwardedFor::Preserve,
        "remove" => XForwardedFor::Remove,
        _ => XForwardedFor::Append { port: attributes.flag(balancer_key::XFF_CLIENT_PORT) },
    }
}

/// Both have names of their own only if the listener sets them (R27).
fn tls_headers(of_balancer: &Attributes, of_listener: &Attributes) -> Option<[Box<str>; 2]> {
    let name = |key, default: &str| match of_listener.text(key) {
        "" => default.into(),
        name => name.into(),
    };
    of_balancer.flag(balancer_key::TLS_HEADERS).then(|| {
        [
            name(listener_key::TLS_VERSION_NAME, "X-Amzn-Tls-Version"),
            name(listener_key::TLS_CIPHER_NAME, "X-Amzn-Tls-Cipher-Suite"),
        ]
    })
}

/// Reads `routing.http.response.NAME.header_value` of those that are set; the names follow from the keys.
fn response_headers(attributes: &Attributes) -> Box<[ResponseHeader]> {
    let named = |key: &'static str| {
        key.strip_prefix("routing.http.response.").and_then(|rest| rest.strip_suffix(".header_value"))
    };
    attributes
        .explicit()
        .filter(|(_, value)| !value.is_empty())
        .filter_map(|(key, value)| {
            Some(ResponseHeader { name: header_name(named(key)?), value: value.into() })
        })
        .collect()
}

/// `x_frame_options` → `X-Frame-Options`.
fn header_name(words: &str) -> Box<str> {
    let mut name = String::with_capacity(words.len());
    for word in words.split('_') {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        if !name.is_empty() {
            name.push('-');
        }
        name.push_str(&first.to_ascii_uppercase());
        name.push_str(rest);
    }
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{balancer, listener};

    fn compiled(of_balancer: &[(&str, &str)], of_listener: &[(&str, &str)]) -> ListenerRoutes {
        let (mut balancer, mut listener) = (balancer(1), listener(2, 1, 80, 3));
        of_balancer.iter().for_each(|(key, value)| balancer.attributes.set(key, value).unwrap());
        of_listener.iter().for_each(|(key, value)| listener.attributes.set(key, value).unwrap());
        ListenerRoutes::compile(&listener, &balancer, std::iter::empty())
    }

    #[test]
    fn without_attributes_it_has_the_defaults_of_aws() {
        let expected = ListenerRoutes {
            key: ListenerKey::new(2),
            load_balancer: LoadBalancerKey::new(1),
            load_balancer_dimension: "app/lb-1/0000000000000001".into(),
            dns_name: "lb-1.elb.localhost".into(),
            zones: Box::default(),
            port: Port::new(80).unwrap(),
            protocol: Protocol::Http,
            policy: None,
            tls_headers: None,
            client_certificates: ClientCertificateHeaders::None,
            reserved_trailers: None,
            idle_timeout: Duration::from_secs(60),
            client_keep_alive: Duration::from_secs(3600),
            desync_mode: DesyncMode::Defensive,
            drop_invalid_headers: false,
            preserve_host: false,
            x_forwarded_for: XForwardedFor::Append { port: false },
            server_header: true,
            manners: Manners::of(LoadBalancerKind::Application),
            logs: false,
            http2_cleartext: false,
            response_headers: Box::default(),
            rules: Rules::default(),
            default_action: Action::compile(&listener(2, 1, 80, 3).default_actions),
        };
        assert_eq!(compiled(&[], &[]), expected);
    }

    #[test]
    fn attributes_are_read_into_settings() {
        let routes = compiled(
            &[
                (balancer_key::IDLE_TIMEOUT, "4000"),
                (balancer_key::CLIENT_KEEP_ALIVE, "60"),
                (balancer_key::DESYNC_MODE, "strictest"),
                (balancer_key::DROP_INVALID_HEADERS, "true"),
                (balancer_key::PRESERVE_HOST, "true"),
                (balancer_key::XFF_CLIENT_PORT, "true"),
            ],
            &[(listener_key::SERVER_HEADER, "false")],
        );
        assert_eq!(routes.idle_timeout, Duration::from_secs(4000));
        assert_eq!(routes.client_keep_alive, Duration::from_secs(60));
        assert_eq!(routes.desync_mode, DesyncMode::Strictest);
        assert!(routes.drop_invalid_headers && routes.preserve_host && !routes.server_header);
        assert_eq!(routes.x_forwarded_for, XForwardedFor::Append { port: true });

        let mode = |word| compiled(&[(balancer_key::XFF_MODE, word)], &[]).x_forwarded_for;
        assert_eq!([mode("preserve"), mode("remove")], [XForwardedFor::Preserve, XForwardedFor::Remove]);
        let mode = |word| compiled(&[(balancer_key::DESYNC_MODE, word)], &[]).desync_mode;
        assert_eq!([mode("monitor"), mode("defensive")], [DesyncMode::Monitor, DesyncMode::Defensive]);
    }

    #[test]
    fn r27_targets_are_told_how_clients_are_encrypted_under_names_that_can_be_changed() {
        let told = (balancer_key::TLS_HEADERS, "true");
        let names = |of_listener| compiled(&[told], of_listener).tls_headers.unwrap().map(String::from);
        assert_eq!(names(&[]), ["X-Amzn-Tls-Version", "X-Amzn-Tls-Cipher-Suite"]);
        assert_eq!(names(&[(listener_key::TLS_CIPHER_NAME, "X-C")]), ["X-Amzn-Tls-Version", "X-C"]);
        assert_eq!(compiled(&[], &[(listener_key::TLS_CIPHER_NAME, "X-C")]).tls_headers, None);
    }

    #[test]
    fn every_response_header_attribute_becomes_a_header_when_it_is_set() {
        let keys = listener_key::TABLE.iter().map(|attribute| attribute.key);
        let set: Vec<_> = keys.filter(|key| key.ends_with(".header_value")).map(|key| (key, "a b")).collect();
        let routes = compiled(&[], &set);
        let mut names: Vec<&str> = routes.response_headers.iter().map(|header| &*header.name).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "Access-Control-Allow-Credentials",
                "Access-Control-Allow-Headers",
                "Access-Control-Allow-Methods",
                "Access-Control-Allow-Origin",
                "Access-Control-Expose-Headers",
                "Access-Control-Max-Age",
                "Content-Security-Policy",
                "Strict-Transport-Security",
                "X-Content-Type-Options",
                "X-Frame-Options",
            ]
        );
        assert!(routes.response_headers.iter().all(|header| &*header.value == "a b"));
        let emptied: Vec<_> = set.iter().map(|&(key, _)| (key, "")).collect();
        assert!(compiled(&[], &emptied).response_headers.is_empty());
    }
}
