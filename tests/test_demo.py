"""`elbow demo` as somebody meets it: the page, the carts, the buttons, and nothing left behind."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import API_ONLY, BINARY, START_SECONDS, STOP_SECONDS, free_port, until
from demo import Demo, Visitor

pytestmark = pytest.mark.skipif(API_ONLY, reason="ELBOW_API_ONLY=1: the binary under test has no demo")

# A killed target is back in rotation two checks after it was revived; they are made every 5 s.
BACK_SECONDS = 30


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
