"""The ELBv2 API as real clients use it: boto3 for every action, aws-cli for the way to sticky sessions."""

from __future__ import annotations

import datetime
import urllib.error
import urllib.request
from typing import Any
from xml.etree import ElementTree

import botocore.auth
import pytest
from botocore.exceptions import ClientError
from conftest import ROOT, Elbow, free_port

SUBNETS = ["subnet-1", "subnet-2"]
STICKINESS = {
    "stickiness.enabled": "true",
    "stickiness.type": "lb_cookie",
    "stickiness.lb_cookie.duration_seconds": "600",
}


def actions_here() -> set[str]:
    """The actions that the parity page says are here."""
    sections = (ROOT / "docs" / "parity.md").read_text().split("\n## ")
    [page] = [section for section in sections if section.startswith("Application Load Balancers")]
    rows = (line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| "))
    return {row[0] for row in rows if row[-1] == "yes"}


def attributes(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def as_dict(pairs: list[dict[str, str]]) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in pairs}


def refusal(call: Any, **parameters: Any) -> tuple[str, str]:
    """Code and message with which a call is refused."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


class World:
    """A load balancer with a target group and a listener between them."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.balancer = client.create_load_balancer(Name="shop", Subnets=SUBNETS)["LoadBalancers"][0]
        self.balancer_arn = self.balancer["LoadBalancerArn"]
        self.group = client.create_target_group(Name="carts", Protocol="HTTP", Port=80, TargetType="ip", VpcId="vpc-1")
        self.group_arn = self.group["TargetGroups"][0]["TargetGroupArn"]
        self.port = free_port()
        self.listener_arn = self.listener(self.port)["ListenerArn"]

    def listener(self, port: int) -> dict[str, Any]:
        return self.client.create_listener(
            LoadBalancerArn=self.balancer_arn,
            Protocol="HTTP",
            Port=port,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.group_arn}],
        )["Listeners"][0]


@pytest.fixture
def world(elbow: Elbow) -> World:
    return World(elbow.client())


def test_every_action_that_the_parity_page_promises_answers(elbow: Elbow, world: World) -> None:
    client, balancer, group, listener = world.client, world.balancer_arn, world.group_arn, world.listener_arn
    targets = [{"Id": "127.0.0.1", "Port": free_port()}, {"Id": "10.0.0.1"}]
    client.describe_load_balancers(LoadBalancerArns=[balancer])
    client.describe_load_balancer_attributes(LoadBalancerArn=balancer)
    client.modify_load_balancer_attributes(
        LoadBalancerArn=balancer, Attributes=attributes({"idle_timeout.timeout_seconds": "90"})
    )
    client.set_subnets(LoadBalancerArn=balancer, SubnetMappings=[{"SubnetId": subnet} for subnet in SUBNETS])
    client.set_security_groups(LoadBalancerArn=balancer, SecurityGroups=["sg-1"])
    client.set_ip_address_type(LoadBalancerArn=balancer, IpAddressType="ipv4")
    client.describe_target_groups(LoadBalancerArn=balancer)
    client.modify_target_group(TargetGroupArn=group, HealthCheckPath="/up", Matcher={"HttpCode": "200-299"})
    client.describe_target_group_attributes(TargetGroupArn=group)
    client.modify_target_group_attributes(TargetGroupArn=group, Attributes=attributes(STICKINESS))
    client.register_targets(TargetGroupArn=group, Targets=targets)
    client.describe_target_health(TargetGroupArn=group, Include=["AnomalyDetection"])
    client.describe_listeners(LoadBalancerArn=balancer)
    client.modify_listener(ListenerArn=listener, Port=free_port())
    client.describe_listener_attributes(ListenerArn=listener)
    client.modify_listener_attributes(
        ListenerArn=listener, Attributes=attributes({"routing.http.response.server.enabled": "false"})
    )
    rule = client.create_rule(
        ListenerArn=listener,
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/carts/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": group}],
    )["Rules"][0]["RuleArn"]
    client.describe_rules(ListenerArn=listener)
    client.modify_rule(RuleArn=rule, Conditions=[{"Field": "host-header", "Values": ["carts.example.com"]}])
    client.set_rule_priorities(RulePriorities=[{"RuleArn": rule, "Priority": 2}])
    resources = [balancer, group, listener, rule]
    client.add_tags(ResourceArns=resources, Tags=attributes({"team": "carts", "empty": ""}))
    client.remove_tags(ResourceArns=resources, TagKeys=["team"])
    tags = client.describe_tags(ResourceArns=resources)["TagDescriptions"]
    assert [as_dict(resource["Tags"]) for resource in tags] == [{"empty": ""}] * 4
    client.describe_account_limits()
    client.describe_ssl_policies()
    show_certificates(elbow, world)
    ask_for_what_only_aws_has(client, balancer, listener)
    client.deregister_targets(TargetGroupArn=group, Targets=targets)
    client.delete_rule(RuleArn=rule)
    client.delete_listener(ListenerArn=listener)
    client.delete_load_balancer(LoadBalancerArn=balancer)
    client.delete_target_group(TargetGroupArn=group)
    assert client.describe_load_balancers()["LoadBalancers"] == []
    assert client.describe_target_groups()["TargetGroups"] == []
    assert elbow.called == actions_here()


