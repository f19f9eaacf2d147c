//! Whether a document is whole: nothing twice, nothing missing that is named, no value that the API would refuse.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::hash::Hash;
use std::sync::Arc;

use elbow_certificates::{Flaw, trust};
use elbow_model::key::{ListenerKey, LoadBalancerKey, TargetGroupKey};
use elbow_model::limits::{KEY_GENERATIONS, TRUST_STORES};
use elbow_model::{
    Actions, Authority, Certificate, CertificateArn, Change, ClassicLoadBalancer, Configuration, Credential,
    Entity, Instance, Invalid, KeyGeneration, Listener, ListenerArn, LoadBalancer, LoadBalancerArn, Rule,
    Scope, Stack, Subnet, Target, TargetGroup, TargetId, TargetType, TrustStore, TrustStoreArn,
};

use crate::Wrong;

/// What a document holds, in its order, so that a place in it can be named.
pub(super) struct Sections {
    pub(super) load_balancers: Vec<LoadBalancer>,
    pub(super) listeners: Vec<Listener>,
    pub(super) rules: Vec<Rule>,
    pub(super) target_groups: Vec<TargetGroup>,
    pub(super) targets: Vec<Target>,
    pub(super) instances: Vec<Instance>,
    pub(super) subnets: Vec<Subnet>,
    pub(super) trust_stores: Vec<TrustStore>,
    pub(super) classic_load_balancers: Vec<ClassicLoadBalancer>,
    pub(super) stacks: Vec<Stack>,
    pub(super) credentials: Vec<Credential>,
    pub(super) key_generations: Vec<KeyGeneration>,
    pub(super) certificates: Vec<Certificate>,
    pub(super) authorities: Vec<Authority>,
}

impl Sections {
    pub(super) fn check(&self) -> Result<(), Wrong> {
        self.nothing_twice()?;
        self.listeners_fit()?;
        self.rules_fit()?;
        self.target_groups_fit()?;
        self.targets_fit()?;
        self.classic_fit()?;
        self.trust_stores_fit()?;
        if self.key_generations.len() > KEY_GENERATIONS {
            return Err(Wrong::new("key_generations", format!("there are more than {KEY_GENERATIONS}")));
        }
        Ok(())
    }

    fn nothing_twice(&self) -> Result<(), Wrong> {
        unique("load_balancers", "arn", &self.load_balancers, |it| Some(it.arn.key))?;
        unique("load_balancers", "arn", &self.load_balancers, |it| Some((&it.arn.scope, &it.arn.name)))?;
        unique("load_balancers", "dns_name", &self.load_balancers, |it| Some(&it.dns_name))?;
        unique("load_balancers", "address", &self.load_balancers, |it| it.address)?;
        unique("listeners", "arn", &self.listeners, |it| Some(it.arn.key))?;
        unique("listeners", "port", &self.listeners, |it| Some((it.arn.load_balancer.key, it.port)))?;
        unique("rules", "arn", &self.rules, |it| Some((it.arn.listener.key, it.arn.key)))?;
        unique("rules", "priority", &self.rules, |it| Some((it.arn.listener.key, it.priority)))?;
        unique("target_groups", "arn", &self.target_groups, |it| Some(it.arn.key))?;
        unique("target_groups", "arn", &self.target_groups, |it| Some((&it.arn.scope, &it.arn.name)))?;
        unique("targets", "key", &self.targets, |it| Some((it.group, it.key)))?;
        unique("targets", "id", &self.targets, |it| {
            it.deregistered.is_none().then_some((it.group, &it.id, it.port))
        })?;
        unique("instances", "id", &self.instances, |it| Some(&it.id))?;
        unique("subnets", "id", &self.subnets, |it| Some((&it.region, &it.id)))?;
        unique("trust_stores", "arn", &self.trust_stores, |it| Some(it.arn.key))?;
        unique("trust_stores", "arn", &self.trust_stores, |it| Some((&it.arn.scope, &it.arn.name)))?;
        let classic = &self.classic_load_balancers;
        unique("classic_load_balancers", "key", classic, |it| Some(it.arn.key))?;
        unique("classic_load_balancers", "name", classic, |it| Some((&it.arn.scope, &it.arn.name)))?;
        unique("classic_load_balancers", "dns_name", classic, |it| Some(&it.dns_name))?;
        unique("classic_load_balancers", "address", classic, |it| it.address)?;
        unique("stacks", "arn", &self.stacks, |it| Some(it.arn.key))?;
        unique("stacks", "arn", &self.stacks, |it| Some((&it.arn.scope, &it.arn.name)))?;
        unique("credentials", "id", &self.credentials, |it| Some(&it.id))?;
        unique("key_generations", "id", &self.key_generations, |it| Some(it.id))?;
        unique("certificates", "key", &self.certificates, |it| Some(it.key))?;
        unique("certificates", "arn", &self.certificates, |it| Some(&it.arn))?;
        unique("certificates", "arn", &self.certificates, |it| it.server_name())?;
        unique("authorities", "certificate", &self.authorities, |_| Some(()))
    }

