//! Which listeners have which certificates.

use std::collections::BTreeSet;
use std::sync::Arc;

use elbow_model::{CertificateArn, Change, Configuration, Entity, Listener, LoadBalancerArn};

/// The listeners that show a certificate, by default or by name.
pub(crate) fn listeners<'a>(
    configuration: &'a Configuration,
    certificate: &'a CertificateArn,
) -> impl Iterator<Item = &'a Arc<Listener>> {
    configuration.listeners.values().filter(move |listener| {
        let secure = listener.secure.as_ref();
        secure.is_some_and(|it| it.certificate == *certificate || it.more.contains(certificate))
    })
}

/// The load balancers of those listeners, each once.
pub(crate) fn load_balancers<'a>(
    configuration: &'a Configuration,
    certificate: &'a CertificateArn,
) -> BTreeSet<&'a LoadBalancerArn> {
    listeners(configuration, certificate).map(|listener| &listener.arn.load_balancer).collect()
}

/// The changes after which listeners know a certificate by another ARN.
pub(crate) fn renamed(
    configuration: &Configuration,
    before: &CertificateArn,
    after: &CertificateArn,
) -> Vec<Change> {
    let follow = |listener: &Arc<Listener>| {
        let mut listener = Listener::clone(listener);
        if let Some(secure) = &mut listener.secure {
            if secure.certificate == *before {
                secure.certificate = after.clone();
            }
            if secure.more.remove(before) {
                secure.more.insert(after.clone());
            }
        }
        Change::Put(Entity::Listener(Arc::new(listener)))
    };
    listeners(configuration, before).map(follow).collect()
}
