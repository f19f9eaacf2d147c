"""Fails for a fact about AWS that no test names and that has no reason here why none can.

Facts are numbered (`S35`, `R8`) by the part of the load balancer that they are about. A test names one in its own name
(`…_s35`) or in a comment or message (`S35`); a range (`S1-S59`) names none.
"""

from __future__ import annotations

import re
import sys

from project import ROOT, TEST_MODULE_BLOCK, rust_test_files, tracked_files

# The last number of each letter: stickiness, listeners and rules, requests, errors, targets, observation, API.
LAST = {"S": 69, "L": 23, "R": 32, "E": 7, "B": 22, "O": 7, "A": 2}

# Facts that no test can show, by reason.
UNSEEN = {
    "no Classic load balancers yet": "S6",
    "no authentication actions yet": "S7",
    "no Lambda targets yet": "S24",
    "no log files yet": "S59 O2 O3 O4 O7",
    "no target optimizer": "S27 B5",
    "about AWS's own data centres": "S29",
    "a complaint about AWS, not what it does": "S62 S63 S64 S65 S66 S68 S69",
}

NAME = re.compile(r"(?<![A-Za-z0-9-])([SLREBOA]\d{1,2})(?![A-Za-z0-9]|-[A-Z])|_([slreboa]\d{1,2})(?=_|\()")


def named_in(text: str) -> set[str]:
    """The facts that `text` names."""
    names = {(plain or in_function).upper() for plain, in_function in NAME.findall(text)}
    starting = re.findall(r"\bfn ([slreboa]\d{1,2})_", text)
    return names | {name.upper() for name in starting}


def tests_of(path: str, test_files: set[str]) -> str:
    """What of a file is tests."""
    text = (ROOT / path).read_text(encoding="utf-8")
    if path in test_files or path.endswith(".py"):
        return text
    module = TEST_MODULE_BLOCK.search(text)
    return text[module.start() :] if module else ""


def place(fact: str) -> tuple[str, int]:
    """Where a fact stands among the others."""
    return fact[0], int(fact[1:])


def problems(named: set[str]) -> list[str]:
    """What is wrong with the facts, if the tests name these."""
    known = {f"{letter}{number}" for letter, last in LAST.items() for number in range(1, last + 1)}
    unseen = {fact for facts in UNSEEN.values() for fact in facts.split()}
    missing = sorted(known - unseen - named, key=place)
    seen = sorted(unseen & named, key=place)
    return [f"{fact}: no test names it" for fact in missing] + [f"{fact}: a test names it after all" for fact in seen]


def main() -> int:
    test_files = rust_test_files()
    sources = tracked_files("crates/*.rs", "tests/*.py")
    named = set().union(*(named_in(tests_of(path, test_files)) for path in sources))
    found = problems(named)
    for problem in found:
        print(problem)
    print(f"facts: {sum(LAST.values())} known, {len(found)} to be looked at")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
