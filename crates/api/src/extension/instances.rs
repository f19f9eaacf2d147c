//! `instances`: the instance directory, where targets of type `instance` live.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use elbow_model::limits;
use elbow_model::{
    Change, Configuration, Entity, EntityKey, Instance, InstanceId, InstanceSource, TargetId, Zone,
};
use serde_json::{Value, json};

use super::add;
use super::given::Given;
use super::operation::{Decision, PAGE};
use crate::call::Call;
use crate::error::{Code, Error};
use crate::paging;
use crate::wire::marker;

/// Most users of an instance that are named.
const USERS: usize = 20;
const PLACE: &[&str] = &["address", "zone"];

/// `GET instances`.
pub(super) fn list(call: &Call<'_>, given: &Given) -> Result<Value, Error> {
    let mut page: Vec<&Arc<Instance>> = call.configuration.instances.values().collect();
    let after = given.after()?;
    let size = given.number("maxResults").unwrap_or(PAGE);
    let last = paging::cut(&mut page, after.as_deref(), size, |it| it.id.to_string());
    let ids: BTreeSet<&InstanceId> = page.iter().map(|it| &it.id).collect();
    let users = all_users(call.configuration, |id| ids.contains(id));
    let shown: Vec<Value> = page.into_iter().map(|it| show(it, users.get(&it.id))).collect();
    let mut answer = json!({ "instances": shown });
    if let Some(last) = last {
        add(&mut answer, "nextToken", json!(marker::write(&last)));
    }
    Ok(answer)
}

/// `GET instances/{instanceId}`.
pub(super) fn get(call: &Call<'_>, given: &Given) -> Result<Value, Error> {
    let instance = find(call, &id(given)?)?;
    Ok(show(instance, Some(&users(call.configuration, &instance.id))))
}

/// `PUT instances/{instanceId}`.
pub(super) fn put(call: &Call<'_>, given: &Given) -> Result<Decision, Error> {
    let id = id(given)?;
    if let Some(unknown) = given.body.unknown(PLACE) {
        let known = PLACE.join(", ");
        return Err(Error::validation(format!("The member '{unknown}' is not known; known: {known}")));
    }
    let known = &call.configuration.instances;
    if !known.contains_key(&id) && known.len() >= limits::INSTANCES {
        let message = format!("The instance directory has {} instances, and room for no more", known.len());
        return Err(Error::new(Code::LimitExceeded, message));
    }
    let address = given.body.required("address")?;
    let address: IpAddr = address
        .parse()
        .map_err(|_| given.body.unfit("address", "Member must be an IPv4 or IPv6 address, without a port"))?;
    let zone = Zone::parse(given.body.required("zone")?)?;
    let instance = Arc::new(Instance { id, address, zone, source: InstanceSource::Operator });
    let shown = show(&instance, Some(&users(call.configuration, &instance.id)));
    Ok((vec![Change::Put(Entity::Instance(instance))], shown))
}

/// `DELETE instances/{instanceId}`.
pub(super) fn delete(call: &Call<'_>, given: &Given) -> Result<Decision, Error> {
    let id = id(given)?;
    find(call, &id)?;
    if let Some(user) = users(call.configuration, &id).first() {
        let message =
            format!("The instance is registered with {user}; deregister it first, and let its draining end");
        return Err(Error::new(Code::ResourceInUse, message));
    }
    Ok((vec![Change::Remove(EntityKey::Instance(id))], Value::Null))
}

/// What is read and answered here.
pub(super) fn schemas() -> Value {
    let address =
        json!({ "type": "string", "description": "Where its ports are reached: an IPv4 or IPv6 address." });
    let zone = json!({ "type": "string", "description": "The availability zone it runs in." });
    json!({
        "Instances": {
            "type": "object",
            "description": "A page of the instance directory.",
            "properties": {
                "instances": { "type": "array", "maxItems": PAGE, "items": { "$ref": "#/components/schemas/Instance" } },
                "nextToken": { "type": "string", "description": "Where the next page begins, if there is one." },
            },
            "required": ["instances"],
            "additionalProperties": false,
        },
        "Instance": {
            "type": "object",
            "description": "An entry of the instance directory.",
            "properties": {
                "instanceId": { "type": "string", "pattern": "^i-[0-9A-Za-z-]{1,64}$" },
                "address": address,
                "zone": zone,
                "source": {
                    "type": "string",
                    "enum": [source(InstanceSource::Operator), source(InstanceSource::Ec2)],
                    "description": "Who says so: whoever runs Elbow, or the EC2 endpoint, which is asked again.",
                },
                "registeredWith": {
                    "type": "array",
                    "maxItems": USERS,
                    "items": { "type": "string" },
                    "description": "ARNs of the first target groups and Classic Load Balancers, of any region, that it is registered with or drains from.",
                },
            },
            "required": ["instanceId", "address", "zone", "source", "registeredWith"],
            "additionalProperties": false,
        },
        "InstancePlace": {
            "type": "object",
            "description": "Where an instance is.",
            "properties": { "address": address, "zone": zone },
            "required": PLACE,
            "additionalProperties": false,
        },
    })
}

fn id(given: &Given) -> Result<InstanceId, Error> {
    Ok(InstanceId::parse(given.part("instanceId"))?)
}

fn find<'a>(call: &Call<'a>, id: &InstanceId) -> Result<&'a Arc<Instance>, Error> {
    call.configuration.instances.get(id).ok_or_else(|| {
        Error::new(Code::ResourceNotFound, format!("The instance '{id}' is not in the instance directory"))
    })
}

fn show(instance: &Instance, users: Option<&BTreeSet<String>>) -> Value {
    let users: Vec<&String> = users.into_iter().flatten().take(USERS).collect();
    json!({
        "instanceId": instance.id.as_str(),
        "address": instance.address.to_string(),
        "zone": instance.zone.to_string(),
        "source": source(instance.source),
        "registeredWith": users,
    })
}

const fn source(source: InstanceSource) -> &'static str {
    match source {
        InstanceSource::Operator => "operator",
        InstanceSource::Ec2 => "ec2",
    }
}

/// The ARNs of what an instance is registered with.
fn users(configuration: &Configuration, id: &InstanceId) -> BTreeSet<String> {
    all_users(configuration, |it| it == id).remove(id).unwrap_or_default()
}

/// The same of many instances at once.
fn all_users(
    configuration: &Configuration,
    wanted: impl Fn(&InstanceId) -> bool,
) -> BTreeMap<&InstanceId, BTreeSet<String>> {
    let mut users: BTreeMap<&InstanceId, BTreeSet<String>> = BTreeMap::new();
    for target in configuration.targets.values() {
        let TargetId::Instance(id) = &target.id else { continue };
        let Some(group) = configuration.target_groups.get(&target.group).filter(|_| wanted(id)) else {
            continue;
        };
        users.entry(id).or_default().insert(group.arn.to_string());
    }
    for balancer in configuration.classic_load_balancers.values() {
        for id in balancer.instances.keys().filter(|id| wanted(id)) {
            users.entry(id).or_default().insert(balancer.arn.to_string());
        }
    }
    users
}
