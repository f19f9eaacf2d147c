"""A target that freezes, as a process does that is stopped or stuck, fails each client's connection once at most."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import API_ONLY, STOP_SECONDS, Elbow, free_port, until

pytestmark = pytest.mark.skipif(API_ONLY, reason="ELBOW_API_ONLY=1: the binary under test has no data plane")

TARGETS = 3
CLIENTS = 6
REQUESTS = 5
IDLE_SECONDS = 4
# The shortest that AWS takes.
INTERVAL_SECONDS, CHECK_SECONDS, THRESHOLD = 5, 2, 2

# Answers every request with its port, which it also prints at its start.
TARGET = """
import http.server

class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = str(self.server.server_address[1]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


@pytest.fixture
def targets() -> Iterator[dict[int, subprocess.Popen[str]]]:
    """Processes by port."""
    started = [
        subprocess.Popen([sys.executable, "-c", TARGET], stdout=subprocess.PIPE, text=True) for _ in range(TARGETS)
    ]
    try:
        yield {int(process.stdout.readline()): process for process in started if process.stdout}
    finally:
        for process in started:
            process.kill()
            process.wait(STOP_SECONDS)
            if process.stdout:
                process.stdout.close()


def sticky_load_balancer(elbow: Elbow, targets: list[int]) -> int:
    """The port of a load balancer in front of these targets, all of them healthy."""
    client, port = elbow.client(), free_port()
    balancer = client.create_load_balancer(Name="shop", Subnets=["subnet-1", "subnet-2"])["LoadBalancers"][0]
    client.modify_load_balancer_attributes(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": str(IDLE_SECONDS)}],
    )
    group = client.create_target_group(
        Name="carts",
        Protocol="HTTP",
        Port=80,
        VpcId="vpc-1",
        TargetType="ip",
        HealthCheckIntervalSeconds=INTERVAL_SECONDS,
        HealthCheckTimeoutSeconds=CHECK_SECONDS,
        UnhealthyThresholdCount=THRESHOLD,
    )["TargetGroups"][0]["TargetGroupArn"]
    client.modify_target_group_attributes(
        TargetGroupArn=group,
        Attributes=[
            {"Key": "stickiness.enabled", "Value": "true"},
            {"Key": "stickiness.type", "Value": "lb_cookie"},
        ],
    )
    client.register_targets(TargetGroupArn=group, Targets=[{"Id": "127.0.0.1", "Port": port} for port in targets])
    client.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=port,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )

    def healthy() -> int:
        described = client.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return sum(one["TargetHealth"]["State"] == "healthy" for one in described)

    until(lambda: healthy() == len(targets), "healthy targets")
    return port


class Client:
    """One connection, which is never opened anew, and the cookie that came last."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie = ""
        until(self._connects, "a listening load balancer")
        self.connection.auto_open = 0
        self.home = self.ask("GET")

    def _connects(self) -> bool:
        try:
            self.connection.connect()
        except ConnectionRefusedError:
            return False
        return True

    def ask(self, method: str) -> int:
        """The port of the target that answered, or the status of an error."""
        self.connection.request(method, "/", headers={"Cookie": self.cookie} if self.cookie else {})
        response = self.connection.getresponse()
        body = response.read()
        if response.status != 200:
            return response.status
        cookies = [value for name, value in response.getheaders() if name == "Set-Cookie"]
        self.cookie = next(cookie.split(";")[0] for cookie in cookies if cookie.startswith("AWSALB="))
        return int(body)


def freeze(process: int) -> None:
    """Stops all threads of the process; some may answer for a moment after the signal was sent."""
    os.kill(process, signal.SIGSTOP)

    def states() -> set[str]:
        tasks = Path(f"/proc/{process}/task").iterdir()
        return {(task / "stat").read_text().rpartition(")")[2].split()[0] for task in tasks}

    until(lambda: states() == {"T"}, "a process that stands still")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_frozen_process_fails_each_connection_once_at_most(
    whole_elbow: Elbow, targets: dict[int, subprocess.Popen[str]], method: str
) -> None:
    port = sticky_load_balancer(whole_elbow, list(targets))
    frozen = Client(port).home
    clients: list[Client] = []
    while len(clients) < CLIENTS:
        clients += [client for client in [Client(port)] if client.home == frozen]
    freeze(targets[frozen].pid)

    def use(client: Client) -> list[int]:
        return [client.ask(method) for _ in range(REQUESTS)]

    with ThreadPoolExecutor(CLIENTS) as pool:
        for answers in pool.map(use, clients):
            failures = [answer for answer in answers if answer not in targets]
            assert failures in ([], [504]), answers
            homes = {answer for answer in answers if answer in targets}
            assert len(homes) == 1 and frozen not in homes, answers
