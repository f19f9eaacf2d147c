//! Which target a request goes to: from the socket it arrived on to a listener, its action, its target group and a
//! target in rotation; and how the health of targets changes.
//!
//! This crate is pure. It performs no I/O, reads no clock, draws no randomness and writes no log. A [`Table`] is
//! compiled from a [`Configuration`](elbow_model::Configuration) and a [`HealthView`], is never changed afterwards and
//! is shared by every worker. When something changes, [`Table::recompiled`] builds the next one out of the parts that
//! [`Touched`] does not name.
//!
//! # A request's way
//!
//! 1. [`Table::bindings`] says which sockets are listened on; [`Binding::listener`] which load balancer's
//!    [`ListenerRoutes`] a request on one of them is for.
//! 2. The listener holds every setting that the request needs. [`ListenerRoutes::decide`] finds the rule that the
//!    request meets first ([`Rules`]); its [`Action`] answers, or its [`Forward`] names or chooses a [`Group`], and its
//!    [`Transforms`] rewrite the request.
//! 3. `elbow_stickiness::decide` asks the group for the [`Standing`](elbow_stickiness::Standing) of the target that
//!    the client is bound to.
//! 4. When a target has to be chosen, a worker's [`Picker`] does, by the group's [`Algorithm`], from the [`Rotation`] of
//!    the request's zone. After a refused connection the request comes back to step 3 with [`Group::without`].
//!
//! # A target's way
//!
//! [`Machine`] turns the results of health checks into states, and a [`Ward`] has those of a group and says who starts
//! slowly. [`AnomalyDetector`] compares how targets answer requests. [`HealthView`] holds what came out, of all targets.
//! [`Table::target_health`] tells them of each registered target, in AWS's words.
//!
//! Fact numbers (B17 and so on) in the documentation refer to the project's list of observed ALB behaviour.

mod action;
mod binding;
mod client_certificates;
mod group;
mod health;
mod keys;
mod layer;
mod listener;
mod pick;
mod redirect;
mod rules;
mod table;
#[cfg(test)]
mod testing;
mod touched;
mod transform;

pub use action::{Action, Forward};
pub use binding::{Binding, Bindings, Options};
pub use client_certificates::{ClientCertificateHeaders, Reserved};
pub use group::{Algorithm, Group, Hardening, Rotation, Target, Without, ZoneHealth};
pub use health::{
    Anomaly, AnomalyDetector, Condition, FULL_SHARE, Failure, HealthView, MINIMUM_SHARE, Machine,
    Observation, Seen, Tally, Transition, Ward,
};
pub use keys::{KeyHasher, KeyMap, KeySet};
pub use listener::{Decided, DesyncMode, ListenerRoutes, Manners, ResponseHeader, XForwardedFor};
pub use pick::{Ask, Picker};
pub use redirect::{Original, Redirect};
pub use rules::{Fields, Request, Rule, Rules};
pub use table::Table;
pub use touched::Touched;
pub use transform::{Rewrite, Rewritten, Transforms};
