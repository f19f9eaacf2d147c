"""`elbow explain` and `elbow sessions` beside real requests: what is told of a cookie is what happens to it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime

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


def test_what_needs_no_target_is_told_as_it_is_answered(shop: Shop) -> None:
    redirect = {"Protocol": "HTTPS", "Host": "new.test", "Path": "/to#{path}", "StatusCode": "HTTP_301"}
    fixed = {"StatusCode": "410"}
    actions = [
        {"Type": "redirect", "RedirectConfig": redirect},
        {"Type": "fixed-response", "FixedResponseConfig": fixed},
    ]
    for priority, action in enumerate(actions, 1):
        conditions = [{"Field": "path-pattern", "Values": [f"/{action['Type']}"]}]
        shop.elbv2.create_rule(ListenerArn=shop.listener, Priority=priority, Conditions=conditions, Actions=[action])
    told = shop.explain("--path", "/redirect")
    status, _, headers = Browser(shop.port).get("/redirect")
    assert (told["status"], told["location"]) == (status, headers["Location"])
    assert shop.explain("--path", "/fixed-response")["status"] == Browser(shop.port).get("/fixed-response")[0] == 410
    refused = shop.explain("--header", "Content-Length: x")
    assert (refused["action"], refused["status"]) == ("refused", 400)
    assert "cannot be read" in refused["meaning"]
    assert shop.explain("--method", "TRACE")["status"] == 405
    shop.elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=shop.balancer,
        Attributes=[{"Key": "routing.http.desync_mitigation_mode", "Value": "strictest"}],
    )
    odd = ("--header", "Content-Length : 0")
    assert shop.explain(*odd)["status"] == 400
    assert "desync" in shop.run("explain", "shop", *odd).stdout


def test_the_answer_says_what_it_sets_and_until_when(shop: Shop) -> None:
    browser = Browser(shop.port)
    browser.get()
    told = shop.explain("--cookie", cookie(browser))
    [group], [read] = told["targetGroups"], told["cookies"]
    [session] = read["sessions"]
    used, ends = (datetime.fromisoformat(session[name]) for name in ("lastUsedAt", "endsAt"))
    assert (ends - used).total_seconds() == group["durationSeconds"] == 86_400
    [own, cors] = group["setCookies"]
    assert own.startswith("AWSALB=…; Expires=")
    assert own.endswith("; Path=/")
    assert cors.endswith("; SameSite=None")
    shop.set(("stickiness.type", "app_cookie"), ("stickiness.app_cookie.cookie_name", "cart"))
    [group] = shop.explain()["targetGroups"]
    assert [it.split(";")[0] for it in group["setCookies"]] == ["AWSALBAPP-0=…"] + [
        f"AWSALBAPP-{number}=_remove_" for number in (1, 2, 3)
    ]


def test_targets_are_counted_by_the_zones_of_connections(shop: Shop) -> None:
    shop.set(("stickiness.enabled", "false"))
    shop.set(("load_balancing.cross_zone.enabled", "false"))
    [group] = shop.explain()["targetGroups"]
    # These are outside of the VPC, so they count in every zone.
    zones = {zone["zoneName"]: zone["eligibleTargets"] for zone in group["zones"]}
    assert zones == {"us-east-1a": 2, "us-east-1b": 2}
    assert group["eligibleTargets"] == len(ADDRESSES)


def test_another_load_balancer_on_the_port_is_named(shop: Shop) -> None:
    balancer = shop.elbv2.create_load_balancer(Name="second", Subnets=["subnet-a", "subnet-b"])["LoadBalancers"][0]
    fixed = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}]
    arn, host = balancer["LoadBalancerArn"], balancer["DNSName"]
    listener = shop.elbv2.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=shop.port, DefaultActions=fixed)
    told = shop.explain("--host", host)
    assert (told["action"], told["loadBalancerName"]) == ("other-listener", "second")
    assert told["listenerArn"] == listener["Listeners"][0]["ListenerArn"]
    assert shop.explain("--host", "unknown.test")["action"] == "forward"


def test_a_version_that_targets_do_not_understand_is_told(shop: Shop) -> None:
    call = "POST /a.B/C {}\nHost: a\nContent-Type: application/grpc\n"
    for version, is_incompatible in {"HTTP/1.1": False, "HTTP/2": True}.items():
        done = shop.run("explain", "shop", "--json", "--request", "-", stdin=call.format(version))
        assert done.returncode == 0, done.stderr
        [told] = json.loads(done.stdout)["targetGroups"]
        assert told["isIncompatible"] is is_incompatible, version


def test_what_cannot_be_asked_says_what_to_do(shop: Shop) -> None:
    for arguments, message in (
        (("explain", "none"), "there is no load balancer 'none' in us-east-1"),
        (("explain", "shop", "--port", "1"), f"choose one with --port: {shop.port}"),
        (("explain", "shop", "--header", "x"), "must be NAME: VALUE"),
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
