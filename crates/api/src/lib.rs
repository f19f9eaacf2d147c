//! The AWS Elastic Load Balancing APIs of Elbow: ELBv2, version 2015-12-01, and that of Classic Load Balancers, version
//! 2012-06-01, over the Query protocol; and the few calls of EC2 and STS that tools make in passing. Certificates come by
//! Certificate Manager and its JSON protocol, or by IAM; and by CloudFormation, which lowers templates to all of these. What
//! AWS has no call for is in the [`extension`] API.
//!
//! The way of a call: [`Api::handle`] gives it an id and turns every refusal into AWS's XML → [`sigv4::verify`] proves
//! who calls and for which region → [`wire::form`] reads the parameters → the [`ACTIONS`] table names the handler → the
//! handler, a pure function in `v2`, `classic`, `cloudformation`, `acm`, `iam`, `ec2` or `sts`, decides on the configuration it is given →
//! [`elbow_store::State::update`] makes its changes durable, and asks again if somebody else was faster → the answer is
//! sent.
//!
//! This crate does not listen on a socket and does not know the data plane: what it needs from there comes in as
//! [`Surroundings`]. [`instances`] is the other side of EC2: what is asked there, not what is answered here. To add an
//! action, read `docs/adding-an-action.md`.

mod acm;
mod actions;
mod address_pool;
mod addresses;
mod api;
mod call;
mod classic;
pub mod cloudformation;
mod directory;
mod downloads;
mod ec2;
mod error;
pub mod explanation;
pub mod extension;
mod iam;
pub mod instances;
pub mod objects;
mod origin;
mod paging;
pub mod parity;
mod security_groups;
mod settings;
pub mod sigv4;
mod sts;
mod subnets;
mod surroundings;
mod v2;
pub mod wire;

pub use actions::{ACTIONS, Action, Group, Version};
pub use address_pool::AddressPool;
pub use api::Api;
pub use error::{Code, Error, Side};
pub use settings::{NodeFiles, Settings, ZoneSetting};
pub use surroundings::{
    Clock, Counted, KeyPurpose, KeyRing, KeyRingRefusal, KeyUse, ListenerAdmission, Random, Surroundings,
    TargetHealthReader,
};
