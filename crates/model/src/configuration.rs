//! One consistent state of everything that must be remembered, and the steps between states.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::key::{ListenerKey, LoadBalancerKey, RuleKey, StackKey, TargetGroupKey, TargetKey, TrustStoreKey};
use crate::{
    AccessKeyId, Authority, Certificate, CertificateKey, ClassicLoadBalancer, Credential, Instance,
    InstanceId, KeyGeneration, Listener, LoadBalancer, Region, Rule, Stack, Subnet, SubnetId, Target,
    TargetGroup, TrustStore,
};

/// Everything that is configured. Cheap to copy: the entries are shared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// Load balancers.
    pub load_balancers: BTreeMap<LoadBalancerKey, Arc<LoadBalancer>>,
    /// Listeners of all load balancers.
    pub listeners: BTreeMap<ListenerKey, Arc<Listener>>,
    /// Rules of all listeners, without the default ones.
    pub rules: BTreeMap<(ListenerKey, RuleKey), Arc<Rule>>,
    /// Target groups.
    pub target_groups: BTreeMap<TargetGroupKey, Arc<TargetGroup>>,
    /// Targets of all groups, those that are draining included.
    pub targets: BTreeMap<(TargetGroupKey, TargetKey), Arc<Target>>,
    /// The instance directory.
    pub instances: BTreeMap<InstanceId, Arc<Instance>>,
    /// Zones of subnets that the settings do not name, assigned when first seen.
    pub subnets: BTreeMap<(Region, SubnetId), Arc<Subnet>>,
    /// Pairs that may sign API requests.
    pub credentials: BTreeMap<AccessKeyId, Arc<Credential>>,
    /// Generations of the stickiness key.
    pub key_generations: BTreeMap<u32, Arc<KeyGeneration>>,
    /// Certificates with their private keys.
    pub certificates: BTreeMap<CertificateKey, Arc<Certificate>>,
    /// The local certificate authority, once something was issued.
    pub authority: Option<Arc<Authority>>,
    /// Trust stores.
    pub trust_stores: BTreeMap<TrustStoreKey, Arc<TrustStore>>,
    /// Classic Load Balancers, with their listeners, policies and instances.
    pub classic_load_balancers: BTreeMap<LoadBalancerKey, Arc<ClassicLoadBalancer>>,
    /// Stacks of CloudFormation.
    pub stacks: BTreeMap<StackKey, Arc<Stack>>,
}

/// One remembered thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entity {
    /// A load balancer.
    LoadBalancer(Arc<LoadBalancer>),
    /// A listener.
    Listener(Arc<Listener>),
    /// A rule.
    Rule(Arc<Rule>),
    /// A target group.
    TargetGroup(Arc<TargetGroup>),
    /// A registration of a target.
    Target(Arc<Target>),
    /// An entry of the instance directory.
    Instance(Arc<Instance>),
    /// The zone of a subnet.
    Subnet(Arc<Subnet>),
    /// A pair that may sign API requests.
    Credential(Arc<Credential>),
    /// A generation of the stickiness key.
    KeyGeneration(Arc<KeyGeneration>),
    /// A certificate with its private key.
    Certificate(Arc<Certificate>),
    /// The local certificate authority.
    Authority(Arc<Authority>),
    /// A trust store.
    TrustStore(Arc<TrustStore>),
    /// A Classic Load Balancer.
    ClassicLoadBalancer(Arc<ClassicLoadBalancer>),
    /// A stack.
    Stack(Arc<Stack>),
}

/// Identity of one remembered thing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntityKey {
    /// A load balancer.
    LoadBalancer(LoadBalancerKey),
    /// A listener.
    Listener(ListenerKey),
    /// A rule.
    Rule(ListenerKey, RuleKey),
    /// A target group.
    TargetGroup(TargetGroupKey),
    /// A registration of a target.
    Target(TargetGroupKey, TargetKey),
    /// An entry of the instance directory.
    Instance(InstanceId),
    /// The zone of a subnet.
    Subnet(Region, SubnetId),
    /// A pair that may sign API requests.
    Credential(AccessKeyId),
    /// A generation of the stickiness key.
    KeyGeneration(u32),
    /// A certificate.
    Certificate(CertificateKey),
    /// The local certificate authority.
    Authority,
    /// A trust store.
    TrustStore(TrustStoreKey),
    /// A Classic Load Balancer.
    ClassicLoadBalancer(LoadBalancerKey),
    /// A stack.
    Stack(StackKey),
}

