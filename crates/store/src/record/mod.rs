//! How nouns are written down: one file and one versioned JSON shape for each.
//!
//! The shapes are kept apart from the domain types so that each can change alone. What was once written must stay
//! readable: a changed shape gets a new version, the old one stays and is lifted on reading, and `golden/` holds an
//! example of every version that ever was. Start with [`encode`] and [`decode`].

mod action;
mod certificate;
mod classic;
mod credential;
mod field;
mod instance;
mod key_generation;
mod listener;
mod load_balancer;
mod rule;
mod secret;
mod stack;
mod subnet;
mod target;
mod target_group;
mod trust_store;

use std::sync::Arc;

use elbow_model::{Entity, EntityKey};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) use certificate::{AuthorityRecord, CertificateRecord};
pub(crate) use classic::ClassicLoadBalancerRecord;
pub(crate) use credential::CredentialRecord;
pub use field::Wrong;
pub(crate) use instance::InstanceRecord;
pub(crate) use key_generation::KeyGenerationRecord;
pub(crate) use listener::{ListenerRecord, ListenerRecordV1};
pub(crate) use load_balancer::LoadBalancerRecord;
pub(crate) use rule::RuleRecord;
pub(crate) use secret::Sealing;
pub(crate) use stack::StackRecord;
pub(crate) use subnet::SubnetRecord;
pub(crate) use target::TargetRecord;
pub(crate) use target_group::TargetGroupRecord;
pub(crate) use trust_store::TrustStoreRecord;

use crate::master_key::MasterKey;

const LOAD_BALANCER: &str = "load_balancer";
const LISTENER: &str = "listener";
const RULE: &str = "rule";
const TARGET_GROUP: &str = "target_group";
const TARGET: &str = "target";
const INSTANCE: &str = "instance";
const SUBNET: &str = "subnet";
const CREDENTIAL: &str = "credential";
const KEY_GENERATION: &str = "key_generation";
const CERTIFICATE: &str = "certificate";
const AUTHORITY: &str = "authority";
const TRUST_STORE: &str = "trust_store";
const CLASSIC_LOAD_BALANCER: &str = "classic_load_balancer";
const STACK: &str = "stack";

/// The version in which a kind is written, and the latest that is read.
fn version(kind: &str) -> u32 {
    match kind {
        LISTENER => 4,
        TARGET_GROUP => 3,
        INSTANCE | STACK | TRUST_STORE => 2,
        _ => 1,
    }
}

/// Where a record is found: its kind and its identity among that kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) kind: &'static str,
    pub(crate) id: String,
}

/// One row of a database.
pub(crate) struct Row {
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) version: u32,
    pub(crate) body: String,
}

/// Why a row cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// A later version of Elbow wrote it.
    Newer(String),
    /// Nobody wrote it like that.
    Damaged(String),
}

/// Where the record of `key` is kept.
pub(crate) fn place(key: &EntityKey) -> Place {
    let (kind, id) = match key {
        EntityKey::LoadBalancer(key) => (LOAD_BALANCER, key.to_string()),
        EntityKey::Listener(key) => (LISTENER, key.to_string()),
        EntityKey::Rule(listener, key) => (RULE, format!("{listener}/{key}")),
        EntityKey::TargetGroup(key) => (TARGET_GROUP, key.to_string()),
        EntityKey::Target(group, key) => (TARGET, format!("{group}/{key}")),
        EntityKey::Instance(id) => (INSTANCE, id.to_string()),
        EntityKey::Subnet(region, id) => (SUBNET, format!("{}/{}", region.as_str(), id.as_str())),
        EntityKey::Credential(id) => (CREDENTIAL, id.as_str().to_owned()),
        EntityKey::KeyGeneration(id) => (KEY_GENERATION, id.to_string()),
        EntityKey::Certificate(key) => (CERTIFICATE, key.to_string()),
        EntityKey::Authority => (AUTHORITY, "local".to_owned()),
        EntityKey::TrustStore(key) => (TRUST_STORE, key.to_string()),
        EntityKey::ClassicLoadBalancer(key) => (CLASSIC_LOAD_BALANCER, key.to_string()),
        EntityKey::Stack(key) => (STACK, key.to_string()),
    };
    Place { kind, id }
}

