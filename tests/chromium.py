"""Chromium as a test drives it: from its command line, with a profile and a certificate store of the test's own."""

from __future__ import annotations

import html
import os
import shutil
import subprocess
from pathlib import Path

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
MISSING = "Chromium (Debian: chromium) or certutil (libnss3-tools) is not installed"
# Marks a test that opens pages.
needs_chromium = pytest.mark.skipif(CHROMIUM is None or shutil.which("certutil") is None, reason=MISSING)


class Browser:
    """Chromium with a profile and a certificate store of its own, in which there is one authority."""

    def __init__(self, folder: Path, authority: Path, name: str) -> None:
        """It takes `name` for this machine's."""
        self.folder, self.name = folder, name
        store = folder / ".pki" / "nssdb"
        store.mkdir(parents=True)
        for arguments in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "elbow", "-i", str(authority)]):
            subprocess.run(["certutil", "-d", f"sql:{store}", *arguments], check=True, capture_output=True)

    def open(self, url: str) -> str:
        """Opens a page in a new process, and gives what it has become."""
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000", "--dump-dom"]
        options += [f"--user-data-dir={self.folder}/profile", f"--host-resolver-rules=MAP {self.name} 127.0.0.1"]
        environment = dict(os.environ) | {"HOME": str(self.folder)}
        command = [str(CHROMIUM), *options, url]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0 and done.stdout, done.stderr
        return html.unescape(done.stdout)
