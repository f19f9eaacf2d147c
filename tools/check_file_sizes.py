"""Fails for a source file of more than 500 lines, tests not counted (style: split a file that has two subjects)."""

from __future__ import annotations

import sys
from pathlib import PurePosixPath

from project import ROOT, rust_test_files, tracked_files, without_tests

LIMIT_LINES = 500
SUFFIXES = (".rs", ".py", ".ts", ".tsx", ".js", ".css", ".html")


def is_source(path: str, test_files: set[str]) -> bool:
    """Whether the limit is for this file."""
    in_tests = "tests" in PurePosixPath(path).parts[:-1] or ".test." in path or path in test_files
    return path.endswith(SUFFIXES) and not in_tests


def length(path: str) -> int:
    """Lines of a file, without its tests."""
    text = (ROOT / path).read_text(encoding="utf-8")
    return len((without_tests(text) if path.endswith(".rs") else text).splitlines())


def main() -> int:
    test_files = rust_test_files()
    lengths = {path: length(path) for path in tracked_files() if is_source(path, test_files)}
    too_long = {path: lines for path, lines in lengths.items() if lines > LIMIT_LINES}
    for path, lines in too_long.items():
        print(f"{path}: {lines} lines without tests, the limit is {LIMIT_LINES}: split it by subject")
    print(f"file sizes: {len(lengths)} files, {len(too_long)} too long")
    return 1 if too_long else 0


if __name__ == "__main__":
    sys.exit(main())
