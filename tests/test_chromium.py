"""An HTTPS listener as Chromium meets it: trusted by the authority in its store, over HTTP/2, and sticky."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from conftest import API_ONLY, Elbow
from shop import NAME, Shop
from targets import target

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
pytestmark = [
    pytest.mark.skipif(API_ONLY, reason="ELBOW_API_ONLY=1: the binary under test has no data plane"),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian: chromium)"),
    pytest.mark.skipif(shutil.which("certutil") is None, reason="certutil is not installed (Debian: libnss3-tools)"),
]

ASKED_AGAIN = 5
# Asks again as many times, then writes down who answered, over what, and which cookies a script sees.
PAGE = """<!doctype html><title>cart</title><p id="told"></p><script type="module">
const names = ["%s"];
for (let asked = 0; asked < %d; asked += 1) names.push(await (await fetch("/name")).text());
const protocol = performance.getEntriesByType("navigation")[0].nextHopProtocol;
document.getElementById("told").textContent = JSON.stringify({ names, protocol, cookies: document.cookie });
</script>"""


class Browser:
    """Chromium with a profile and a certificate store of its own."""

    def __init__(self, folder: Path, shop: Shop) -> None:
        self.folder, self.shop = folder, shop
        store = folder / ".pki" / "nssdb"
        store.mkdir(parents=True)
        for arguments in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "elbow", "-i", str(shop.authority)]):
            subprocess.run(["certutil", "-d", f"sql:{store}", *arguments], check=True, capture_output=True)

    def visit(self) -> dict[str, object]:
        """Opens the page anew, in a new process, and gives what it has written down."""
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000", "--dump-dom"]
        options += [f"--user-data-dir={self.folder}/profile", f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
        command = [str(CHROMIUM), *options, f"https://{NAME}:{self.shop.port}/"]
        environment = dict(os.environ) | {"HOME": str(self.folder)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        found = re.search(r'<p id="told">(\{.*?\})</p>', done.stdout)
        assert found, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return json.loads(found[1])


@pytest.fixture
def shop(elbow: Elbow, tmp_path: Path) -> Iterator[Shop]:
    with ExitStack() as stack:

        def named(name: str) -> int:
            told = target(lambda request: name if request.path == "/name" else PAGE % (name, ASKED_AGAIN))
            return stack.enter_context(told)

        yield Shop(elbow, [named(name) for name in "abc"], tmp_path)


def test_a_browser_stays_with_its_target_over_http_2_and_comes_back_to_it(shop: Shop, tmp_path: Path) -> None:
    browser = Browser(tmp_path, shop)
    first = browser.visit()
    assert first["protocol"] == "h2"
    names = first["names"]
    assert isinstance(names, list) and len(names) == 1 + ASKED_AGAIN and len(set(names)) == 1
    kept = sorted(re.findall(r"(\w+)=", str(first["cookies"])))
    assert kept == ["AWSALB", "AWSALBCORS"], "both: the twin is Secure"
    # Its cookies are on the disk: a browser that is started anew comes back to the same target.
    for _ in range(2):
        assert browser.visit()["names"] == names
