//! TLS: what listeners that speak HTTPS agree to, and the connections that result.
//!
//! When a configuration is published, `listeners` compiles what each listener needs: its policy (`policy`), the choice
//! among its certificates (`certificates`), and the keys that seal session tickets (`tickets`). A new connection on such
//! a listener's socket goes through `handshake` and is a `session` from then on; requests on it are those of any
//! other connection. Connections to targets that speak HTTPS become sessions by `targets`.
//!
//! Clients may be asked for certificates: `clients` decides which are taken, by what `trust` makes of a trust store, and
//! `identity` is what targets are told then.

mod certificates;
mod clients;
mod handshake;
mod identity;
mod listeners;
mod policy;
mod session;
mod targets;
mod tickets;
mod trust;

pub(crate) use identity::Identity;
pub use listeners::SecureListeners;
pub(crate) use session::{Secured, Tls};
pub use targets::SecureTargets;
pub(crate) use targets::TargetTls;
