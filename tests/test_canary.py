"""A canary with weights and sticky groups, as its clients see it (L15-L18, S20, S50-S54)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from browser import Browser
from conftest import Elbow, free_port, until
from targets import target

CLIENTS = 200
"""With one in ten sent to the canary, none of them would be there once in a billion runs."""
STICKY = [{"Key": "stickiness.enabled", "Value": "true"}]


class Shop:
    """A listener with a rule that shares `/carts/*` between a stable and a canary group of two targets each."""

    def __init__(self, elbow: Elbow, targets: dict[str, int]) -> None:
        self.client = elbow.client()
        balancer = self.client.create_load_balancer(Name="shop", Subnets=["subnet-1", "subnet-2"])
        self.groups = {name: self.group(name, targets) for name in ("stable", "canary")}
        self.port = free_port()
        closed = {"StatusCode": "404", "ContentType": "text/plain", "MessageBody": "no such shop"}
        listener = self.client.create_listener(
            LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
            Protocol="HTTP",
            Port=self.port,
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": closed}],
        )
        self.listener = listener["Listeners"][0]["ListenerArn"]
        self.rule = self.rules(10, "/carts/*", self.shared(90, 10))
        for arn in self.groups.values():
            until(lambda arn=arn: self.healthy(arn) == 2, "healthy targets", 30)

    def group(self, name: str, targets: dict[str, int]) -> str:
        check = {"HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 2}
        made = self.client.create_target_group(Name=name, Protocol="HTTP", Port=80, TargetType="ip", **check)
        arn = made["TargetGroups"][0]["TargetGroupArn"]
        ports = [port for called, port in targets.items() if called.startswith(name)]
        self.client.register_targets(TargetGroupArn=arn, Targets=[{"Id": "127.0.0.1", "Port": port} for port in ports])
        self.client.modify_target_group_attributes(TargetGroupArn=arn, Attributes=STICKY)
        return arn

    def healthy(self, arn: str) -> int:
        told = self.client.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        return sum(one["TargetHealth"]["State"] == "healthy" for one in told)

    def shared(self, stable: int, canary: int) -> list[dict[str, Any]]:
        weights = {"stable": stable, "canary": canary}
        groups = [{"TargetGroupArn": self.groups[name], "Weight": weight} for name, weight in weights.items()]
        sticky = {"Enabled": True, "DurationSeconds": 3600}
        config = {"TargetGroups": groups, "TargetGroupStickinessConfig": sticky}
        return [{"Type": "forward", "ForwardConfig": config}]

    def rules(self, priority: int, path: str, actions: list[dict[str, Any]]) -> str:
        made = self.client.create_rule(
            ListenerArn=self.listener,
            Priority=priority,
            Conditions=[{"Field": "path-pattern", "Values": [path]}],
            Actions=actions,
        )
        return made["Rules"][0]["RuleArn"]


@pytest.fixture
def shop(whole_elbow: Elbow) -> Iterator[Shop]:
    with ExitStack() as stack:
        names = ["stable-1", "stable-2", "canary-1", "canary-2"]
        yield Shop(whole_elbow, {name: stack.enter_context(target(lambda _, name=name: name)) for name in names})


def test_each_client_stays_with_its_version_and_target_whatever_the_weights(whole_elbow: Elbow, shop: Shop) -> None:
    browsers = [Browser(shop.port) for _ in range(CLIENTS)]
    first = [browser.get()[1] for browser in browsers]
    on_canary = sum(name.startswith("canary") for name in first)
    assert 0 < on_canary < CLIENTS / 2, f"{on_canary} of {CLIENTS}, where a tenth was asked for"
    assert set(browsers[0].cookies) == {"AWSALBTG", "AWSALBTGCORS", "AWSALB", "AWSALBCORS"}

    def moved() -> int:
        return sum(browser.get()[1] != name for browser, name in zip(browsers, first, strict=True))

    assert moved() == 0
    shop.client.modify_rule(RuleArn=shop.rule, Actions=shop.shared(0, 1))
    assert moved() == 0, "the cookie counts more than the weights (S50)"
    assert all(Browser(shop.port).get()[1].startswith("canary") for _ in range(10)), "new ones follow the weights"

    whole_elbow.kill()
    whole_elbow.start()
    shop.client = whole_elbow.client()
    until(lambda: all(shop.healthy(arn) == 2 for arn in shop.groups.values()), "healthy targets", 30)
    assert moved() == 0, "rules, weights and sessions survive SIGKILL"


def test_rules_take_turns_with_redirects_and_fixed_responses(shop: Shop) -> None:
    assert Browser(shop.port).get("/")[:2] == (404, "no such shop")
    elsewhere = {"StatusCode": "HTTP_302", "Host": "www.example.com", "Path": "/shop/#{path}"}
    shop.rules(20, "/old/*", [{"Type": "redirect", "RedirectConfig": elsewhere}])
    status, _, headers = Browser(shop.port).get("/old/cart?id=7")
    assert (status, headers["Location"]) == (302, f"http://www.example.com:{shop.port}/shop/old/cart?id=7")

    page = {"StatusCode": "503", "ContentType": "text/html", "MessageBody": "<h1>Back in an hour</h1>"}
    maintenance = shop.rules(1, "*", [{"Type": "fixed-response", "FixedResponseConfig": page}])
    assert Browser(shop.port).get()[:2] == (503, "<h1>Back in an hour</h1>")
    shop.client.set_rule_priorities(
        RulePriorities=[{"RuleArn": maintenance, "Priority": 10}, {"RuleArn": shop.rule, "Priority": 1}]
    )
    assert Browser(shop.port).get()[0] == 200, "the carts come first now"
    shop.client.delete_rule(RuleArn=maintenance)
    assert Browser(shop.port).get("/")[0] == 404
