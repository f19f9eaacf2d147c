//! The certificates of listeners beside the default one, from which a client's server name chooses (R28).

use std::sync::Arc;

use elbow_model::limits::MORE_CERTIFICATES_PER_LOAD_BALANCER;
use elbow_model::{CertificateArn, Change, Entity, Listener, Secure};

use super::find::malformed;
use super::paging::Page;
use super::secure::one;
use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

/// `AddListenerCertificates`: one a call. A certificate that is there already stays.
pub(crate) fn add(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut listener = Call::copy(call.listener_of(params)?);
    let added = one(call, &params.required_list("Certificates")?)?;
    let secure = secure_mut(&mut listener)?;
    let mut xml = Xml::new();
    xml.list("Certificates", [&added], |xml, arn| member(xml, arn, false));
    if !secure.more.insert(added) {
        return Ok((Vec::new(), xml));
    }
    let others = call.configuration.listeners_of(listener.arn.load_balancer.key);
    let others = others.filter(|other| other.arn != listener.arn).map(|other| &**other);
    let count: usize =
        others.chain([&listener]).filter_map(|it| it.secure.as_ref()).map(|it| it.more.len()).sum();
    if count > MORE_CERTIFICATES_PER_LOAD_BALANCER {
        let message = format!(
            "A load balancer cannot have more than {MORE_CERTIFICATES_PER_LOAD_BALANCER} certificates beside the \
             default ones"
        );
        return Err(Error::new(Code::TooManyCertificates, message));
    }
    Ok((vec![Change::Put(Entity::Listener(Arc::new(listener)))], xml))
}

/// `RemoveListenerCertificates`: one a call, and not the default one. One that is not there is no error.
pub(crate) fn remove(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut listener = Call::copy(call.listener_of(params)?);
    let list = params.required_list("Certificates")?;
    let [given] = list.as_slice() else {
        return Err(Error::validation("You must specify exactly one certificate"));
    };
    let text = given.required("CertificateArn")?;
    let removed = CertificateArn::parse(text).ok_or_else(|| malformed(text, "certificate"))?;
    let secure = secure_mut(&mut listener)?;
    if secure.more.remove(&removed) {
        return Ok((vec![Change::Put(Entity::Listener(Arc::new(listener)))], Xml::new()));
    }
    if secure.certificate == removed {
        let message = "The default certificate of a listener cannot be removed; ModifyListener replaces it";
        return Err(Error::new(Code::OperationNotPermitted, message));
    }
    Ok((Vec::new(), Xml::new()))
}

/// `DescribeListenerCertificates`: the default one first; it is there twice if it is among the others, too.
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let listener = call.listener_of(params)?;
    let shown = listener.secure.iter().flat_map(|secure| {
        let more = secure.more.iter().map(|arn| (arn, false));
        std::iter::once((&secure.certificate, true)).chain(more)
    });
    let order = |(arn, default): &(&CertificateArn, bool)| format!("{} {arn}", u8::from(!default));
    let page = Page::cut(params, shown.collect(), order)?;
    Ok(page.show("Certificates", |xml, (arn, default)| member(xml, arn, default)))
}

fn secure_mut(listener: &mut Listener) -> Result<&mut Secure, Error> {
    let http = || Error::validation("A certificate cannot be specified for HTTP listeners");
    listener.secure.as_mut().ok_or_else(http)
}

fn member(xml: &mut Xml, arn: &CertificateArn, default: bool) {
    xml.text("CertificateArn", arn);
    xml.text("IsDefault", default);
}
