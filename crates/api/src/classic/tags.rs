//! Tags of Classic Load Balancers.

use elbow_model::{ClassicLoadBalancer, Tags, limits};

use super::find::put;
use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::v2::tags;
use crate::wire::{Params, Xml};

/// `AddTags`
pub(crate) fn add(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    params.required_list("Tags")?;
    let new = tags::read(params)?;
    edit(call, params, |tags| {
        new.iter().try_for_each(|(key, value)| tags.set(key, value))?;
        check_count(tags)
    })
}

/// `RemoveTags`: keys that are not there are no error.
pub(crate) fn remove(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let members = params.required_list("Tags")?;
    let keys: Vec<&str> = members.iter().map(|it| it.required("Key")).collect::<Result<_, _>>()?;
    keys.iter().try_for_each(|key| Tags::check_key(key))?;
    edit(call, params, |tags| {
        keys.iter().for_each(|key| tags.remove(key));
        Ok(())
    })
}

/// `DescribeTags`
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let names = params.required_texts("LoadBalancerNames")?;
    params.check_count("LoadBalancerNames", names.len(), limits::NAMED_AT_ONCE)?;
    let found: Vec<_> = names.iter().map(|name| call.classic(name)).collect::<Result<_, _>>()?;
    let mut xml = Xml::new();
    xml.list("TagDescriptions", found, |xml, balancer| {
        xml.text("LoadBalancerName", &balancer.arn.name);
        xml.list("Tags", balancer.tags.iter(), |xml, (key, value)| {
            xml.text("Key", key);
            xml.text("Value", value);
        });
    });
    Ok(xml)
}

/// Checks that these are not too many for a Classic Load Balancer.
pub(super) fn check_count(tags: &Tags) -> Result<(), Error> {
    let most = limits::CLASSIC_TAGS;
    if tags.iter().count() > most {
        let message = format!("A load balancer cannot have more than {most} tags");
        return Err(Error::new(Code::TooManyTags, message));
    }
    Ok(())
}

fn edit(
    call: &Call<'_>,
    params: &Params<'_>,
    change: impl Fn(&mut Tags) -> Result<(), Error>,
) -> Result<Decision, Error> {
    let names = params.required_texts("LoadBalancerNames")?;
    let changes = names.iter().map(|name| {
        let mut balancer: ClassicLoadBalancer = Call::copy(call.classic(name)?);
        change(&mut balancer.tags)?;
        Ok(put(balancer))
    });
    Ok((changes.collect::<Result<_, Error>>()?, Xml::new()))
}