    /// Whether listeners have their certificates. A document without secrets has none: those that are in the store
    /// already, or come later, are as good.
    pub(super) fn certificates_fit(&self) -> Result<(), Wrong> {
        let certificates: HashSet<&CertificateArn> = self.certificates.iter().map(|it| &it.arn).collect();
        for (i, listener) in self.listeners.iter().enumerate() {
            let named =
                listener.secure.iter().flat_map(|it| std::iter::once(&it.certificate).chain(&it.more));
            if let Some(missing) = named.into_iter().find(|arn| !certificates.contains(arn)) {
                let message = format!("there is no certificate '{missing}'");
                return Err(wrong("listeners", i, "secure", message));
            }
        }
        for (i, balancer) in self.classic_load_balancers.iter().enumerate() {
            let named = balancer.listeners.values().filter_map(|it| it.certificate.as_ref());
            if let Some(missing) = named.into_iter().find(|arn| !certificates.contains(arn)) {
                let message = format!("there is no certificate '{missing}'");
                return Err(wrong("classic_load_balancers", i, "listeners", message));
            }
        }
        Ok(())
    }

    fn listeners_fit(&self) -> Result<(), Wrong> {
        let balancers: HashSet<&LoadBalancerArn> = self.load_balancers.iter().map(|it| &it.arn).collect();
        let groups = self.groups();
        for (i, listener) in self.listeners.iter().enumerate() {
            let balancer = &listener.arn.load_balancer;
            if !balancers.contains(balancer) {
                let message = format!("there is no load balancer '{balancer}'");
                return Err(wrong("listeners", i, "arn", message));
            }
            actions_fit(&listener.default_actions, listener, &groups)
                .map_err(|message| wrong("listeners", i, "default_actions", message))?;
            let secure = listener.secure.as_ref();
            if let Some(arn) = secure.and_then(|it| it.client_certificates.trust_store()) {
                self.trust_store_fits(arn, &balancer.scope).map_err(|message| {
                    wrong("listeners", i, "secure.client_certificates.trust_store", message)
                })?;
            }
        }
        Ok(())
    }

    /// Whether policies that are in force are there, and keys are of one thing alone.
    fn classic_fit(&self) -> Result<(), Wrong> {
        let mut listeners: HashSet<ListenerKey> = self.listeners.iter().map(|it| it.arn.key).collect();
        let mut groups: HashSet<TargetGroupKey> = self.target_groups.iter().map(|it| it.arn.key).collect();
        let balancers: HashSet<LoadBalancerKey> = self.load_balancers.iter().map(|it| it.arn.key).collect();
        for (i, balancer) in self.classic_load_balancers.iter().enumerate() {
            let twice =
                |field| wrong("classic_load_balancers", i, field, "a key is that of something else, too");
            if balancers.contains(&balancer.arn.key) {
                return Err(twice("key"));
            }
            for listener in balancer.listeners.values() {
                if !listeners.insert(listener.key) || !groups.insert(listener.group) {
                    return Err(twice("listeners"));
                }
            }
            let of_listeners = balancer.listeners.values().flat_map(|it| &it.policies);
            let mut named = of_listeners.chain(balancer.back_end_policies.values().flatten());
            if let Some(missing) = named.find(|name| !balancer.policies.contains_key(name)) {
                let message = format!("there is no policy '{missing}'");
                return Err(wrong("classic_load_balancers", i, "policies", message));
            }
        }
        Ok(())
    }

