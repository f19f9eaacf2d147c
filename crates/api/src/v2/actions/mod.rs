//! Actions of rules and of listeners: reading, checking, showing. Each type has a file of its own; those that make sure
//! of the client first are understood and refused in [`secured`].

mod fixed_response;
mod forward;
mod redirect;
mod secured;

use elbow_model::{Action, ActionOrder, Actions, Listener, LoadBalancerArn, Port, Protocol, RuleArn};

use crate::call::Call;
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

pub(super) use forward::check_stickiness;

/// One type of action.
#[derive(Debug)]
pub struct ActionType {
    /// AWS's word for it.
    pub name: &'static str,
    /// Whether it decides where the request goes. A rule has exactly one such action, and it is the last.
    pub is_routing: bool,
    /// Whether it is here.
    pub is_here: bool,
}

/// A routing action and one that makes sure of the client.
const MOST_ACTIONS: usize = 2;
const FORWARD: &str = "forward";
const REDIRECT: &str = "redirect";
const FIXED_RESPONSE: &str = "fixed-response";

/// All types that AWS has, in the order of its messages.
pub static ACTION_TYPES: &[ActionType] = &[
    ActionType { name: FORWARD, is_routing: true, is_here: true },
    ActionType { name: secured::OIDC, is_routing: false, is_here: false },
    ActionType { name: secured::COGNITO, is_routing: false, is_here: false },
    ActionType { name: REDIRECT, is_routing: true, is_here: true },
    ActionType { name: FIXED_RESPONSE, is_routing: true, is_here: true },
    ActionType { name: secured::JWT, is_routing: false, is_here: false },
];

/// The configuration of each type, which no other type takes.
const CONFIGS: &[(&str, &str)] = &[
    (FORWARD, "ForwardConfig"),
    (FORWARD, "TargetGroupArn"),
    (REDIRECT, "RedirectConfig"),
    (FIXED_RESPONSE, "FixedResponseConfig"),
    (secured::OIDC, "AuthenticateOidcConfig"),
    (secured::COGNITO, "AuthenticateCognitoConfig"),
    (secured::JWT, "JwtValidationConfig"),
];

/// Where actions are going to stand.
pub(super) struct Site<'a> {
    /// The load balancer.
    pub(super) balancer: &'a LoadBalancerArn,
    /// What clients of the listener speak.
    pub(super) protocol: Protocol,
    /// The port of the listener.
    pub(super) port: Port,
    /// Whether clients can speak HTTP/2 to it.
    pub(super) takes_http2: bool,
    /// The rule whose actions are replaced, if there is one.
    pub(super) replaces: Option<RuleArn>,
}

impl<'a> Site<'a> {
    /// In a listener.
    pub(super) fn of(listener: &'a Listener, replaces: Option<RuleArn>) -> Self {
        Self {
            balancer: &listener.arn.load_balancer,
            protocol: listener.protocol,
            port: listener.port,
            takes_http2: listener.takes_http2(),
            replaces,
        }
    }
}

/// Reads the list `name`.
pub(super) fn read(
    call: &Call<'_>,
    params: &Params<'_>,
    name: &str,
    site: &Site<'_>,
) -> Result<Actions, Error> {
    let members = params.required_list(name)?;
    let chain = members.iter().map(Link::read).collect::<Result<Vec<_>, _>>()?;
    check_chain(&chain)?;
    let mut actions = None;
    for (member, link) in members.iter().zip(&chain) {
        check_configs(member, link.kind.name)?;
        let routing = match link.kind.name {
            FORWARD => Action::Forward(forward::read(call, member, site)?),
            REDIRECT => Action::Redirect(redirect::read(member)?),
            FIXED_RESPONSE => Action::FixedResponse(fixed_response::read(member)?),
            other => return Err(secured::refuse(member, other)),
        };
        actions = Some(Actions { order: link.order, routing });
    }
    let actions = actions.ok_or_else(no_routing_action)?;
    check_site(call, &actions, site)?;
    Ok(actions)
}

/// Whether all actions of a listener go with what it is now, whatever it was when they were made.
// AWS: unknown, we refuse: clients of a redirect would come back for ever, and those of a target group could not speak to
// its targets, as if the actions had been made there.
pub(super) fn check_all(call: &Call<'_>, listener: &Listener) -> Result<(), Error> {
    let site = Site::of(listener, None);
    let rules = call.configuration.rules_of(listener.arn.key).map(|rule| &rule.actions);
    let mut all = rules.chain([&listener.default_actions]);
    all.try_for_each(|actions| check_site(call, actions, &site))
}

