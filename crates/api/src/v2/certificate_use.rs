//! Which listeners have which certificates.

use std::collections::BTreeSet;
use std::sync::Arc;

use elbow_model::{
    CertificateArn, Change, ClassicLoadBalancer, Configuration, Entity, Listener, LoadBalancerArn,
};

/// The load balancers, of both kinds, with a listener that shows a certificate, by default or by name; each once.
pub(crate) fn load_balancers<'a>(
    configuration: &'a Configuration,
    certificate: &'a CertificateArn,
) -> BTreeSet<&'a LoadBalancerArn> {
    let application = listeners(configuration, certificate).map(|listener| &listener.arn.load_balancer);
    application.chain(classic(configuration, certificate).map(|balancer| &balancer.arn)).collect()
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
    let follow_classic = |balancer: &Arc<ClassicLoadBalancer>| {
        let mut balancer = ClassicLoadBalancer::clone(balancer);
        let shown = balancer.listeners.values_mut().filter_map(|listener| listener.certificate.as_mut());
        shown.filter(|shown| *shown == before).for_each(|shown| shown.clone_from(after));
        Change::Put(Entity::ClassicLoadBalancer(Arc::new(balancer)))
    };
    let application = listeners(configuration, before).map(follow);
    application.chain(classic(configuration, before).map(follow_classic)).collect()
}

fn listeners<'a>(
    configuration: &'a Configuration,
    certificate: &'a CertificateArn,
) -> impl Iterator<Item = &'a Arc<Listener>> {
    configuration.listeners.values().filter(move |listener| {
        let secure = listener.secure.as_ref();
        secure.is_some_and(|it| it.certificate == *certificate || it.more.contains(certificate))
    })
}

fn classic<'a>(
    configuration: &'a Configuration,
    certificate: &'a CertificateArn,
) -> impl Iterator<Item = &'a Arc<ClassicLoadBalancer>> {
    configuration.classic_load_balancers.values().filter(move |balancer| {
        balancer.listeners.values().any(|listener| listener.certificate.as_ref() == Some(certificate))
    })
}
