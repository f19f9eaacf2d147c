"""A target group of version HTTP2, made through the API, with targets that speak nothing else (R18)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import API_ONLY, Elbow, until
from h2_client import Client
from h2_target import Target, h2_targets
from shop import Shop

pytestmark = pytest.mark.skipif(API_ONLY, reason="ELBOW_API_ONLY=1: the binary under test has no data plane")

TARGETS = 3
# Enough to meet every target, whoever's turn it is.
ENOUGH = 30


class Http2Shop(Shop):
    """Its targets speak HTTP/2."""

    version = "HTTP2"

    def check_often(self) -> None:
        """The shortest that AWS takes."""
        often = {"HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 2, "UnhealthyThresholdCount": 2}
        self.client.modify_target_group(TargetGroupArn=self.group, **often)


@pytest.fixture
def targets() -> Iterator[list[Target]]:
    with h2_targets(TARGETS) as started:
        yield started


@pytest.fixture
def shop(elbow: Elbow, targets: list[Target], tmp_path: Path) -> Http2Shop:
    # That they are healthy says that they were checked over HTTP/2: they understand nothing else.
    return Http2Shop(elbow, [target.port for target in targets], tmp_path)


async def ports(client: Client, cookie: str | None = None) -> set[str]:
    """Who answers many requests at a time."""
    answers = [client.begin("/cart", cookie) for _ in range(ENOUGH)]
    for answer in answers:
        await answer.end()
        assert (answer.failure, answer.status) == (None, 200)
    return {answer.body.decode().split()[0] for answer in answers}


def test_clients_of_both_versions_are_served_r18(shop: Http2Shop) -> None:
    asked = shop.curl("--http2", "--data", "two apples")
    assert asked.startswith("HTTP/2 200") and asked.endswith("HTTP/2 two apples"), asked
    refused = shop.curl("--http1.1")
    assert refused.startswith("HTTP/1.1 464"), refused


def test_who_returns_a_cookie_stays_until_its_target_is_killed(shop: Http2Shop, targets: list[Target]) -> None:
    shop.check_often()

    async def visit() -> None:
        client = await Client.connect(shop.port, shop.authority)
        first = await client.get("/cart")
        cookie, port = first.cookie("AWSALB"), first.body.decode().split()[0]
        assert cookie is not None
        assert await ports(client, cookie) == {port}
        assert await ports(client) == {str(target.port) for target in targets}, "without it, everybody's turn comes"

        waiting = client.begin(f"/wait/{port}", cookie)
        assert await ports(client, cookie) == {port}
        next(target for target in targets if str(target.port) == port).kill()
        again = await waiting.end()
        assert again.status == 200, "a GET may be asked again, so it was"
        moved, cookie = again.body.decode().split()[0], again.cookie("AWSALB")
        assert moved != port
        assert await ports(client, cookie) == {moved}
        assert port not in await ports(client)
        assert not client.closed.is_set(), "none of that is the client's fault"
        await client.close()

    asyncio.run(visit())
    until(lambda: shop.healthy() == TARGETS - 1, "the check to find it", 30)
