"""Runs every test of the repository and ends with one line, `N passed, N failed, N skipped`.

The numbers are the runners' own: this adds up the closing lines of `cargo test`, `pytest` and `vitest`. A step that
fails without counting a failed test (it did not compile, say) counts as one failure.

`ELBOW_BIN` in the environment of the Python tests is the binary under test.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from project import ROOT, tracked_files

PYTHON_TESTS = ("tests", "tools/tests", "bench/tests")
CARGO_LINE = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored")
PYTEST_LINE = re.compile(r"^=*\s*(?:\d+ \w+,? ?)+ in [\d.]+s")
VITEST_LINE = re.compile(r"^\s*Tests\s+(\d+ \w+(?: \| \d+ \w+)*) \(\d+\)\s*$")
PYTEST_COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|todo|xfailed|xpassed)")

# libfuzzer-sys compiles a C++ library even for `cargo check`, which links nothing; naming a library skips that.
FUZZ_CHECK_ENVIRONMENT = {"CUSTOM_LIBFUZZER_PATH": "/not/linked/by/cargo/check/libfuzzer.a"}


@dataclass
class Count:
    """How many tests ended how."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other: Count) -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


@dataclass
class Step:
    """One command of the run."""

    name: str
    command: list[str]
    environment: dict[str, str]


def count_of(line: str) -> Count | None:
    """What a runner's closing line says, or None for any other line."""
    cargo = CARGO_LINE.match(line)
    if cargo:
        return Count(*(int(number) for number in cargo.groups()))
    vitest = VITEST_LINE.match(line)
    if not vitest and not PYTEST_LINE.match(line):
        return None
    count = Count()
    for number, word in PYTEST_COUNT.findall(vitest[1] if vitest else line):
        if word in ("passed", "xpassed"):
            count.passed += int(number)
        elif word in ("skipped", "todo", "xfailed"):
            count.skipped += int(number)
        else:
            count.failed += int(number)
    return count


def target_directory() -> str:
    command = ["cargo", "metadata", "--format-version", "1", "--no-deps", "--locked"]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)["target_directory"]


def binary() -> str:
    """The binary under test. The Rust tests have built it: those of the package `elbow` run it, too."""
    return os.environ.get("ELBOW_BIN") or os.path.join(target_directory(), "debug", "elbow")


def steps() -> Iterator[Step]:
    yield Step("Rust", ["cargo", "test", "--workspace", "--locked", "--no-fail-fast"], {})
    yield Step(
        "load generator",
        ["cargo", "test", "--manifest-path", "bench/load/Cargo.toml", "--locked", "--no-fail-fast"],
        {},
    )
    folders = [folder for folder in PYTHON_TESTS if tracked_files(f"{folder}/**test_*.py")]
    if folders:
        # The tests call `aws`, which stands beside this interpreter.
        path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
        command = [sys.executable, "-m", "pytest", "--color=no", "-ra", *folders]
        yield Step("Python", command, {"ELBOW_BIN": binary(), "PATH": path})
    if (ROOT / "console" / "node_modules").exists():
        # `make console` has put them there; without Node it has said so.
        command = ["npm", "--prefix", "console", "run", "--silent", "test"]
        yield Step("console", command, {"ELBOW_BIN": binary(), "NO_COLOR": "1"})
    if (ROOT / "fuzz" / "Cargo.toml").exists():
        # Not locked: a workspace of its own, whose lock file follows the crates it reaches by path.
        # Beside the Rust tests, which have compiled the same C libraries.
        command = ["cargo", "check", "--manifest-path", "fuzz/Cargo.toml", "--target-dir", target_directory()]
        yield Step("fuzz targets", command, FUZZ_CHECK_ENVIRONMENT)


def run(step: Step) -> Count:
    """Runs one step, its output passed through, and gives what it counted."""
    print(f"==> {step.name}: {' '.join(step.command)}", flush=True)
    started = time.monotonic()
    count = Count()
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | step.environment
    with subprocess.Popen(
        step.command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            counted = count_of(line)
            if counted:
                count.add(counted)
    if process.returncode != 0 and count.failed == 0:
        count.failed = 1
    print(f"==> {step.name}: {count} in {time.monotonic() - started:.0f} s\n", flush=True)
    return count


def main() -> int:
    total = Count()
    for step in steps():
        total.add(run(step))
    print(total)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
