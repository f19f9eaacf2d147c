//! `DescribeInstances`: the instance directory. Every instance in it runs; where it runs is all that is known.

use std::net::IpAddr;
use std::sync::Arc;

use elbow_model::Instance;

use super::filters::{Filters, Names};
use super::network::zone_id;
use super::paging::{self, Page};
use super::{Ids, named};
use crate::call::Call;
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

/// AWS's number for the state `running`.
const RUNNING: u8 = 16;
const TENANCY: &str = "default";

const IDS: Ids = Ids {
    parameter: "InstanceId",
    noun: "instance ID",
    unknown: Code::InvalidInstanceIdNotFound,
    form: Some(("i-", Code::InvalidInstanceIdMalformed)),
};

const FILTERS: Names = &[
    "affinity",
    "architecture",
    "availability-zone",
    "availability-zone-id",
    "block-device-mapping.",
    "boot-mode",
    "capacity-reservation-id",
    "capacity-reservation-specification.",
    "client-token",
    "current-instance-boot-mode",
    "dns-name",
    "ebs-optimized",
    "ena-support",
    "enclave-options.",
    "hibernation-options.",
    "host-id",
    "hypervisor",
    "iam-instance-profile.",
    "image-id",
    "instance-id",
    "instance-lifecycle",
    "instance-state-code",
    "instance-state-name",
    "instance-type",
    "instance.",
    "ip-address",
    "ipv6-address",
    "kernel-id",
    "key-name",
    "launch-index",
    "launch-time",
    "maintenance-options.",
    "metadata-options.",
    "monitoring-state",
    "network-interface.",
    "network-performance-options.",
    "operator.",
    "outpost-arn",
    "owner-id",
    "placement-group-name",
    "placement-partition-number",
    "platform",
    "platform-details",
    "private-dns-name",
    "private-dns-name-options.",
    "private-ip-address",
    "product-code",
    "product-code.type",
    "ramdisk-id",
    "reason",
    "requester-id",
    "reservation-id",
    "root-device-name",
    "root-device-type",
    "source-dest-check",
    "spot-instance-request-id",
    "state-reason-code",
    "state-reason-message",
    "subnet-id",
    "tenancy",
    "tpm-support",
    "usage-operation",
    "usage-operation-update-time",
    "virtualization-type",
    "vpc-id",
];

/// `DescribeInstances`
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    paging::check_apart(params, IDS.parameter, "instancesSet")?;
    let all: Vec<&Arc<Instance>> = call.configuration.instances.values().collect();
    let instances = named(params, &IDS, all, |it| it.id.as_str())?;
    let filters = Filters::read(params, FILTERS)?;
    let instances = filters.keep(instances, |instance, name| values(call, instance, name));
    let page = Page::cut(params, instances, |it| it.id.as_str())?;
    Ok(page.show("reservationSet", |xml, instance| {
        xml.text("reservationId", reservation(instance));
        xml.text("ownerId", call.scope.account.as_str());
        xml.element("groupSet", |_| {});
        xml.items("instancesSet", [instance], |xml, instance| show(call, xml, instance));
    }))
}

/// Every instance has a reservation of its own.
fn reservation(instance: &Instance) -> String {
    format!("r-{}", instance.id.as_str().trim_start_matches("i-"))
}

/// What an instance has under the name of a filter.
fn values(call: &Call<'_>, instance: &Instance, name: &str) -> Vec<String> {
    let (version_4, version_6) = match instance.address {
        IpAddr::V4(address) => (vec![address.to_string()], Vec::new()),
        IpAddr::V6(address) => (Vec::new(), vec![address.to_string()]),
    };
    let value = match name {
        "instance-id" => instance.id.to_string(),
        "instance-state-name" => "running".to_owned(),
        "instance-state-code" => RUNNING.to_string(),
        "availability-zone" | "network-interface.availability-zone" => instance.zone.to_string(),
        "availability-zone-id" => zone_id(call, &instance.zone),
        "private-ip-address"
        | "network-interface.private-ip-address"
        | "network-interface.addresses.private-ip-address" => return version_4,
        "ipv6-address"
        | "network-interface.ipv6-address"
        | "network-interface.ipv6-addresses.ipv6-address" => return version_6,
        "vpc-id" | "network-interface.vpc-id" => call.settings.vpc.clone(),
        "owner-id" | "network-interface.owner-id" => call.scope.account.as_str().to_owned(),
        "reservation-id" => reservation(instance),
        "tenancy" => TENANCY.to_owned(),
        _ => return Vec::new(),
    };
    vec![value]
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
        xml.text("tenancy", TENANCY);
    });
    for list in ["blockDeviceMapping", "groupSet", "networkInterfaceSet", "productCodes", "tagSet"] {
        xml.element(list, |_| {});
    }
}
