"""The API of Classic Load Balancers as real clients use it: boto3 for every action, aws-cli for the way to sticky
sessions, and requests that stick."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import awscli
import botocore.session
import pytest
from browser import Browser
from conftest import BINARY, Elbow, free_port, until
from targets import target
from test_api_elbv2 import refusal

ZONE = "us-east-1a"
INSTANCES = ["i-0a", "i-0b"]
REGISTERED = [{"InstanceId": instance} for instance in INSTANCES]
HEALTH_CHECK = {"Interval": 5, "Timeout": 2, "UnhealthyThreshold": 2, "HealthyThreshold": 2}


def listener(port: int, protocol: str = "HTTP", instance_port: int = 8080, **more: Any) -> dict[str, Any]:
    return {"Protocol": protocol, "LoadBalancerPort": port, "InstancePort": instance_port} | more


def put_instance(elbow: Elbow, instance: str, address: str) -> None:
    command = [BINARY, "instance", "put", instance, "--address", address, "--zone", ZONE]
    subprocess.run([*command, "--data-dir", elbow.folder / "data"], check=True, timeout=60)
    client = elbow.client("ec2")
    filters = [{"Name": "instance-id", "Values": [instance]}]
    until(lambda: client.describe_instances(Filters=filters)["Reservations"], "the directory to know the instance")


def test_every_action(whole_elbow: Elbow) -> None:
    """A load balancer from its first call to its last one; each answer is held to botocore's model."""
    elb = whole_elbow.client("elb")
    for number, instance in enumerate(INSTANCES):
        put_instance(whole_elbow, instance, f"127.0.0.{2 + number}")
    arn = upload_certificate(whole_elbow)
    port, secure_port = free_port(), free_port()
    shop = {"LoadBalancerName": "shop"}
    tags = [{"Key": "team", "Value": "carts"}]
    made = elb.create_load_balancer(**shop, Listeners=[listener(port, "http")], AvailabilityZones=[ZONE], Tags=tags)
    assert made["DNSName"].endswith(".us-east-1.elb.localhost")
    secure = listener(secure_port, "HTTPS", InstanceProtocol="http", SSLCertificateId=arn)
    elb.create_load_balancer_listeners(**shop, Listeners=[secure])
    elb.set_load_balancer_listener_ssl_certificate(**shop, LoadBalancerPort=secure_port, SSLCertificateId=arn)
    check = HEALTH_CHECK | {"Target": "HTTP:8080/up"}
    assert elb.configure_health_check(**shop, HealthCheck=check)["HealthCheck"] == check
    assert elb.register_instances_with_load_balancer(**shop, Instances=REGISTERED)["Instances"] == REGISTERED
    states = elb.describe_instance_health(**shop)["InstanceStates"]
    assert {state["InstanceId"] for state in states} == set(INSTANCES)
    policies(elb, shop, port)
    attributes(elb, shop)
    zones(elb, shop)
    elb.add_tags(LoadBalancerNames=["shop"], Tags=[{"Key": "stage", "Value": "test"}])
    elb.remove_tags(LoadBalancerNames=["shop"], Tags=[{"Key": "team"}])
    described = elb.describe_tags(LoadBalancerNames=["shop"])["TagDescriptions"]
    assert described == [{"LoadBalancerName": "shop", "Tags": [{"Key": "stage", "Value": "test"}]}]
    groups = elb.apply_security_groups_to_load_balancer(**shop, SecurityGroups=["sg-1"])["SecurityGroups"]
    assert groups == ["sg-1"]
    assert {limit["Name"] for limit in elb.describe_account_limits()["Limits"]} >= {"classic-listeners"}
    [found] = elb.describe_load_balancers(LoadBalancerNames=["shop"])["LoadBalancerDescriptions"]
    assert found["VPCId"] and "SourceSecurityGroup" not in found, "tools ask EC2 for the group where both are told"
    assert found["HealthCheck"] == check
    left = elb.deregister_instances_from_load_balancer(**shop, Instances=REGISTERED[:1])["Instances"]
    assert left == REGISTERED[1:]
    elb.delete_load_balancer_listeners(**shop, LoadBalancerPorts=[secure_port])
    elb.delete_load_balancer(**shop)
    elb.delete_load_balancer(**shop)
    code, message = refusal(elb.describe_load_balancers, LoadBalancerNames=["shop"])
    assert (code, message) == ("LoadBalancerNotFound", "There is no ACTIVE Load Balancer named 'shop'")
    model = botocore.session.get_session().get_service_model("elb")
    assert set(model.operation_names) <= whole_elbow.called


