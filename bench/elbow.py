"""Elbow, driven as a user drives it: the real server, set up with the AWS SDK (`elbow_set_up` has the calls)."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from urllib.error import URLError

import boto3
from botocore.config import Config

from bench.clients import Target
from bench.elbow_set_up import set_up_classic, set_up_layout
from bench.layout import Kind, Layout
from bench.peers import Proxy, first_line
from bench.process import Process, free_port

ROOT = Path(__file__).resolve().parent.parent
CREDENTIALS = {
    "ELBOW_ACCESS_KEY_ID": "AKIABENCHBENCHBENCHB",
    "ELBOW_SECRET_ACCESS_KEY": "bench-secret-bench-secret-bench-secret-a",
}


class Elbow(Proxy):
    """One worker."""

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

    def start(self, layout: Layout, core: int, directory: Path) -> tuple[Process, Sequence[int]]:
        process, elbv2 = self.serve(str(core), directory, workers=1)
        try:
            if layout.kind in (Kind.TCP, Kind.CLASSIC):
                instances = self.instances(layout.groups[0].targets, directory)
                elb = client("elb", elbv2.meta.endpoint_url)
                return process, [set_up_classic(elb, layout.kind, instances, process)]
            return process, set_up_layout(elbv2, client("acm", elbv2.meta.endpoint_url), layout, process)
        except BaseException:
            process.stop()
            raise

    def instances(self, targets: Sequence[Target], directory: Path) -> dict[str, Target]:
        """Puts the targets into the instance directory; gives them by their ids."""
        named = {f"i-{number}": target for number, target in enumerate(targets, start=1)}
        for name, target in named.items():
            where = ["--address", target.address, "--zone", "us-east-1a", "--data-dir", str(directory / "data")]
            subprocess.run([str(self._binary), "instance", "put", name, *where], check=True)
        return named

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
        endpoint = f"http://127.0.0.1:{api_port}"
        process.wait_until(lambda: answers(f"{endpoint}/healthz"), "ready")
        return process, client("elbv2", endpoint)


def client(service: str, endpoint: str):
    return boto3.client(
        service,
        endpoint_url=endpoint,
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