/// A step from one state to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Adds or replaces.
    Put(Entity),
    /// Removes; nothing happens if it is not there.
    Remove(EntityKey),
}

impl Entity {
    /// Which thing this is.
    pub fn key(&self) -> EntityKey {
        match self {
            Self::LoadBalancer(it) => EntityKey::LoadBalancer(it.arn.key),
            Self::Listener(it) => EntityKey::Listener(it.arn.key),
            Self::Rule(it) => EntityKey::Rule(it.arn.listener.key, it.arn.key),
            Self::TargetGroup(it) => EntityKey::TargetGroup(it.arn.key),
            Self::Target(it) => EntityKey::Target(it.group, it.key),
            Self::Instance(it) => EntityKey::Instance(it.id.clone()),
            Self::Subnet(it) => EntityKey::Subnet(it.region.clone(), it.id.clone()),
            Self::Credential(it) => EntityKey::Credential(it.id.clone()),
            Self::KeyGeneration(it) => EntityKey::KeyGeneration(it.id),
            Self::Certificate(it) => EntityKey::Certificate(it.key),
            Self::Authority(_) => EntityKey::Authority,
            Self::TrustStore(it) => EntityKey::TrustStore(it.arn.key),
            Self::ClassicLoadBalancer(it) => EntityKey::ClassicLoadBalancer(it.arn.key),
            Self::Stack(it) => EntityKey::Stack(it.arn.key),
        }
    }
}