    fn rules_fit(&self) -> Result<(), Wrong> {
        let listeners: HashMap<&ListenerArn, &Listener> =
            self.listeners.iter().map(|it| (&it.arn, it)).collect();
        let groups = self.groups();
        for (i, rule) in self.rules.iter().enumerate() {
            let arn = &rule.arn.listener;
            let listener = listeners
                .get(arn)
                .ok_or_else(|| wrong("rules", i, "arn", format!("there is no listener '{arn}'")))?;
            if rule.arn.key.get() == arn.key.get() {
                return Err(wrong("rules", i, "arn", "it is that of the listener's default rule"));
            }
            actions_fit(&rule.actions, listener, &groups)
                .map_err(|message| wrong("rules", i, "actions", message))?;
        }
        Ok(())
    }

    fn target_groups_fit(&self) -> Result<(), Wrong> {
        for (i, group) in self.target_groups.iter().enumerate() {
            let at = |field, result: Result<(), Invalid>| {
                result.map_err(|invalid| wrong("target_groups", i, field, invalid))
            };
            at("health_check", group.health_check.validate())?;
            at("attributes", group.validate_attributes())?;
            if let Some(arn) = group.target_trust_store() {
                self.trust_store_fits(&arn, &group.arn.scope)
                    .map_err(|message| wrong("target_groups", i, "attributes", message))?;
            }
            at("protocol_version", group.check_version())?;
        }
        Ok(())
    }

    fn targets_fit(&self) -> Result<(), Wrong> {
        let groups = self.groups();
        for (i, target) in self.targets.iter().enumerate() {
            let key = target.group;
            let group = groups.get(&key).ok_or_else(|| wrong("targets", i, "group", no_group(key)))?;
            let fits = match &target.id {
                TargetId::Ip(_) => group.target_type == TargetType::Ip,
                TargetId::Instance(_) => group.target_type == TargetType::Instance,
                TargetId::LoadBalancer(_) => group.target_type == TargetType::Alb,
            };
            if !fits {
                let message = format!("'{}' has targets of type {}", group.arn, group.target_type.as_str());
                return Err(wrong("targets", i, "id", message));
            }
        }
        Ok(())
    }

    /// Whether trust stores are as many, and hold as much, as the API lets them.
    fn trust_stores_fit(&self) -> Result<(), Wrong> {
        let mut counts: HashMap<&Scope, usize> = HashMap::new();
        for (i, store) in self.trust_stores.iter().enumerate() {
            let count = counts.entry(&store.arn.scope).or_default();
            *count += 1;
            if *count > TRUST_STORES {
                return Err(wrong("trust_stores", i, "arn", format!("there are more than {TRUST_STORES}")));
            }
            store.check_limits().map_err(|it| wrong("trust_stores", i, "revocations", it))?;
            revocations_fit(store).map_err(|flaw| wrong("trust_stores", i, "revocations", flaw))?;
        }
        Ok(())
    }

    /// Whether a trust store that somebody in `scope` names is there, and there.
    fn trust_store_fits(&self, arn: &TrustStoreArn, scope: &Scope) -> Result<(), String> {
        if !self.trust_stores.iter().any(|it| it.arn == *arn) {
            return Err(format!("there is no trust store '{arn}'"));
        }
        if arn.scope != *scope {
            return Err(format!("'{arn}' is of another region or account"));
        }
        Ok(())
    }

