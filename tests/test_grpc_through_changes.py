"""Streams of gRPC and steady calls beside them, while all around them changes, and when Elbow stops (Q7, Q17)."""

from __future__ import annotations

import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import grpc
import grpc_target
import pytest
import shop as shops
from conftest import API_ONLY, STOP_SECONDS, Elbow, until
from grpc_target import SERVICE

pytestmark = pytest.mark.skipif(API_ONLY, reason="ELBOW_API_ONLY=1: the binary under test has no data plane")

TARGETS = 3
# Each of them replaces one of the targets.
SPARES = TARGETS
CHANNELS = 2
CHATS = 3
CALLERS = 4
SECONDS = 60


class Shop(shops.Shop):
    """A load balancer in front of targets that speak gRPC."""

    version = "GRPC"

    def channel(self) -> grpc.Channel:
        """A connection of its own: channels with the same options share one."""
        credentials = grpc.ssl_channel_credentials(self.authority.read_bytes())
        options = [("grpc.ssl_target_name_override", shops.NAME), ("grpc.use_local_subchannel_pool", 1)]
        return grpc.secure_channel(f"127.0.0.1:{self.port}", credentials, options)


class Chat:
    """A call with a stream in both directions; each message is answered by its target's name and itself."""

    def __init__(self, channel: grpc.Channel) -> None:
        self.messages: queue.Queue[bytes | None] = queue.Queue()
        call = channel.stream_stream(f"/{SERVICE}/Chat")
        self.answers = call(iter(self.messages.get, None), timeout=2 * SECONDS)
        self.name = self.say(b"hello")

    def say(self, message: bytes) -> bytes:
        """Who answers it."""
        self.messages.put(message)
        name, _, said = next(self.answers).partition(b":")
        assert said == message
        return name

    def goes_on(self) -> None:
        assert self.say(b"still there?") == self.name

    def end(self) -> None:
        self.messages.put(None)
        assert list(self.answers) == [] and self.answers.code() is grpc.StatusCode.OK


class Callers:
    """Threads that call all the time, until told to stop."""

    def __init__(self, channel: grpc.Channel) -> None:
        self.stop, self.failures, self.calls = threading.Event(), list[grpc.RpcError](), 0
        self.threads = [threading.Thread(target=self._call, args=(channel,)) for _ in range(CALLERS)]
        for thread in self.threads:
            thread.start()

    def _call(self, channel: grpc.Channel) -> None:
        while not self.stop.is_set():
            try:
                channel.unary_unary(f"/{SERVICE}/Echo")(b"hi", timeout=SECONDS)
                self.calls += 1
            except grpc.RpcError as error:
                self.failures.append(error)
                return

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(SECONDS)


@pytest.fixture
def ports() -> Iterator[list[int]]:
    """The ports of targets in processes of their own."""
    with ExitStack() as stack:
        started = []
        for number in range(TARGETS + SPARES):
            command = [sys.executable, grpc_target.__file__, str(number)]
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            stack.callback(process.kill)
            started.append(process)
        yield [int(process.stdout.readline()) for process in started if process.stdout]


def test_changes_fail_no_call_and_no_stream(elbow: Elbow, ports: list[int], tmp_path: Path) -> None:
    shop = Shop(elbow, ports[:TARGETS], tmp_path, **{"stickiness.enabled": "false"})
    with ExitStack() as stack:
        channels = [stack.enter_context(shop.channel()) for _ in range(CHANNELS)]
        chats = [Chat(channel) for channel in channels for _ in range(CHATS)]
        callers = [Callers(channel) for channel in channels]
        for one in callers:
            stack.callback(one.end)
        shops.replace_everything(shop, ports)
        calls = [one.calls for one in callers]
        until(lambda: all(one.calls > had for one, had in zip(callers, calls, strict=True)), "calls after the changes")
        for one in callers:
            one.end()
            assert one.failures == []
        for chat in chats:
            chat.goes_on()
            chat.end()


def test_at_a_stop_streams_end_in_order(elbow: Elbow, ports: list[int], tmp_path: Path) -> None:
    shop = Shop(elbow, ports[:TARGETS], tmp_path)

    def refuses() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", shop.port)) != 0

    with shop.channel() as channel:
        chats = [Chat(channel) for _ in range(CHATS)]
        elbow.process.terminate()
        until(refuses, "the end of the listener")
        for chat in chats:
            chat.goes_on()
            chat.end()
        assert elbow.process.wait(STOP_SECONDS) == 0
        # The channel finds the next one by itself.
        elbow.kill()
        elbow.start()
        answer = channel.unary_unary(f"/{SERVICE}/Echo")(b"hi", timeout=SECONDS, wait_for_ready=True)
        assert answer.endswith(b":hi")