impl Configuration {
    /// Takes one step.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Put(entity) => self.put(entity),
            Change::Remove(key) => self.remove(&key),
        }
    }

    fn put(&mut self, entity: Entity) {
        match entity {
            Entity::LoadBalancer(it) => drop(self.load_balancers.insert(it.arn.key, it)),
            Entity::Listener(it) => drop(self.listeners.insert(it.arn.key, it)),
            Entity::Rule(it) => drop(self.rules.insert((it.arn.listener.key, it.arn.key), it)),
            Entity::TargetGroup(it) => drop(self.target_groups.insert(it.arn.key, it)),
            Entity::Target(it) => drop(self.targets.insert((it.group, it.key), it)),
            Entity::Instance(it) => drop(self.instances.insert(it.id.clone(), it)),
            Entity::Subnet(it) => drop(self.subnets.insert((it.region.clone(), it.id.clone()), it)),
            Entity::Credential(it) => drop(self.credentials.insert(it.id.clone(), it)),
            Entity::KeyGeneration(it) => drop(self.key_generations.insert(it.id, it)),
            Entity::Certificate(it) => drop(self.certificates.insert(it.key, it)),
            Entity::Authority(it) => self.authority = Some(it),
            Entity::TrustStore(it) => drop(self.trust_stores.insert(it.arn.key, it)),
            Entity::ClassicLoadBalancer(it) => drop(self.classic_load_balancers.insert(it.arn.key, it)),
            Entity::Stack(it) => drop(self.stacks.insert(it.arn.key, it)),
        }
    }

    fn remove(&mut self, key: &EntityKey) {
        match key {
            EntityKey::LoadBalancer(key) => drop(self.load_balancers.remove(key)),
            EntityKey::Listener(key) => drop(self.listeners.remove(key)),
            EntityKey::Rule(listener, key) => drop(self.rules.remove(&(*listener, *key))),
            EntityKey::TargetGroup(key) => drop(self.target_groups.remove(key)),
            EntityKey::Target(group, key) => drop(self.targets.remove(&(*group, *key))),
            EntityKey::Instance(id) => drop(self.instances.remove(id)),
            EntityKey::Subnet(region, id) => drop(self.subnets.remove(&(region.clone(), id.clone()))),
            EntityKey::Credential(id) => drop(self.credentials.remove(id)),
            EntityKey::KeyGeneration(id) => drop(self.key_generations.remove(id)),
            EntityKey::Certificate(key) => drop(self.certificates.remove(key)),
            EntityKey::Authority => self.authority = None,
            EntityKey::TrustStore(key) => drop(self.trust_stores.remove(key)),
            EntityKey::ClassicLoadBalancer(key) => drop(self.classic_load_balancers.remove(key)),
            EntityKey::Stack(key) => drop(self.stacks.remove(key)),
        }
    }

    /// Everything that is there, load balancers first.
    pub fn entities(&self) -> impl Iterator<Item = Entity> + '_ {
        let balancers = self.load_balancers.values().cloned().map(Entity::LoadBalancer);
        let listeners = self.listeners.values().cloned().map(Entity::Listener);
        let rules = self.rules.values().cloned().map(Entity::Rule);
        let groups = self.target_groups.values().cloned().map(Entity::TargetGroup);
        let targets = self.targets.values().cloned().map(Entity::Target);
        let instances = self.instances.values().cloned().map(Entity::Instance);
        let subnets = self.subnets.values().cloned().map(Entity::Subnet);
        let credentials = self.credentials.values().cloned().map(Entity::Credential);
        let generations = self.key_generations.values().cloned().map(Entity::KeyGeneration);
        let certificates = self.certificates.values().cloned().map(Entity::Certificate);
        let authority = self.authority.iter().cloned().map(Entity::Authority);
        let trust_stores = self.trust_stores.values().cloned().map(Entity::TrustStore);
        let classic = self.classic_load_balancers.values().cloned().map(Entity::ClassicLoadBalancer);
        let stacks = self.stacks.values().cloned().map(Entity::Stack);
        balancers
            .chain(listeners)
            .chain(rules)
            .chain(groups)
            .chain(targets)
            .chain(instances)
            .chain(subnets)
            .chain(credentials)
            .chain(generations)
            .chain(certificates)
            .chain(authority)
            .chain(trust_stores)
            .chain(classic)
            .chain(stacks)
    }

    /// The pair that was made first: the one that a first start makes, as long as it is not revoked.
    pub fn first_credential(&self) -> Option<&Arc<Credential>> {
        self.credentials.values().min_by_key(|credential| credential.created)
    }

    /// Listeners of one load balancer, in the order of their keys.
    pub fn listeners_of(&self, balancer: LoadBalancerKey) -> impl Iterator<Item = &Arc<Listener>> {
        self.listeners.values().filter(move |listener| listener.arn.load_balancer.key == balancer)
    }

    /// Rules of one listener without its default one, in the order of their keys.
    pub fn rules_of(&self, listener: ListenerKey) -> impl Iterator<Item = &Arc<Rule>> {
        let range = (listener, RuleKey::new(0))..=(listener, RuleKey::new(u64::MAX));
        self.rules.range(range).map(|(_, rule)| rule)
    }

    /// Registrations with one target group, those that are draining included, in the order of their keys.
    pub fn targets_of(&self, group: TargetGroupKey) -> impl Iterator<Item = &Arc<Target>> {
        let range = (group, TargetKey::new(0))..=(group, TargetKey::new(u64::MAX));
        self.targets.range(range).map(|(_, target)| target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_listed_until_it_is_removed() {
        let subnet = Entity::Subnet(Arc::new(Subnet {
            region: Region::parse("us-east-1").unwrap(),
            id: SubnetId::parse("subnet-1").unwrap(),
            zone: crate::Zone::parse("us-east-1a").unwrap(),
        }));
        let mut configuration = Configuration::default();
        configuration.apply(Change::Put(subnet.clone()));
        assert_eq!(configuration.entities().collect::<Vec<_>>(), std::slice::from_ref(&subnet));
        configuration.apply(Change::Remove(subnet.key()));
        configuration.apply(Change::Remove(subnet.key()));
        assert_eq!(configuration, Configuration::default());
    }
}
