//! Quotas, as far as Elbow has them.

use elbow_model::limits;

use super::paging::Page;
use crate::call::Call;
use crate::error::Error;
use crate::wire::{Params, Xml};

/// AWS's names and Elbow's figures. Those of target groups and certificates are in AWS's example of an answer.
// AWS: unknown whether there is a name for trust stores. We have none, because its reference has none.
const LIMITS: &[(&str, usize)] = &[
    ("application-load-balancers", limits::LOAD_BALANCERS),
    ("listeners-per-application-load-balancer", limits::LISTENERS_PER_LOAD_BALANCER),
    ("rules-per-application-load-balancer", limits::RULES_PER_LOAD_BALANCER),
    ("condition-values-per-alb-rule", limits::CONDITION_VALUES_PER_RULE),
    ("condition-wildcards-per-alb-rule", limits::WILDCARDS_PER_RULE),
    ("target-groups-per-action-on-application-load-balancer", limits::TARGET_GROUPS_PER_ACTION),
    ("target-groups-per-application-load-balancer", limits::TARGET_GROUPS_PER_LOAD_BALANCER),
    ("target-groups", limits::TARGET_GROUPS),
    ("targets-per-target-group", limits::TARGETS_PER_TARGET_GROUP),
    ("certificates-per-application-load-balancer", limits::MORE_CERTIFICATES_PER_LOAD_BALANCER),
];

/// `DescribeAccountLimits`
pub(crate) fn describe(_: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let page = Page::cut(params, LIMITS.to_vec(), |(name, _)| (*name).to_owned())?;
    Ok(page.show("Limits", |xml, (name, most)| {
        xml.text("Name", name);
        xml.text("Max", most);
    }))
}
