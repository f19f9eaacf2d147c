//! Reserved capacity and address pools: AWS's network is rented by them, Elbow has that of its machine. What Terraform
//! reads on every refresh says that nothing is reserved.

use crate::call::Call;
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

const ADDRESS_POOL_KINDS: &[&str] = &["ipv4"];

/// `DescribeCapacityReservation`
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    call.load_balancer_of(params)?;
    Ok(nothing_reserved())
}

/// `ModifyCapacityReservation`: to reserve nothing is granted. AWS's quota of reserved units is 0 unless it is raised;
/// here it stays so.
pub(crate) fn modify(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    call.load_balancer_of(params)?;
    let reset = params.flag("ResetCapacityReservation")?.unwrap_or_default();
    let units = match params.structure("MinimumLoadBalancerCapacity") {
        Some(capacity) => capacity.number("CapacityUnits", 0, i32::MAX)?,
        None => None,
    };
    match (reset, units) {
        (true, Some(_)) => Err(Error::new(
            Code::InvalidConfigurationRequest,
            "A capacity reservation cannot be set and reset in the same request",
        )),
        (false, None) => Err(Error::validation("A number of capacity units, or a reset, must be specified")),
        (_, None | Some(0)) => Ok(nothing_reserved()),
        (false, Some(units)) => Err(Error::new(
            Code::CapacityUnitsLimitExceeded,
            format!(
                "{units} capacity units are more than the 0 that can be reserved: Elbow has the capacity of its machine"
            ),
        )),
    }
}

/// `ModifyIpPools`
pub(crate) fn modify_ip_pools(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    call.load_balancer_of(params)?;
    for member in params.list("RemoveIpamPools")?.unwrap_or_default() {
        let kind = member.own()?;
        if !ADDRESS_POOL_KINDS.contains(&kind) {
            return Err(params.unfit_word("RemoveIpamPools", kind, ADDRESS_POOL_KINDS));
        }
    }
    if params.structure("IpamPools").is_some() {
        let what = "A pool of an IP address manager; addresses come from --address-pool, and it";
        return Err(Error::not_here_yet(Code::ValidationError, what));
    }
    let mut xml = Xml::new();
    xml.element("IpamPools", |_| {});
    Ok(xml)
}

fn nothing_reserved() -> Xml {
    let mut xml = Xml::new();
    xml.list("CapacityReservationState", std::iter::empty::<()>(), |_, ()| {});
    xml
}
