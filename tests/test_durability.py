"""What Elbow has acknowledged survives SIGKILL, whenever it comes; so do sessions."""

from __future__ import annotations

import http.client
import http.server
import os
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError
from conftest import API_ONLY, Elbow, free_port, until
from targets import target

pytestmark = pytest.mark.skipif(API_ONLY, reason="ELBOW_API_ONLY=1: the binary under test has no store on disk")

KILLS = 40
# Longest time from a server's first answer to its end, in seconds: a few dozen changes.
LONGEST_LIFE = 0.25
VISITORS = 6
# ARNs that one DescribeTags may name.
TAGS_PAGE = 20
TargetGroups = dict[str, dict[str, str]]


class Ledger:
    """Target groups by ARN with their tags, as far as the server has acknowledged them."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.groups: TargetGroups = {}
        # What the change is about that was asked for but not answered when the server died.
        self.open: tuple[str, str, dict[str, str] | None] | None = None
        self.names = 0
        self.changes = 0

    def change(self, client: Any) -> None:
        """Makes one change and notes it when it is answered; fails if the server dies first."""
        kind = self.rng.choices(["create", "tag", "delete"], [4, 4, 2])[0] if self.groups else "create"
        if kind == "create":
            self.names += 1
            name = f"group-{self.names}"
            self.open = (kind, name, {})
            answer = client.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId="vpc-1", TargetType="ip")
            self.groups[answer["TargetGroups"][0]["TargetGroupArn"]] = {}
        else:
            arn = self.rng.choice(sorted(self.groups))
            if kind == "tag":
                tags = self.groups[arn] | {f"key-{self.rng.randrange(5)}": str(self.rng.random())}
                self.open = (kind, arn, tags)
                client.add_tags(ResourceArns=[arn], Tags=[{"Key": k, "Value": v} for k, v in tags.items()])
                self.groups[arn] = tags
            else:
                self.open = (kind, arn, None)
                client.delete_target_group(TargetGroupArn=arn)
                del self.groups[arn]
        self.open = None
        self.changes += 1

    def settle(self, found: TargetGroups) -> None:
        """Checks what a restarted server has; the open change may have been made or not."""
        if self.open is not None:
            kind, what, tags = self.open
            if kind == "create":
                made = [arn for arn in found if f"/{what}/" in arn]
                self.groups.update({arn: {} for arn in made})
            elif kind == "delete" and what not in found:
                del self.groups[what]
            elif kind == "tag" and found.get(what) == tags:
                self.groups[what] = found[what]
            self.open = None
        assert found == self.groups


def look(client: Any, spare: str) -> TargetGroups:
    """All target groups and their tags, but the one that carries the sessions."""
    pages = client.get_paginator("describe_target_groups").paginate()
    arns = [group["TargetGroupArn"] for page in pages for group in page["TargetGroups"]]
    arns = [arn for arn in arns if arn != spare]
    found: TargetGroups = {}
    for start in range(0, len(arns), TAGS_PAGE):
        described = client.describe_tags(ResourceArns=arns[start : start + TAGS_PAGE])["TagDescriptions"]
        found |= {one["ResourceArn"]: {tag["Key"]: tag["Value"] for tag in one["Tags"]} for one in described}
    return found


@pytest.fixture
def targets() -> Iterator[list[int]]:
    """The ports of three targets that answer with their port."""

    def port(request: http.server.BaseHTTPRequestHandler) -> str:
        return str(request.server.server_address[1])

    with ExitStack() as stack:
        yield [stack.enter_context(target(port, "HTTP/1.0")) for _ in range(3)]


class Shop:
    """A sticky load balancer, made through the API."""

    def __init__(self, elbow: Elbow, targets: list[int]) -> None:
        client = elbow.client()
        self.port = free_port()
        balancer = client.create_load_balancer(Name="shop", Subnets=["subnet-1", "subnet-2"])["LoadBalancers"][0]
        group = client.create_target_group(Name="carts", Protocol="HTTP", Port=80, VpcId="vpc-1", TargetType="ip")
        self.group = group["TargetGroups"][0]["TargetGroupArn"]
        client.register_targets(
            TargetGroupArn=self.group, Targets=[{"Id": "127.0.0.1", "Port": port} for port in targets]
        )
        client.modify_target_group_attributes(
            TargetGroupArn=self.group,
            Attributes=[
                {"Key": "stickiness.enabled", "Value": "true"},
                {"Key": "stickiness.type", "Value": "lb_cookie"},
            ],
        )
        client.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=self.port,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.group}],
        )
        until(lambda: self.healthy(client) == len(targets), "healthy targets")

    def healthy(self, client: Any) -> int:
        described = client.describe_target_health(TargetGroupArn=self.group)["TargetHealthDescriptions"]
        return sum(one["TargetHealth"]["State"] == "healthy" for one in described)

    def visit(self, cookie: str | None) -> tuple[str, str]:
        """Who answers, and the cookie to come back with."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", "/", headers={"Cookie": cookie} if cookie else {})
        response = connection.getresponse()
        answered = response.read().decode()
        connection.close()
        assert response.status == 200, answered
        cookies = [line for name, line in response.getheaders() if name == "Set-Cookie"]
        return answered, next(line.split(";")[0] for line in cookies if line.startswith("AWSALB="))


def test_nothing_acknowledged_is_lost_by_kills_at_random_moments(
    start_elbow: Callable[..., Elbow], targets: list[int]
) -> None:
    seed = int(os.environ.get("ELBOW_TEST_SEED", random.SystemRandom().randrange(2**32)))
    print(f"ELBOW_TEST_SEED={seed}")
    rng = random.Random(seed)
    elbow = start_elbow()
    shop = Shop(elbow, targets)
    visitors = [shop.visit(None) for _ in range(VISITORS)]
    assert len({home for home, _ in visitors}) == len(targets)
    ledger = Ledger(rng)
    for kill in range(KILLS):
        client = elbow.client()
        killer = threading.Timer(rng.uniform(0, LONGEST_LIFE), elbow.process.kill)
        killer.start()
        try:
            while True:
                ledger.change(client)
        except BotoCoreError:
            # The connection broke: the server is dead.
            killer.join()
        elbow.kill()
        elbow.start()
        homes = [home for home, _ in visitors]
        visitors = [shop.visit(cookie) for _, cookie in visitors]
        assert [home for home, _ in visitors] == homes, f"kill {kill}: a session moved"
        ledger.settle(look(elbow.client(), shop.group))
    assert ledger.changes > KILLS, "there was something to lose"
    assert elbow.stop() == 0
