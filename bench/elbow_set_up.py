"""The calls that set Elbow up for a measurement: those of anyone who sets up load balancers with the AWS SDK."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bench import authority
from bench.clients import Target
from bench.layout import Group, Kind, Layout
from bench.process import Process, free_port, free_ports

REGISTER_BATCH = 500
# The longest AWS allows: health checks are not what is measured, and the peers make none.
HEALTH_CHECK_INTERVAL_S = 300
SESSION_S = 3600
STICKY = {"stickiness.enabled": "true", "stickiness.type": "lb_cookie"}
# The targets know no method for health checks: they answer every call.
GRPC = {"ProtocolVersion": "GRPC", "Matcher": {"GrpcCode": "0"}}
LEAST_OUTSTANDING = {"load_balancing.algorithm.type": "least_outstanding_requests"}

Actions = list[dict[str, Any]]


@dataclass(frozen=True)
class Shop:
    """What was set up: where it listens, and its ARNs."""

    port: int
    load_balancer: str
    target_group: str
    listener: str


def set_up_layout(elbv2, acm, layout: Layout, process: Process) -> list[int]:
    """Sets up what `layout` says; gives the ports when all targets are healthy."""
    attributes = LEAST_OUTSTANDING if layout.kind is Kind.LEAST_OUTSTANDING else STICKY
    version = GRPC if layout.kind is Kind.GRPC else {}
    groups = [
        make_target_group(elbv2, f"bench-{number}", group.targets, HEALTH_CHECK_INTERVAL_S, attributes, version)
        for number, group in enumerate(layout.groups, start=1)
    ]
    ports = free_ports(layout.port_count)
    if layout.kind is Kind.RULES:
        listener = make_listener(elbv2, make_load_balancer(elbv2, "bench"), ports[0], not_found())
        for number, group in enumerate(groups, start=1):
            make_rule(elbv2, listener, number, group)
    elif layout.kind is Kind.WEIGHTED:
        make_listener(elbv2, make_load_balancer(elbv2, "bench"), ports[0], forward_by_weight(groups, layout.groups))
    elif layout.kind in (Kind.SECURE, Kind.GRPC):
        load_balancer, certificate = make_load_balancer(elbv2, "bench"), import_certificate(acm, layout.certificates)
        make_secure_listener(elbv2, load_balancer, ports[0], certificate, forward(groups[0]))
    else:
        for number, (group, port) in enumerate(zip(groups, ports, strict=True), start=1):
            make_listener(elbv2, make_load_balancer(elbv2, f"bench-{number}"), port, forward(group))
    process.wait_until(lambda: all(all_healthy(elbv2, group) for group in groups), "healthy with all targets")
    return ports


def set_up_classic(elb, kind: Kind, instances: Mapping[str, Target], process: Process) -> int:
    """A Classic Load Balancer, for connections or with sessions; gives its port when all instances are in service."""
    port, instance_port = free_port(), next(iter(instances.values())).port
    protocol = "TCP" if kind is Kind.TCP else "HTTP"
    listener = {"Protocol": protocol, "LoadBalancerPort": port, "InstancePort": instance_port}
    elb.create_load_balancer(LoadBalancerName="bench", Listeners=[listener], AvailabilityZones=["us-east-1a"])
    if kind is Kind.CLASSIC:
        elb.create_lb_cookie_stickiness_policy(
            LoadBalancerName="bench", PolicyName="sticky", CookieExpirationPeriod=SESSION_S
        )
        elb.set_load_balancer_policies_of_listener(
            LoadBalancerName="bench", LoadBalancerPort=port, PolicyNames=["sticky"]
        )
    check = {
        "Target": f"TCP:{instance_port}",
        "Interval": 5,
        "Timeout": 2,
        "UnhealthyThreshold": 2,
        "HealthyThreshold": 2,
    }
    elb.configure_health_check(LoadBalancerName="bench", HealthCheck=check)
    ids = [{"InstanceId": name} for name in instances]
    elb.register_instances_with_load_balancer(LoadBalancerName="bench", Instances=ids)

    def in_service() -> bool:
        states = elb.describe_instance_health(LoadBalancerName="bench")["InstanceStates"]
        return [state["State"] for state in states] == ["InService"] * len(ids)

    process.wait_until(in_service, "in service with all instances")
    return port


def set_up(elbv2, targets: Sequence[Target], process: Process, interval_s: int) -> Shop:
    """One sticky load balancer, with its ARNs; returns when all targets are healthy."""
    load_balancer = make_load_balancer(elbv2, "bench")
    target_group = make_target_group(elbv2, "bench", targets, interval_s)
    port = free_port()
    listener = make_listener(elbv2, load_balancer, port, forward(target_group))
    process.wait_until(lambda: all_healthy(elbv2, target_group), "healthy with all targets")
    return Shop(port, load_balancer, target_group, listener)


def make_load_balancer(elbv2, name: str) -> str:
    """A load balancer in two zones; gives its ARN."""
    return elbv2.create_load_balancer(
        Name=name, Type="application", Subnets=["subnet-0a0a0a0a0a0a0a0a0", "subnet-0b0b0b0b0b0b0b0b0"]
    )["LoadBalancers"][0]["LoadBalancerArn"]


def make_target_group(
    elbv2,
    name: str,
    targets: Sequence[Target],
    interval_s: int,
    attributes: Mapping[str, str] = STICKY,
    version: Mapping[str, Any] = MappingProxyType({}),
) -> str:
    """A target group, sticky unless told otherwise, with these targets; gives its ARN."""
    target_group = elbv2.create_target_group(
        Name=name,
        Protocol="HTTP",
        Port=targets[0].port,
        VpcId="vpc-0a0a0a0a0a0a0a0a0",
        TargetType="ip",
        HealthCheckIntervalSeconds=interval_s,
        HealthCheckTimeoutSeconds=min(5, interval_s - 1),
        **version,
    )["TargetGroups"][0]["TargetGroupArn"]
    elbv2.modify_target_group_attributes(
        TargetGroupArn=target_group, Attributes=[{"Key": key, "Value": value} for key, value in attributes.items()]
    )
    for first in range(0, len(targets), REGISTER_BATCH):
        batch = [{"Id": target.address, "Port": target.port} for target in targets[first : first + REGISTER_BATCH]]
        elbv2.register_targets(TargetGroupArn=target_group, Targets=batch)
    return target_group


def make_listener(elbv2, load_balancer: str, port: int, actions: Actions) -> str:
    """A listener with these default actions; gives its ARN."""
    return elbv2.create_listener(LoadBalancerArn=load_balancer, Protocol="HTTP", Port=port, DefaultActions=actions)[
        "Listeners"
    ][0]["ListenerArn"]


def import_certificate(acm, folder: Path) -> str:
    """The certificate that `authority` made; gives its ARN."""
    names = {"Certificate": authority.CERTIFICATE, "PrivateKey": authority.KEY, "CertificateChain": authority.AUTHORITY}
    given = {parameter: (folder / name).read_bytes() for parameter, name in names.items()}
    return acm.import_certificate(**given)["CertificateArn"]


def make_secure_listener(elbv2, load_balancer: str, port: int, certificate: str, actions: Actions) -> None:
    """An HTTPS listener that takes all of TLS 1.2 and 1.3 that is still sound."""
    elbv2.create_listener(
        LoadBalancerArn=load_balancer,
        Protocol="HTTPS",
        Port=port,
        SslPolicy="ELBSecurityPolicy-TLS13-1-2-PQ-2025-09",
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=actions,
    )


def make_rule(elbv2, listener: str, number: int, target_group: str) -> None:
    """A rule for the group's path, in the order of the numbers."""
    elbv2.create_rule(
        ListenerArn=listener,
        Priority=number,
        Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": [f"/service-{number}/*"]}}],
        Actions=forward(target_group),
    )


def forward(target_group: str) -> Actions:
    return [{"Type": "forward", "TargetGroupArn": target_group}]


def forward_by_weight(target_groups: Sequence[str], groups: Sequence[Group]) -> Actions:
    """New clients are spread by the weights, and stay with their group."""
    weighted = [
        {"TargetGroupArn": arn, "Weight": group.weight} for arn, group in zip(target_groups, groups, strict=True)
    ]
    stickiness = {"Enabled": True, "DurationSeconds": SESSION_S}
    config = {"TargetGroups": weighted, "TargetGroupStickinessConfig": stickiness}
    return [{"Type": "forward", "ForwardConfig": config}]


def not_found() -> Actions:
    return [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]


def all_healthy(elbv2, target_group: str) -> bool:
    found = elbv2.describe_target_health(TargetGroupArn=target_group)["TargetHealthDescriptions"]
    return all(target["TargetHealth"]["State"] == "healthy" for target in found)
