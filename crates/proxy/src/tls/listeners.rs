//! What each listener that speaks HTTPS agrees to, compiled once for each change of the configuration.
//!
//! A connection keeps what it was opened with, so that a change of certificates, trust stores or revocations acts on new
//! connections and ends none.

use std::collections::BTreeMap;
use std::sync::Arc;

use elbow_model::attribute::load_balancer as attribute;
use elbow_model::key::ListenerKey;
use elbow_model::{Certificate, CertificateArn, Configuration, Listener, Secure};
use elbow_routing::KeyMap;
use elbow_stickiness::Keyring;
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::server::NoServerSessionStorage;

use super::certificates::{Choice, Held};
use super::clients::Clients;
use super::policy;
use super::tickets::{TicketKeys, Tickets};
use super::trust::{Stores, Trust};

/// What is spoken inside TLS, the one that is preferred first (RFC 7301).
const ALPN_PROTOCOLS: [&[u8]; 2] = [HTTP2, b"http/1.1"];
/// HTTP/2's name there.
pub(super) const HTTP2: &[u8] = b"h2";

/// Every listener that speaks HTTPS.
#[derive(Clone, Debug, Default)]
pub struct SecureListeners {
    listeners: KeyMap<ListenerKey, Compiled>,
    keys: Option<Arc<TicketKeys>>,
    stores: Stores,
}

/// One of them, with what it was made of.
#[derive(Clone, Debug)]
struct Compiled {
    config: Arc<ServerConfig>,
    listener: Arc<Listener>,
    certificates: Vec<Arc<Certificate>>,
    http2: bool,
    /// What clients' certificates are verified with.
    trust: Option<Arc<Trust>>,
}

impl SecureListeners {
    /// Those of a configuration. What has not changed since `before` is taken from there.
    pub(crate) fn compile(before: &Self, configuration: &Configuration, ring: &Arc<Keyring>) -> Self {
        let mut secure =
            configuration.listeners.iter().filter(|(_, listener)| listener.secure.is_some()).peekable();
        if secure.peek().is_none() {
            return Self::default();
        }
        let known = before.keys.as_ref().filter(|keys| keys.are_of(ring));
        let keys = known.map_or_else(|| Arc::new(TicketKeys::new(ring)), Arc::clone);
        let by_arn = configuration.certificates.values().map(|certificate| (&certificate.arn, certificate));
        let by_arn: BTreeMap<&CertificateArn, &Arc<Certificate>> = by_arn.collect();
        let of_listeners = configuration.listeners.values().filter_map(|listener| listener.secure.as_ref());
        let wanted = of_listeners.filter_map(|secure| secure.client_certificates.trust_store());
        let stores = Stores::compile(&before.stores, configuration, wanted);
        let mut listeners = KeyMap::default();
        for (&key, listener) in secure {
            let Some(settings) = &listener.secure else { continue };
            let arns = std::iter::once(&settings.certificate).chain(&settings.more);
            let certificates: Vec<_> =
                arns.filter_map(|arn| by_arn.get(arn).map(|found| Arc::clone(found))).collect();
            let balancer = configuration.load_balancers.get(&listener.arn.load_balancer.key);
            let http2 = balancer.is_some_and(|balancer| balancer.attributes.flag(attribute::HTTP2));
            let http = listener.protocol.is_http();
            let trust = settings.client_certificates.trust_store().map(|arn| stores.get(arn));
            let same_trust = |known: &Option<Arc<Trust>>| match (known, &trust) {
                (Some(known), Some(trust)) => Arc::ptr_eq(known, trust),
                (known, trust) => known.is_none() && trust.is_none(),
            };
            let same = before.listeners.get(&key).filter(|compiled| {
                known.is_some()
                    && same_trust(&compiled.trust)
                    && compiled.listener == *listener
                    && compiled.certificates == certificates
                    && compiled.http2 == http2
            });
            let config = match same {
                Some(compiled) => Arc::clone(&compiled.config),
                None => match config(key, settings, &certificates, &keys, (http, http2), trust.as_ref()) {
                    Some(config) => Arc::new(config),
                    None => continue,
                },
            };
            let listener = Arc::clone(listener);
            listeners.insert(key, Compiled { config, listener, certificates, http2, trust });
        }
        Self { listeners, keys: Some(keys), stores }
    }

    /// What is agreed to by one, and what it is made of; `None` if it is not configured (any more), or has no certificate
    /// that can be shown.
    pub(super) fn get(&self, listener: ListenerKey) -> Option<(&Arc<ServerConfig>, &Arc<Listener>)> {
        self.listeners.get(&listener).map(|compiled| (&compiled.config, &compiled.listener))
    }
}

/// `None` if there is nothing to show: whoever configured it has been refused that, so that somebody else changed the
/// store. The log says which.
fn config(
    key: ListenerKey,
    settings: &Secure,
    certificates: &[Arc<Certificate>],
    keys: &Arc<TicketKeys>,
    (http, http2): (bool, bool),
    trust: Option<&Arc<Trust>>,
) -> Option<ServerConfig> {
    let provider = policy::provider_of(settings.policy, settings.only.as_ref());
    let hold = |certificate: &Arc<Certificate>| match Held::new(&certificate.material, &provider) {
        Ok(held) => Some(held),
        Err(error) => {
            tracing::error!(certificate = %certificate.arn, %error, "cannot show a certificate");
            None
        }
    };
    let by_default = certificates.first().filter(|certificate| certificate.arn == settings.certificate);
    let Some(default) = by_default.and_then(hold) else {
        tracing::error!(listener = %key, "a listener has no default certificate");
        return None;
    };
    let more = certificates.iter().skip(1).filter_map(hold).collect();
    let choice = Choice::new(&provider.cipher_suites, default, more);
    let builder = builder(&provider, settings)?;
    let clients = Clients::of(&settings.client_certificates, trust);
    let asks_clients = clients.is_some();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(clients) => builder.with_client_cert_verifier(Arc::new(clients)),
    };
    let mut config = builder.with_cert_resolver(Arc::new(choice));
    let spoken = ALPN_PROTOCOLS.into_iter().filter(|protocol| http2 || *protocol != HTTP2);
    // What goes through a listener of SSL is nobody's business here.
    config.alpn_protocols = if http { spoken.map(<[u8]>::to_vec).collect() } else { Vec::new() };
    config.ignore_client_order = true;
    // Sessions are in tickets, which any node can open: a cache would be of this process, with a lock that workers share.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    if asks_clients {
        // Nothing is resumed (R32): what a client is is asked anew for each connection.
        config.send_tls13_tickets = 0;
    } else {
        let shown = certificates.iter().map(|certificate| &certificate.material.certificate);
        config.ticketer = Arc::new(Tickets::new(keys, key, shown));
    }
    Some(config)
}

fn builder(
    provider: &Arc<CryptoProvider>,
    settings: &Secure,
) -> Option<rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier>> {
    let builder = ServerConfig::builder_with_provider(Arc::clone(provider));
    match builder.with_protocol_versions(&policy::versions(settings.policy)) {
        Ok(builder) => Some(builder),
        Err(error) => {
            tracing::error!(policy = settings.policy.name(), %error, "cannot use a security policy");
            None
        }
    }
}
