//! Listeners and policies of a Classic Load Balancer in a template: which policies there are, and where they are in force.

use std::collections::{BTreeMap, BTreeSet};

use super::super::fields::Fields;
use super::super::needs::Pause;
use super::super::stage::Stage;
use super::super::template::value::{Map, Value};
use super::Change;
use super::classic_load_balancer::{NAME, find, is_same_listener};
use super::parts::{maps, text, texts};
use crate::actions::Version;
use crate::error::Error;

/// The type whose policies others refer to.
const PUBLIC_KEY: &str = "PublicKeyPolicyType";

/// What the properties of a load balancer say of policies.
struct Policies<'a> {
    /// Those that it has: which action makes one, and of what.
    declared: BTreeMap<&'a str, (&'static str, &'a Map)>,
    /// Those in force on listeners, by port.
    of_listeners: BTreeMap<String, Vec<&'a str>>,
    /// Those in force for ports of instances.
    of_back_end: BTreeMap<String, Vec<&'a str>>,
}

impl<'a> Policies<'a> {
    fn read(properties: &'a Map) -> Result<Self, Error> {
        let mut declared = BTreeMap::new();
        for (property, action) in [
            ("Policies", "CreateLoadBalancerPolicy"),
            ("AppCookieStickinessPolicy", "CreateAppCookieStickinessPolicy"),
            ("LBCookieStickinessPolicy", "CreateLBCookieStickinessPolicy"),
        ] {
            for policy in maps(properties, property) {
                let name = text(policy, "PolicyName");
                if name.is_empty() {
                    return Err(Error::validation(format!(
                        "Property PolicyName of {property} cannot be empty"
                    )));
                }
                if declared.insert(name, (action, policy)).is_some() {
                    return Err(Error::validation(format!("The policy {name} is declared more than once")));
                }
            }
        }
        let mut of_listeners: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        let mut of_back_end: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for listener in maps(properties, "Listeners") {
            of_listeners
                .entry(port(text(listener, "LoadBalancerPort")))
                .or_default()
                .extend(texts(listener, "PolicyNames"));
        }
        for policy in maps(properties, "Policies") {
            let name = text(policy, "PolicyName");
            for (ports, places) in
                [("LoadBalancerPorts", &mut of_listeners), ("InstancePorts", &mut of_back_end)]
            {
                texts(policy, ports)
                    .into_iter()
                    .for_each(|it| places.entry(port(it)).or_default().push(name));
            }
        }
        of_listeners.retain(|_, names| !names.is_empty());
        Ok(Self { declared, of_listeners, of_back_end })
    }

    /// The policies of this type, or all others.
    fn names(&self, of_public_keys: bool) -> impl Iterator<Item = &'a str> {
        let is_key = |policy: &Map| text(policy, "PolicyType") == PUBLIC_KEY;
        let names = self.declared.iter().filter(move |(_, (_, policy))| is_key(policy) == of_public_keys);
        names.map(|(name, _)| *name)
    }

    /// Whether a policy is just so in both.
    fn has_same(&self, other: &Self, name: &str) -> bool {
        match (self.declared.get(name), other.declared.get(name)) {
            (Some((action, policy)), Some((other_action, other_policy))) => {
                action == other_action && of_itself(policy) == of_itself(other_policy)
            }
            _ => false,
        }
    }
}

/// What a policy is, apart from where it is in force.
fn of_itself(policy: &Map) -> Map {
    let mut policy = policy.clone();
    policy.retain(|name, _| !matches!(name.as_str(), "InstancePorts" | "LoadBalancerPorts"));
    policy
}

/// Makes the policies of a load balancer that has its listeners and no policies, and puts them in force.
pub(super) fn put_in_force(stage: &mut Stage<'_>, name: &str, change: &Change<'_>) -> Result<(), Pause> {
    let policies = Policies::read(change.new)?;
    let nothing = Map::new();
    create(stage, name, &policies, &Policies::read(&nothing)?)?;
    set(stage, name, &policies)
}

/// Brings listeners and policies from what they were to what they are to be. Those that stay the same are not touched, so that
/// their sessions go on. Policies leave their places first: only then can they be changed.
pub(super) fn exchange(stage: &mut Stage<'_>, name: &str, change: &Change<'_>) -> Result<(), Pause> {
    let (old, new) = (Policies::read(change.old)?, Policies::read(change.new)?);
    release(stage, name, &old)?;
    for policy in old.names(false).chain(old.names(true)) {
        if !new.has_same(&old, policy) {
            let fields = Fields::default().with(NAME, name).with("PolicyName", policy);
            stage.perform(Version::Classic, "DeleteLoadBalancerPolicy", fields)?;
        }
    }
    listeners(stage, name, change)?;
    create(stage, name, &new, &old)?;
    set(stage, name, &new)
}