def policies(elb: Any, shop: dict[str, str], port: int) -> None:
    """Every type of policy, in force and out of force."""
    elb.create_lb_cookie_stickiness_policy(**shop, PolicyName="duration", CookieExpirationPeriod=600)
    elb.create_app_cookie_stickiness_policy(**shop, PolicyName="application", CookieName="cart")
    proxy = [{"AttributeName": "ProxyProtocol", "AttributeValue": "true"}]
    created = {"PolicyName": "proxy", "PolicyTypeName": "ProxyProtocolPolicyType", "PolicyAttributes": proxy}
    elb.create_load_balancer_policy(**shop, **created)
    code, message = refusal(
        elb.set_load_balancer_policies_for_backend_server, **shop, InstancePort=8080, PolicyNames=["proxy"]
    )
    assert code == "InvalidConfigurationRequest" and "InstancePort 8080 is spoken to over HTTP" in message
    tcp_port = free_port()
    elb.create_load_balancer_listeners(**shop, Listeners=[listener(tcp_port, "TCP", 8081)])
    elb.set_load_balancer_policies_for_backend_server(**shop, InstancePort=8081, PolicyNames=["proxy"])
    elb.set_load_balancer_policies_for_backend_server(**shop, InstancePort=8081, PolicyNames=[])
    elb.delete_load_balancer_listeners(**shop, LoadBalancerPorts=[tcp_port])
    both = ["duration", "application"]
    parameters = {**shop, "LoadBalancerPort": port}
    code, _ = refusal(elb.set_load_balancer_policies_of_listener, **parameters, PolicyNames=both)
    assert code == "InvalidConfigurationRequest"
    elb.set_load_balancer_policies_of_listener(**parameters, PolicyNames=["duration"])
    code, message = refusal(elb.delete_load_balancer_policy, **shop, PolicyName="duration")
    assert code == "InvalidConfigurationRequest" and "You cannot delete policy [duration]" in message
    elb.set_load_balancer_policies_of_listener(**parameters, PolicyNames=[])
    elb.delete_load_balancer_policy(**shop, PolicyName="duration")
    own = elb.describe_load_balancer_policies(**shop)["PolicyDescriptions"]
    assert {policy["PolicyName"] for policy in own} == {"application", "proxy", "ELBSecurityPolicy-2016-08"}
    samples = elb.describe_load_balancer_policies()["PolicyDescriptions"]
    assert samples[0]["PolicyName"] == "ELBSecurityPolicy-2016-08"
    policy_types(elb)


def policy_types(elb: Any) -> None:
    """The types are told as by AWS, whose answer aws-cli ships; it leaves out the attributes of one."""
    folder = Path(awscli.__file__).parent / "examples" / "elb"
    example = (folder / "describe-load-balancer-policy-types.rst").read_text().split("Output::", 1)[1]
    told = json.loads(re.sub(r"(?m)^ *\.$", "", example))["PolicyTypeDescriptions"]
    ours = elb.describe_load_balancer_policy_types()["PolicyTypeDescriptions"]
    found = {it["PolicyTypeName"]: it for it in ours}
    security = found["SSLNegotiationPolicyType"].pop("PolicyAttributeTypeDescriptions")
    assert {it["Cardinality"] for it in security} == {"ZERO_OR_ONE"}
    names = {it["AttributeName"] for it in security}
    assert names >= {"Reference-Security-Policy", "Protocol-TLSv1.2", "Server-Defined-Cipher-Order", "AES128-SHA"}
    for kind in told:
        if kind["PolicyTypeName"] == "SSLNegotiationPolicyType":
            del kind["PolicyAttributeTypeDescriptions"]
    proxy = found["ProxyProtocolPolicyType"]["PolicyAttributeTypeDescriptions"]
    assert proxy.pop()["AttributeName"] == "elbow.ProxyProtocolVersion"
    assert found == {it["PolicyTypeName"]: it for it in told}


def attributes(elb: Any, shop: dict[str, str]) -> None:
    draining = {"ConnectionDraining": {"Enabled": True, "Timeout": 20}}
    changed = elb.modify_load_balancer_attributes(**shop, LoadBalancerAttributes=draining)
    assert changed["LoadBalancerAttributes"] == draining, "only what was changed"
    told = elb.describe_load_balancer_attributes(**shop)["LoadBalancerAttributes"]
    assert told["CrossZoneLoadBalancing"] == {"Enabled": False}
    assert told["ConnectionSettings"] == {"IdleTimeout": 60}
    desync = {"Key": "elb.http.desyncmitigationmode", "Value": "strictest"}
    elb.modify_load_balancer_attributes(**shop, LoadBalancerAttributes={"AdditionalAttributes": [desync]})
    told = elb.describe_load_balancer_attributes(**shop)["LoadBalancerAttributes"]
    assert told["AdditionalAttributes"] == [desync]


def zones(elb: Any, shop: dict[str, str]) -> None:
    names = {"AvailabilityZones": ["us-east-1b"]}
    enabled = elb.enable_availability_zones_for_load_balancer(**shop, **names)
    assert enabled["AvailabilityZones"] == [ZONE, "us-east-1b"]
    elb.disable_availability_zones_for_load_balancer(**shop, **names)
    subnets = {"Subnets": ["subnet-us-east-1c"]}
    attached = elb.attach_load_balancer_to_subnets(**shop, **subnets)["Subnets"]
    assert attached == [f"subnet-{ZONE}", "subnet-us-east-1c"]
    elb.detach_load_balancer_from_subnets(**shop, **subnets)