/// Whether a redirect leads elsewhere, and clients can speak to the targets (L4).
fn check_site(call: &Call<'_>, actions: &Actions, site: &Site<'_>) -> Result<(), Error> {
    actions.check_for(site.protocol, site.port).map_err(|it| invalid(it.message()))?;
    let mut groups = actions.target_groups().filter_map(|key| call.configuration.target_groups.get(&key));
    let fits = groups.try_for_each(|group| group.check_for(site.protocol, site.takes_http2));
    fits.map_err(|it| invalid(it.message()))
}

/// Writes the member of a list of actions.
pub(super) fn show(call: &Call<'_>, xml: &mut Xml, actions: &Actions) {
    let kind = match &actions.routing {
        Action::Forward(_) => FORWARD,
        Action::Redirect(_) => REDIRECT,
        Action::FixedResponse(_) => FIXED_RESPONSE,
    };
    xml.text("Type", kind);
    xml.optional("Order", actions.order.map(ActionOrder::get));
    match &actions.routing {
        Action::Forward(forward) => forward::show(call, xml, forward),
        Action::Redirect(redirect) => redirect::show(xml, redirect),
        Action::FixedResponse(response) => fixed_response::show(xml, response),
    }
}

/// The type of an action and its place among the others.
struct Link {
    kind: &'static ActionType,
    order: Option<ActionOrder>,
}

impl Link {
    fn read(member: &Params<'_>) -> Result<Self, Error> {
        let text = member.required("Type")?;
        let kind = ACTION_TYPES.iter().find(|kind| kind.name == text).ok_or_else(|| {
            let names: Vec<&str> = ACTION_TYPES.iter().map(|kind| kind.name).collect();
            member.unfit_word("Type", text, &names)
        })?;
        let order = member.number("Order", 1, ActionOrder::MAX)?.map(ActionOrder::new).transpose()?;
        Ok(Self { kind, order })
    }
}

/// Exactly one routing action, and it is the last; several actions say in which order they are taken (L3).
fn check_chain(chain: &[Link]) -> Result<(), Error> {
    let routing: Vec<&Link> = chain.iter().filter(|link| link.kind.is_routing).collect();
    let [routing] = routing.as_slice() else {
        return Err(if routing.is_empty() { no_routing_action() } else { several_routing_actions() });
    };
    if chain.len() > MOST_ACTIONS {
        return Err(Error::new(
            Code::TooManyActions,
            format!("A rule can have at most '{MOST_ACTIONS}' actions"),
        ));
    }
    if chain.len() == 1 {
        return Ok(());
    }
    for (position, link) in chain.iter().enumerate() {
        if link.order.is_none() {
            return Err(invalid("You must specify an order for each action of a rule with multiple actions"));
        }
        if chain.iter().take(position).any(|other| other.order == link.order) {
            return Err(invalid("Each action of a rule must have an order of its own"));
        }
    }
    if chain.iter().any(|link| link.order > routing.order) {
        return Err(invalid(format!("An action of type '{}' must be the last one", routing.kind.name)));
    }
    Ok(())
}

fn check_configs(member: &Params<'_>, kind: &str) -> Result<(), Error> {
    let mut fields = CONFIGS.iter().filter(|(owner, field)| *owner != kind && member.has(field));
    match fields.next() {
        Some((_, field)) => {
            Err(invalid(format!("For actions of type '{kind}', you cannot specify the field '{field}'")))
        }
        None => Ok(()),
    }
}

fn no_routing_action() -> Error {
    invalid("A rule must have an action of type 'forward', 'redirect' or 'fixed-response'")
}

fn several_routing_actions() -> Error {
    Error::new(
        Code::TooManyActions,
        "A rule can have only one action of type 'forward', 'redirect' or 'fixed-response'",
    )
}

/// The refusal of an action that lacks what its type needs.
fn lacks(kind: &str, fields: &str) -> Error {
    invalid(format!("For actions of type '{kind}', you must specify the following fields: {fields}"))
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(Code::InvalidLoadBalancerAction, message)
}
