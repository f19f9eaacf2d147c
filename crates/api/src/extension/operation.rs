//! The table of operations. Dispatch and the OpenAPI document are made of it.

use elbow_model::Change;
use serde_json::Value;

use super::given::Given;
use super::metrics::MINUTES_MAX;
use super::{explain, instances, keys, metrics, node, sessions};
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

/// The parameter of operations that tell of the past.
const RANGE: &[Parameter] = &[Parameter {
    name: "minutes",
    summary: "How many minutes up to now; an hour unless it is given.",
    bounds: Some((1, MINUTES_MAX)),
}];

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
        name: "getNode",
        method: "GET",
        path: "node",
        summary: "Tells commands on the node's machine where it keeps its files.",
        query: &[],
        body: None,
        status: 200,
        answer: Some("Node"),
        refusals: &[],
        handler: Handler::Reads(node::get),
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
    Operation {
        name: "getTargetGroupSessions",
        method: "GET",
        path: "target-groups/{targetGroupArn}/sessions",
        summary: "Shows where the sessions of a target group live now.",
        query: &[],
        body: None,
        status: 200,
        answer: Some("Sessions"),
        refusals: &["TargetGroupNotFound"],
        handler: Handler::Reads(sessions::of_target_group),
    },
    Operation {
        name: "getTargetGroupMetrics",
        method: "GET",
        path: "target-groups/{targetGroupArn}/metrics",
        summary: "Shows what a target group did over the last day.",
        query: RANGE,
        body: None,
        status: 200,
        answer: Some("TargetGroupMetrics"),
        refusals: &["TargetGroupNotFound"],
        handler: Handler::Reads(metrics::of_target_group),
    },
    Operation {
        name: "getLoadBalancerMetrics",
        method: "GET",
        path: "load-balancers/{loadBalancerArn}/metrics",
        summary: "Shows what a load balancer did over the last day.",
        query: RANGE,
        body: None,
        status: 200,
        answer: Some("LoadBalancerMetrics"),
        refusals: &["LoadBalancerNotFound"],
        handler: Handler::Reads(metrics::of_load_balancer),
    },
    Operation {
        name: "getClassicLoadBalancerMetrics",
        method: "GET",
        path: "classic-load-balancers/{loadBalancerName}/metrics",
        summary: "Shows what a Classic Load Balancer did over the last day.",
        query: RANGE,
        body: None,
        status: 200,
        answer: Some("LoadBalancerMetrics"),
        refusals: &["LoadBalancerNotFound"],
        handler: Handler::Reads(metrics::of_classic),
    },
    Operation {
        name: "getClassicListenerSessions",
        method: "GET",
        path: "classic-load-balancers/{loadBalancerName}/listeners/{loadBalancerPort}/sessions",
        summary: "Shows where the sessions of a Classic listener live now.",
        query: &[],
        body: None,
        status: 200,
        answer: Some("Sessions"),
        refusals: &["ListenerNotFound", "LoadBalancerNotFound"],
        handler: Handler::Reads(sessions::of_classic_listener),
    },
    Operation {
        name: "getClassicListenerMetrics",
        method: "GET",
        path: "classic-load-balancers/{loadBalancerName}/listeners/{loadBalancerPort}/metrics",
        summary: "Shows what the instances of a Classic listener did over the last day.",
        query: RANGE,
        body: None,
        status: 200,
        answer: Some("TargetGroupMetrics"),
        refusals: &["ListenerNotFound", "LoadBalancerNotFound"],
        handler: Handler::Reads(metrics::of_classic_listener),
    },
    Operation {
        name: "explain",
        method: "POST",
        path: "listeners/{listenerArn}/explain",
        summary: "Shows where a request to a listener would go, why, and what its cookies say.",
        query: &[],
        body: Some("Question"),
        status: 200,
        answer: Some("Explanation"),
        refusals: &["ListenerNotFound"],
        handler: Handler::Reads(explain::of_listener),
    },
    Operation {
        name: "explainClassic",
        method: "POST",
        path: "classic-load-balancers/{loadBalancerName}/listeners/{loadBalancerPort}/explain",
        summary: "Shows the same of a Classic listener.",
        query: &[],
        body: Some("Question"),
        status: 200,
        answer: Some("Explanation"),
        refusals: &["ListenerNotFound", "LoadBalancerNotFound"],
        handler: Handler::Reads(explain::of_classic_listener),
    },
];
