"""`elbow demo` as a test starts it, and who visits it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

from conftest import BINARY, START_SECONDS, STOP_SECONDS, free_port

LAST_LINE = "Ctrl-C ends everything"


class Demo:
    """A running `elbow demo` with a directory of its own for temporary files."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.temporary = folder
        self.port, self.https_port = free_port(), free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ELBOW_")}
        self.process = subprocess.Popen(
            [
                BINARY,
                "demo",
                "--port",
                str(self.port),
                "--https-port",
                str(self.https_port),
                "--api-port",
                "0",
                *arguments,
            ],
            env=environment | {"TMPDIR": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.terminal = ""
        told = threading.Event()

        def read() -> None:
            assert self.process.stdout is not None
            for line in self.process.stdout:
                self.terminal += line
                if LAST_LINE in line:
                    told.set()
            told.set()

        self.reader = threading.Thread(target=read, daemon=True)
        self.reader.start()
        try:
            told.wait(START_SECONDS)
            assert LAST_LINE in self.terminal, f"no demo: {self.terminal}"
            self.page = Visitor(self.port).get("/")
            found = re.search(r'name="elbow-control" content="http://127\.0\.0\.1:(\d+)"', self.page)
            assert found, self.page
            self.control_port = int(found[1])
        except BaseException:
            # Nobody else knows of this process yet.
            self.end(signal.SIGKILL)
            raise

    def location(self, path: str) -> tuple[int, str | None]:
        """The status of an answer over HTTP, and where it leads to."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path)
        answer = connection.getresponse()
        connection.close()
        return answer.status, answer.headers["Location"]

    def control(self, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        """Presses a button of the page, or looks at what it shows."""
        connection = http.client.HTTPConnection("127.0.0.1", self.control_port, timeout=20)
        headers = {"Origin": f"http://127.0.0.1:{self.port}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body)
        connection.request("POST" if sent else "GET", path, sent, headers)
        response = connection.getresponse()
        said = json.loads(response.read())
        connection.close()
        assert response.status == 200, said
        return said

    def stick(self, mode: str) -> None:
        assert self.control("/stickiness", {"mode": mode})["balancer"]["stickiness"] == mode

    def kill_target(self, name: str) -> None:
        assert self.target(self.control(f"/targets/{name}/kill", {}), name)["pid"] is None

    def revive_target(self, name: str) -> None:
        assert self.target(self.control(f"/targets/{name}/revive", {}), name)["pid"] is not None

    @staticmethod
    def target(state: dict[str, Any], name: str) -> dict[str, Any]:
        return next(target for target in state["targets"] if target["name"] == name)

    def in_rotation(self, name: str) -> bool:
        return self.target(self.control("/state"), name)["health"] == "healthy"

    def pids(self) -> list[int]:
        return [target["pid"] for target in self.control("/state")["targets"] if target["pid"]]

    def end(self, number: signal.Signals) -> int:
        """Sends a signal and gives the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(STOP_SECONDS)
        finally:
            self.process.kill()
            self.process.wait(STOP_SECONDS)
            self.reader.join(STOP_SECONDS)


class Visitor:
    """A browser with its cookies. Each request uses a new connection, so that only cookies can make it stick."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> str:
        return self.ask("GET", path)

    def cart(self) -> dict[str, Any]:
        return json.loads(self.get("/api/cart"))

    def add(self, sku: str) -> dict[str, Any]:
        return json.loads(self.ask("POST", "/api/cart/items", json.dumps({"sku": sku})))

    def ask(self, method: str, path: str, body: str | None = None) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Content-Type": "application/json"} if body else {}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        for name, line in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, value = line.split(";")[0].partition("=")
                self.cookies[key] = value
        text = response.read().decode()
        connection.close()
        assert response.status == 200, text
        return text
