"""Stacks of CloudFormation as real clients use them: `aws cloudformation deploy`, boto3 with its waiters, and
requests that stick to what a template made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest
from browser import Browser
from conftest import Elbow, free_port, until
from targets import target
from test_api_elbv2 import refusal
from test_classic_api import INSTANCES, put_instance, upload_certificate

SHOP = """
Parameters:
  Port: {Type: Number}
  CartPort: {Type: Number}
  InstancePort: {Type: Number}
  Sticky: {Type: String, Default: by-duration, AllowedValues: [by-duration, for-the-browser]}
Resources:
  Shop:
    Type: AWS::ElasticLoadBalancing::LoadBalancer
    Properties:
      AvailabilityZones: [!Select [0, !GetAZs '']]
      Instances: [i-0a, i-0b]
      Listeners:
        - LoadBalancerPort: !Ref Port
          InstancePort: !Ref InstancePort
          Protocol: HTTP
          PolicyNames: [!Ref Sticky]
        - LoadBalancerPort: !Ref CartPort
          InstancePort: !Ref InstancePort
          Protocol: HTTP
      LBCookieStickinessPolicy:
        - {PolicyName: by-duration, CookieExpirationPeriod: 600}
        - {PolicyName: for-the-browser}
      Policies:
        - PolicyName: by-cart
          PolicyType: AppCookieStickinessPolicyType
          Attributes: [{Name: CookieName, Value: cart}]
          LoadBalancerPorts: [!Ref CartPort]
      HealthCheck:
        Target: !Sub 'TCP:${InstancePort}'
        Interval: 5
        Timeout: 2
        HealthyThreshold: 2
        UnhealthyThreshold: 2
Outputs:
  Name: {Value: !Ref Shop}