def upload_certificate(elbow: Elbow) -> str:
    """A certificate of the local authority's; gives its ARN."""
    acm = elbow.client("acm")
    return acm.request_certificate(DomainName="shop.example.com")["CertificateArn"]


def test_a_certificate_in_use_stays(elbow: Elbow) -> None:
    acm, elb, arn = elbow.client("acm"), elbow.client("elb"), upload_certificate(elbow)
    secure = listener(free_port(), "SSL", InstanceProtocol="TCP", SSLCertificateId=arn)
    elb.create_load_balancer(LoadBalancerName="shop", Listeners=[secure], AvailabilityZones=[ZONE])
    user = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/shop"
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"] == [user]
    code, _ = refusal(acm.delete_certificate, CertificateArn=arn)
    assert code == "ResourceInUseException"
    elb.delete_load_balancer(LoadBalancerName="shop")
    acm.delete_certificate(CertificateArn=arn)


class Shop:
    """Two instances behind a listener, set up with aws-cli, and a browser in front of it."""

    def __init__(self, elbow: Elbow, instance_port: int) -> None:
        self.elbow, self.port = elbow, free_port()
        self.browser = Browser(self.port)
        spec = f"Protocol=http,LoadBalancerPort={self.port},InstancePort={instance_port}"
        self.aws("create-load-balancer", "--listeners", spec, "--availability-zones", ZONE)
        check = f"Target=TCP:{instance_port},Interval=5,Timeout=2,UnhealthyThreshold=2,HealthyThreshold=2"
        self.aws("configure-health-check", "--health-check", check)
        self.aws("register-instances-with-load-balancer", "--instances", *INSTANCES)
        until(self.in_service, "the instances to be in service", 30)

    def aws(self, action: str, *arguments: str) -> Any:
        return self.elbow.aws("elb", action, "--load-balancer-name", "shop", *arguments)

    def in_service(self) -> bool:
        states = self.elbow.client("elb").describe_instance_health(LoadBalancerName="shop")["InstanceStates"]
        return all(state["State"] == "InService" for state in states)

    def set_policies(self, *names: str) -> None:
        port = ("--load-balancer-port", str(self.port))
        given = names or ("[]",)
        self.aws("set-load-balancer-policies-of-listener", *port, "--policy-names", *given)

    def answered_by(self, requests: int = 12) -> set[str]:
        answers = [self.browser.get() for _ in range(requests)]
        assert {status for status, _, _ in answers} == {200}
        return {body for _, body, _ in answers}


@pytest.fixture
def shop(whole_elbow: Elbow) -> Iterator[Shop]:
    port = free_port()
    with ExitStack() as running:
        for number, instance in enumerate(INSTANCES):
            address = f"127.0.0.{2 + number}"
            answer = lambda _, instance=instance: instance  # noqa: E731
            running.enter_context(target(answer, address=(address, port), cookie=lambda _: "cart=1; Path=/"))
            put_instance(whole_elbow, instance, address)
        yield Shop(whole_elbow, port)


def test_sessions_stick_by_duration(shop: Shop) -> None:
    assert shop.answered_by() == set(INSTANCES), "without a policy every instance is used"
    shop.aws("create-lb-cookie-stickiness-policy", "--policy-name", "sticky", "--cookie-expiration-period", "600")
    shop.set_policies("sticky")
    status, first, headers = shop.browser.get()
    assert (status, len(shop.answered_by())) == (200, 1)
    cookies = headers.get_all("Set-Cookie", [])
    assert any(cookie.startswith("AWSELB=") and "MAX-AGE=600" in cookie for cookie in cookies), cookies
    assert shop.answered_by() == {first}
    shop.set_policies()
    assert shop.answered_by() == set(INSTANCES)


def test_sessions_stick_with_the_applications_cookie(shop: Shop) -> None:
    shop.aws("create-app-cookie-stickiness-policy", "--policy-name", "with-cart", "--cookie-name", "cart")
    shop.set_policies("with-cart")
    _, first, _ = shop.browser.get()
    assert set(shop.browser.cookies) >= {"AWSELB", "cart"}
    assert shop.answered_by() == {first}
    del shop.browser.cookies["cart"]
    others = set()
    for _ in range(12):
        others.add(shop.browser.get()[1])
        shop.browser.cookies.pop("cart", None)
    assert others == set(INSTANCES), "a session ends with the application's cookie"


def test_aws_cli_sees_what_was_set_up(shop: Shop) -> None:
    shop.elbow.aws("elb", "wait", "instance-in-service", "--load-balancer-name", "shop")
    described = shop.elbow.aws("elb", "describe-load-balancers", "--load-balancer-names", "shop")
    [found] = described["LoadBalancerDescriptions"]
    assert [instance["InstanceId"] for instance in found["Instances"]] == INSTANCES
