//! The shape of an exported configuration: the records of each kind, in the order of their keys.

use serde::{Deserialize, Serialize};

use crate::record::{
    AuthorityRecord, CertificateRecord, ClassicLoadBalancerRecord, CredentialRecord, InstanceRecord,
    KeyGenerationRecord, ListenerRecord, LoadBalancerRecord, RuleRecord, StackRecord, SubnetRecord,
    TargetGroupRecord, TargetRecord, TrustStoreRecord,
};

/// How a document says what it is.
pub(crate) const FORMAT: &str = "elbow-configuration";
/// The version that is written, and the latest that is read.
pub(crate) const VERSION: u32 = 9;

/// Version 9. Version 8 had stacks of version 1; version 7 had no stacks; version 6 had trust stores of version 1; version 5 had no Classic Load Balancers; version 4 had no trust stores; version 3 had no certificates; version 2 had instances of version 1; version 1 no rules, and listeners of
/// version 1.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document<L = ListenerRecord> {
    pub(crate) format: String,
    pub(crate) version: u32,
    pub(crate) load_balancers: Vec<LoadBalancerRecord>,
    pub(crate) listeners: Vec<L>,
    #[serde(default)]
    pub(crate) rules: Vec<RuleRecord>,
    pub(crate) target_groups: Vec<TargetGroupRecord>,
    pub(crate) targets: Vec<TargetRecord>,
    pub(crate) instances: Vec<InstanceRecord>,
    pub(crate) subnets: Vec<SubnetRecord>,
    #[serde(default)]
    pub(crate) trust_stores: Vec<TrustStoreRecord>,
    #[serde(default)]
    pub(crate) classic_load_balancers: Vec<ClassicLoadBalancerRecord>,
    #[serde(default)]
    pub(crate) stacks: Vec<StackRecord>,
    /// Not there at all in an export without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) credentials: Option<Vec<CredentialRecord>>,
    /// Not there at all in an export without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key_generations: Option<Vec<KeyGenerationRecord>>,
    /// Not there at all in an export without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) certificates: Option<Vec<CertificateRecord>>,
    /// The local authority, one or none. Not there at all in an export without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) authorities: Option<Vec<AuthorityRecord>>,
}

/// The part of a document that every version has.
#[derive(Deserialize)]
pub(crate) struct Head {
    pub(crate) format: String,
    pub(crate) version: u32,
}
