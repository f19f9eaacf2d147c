//! The nouns of Elbow: load balancer, listener, rule, action, target group, target, health, attribute, tag, ARN.
//!
//! Everything here is a value that cannot be wrong: parse at the edge, then pass these types. There is no I/O, no
//! clock, no randomness and no serialisation in this crate; shapes for wires and disks live with those who own them
//! (`store::record`, `api`, `stickiness::token`).
//!
//! Start with [`Configuration`], which holds one consistent state of all the others, and [`Change`], the only way
//! from one state to the next.

pub mod key;
mod time;

pub use time::Timestamp;
