"""The calls of Terraform's AWS provider for a load balancer with rules, one by one: create, read, update, destroy.

Terraform itself needs a download; what its provider sends and what it takes from the answers is replayed here.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import Elbow, free_port

SUBNETS = ["subnet-1", "subnet-2"]
TAGS = [{"Key": "Name", "Value": "shop"}]
# What the provider drops and goes on without.
DROPPED = re.compile(r"attribute key ('|\")?([^'\" ]+)('|\")? is not (recognized|supported)")
# Codes of DescribeCapacityReservation that the provider takes for "there is none".
FORGIVEN = {"AccessDenied", "InvalidAction"}


class Provider:
    """Terraform's resources as functions: each creates, then reads, as an apply does."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def set_balancer_attributes(self, arn: str, attributes: dict[str, str]) -> None:
        while attributes:
            pairs = [{"Key": key, "Value": value} for key, value in attributes.items()]
            try:
                self.client.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=pairs)
                return
            except ClientError as error:
                dropped = DROPPED.search(str(error))
                assert dropped, error
                del attributes[dropped[2]]

    def create_lb(self, name: str) -> str:
        client = self.client
        with pytest.raises(client.exceptions.LoadBalancerNotFoundException):
            client.describe_load_balancers(Names=[name])
        made = client.create_load_balancer(
            Name=name, Type="application", Subnets=SUBNETS, SecurityGroups=["sg-1"], Scheme="internal", Tags=TAGS
        )
        arn = made["LoadBalancers"][0]["LoadBalancerArn"]
        assert self.read_lb(arn)["State"]["Code"] == "active"
        self.set_balancer_attributes(
            arn,
            {
                "access_logs.s3.enabled": "false",
                "connection_logs.s3.enabled": "false",
                "health_check_logs.s3.enabled": "false",
                "client_keep_alive.seconds": "3600",
                "deletion_protection.enabled": "false",
                "idle_timeout.timeout_seconds": "60",
                "routing.http.desync_mitigation_mode": "defensive",
                "routing.http.drop_invalid_header_fields.enabled": "false",
                "routing.http.preserve_host_header.enabled": "false",
                "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
                "routing.http.xff_client_port.enabled": "false",
                "routing.http.xff_header_processing.mode": "append",
                "routing.http2.enabled": "true",
                "waf.fail_open.enabled": "false",
                "zonal_shift.config.enabled": "false",
                "an.attribute.of.next.year": "1",
            },
        )
        self.read_lb(arn)
        return arn

    def read_lb(self, arn: str) -> dict[str, Any]:
        client = self.client
        [balancer] = client.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
        for key in ("DNSName", "CanonicalHostedZoneId", "VpcId", "Scheme", "IpAddressType", "Type"):
            assert balancer[key]
        assert {zone["SubnetId"] for zone in balancer["AvailabilityZones"]} == set(SUBNETS)
        assert client.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        try:
            client.describe_capacity_reservation(LoadBalancerArn=arn)
        except ClientError as error:
            assert error.response["Error"]["Code"] in FORGIVEN
        self.read_tags(arn)
        return balancer

    def read_tags(self, arn: str) -> dict[str, str]:
        [described] = self.client.describe_tags(ResourceArns=[arn])["TagDescriptions"]
        return {tag["Key"]: tag["Value"] for tag in described["Tags"]}

    def create_target_group(self, name: str) -> str:
        client = self.client
        with pytest.raises(client.exceptions.TargetGroupNotFoundException):
            client.describe_target_groups(Names=[name])
        made = client.create_target_group(
            Name=name,
            TargetType="ip",
            Port=8080,
            Protocol="HTTP",
            ProtocolVersion="",  # What it sends where its user says nothing.
            VpcId="vpc-1",
            HealthCheckEnabled=True,
            HealthCheckIntervalSeconds=30,
            HealthCheckPath="/",
            HealthCheckPort="traffic-port",
            HealthCheckProtocol="HTTP",
            HealthyThresholdCount=3,
            UnhealthyThresholdCount=3,
            Matcher={"HttpCode": "200"},
            Tags=TAGS,
        )
        arn = made["TargetGroups"][0]["TargetGroupArn"]
        attributes = {
            "stickiness.enabled": "true",
            "stickiness.type": "lb_cookie",
            "stickiness.lb_cookie.duration_seconds": "600",
            "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
            "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
            "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
            "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
            "deregistration_delay.timeout_seconds": "0",
            "load_balancing.algorithm.type": "round_robin",
            "load_balancing.algorithm.anomaly_mitigation": "off",
            "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
            "slow_start.duration_seconds": "0",
        }
        self.set_group_attributes(arn, attributes)
        self.read_target_group(arn)
        return arn

    def set_group_attributes(self, arn: str, attributes: dict[str, str]) -> None:
        pairs = [{"Key": key, "Value": value} for key, value in attributes.items()]
        self.client.modify_target_group_attributes(TargetGroupArn=arn, Attributes=pairs)

    def read_target_group(self, arn: str) -> dict[str, Any]:
        [group] = self.client.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
        for key in ("HealthCheckPath", "HealthCheckPort", "HealthCheckProtocol", "Matcher", "Port", "VpcId"):
            assert group[key]
        attributes = self.client.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
        assert "stickiness.enabled" in {attribute["Key"] for attribute in attributes}
        self.read_tags(arn)
        return group

    def create_attachment(self, group: str, address: str, port: int) -> None:
        target = {"Id": address, "Port": port}
        self.client.register_targets(TargetGroupArn=group, Targets=[target])
        [health] = self.client.describe_target_health(TargetGroupArn=group, Targets=[target])[
            "TargetHealthDescriptions"
        ]
        gone = {"Target.DeregistrationInProgress", "Target.NotRegistered"}
        assert health["TargetHealth"].get("Reason") not in gone

    def create_listener(self, balancer: str, port: int) -> str:
        fixed = {"ContentType": "text/plain", "MessageBody": "not here", "StatusCode": "404"}
        made = self.client.create_listener(
            LoadBalancerArn=balancer,
            Port=port,
            Protocol="HTTP",
            DefaultActions=[{"Type": "fixed-response", "Order": 1, "FixedResponseConfig": fixed}],
            Tags=TAGS,
        )
        arn = made["Listeners"][0]["ListenerArn"]
        attribute = {"Key": "routing.http.response.server.enabled", "Value": "true"}
        self.client.modify_listener_attributes(ListenerArn=arn, Attributes=[attribute])
        self.read_listener(arn)
        return arn

    def read_listener(self, arn: str) -> dict[str, Any]:
        [listener] = self.client.describe_listeners(ListenerArns=[arn])["Listeners"]
        assert [action["Order"] for action in listener["DefaultActions"]] == [1]
        assert self.client.describe_listener_attributes(ListenerArn=arn)["Attributes"]
        self.read_tags(arn)
        return listener

    def create_rule(self, listener: str, actions: list[dict[str, Any]], conditions: list[dict[str, Any]]) -> str:
        """Without a priority: the provider takes the one after the highest."""
        rules = self.client.describe_rules(ListenerArn=listener)["Rules"]
        highest = max((int(rule["Priority"]) for rule in rules if rule["Priority"] != "default"), default=0)
        made = self.client.create_rule(
            ListenerArn=listener, Priority=highest + 1, Actions=actions, Conditions=conditions, Tags=TAGS
        )
        arn = made["Rules"][0]["RuleArn"]
        self.read_rule(arn)
        return arn

    def read_rule(self, arn: str) -> dict[str, Any]:
        [rule] = self.client.describe_rules(RuleArns=[arn])["Rules"]
        for condition in rule["Conditions"]:
            config = {"path-pattern": "PathPatternConfig", "host-header": "HostHeaderConfig"}[condition["Field"]]
            assert condition[config]["Values"]
        assert all(action["Order"] for action in rule["Actions"])
        assert self.read_tags(arn) == {"Name": "shop"}
        return rule


