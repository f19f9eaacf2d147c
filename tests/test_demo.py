"""`elbow demo` as somebody meets it: the page, the carts, the buttons, and nothing left behind."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import API_ONLY, BINARY, START_SECONDS, STOP_SECONDS, free_port, until

pytestmark = pytest.mark.skipif(API_ONLY, reason="ELBOW_API_ONLY=1: the binary under test has no demo")

LAST_LINE = "Ctrl-C ends everything"
# A killed target is back in rotation two checks after it was revived; they are made every 5 s.
BACK_SECONDS = 30


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


def count(answer: dict[str, Any]) -> int:
    return sum(line["quantity"] for line in answer["items"])


def is_alive(pid: int) -> bool:
    """Whether a process runs. One that has ended but that nobody has asked about yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def start_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Demo]]:
    """Starts demos with the given arguments; each is ended with the test."""
    started: list[Demo] = []

    def start(*arguments: str) -> Demo:
        started.append(Demo(tmp_path_factory.mktemp("demo"), *arguments))
        return started[-1]

    yield start
    for demo in started:
        demo.end(signal.SIGTERM)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[int]:
    """The port of a Redis server of the test's own."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    yield port
    process.kill()
    process.wait(STOP_SECONDS)


def test_the_page_is_there_and_the_terminal_tells_what_to_try(start_demo: Callable[..., Demo]) -> None:
    demo = start_demo()
    assert "Sticky sessions, seen live" in demo.page
    for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', demo.page):
        assert Visitor(demo.port).get(path), path

    terminal = demo.terminal.replace("\\\n", " ")
    environment = dict(os.environ) | dict(re.findall(r"export (AWS_\w+)='?([^'\n]+)'?", terminal))
    group = re.search(r"TG=(\S+)", terminal)
    assert group and f"http://127.0.0.1:{demo.port}/" in terminal
    commands = [line.strip() for line in terminal.splitlines() if line.strip().startswith("aws elbv2")]
    assert len(commands) == 6
    for command in commands:
        arguments = shlex.split(command.replace("$TG", group[1]))[1:]
        done = subprocess.run(
            [sys.executable, "-m", "awscli", *arguments], env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
    assert demo.control("/state")["balancer"]["stickiness"] == "lb_cookie", "the page shows what aws-cli has switched"
    # The last of them sends everybody to HTTPS.
    status, headers = demo.location("/anything")
    assert (status, headers) == (302, f"https://shop.elb.localhost:{demo.https_port}/")


def test_without_stickiness_a_cart_loses_its_items(start_demo: Callable[..., Demo]) -> None:
    demo = start_demo()
    visitor = Visitor(demo.port)
    # Each worker goes round by itself, and the kernel picks the worker.
    answers = [visitor.add("apple") for _ in range(24)]
    assert {answer["target"]["name"] for answer in answers} == {"cart-1", "cart-2", "cart-3"}
    assert {answer["target"]["zone"] for answer in answers} == {"us-east-1a", "us-east-1b", "us-east-1c"}
    assert len({answer["target"]["pid"] for answer in answers}) == 3, "each is a process of its own"
    assert {answer["stickiness"]["outcome"] for answer in answers} == {"skipped"}
    assert count(visitor.cart()) < 24
    assert not [name for name in visitor.cookies if name.startswith("AWSALB")]


def test_over_https_the_same_shop_sets_cookies_that_are_secure(start_demo: Callable[..., Demo], tmp_path: Path) -> None:
    demo = start_demo()
    demo.stick("lb_cookie")
    state, page = demo.control("/state")["balancer"], f"https://shop.elb.localhost:{demo.https_port}/"
    assert (state["plain_page"], state["secure_page"]) == (f"http://127.0.0.1:{demo.port}/", page)
    assert demo.location("/secure") == (302, page)

    lines = [line.strip() for line in demo.terminal.splitlines()]
    trust = next(line for line in lines if "certificate trust" in line)
    told = subprocess.run(shlex.split(trust), capture_output=True, text=True, timeout=20)
    assert told.returncode == 0 and "authority.pem" in told.stdout, told
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    # Whether a system knows that names below localhost are its own is not ours to test.
    curl = [*shlex.split(next(line for line in lines if line.startswith("curl "))), "--silent", "--show-error"]
    curl += ["--resolve", f"shop.elb.localhost:{demo.https_port}:127.0.0.1", "--cookie-jar", str(tmp_path / "jar")]
    curl += ["--cookie", str(tmp_path / "jar")]
    answers = [subprocess.run(curl, check=True, capture_output=True, text=True, timeout=20).stdout for _ in range(4)]
    assert answers[0].startswith("HTTP/2 200")
    cookies = dict(re.findall(r"^set-cookie: (\w+)=[^;]+; (.*)$", answers[0], re.MULTILINE | re.IGNORECASE))
    assert cookies["cart_session"] == "Path=/; HttpOnly; SameSite=Lax; Secure"
    assert cookies["AWSALBCORS"].endswith("SameSite=None; Secure") and "Secure" not in cookies["AWSALB"]
    carts = [json.loads(answer.replace("\r", "").partition("\n\n")[2]) for answer in answers]
    assert len({cart["target"]["name"] for cart in carts}) == 1
    shown = {header["name"]: header["value"] for header in carts[0]["headers"]}
    assert (shown["x-forwarded-proto"], shown["x-amzn-tls-version"]) == ("https", "TLSv1.3")


@pytest.mark.parametrize("mode", ["lb_cookie", "app_cookie"])
def test_with_stickiness_a_session_stays_and_moves_once_when_its_target_dies(
    start_demo: Callable[..., Demo], mode: str
) -> None:
    demo = start_demo()
    demo.stick(mode)
    visitor = Visitor(demo.port)
    answers = [visitor.add(sku) for sku in ["apple", "bread", "cheese", "lemon", "lemon"]]
    home = answers[0]["target"]
    assert {answer["target"]["pid"] for answer in answers} == {home["pid"]}
    assert [answer["stickiness"]["outcome"] for answer in answers] == ["new", *["hit"] * 4]
    assert count(visitor.cart()) == 5

    demo.kill_target(home["name"])
    moved = visitor.cart()
    refuge = moved["target"]["name"]
    assert refuge != home["name"]
    # Which one it is depends on who noticed first: the request or the health checker.
    assert moved["stickiness"]["outcome"] in {"rebound:refused", "rebound:unhealthy"}
    assert moved["stickiness"]["from"] == home["address"]
    assert count(moved) == 0, "what was in its memory is gone"
    later = [visitor.add("apple") for _ in range(3)]
    assert {(answer["target"]["name"], answer["stickiness"]["outcome"]) for answer in later} == {(refuge, "hit")}

    demo.revive_target(home["name"])
    until(lambda: demo.in_rotation(home["name"]), "the revived target in rotation", BACK_SECONDS)
    stays = visitor.cart()
    assert (stays["target"]["name"], stays["stickiness"]["outcome"], count(stays)) == (refuge, "hit", 3)
    newcomers = {Visitor(demo.port).cart()["target"]["name"] for _ in range(6)}
    assert home["name"] in newcomers, "new sessions reach the revived target"


def test_with_sessions_in_redis_a_killed_target_costs_nothing(start_demo: Callable[..., Demo], redis: int) -> None:
    demo = start_demo("--sessions", f"redis://127.0.0.1:{redis}")
    visitor = Visitor(demo.port)
    for sku in ["apple", "bread", "cheese"]:
        visitor.add(sku)
    assert count(visitor.cart()) == 3, "whoever answers finds the cart"
    demo.stick("lb_cookie")
    home = visitor.cart()["target"]
    demo.kill_target(home["name"])
    moved = visitor.cart()
    assert moved["stickiness"]["outcome"].startswith("rebound:")
    assert (moved["target"]["sessions"], count(moved)) == ("redis", 3)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_it_leaves_nothing_behind(start_demo: Callable[..., Demo], number: signal.Signals) -> None:
    demo = start_demo()
    pids = demo.pids()
    assert len(pids) == 3 and all(is_alive(pid) for pid in pids)
    code = demo.end(number)
    until(lambda: not any(is_alive(pid) for pid in pids), "the end of the targets")
    if number is not signal.SIGKILL:
        assert code == 0
        assert list(demo.temporary.iterdir()) == []


def test_a_port_that_is_taken_is_one_line_that_says_what_to_do(start_demo: Callable[..., Demo]) -> None:
    demo = start_demo()
    api = re.search(r"Its API is at +http://127\.0\.0\.1:(\d+)", demo.terminal)
    assert api
    for flag, taken in [("--port", demo.port), ("--https-port", demo.https_port), ("--api-port", int(api[1]))]:
        ports = {"--port": free_port(), "--https-port": free_port(), "--api-port": 0} | {flag: taken}
        given = [word for name, port in ports.items() for word in (name, str(port))]
        command = [BINARY, "demo", *given]
        done = subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done
        assert f"choose another port with {flag}" in done.stderr
