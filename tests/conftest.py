"""An Elbow of its own for each test: its own process, data directory and ports.

`ELBOW_BIN` is the binary under test (default: `target/debug/elbow`); nothing is built here. To drive the API alone, set
`ELBOW_BIN` to the example `api_server` of `crates/api` and `ELBOW_API_ONLY=1`: tests that need more skip.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.config
import pytest
from shapes import check_answer

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("ELBOW_BIN", ROOT / "target" / "debug" / "elbow"))
API_ONLY = os.environ.get("ELBOW_API_ONLY") == "1"
START_SECONDS = 20
STOP_SECONDS = 20
FIRST_LINE = "Elbow API on "
LOWEST_PORT = 10_000
FIRST_EPHEMERAL_PORT = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
GIVEN_PORTS: set[int] = set()


def free_port() -> int:
    """A TCP port that nobody uses at this moment, and that this run has not given before.

    The system's own choice (port 0) may be the same twice before anybody listens on it, and may be given to an outgoing
    connection meanwhile: these are below the range from which the system chooses. At random, so that two runs side by
    side do not go for the same.
    """
    while True:
        port = random.randrange(LOWEST_PORT, FIRST_EPHEMERAL_PORT)
        if port not in GIVEN_PORTS and is_free(port):
            GIVEN_PORTS.add(port)
            return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Connections of an ended test that wait for their last packets are nobody's any more.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True


class Elbow:
    """A running server."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self.arguments = arguments
        self.access_key = "AKID" + secrets.token_hex(8).upper()
        self.secret_key = secrets.token_hex(20)
        self.called: set[str] = set()
        self.start()

    def start(self) -> None:
        """Starts the process and waits for the line that tells where its API is."""
        command = [BINARY, "serve", "--data-dir", self.folder / "data", "--api-address", "127.0.0.1:0"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ELBOW_")}
        environment |= {"ELBOW_ACCESS_KEY_ID": self.access_key, "ELBOW_SECRET_ACCESS_KEY": self.secret_key}
        self.lines: list[str] = []
        told = threading.Event()
        self.log = (self.folder / "stderr.log").open("ab")
        self.process = subprocess.Popen(
            [*command, *self.arguments],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )

        def read() -> None:
            assert self.process.stdout is not None
            for line in self.process.stdout:
                self.lines.append(line.rstrip())
                told.set()
            told.set()

        self.reader = threading.Thread(target=read, daemon=True)
        self.reader.start()
        told.wait(START_SECONDS)
        if not self.lines or not self.lines[0].startswith(FIRST_LINE):
            self.kill()
            raise AssertionError(f"no API: {self.lines} {(self.folder / 'stderr.log').read_text()}")
        self.url = self.lines[0].removeprefix(FIRST_LINE).split()[0]

    def stop(self) -> int:
        """Asks the process to end, as a supervisor would, and gives its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(STOP_SECONDS)
        finally:
            self.kill()

    def kill(self) -> None:
        """Ends the process at once, as a power cut would."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(STOP_SECONDS)
        self.reader.join(STOP_SECONDS)
        self.log.close()

    def client(self, service: str = "elbv2", region: str = "us-east-1", **overrides: Any) -> Any:
        """A boto3 client. Every answer it gets is checked against botocore's own model."""
        settings = {
            "endpoint_url": self.url,
            "region_name": region,
            "aws_access_key_id": self.access_key,
            "aws_secret_access_key": self.secret_key,
            "config": botocore.config.Config(retries={"total_max_attempts": 1}),
        }
        client = boto3.client(service, **(settings | overrides))
        client.meta.events.register("after-call", self._check)
        return client

    def _check(self, http_response: Any, model: Any, **_: Any) -> None:
        self.called.add(model.name)
        check_answer(model, http_response.status_code, http_response.content)

    def aws(self, *arguments: str, succeeds: bool = True) -> Any:
        """Runs aws-cli; gives what it printed, read as JSON if it is."""
        environment = dict(os.environ)
        environment |= {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_DEFAULT_OUTPUT": "json",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        command = [sys.executable, "-m", "awscli", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        assert (done.returncode == 0) == succeeds, done.stdout + done.stderr
        if not succeeds:
            return done.stderr
        return json.loads(done.stdout) if done.stdout.startswith(("{", "[")) else done.stdout.strip()


@pytest.fixture
def start_elbow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Elbow]]:
    """Starts servers with the given arguments; each is ended with the test."""
    started: list[Elbow] = []

    def start(*arguments: str) -> Elbow:
        started.append(Elbow(tmp_path_factory.mktemp("elbow"), *arguments))
        return started[-1]

    yield start
    for elbow in started:
        elbow.kill()


@pytest.fixture
def elbow(start_elbow: Callable[..., Elbow]) -> Elbow:
    """A server with no settings but where it is."""
    return start_elbow()


@pytest.fixture
def whole_elbow(start_elbow: Callable[..., Elbow]) -> Elbow:
    """A server with a store and a data plane."""
    if API_ONLY:
        pytest.skip("ELBOW_API_ONLY=1: the binary under test has neither a data plane nor a store on disk")
    return start_elbow()


def until(condition: Callable[[], Any], what: str, seconds: float = 10) -> Any:
    """Waits until `condition` gives something true, and gives that."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.02)