/// Takes policies out of force.
fn release(stage: &mut Stage<'_>, name: &str, old: &Policies<'_>) -> Result<(), Pause> {
    let Some(balancer) = find(stage, name).cloned() else { return Ok(()) };
    let is_there = |port: &str, of_instances: bool| {
        let mut listeners = balancer.listeners.iter();
        listeners.any(|(own, it)| if of_instances { it.instance_port } else { *own }.to_string() == port)
    };
    for port in old.of_listeners.keys().filter(|port| is_there(port, false)) {
        stage.perform(Version::Classic, "SetLoadBalancerPoliciesOfListener", of_listener(name, port, &[]))?;
    }
    for port in old.of_back_end.keys().filter(|port| is_there(port, true)) {
        stage.perform(
            Version::Classic,
            "SetLoadBalancerPoliciesForBackendServer",
            of_back_end(name, port, &[]),
        )?;
    }
    Ok(())
}

fn create(stage: &mut Stage<'_>, name: &str, new: &Policies<'_>, old: &Policies<'_>) -> Result<(), Pause> {
    for policy in new.names(true).chain(new.names(false)) {
        let Some((action, declared)) = new.declared.get(policy).filter(|_| !new.has_same(old, policy)) else {
            continue;
        };
        let mut fields = Fields::default()
            .with(NAME, name)
            .with_some(declared, &["PolicyName", "CookieName", "CookieExpirationPeriod"]);
        if *action == "CreateLoadBalancerPolicy" {
            let attribute = |it: &Map| {
                let part = |name: &str| Value::text(text(it, name));
                let (name, value) = (part("Name"), part("Value"));
                Value::Map([("AttributeName".to_owned(), name), ("AttributeValue".to_owned(), value)].into())
            };
            let attributes = maps(declared, "Attributes").map(attribute).collect();
            fields = fields
                .with("PolicyTypeName", text(declared, "PolicyType"))
                .with_value("PolicyAttributes", &Value::List(attributes));
        }
        stage.perform(Version::Classic, action, fields)?;
    }
    Ok(())
}

/// Puts policies in force.
fn set(stage: &mut Stage<'_>, name: &str, new: &Policies<'_>) -> Result<(), Pause> {
    for (port, names) in &new.of_listeners {
        stage.perform(
            Version::Classic,
            "SetLoadBalancerPoliciesOfListener",
            of_listener(name, port, names),
        )?;
    }
    for (port, names) in &new.of_back_end {
        stage.perform(
            Version::Classic,
            "SetLoadBalancerPoliciesForBackendServer",
            of_back_end(name, port, names),
        )?;
    }
    Ok(())
}

fn of_listener(name: &str, port: &str, policies: &[&str]) -> Fields {
    let fields = Fields::default().with(NAME, name).with("LoadBalancerPort", port);
    fields.with_texts("PolicyNames", policies.iter().copied())
}

fn of_back_end(name: &str, port: &str, policies: &[&str]) -> Fields {
    let fields = Fields::default().with(NAME, name).with("InstancePort", port);
    fields.with_texts("PolicyNames", policies.iter().copied())
}

/// Listeners that go, that come, and that get another certificate.
fn listeners(stage: &mut Stage<'_>, name: &str, change: &Change<'_>) -> Result<(), Pause> {
    let in_old = |it: &Map| maps(change.old, "Listeners").find(|other| is_same_listener(it, other));
    let gone = maps(change.old, "Listeners")
        .filter(|it| !maps(change.new, "Listeners").any(|other| is_same_listener(it, other)));
    let gone: BTreeSet<&str> = gone.map(|it| text(it, "LoadBalancerPort")).collect();
    if !gone.is_empty() {
        let fields = Fields::default().with(NAME, name).with_texts("LoadBalancerPorts", gone);
        stage.perform(Version::Classic, "DeleteLoadBalancerListeners", fields)?;
    }
    for listener in maps(change.new, "Listeners") {
        match in_old(listener) {
            None => {
                let list = Value::List(vec![without_policies(listener)]);
                let fields = Fields::default().with(NAME, name).with_value("Listeners", &list);
                stage.perform(Version::Classic, "CreateLoadBalancerListeners", fields)?;
            }
            Some(old) if text(old, "SSLCertificateId") != text(listener, "SSLCertificateId") => {
                let fields = Fields::default()
                    .with(NAME, name)
                    .with_some(listener, &["LoadBalancerPort", "SSLCertificateId"]);
                stage.perform(Version::Classic, "SetLoadBalancerListenerSSLCertificate", fields)?;
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// A port as the API tells it, however a template writes it: `08301` is 8301.
pub(super) fn port(text: &str) -> String {
    let digits = text.trim_start_matches('0');
    if text.bytes().all(|b| b.is_ascii_digit()) && !digits.is_empty() { digits } else { text }.to_owned()
}

/// A listener as actions take it.
pub(super) fn without_policies(listener: &Map) -> Value {
    let mut listener = listener.clone();
    listener.remove("PolicyNames");
    Value::Map(listener)
}
