"""`elbow explain` and `elbow sessions` beside real requests: what is told of a cookie is what happens to it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from browser import Browser
from conftest import BINARY, Elbow, free_port, until
from targets import target
from test_classic_api import put_instance

ADDRESSES = ("127.0.0.2", "127.0.0.3")


class Shop:
    """A load balancer with two sticky targets, which answer with their own addresses."""

    def __init__(self, elbow: Elbow) -> None:
        self.elbow, self.elbv2 = elbow, elbow.client()
        self.port, self.target_port = free_port(), free_port()
        elbv2 = self.elbv2
        balancer = elbv2.create_load_balancer(Name="shop", Subnets=["subnet-a", "subnet-b"])
        self.balancer = balancer["LoadBalancers"][0]["LoadBalancerArn"]
        created = elbv2.create_target_group(
            Name="carts", Protocol="HTTP", Port=self.target_port, VpcId="vpc-1", TargetType="ip"
        )
        self.group = created["TargetGroups"][0]["TargetGroupArn"]
        elbv2.register_targets(TargetGroupArn=self.group, Targets=[{"Id": address} for address in ADDRESSES])
        self.set(("stickiness.enabled", "true"), ("stickiness.type", "lb_cookie"))
        forward = [{"Type": "forward", "TargetGroupArn": self.group}]
        self.listener = elbv2.create_listener(
            LoadBalancerArn=self.balancer, Protocol="HTTP", Port=self.port, DefaultActions=forward
        )["Listeners"][0]["ListenerArn"]

    def set(self, *attributes: tuple[str, str]) -> None:
        given = [{"Key": key, "Value": value} for key, value in attributes]
        self.elbv2.modify_target_group_attributes(TargetGroupArn=self.group, Attributes=given)

    def run(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        data = self.elbow.folder / "data"
        command = [BINARY, *arguments, "--data-dir", data, "--endpoint-url", self.elbow.url]
        pair = {"AWS_ACCESS_KEY_ID": self.elbow.access_key, "AWS_SECRET_ACCESS_KEY": self.elbow.secret_key}
        return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=30, env=os.environ | pair)

    def explain(self, *arguments: str) -> dict:
        done = self.run("explain", "shop", "--json", *arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def outcome(self, *arguments: str) -> str:
        [group] = self.explain(*arguments)["targetGroups"]
        return group["outcome"]


@pytest.fixture
def shop(whole_elbow: Elbow) -> Iterator[Shop]:
    shop = Shop(whole_elbow)
    with ExitStack() as running:
        for address in ADDRESSES:
            answer = lambda _, address=address: address  # noqa: E731
            running.enter_context(target(answer, address=(address, shop.target_port)))
        until(lambda: Browser(shop.port).get()[0] == 200, "the targets to be served", 30)
        yield shop


def cookie(browser: Browser, name: str = "AWSALB") -> str:
    return f"{name}={browser.cookies[name]}"


def test_a_cookie_is_followed_where_explain_says(shop: Shop) -> None:
    browser = Browser(shop.port)
    address = browser.get()[1]
    told = shop.explain("--cookie", cookie(browser))
    [group] = told["targetGroups"]
    assert (group["outcome"], group["target"]["targetId"], group["targetGroupArn"]) == ("hit", address, shop.group)
    assert browser.get()[1] == address
    [read] = told["cookies"]
    [session] = read["sessions"]
    assert (read["name"], session["target"]["targetId"], session["moves"]) == ("AWSALB", address, 0)
    text = shop.run("explain", "shop", "--request", "-", stdin=f"> GET / HTTP/1.1\n> Cookie: {cookie(browser)}\n>\n")
    assert text.returncode == 0, text.stderr
    assert f"goes to {address}:{shop.target_port} (" in text.stdout
    assert "hit: it follows its session's target" in text.stdout


def test_each_reason_not_to_stick_is_told_apart(shop: Shop) -> None:
    browser = Browser(shop.port)
    address = browser.get()[1]
    good = cookie(browser)
    value = good.removeprefix("AWSALB=")
    assert shop.outcome() == "new"
    assert shop.outcome("--cookie", f"AWSALB={value[:-4]}") == "invalid:length"
    assert shop.outcome("--cookie", f"AWSALB={'%' + value[1:]}") == "invalid:encoding"
    middle = len(value) // 2
    changed = value[:middle] + ("A" if value[middle] != "A" else "B") + value[middle + 1 :]
    assert shop.outcome("--cookie", f"AWSALB={changed}") == "invalid:seal"
    shop.elbv2.deregister_targets(TargetGroupArn=shop.group, Targets=[{"Id": address}])
    [group] = shop.explain("--cookie", good)["targetGroups"]
    assert (group["outcome"], group["leftTarget"]["targetId"]) == ("rebound:draining", address)
    assert group["eligibleTargets"] == 1
    assert browser.get()[1] != address
    shop.set(("stickiness.enabled", "false"))
    assert shop.outcome("--cookie", good) == "skipped"


def test_rules_are_told_in_their_order(shop: Shop) -> None:
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    for priority, path in ((10, "/api/*"), (20, "/gone/*")):
        conditions = [{"Field": "path-pattern", "Values": [path]}]
        shop.elbv2.create_rule(ListenerArn=shop.listener, Priority=priority, Conditions=conditions, Actions=[answer])
    told = shop.explain("--path", "/gone/away")
    assert (told["rule"]["priority"], told["action"]) == ("20", "fixed-response")
    [passed] = told["rulesPassedOver"]
    assert (passed["priority"], passed["unmet"]) == ("10", "path-pattern is /api/*")
    assert shop.explain("--path", "/")["rule"]["priority"] == "default"


def test_what_cannot_be_asked_says_what_to_do(shop: Shop) -> None:
    for arguments, message in (
        (("explain", "none"), "there is no load balancer 'none' in us-east-1"),
        (("explain", "shop", "--port", "1"), f"choose one with --port: {shop.port}"),
        (("explain", "shop", "--header", "x"), "must be NAME: VALUE"),
        (("explain", "shop", "--header", "Content-Length: x"), "The request cannot be read"),
        (("sessions", "none"), "neither a target group nor a Classic Load Balancer"),
    ):
        done = shop.run(*arguments)
        assert done.returncode != 0, arguments
        assert message in done.stderr, (arguments, done.stderr)


def test_sessions_are_told_by_target(shop: Shop) -> None:
    for _ in range(20):
        Browser(shop.port).get()
    done = shop.run("sessions", "carts")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split("\t") == ["TARGET", "STATE", "SESSIONS", "REQUESTS"]
    assert {line.split(":")[0] for line in lines[1:3]} == set(ADDRESSES)
    assert int(lines[3].split(" ")[0]) >= 19


def test_a_classic_load_balancer_is_asked_about_by_its_name(shop: Shop) -> None:
    elb, port = shop.elbow.client("elb"), free_port()
    instances = {"i-0a": ADDRESSES[0], "i-0b": ADDRESSES[1]}
    for instance, address in instances.items():
        put_instance(shop.elbow, instance, address)
    listener = {"Protocol": "HTTP", "LoadBalancerPort": port, "InstancePort": shop.target_port}
    elb.create_load_balancer(LoadBalancerName="old", Listeners=[listener], AvailabilityZones=["us-east-1a"])
    elb.create_lb_cookie_stickiness_policy(LoadBalancerName="old", PolicyName="by-duration", CookieExpirationPeriod=600)
    elb.set_load_balancer_policies_of_listener(
        LoadBalancerName="old", LoadBalancerPort=port, PolicyNames=["by-duration"]
    )
    check = {"Target": f"HTTP:{shop.target_port}/", "Interval": 5, "Timeout": 2}
    check |= {"UnhealthyThreshold": 2, "HealthyThreshold": 2}
    elb.configure_health_check(LoadBalancerName="old", HealthCheck=check)
    elb.register_instances_with_load_balancer(
        LoadBalancerName="old", Instances=[{"InstanceId": instance} for instance in instances]
    )
    browser = Browser(port)
    until(lambda: browser.get()[0] == 200, "an instance to be in service", 60)
    address = browser.get()[1]
    done = shop.run("explain", "old", "--json", "--cookie", cookie(browser, "AWSELB"))
    assert done.returncode == 0, done.stderr
    [group] = json.loads(done.stdout)["targetGroups"]
    assert (group["outcome"], group["stickiness"]) == ("hit", "LBCookieStickinessPolicyType")
    assert instances[group["target"]["targetId"]] == address
    assert shop.run("sessions", "old").stdout.splitlines()[1].startswith("i-0")
