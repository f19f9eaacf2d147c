"""Elbow, driven as a user drives it: the real server, set up with the AWS SDK."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import boto3
from botocore.config import Config

from bench.clients import Target
from bench.peers import Proxy, first_line
from bench.process import Process, free_port

ROOT = Path(__file__).resolve().parent.parent
REGISTER_BATCH = 500
# The longest AWS allows: health checks are not what is measured, and the peers make none.
HEALTH_CHECK_INTERVAL_S = 300
CREDENTIALS = {
    "ELBOW_ACCESS_KEY_ID": "AKIABENCHBENCHBENCHB",
    "ELBOW_SECRET_ACCESS_KEY": "bench-secret-bench-secret-bench-secret-a",
}


class Elbow(Proxy):
    """One worker, one load balancer, `lb_cookie` stickiness."""

    name = "elbow"
    title = "Elbow, lb_cookie"

    def __init__(self) -> None:
        self._binary = Path(os.environ.get("ELBOW_BIN") or target_directory() / "release" / "elbow")

    def missing(self) -> str | None:
        return None if self._binary.exists() else f"{self._binary} does not exist (cargo build --release)"

    def version(self) -> str:
        return first_line([str(self._binary), "--version"])

    def profile(self) -> str:
        """How it was built: `release` or `debug`."""
        return self._binary.parent.name

    def start(self, targets: Sequence[Target], core: int, directory: Path) -> tuple[Process, int]:
        process, elbv2 = self.serve(str(core), directory, workers=1)
        try:
            return process, set_up(elbv2, targets, process).port
        except BaseException:
            process.stop()
            raise

    def serve(self, cores: str, directory: Path, workers: int):
        """Starts a server with no load balancer; gives its process and a client of its API."""
        api_port = free_port()
        command = [
            str(self._binary),
            "serve",
            *("--data-dir", str(directory / "data")),
            *("--workers", str(workers)),
            *("--listen-address", "127.0.0.1"),
            *("--api-address", f"127.0.0.1:{api_port}"),
        ]
        process = Process(command, cores, directory, CREDENTIALS)
        process.wait_until(lambda: answers(f"http://127.0.0.1:{api_port}/healthz"), "ready")
        return process, client(api_port)


@dataclass(frozen=True)
class Shop:
    """What was set up: where it listens, and its ARNs."""

    port: int
    load_balancer: str
    target_group: str
    listener: str


def set_up(elbv2, targets: Sequence[Target], process: Process, interval_s: int = HEALTH_CHECK_INTERVAL_S) -> Shop:
    """The calls of anyone who sets up a sticky Application Load Balancer; returns when all targets are healthy."""
    load_balancer = elbv2.create_load_balancer(
        Name="bench", Type="application", Subnets=["subnet-0a0a0a0a0a0a0a0a0", "subnet-0b0b0b0b0b0b0b0b0"]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    target_group = make_target_group(elbv2, "bench", targets, interval_s)
    port = free_port()
    listener = elbv2.create_listener(
        LoadBalancerArn=load_balancer,
        Protocol="HTTP",
        Port=port,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": target_group}],
    )["Listeners"][0]["ListenerArn"]
    process.wait_until(lambda: all_healthy(elbv2, target_group), "healthy with all targets")
    return Shop(port, load_balancer, target_group, listener)


def make_target_group(elbv2, name: str, targets: Sequence[Target], interval_s: int) -> str:
    """A sticky target group with these targets; gives its ARN."""
    target_group = elbv2.create_target_group(
        Name=name,
        Protocol="HTTP",
        Port=targets[0].port,
        VpcId="vpc-0a0a0a0a0a0a0a0a0",
        TargetType="ip",
        HealthCheckIntervalSeconds=interval_s,
        HealthCheckTimeoutSeconds=min(5, interval_s - 1),
    )["TargetGroups"][0]["TargetGroupArn"]
    elbv2.modify_target_group_attributes(
        TargetGroupArn=target_group,
        Attributes=[
            {"Key": "stickiness.enabled", "Value": "true"},
            {"Key": "stickiness.type", "Value": "lb_cookie"},
        ],
    )
    for first in range(0, len(targets), REGISTER_BATCH):
        batch = [{"Id": target.address, "Port": target.port} for target in targets[first : first + REGISTER_BATCH]]
        elbv2.register_targets(TargetGroupArn=target_group, Targets=batch)
    return target_group


def all_healthy(elbv2, target_group: str) -> bool:
    found = elbv2.describe_target_health(TargetGroupArn=target_group)["TargetHealthDescriptions"]
    return all(target["TargetHealth"]["State"] == "healthy" for target in found)


def client(api_port: int):
    return boto3.client(
        "elbv2",
        endpoint_url=f"http://127.0.0.1:{api_port}",
        region_name="us-east-1",
        aws_access_key_id=CREDENTIALS["ELBOW_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["ELBOW_SECRET_ACCESS_KEY"],
        config=Config(retries={"max_attempts": 0}, connect_timeout=5, read_timeout=60),
    )


def answers(url: str) -> bool:
    """Whether the address answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.status == 200
    except (URLError, OSError):
        return False


@functools.cache
def target_directory() -> Path:
    """Where cargo puts what it builds."""
    command = ["cargo", "metadata", "--format-version", "1", "--no-deps", "--locked"]
    found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return Path(json.loads(found)["target_directory"])