def show_certificates(elbow: Elbow, world: World) -> None:
    """A listener of HTTPS, with a second certificate for a while."""
    acm = elbow.client("acm")
    certificates = []
    for name in ("shop.example.com", "carts.example.com"):
        issued = acm.request_certificate(DomainName=name, KeyAlgorithm="EC_prime256v1")
        certificates.append([{"CertificateArn": issued["CertificateArn"]}])
    secure = world.client.create_listener(
        LoadBalancerArn=world.balancer_arn,
        Protocol="HTTPS",
        Port=free_port(),
        Certificates=certificates[0],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": world.group_arn}],
    )["Listeners"][0]["ListenerArn"]
    world.client.add_listener_certificates(ListenerArn=secure, Certificates=certificates[1])
    world.client.remove_listener_certificates(ListenerArn=secure, Certificates=certificates[1])
    world.client.delete_listener(ListenerArn=secure)
    elbow.called.discard("RequestCertificate")


def ask_for_what_only_aws_has(client: Any, balancer: str, listener: str) -> None:
    """Reserved capacity and address pools: there are none. Nor are there trust stores in this world."""
    assert client.describe_capacity_reservation(LoadBalancerArn=balancer)["CapacityReservationState"] == []
    client.modify_capacity_reservation(LoadBalancerArn=balancer, ResetCapacityReservation=True)
    client.modify_ip_pools(LoadBalancerArn=balancer, RemoveIpamPools=["ipv4"])
    assert client.describe_listener_certificates(ListenerArn=listener)["Certificates"] == []
    assert client.describe_trust_stores()["TrustStores"] == []
    store = {"TrustStoreArn": "arn:aws:elasticloadbalancing:us-east-1:000000000000:truststore/none/0123456789abcdef"}
    bundle = {"CaCertificatesBundleS3Bucket": "none", "CaCertificatesBundleS3Key": "none"}
    assert refusal(client.create_trust_store, Name="none", **bundle)[0] == "CaCertificatesBundleNotFound"
    for call, more in (
        (client.describe_trust_store_associations, {}),
        (client.describe_trust_store_revocations, {}),
        (client.get_trust_store_ca_certificates_bundle, {}),
        (client.get_trust_store_revocation_content, {"RevocationId": 1}),
        (client.remove_trust_store_revocations, {"RevocationIds": [1]}),
        (client.delete_shared_trust_store_association, {"ResourceArn": balancer}),
        (client.delete_trust_store, {}),
        (client.modify_trust_store, bundle),
        (client.add_trust_store_revocations, {"RevocationContents": [{"S3Bucket": "none", "S3Key": "none"}]}),
    ):
        assert refusal(call, **store, **more)[0] == "TrustStoreNotFound"
    assert refusal(client.get_resource_policy, ResourceArn=balancer)[0] == "ResourceNotFound"


