"""Streams of HTTP/2 and steady requests beside them, while all around them changes, dies or restarts (Q5, Q7)."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import API_ONLY, STOP_SECONDS, Elbow, until
from h2_client import PATIENCE, Answer, Client
from shop import Shop, replace_everything
from stream_target import Target, is_whole, stream_targets

pytestmark = pytest.mark.skipif(API_ONLY, reason="ELBOW_API_ONLY=1: the binary under test has no data plane")

TARGETS = 3
# Each of them replaces one, so that in the end none is left of those that there were.
SPARES = TARGETS
CLIENTS = 3
STREAMS = 3
AT_A_TIME = 4
# Requests of each client that are waited for: enough to meet every target.
ENOUGH = 40


@pytest.fixture
def targets() -> Iterator[list[Target]]:
    with stream_targets(TARGETS + SPARES) as started:
        yield started


@dataclass
class Asked:
    """A request and its answer; `after` the event of the test or before it."""

    answer: Answer
    after: bool

    @property
    def is_good(self) -> bool:
        return self.answer.failure is None and self.answer.status == 200


class Visitor:
    """A client that asks all the time, several requests at once, until told to stop."""

    def __init__(self, client: Client, cookie: str | None = None) -> None:
        self.client, self.cookie = client, cookie
        self.asked: list[Asked] = []
        # Set by the test when what it is about has happened.
        self.happened = self.stopped = False
        self.tasks = [asyncio.create_task(self._ask()) for _ in range(AT_A_TIME)]

    async def _ask(self) -> None:
        while not self.stopped and not self.client.closed.is_set():
            after = self.happened
            self.asked.append(Asked(await self.client.get("/", self.cookie), after))

    async def enough_after(self) -> None:
        """Waits until enough requests were begun and answered after the event."""
        self.happened = True
        async with asyncio.timeout(PATIENCE):
            while sum(asked.after for asked in self.asked) < ENOUGH:
                await self.client.get("/", self.cookie)

    async def stop(self) -> list[Asked]:
        self.stopped = True
        await asyncio.gather(*self.tasks)
        return self.asked


@asynccontextmanager
async def connections(shop: Shop, count: int) -> Any:
    clients = [await Client.connect(shop.port, shop.authority) for _ in range(count)]
    yield clients
    for client in clients:
        await client.close()


async def begun(client: Client, cookie: str | None = None) -> Answer:
    """A stream of which something has come."""
    stream = client.begin("/stream", cookie)
    await stream.more()
    assert stream.status == 200, stream
    return stream


async def whole(streams: list[Answer], targets: list[Target]) -> None:
    """Has the targets end their streams, and checks that none has lost anything."""
    for target in targets:
        await asyncio.to_thread(target.finish_streams)
    for stream in streams:
        await stream.end()
        assert stream.failure is None and is_whole(stream.body), stream.failure


def ports(targets: list[Target]) -> list[int]:
    return [target.port for target in targets]


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, 240))


def test_changes_fail_no_request_and_close_no_connection(elbow: Elbow, targets: list[Target], tmp_path: Path) -> None:
    shop = Shop(elbow, ports(targets[:TARGETS]), tmp_path, **{"stickiness.enabled": "false"})

    async def story() -> None:
        async with connections(shop, CLIENTS) as clients:
            streams = [await begun(client) for client in clients for _ in range(STREAMS)]
            visitors = [Visitor(client) for client in clients]
            await asyncio.to_thread(replace_everything, shop, ports(targets))
            for visitor in visitors:
                await visitor.enough_after()
                assert all(asked.is_good for asked in await visitor.stop())
            await whole(streams, targets)
            assert not any(client.closed.is_set() or client.parting.is_set() for client in clients)
            # Whoever comes now meets the last certificate.
            newcomer = await Client.connect(shop.port, shop.authority)
            certificates = [client.writer.get_extra_info("peercert")["serialNumber"] for client in [*clients, newcomer]]
            assert len(set(certificates[:CLIENTS])) == 1 and certificates[-1] != certificates[0]
            await newcomer.close()

    run(story())


def test_a_killed_target_costs_only_what_is_in_flight_on_it(
    elbow: Elbow, targets: list[Target], tmp_path: Path
) -> None:
    shop = Shop(elbow, ports(targets[:TARGETS]), tmp_path)

    async def story() -> None:
        async with connections(shop, 2 * TARGETS) as clients:
            firsts = [await client.get("/") for client in clients]
            cookies, homes = [one.cookie("AWSALB") for one in firsts], [int(one.body) for one in firsts]
            victim = next(target for target in targets if target.port == homes[0])
            assert len(set(homes)) > 1, "others survive"
            streams = [await begun(*pair) for pair in zip(clients, cookies, strict=True)]
            visitors = [Visitor(*pair) for pair in zip(clients, cookies, strict=True)]
            await asyncio.to_thread(victim.kill)
            for visitor in visitors:
                await visitor.enough_after()
            for home, visitor, stream in zip(homes, visitors, streams, strict=True):
                asked = await visitor.stop()
                bad = [one for one in asked if not one.is_good]
                if home == victim.port:
                    assert not any(one.after for one in bad), "those that were asked when it was dead"
                    assert victim.port not in {int(one.answer.body) for one in asked if one.after}
                    assert (await stream.end()).failure is not None
                else:
                    assert not bad and {int(one.answer.body) for one in asked} == {home}
                assert not visitor.client.closed.is_set() and not visitor.client.parting.is_set()
            spared = [stream for home, stream in zip(homes, streams, strict=True) if home != victim.port]
            await whole(spared, [target for target in targets if target is not victim])

    run(story())


def test_at_a_stop_streams_end_in_order_and_the_next_elbow_takes_over(
    elbow: Elbow, targets: list[Target], tmp_path: Path
) -> None:
    shop = Shop(elbow, ports(targets[:TARGETS]), tmp_path)

    async def story() -> None:
        async with connections(shop, 2) as (busy, idle):
            cookie = (await idle.get("/")).cookie("AWSALB")
            streams = [await begun(busy) for _ in range(STREAMS)]
            elbow.process.terminate()
            for client in (busy, idle):
                await asyncio.wait_for(client.parting.wait(), PATIENCE)
                assert client.goodbye == 0
            await asyncio.wait_for(idle.closed.wait(), PATIENCE)
            with pytest.raises(OSError):
                await Client.connect(shop.port, shop.authority)
            for stream in streams:
                await stream.more()
            assert elbow.process.poll() is None and not busy.closed.is_set(), "it waits for them"
            await whole(streams, targets)
            assert await asyncio.to_thread(elbow.process.wait, STOP_SECONDS) == 0
            home = (await asked_of_the_next(cookie)).body
            assert (await asked_of_the_next(cookie)).body == home

    async def asked_of_the_next(cookie: str | None) -> Answer:
        if elbow.process.poll() is not None:
            await asyncio.to_thread(elbow.kill)
            await asyncio.to_thread(elbow.start)
        async with connections(shop, 1) as (client,):
            answer = await client.get("/", cookie)
            assert answer.status == 200
            return answer

    run(story())


def test_what_was_acknowledged_is_there_after_a_kill(elbow: Elbow, targets: list[Target], tmp_path: Path) -> None:
    shop = Shop(elbow, ports(targets[:TARGETS]), tmp_path)

    def configuration() -> list[Any]:
        client = elbow.client()
        found = [
            client.describe_listeners(LoadBalancerArn=shop.balancer)["Listeners"],
            client.describe_rules(ListenerArn=shop.listener)["Rules"],
            client.describe_target_group_attributes(TargetGroupArn=shop.group)["Attributes"],
            elbow.client("acm").list_certificates()["CertificateSummaryList"],
        ]
        targets = client.describe_target_health(TargetGroupArn=shop.group)["TargetHealthDescriptions"]
        return [*found, sorted(one["Target"]["Port"] for one in targets)]

    async def story() -> None:
        async with connections(shop, 1) as (client,):
            stream = await begun(client)
            await asyncio.to_thread(replace_everything, shop, ports(targets))
            first = await client.get("/")
            before = await asyncio.to_thread(configuration)
            elbow.process.kill()
            assert (await stream.end()).failure is not None
            await asyncio.wait_for(client.closed.wait(), PATIENCE)
        await asyncio.to_thread(elbow.kill)
        await asyncio.to_thread(elbow.start)
        # Its API has another port now.
        shop.client = elbow.client()
        assert await asyncio.to_thread(configuration) == before
        await asyncio.to_thread(until, lambda: shop.healthy() >= TARGETS, "healthy targets", PATIENCE)
        async with connections(shop, 1) as (client,):
            again = await client.get("/", first.cookie("AWSALB"))
            assert (again.status, again.body) == (200, first.body)

    run(story())
