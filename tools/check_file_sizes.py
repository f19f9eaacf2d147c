"""Fails for a source file of more than 500 lines, tests not counted (style: split a file that has two subjects).

In Rust the count ends at the first `#[cfg(test)]`, because tests come last in a file; files in `tests/` folders are
tests altogether. Generated files and lock files are not sources.
"""

from __future__ import annotations

import sys

from project import ROOT, tracked_files

LIMIT_LINES = 500
SUFFIXES = (".rs", ".py", ".ts", ".tsx", ".js", ".css", ".html")


def is_source(path: str) -> bool:
    in_tests = "tests" in path.split("/")[:-1] or path.endswith(("/tests.rs", ".test.ts", ".test.tsx"))
    return path.endswith(SUFFIXES) and not in_tests


def lines_without_tests(text: str) -> int:
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line.strip() == "#[cfg(test)]":
            return number
    return len(lines)


def main() -> int:
    checked = 0
    too_long = 0
    for path in tracked_files():
        if not is_source(path):
            continue
        checked += 1
        count = lines_without_tests((ROOT / path).read_text(encoding="utf-8"))
        if count > LIMIT_LINES:
            too_long += 1
            print(f"{path}: {count} lines without tests, the limit is {LIMIT_LINES}: split it by subject")
    print(f"file sizes: {checked} files, {too_long} too long")
    return 1 if too_long else 0


if __name__ == "__main__":
    sys.exit(main())
