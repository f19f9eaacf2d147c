"""A TCP listener of a Classic Load Balancer in front of Redis: sessions through changes, and an instance that dies."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from conftest import Elbow, free_port, until
from test_classic_api import HEALTH_CHECK, ZONE, listener, put_instance

ADDRESSES = {"i-0a": "127.0.0.2", "i-0b": "127.0.0.3"}
SHOP = {"LoadBalancerName": "sessions"}


class Session:
    """A client of Redis that keeps to one connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._lines = self._socket.makefile("rb")

    def ask(self, command: str) -> bytes:
        """What is answered in one line, or in a line behind its length; empty at the end."""
        self._socket.sendall(command.encode() + b"\r\n")
        line = self._lines.readline()
        return self._lines.readline().strip() if line.startswith(b"$") else line.strip()

    def instance(self) -> bytes:
        return self.ask("GET instance")

    def is_over(self) -> bool:
        with suppress(OSError):
            return self.ask("PING") == b""
        return True

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._socket.close()


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[int, dict[bytes, subprocess.Popen[bytes]]]]:
    """A Redis server on each address, on one port, each of which knows its name; killed with the test."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    port = free_port()
    started: dict[bytes, subprocess.Popen[bytes]] = {}
    for name, address in ADDRESSES.items():
        command = [program, "--port", str(port), "--bind", address, "--save", "", "--dir", str(tmp_path)]
        started[name.encode()] = subprocess.Popen([*command, "--protected-mode", "no"], stdout=subprocess.DEVNULL)
        until(lambda address=address: listens(address, port), "Redis to listen")
        with socket.create_connection((address, port), timeout=10) as client:
            client.sendall(f"SET instance {name}\r\n".encode())
            assert client.recv(100) == b"+OK\r\n"
    yield port, started
    for process in started.values():
        process.kill()
        process.wait(10)


def listens(address: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((address, port), timeout=1):
        return True
    return False


def test_redis_sessions_through_changes_and_a_failover(
    whole_elbow: Elbow, servers: tuple[int, dict[bytes, subprocess.Popen[bytes]]]
) -> None:
    instance_port, processes = servers
    elb, port = whole_elbow.client("elb"), free_port()
    for name, address in ADDRESSES.items():
        put_instance(whole_elbow, name, address)
    elb.create_load_balancer(**SHOP, Listeners=[listener(port, "TCP", instance_port)], AvailabilityZones=[ZONE])
    elb.configure_health_check(**SHOP, HealthCheck=HEALTH_CHECK | {"Target": f"TCP:{instance_port}"})
    elb.register_instances_with_load_balancer(**SHOP, Instances=[{"InstanceId": name} for name in ADDRESSES])

    def in_service() -> set[str]:
        states = elb.describe_instance_health(**SHOP)["InstanceStates"]
        return {state["InstanceId"] for state in states if state["State"] == "InService"}

    until(lambda: in_service() == set(ADDRESSES), "both instances to be in service", 30)
    with ExitStack() as stack:
        # Each worker has instances take turns on its own, so that more than two connections may be needed.
        sessions = [stack.enter_context(Session(port)) for _ in range(8)]
        by_instance = {session.instance(): session for session in sessions}
        (one, first), (other, second) = by_instance.items()
        assert first.ask("SET cart 3") == b"+OK"

        # What is changed about the load balancer does not concern a session that is under way.
        elb.modify_load_balancer_attributes(**SHOP, LoadBalancerAttributes={"ConnectionSettings": {"IdleTimeout": 120}})
        elb.create_load_balancer_listeners(**SHOP, Listeners=[listener(free_port(), "TCP", instance_port)])
        assert (first.ask("GET cart"), first.instance(), second.instance()) == (b"3", one, other)

        processes[one].kill()
        until(first.is_over, "the session of the instance that died to end")
        assert second.instance() == other, "nobody else notices"
    for _ in range(10):
        with Session(port) as session:
            assert session.instance() == other, "every new session finds the one that lives"
    until(lambda: in_service() == {other.decode()}, "the dead instance to be out of service", 30)
