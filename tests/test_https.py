"""An HTTPS listener with sticky targets behind it, as curl and h2load use it: HTTP/1.1 and HTTP/2 (R17, R27)."""

from __future__ import annotations

import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from conftest import Elbow, until
from shop import NAME, Shop
from targets import target

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
COOKIES = {
    "elbow.set_cookie.harden": "true",
    "elbow.set_cookie.harden.except": "theme",
    "elbow.stickiness.cookie.http_only": "true",
}


@pytest.fixture
def shop(elbow: Elbow, tmp_path: Path) -> Iterator[Shop]:
    """Three targets that answer with their name and the headers they got, and set a cookie of their own."""
    with ExitStack() as stack:

        def named(name: str) -> int:
            told = target(lambda request: f"{name}\n{request.headers}", cookie=lambda _: "sid=1; Path=/")
            return stack.enter_context(told)

        yield Shop(elbow, [named(name) for name in "abc"], tmp_path, **COOKIES)


def name_in(answer: str) -> str:
    """Which target it is from."""
    return answer.replace("\r", "").partition("\n\n")[2].splitlines()[0]


@pytest.mark.parametrize(("option", "status"), [("--http1.1", "HTTP/1.1 200"), ("--http2", "HTTP/2 200")])
def test_a_client_stays_with_its_target_over_tls(shop: Shop, option: str, status: str) -> None:
    first = shop.curl(option)
    assert first.startswith(status)
    head, _, body = first.replace("\r", "").partition("\n\n")
    name = name_in(first)
    lines = head.lower()
    assert "awsalb=" in lines and "samesite=none; secure; httponly" in lines, head
    assert "set-cookie: sid=1; path=/; secure; httponly; samesite=lax" in lines, head
    told = body.lower()
    assert "x-forwarded-proto: https" in told and f"x-forwarded-port: {shop.port}" in told
    assert "x-amzn-tls-version: tlsv1.3" in told and "x-amzn-tls-cipher-suite: tls_aes" in told
    for _ in range(9):
        assert name_in(shop.curl(option)) == name
    # The same session over the other version of HTTP.
    other = "--http2" if option == "--http1.1" else "--http1.1"
    assert name_in(shop.curl(other)) == name


def test_a_cookie_of_https_over_http_is_counted_and_refused_if_wanted(shop: Shop) -> None:
    head = shop.curl("--http1.1")
    cookie = re.search(r"AWSALB=([^;]+)", head)[0]
    over_http = urllib.request.Request(f"http://127.0.0.1:{shop.clear}/", headers={"Cookie": cookie})

    def replayed() -> str:
        with urllib.request.urlopen(over_http, timeout=10) as answer:
            return answer.read().decode().splitlines()[0]

    assert [replayed() for _ in range(3)] == [name_in(head)] * 3

    def counted(counter: str) -> int:
        with urllib.request.urlopen(f"{shop.elbow.url}/metrics", timeout=10) as answer:
            page = answer.read().decode()
        found = re.findall(rf"^{counter}.* (\d+)$", page, re.MULTILINE)
        return sum(map(int, found))

    until(lambda: counted("elbow_insecure_replays_total") == 3, "three replays counted")
    shop.set_group(**{"elbow.stickiness.https_only": "true"})
    seen = {replayed() for _ in range(12)}
    assert len(seen) > 1, "as if there were no cookie"
    refused = r'elbow_stickiness_outcomes_total\{.*outcome="invalid:insecure_replay"\}'
    until(lambda: counted(refused) == 12, "twelve refusals counted")


@pytest.mark.skipif(shutil.which("h2load") is None, reason="h2load is not installed (Debian: nghttp2-client)")
def test_many_requests_at_a_time_over_http_2(shop: Shop) -> None:
    address = ["--connect-to", f"127.0.0.1:{shop.port}", f"https://{NAME}:{shop.port}/"]
    command = ["h2load", "-n", "1000", "-c", "4", "-m", "25", "--npn-list", "h2", *address]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    assert "Application protocol: h2" in said
    assert "1000 succeeded, 0 failed, 0 errored" in said, said
