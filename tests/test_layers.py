"""A load balancer behind another one (S49, S67), as clients see it."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from conftest import Elbow, free_port, until
from targets import target

SUBNETS = ["subnet-1", "subnet-2"]


@pytest.fixture
def cart() -> Iterator[int]:
    """The port of a target that answers with the addresses that it was told of."""
    with target(lambda request: request.headers.get("X-Forwarded-For", "")) as port:
        yield port


def balancer(client: Any, name: str) -> str:
    return client.create_load_balancer(Name=name, Subnets=SUBNETS)["LoadBalancers"][0]["LoadBalancerArn"]


def group(client: Any, name: str, kind: str, *targets: dict[str, Any]) -> str:
    check = {"HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 2, "HealthyThresholdCount": 2}
    settings = {"Protocol": "HTTP", "Port": 80, "TargetType": kind} | check
    arn = client.create_target_group(Name=name, **settings)["TargetGroups"][0]["TargetGroupArn"]
    client.register_targets(TargetGroupArn=arn, Targets=list(targets))
    return arn


def listen(client: Any, arn: str, port: int, to: str) -> str:
    forward = [{"Type": "forward", "TargetGroupArn": to}]
    made = client.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=port, DefaultActions=forward)
    return made["Listeners"][0]["ListenerArn"]


def answer(port: int) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def test_a_request_passes_both_layers_while_the_inner_listener_has_its_socket(whole_elbow: Elbow, cart: int) -> None:
    client = whole_elbow.client()
    edge, inner = balancer(client, "edge"), balancer(client, "inner")
    outer_port, inner_port = free_port(), free_port()
    behind = listen(client, inner, inner_port, group(client, "carts", "ip", {"Id": "127.0.0.1", "Port": cart}))
    layer = group(client, "layer", "alb", {"Id": inner, "Port": inner_port})
    listen(client, edge, outer_port, layer)
    until(lambda: answer(outer_port) == (200, "127.0.0.1, 127.0.0.1"), "an answer through both layers", 30)

    with pytest.raises(client.exceptions.ResourceInUseException):
        client.delete_listener(ListenerArn=behind)
    # From here on two load balancers share the socket.
    neighbour = listen(client, balancer(client, "neighbour"), inner_port, group(client, "other", "ip", {"Id": "::1"}))
    until(lambda: answer(outer_port)[0] == 503, "no target to be left")
    told = client.describe_target_health(TargetGroupArn=layer)["TargetHealthDescriptions"][0]["TargetHealth"]
    assert (told["State"], told["Reason"]) == ("unused", "Target.InvalidState")

    client.delete_listener(ListenerArn=neighbour)
    until(lambda: answer(outer_port)[0] == 200, "the inner listener to have its socket again", 30)


def stay(client: Any, group: str) -> None:
    """Binds clients to the targets of a group by the cookie `cart`."""
    wanted = {"enabled": "true", "type": "app_cookie", "app_cookie.cookie_name": "cart"}
    attributes = [{"Key": f"stickiness.{key}", "Value": value} for key, value in wanted.items()]
    client.modify_target_group_attributes(TargetGroupArn=group, Attributes=attributes)


def test_application_cookies_hold_on_every_layer(whole_elbow: Elbow) -> None:
    client = whole_elbow.client()
    port, inner_port = free_port(), free_port()
    with ExitStack() as stack:
        carts = [stack.enter_context(target(lambda _, n=n: str(n), cookie=lambda _: "cart=1")) for n in range(3)]
        inner = balancer(client, "inner")
        behind = group(client, "carts", "ip", *({"Id": "127.0.0.1", "Port": cart} for cart in carts))
        listen(client, inner, inner_port, behind)
        layer = group(client, "layer", "alb", {"Id": inner, "Port": inner_port})
        for one in (behind, layer):
            stay(client, one)
        listen(client, balancer(client, "edge"), port, layer)
        until(lambda: answer(port)[0] == 200, "an answer through both layers", 30)
        for _ in range(10):
            browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            found = [browser.open(f"http://127.0.0.1:{port}/", timeout=10).read() for _ in range(8)]
            assert len(set(found)) == 1, found