def test_the_way_to_sticky_sessions_with_aws_cli(elbow: Elbow) -> None:
    def aws(*arguments: str) -> Any:
        return elbow.aws("elbv2", *arguments)

    created = aws("create-load-balancer", "--name", "shop", "--subnets", *SUBNETS)
    balancer = created["LoadBalancers"][0]["LoadBalancerArn"]
    aws("wait", "load-balancer-available", "--load-balancer-arns", balancer)
    target_group = ("--name", "carts", "--protocol", "HTTP", "--port", "80", "--target-type", "ip", "--vpc-id", "vpc-1")
    group = aws("create-target-group", *target_group)["TargetGroups"][0]["TargetGroupArn"]
    ports = [free_port() for _ in range(3)]
    targets = [f"Id=127.0.0.1,Port={port}" for port in ports]
    aws("register-targets", "--target-group-arn", group, "--targets", *targets)
    action = f"Type=forward,TargetGroupArn={group}"
    port = str(free_port())
    listen = ("--load-balancer-arn", balancer, "--protocol", "HTTP", "--port", port, "--default-actions", action)
    listener = aws("create-listener", *listen)["Listeners"][0]["ListenerArn"]
    pairs = [f"Key={key},Value={value}" for key, value in STICKINESS.items()]
    changed = aws("modify-target-group-attributes", "--target-group-arn", group, "--attributes", *pairs)
    assert STICKINESS.items() <= as_dict(changed["Attributes"]).items()
    shown = aws("describe-target-group-attributes", "--target-group-arn", group)
    assert shown == changed
    health = aws("describe-target-health", "--target-group-arn", group)["TargetHealthDescriptions"]
    assert sorted(target["Target"]["Port"] for target in health) == sorted(ports)
    refused = elbow.aws("elbv2", "delete-target-group", "--target-group-arn", group, succeeds=False)
    assert "(ResourceInUse)" in refused
    assert "is currently in use by a listener or a rule" in refused
    aws("delete-listener", "--listener-arn", listener)
    aws("delete-load-balancer", "--load-balancer-arn", balancer)
    aws("delete-target-group", "--target-group-arn", group)
    assert aws("describe-load-balancers")["LoadBalancers"] == []


def test_a_retried_create_succeeds_and_a_different_one_does_not(world: World) -> None:
    again = World(world.client)
    assert (again.balancer_arn, again.group_arn) == (world.balancer_arn, world.group_arn)
    assert world.listener(world.port)["ListenerArn"] == world.listener_arn
    client = world.client
    assert refusal(client.create_load_balancer, Name="shop", Subnets=["subnet-1", "subnet-9"])[0] == (
        "DuplicateLoadBalancerName"
    )
    assert refusal(client.create_target_group, Name="carts", Protocol="HTTP", Port=81)[0] == "DuplicateTargetGroupName"


def test_actions_come_back_as_aws_echoes_them(world: World) -> None:
    [listener] = world.client.describe_listeners(ListenerArns=[world.listener_arn])["Listeners"]
    assert listener["DefaultActions"] == [
        {
            "Type": "forward",
            "TargetGroupArn": world.group_arn,
            "ForwardConfig": {
                "TargetGroups": [{"TargetGroupArn": world.group_arn, "Weight": 1}],
                "TargetGroupStickinessConfig": {"Enabled": False},
            },
        }
    ]


def test_paginators_see_everything_once(elbow: Elbow) -> None:
    client = elbow.client()
    names = [f"shop-{number:02}" for number in range(12)]
    for name in reversed(names):
        client.create_load_balancer(Name=name, Subnets=SUBNETS)
    pages = client.get_paginator("describe_load_balancers").paginate(PaginationConfig={"PageSize": 5})
    found = [[balancer["LoadBalancerName"] for balancer in page["LoadBalancers"]] for page in pages]
    assert [len(page) for page in found] == [5, 5, 2]
    assert [name for page in found for name in page] == names


def test_waiters_end(world: World) -> None:
    client, quick = world.client, {"Delay": 1, "MaxAttempts": 5}
    arns = [world.balancer_arn]
    client.get_waiter("load_balancer_exists").wait(LoadBalancerArns=arns, WaiterConfig=quick)
    client.get_waiter("load_balancer_available").wait(LoadBalancerArns=arns, WaiterConfig=quick)
    client.delete_load_balancer(LoadBalancerArn=world.balancer_arn)
    client.get_waiter("load_balancers_deleted").wait(LoadBalancerArns=arns, WaiterConfig=quick)
    targets = [{"Id": "10.0.0.1", "Port": 80}]
    waiter = client.get_waiter("target_deregistered")
    waiter.wait(TargetGroupArn=world.group_arn, Targets=targets, WaiterConfig=quick)


def test_a_deregistered_target_drains(world: World) -> None:
    client, targets = world.client, [{"Id": "127.0.0.1", "Port": free_port()}]
    client.register_targets(TargetGroupArn=world.group_arn, Targets=targets)
    client.deregister_targets(TargetGroupArn=world.group_arn, Targets=targets)
    [shown] = client.describe_target_health(TargetGroupArn=world.group_arn)["TargetHealthDescriptions"]
    assert shown["HealthCheckPort"] == str(targets[0]["Port"])
    assert shown["TargetHealth"] == {
        "State": "draining",
        "Reason": "Target.DeregistrationInProgress",
        "Description": "Target deregistration is in progress",
    }
    code, message = refusal(client.register_targets, TargetGroupArn=world.group_arn, Targets=targets)
    assert (code, "draining" in message) == ("InvalidTarget", True)