def weighted(stable: str, canary: str, share: int) -> list[dict[str, Any]]:
    groups = [{"TargetGroupArn": stable, "Weight": 100 - share}, {"TargetGroupArn": canary, "Weight": share}]
    config = {"TargetGroups": groups, "TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 600}}
    return [{"Type": "forward", "Order": 1, "ForwardConfig": config}]


def test_terraform_creates_reads_updates_and_destroys(elbow: Elbow) -> None:
    client = elbow.client()
    provider = Provider(client)
    balancer = provider.create_lb("shop")
    stable, canary = provider.create_target_group("stable"), provider.create_target_group("canary")
    port = free_port()
    provider.create_attachment(stable, "127.0.0.1", port)
    listener = provider.create_listener(balancer, free_port())
    paths = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/carts/*", "/api/*"]}}]
    rule = provider.create_rule(listener, weighted(stable, canary, 10), paths)
    hosts = [{"Field": "host-header", "HostHeaderConfig": {"Values": ["shop.example.com"]}}]
    alone = [{"Type": "forward", "Order": 1, "TargetGroupArn": stable}]
    second = provider.create_rule(listener, alone, hosts)
    assert [provider.read_rule(arn)["Priority"] for arn in (rule, second)] == ["1", "2"]
    assert provider.read_target_group(canary)["LoadBalancerArns"] == [balancer]

    # A second apply changes what has changed.
    client.set_rule_priorities(RulePriorities=[{"RuleArn": rule, "Priority": 100}])
    rewrite = {"Rewrites": [{"Regex": "^/api/(.*)$", "Replace": "/$1"}]}
    transforms = [{"Type": "url-rewrite", "UrlRewriteConfig": rewrite}]
    client.modify_rule(RuleArn=rule, Actions=weighted(stable, canary, 50), Conditions=hosts, Transforms=transforms)
    changed = provider.read_rule(rule)
    assert (changed["Priority"], changed["Transforms"]) == ("100", transforms)
    client.modify_rule(RuleArn=rule, ResetTransforms=True)
    assert provider.read_rule(rule)["Transforms"] == []
    client.modify_listener(ListenerArn=listener, Port=free_port(), Protocol="HTTP", DefaultActions=alone)
    provider.read_listener(listener)
    client.modify_target_group(
        TargetGroupArn=stable,
        HealthCheckEnabled=True,
        HealthCheckIntervalSeconds=10,
        HealthCheckPath="/up",
        HealthCheckPort="traffic-port",
        HealthCheckProtocol="HTTP",
        HealthCheckTimeoutSeconds=5,
        HealthyThresholdCount=2,
        UnhealthyThresholdCount=2,
        Matcher={"HttpCode": "200-299"},
    )
    provider.set_group_attributes(stable, {"stickiness.lb_cookie.duration_seconds": "60"})
    provider.set_balancer_attributes(balancer, {"idle_timeout.timeout_seconds": "120"})
    client.set_security_groups(LoadBalancerArn=balancer, SecurityGroups=["sg-2"])
    client.add_tags(ResourceArns=[balancer], Tags=[{"Key": "team", "Value": "carts"}])
    client.remove_tags(ResourceArns=[balancer], TagKeys=["Name"])
    provider.read_lb(balancer)
    assert provider.read_tags(balancer) == {"team": "carts"}

    for arn in (rule, second):
        client.delete_rule(RuleArn=arn)
    client.deregister_targets(TargetGroupArn=stable, Targets=[{"Id": "127.0.0.1", "Port": port}])
    client.delete_listener(ListenerArn=listener)
    for arn in (stable, canary):
        client.delete_target_group(TargetGroupArn=arn)
    client.delete_load_balancer(LoadBalancerArn=balancer)
    with pytest.raises(client.exceptions.LoadBalancerNotFoundException):
        client.describe_load_balancers(LoadBalancerArns=[balancer])
    assert client.describe_target_groups()["TargetGroups"] == []