/// Writes one thing down.
pub(crate) fn encode(entity: &Entity, key: &MasterKey) -> Result<Row, Wrong> {
    let sealing = Sealing::With(key);
    let body = match entity {
        Entity::LoadBalancer(it) => json(&LoadBalancerRecord::from(&**it)),
        Entity::Listener(it) => json(&ListenerRecord::from(&**it)),
        Entity::Rule(it) => json(&RuleRecord::from(&**it)),
        Entity::TargetGroup(it) => json(&TargetGroupRecord::from(&**it)),
        Entity::Target(it) => json(&TargetRecord::from(&**it)),
        Entity::Instance(it) => json(&InstanceRecord::from(&**it)),
        Entity::Subnet(it) => json(&SubnetRecord::from(&**it)),
        Entity::Credential(it) => json(&CredentialRecord::new(it, &sealing)?),
        Entity::KeyGeneration(it) => json(&KeyGenerationRecord::new(it, &sealing)?),
        Entity::Certificate(it) => json(&CertificateRecord::new(it, &sealing)?),
        Entity::Authority(it) => json(&AuthorityRecord::new(it, &sealing)?),
        Entity::TrustStore(it) => json(&TrustStoreRecord::from(&**it)),
        Entity::ClassicLoadBalancer(it) => json(&ClassicLoadBalancerRecord::from(&**it)),
        Entity::Stack(it) => json(&StackRecord::new(it, Some(&sealing))?),
    }?;
    let Place { kind, id } = place(&entity.key());
    Ok(Row { kind: kind.to_owned(), id, version: version(kind), body })
}

fn json(record: &impl Serialize) -> Result<String, Wrong> {
    serde_json::to_string(record).map_err(|error| Wrong::new("body", error))
}

/// Reads one row. Rows come from a file that anybody may have touched: each is checked in full.
pub(crate) fn decode(row: &Row, key: &MasterKey) -> Result<Entity, Unreadable> {
    let entity = match row.kind.as_str() {
        LOAD_BALANCER => {
            read(row, |record: LoadBalancerRecord| record.try_into().map(Arc::new).map(Entity::LoadBalancer))
        }
        LISTENER if row.version == 1 => read(row, |old: ListenerRecordV1| {
            ListenerRecord::from(old).try_into().map(Arc::new).map(Entity::Listener)
        }),
        LISTENER => read(row, |record: ListenerRecord| record.try_into().map(Arc::new).map(Entity::Listener)),
        RULE => read(row, |record: RuleRecord| record.try_into().map(Arc::new).map(Entity::Rule)),
        TARGET_GROUP => {
            read(row, |record: TargetGroupRecord| record.try_into().map(Arc::new).map(Entity::TargetGroup))
        }
        TARGET => read(row, |record: TargetRecord| record.try_into().map(Arc::new).map(Entity::Target)),
        INSTANCE => read(row, |record: InstanceRecord| record.try_into().map(Arc::new).map(Entity::Instance)),
        SUBNET => read(row, |record: SubnetRecord| record.try_into().map(Arc::new).map(Entity::Subnet)),
        CREDENTIAL => read(row, |record: CredentialRecord| {
            record.read(&Sealing::With(key)).map(Arc::new).map(Entity::Credential)
        }),
        KEY_GENERATION => read(row, |record: KeyGenerationRecord| {
            record.read(&Sealing::With(key)).map(Arc::new).map(Entity::KeyGeneration)
        }),
        CERTIFICATE => read(row, |record: CertificateRecord| {
            record.read(&Sealing::With(key)).map(Arc::new).map(Entity::Certificate)
        }),
        AUTHORITY => read(row, |record: AuthorityRecord| {
            record.read(&Sealing::With(key)).map(Arc::new).map(Entity::Authority)
        }),
        TRUST_STORE => {
            read(row, |record: TrustStoreRecord| record.try_into().map(Arc::new).map(Entity::TrustStore))
        }
        CLASSIC_LOAD_BALANCER => read(row, |record: ClassicLoadBalancerRecord| {
            record.try_into().map(Arc::new).map(Entity::ClassicLoadBalancer)
        }),
        STACK => {
            read(row, |record: StackRecord| record.read(&Sealing::With(key)).map(Arc::new).map(Entity::Stack))
        }
        unknown => {
            return Err(Unreadable::Newer(format!("it holds records of the unknown kind '{unknown}'")));
        }
    }?;
    let Place { kind, id } = place(&entity.key());
    if id == row.id {
        Ok(entity)
    } else {
        Err(Unreadable::Damaged(format!("the record of {kind} '{}' is that of '{id}'", row.id)))
    }
}

fn read<R: DeserializeOwned>(
    row: &Row,
    entity: impl FnOnce(R) -> Result<Entity, Wrong>,
) -> Result<Entity, Unreadable> {
    let Row { kind, id, version, body } = row;
    if *version == 0 {
        return Err(Unreadable::Damaged(format!("{kind} '{id}' has no version")));
    }
    let latest = self::version(kind);
    if *version > latest {
        return Err(Unreadable::Newer(format!(
            "{kind} '{id}' is written in version {version}, and the latest known one is {latest}"
        )));
    }
    let record =
        serde_json::from_str(body).map_err(|error| Unreadable::Damaged(format!("{kind} '{id}': {error}")))?;
    entity(record).map_err(|wrong| Unreadable::Damaged(format!("{kind} '{id}': {wrong}")))
}

#[cfg(test)]
mod tests;
