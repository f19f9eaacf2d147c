//! Security groups, which are kept and shown.

use super::find::put;
use crate::call::{Call, Decision};
use crate::error::Error;
use crate::security_groups::security_groups;
use crate::wire::{Params, Xml};

/// `ApplySecurityGroupsToLoadBalancer`: these and no others from now on.
pub(crate) fn apply(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut balancer = Call::copy(call.classic_of(params)?);
    params.required_list("SecurityGroups")?;
    balancer.security_groups = security_groups(params)?.unwrap_or_default();
    let mut xml = Xml::new();
    xml.texts("SecurityGroups", &balancer.security_groups);
    Ok((vec![put(balancer)], xml))
}
