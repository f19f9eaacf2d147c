"""What `/metrics` tells of the health of targets."""

from __future__ import annotations

import re
import urllib.request

import pytest
from conftest import API_ONLY, Elbow, free_port, until
from targets import target

pytestmark = pytest.mark.skipif(API_ONLY, reason="ELBOW_API_ONLY=1: the binary under test has no data plane")

# The shortest interval that AWS takes.
INTERVAL_SECONDS = 5


def metrics(elbow: Elbow, name: str, **labels: str) -> dict[str, int]:
    """The values of one family whose labels are these, by the label that is left."""
    with urllib.request.urlopen(f"{elbow.url}/metrics", timeout=10) as answer:
        lines = re.findall(rf"^{name}{{(.*)}} (\d+)$", answer.read().decode(), re.MULTILINE)
    found = {}
    for text, value in lines:
        of = dict(re.findall(r'(\w+)="([^"]*)"', text))
        if labels.items() <= of.items():
            (left,) = of.keys() - labels.keys()
            found[of[left]] = int(value)
    return found


def test_a_target_that_dies_is_seen_on_the_metrics_page_o6(whole_elbow: Elbow) -> None:
    client = whole_elbow.client()
    balancer = client.create_load_balancer(Name="shop", Subnets=["subnet-1", "subnet-2"])["LoadBalancers"][0]
    group = client.create_target_group(
        Name="carts",
        Protocol="HTTP",
        Port=80,
        VpcId="vpc-1",
        TargetType="ip",
        HealthCheckIntervalSeconds=INTERVAL_SECONDS,
        HealthCheckTimeoutSeconds=2,
    )["TargetGroups"][0]["TargetGroupArn"]
    load_balancer, target_group = (arn.rsplit("/", 1)[1] for arn in (balancer["LoadBalancerArn"], group))

    def states() -> dict[str, int]:
        found = metrics(whole_elbow, "elbow_targets", load_balancer=load_balancer, target_group=target_group)
        return {state: count for state, count in found.items() if count}

    def checks() -> dict[str, int]:
        return metrics(whole_elbow, "elbow_health_checks_total", target_group=target_group)

    with target(lambda _: "one") as stays:
        with target(lambda _: "two") as dies:
            ports = (stays, dies)
            targets = [{"Id": "127.0.0.1", "Port": port} for port in ports]
            client.register_targets(TargetGroupArn=group, Targets=targets)
            assert states() == {}, "a group that no load balancer uses"
            client.create_listener(
                LoadBalancerArn=balancer["LoadBalancerArn"],
                Protocol="HTTP",
                Port=free_port(),
                DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
            )
            until(lambda: states() == {"healthy": 2}, "two healthy targets")
            assert checks()["PASS"] == 2
        until(lambda: states() == {"healthy": 1, "unhealthy": 1}, "the dead one", 6 * INTERVAL_SECONDS)
        assert checks()["ConnectionReset"] >= 2
        client.deregister_targets(TargetGroupArn=group, Targets=targets[1:])
        until(lambda: states() == {"healthy": 1, "draining": 1}, "the dead one draining")
