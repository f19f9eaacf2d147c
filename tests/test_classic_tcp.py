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
Processes = dict[bytes, subprocess.Popen[bytes]]


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
def servers(tmp_path: Path) -> Iterator[tuple[int, Processes]]:
    """A Redis server on each address, on one port, each of which knows its name; killed with the test."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    port = free_port()
    started: Processes = {}
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


class Shop:
    """A TCP listener in front of both servers, in service."""

    def __init__(self, elbow: Elbow, instance_port: int) -> None:
        self.elb, self.port = elbow.client("elb"), free_port()
        self.instance_port = instance_port
        for name, address in ADDRESSES.items():
            put_instance(elbow, name, address)
        listeners = [listener(self.port, "TCP", instance_port)]
        self.elb.create_load_balancer(**SHOP, Listeners=listeners, AvailabilityZones=[ZONE])
        check = HEALTH_CHECK | {"Target": f"TCP:{instance_port}"}
        self.elb.configure_health_check(**SHOP, HealthCheck=check)
        instances = [{"InstanceId": name} for name in ADDRESSES]
        self.elb.register_instances_with_load_balancer(**SHOP, Instances=instances)
        until(lambda: self.in_service() == set(ADDRESSES), "both instances to be in service", 30)

    def in_service(self) -> set[str]:
        states = self.elb.describe_instance_health(**SHOP)["InstanceStates"]
        return {state["InstanceId"] for state in states if state["State"] == "InService"}


@pytest.fixture
def shop(whole_elbow: Elbow, servers: tuple[int, Processes]) -> Shop:
    return Shop(whole_elbow, servers[0])


def test_redis_sessions_through_changes_and_a_failover(shop: Shop, servers: tuple[int, Processes]) -> None:
    _, processes = servers
    elb, port = shop.elb, shop.port
    with ExitStack() as stack:
        # Each worker has instances take turns on its own, so that more than two connections may be needed.
        sessions = [stack.enter_context(Session(port)) for _ in range(8)]
        by_instance = {session.instance(): session for session in sessions}
        (one, first), (other, second) = by_instance.items()
        assert first.ask("SET cart 3") == b"+OK"

        # What is changed about the load balancer does not concern a session that is under way.
        elb.modify_load_balancer_attributes(**SHOP, LoadBalancerAttributes={"ConnectionSettings": {"IdleTimeout": 120}})
        beside = [listener(free_port(), "TCP", shop.instance_port)]
        elb.create_load_balancer_listeners(**SHOP, Listeners=beside)
        assert (first.ask("GET cart"), first.instance(), second.instance()) == (b"3", one, other)

        processes[one].kill()
        until(first.is_over, "the session of the instance that died to end")
        assert second.instance() == other, "nobody else notices"
    for _ in range(10):
        with Session(port) as session:
            assert session.instance() == other, "every new session finds the one that lives"
    until(lambda: shop.in_service() == {other.decode()}, "the dead instance to be out of service", 30)

    # Nobody is left to take a connection: it ends, and nothing is said in the name of an instance.
    processes[other].kill()
    until(lambda: not shop.in_service(), "both instances to be out of service", 30)
    with Session(port) as session:
        assert session.is_over()


def test_redis_is_told_nothing_that_it_does_not_ask_for(shop: Shop) -> None:
    elb = shop.elb
    on = [{"AttributeName": "ProxyProtocol", "AttributeValue": "true"}]
    told = {"PolicyName": "told", "PolicyTypeName": "ProxyProtocolPolicyType", "PolicyAttributes": on}
    elb.create_load_balancer_policy(**SHOP, **told)
    of_port = {"InstancePort": shop.instance_port}
    elb.set_load_balancer_policies_for_backend_server(**SHOP, **of_port, PolicyNames=["told"])
    with Session(shop.port) as session:
        refused = session.ask("PING")
        assert refused.startswith(b"-ERR unknown command 'PROXY'"), "Redis does not know what it is told"
    elb.set_load_balancer_policies_for_backend_server(**SHOP, **of_port, PolicyNames=[])
    with Session(shop.port) as session:
        assert session.ask("PING") == b"+PONG"


def test_redis_sessions_end_with_their_listener(shop: Shop) -> None:
    with Session(shop.port) as session:
        assert session.ask("PING") == b"+PONG"
        shop.elb.delete_load_balancer_listeners(**SHOP, LoadBalancerPorts=[shop.port])
        until(session.is_over, "the session to end")
    assert not listens("127.0.0.1", shop.port)
