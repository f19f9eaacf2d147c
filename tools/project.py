"""What the checks know about the repository: where it is, which files belong to it, and what of them is tests."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
TEST_MODULE_BLOCK = re.compile(r"^#\[cfg\(test\)\]\n(?:#\[.*\]\n)*mod \w+ \{", re.MULTILINE)
TEST_MODULE_FILE = re.compile(r"^#\[cfg\(test\)\]\n(?:#\[.*\]\n)*(?:pub(?:\([a-z]+\))? )?mod (\w+);", re.MULTILINE)


def tracked_files(*patterns: str) -> list[str]:
    """The files of the repository that exist, as paths from its root: tracked ones and new ones not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return sorted(path for path in set(listed.split("\0")) if path and (ROOT / path).is_file())


def without_tests(rust: str) -> str:
    """A Rust file up to its tests, which come last in a file."""
    tests = TEST_MODULE_BLOCK.search(rust)
    return rust[: tests.start()] if tests else rust


def modules_for_tests(path: str, rust: str) -> set[str]:
    """The paths, without `.rs`, of modules that `rust` at `path` declares for tests only."""
    file = PurePosixPath(path)
    folder = file.parent if file.name in ("lib.rs", "main.rs", "mod.rs") else file.with_suffix("")
    return {str(folder / name) for name in TEST_MODULE_FILE.findall(rust)}


def rust_test_files() -> set[str]:
    """The Rust files that are tests altogether: in `tests` folders, or declared for tests only, with all below them."""
    sources = tracked_files("*.rs")
    modules: set[str] = set()
    for path in sources:
        modules |= modules_for_tests(path, (ROOT / path).read_text(encoding="utf-8"))
    return {
        path
        for path in sources
        if "tests" in PurePosixPath(path).parts[:-1]
        or any(path == f"{module}.rs" or path.startswith(f"{module}/") for module in modules)
    }
