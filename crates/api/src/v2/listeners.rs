//! Listeners: creating, describing, modifying, deleting.

use std::sync::Arc;

use elbow_model::attribute::listener as attribute;
use elbow_model::key::ListenerKey;
use elbow_model::{
    Attributes, Change, Entity, EntityKey, Listener, ListenerArn, LoadBalancer, Port, Protocol, limits,
};

use super::actions::Site;
use super::paging::Page;
use super::target_groups::PROTOCOLS;
use super::{actions, rules, secure, tags};
use crate::addresses::Socket;
use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

/// `CreateListener`
pub(crate) fn create(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let balancer = call.load_balancer_of(params)?;
    let protocol =
        protocol(params)?.ok_or_else(|| Error::validation("A listener protocol must be specified"))?;
    let port = port(params)?.ok_or_else(|| Error::validation("A listener port must be specified"))?;
    let secure = secure::Given::read(call, params, protocol)?.create(protocol)?;
    let takes_http2 = protocol == Protocol::Https;
    let site = Site { balancer: &balancer.arn, protocol, port, takes_http2, replaces: None };
    let default_actions = actions::read(call, params, "DefaultActions", &site)?;
    let tags = tags::read(params)?;
    let (changes, listener) = match call.configuration.listener_at(balancer.arn.key, port) {
        Some(existing)
            if existing.protocol == protocol
                && existing.default_actions == default_actions
                && existing.secure == secure =>
        {
            (Vec::new(), Arc::clone(existing))
        }
        Some(_) => return Err(taken(balancer)),
        None => {
            check_count(call, balancer)?;
            admit(call, balancer, port, protocol)?;
            let key = ListenerKey::new(call.random());
            let listener = Arc::new(Listener {
                arn: ListenerArn { load_balancer: balancer.arn.clone(), key },
                port,
                protocol,
                secure,
                default_actions,
                attributes: Attributes::new(attribute::TABLE),
                tags,
            });
            (vec![Change::Put(Entity::Listener(Arc::clone(&listener)))], listener)
        }
    };
    Ok((changes, show_one(call, &listener)))
}

/// `DescribeListeners`
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let arns = params.texts("ListenerArns")?.unwrap_or_default();
    let mut listeners: Vec<&Arc<Listener>> = match (params.text("LoadBalancerArn"), arns.is_empty()) {
        (Some(arn), true) => call.configuration.listeners_of(call.load_balancer(arn)?.arn.key).collect(),
        (None, false) => arns.iter().map(|arn| call.listener(arn)).collect::<Result<_, _>>()?,
        _ => return Err(Error::validation("You must specify either listener ARNs or a load balancer ARN")),
    };
    listeners.sort_by_key(|listener| listener.arn.key);
    listeners.dedup_by_key(|listener| listener.arn.key);
    let page = Page::cut(params, listeners, |listener| listener.arn.key.to_string())?;
    Ok(page.show("Listeners", |xml, listener| show(call, xml, listener)))
}

/// `ModifyListener`: what is not given stays.
pub(crate) fn modify(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut listener = Call::copy(call.listener_of(params)?);
    let balancer = call.load_balancer(&listener.arn.load_balancer.to_string())?;
    listener.protocol = protocol(params)?.unwrap_or(listener.protocol);
    let given = secure::Given::read(call, params, listener.protocol)?;
    listener.secure = given.modify(listener.secure.take(), listener.protocol)?;
    if let Some(port) = port(params)?.filter(|port| *port != listener.port) {
        if call.configuration.listener_at(balancer.arn.key, port).is_some() {
            return Err(taken(balancer));
        }
        admit(call, balancer, port, listener.protocol)?;
        listener.port = port;
    }
    if params.has("DefaultActions") {
        let site = Site::of(&listener, Some(listener.default_rule()));
        listener.default_actions = actions::read(call, params, "DefaultActions", &site)?;
    }
    actions::check_all(call, &listener)?;
    let listener = Arc::new(listener);
    let xml = show_one(call, &listener);
    Ok((vec![Change::Put(Entity::Listener(listener))], xml))
}

/// `DeleteListener`: its rules go with it.
pub(crate) fn delete(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let listener = call.listener_of(params)?;
    Ok((removals(call, listener).collect(), Xml::new()))
}

/// The changes that remove a listener and its rules.
pub(super) fn removals(call: &Call<'_>, listener: &Listener) -> impl Iterator<Item = Change> {
    let own = Change::Remove(EntityKey::Listener(listener.arn.key));
    rules::removals(call, listener).chain([own])
}

fn port(params: &Params<'_>) -> Result<Option<Port>, Error> {
    Ok(params.number("Port", 1, u16::MAX)?.and_then(Port::new))
}

fn protocol(params: &Params<'_>) -> Result<Option<Protocol>, Error> {
    let word = |text: &str| PROTOCOLS.iter().copied().find(|known| *known == text);
    match params.word("Protocol", PROTOCOLS, word)? {
        None => Ok(None),
        Some("HTTP") => Ok(Some(Protocol::Http)),
        Some("HTTPS") => Ok(Some(Protocol::Https)),
        Some(other) => {
            Err(Error::validation(format!("Listener protocol '{other}' must be one of 'HTTPS, HTTP'")))
        }
    }
}

fn taken(balancer: &LoadBalancer) -> Error {
    Error::new(
        Code::DuplicateListener,
        format!("A listener already exists on this port for this load balancer '{}'", balancer.arn),
    )
}

fn check_count(call: &Call<'_>, balancer: &LoadBalancer) -> Result<(), Error> {
    let most = limits::LISTENERS_PER_LOAD_BALANCER;
    if call.configuration.listeners_of(balancer.arn.key).count() < most {
        return Ok(());
    }
    Err(Error::new(Code::TooManyListeners, format!("A load balancer cannot have more than {most} listeners")))
}

fn admit(call: &Call<'_>, balancer: &LoadBalancer, port: Port, protocol: Protocol) -> Result<(), Error> {
    Socket { balancer: balancer.arn.key, address: balancer.address, port, protocol }.check(call)
}

fn show_one(call: &Call<'_>, listener: &Listener) -> Xml {
    let mut xml = Xml::new();
    xml.list("Listeners", [listener], |xml, listener| show(call, xml, listener));
    xml
}

fn show(call: &Call<'_>, xml: &mut Xml, listener: &Listener) {
    xml.text("ListenerArn", &listener.arn);
    xml.text("LoadBalancerArn", &listener.arn.load_balancer);
    xml.text("Port", listener.port);
    xml.text("Protocol", listener.protocol);
    secure::show(xml, listener.secure.as_ref());
    xml.list("DefaultActions", [&listener.default_actions], |xml, action| actions::show(call, xml, action));
}