def test_refusals_say_what_tools_look_for(world: World) -> None:
    client = world.client
    unknown = world.group_arn.replace("/carts/", "/other/")
    for call, parameters, code, message in [
        (client.describe_load_balancers, {"Names": ["x"]}, "LoadBalancerNotFound", "Load balancers '[x]' not found"),
        (
            client.describe_target_groups,
            {"TargetGroupArns": [unknown]},
            "TargetGroupNotFound",
            "One or more target groups not found",
        ),
        (
            client.modify_load_balancer_attributes,
            {"LoadBalancerArn": world.balancer_arn, "Attributes": attributes({"no.such": "1"})},
            "ValidationError",
            "attribute key 'no.such' is not recognized",
        ),
        (
            client.modify_target_group_attributes,
            {"TargetGroupArn": world.group_arn, "Attributes": attributes({"stickiness.type": "source_ip"})},
            "InvalidConfigurationRequest",
            "Stickiness type 'source_ip' is not supported for target groups with the HTTP protocol",
        ),
        (
            client.remove_listener_certificates,
            {"ListenerArn": world.listener_arn, "Certificates": [{"CertificateArn": "arn:aws:acm:x"}]},
            "ValidationError",
            "not a valid certificate ARN",
        ),
    ]:
        found, text = refusal(call, **parameters)
        assert (found, message in text) == (code, True), text


def test_regions_are_namespaces(elbow: Elbow) -> None:
    here, there = elbow.client(), elbow.client(region="eu-west-2")
    balancer = here.create_load_balancer(Name="shop", Subnets=SUBNETS)["LoadBalancers"][0]
    assert ":us-east-1:" in balancer["LoadBalancerArn"]
    assert balancer["DNSName"].endswith(".us-east-1.elb.localhost")
    assert there.describe_load_balancers()["LoadBalancers"] == []
    other = there.create_load_balancer(Name="shop", Subnets=SUBNETS)["LoadBalancers"][0]
    assert [zone["ZoneName"] for zone in other["AvailabilityZones"]] == ["eu-west-2a", "eu-west-2b"]


def test_callers_who_cannot_prove_who_they_are_are_refused(elbow: Elbow, monkeypatch: pytest.MonkeyPatch) -> None:
    def code(**overrides: Any) -> str:
        return refusal(elbow.client(**overrides).describe_load_balancers)[0]

    assert code(aws_access_key_id="AKIDUNKNOWN") == "InvalidClientTokenId"
    assert code(aws_secret_access_key="not the secret") == "SignatureDoesNotMatch"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(elbow.url, b"Action=DescribeLoadBalancers&Version=2015-12-01")
    assert caught.value.code == 403
    assert b"<Code>MissingAuthenticationToken</Code>" in caught.value.read()

    late = datetime.datetime.now(datetime.UTC).replace(tzinfo=None) - datetime.timedelta(minutes=6)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: late)
    assert code() == "RequestExpired"


def test_a_presigned_request_is_good_for_its_parameters_only(elbow: Elbow) -> None:
    client = elbow.client()
    client.create_load_balancer(Name="shop", Subnets=SUBNETS)
    url = client.generate_presigned_url("describe_load_balancers", Params={"Names": ["shop"]}, HttpMethod="GET")
    with urllib.request.urlopen(url) as answer:
        assert b"<LoadBalancerName>shop</LoadBalancerName>" in answer.read()
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url.replace("=shop", "=other"))
    root = ElementTree.fromstring(caught.value.read())
    assert (caught.value.code, root[0][1].text) == (403, "SignatureDoesNotMatch")


def test_what_was_acknowledged_survives_a_power_cut(whole_elbow: Elbow) -> None:
    world = World(whole_elbow.client())
    world.client.modify_target_group_attributes(TargetGroupArn=world.group_arn, Attributes=attributes(STICKINESS))
    whole_elbow.kill()
    whole_elbow.start()
    client = whole_elbow.client()
    assert client.describe_load_balancers()["LoadBalancers"] == [world.balancer]
    shown = client.describe_target_group_attributes(TargetGroupArn=world.group_arn)["Attributes"]
    assert STICKINESS.items() <= as_dict(shown).items()
    assert client.describe_listeners(LoadBalancerArn=world.balancer_arn)["Listeners"][0]["Port"] == world.port
