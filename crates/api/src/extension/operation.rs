//! The table of operations. Dispatch and the OpenAPI document are made of it.

use elbow_model::Change;
use serde_json::Value;

use super::given::Given;
use super::{instances, keys};
use crate::call::Call;
use crate::error::Error;

/// Changes, and what to show once they are durable.
pub(crate) type Decision = (Vec<Change>, Value);

/// Carries out an operation. Like the handlers of actions these decide and do nothing else.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Handler {
    /// Only looks.
    Reads(fn(&Call<'_>, &Given) -> Result<Value, Error>),
    /// Decides on changes.
    Changes(fn(&Call<'_>, &Given) -> Result<Decision, Error>),
}

/// The declaration of one operation.
#[derive(Debug)]
pub struct Operation {
    /// Its name, in the singular of what it does: `putInstance`.
    pub name: &'static str,
    /// The method of its requests.
    pub method: &'static str,
    /// Its path below [`super::ROOT`]; parameters are in braces, and fill a segment each.
    pub path: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// The parameters that may be in the query. Those of the path are named by it.
    pub query: &'static [Parameter],
    /// The schema of its body, if it has one.
    pub body: Option<&'static str>,
    /// The status of an answer to a call that succeeded.
    pub status: u16,
    /// The schema of such an answer; `None`: it has no body.
    pub answer: Option<&'static str>,
    /// The codes of the refusals that are its own.
    pub refusals: &'static [&'static str],
    pub(crate) handler: Handler,
}

/// A parameter of the query.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// The bounds of a whole number; `None`: it is text.
    pub bounds: Option<(usize, usize)>,
}

/// Most items of one page.
pub(super) const PAGE: usize = 1_000;

/// The parameters of operations that list.
const PAGING: &[Parameter] = &[
    Parameter { name: "maxResults", summary: "Most items of one page.", bounds: Some((1, PAGE)) },
    Parameter {
        name: "nextToken",
        summary: "Where the page begins: the `nextToken` of the one before.",
        bounds: None,
    },
];

/// All of them.
pub static OPERATIONS: &[Operation] = &[
    Operation {
        name: "listInstances",
        method: "GET",
        path: "instances",
        summary: "Lists the instance directory, in the order of ids.",
        query: PAGING,
        body: None,
        status: 200,
        answer: Some("Instances"),
        refusals: &[],
        handler: Handler::Reads(instances::list),
    },
    Operation {
        name: "getInstance",
        method: "GET",
        path: "instances/{instanceId}",
        summary: "Shows one instance.",
        query: &[],
        body: None,
        status: 200,
        answer: Some("Instance"),
        refusals: &["ResourceNotFound"],
        handler: Handler::Reads(instances::get),
    },
    Operation {
        name: "putInstance",
        method: "PUT",
        path: "instances/{instanceId}",
        summary: "Adds an instance, or changes where it is. Targets that are registered as this instance follow it.",
        query: &[],
        body: Some("InstancePlace"),
        status: 200,
        answer: Some("Instance"),
        refusals: &["LimitExceeded"],
        handler: Handler::Changes(instances::put),
    },
    Operation {
        name: "deleteInstance",
        method: "DELETE",
        path: "instances/{instanceId}",
        summary: "Takes an instance away that is registered nowhere.",
        query: &[],
        body: None,
        status: 204,
        answer: None,
        refusals: &["ResourceNotFound", "ResourceInUse"],
        handler: Handler::Changes(instances::delete),
    },
    Operation {
        name: "listKeys",
        method: "GET",
        path: "keys",
        summary: "Lists the generations of the key that seals stickiness cookies; never the keys themselves.",
        query: &[],
        body: None,
        status: 200,
        answer: Some("Keys"),
        refusals: &[],
        handler: Handler::Reads(keys::list),
    },
    Operation {
        name: "rotateKeys",
        method: "POST",
        path: "keys/rotate",
        summary: "Makes a new generation, which issues a minute later. Cookies of the older ones stay good.",
        query: &[],
        body: None,
        status: 200,
        answer: Some("Keys"),
        refusals: &["LimitExceeded"],
        handler: Handler::Changes(keys::rotate),
    },
];
