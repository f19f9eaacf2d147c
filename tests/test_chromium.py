"""An HTTPS listener as Chromium meets it: trusted by the authority in its store, over HTTP/2, and sticky."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from chromium import Browser, needs_chromium
from conftest import API_ONLY, Elbow
from demo import Demo
from shop import NAME, Shop
from targets import target

pytestmark = [
    pytest.mark.skipif(API_ONLY, reason="ELBOW_API_ONLY=1: the binary under test has no data plane"),
    needs_chromium,
]

ASKED_AGAIN = 5
# Asks again as many times, then writes down who answered, over what, and which cookies a script sees.
PAGE = """<!doctype html><title>cart</title><p id="told"></p><script type="module">
const names = ["%s"];
for (let asked = 0; asked < %d; asked += 1) names.push(await (await fetch("/name")).text());
const protocol = performance.getEntriesByType("navigation")[0].nextHopProtocol;
document.getElementById("told").textContent = JSON.stringify({ names, protocol, cookies: document.cookie });
</script>"""


@pytest.fixture
def shop(elbow: Elbow, tmp_path: Path) -> Iterator[Shop]:
    with ExitStack() as stack:

        def named(name: str) -> int:
            told = target(lambda request: name if request.path == "/name" else PAGE % (name, ASKED_AGAIN))
            return stack.enter_context(told)

        yield Shop(elbow, [named(name) for name in "abc"], tmp_path)


def test_a_browser_stays_with_its_target_over_http_2_and_comes_back_to_it(shop: Shop, tmp_path: Path) -> None:
    browser = Browser(tmp_path, shop.authority, NAME)

    def visit() -> dict[str, object]:
        page = browser.open(f"https://{NAME}:{shop.port}/")
        found = re.search(r'<p id="told">(\{.*?\})</p>', page)
        assert found, page
        return json.loads(found[1])

    first = visit()
    assert first["protocol"] == "h2"
    names = first["names"]
    assert isinstance(names, list) and len(names) == 1 + ASKED_AGAIN and len(set(names)) == 1
    kept = sorted(re.findall(r"(\w+)=", str(first["cookies"])))
    assert kept == ["AWSALB", "AWSALBCORS"], "both: the twin is Secure"
    # Its cookies are on the disk: a browser that is started anew comes back to the same target.
    for _ in range(2):
        assert visit()["names"] == names


def test_the_demo_shows_what_https_changes(tmp_path: Path) -> None:
    demo = Demo(tmp_path)
    try:
        demo.stick("lb_cookie")
        trust = next(line for line in demo.terminal.splitlines() if "certificate trust" in line)
        subprocess.run(shlex.split(trust), check=True, capture_output=True)
        (folder,) = tmp_path.glob("elbow-demo-*")
        browser = Browser(tmp_path, folder / "authority.pem", NAME)

        def said(url: str) -> str:
            """The words of the page, the second time it is opened: with cookies."""
            browser.open(url)
            return re.sub(r"<[^>]+>|\s+", " ", browser.open(url))

        plain = said(f"http://127.0.0.1:{demo.port}/")
        assert "you came by plain HTTP" in plain and "AWSALBCORS was set, too, and your browser dropped it" in plain
        # As its link does: by the load balancer's redirect.
        safe = said(f"http://127.0.0.1:{demo.port}/secure")
        assert "you came by HTTPS, TLSv1.3" in safe and "SameSite=None · Secure" in safe
        assert "your browser dropped it" not in safe
    finally:
        demo.end(signal.SIGTERM)
