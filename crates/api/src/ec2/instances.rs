//! `DescribeInstances`: the instance directory. Every instance in it runs; where it runs is all that is known.

use std::net::IpAddr;
use std::sync::Arc;

use elbow_model::Instance;

use super::filters::Filters;
use super::named;
use crate::call::Call;
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

/// AWS's number for the state `running`.
const RUNNING: u8 = 16;

/// `DescribeInstances`
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let all: Vec<&Arc<Instance>> = call.configuration.instances.values().collect();
    let unknown = (Code::InvalidInstanceIdNotFound, "instance ID");
    let instances = named(params, "InstanceId", all, |it| it.id.as_str(), unknown)?;
    let instances = Filters::read(params)?.keep(instances, |instance, name| {
        let value = match name {
            "instance-id" => instance.id.to_string(),
            "instance-state-name" => "running".to_owned(),
            "instance-state-code" => RUNNING.to_string(),
            "availability-zone" => instance.zone.to_string(),
            "private-ip-address" | "network-interface.addresses.private-ip-address" => {
                instance.address.to_string()
            }
            "vpc-id" => call.settings.vpc.clone(),
            "owner-id" => call.scope.account.as_str().to_owned(),
            _ => return None,
        };
        Some(vec![value])
    })?;
    let mut xml = Xml::new();
    xml.items("reservationSet", instances, |xml, instance| {
        xml.text("reservationId", format_args!("r-{}", instance.id.as_str().trim_start_matches("i-")));
        xml.text("ownerId", call.scope.account.as_str());
        xml.element("groupSet", |_| {});
        xml.items("instancesSet", [instance], |xml, instance| show(call, xml, instance));
    });
    Ok(xml)
}

fn show(call: &Call<'_>, xml: &mut Xml, instance: &Instance) {
    xml.text("instanceId", &instance.id);
    xml.element("instanceState", |xml| {
        xml.text("code", RUNNING);
        xml.text("name", "running");
    });
    match instance.address {
        IpAddr::V4(address) => xml.text("privateIpAddress", address),
        IpAddr::V6(address) => xml.text("ipv6Address", address),
    }
    xml.text("vpcId", &call.settings.vpc);
    xml.element("placement", |xml| {
        xml.text("availabilityZone", &instance.zone);
        xml.text("tenancy", "default");
    });
    for list in ["blockDeviceMapping", "groupSet", "networkInterfaceSet", "productCodes", "tagSet"] {
        xml.element(list, |_| {});
    }
}
