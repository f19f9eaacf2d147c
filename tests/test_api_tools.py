"""What tools ask other services before and after they set up a load balancer: STS and EC2, on the same endpoint."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import Elbow

EC2_CALLS = {
    "describe_account_attributes": {"AttributeNames": ["supported-platforms"]},
    "describe_availability_zones": {"Filters": [{"Name": "opt-in-status", "Values": ["opt-in-not-required"]}]},
    "describe_instances": {"Filters": [{"Name": "instance-state-name", "Values": ["running"]}]},
    "describe_network_interfaces": {"Filters": [{"Name": "description", "Values": ["ELB app/shop/0123456789abcdef"]}]},
    "describe_security_groups": {"Filters": [{"Name": "group-name", "Values": ["default"]}]},
    "describe_subnets": {"Filters": [{"Name": "default-for-az", "Values": ["true"]}], "MaxResults": 100},
    "describe_vpcs": {"Filters": [{"Name": "isDefault", "Values": ["true"]}]},
    "describe_vpc_attribute": {"VpcId": "vpc-elbow", "Attribute": "enableDnsHostnames"},
}


def test_a_caller_is_told_who_it_is(elbow: Elbow) -> None:
    told = elbow.client("sts").get_caller_identity()
    assert (told["Account"], told["Arn"]) == ("000000000000", "arn:aws:iam::000000000000:root")
    assert elbow.aws("sts", "get-caller-identity")["Account"] == told["Account"]


@pytest.mark.parametrize("call", EC2_CALLS)
def test_ec2_describes_what_there_is(elbow: Elbow, call: str) -> None:
    assert getattr(elbow.client("ec2"), call)(**EC2_CALLS[call])["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_load_balancer_is_placed_where_ec2_says(elbow: Elbow) -> None:
    found = elbow.aws("ec2", "describe-subnets", "--filters", "Name=default-for-az,Values=true")["Subnets"]
    zones = {subnet["SubnetId"]: subnet["AvailabilityZone"] for subnet in found}
    created = elbow.client().create_load_balancer(Name="shop", Subnets=list(zones), SecurityGroups=["sg-shop"])
    placed = created["LoadBalancers"][0]["AvailabilityZones"]
    assert {placement["SubnetId"]: placement["ZoneName"] for placement in placed} == zones
    groups = elbow.aws("ec2", "describe-security-groups", "--group-ids", "sg-shop")["SecurityGroups"]
    assert [group["VpcId"] for group in groups] == [created["LoadBalancers"][0]["VpcId"]]


def documented_filters(service: Any, operation: str) -> list[str]:
    """The names of filters that botocore's model tells of."""
    told = service.operation_model(operation).input_shape.members["Filters"].documentation
    names = re.findall(r"<code>([^<]+)</code> +(?:\([^)]*\) +)?-", told)
    return [name.replace("&lt;key&gt;", "team") for name in names]


@pytest.mark.parametrize(
    "operation",
    ["DescribeAvailabilityZones", "DescribeInstances", "DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs"],
)
def test_every_documented_filter_is_known(elbow: Elbow, operation: str) -> None:
    client = elbow.client("ec2")
    names = documented_filters(client.meta.service_model, operation)
    assert len(names) > 5, names
    for name in names:
        client._make_api_call(operation, {"Filters": [{"Name": name, "Values": ["no-such-value"]}]})


def test_ec2_pages_are_read_by_paginators(elbow: Elbow) -> None:
    for call, found in (("describe_subnets", "Subnets"), ("describe_instances", "Reservations")):
        client = elbow.client("ec2")
        pages = client.get_paginator(call).paginate(PaginationConfig={"PageSize": 5})
        assert list(pages.search(found)) == getattr(client, call)()[found]


def refusal(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Code"]


def test_ec2_refuses_in_its_own_words(elbow: Elbow) -> None:
    client = elbow.client("ec2")
    assert refusal(client.describe_vpcs, VpcIds=["vpc-other"]) == "InvalidVpcID.NotFound"
    assert refusal(client.describe_instances, InstanceIds=["i-other"]) == "InvalidInstanceID.NotFound"
    assert refusal(client.describe_subnets, DryRun=True) == "DryRunOperation"
    assert refusal(client.create_vpc, CidrBlock="10.0.0.0/16") == "InvalidAction"
    stranger = elbow.client("ec2", aws_secret_access_key="another")
    assert refusal(stranger.describe_vpcs) == "SignatureDoesNotMatch"
