//! The extension API: what Elbow knows and AWS has no call for. Resources below `/elbow/v1/`, JSON, signed like every call.
//!
//! The way of a call: [`path::find`] looks it up in the table of [`OPERATIONS`] → [`given::Given::read`] reads and bounds
//! what came with it → its handler, a pure function in the file of its resource, decides on the configuration → `answer`
//! writes JSON. [`openapi::document`] describes all of it, out of the same table; `docs/extension-api.md` is for people.
//!
//! To add an operation: a row in [`OPERATIONS`], a handler and the schemas of what it reads and answers beside it, then
//! `UPDATE=1 cargo test --test api extension`. What a handler needs from the data plane comes in as
//! [`crate::Surroundings`].

pub(crate) mod answer;
mod explain;
pub(crate) mod given;
mod instances;
mod keys;
mod metrics;
mod node;
pub mod openapi;
pub(crate) mod operation;
pub mod pasted;
pub(crate) mod path;
mod question;
mod served;
mod sessions;

pub(crate) use operation::Handler;
pub use operation::{OPERATIONS, Operation, Parameter};

use serde_json::Value;

/// Where it is, with its version.
pub const ROOT: &str = "/elbow/v1/";

/// Whether a path is of the extension API, of this version or another.
pub(crate) fn has(path: &str) -> bool {
    path == "/elbow" || path.starts_with("/elbow/")
}

/// Adds a member to an object.
fn add(object: &mut Value, name: impl Into<String>, value: Value) {
    debug_assert!(object.is_object());
    if let Value::Object(members) = object {
        members.insert(name.into(), value);
    }
}
