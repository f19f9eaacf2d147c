//! Tags of load balancers, listeners, rules, target groups and trust stores.

use std::sync::Arc;

use elbow_model::{Arn, Change, Entity, Tags, limits};

use super::any_rule::AnyRule;
use super::find::malformed;
use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

/// `AddTags`
pub(crate) fn add(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    params.required_list("Tags")?;
    let new = read(params)?;
    edit(call, params, |tags| {
        let result = new.iter().try_for_each(|(key, value)| tags.set(key, value));
        result.map_err(Error::from).and_then(|()| check_count(tags))
    })
}

/// `RemoveTags`
pub(crate) fn remove(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let keys = params.required_texts("TagKeys")?;
    keys.iter().try_for_each(|key| Tags::check_key(key))?;
    edit(call, params, |tags| {
        keys.iter().for_each(|key| tags.remove(key));
        Ok(())
    })
}

/// `DescribeTags`
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let arns = params.required_texts("ResourceArns")?;
    params.check_count("ResourceArns", arns.len(), limits::NAMED_AT_ONCE)?;
    let resources: Result<Vec<_>, Error> = arns.iter().map(|&arn| Ok((arn, find(call, arn)?))).collect();
    let mut xml = Xml::new();
    xml.list("TagDescriptions", resources?, |xml, (arn, resource)| {
        xml.text("ResourceArn", arn);
        xml.list("Tags", resource.tags().iter(), |xml, (key, value)| {
            xml.text("Key", key);
            xml.text("Value", value);
        });
    });
    Ok(xml)
}

/// Reads the parameter `Tags`. Without it the set is empty; an empty list is refused, as AWS's model has it.
pub(crate) fn read(params: &Params<'_>) -> Result<Tags, Error> {
    let mut tags = Tags::default();
    let members = if params.has("Tags") { params.required_list("Tags")? } else { Vec::new() };
    let given = members.len();
    for member in members {
        tags.set(member.required("Key")?, member.text("Value").unwrap_or_default())?;
    }
    if tags.iter().count() < given {
        return Err(Error::new(Code::DuplicateTagKeys, "A tag key was specified more than once"));
    }
    check_count(&tags)?;
    Ok(tags)
}

pub(crate) fn check_count(tags: &Tags) -> Result<(), Error> {
    if tags.too_many() {
        let most = limits::TAGS;
        return Err(Error::new(Code::TooManyTags, format!("A resource cannot have more than {most} tags")));
    }
    Ok(())
}

/// Something that has tags.
#[derive(Clone)]
enum Tagged {
    LoadBalancer(elbow_model::LoadBalancer),
    Listener(elbow_model::Listener),
    Rule(elbow_model::Rule),
    DefaultRule(Tags),
    TargetGroup(elbow_model::TargetGroup),
    TrustStore(elbow_model::TrustStore),
}

impl Tagged {
    const fn tags(&self) -> &Tags {
        match self {
            Self::LoadBalancer(it) => &it.tags,
            Self::Listener(it) => &it.tags,
            Self::Rule(it) => &it.tags,
            Self::DefaultRule(tags) => tags,
            Self::TargetGroup(it) => &it.tags,
            Self::TrustStore(it) => &it.tags,
        }
    }

    const fn tags_mut(&mut self) -> &mut Tags {
        match self {
            Self::LoadBalancer(it) => &mut it.tags,
            Self::Listener(it) => &mut it.tags,
            Self::Rule(it) => &mut it.tags,
            Self::DefaultRule(tags) => tags,
            Self::TargetGroup(it) => &mut it.tags,
            Self::TrustStore(it) => &mut it.tags,
        }
    }

    fn put(self) -> Result<Change, Error> {
        Ok(Change::Put(match self {
            Self::LoadBalancer(it) => Entity::LoadBalancer(Arc::new(it)),
            Self::Listener(it) => Entity::Listener(Arc::new(it)),
            Self::Rule(it) => Entity::Rule(Arc::new(it)),
            // AWS: unknown, we show a default rule without tags and let it have none: it is a part of its listener.
            Self::DefaultRule(_) => {
                return Err(Error::validation(
                    "A default rule has no tags of its own; tag its listener instead",
                ));
            }
            Self::TargetGroup(it) => Entity::TargetGroup(Arc::new(it)),
            Self::TrustStore(it) => Entity::TrustStore(Arc::new(it)),
        }))
    }
}

fn find(call: &Call<'_>, arn: &str) -> Result<Tagged, Error> {
    match Arn::parse(arn) {
        Some(Arn::LoadBalancer(_)) => Ok(Tagged::LoadBalancer(Call::copy(call.load_balancer(arn)?))),
        Some(Arn::Listener(_)) => Ok(Tagged::Listener(Call::copy(call.listener(arn)?))),
        Some(Arn::Rule(_)) => match call.rule(arn)? {
            AnyRule::Own(rule) => Ok(Tagged::Rule(Call::copy(rule))),
            AnyRule::Default(_) => Ok(Tagged::DefaultRule(Tags::default())),
        },
        Some(Arn::TargetGroup(_)) => Ok(Tagged::TargetGroup(Call::copy(call.target_group(arn)?))),
        Some(Arn::TrustStore(_)) => Ok(Tagged::TrustStore(Call::copy(call.trust_store(arn)?))),
        None => Err(malformed(arn, "resource")),
    }
}

fn edit(
    call: &Call<'_>,
    params: &Params<'_>,
    change: impl Fn(&mut Tags) -> Result<(), Error>,
) -> Result<Decision, Error> {
    let arns = params.required_texts("ResourceArns")?;
    let changes = arns.iter().map(|arn| {
        let mut resource = find(call, arn)?;
        change(resource.tags_mut())?;
        resource.put()
    });
    Ok((changes.collect::<Result<_, Error>>()?, Xml::new()))
}
