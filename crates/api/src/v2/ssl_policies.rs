//! `DescribeSSLPolicies`: the security policies by name, with what each names (R30). What is negotiated is less; see
//! [`elbow_model::SslPolicy`].

use elbow_model::SslPolicy;

use super::paging::Page;
use super::secure::policy;
use crate::call::Call;
use crate::error::Error;
use crate::wire::{Params, Xml};

const LOAD_BALANCER_TYPES: &[&str] = &["application", "network", "gateway"];

/// `DescribeSSLPolicies`
pub(crate) fn describe(_: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let names = params.texts("Names")?.unwrap_or_default();
    let word = |text: &str| LOAD_BALANCER_TYPES.contains(&text).then(|| text == "application");
    let for_us = params.word("LoadBalancerType", LOAD_BALANCER_TYPES, word)?.unwrap_or(true);
    let policies: Vec<&'static SslPolicy> = if names.is_empty() {
        SslPolicy::ALL.iter().filter(|_| for_us).collect()
    } else {
        names.iter().map(|name| policy(name)).collect::<Result<_, _>>()?
    };
    let page = Page::cut(params, policies, |policy| policy.name().to_owned())?;
    Ok(page.show("SslPolicies", show))
}

fn show(xml: &mut Xml, policy: &SslPolicy) {
    let mut versions: Vec<_> = policy.versions().collect();
    versions.reverse();
    xml.texts("SslProtocols", versions.iter().map(|version| version.as_str()));
    xml.list("Ciphers", policy.ciphers().zip(1..), |xml, (cipher, priority)| {
        xml.text("Name", cipher.name());
        xml.text("Priority", priority);
    });
    xml.text("Name", policy.name());
    xml.texts("SupportedLoadBalancerTypes", ["application"]);
}
