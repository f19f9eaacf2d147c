//! The nouns of Elbow: load balancer, listener, rule, condition, action, target group, target, health, attribute, tag,
//! certificate, trust store, stack, ARN.
//!
//! Everything here is a value that cannot be wrong: parse at the edge, then pass these types. There is no I/O, no
//! clock, no randomness and no serialisation in this crate; shapes for wires and disks live with those who own them
//! (`store::record`, `api`, `stickiness::token`).
//!
//! Start with [`Configuration`], which holds one consistent state of all the others, and [`Change`], the only way
//! from one state to the next.

mod action;
mod arn;
pub mod attribute;
mod certificate;
mod cidr;
mod classic;
mod condition;
mod configuration;
mod credential;
mod health;
mod health_check;
mod instance;
mod invalid;
pub mod key;
mod key_generation;
mod layers;
pub mod limits;
mod listener;
mod load_balancer;
mod name;
mod regex;
mod rule;
mod ssl_policy;
mod stack;
mod tag;
mod target;
mod target_group;
mod time;
mod transform;
mod trust_store;
mod zone;

pub use self::regex::Regex;
pub use action::{
    Action, ActionOrder, Actions, ContentType, FixedResponse, Forward, ForwardConflict, GroupStickiness,
    Redirect, RedirectKeyword, RedirectParts, RedirectStatus, Weight, WeightedTargetGroup,
};
pub use arn::{
    AccountId, Arn, ListenerArn, LoadBalancerArn, LoadBalancerKind, Region, RuleArn, Scope, TargetGroupArn,
    TrustStoreArn,
};
pub use attribute::Attributes;
pub use certificate::{
    AcmArn, Authority, Certificate, CertificateArn, CertificateFacts, CertificateKey, CertificateMaterial,
    CertificateSource, Der, ExtendedKeyUsage, KeyAlgorithm, KeyUsage, PrivateKey, ServerCertificateArn,
    ServerCertificateName,
};
pub use cidr::Cidr;
pub use classic::{
    AccessLog, CheckTarget, ClassicAttributes, ClassicHealthCheck, ClassicListener, ClassicLoadBalancer,
    ConnectionDraining, DesyncMitigation, Lowered, PolicyAttribute, PolicyKind, PolicyName, Registration,
    SERVER_ORDER, SSL_PROTOCOLS, SslNegotiation, ssl_switches,
};
pub use condition::{Condition, Conditions, HeaderName, Method, Patterns, QueryPattern};
pub use configuration::{Change, Configuration, Entity, EntityKey};
pub use credential::{AccessKeyId, Credential, Secret};
pub use health::{AnomalyDetection, HealthReason, HealthState, TargetHealth};
pub use health_check::{Codes, HealthCheck, HealthCheckPort, HealthCheckProtocol, Matcher};
pub use instance::{Instance, InstanceId, InstanceSource};
pub use invalid::Invalid;
pub use key_generation::KeyGeneration;
pub use listener::{Listener, Protocol, Secure};
pub use load_balancer::{IpAddressType, LoadBalancer, Scheme};
pub use name::{LoadBalancerName, TargetGroupName, TrustStoreName};
pub use rule::{Priority, Rule};
pub use ssl_policy::{Cipher, SslPolicy, TlsVersion};
pub use stack::{
    ChangeSet, ChangedPart, PlannedAction, PlannedChange, Stack, StackArn, StackEvent, StackName,
    StackOutput, StackResource, StackSource, StackStatus,
};
pub use tag::Tags;
pub use target::{Port, Target, TargetId, TargetZone};
pub use target_group::{
    GroupPolicies, ProtocolVersion, ProxyProtocol, StickinessSetting, TargetGroup, TargetType,
};
pub use time::Timestamp;
pub use transform::{Rewrite, Transforms};
pub use trust_store::{ClientCertificates, Revocation, RevocationKind, TrustStore};
pub use zone::{Subnet, SubnetId, Zone, ZonePlacement};