"""
WAIT = {"Delay": 1, "MaxAttempts": 20}


class Deployed:
    """The template, deployed with aws-cli, and what stands behind it."""

    def __init__(self, elbow: Elbow, folder: Path, instance_port: int) -> None:
        self.elbow, self.file = elbow, folder / "shop.yaml"
        self.ports = {"Port": free_port(), "CartPort": free_port(), "InstancePort": instance_port}
        self.client = elbow.client("cloudformation")

    def deploy(self, template: str = SHOP, succeeds: bool = True, **parameters: str) -> str:
        self.file.write_text(template)
        given = [f"{name}={value}" for name, value in (self.ports | parameters).items()]
        names = ("--stack-name", "shop", "--template-file", str(self.file))
        return self.elbow.aws(
            "cloudformation",
            "deploy",
            "--no-fail-on-empty-changeset",
            *names,
            "--parameter-overrides",
            *given,
            succeeds=succeeds,
        )

    def stack(self) -> dict[str, Any]:
        return self.client.describe_stacks(StackName="shop")["Stacks"][0]

    def balancers(self) -> list[dict[str, Any]]:
        return self.elbow.client("elb").describe_load_balancers()["LoadBalancerDescriptions"]

    def in_service(self) -> bool:
        [balancer] = self.balancers()
        name = {"LoadBalancerName": balancer["LoadBalancerName"]}
        states = self.elbow.client("elb").describe_instance_health(**name)["InstanceStates"]
        return len(states) == len(INSTANCES) and all(state["State"] == "InService" for state in states)


@pytest.fixture
def shop(whole_elbow: Elbow, tmp_path: Path) -> Iterator[Deployed]:
    port = free_port()
    with ExitStack() as running:
        for number, instance in enumerate(INSTANCES):
            address = f"127.0.0.{2 + number}"
            answer = lambda _, instance=instance: instance  # noqa: E731
            running.enter_context(target(answer, address=(address, port), cookie=lambda _: "cart=1; Path=/"))
            put_instance(whole_elbow, instance, address)
        yield Deployed(whole_elbow, tmp_path, port)


def sticks(browser: Browser, cookie: str) -> None:
    first = browser.get()[1]
    assert cookie in browser.cookies
    assert {browser.get()[1] for _ in range(12)} == {first}


def test_deploy_makes_changes_and_deletes(shop: Deployed) -> None:
    """Both kinds of sticky sessions by a template; a session goes on while the template changes around it."""
    assert "Successfully created/updated stack" in shop.deploy()
    assert shop.stack()["StackStatus"] == "CREATE_COMPLETE"
    [balancer] = shop.balancers()
    assert shop.stack()["Outputs"] == [{"OutputKey": "Name", "OutputValue": balancer["LoadBalancerName"]}]
    until(shop.in_service, "the instances to be in service", 30)
    browser, cart = Browser(shop.ports["Port"]), Browser(shop.ports["CartPort"])
    sticks(browser, "AWSELB")
    sticks(cart, "AWSELB")

    assert "No changes to deploy" in shop.deploy()
    instance = cart.get()[1]
    assert "Successfully created/updated stack" in shop.deploy(Sticky="for-the-browser")
    assert shop.stack()["StackStatus"] == "UPDATE_COMPLETE"
    [changed] = shop.balancers()
    policies = {it["Listener"]["LoadBalancerPort"]: it["PolicyNames"] for it in changed["ListenerDescriptions"]}
    assert policies == {shop.ports["Port"]: ["for-the-browser"], shop.ports["CartPort"]: ["by-cart"]}
    assert changed["DNSName"] == balancer["DNSName"]
    assert {cart.get()[1] for _ in range(12)} == {instance}, "the other listener's sessions go on"
    sticks(Browser(shop.ports["Port"]), "AWSELB")

    shop.elbow.aws("cloudformation", "delete-stack", "--stack-name", "shop")
    shop.client.get_waiter("stack_delete_complete").wait(StackName="shop", WaiterConfig=WAIT)
    assert shop.balancers() == []


def test_what_fails_is_rolled_back(shop: Deployed) -> None:
    broken = SHOP.replace("Value: cart}", "Value: ''}")
    assert "Failed to create/update the stack" in shop.deploy(broken, succeeds=False)
    assert shop.stack()["StackStatus"] == "ROLLBACK_COMPLETE"
    assert shop.balancers() == []
    events = shop.client.describe_stack_events(StackName="shop")["StackEvents"]
    [failed] = [event for event in events if event["ResourceStatus"] == "CREATE_FAILED"]
    assert failed["LogicalResourceId"] == "Shop" and "CookieName" in failed["ResourceStatusReason"]
    assert "ROLLBACK_COMPLETE state and can not be updated" in shop.deploy(succeeds=False)
    shop.client.delete_stack(StackName="shop")

    shop.deploy()
    before = shop.balancers()
    assert "Failed to create/update the stack" in shop.deploy(broken, succeeds=False)
    assert shop.stack()["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert shop.balancers() == before
    assert "No changes to deploy" in shop.deploy()


def test_a_stack_survives_a_power_cut(shop: Deployed) -> None:
    """Killed while stacks are created, Elbow has each of them whole or not at all, and none in progress."""
    template = {"Resources": {"Carts": group("Carts"), "Orders": group("Orders")}}
    client, answered = shop.client, []
    with pytest.raises(botocore.exceptions.BotoCoreError):
        for number in range(10_000):
            if number == 20:
                shop.elbow.process.kill()
            client.create_stack(StackName=f"s{number}", TemplateBody=json.dumps(template))
            answered.append(f"s{number}")
    shop.elbow.kill()
    shop.elbow.start()
    client, elbv2 = shop.elbow.client("cloudformation"), shop.elbow.client("elbv2")
    stacks = {stack["StackName"]: stack["StackStatus"] for stack in client.describe_stacks()["Stacks"]}
    assert set(answered) <= set(stacks) and set(stacks.values()) == {"CREATE_COMPLETE"}
    groups = elbv2.describe_target_groups()["TargetGroups"]
    assert len(groups) == 2 * len(stacks), "nothing of a stack that is not there"
    for name in stacks:
        client.delete_stack(StackName=name)
    assert elbv2.describe_target_groups()["TargetGroups"] == []


def group(name: str) -> dict[str, Any]:
    properties = {"Protocol": "HTTP", "Port": 80, "TargetType": "ip", "Tags": [{"Key": "of", "Value": name}]}
    return {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": properties}


def application(port: int, certificate: str, secure_port: int) -> dict[str, Any]:
    """An Application Load Balancer with everything that a template can have of it but a trust store."""
    forward = [{"Type": "forward", "TargetGroupArn": {"Ref": "Carts"}}]
    closed = {"StatusCode": "503", "ContentType": "text/plain", "MessageBody": {"Fn::Sub": "closed ${AWS::StackName}"}}
    v2 = "AWS::ElasticLoadBalancingV2::"
    resources: dict[str, Any] = {
        "Balancer": {"Type": f"{v2}LoadBalancer", "Properties": {"Subnets": ["subnet-1", "subnet-2"]}},
        "Carts": group("Carts"),
        "Plain": {
            "Type": f"{v2}Listener",
            "Properties": {
                "LoadBalancerArn": {"Ref": "Balancer"},
                "Protocol": "HTTP",
                "Port": port,
                "DefaultActions": forward,
            },
        },
        "Secure": {
            "Type": f"{v2}Listener",
            "Properties": {
                "LoadBalancerArn": {"Ref": "Balancer"},
                "Protocol": "HTTPS",
                "Port": secure_port,
                "Certificates": [{"CertificateArn": certificate}],
                "DefaultActions": forward,
            },
        },
        "Closed": {
            "Type": f"{v2}ListenerRule",
            "Properties": {
                "ListenerArn": {"Ref": "Plain"},
                "Priority": 1,
                "Conditions": [{"Field": "path-pattern", "Values": ["/closed"]}],
                "Actions": [{"Type": "fixed-response", "FixedResponseConfig": closed}],
            },
        },
        "More": {
            "Type": f"{v2}ListenerCertificate",
            "Properties": {"ListenerArn": {"Ref": "Secure"}, "Certificates": [{"CertificateArn": certificate}]},
        },
    }
    return {"Resources": resources, "Outputs": {"Name": {"Value": {"Fn::GetAtt": ["Balancer", "DNSName"]}}}}


def test_every_action(whole_elbow: Elbow) -> None:
    """boto3 and its waiters; each answer is held to botocore's model."""
    client, port = whole_elbow.client("cloudformation"), free_port()
    template = application(port, upload_certificate(whole_elbow), free_port())
    name = {"StackName": "app"}
    assert refusal(client.describe_stacks, **name) == ("ValidationError", "Stack with id app does not exist")
    client.validate_template(TemplateBody=json.dumps(template))
    made = client.create_stack(**name, TemplateBody=json.dumps(template), Tags=[{"Key": "team", "Value": "carts"}])
    client.get_waiter("stack_create_complete").wait(**name, WaiterConfig=WAIT)
    assert client.describe_stacks(StackName=made["StackId"])["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    status, body, _ = Browser(port).get("/closed")
    assert (status, body) == (503, "closed app")

    template["Resources"]["Closed"]["Properties"]["Actions"][0]["FixedResponseConfig"]["StatusCode"] = "504"
    del template["Resources"]["More"]
    change = name | {"ChangeSetName": "next"}
    client.create_change_set(**change, TemplateBody=json.dumps(template))
    client.get_waiter("change_set_create_complete").wait(**change, WaiterConfig=WAIT)
    changes = [it["ResourceChange"] for it in client.describe_change_set(**change)["Changes"]]
    assert {(it["LogicalResourceId"], it["Action"]) for it in changes} == {("Closed", "Modify"), ("More", "Remove")}
    assert len(client.list_change_sets(**name)["Summaries"]) == 1
    client.execute_change_set(**change)
    client.get_waiter("stack_update_complete").wait(**name, WaiterConfig=WAIT)
    assert Browser(port).get("/closed")[0] == 504
    client.create_change_set(**change, TemplateBody=json.dumps(template))
    client.delete_change_set(**change)
    code, message = refusal(client.update_stack, **name, UsePreviousTemplate=True)
    assert (code, message) == ("ValidationError", "No updates are to be performed.")

    assert len(client.describe_stack_resources(**name)["StackResources"]) == 5
    assert len(client.list_stack_resources(**name)["StackResourceSummaries"]) == 5
    client.describe_stack_resource(**name, LogicalResourceId="Plain")
    assert client.describe_stack_events(**name)["StackEvents"][0]["ResourceStatus"] == "UPDATE_COMPLETE"
    assert json.loads(json.dumps(client.get_template(**name)["TemplateBody"])) == template
    assert len(client.get_template_summary(**name)["ResourceTypes"]) == 4
    assert [it["StackName"] for it in client.list_stacks()["StackSummaries"]] == ["app"]
    client.update_termination_protection(**name, EnableTerminationProtection=True)
    assert refusal(client.delete_stack, **name)[0] == "ValidationError"
    client.update_termination_protection(**name, EnableTerminationProtection=False)
    client.delete_stack(**name)
    client.get_waiter("stack_delete_complete").wait(**name, WaiterConfig=WAIT)
    assert whole_elbow.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