    fn groups(&self) -> HashMap<TargetGroupKey, &TargetGroup> {
        self.target_groups.iter().map(|it| (it.arn.key, it)).collect()
    }

    pub(super) fn into_configuration(self) -> Configuration {
        let mut configuration = Configuration::default();
        let mut put = |entity| configuration.apply(Change::Put(entity));
        self.load_balancers.into_iter().for_each(|it| put(Entity::LoadBalancer(Arc::new(it))));
        self.listeners.into_iter().for_each(|it| put(Entity::Listener(Arc::new(it))));
        self.rules.into_iter().for_each(|it| put(Entity::Rule(Arc::new(it))));
        self.target_groups.into_iter().for_each(|it| put(Entity::TargetGroup(Arc::new(it))));
        self.targets.into_iter().for_each(|it| put(Entity::Target(Arc::new(it))));
        self.instances.into_iter().for_each(|it| put(Entity::Instance(Arc::new(it))));
        self.subnets.into_iter().for_each(|it| put(Entity::Subnet(Arc::new(it))));
        self.trust_stores.into_iter().for_each(|it| put(Entity::TrustStore(Arc::new(it))));
        let classic = self.classic_load_balancers;
        classic.into_iter().for_each(|it| put(Entity::ClassicLoadBalancer(Arc::new(it))));
        self.stacks.into_iter().for_each(|it| put(Entity::Stack(Arc::new(it))));
        self.credentials.into_iter().for_each(|it| put(Entity::Credential(Arc::new(it))));
        self.key_generations.into_iter().for_each(|it| put(Entity::KeyGeneration(Arc::new(it))));
        self.certificates.into_iter().for_each(|it| put(Entity::Certificate(Arc::new(it))));
        self.authorities.into_iter().for_each(|it| put(Entity::Authority(Arc::new(it))));
        configuration
    }
}

/// Whether each authority's lists are its own: others would have all of its clients refused.
fn revocations_fit(store: &TrustStore) -> Result<(), Flaw> {
    let bundle = trust::bundle(&store.bundle)?;
    for revocation in store.revocations.values() {
        trust::check_issuers(&trust::revocations(&revocation.content)?.lists, &bundle)?;
    }
    Ok(())
}

/// Whether the target groups of some actions are there, in the region and account of their listener, whose clients can
/// speak to them, and a redirect leads elsewhere.
fn actions_fit(
    actions: &Actions,
    listener: &Listener,
    groups: &HashMap<TargetGroupKey, &TargetGroup>,
) -> Result<(), String> {
    for key in actions.target_groups() {
        let group = groups.get(&key).ok_or_else(|| no_group(key))?;
        if group.arn.scope != listener.arn.load_balancer.scope {
            return Err(format!("'{}' is of another region or account than the listener", group.arn));
        }
        let fits = group.check_for(listener.protocol, listener.takes_http2());
        fits.map_err(|invalid| invalid.to_string())?;
    }
    actions.check_for(listener.protocol, listener.port).map_err(|invalid| invalid.to_string())
}

fn wrong(section: &str, i: usize, field: &str, message: impl Display) -> Wrong {
    Wrong::new(format!("{section}[{i}].{field}"), message)
}

fn no_group(key: TargetGroupKey) -> String {
    format!("there is no target group '{key}'")
}

/// Refuses the second thing with the same identity; things without one are skipped.
fn unique<'a, T, K: Eq + Hash>(
    section: &str,
    field: &str,
    things: &'a [T],
    identity: impl Fn(&'a T) -> Option<K>,
) -> Result<(), Wrong> {
    let mut first = HashMap::new();
    for (i, thing) in things.iter().enumerate() {
        let Some(identity) = identity(thing) else { continue };
        if let Some(earlier) = first.insert(identity, i) {
            return Err(wrong(section, i, field, format!("{section}[{earlier}] has the same")));
        }
    }
    Ok(())
}
